"""What the store makes of what several sources say about one paper."""

import datetime as dt

import pytest

from bot.model import ListDayState, Origin, Paper, Summary, SummarySource
from bot.ports import SourcePaper
from bot.store.list_days import save_list
from bot.store.papers import MergeCounts, merge_papers, nearest_ids, paper, papers, papers_of_day
from bot.store.search import search
from tests.new_store import new_store

NOW = dt.datetime(2024, 3, 28, 13, 0, tzinfo=dt.UTC)
DAY = dt.date(2024, 3, 28)


@pytest.fixture
def store(tmp_path):
    with new_store(tmp_path / "papers.db") as opened:
        yield opened


def said(origin=Origin.HUB, source=None, raw="", known_at=None, **facts):
    facts = {"id": "2403.18361", "title": "ViTAR"} | facts
    return SourcePaper(paper=Paper(**facts, origin=origin), raw=raw, source=source or origin.value, known_at=known_at)


def merge(store, *given, now=NOW):
    return store.write_now(merge_papers, given, now=now)


def read(store, paper_id="2403.18361"):
    return store.read_now(paper, paper_id)


def bullets(*texts, language="ko", source=SummarySource.IMPORTED):
    return Summary(language=language, source=source, bullets=texts)


def test_a_paper_comes_back_as_it_was_saved(store):
    whole = Paper(
        id="2403.18361",
        title="ViTAR",
        authors=("Qihang Fan", "Ørsted"),
        abstract="An abstract.",
        upvotes=26,
        archive_day=DAY,
        thumbnail="https://cdn.example/a.png",
        media=("https://cdn.example/a.mp4",),
        published_at=NOW,
        comments=3,
        project_page="https://vitar.example",
        github_repo="https://github.com/x/y",
        github_stars=12,
        organization="A Lab",
        keywords=("vision", "resolution"),
        submitted_by="somebody",
        hub_summary="One sentence.",
        summaries=(bullets("하나", "둘"),),
    )
    merge(store, SourcePaper(paper=whole))
    assert read(store) == whole


def test_saving_the_same_twice_changes_nothing(store):
    one = said(upvotes=5, summaries=(bullets("하나"),), raw="{}")
    assert merge(store, one) == MergeCounts(added=1)
    assert merge(store, one) == MergeCounts(unchanged=1)


def test_a_newer_answer_of_the_same_source_stands(store):
    merge(store, said(upvotes=5))
    assert merge(store, said(upvotes=9), now=NOW + dt.timedelta(hours=1)) == MergeCounts(changed=1)
    assert read(store).upvotes == 9


def test_an_older_recording_fills_what_is_empty_and_overwrites_nothing(store):
    merge(store, said(upvotes=9, raw="{}"))
    merge(store, said(upvotes=5, comments=2, raw="{}", known_at=NOW - dt.timedelta(days=1)))
    assert (read(store).upvotes, read(store).comments) == (9, 2)


@pytest.mark.parametrize("hub_first", [True, False])
def test_the_hub_stands_over_the_archive_whichever_came_first(store, hub_first):
    given = [
        said(upvotes=9, authors=("A", "B")),
        said(Origin.ARCHIVE, upvotes=5, authors=("A",), thumbnail="https://t/1.png"),
    ]
    for one in given if hub_first else reversed(given):
        merge(store, one)
    known = read(store)
    assert (known.upvotes, known.authors, known.thumbnail, known.origin) == (9, ("A", "B"), "https://t/1.png", Origin.HUB)


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0, 1, 1, 0)])
def test_authors_stand_in_the_papers_own_order_which_an_archive_does_not_know(store, order):
    sample = said(Origin.SAMPLE, authors=("Fan", "You", "Han"), summaries=(bullets("하나", source=SummarySource.SAMPLE),))
    given = [sample, said(Origin.ARCHIVE, authors=("Han", "Fan", "You"), upvotes=26, archive_day=DAY, known_at=NOW)]
    for index in order:
        merge(store, given[index])
    assert (read(store).authors, read(store).upvotes) == (("Fan", "You", "Han"), 26)
    assert merge(store, *given) == MergeCounts(unchanged=1)
    # Who knows of others says something, and the Hub's own order stands over both.
    merge(store, said(Origin.ARCHIVE, authors=("Han", "Fan"), archive_day=DAY, known_at=NOW))
    assert read(store).authors == ("Han", "Fan")
    merge(store, said(authors=("You", "Fan", "Han")), given[1], sample)
    assert read(store).authors == ("You", "Fan", "Han")


@pytest.mark.parametrize("origin", list(Origin))
def test_an_empty_field_never_overwrites_a_full_one(store, origin):
    merge(store, said(Origin.SAMPLE, upvotes=0, abstract="Text.", media=("https://m/1.mp4",)))
    merge(store, said(origin))
    known = read(store)
    assert (known.upvotes, known.abstract, known.media) == (0, "Text.", ("https://m/1.mp4",))


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0, 1, 0, 1)])
def test_of_two_days_of_an_archive_the_earlier_ones_words_stand(store, order):
    given = [
        said(Origin.ARCHIVE, raw=f"day {day}", upvotes=day, summaries=(bullets(f"요약 {day}"),),
             archive_day=dt.date(2024, 10, day), known_at=dt.datetime(2024, 10, day + 1, 3, tzinfo=dt.UTC))
        for day in (16, 18)
    ]  # fmt: skip
    for index in order:
        merge(store, given[index])
    known = read(store)
    assert (known.upvotes, known.archive_day, known.summaries[0].bullets) == (16, dt.date(2024, 10, 16), ("요약 16",))


def test_two_files_of_one_day_do_not_take_turns(store):
    at = dt.datetime(2024, 3, 29, 3, tzinfo=dt.UTC)
    given = [
        said(Origin.ARCHIVE, raw="markdown", upvotes=1, archive_day=DAY, known_at=at, summaries=(bullets("하나"),)),
        said(Origin.ARCHIVE, source="jsonl", raw="{}", upvotes=2, archive_day=DAY, known_at=at, summaries=(bullets("둘"),)),
    ]
    for one in given:
        merge(store, one)
    assert [merge(store, one) for one in given] == [MergeCounts(unchanged=1)] * 2
    assert read(store).upvotes == 1


def test_an_archives_file_that_was_edited_stands_when_it_is_imported_again(store):
    merge(store, said(Origin.ARCHIVE, raw="a", archive_day=DAY, known_at=NOW, summaries=(bullets("하나"),)))
    merge(store, said(Origin.ARCHIVE, raw="b", archive_day=DAY, known_at=NOW, summaries=(bullets("둘"),)))
    assert read(store).summaries[0].bullets == ("둘",)


def test_summaries_of_different_languages_and_sources_stand_side_by_side(store):
    merge(store, said(summaries=(bullets("하나"),)))
    merge(store, said(summaries=(bullets("one", language="en"), bullets("하나!", source=SummarySource.MODEL))))
    assert {(one.language, one.source) for one in read(store).summaries} == {
        ("ko", SummarySource.IMPORTED),
        ("en", SummarySource.IMPORTED),
        ("ko", SummarySource.MODEL),
    }


def test_a_paper_given_twice_at_once_is_counted_once_and_the_later_one_stands(store):
    assert merge(store, said(upvotes=1), said(upvotes=2)) == MergeCounts(added=1)
    assert read(store).upvotes == 2


def test_the_raw_answer_is_kept_by_source(store):
    merge(store, said(raw='{"a": 1}'), said(Origin.ARXIV, raw="<entry/>"), said(raw='{"a": 2}'))
    rows = store.read_now(lambda connection: connection.execute("SELECT source, raw FROM paper_raw").fetchall())
    assert {(row["source"], row["raw"]) for row in rows} == {("hub", '{"a": 2}'), ("arxiv", "<entry/>")}


def test_what_is_saved_is_found_by_search(store):
    merge(store, said(summaries=(bullets("비전 트랜스포머"),)))
    assert store.read_now(search, "트랜스포머").ids == ("2403.18361",)
    merge(store, said(title="Renamed Thing"))
    assert store.read_now(search, "renamed").ids == ("2403.18361",)


def test_many_papers_are_read_in_the_order_that_was_asked(store):
    merge(store, *(said(id=f"2403.{number:05d}") for number in range(1500)))
    asked = ["2403.01400", "2403.00001", "9999.99999", "2403.00700"]
    assert list(store.read_now(papers, asked)) == ["2403.01400", "2403.00001", "2403.00700"]


def test_a_day_is_read_in_the_order_of_its_list(store):
    given = [said(id=f"2403.0000{number}", summaries=(bullets("하나"),)) for number in (3, 1, 2)]
    merge(store, *given)
    store.write_now(save_list, DAY, [one.paper for one in given], origin=Origin.HUB, state=ListDayState.OPEN, now=NOW)
    found = store.read_now(papers_of_day, DAY)
    assert [one.id for one in found] == ["2403.00003", "2403.00001", "2403.00002"]
    assert all(one.summaries for one in found)


@pytest.mark.parametrize("typed", ["2403.18631", "2403.1836", "2403.118361", "2304.18361", "2403.18362"])
def test_a_mistyped_id_finds_the_right_one(store, typed):
    merge(store, said(), said(id="2301.00001"), said(id="2403.99999"))
    assert store.read_now(nearest_ids, typed) == ["2403.18361"]


def test_an_id_unlike_any_other_finds_none(store):
    merge(store, said())
    assert store.read_now(nearest_ids, "1706.03762") == []
    assert store.read_now(nearest_ids, "%") == []
