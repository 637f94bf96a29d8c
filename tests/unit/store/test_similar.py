"""Papers like one, each with a reason."""

import datetime as dt

import pytest

from bot.model import Paper, Summary, SummarySource
from bot.ports import SourcePaper
from bot.store.connection import open_store
from bot.store.papers import merge_papers
from bot.store.similar import similar

NOW = dt.datetime(2024, 6, 1, 12, 0, tzinfo=dt.UTC)
PAPERS = (
    Paper(
        id="2401.00001", title="LLaVA and Gaussian Splatting", authors=("Ada L.", "Bo"), abstract="Splatting of avatars."
    ),
    Paper(id="2401.00002", title="Fast Gaussian splatting", authors=("Cy",), abstract="We render avatars."),
    Paper(id="2401.00003", title="Protein folding", authors=("Ada L.",), abstract="Of amino acids."),
    Paper(id="2401.00004", title="Avatars from LLaVA", authors=("Ada L.",), abstract="With Gaussian heads."),
    Paper(id="2401.00005", title="!", abstract=""),
    Paper(id="2401.00006", title="Towards Quokkas", abstract=""),
    Paper(id="2401.00007", title="Towards More Quokkas", abstract=""),
    Paper(
        id="2401.00008",
        title="Numbats at night",
        abstract="Camera traps hidden under eucalyptus logs photograph striped marsupials that hunt termites at dusk. Counting "
        "their burrows takes rangers months of walking; a single detector finds nests, tracks and predators automatically.",
    ),
    Paper(
        id="2401.00009",
        title="Glaciers in spring",
        abstract="Satellite radar measures how quickly alpine ice loses thickness when meltwater carves channels beneath it. "
        "Hydrologists calibrate discharge models against gauges; a single winter of snowfall shifts every forecast by weeks.",
    ),
    *(Paper(id=f"2402.0000{n}", title=f"Weather number {n}", abstract="Rain.") for n in range(9)),
)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with open_store(tmp_path_factory.mktemp("similar") / "papers.db") as opened:
        opened.write_now(merge_papers, [SourcePaper(paper=paper) for paper in PAPERS], now=NOW)
        yield opened


def test_the_likest_come_first_with_the_terms_that_both_hold_as_the_paper_writes_them(store):
    found = store.read_now(similar, "2401.00001", 5)
    assert {one.id for one in found} == {"2401.00002", "2401.00004"}
    reasons = {one.id: one for one in found}
    assert "Splatting" in reasons["2401.00002"].terms
    assert "LLaVA" in reasons["2401.00004"].terms
    assert reasons["2401.00004"].authors == ("Ada L.",)
    assert all(one.terms for one in found)


def test_words_that_only_lead_somewhere_are_no_reason(store):
    (near,) = store.read_now(similar, "2401.00006", 1)
    assert (near.id, near.terms) == ("2401.00007", ("Quokkas",))


def test_a_reason_may_stand_in_a_summary_alone_and_a_preposition_is_none(tmp_path):
    told = (
        ("Harvest mice", "Telemetry lays out how mice nest in barley."),
        ("Barn owls", "Telemetry finds out where owls nest at dusk."),
        *((f"Number {n}", "Rain.") for n in range(6)),
    )
    found = [
        SourcePaper(
            paper=Paper(
                id=f"2402.0000{n}",
                title=title,
                summaries=(Summary(language="en", bullets=(said,), source=SummarySource.SAMPLE),),
            )
        )
        for n, (title, said) in enumerate(told)
    ]
    with open_store(tmp_path / "told.db") as store:
        store.write_now(merge_papers, found, now=NOW)
        (near,) = store.read_now(similar, "2402.00000", 1)
    assert (near.id, set(near.terms)) == ("2402.00001", {"Telemetry", "nest"})


def test_papers_that_share_but_words_of_chance_are_not_alike(store):
    assert store.read_now(similar, "2401.00008", 5) == []


def test_a_paper_is_not_like_itself_and_no_more_are_given_than_asked_for(store):
    found = store.read_now(similar, "2402.00001", 3)
    assert len(found) == 3
    assert "2402.00001" not in {one.id for one in found}


@pytest.mark.parametrize("paper_id", ["9999.99999", "", "2401.00005"])
def test_what_is_not_there_or_says_nothing_is_like_nothing(store, paper_id):
    assert store.read_now(similar, paper_id, 3) == []
