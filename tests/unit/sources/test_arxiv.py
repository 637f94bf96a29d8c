"""arXiv's API, over HTTP and in its recorded answers."""

import datetime as dt

import pytest

from bot.errors import PaperNotFound, SourceUnavailable, UnreadableAnswer
from bot.model import Origin
from bot.sources.arxiv import Arxiv, parse_answer
from bot.sources.http import Patience, Window, make_client
from tests.fakes.hub import Hub, arxiv_entry
from tests.shared_data import SHARED, needs_shared

IMPATIENT = Patience(attempts=2, first_wait=0.0, longest_wait=0.01, answer=0.7)


@pytest.fixture
async def hub():
    async with Hub() as running:
        yield running


@pytest.fixture
async def source(hub):
    async with make_client() as client:
        yield Arxiv(client, hub.url, patience=IMPATIENT, window=Window(9, 1))


async def test_a_paper_is_read(hub, source):
    hub.arxiv["cs/0112017"] = arxiv_entry(
        "cs/0112017", "A Title &\n  its End", ("Ada Inventor", "Ada Inventor"), "One.\nTwo."
    )
    found = await source.paper("cs/0112017")
    assert (found.paper.title, found.paper.authors, found.paper.abstract) == (
        "A Title & its End",
        ("Ada Inventor",),
        "One. Two.",
    )
    assert found.paper.published_at == dt.datetime(2002, 1, 18, 15, 8, 5, tzinfo=dt.UTC)
    assert (found.paper.origin, found.source, found.paper.upvotes) == (Origin.ARXIV, "arxiv", None)
    assert "<" in found.raw


async def test_an_unknown_paper_is_not_found(source):
    with pytest.raises(PaperNotFound, match=r"arXiv does not know the paper 2403\.99999"):
        await source.paper("2403.99999")


async def test_an_id_that_arxiv_refuses_is_not_found_with_its_reason(source):
    with pytest.raises(PaperNotFound, match="incorrect id format for abc"):
        await source.paper("abc")


async def test_another_papers_entry_is_not_taken_for_it(hub, source):
    hub.arxiv["2403.18361"] = arxiv_entry("2403.18814", "Another")
    with pytest.raises(UnreadableAnswer, match=r"another paper than 2403\.18361"):
        await source.paper("2403.18361")


async def test_an_answer_that_is_no_feed_is_unreadable(hub, source):
    hub.fail(200, body="Rate exceeded.")
    with pytest.raises(UnreadableAnswer, match="no XML"):
        await source.paper("2403.18361")


async def test_a_failing_server_is_unavailable(hub, source):
    hub.fail(503, 99)
    with pytest.raises(SourceUnavailable, match="arXiv answered with status 503"):
        await source.paper("2403.18361")


def recorded(name):
    (path,) = (SHARED / "arxiv" / "bodies").glob(f"id_{name}_s0*")
    return path.read_text(encoding="utf-8")


@needs_shared
def test_recorded_answers_are_read():
    zero = parse_answer(recorded("2104.12255v1"), "2104.12255")
    assert (zero.paper.title, zero.paper.authors) == ("0", ("Quan Thoi Minh Nguyen",))
    old = parse_answer(recorded("quant-ph_0201082v1"), "quant-ph/0201082")
    assert old.paper.abstract.startswith("We show a representation of Quantum Computers")
    assert parse_answer(recorded("astro-ph_0601001"), "astro-ph/0601001").paper.title


@needs_shared
@pytest.mark.parametrize("name", ["0000.0000", "abc", "0808.05394"])
def test_recorded_answers_without_a_paper_are_not_found(name):
    with pytest.raises(PaperNotFound):
        parse_answer(recorded(name), name)
