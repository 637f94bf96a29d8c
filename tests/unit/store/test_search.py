"""Search over a real store: every way in which people ask."""

import datetime as dt
import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.model import Paper, Summary, SummarySource
from bot.ports import SourcePaper
from bot.store import migrations
from bot.store.connection import open_store
from bot.store.papers import merge_papers
from bot.store.search import Found, has_pending, index_pending, search
from bot.store.summaries import report_wrong, save_summary

NOW = dt.datetime(2024, 6, 1, 12, 0, tzinfo=dt.UTC)


def ko(*bullets):
    return Summary(language="ko", source=SummarySource.IMPORTED, bullets=bullets)


PAPERS = (
    Paper(id="2403.18361", title="Speculative Decoding with Drafts", authors=("Yoshua Bengio", "Jürgen Müller"),
          abstract="We speed up large language models.", upvotes=50, list_day=dt.date(2024, 3, 28),
          summaries=(ko("추측 디코딩(speculative decoding)을 제안합니다.", "저장소에서 코드를 받을 수 있습니다."),)),
    Paper(id="2404.00002", title="Attention Sinks in Streaming Models", authors=("Kaiming He", "K. Yoshua"),
          abstract="An attention sink takes what is left over.", upvotes=5, list_day=dt.date(2024, 4, 2),
          summaries=(ko("어텐션 싱크(attention sink)가 남는 것을 받습니다."),)),
    Paper(id="2405.00003", title="Lip Synchronization of Avatars", authors=("Jane Doe",),
          abstract="Talking heads with attention to lips and the kitchen sink.", upvotes=21, list_day=dt.date(2024, 5, 3),
          summaries=(ko("립 싱크를 다루는 아바타 모델입니다."),)),
    Paper(id="2405.00004", title="3D Gaussian Splatting", authors=("Bengio Smith",), abstract="Fine-tuning of radiance fields.",
          upvotes=None, list_day=dt.date(2024, 5, 20), summaries=(ko("가우시안 스플래팅(Gaussian Splatting)을 개선합니다."),)),
    Paper(id="2405.00005", title="Tokenizer-Free Language Models", authors=("Li Wei",), abstract="Bytes instead of tokens.",
          upvotes=20, list_day=dt.date(2024, 5, 21), summaries=(ko("토크나이저(tokenizer) 없는 언어모델입니다."),)),
    Paper(id="2405.00006", title="Splatting in Real Time", abstract="Fast rendering with Gaussian primitives.", upvotes=3,
          list_day=dt.date(2024, 5, 22), summaries=(ko("가우시안 스플래팅을 빠르게 합니다."),)),
)  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with open_store(tmp_path_factory.mktemp("search") / "papers.db") as opened:
        opened.write_now(merge_papers, [SourcePaper(paper=paper) for paper in PAPERS], now=NOW)
        yield opened


@pytest.fixture
def own_store(tmp_path):
    with open_store(tmp_path / "papers.db") as opened:
        yield opened


def numbers(store, typed):
    """The last digits of what is found, in order."""
    return [int(one[-1]) for one in store.read_now(search, typed).ids]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("speculative decoding", 1), ("speculativ decodng", 1), ("추측 디코딩", 1), ("디코딩을", 1),
        ("attention sink", 2), ("어텐션 싱크", 2), ("가우시안 스플레팅", 4), ("guassian splating", 4), ("tokenizer", 5),
        ("토크나이저", 5), ("토크나이저는", 5), ("tokenizers", 5), ("언어 모델", 5), ("finetuning", 4), ("fine tuning", 4),
        ("lip sync", 3), ("립싱크", 3), ("3D Gaussian Splatting", 4), ("splatting in real time", 6),
    ],
)  # fmt: skip
def test_the_paper_that_is_meant_comes_first(store, typed, first):
    assert numbers(store, typed)[0] == first


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("bengio yoshua", [1]), ("Yoshua Bengio", [1]), ("Müller", [1]), ("muller", [1]), ("Y. Bengio", [1]),
        ("author:bengio", [4, 1]), ('author:"Yoshua Bengio"', [1]), ("author:he,k", [2]), ("author:nobody", []),
        ("bengio -author:smith", [1]), ("저자:Müller", [1]),
        ("2403.18361", [1]), ("arXiv:2403.18361v2", [1]), ("2403.183", [1]), ("https://arxiv.org/pdf/2405.00003v1.pdf", [3]),
        ("2405.0000", [6, 5, 4, 3]), ("00003", [3]), ("9999.99999", []),
        ('"attention sink"', [2]), ("“attention sink”", [2]), ("“어텐션 싱크”", [2]), ('"sink attention"', []),
        ('"kitchen sink"', [3]), ("attention -lip", [2]), ("어텐션 -립", [2]), ('sink -"attention sink"', [3]),
        ("since:2024-05-21", [5, 6]), ("until:2024-03", [1]), ("since:2024-04 until:2024-04", [2]),
        ("votes:>20", [1, 3]), ("votes:>=20", [1, 3, 5]), ("votes:=5", [2]), ("추천:<4", [6]), ("votes:>20 since:2024-05", [3]),
        ("attention votes:>20", [3]), ("zzzzqq", []), ("", []), ("-", []), ('"', []),
    ],
)  # fmt: skip
def test_names_ids_phrases_and_bounds(store, typed, found):
    assert sorted(numbers(store, typed)) == sorted(found)


def test_initials_and_what_they_stand_for_find_each_other(own_store):
    papers = (
        Paper(id="2401.00001", title="On KANs", list_day=dt.date(2024, 1, 1)),
        Paper(
            id="2401.00002",
            title="Networks",
            abstract="Kolmogorov-Arnold Networks (KANs) learn.",
            list_day=dt.date(2024, 1, 2),
        ),
        Paper(id="2401.00003", title="Kolmogorov-Arnold networks again", list_day=dt.date(2024, 1, 3)),
    )
    own_store.write_now(merge_papers, [SourcePaper(paper=paper) for paper in papers], now=NOW)
    assert set(numbers(own_store, "KAN")) == {1, 2, 3}
    assert set(numbers(own_store, "kolmogorov arnold network")) == {1, 2, 3}


def test_what_was_taken_for_what_was_typed_is_told(store):
    assert store.read_now(search, "speculativ decodng").corrected == (
        ("speculativ", "speculative"),
        ("decodng", "decoding"),
    )
    assert store.read_now(search, "bengio yoshua").corrected == ()


def test_pages_are_parts_of_one_list(store):
    whole = store.read_now(search, "since:2024-01", limit=10)
    pages = [store.read_now(search, "since:2024-01", limit=2, offset=offset) for offset in (0, 2, 4, 6)]
    assert tuple(one for page in pages for one in page.ids) == whole.ids
    assert {page.total for page in pages} == {whole.total} == {len(PAPERS)}


def test_votes_decide_between_papers_that_say_the_same(own_store):
    papers = [Paper(id=f"2401.0000{n}", title="Equal words", upvotes=n, list_day=dt.date(2024, 1, 1)) for n in (3, 9, 6)]
    own_store.write_now(merge_papers, [SourcePaper(paper=paper) for paper in papers], now=NOW)
    assert numbers(own_store, "equal words") == [9, 6, 3]


def test_youth_decides_between_papers_of_equal_votes(own_store):
    papers = [Paper(id=f"2401.0000{n}", title="Equal words", list_day=dt.date(2024, n, 1)) for n in (3, 9, 6)]
    own_store.write_now(merge_papers, [SourcePaper(paper=paper) for paper in papers], now=NOW)
    assert numbers(own_store, "equal words") == [9, 6, 3]


def _without_summaries(connection):
    connection.execute("DELETE FROM summary")
    keys = [row["key"] for row in connection.execute("SELECT key FROM paper")]
    from bot.store.search import index_papers

    index_papers(connection, keys)


def test_korean_spellings_are_the_stores_own_and_go_with_it(own_store):
    # The paper is found by a Korean word that only other papers' summaries hold beside the English one.
    plain = Paper(
        id="2406.00009", title="A Sequence Tokenizer", abstract="About a tokenizer.", list_day=dt.date(2024, 6, 1)
    )
    own_store.write_now(merge_papers, [SourcePaper(paper=paper) for paper in (*PAPERS, plain)], now=NOW)
    assert 9 in numbers(own_store, "토크나이저")
    own_store.write_now(_without_summaries)
    pairs = own_store.read_now(lambda c: c.execute("SELECT count(*) FROM search_rendering").fetchone()[0])
    assert pairs == 0
    assert numbers(own_store, "추측 디코딩") == []


def test_a_summary_is_found_when_it_comes_and_not_when_it_was_wrong(own_store):
    bare = Paper(id="2406.00009", title="Untold", abstract="Nothing.", list_day=dt.date(2024, 6, 1))
    own_store.write_now(merge_papers, [SourcePaper(paper=bare)], now=NOW)
    assert numbers(own_store, "양자화") == []
    summary = Summary(language="ko", source=SummarySource.MODEL, bullets=("양자화를 다룹니다.",), prompt_version="1")
    own_store.write_now(save_summary, "2406.00009", summary, version="1", now=NOW)
    assert numbers(own_store, "양자화") == [9]
    assert own_store.write_now(report_wrong, "2406.00009", summary)
    assert numbers(own_store, "양자화") == []


def test_what_a_paper_no_longer_says_is_not_found(own_store):
    def given(title, hour):
        paper = Paper(id="2406.00009", title=title, list_day=dt.date(2024, 6, 1))
        own_store.write_now(merge_papers, [SourcePaper(paper=paper, known_at=NOW + dt.timedelta(hours=hour))], now=NOW)

    given("Diffusion models", 0)
    given("Retrieval of documents", 1)
    assert numbers(own_store, "diffusion") == []
    assert numbers(own_store, "retrieval") == [9]
    rows = own_store.read_now(lambda c: c.execute("SELECT data FROM search_posting").fetchall())
    assert all(len(row["data"]) % 3 == 0 for row in rows)


def test_a_store_of_an_older_version_is_indexed_once_and_a_stop_loses_nothing(tmp_path, monkeypatch):
    path = tmp_path / "papers.db"
    with open_store(path) as store:
        store.write_now(merge_papers, [SourcePaper(paper=paper) for paper in PAPERS], now=NOW)
        store.write_now(_as_if_older)
        assert store.read_now(has_pending)
        assert store.read_now(search, "tokenizer") == Found((), 0)
        monkeypatch.setattr("bot.store.search._CHUNK", 2)
        assert store.write_now(index_pending)
    with open_store(path) as store:
        assert not store.read_now(has_pending)
        assert numbers(store, "tokenizer")[0] == 5
        assert store.read_now(lambda c: c.execute("PRAGMA application_id").fetchone()[0]) == migrations.APPLICATION_ID


def _as_if_older(connection):
    for table in ("search_paper", "search_posting", "search_column", "search_term", "search_rendering"):
        connection.execute(f"DELETE FROM {table}")
    connection.execute("UPDATE search_state SET mark = randomblob(8)")
    connection.execute("INSERT INTO search_pending SELECT key FROM paper")


_SYNTAX = st.sampled_from(
    ["NEAR(", "AND", "OR", "NOT", '"', "*", "^", "{", "}", ":", "-", "+", "author:", "since:", "votes:>", "title:", "'", ";--",
     "\x00", "\u202e", "가", "립", "스플레팅", "decodng", "2403.", "(", ")", "%", "_", "\\", "\ud800"]
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.one_of(st.text(), st.lists(st.one_of(_SYNTAX, st.text(max_size=4)), max_size=12).map(" ".join)), st.integers(0, 5)
)
@example("\x00", 0)
@example("\ud800", 0)
@example('" OR 1; DROP TABLE paper; --', 0)
def test_nothing_that_is_typed_is_an_error(store, typed, offset):
    found = store.read_now(search, typed, limit=3, offset=offset)
    assert len(found.ids) == max(0, min(3, found.total - offset))
    assert len(set(found.ids)) == len(found.ids)
    assert json.dumps(found.ids)
