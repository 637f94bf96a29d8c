"""Files into the store and the store into a file, without loss and without doing anything twice."""

import datetime as dt
import gzip
import json

import pytest

from bot.digest import documents
from bot.digest.importing import export_lines, import_path, save_sample
from bot.errors import UsageError
from bot.model import ListDayState, Origin, Paper, Summary, SummarySource
from bot.ports import SourcePaper
from bot.store.list_days import list_day, save_failure, save_list
from bot.store.papers import MergeCounts, merge_papers, paper, papers_of_day
from tests.fakes.hub import QUIET_DAY, SEED_DAY, entry, seed_list
from tests.new_store import new_store

NOW = dt.datetime(2024, 4, 20, 12, 0, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(days=1)
MARKDOWN = (
    "## Daily Papers (2024-03-28)\n\n"
    "### [ViTAR](https://arxiv.org/abs/2403.18361)\n\nVote: 3\n\nAuthors: Ada Inventor\n\n- 하나.\n- 둘.\n\n"
    "### [Another](https://arxiv.org/abs/2403.18814)\n\nVote: -\n\n- 셋.\n\n"
)


@pytest.fixture
def store(tmp_path):
    with new_store(tmp_path / "papers.db") as opened:
        yield opened


@pytest.fixture
def another_store(tmp_path):
    with new_store(tmp_path / "another.db") as opened:
        yield opened


@pytest.fixture
def written(tmp_path):
    def write(name, content):
        path = tmp_path / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return write


def exported(store):
    lines: list[str] = []
    export_lines(store, lines.append)
    return "".join(lines)


def ids(store, day=SEED_DAY):
    return [one.id for one in store.read_now(papers_of_day, day)]


def test_a_markdown_digest_is_imported(store, written):
    report = import_path(store, written("2024/03/28.md", MARKDOWN), now=NOW)
    assert (report.files, report.days, len(report.papers)) == (1, {SEED_DAY}, 2)
    assert (report.lines, report.lines_read, report.unreadable) == (17, 17, [])
    assert ids(store) == ["2403.18361", "2403.18814"]
    day = store.read_now(list_day, SEED_DAY)
    assert (day.state, day.origin, day.fetched_at) == (ListDayState.CLOSED, Origin.ARCHIVE, None)


def test_importing_again_changes_nothing(store, written):
    path = written("28.md", MARKDOWN)
    import_path(store, path, now=NOW)
    before = exported(store)
    assert import_path(store, path, now=LATER).counts == MergeCounts(unchanged=2)
    assert exported(store) == before


def test_a_folder_is_imported_with_all_below_it_and_progress_is_told(store, written):
    written("2024/03/28.md", MARKDOWN)
    written("2024/03/2024-03-29.json", [entry("2403.19999", "On the Hub")])
    written("more.jsonl", json.dumps({"id": "2403.17777", "title": "A Line", "date": "2024-03-27"}) + "\n")
    path = written("notes.txt", "not mine").parent
    steps = []
    report = import_path(store, path, now=NOW, progress=lambda *step: steps.append(step))
    assert len(report.papers) == 4
    assert [(done, total) for _, done, total in steps] == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_what_cannot_be_read_is_reported_by_file_and_line_and_stops_nothing(store, written):
    written("1.md", MARKDOWN + "### broken\n- x\n")
    written(
        "2.jsonl", 'no\n{"id": "2403.17777", "title": "T"}\n{"id": 3}\n\n{"title": "T"}\n{"id": "2403.1", "title": "T"}\n'
    )
    path = written("3.json", [entry("2403.19999", "On the Hub"), {"paper": {}}]).parent
    report = import_path(store, path, now=NOW)
    places = [str(one).replace(f"{path}/", "") for one in report.unreadable]
    assert [place.split(": ")[0] for place in places] == [
        "1.md:18", "1.md:19", "2.jsonl:1", "2.jsonl:3", "2.jsonl:5", "2.jsonl:6", "3.json",
    ]  # fmt: skip
    assert "entry 2" in places[-1]
    assert len(report.papers) == 4
    assert report.lines_read + report.lines_unread == report.lines


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.jsonl", gzip.compress(b"{}", mtime=0), "It is packed with gzip; unpack it first: gunzip a.jsonl."),
        ("a.md", b"## \xff\xfe", "It is no text in UTF-8 (byte 3 is 0xff)."),
        ("a.json", "{", "It is no JSON"),
        ("a.json", {"error": "Sorry"}, "It holds no papers: it is a recorded error of a server."),
        ("a.md", "", "It holds no papers."),
        ("a.jsonl", "\n\n", "It holds no papers."),
    ],
)
def test_a_file_that_holds_nothing_says_why(store, written, name, content, sentence):
    report = import_path(store, written(name, content), now=NOW)
    assert len(report.unreadable) == 1
    assert sentence in str(report.unreadable[0])
    assert (report.papers, report.failed_files, report.lines_read) == (set(), 1, 0)


def test_nothing_to_import_is_said(store, tmp_path):
    with pytest.raises(UsageError, match="There is nothing at"):
        import_path(store, tmp_path / "nowhere.md", now=NOW)
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="holds no files to import"):
        import_path(store, tmp_path / "empty", now=NOW)


# --- Recorded answers of the Hub --------------------------------------------------------------------------------------------


def test_a_recorded_answer_is_the_hubs_list_of_the_day_in_its_name(store, written):
    import_path(store, written("2024-03-28.json", seed_list()), now=NOW)
    day = store.read_now(list_day, SEED_DAY)
    assert (day.state, day.origin, day.papers, day.fetched_at) == (ListDayState.CLOSED, Origin.HUB, 10, None)
    assert store.read_now(paper, "2403.18361").list_day == SEED_DAY


def test_a_recorded_empty_answer_is_an_empty_day(store, written):
    import_path(store, written("2024-03-24.json", []), now=NOW)
    assert store.read_now(list_day, QUIET_DAY).papers == 0


def test_a_recording_of_a_day_that_is_not_over_is_not_closed(store, written):
    import_path(store, written("2024-03-28.json", seed_list()), now=dt.datetime(2024, 3, 28, 8, tzinfo=dt.UTC))
    assert store.read_now(list_day, SEED_DAY).state is ListDayState.OPEN


def test_what_the_hub_says_after_todays_recording_stands_over_it(store, written):
    morning = dt.datetime(2024, 3, 28, 8, tzinfo=dt.UTC)
    import_path(store, written("2024-03-28.json", seed_list()), now=morning)
    fresh = Paper(id="2403.18361", title="ViTAR", upvotes=99)
    store.write_now(merge_papers, [SourcePaper(paper=fresh, raw="{}")], now=morning + dt.timedelta(hours=1))
    assert store.read_now(paper, "2403.18361").upvotes == 99


def test_a_recorded_search_holds_papers_without_a_day(store, written):
    import_path(store, written("result.json", [entry("2403.19999", "Found")]), now=NOW)
    assert store.read_now(paper, "2403.19999").list_day is None


def test_a_recording_does_not_overwrite_what_the_hub_said_since(store, written):
    fresh = Paper(id="2403.18361", title="ViTAR", upvotes=99)
    store.write_now(merge_papers, [SourcePaper(paper=fresh, raw="{}")], now=NOW)
    store.write_now(save_list, SEED_DAY, [fresh], origin=Origin.HUB, state=ListDayState.CLOSED, now=NOW)
    import_path(store, written("2024-03-28.json", seed_list()), now=LATER)
    assert ids(store) == ["2403.18361"]
    assert store.read_now(paper, "2403.18361").upvotes == 99
    assert len(store.read_now(paper, "2403.18361").authors) == 8


@pytest.mark.parametrize("order", [("28.md", "2024-03-28.json"), ("2024-03-28.json", "28.md")])
def test_the_hubs_list_votes_and_authors_stand_over_the_archives(store, written, order):
    files = {"28.md": written("28.md", MARKDOWN), "2024-03-28.json": written("2024-03-28.json", seed_list())}
    for name in order:
        import_path(store, files[name], now=NOW)
    known = store.read_now(paper, "2403.18361")
    assert (known.upvotes, len(known.authors), known.summaries[0].bullets) == (26, 8, ("하나.", "둘."))
    assert (known.list_day, known.archive_day) == (SEED_DAY, SEED_DAY)
    assert ids(store) == [one["paper"]["id"] for one in seed_list()]


# --- JSON Lines -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def full_store(store, written):
    """A store with something of everything that an export has to carry."""
    import_path(store, written("2024-03-28.json", seed_list()), now=NOW)
    import_path(store, written("28.md", MARKDOWN), now=LATER)
    import_path(store, written("27.md", MARKDOWN.replace("03-28", "03-27")), now=LATER)
    import_path(store, written("2024-03-24.json", []), now=NOW)
    summary = Summary(language="en", source=SummarySource.MODEL, bullets=("One.",), model="m", prompt_version="7")
    late = Paper(
        id="2403.18361", title="ViTAR", summaries=(summary,), media=("https://m/1.mp4",), organization="Lab", github_stars=3,
        published_at=NOW, keywords=("a", "b"), hub_summary="Short.",
    )  # fmt: skip
    store.write_now(merge_papers, [SourcePaper(paper=late, raw='{"한": 1}', source="hub-paper")], now=LATER)
    store.write_now(save_failure, dt.date(2024, 4, 1), "The Hub did not answer.", now=LATER)
    store.write_now(save_sample, now=NOW)
    return store


def test_an_export_imported_into_an_empty_store_exports_the_same_bytes(full_store, another_store, written):
    lines = exported(full_store)
    report = import_path(another_store, written("export.jsonl", lines), now=LATER + dt.timedelta(days=30))
    assert report.unreadable == []
    assert exported(another_store) == lines
    for day in (SEED_DAY, dt.date(2024, 3, 27), QUIET_DAY, dt.date(2024, 4, 1)):
        assert another_store.read_now(list_day, day) == full_store.read_now(list_day, day)
        assert another_store.read_now(papers_of_day, day) == full_store.read_now(papers_of_day, day)


def test_an_export_imported_where_it_came_from_changes_nothing(full_store, written):
    lines = exported(full_store)
    assert import_path(full_store, written("export.jsonl", lines), now=LATER).counts.changed == 0
    assert exported(full_store) == lines


def test_every_line_of_an_export_is_a_paper_with_the_promised_fields(full_store):
    lines = [json.loads(line) for line in exported(full_store).splitlines()]
    assert len(lines) == 10
    first = next(line for line in lines if line["id"] == "2403.18361")
    assert list(first)[:8] == ["id", "date", "title", "authors", "abstract", "upvotes", "thumbnail", "summaries"]
    assert (first["date"], first["summaries"]["ko"]) == ("2024-03-28", ["하나.", "둘."])


def test_an_export_of_a_store_without_papers_keeps_its_empty_days(store, another_store, written):
    import_path(store, written("2024-03-24.json", []), now=NOW)
    lines = exported(store)
    import_path(another_store, written("export.jsonl", lines), now=LATER)
    assert exported(another_store) == lines
    assert exported(another_store)


def test_an_export_that_knows_more_of_a_day_brings_it(full_store, another_store, written):
    import_path(another_store, written("28.md", MARKDOWN), now=NOW)
    import_path(another_store, written("export.jsonl", exported(full_store)), now=LATER)
    assert ids(another_store) == ids(full_store)
    assert another_store.read_now(list_day, SEED_DAY).origin is Origin.HUB


def test_plain_lines_are_an_archives_list_in_their_order(store, written):
    lines = [
        {"id": "2403.00002", "date": "2024-03-28", "title": "B", "authors": [], "abstract": "", "upvotes": None,
         "summaries": {"ko": ["하나."]}},
        {"id": "2403.00001", "date": "2024-03-28", "title": "A", "authors": ["X"], "upvotes": 1, "summaries": {}},
        {"id": "2403.00003", "title": "C"},
    ]  # fmt: skip
    report = import_path(store, written("papers.jsonl", "\n".join(map(json.dumps, lines))), now=NOW)
    assert (report.lines, report.unreadable) == (3, [])
    assert ids(store) == ["2403.00002", "2403.00001"]
    assert store.read_now(paper, "2403.00002").summaries[0].source is SummarySource.IMPORTED
    assert store.read_now(paper, "2403.00003").list_day is None


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("authors", "A, B", "Its authors are no list of texts."),
        ("upvotes", "3", "Its upvotes '3' is no whole number."),
        ("date", "28.3.2024", "Its date '28.3.2024' is no day such as 2024-03-28."),
        ("summaries", ["x"], 'Its summaries are not written as {"ko": [bullet, …]}.'),
        ("title", " ", "The paper 2403.00001 has no title."),
        ("id", "x", "Its id 'x' is not one of arXiv's."),
        ("upvotes", 2**70, "is no whole number."),
        ("title", "\ud83d", "It holds half of a character"),
        ("published_at", "0001-01-01T00:00:00+14:00", "is outside the years 1 to 9999"),
        ("list_days", [{"day": "2024"}], "A field is missing or of another kind than expected"),
    ],
)
def test_a_bad_line_says_what_is_wrong_with_it(store, written, field, value, reason):
    line = {"id": "2403.00001", "title": "A", "date": "2024-03-28"} | {field: value}
    report = import_path(store, written("papers.jsonl", json.dumps(line)), now=NOW)
    assert reason in report.unreadable[0].reason


def test_texts_of_plain_lines_are_single_spaced(store, written):
    line = {
        "id": "2403.00001",
        "title": "A\n## Daily Papers (2020-01-01)",
        "authors": ["X\n Y"],
        "abstract": "One.\n  Two.",
    }
    import_path(store, written("papers.jsonl", json.dumps(line)), now=NOW)
    known = store.read_now(paper, "2403.00001")
    assert (known.title, known.authors, known.abstract) == ("A ## Daily Papers (2020-01-01)", ("X Y",), "One. Two.")


@pytest.mark.parametrize("name", ["papers.jsonl", "2024-03-28.json"])
def test_a_file_nested_beyond_all_reason_is_reported(store, written, name):
    report = import_path(store, written(name, '{"id":' + "[" * 100_000), now=NOW)
    assert "It is no JSON" in report.unreadable[0].reason


# --- Our own Markdown, and the sample ---------------------------------------------------------------------------------------


def test_a_digest_written_as_markdown_and_imported_again_is_the_same_papers(store, another_store, written):
    store.write_now(save_sample, now=NOW)
    digest = documents.markdown(SEED_DAY, store.read_now(papers_of_day, SEED_DAY), "ko")
    report = import_path(another_store, written("28.md", digest), now=NOW)
    assert report.unreadable == []
    again = documents.markdown(SEED_DAY, another_store.read_now(papers_of_day, SEED_DAY), "ko")
    assert again == digest


def test_the_sample_stands_until_something_better_comes(store, written):
    day = store.write_now(save_sample, now=NOW)
    assert (day.origin, day.papers, day.state) == (Origin.SAMPLE, 10, ListDayState.CLOSED)
    import_path(store, written("28.md", MARKDOWN), now=NOW)
    assert store.read_now(list_day, SEED_DAY).origin is Origin.ARCHIVE
    assert store.write_now(save_sample, now=LATER).origin is Origin.ARCHIVE
