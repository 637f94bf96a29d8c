"""The commands of the terminal as a person or a program runs them: what they print, and how they end."""

import datetime as dt
import json
from pathlib import Path

from bot.sample import sample_day
from tests.end_to_end.process import run_command
from tests.fakes.hub import Hub

PAPERS = [paper.id for paper in sample_day()[1]]
CLOCK = {"CLOCK": "2024-03-28T20:00:00Z"}
ARCHIVE = (
    "## Daily Papers (2024-03-20)\n\n"
    "### [A Paper of the Archive](https://arxiv.org/abs/2403.00001)\n\n"
    "![](https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2403.00001.png)\n\n"
    "Vote: 7\n\nAuthors: Ada Inventor, Bo Finder\n\n- 가우시안 스플래팅을 빠르게 합니다.\n- 두 배 빠릅니다.\n\n"
)


async def ran(folder: Path, *arguments: str, **settings: str) -> str:
    status, output, errors = await run_command(folder, CLOCK | settings, *arguments)
    assert status == 0, output + errors
    return output


async def test_an_archive_goes_in_comes_out_line_for_line_and_goes_in_again(tmp_path: Path):
    (tmp_path / "20.md").write_text(ARCHIVE, encoding="utf-8")
    told = await ran(tmp_path, "import", "20.md")
    assert "1 files, 1 days, 1 papers (1 new, 0 changed, 0 as before); 13 lines, of which 13 read and 0 reported." in told
    assert await ran(tmp_path, "digest", "2024-03-20", "--format", "md") == ARCHIVE
    assert "(0 new, 0 changed, 1 as before)" in await ran(tmp_path, "import", "20.md")


async def test_what_cannot_be_imported_is_told_by_line_and_what_can_be_is(tmp_path: Path):
    (tmp_path / "20.md").write_text(ARCHIVE + "### no link\n\nlost\n", encoding="utf-8")
    told = await ran(tmp_path, "import", "20.md")
    assert "20.md:14: The heading is not written as" in told
    assert "1 papers" in told
    (tmp_path / "empty.md").write_text("nothing\n", encoding="utf-8")
    status, output, errors = await run_command(tmp_path, CLOCK, "import", "empty.md")
    assert (status, "No paper could be read at empty.md." in errors) == (2, True), output


async def test_gaps_are_found_told_and_filled_and_empty_not_yet_and_failed_are_told_apart(tmp_path: Path):
    async with Hub() as hub:
        url = {"HF_API_URL": hub.url}
        assert "nothing can be missing" in await ran(tmp_path, "fetch", "--gaps", **url)
        await ran(tmp_path, "fetch", "--date", "2024-03-23", **url, CLOCK="2024-03-23T12:00:00Z")
        hub.fail(404, 99, path="2024-03-26")
        hub.today = dt.date(2024, 3, 26)
        status, told, errors = await run_command(tmp_path, CLOCK | url, "fetch", "--gaps")
        assert (status, told.splitlines()[0]) == (4, "5 days since 2024-03-23 to fetch:"), errors
        for line in (
            "2024-03-23: no papers, closed; Hugging Face has none of that day. Before: 0 papers at 2024-03-23 12:00 UTC.",
            "2024-03-25: 3 papers, closed. Before: never asked for.",
            "2024-03-26: could not be fetched, which says nothing of its papers.",
            "2024-03-27: not there yet.",
        ):
            assert line in told
        hub.failures.clear()
        hub.today = dt.date(2024, 3, 28)
        told = await ran(tmp_path, "fetch", "--gaps", **url)
        assert ("2 days since 2024-03-23" in told, "2024-03-27: 123 papers, closed." in told) == (True, True)
        assert "No gaps: every day since 2024-03-23" in await ran(tmp_path, "fetch", "--gaps", **url)
        assert "no papers yet, open" in await ran(
            tmp_path, "fetch", "--date", "2024-03-24", **url, CLOCK="2024-03-24T12:00:00Z"
        )


async def test_every_form_of_a_digest_holds_the_same_papers(tmp_path: Path):
    async with Hub() as hub:
        assert "2024-03-28: 10 papers, settled." in await ran(tmp_path, "fetch", HF_API_URL=hub.url)
    told = json.loads(await ran(tmp_path, "digest", "2024-03-28", "--format", "json"))
    assert (told["date"], [paper["id"] for paper in told["papers"]]) == ("2024-03-28", PAPERS)
    for form in ("text", "html", "md"):
        written = await ran(tmp_path, "digest", "2024-03-28", "--format", form)
        places = [written.index(f"https://arxiv.org/abs/{paper}") for paper in PAPERS]
        assert places == sorted(places)
    assert [
        paper["id"] for paper in json.loads(await ran(tmp_path, "digest", "--format", "json", "--top", "3"))["papers"]
    ] == (PAPERS[:3])
    least = told["papers"][4]["upvotes"]
    kept = json.loads(await ran(tmp_path, "digest", "--format", "json", "--min-votes", str(least)))["papers"]
    assert [paper["id"] for paper in kept] == [paper["id"] for paper in told["papers"] if paper["upvotes"] >= least]


async def test_programs_read_papers_and_searches_as_json_lines(tmp_path: Path):
    (tmp_path / "20.md").write_text(ARCHIVE, encoding="utf-8")
    await ran(tmp_path, "import", "20.md")
    paper = json.loads(await ran(tmp_path, "paper", "https://arxiv.org/abs/2403.00001v2", "--json"))
    assert (paper["id"], paper["date"], paper["upvotes"]) == ("2403.00001", "2024-03-20", 7)
    assert paper["summaries"] == {"ko": ["가우시안 스플래팅을 빠르게 합니다.", "두 배 빠릅니다."]}
    assert json.loads(await ran(tmp_path, "search", "스플래팅", "--json", "--limit", "1")) == paper
    assert await ran(tmp_path, "search", "nothing-like-it", "--json") == ""


async def test_an_export_is_imported_elsewhere_without_loss(tmp_path: Path):
    async with Hub() as hub:
        await ran(tmp_path, "fetch", "--since", "2024-03-26", HF_API_URL=hub.url)
        again = await ran(tmp_path, "fetch", "--since", "2024-03-26", HF_API_URL=hub.url)
    assert "were complete before" in again
    assert "Wrote" in await ran(tmp_path, "export", "all.jsonl")
    lines = (tmp_path / "all.jsonl").read_text(encoding="utf-8")
    await ran(tmp_path, "import", "all.jsonl", DATABASE="other.db")
    assert await ran(tmp_path, "export", DATABASE="other.db") == lines
