"""Markdown digests, in every variant that the seed's archive has. The sentences here are our own."""

import datetime as dt
import json
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import SummarySource
from bot.sources.bullets import readable
from bot.sources.markdown_archive import parse
from tests.shared_data import SHARED, needs_shared

DAY = dt.date(2024, 3, 28)
HEAD = "## Daily Papers (2024-03-28)\n\n### [ViTAR: Any Resolution](https://arxiv.org/abs/2403.18361)\n\n"
WHOLE = (
    HEAD + "![](https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2403.18361.png)\n\nVote: 26\n\n"
    "Authors: Qihang Fan, Quanzeng You\n\n- 해상도가 달라도 됩니다.\n- 빠릅니다.\n\n"
)


def first(text):
    archive = parse(text)
    assert archive.unread == ()
    ((paper, *_),) = archive.days.values()
    return paper.paper


def reasons(text, **path):
    archive = parse(text, **path)
    assert archive.read + sum(one.last - one.first + 1 for one in archive.unread) == archive.lines
    return [(one.first, one.last, one.reason) for one in archive.unread]


def bullets(lines):
    (summary,) = first(HEAD + lines).summaries
    return summary.bullets


def test_a_digest_is_read():
    paper = first(WHOLE)
    assert (paper.id, paper.title, paper.upvotes) == ("2403.18361", "ViTAR: Any Resolution", 26)
    assert paper.authors == ("Qihang Fan", "Quanzeng You")
    assert paper.thumbnail == "https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2403.18361.png"
    (summary,) = paper.summaries
    assert (summary.language, summary.source) == ("ko", SummarySource.IMPORTED)
    assert summary.bullets == ("해상도가 달라도 됩니다.", "빠릅니다.")
    assert (paper.list_day, paper.archive_day) == (DAY, DAY)


def test_papers_keep_their_order():
    ids = ["2403.00002", "2403.00001", "2403.00003"]
    text = "## Daily Papers (2024-03-28)\n" + "".join(f"### [T](https://arxiv.org/abs/{one})\n- x\n" for one in ids)
    assert [one.paper.id for one in parse(text).days[DAY]] == ids


def test_a_second_heading_of_the_same_day_adds_to_it():
    text = WHOLE + WHOLE.replace("18361", "18814")
    assert [one.paper.id for one in parse(text).days[DAY]] == ["2403.18361", "2403.18814"]


def test_a_file_can_hold_several_days():
    assert list(parse(WHOLE + WHOLE.replace("03-28)", "03-29)")).days) == [DAY, dt.date(2024, 3, 29)]


def test_the_headings_date_rules_over_the_paths():
    assert list(parse(WHOLE, dt.date(2020, 1, 1)).days) == [DAY]


def test_the_paths_date_stands_in_for_a_missing_heading():
    assert list(parse(WHOLE.split("\n", 1)[1], DAY).days) == [DAY]


def test_bullets_right_below_the_heading_are_read():
    assert bullets("- 하나\n### [U](https://arxiv.org/abs/2403.18814)\n- 둘\n") == ("하나",)


@pytest.mark.parametrize("written", ["-", ""])
def test_a_missing_vote_is_no_zero(written):
    assert first(WHOLE.replace("Vote: 26", f"Vote: {written}")).upvotes is None
    assert first(WHOLE.replace("Vote: 26", "Vote: 0")).upvotes == 0


@pytest.mark.parametrize(
    "written",
    [
        "Ada Inventor, Bo Maker",
        "Ada Inventor, Ada Inventor, Bo Maker, Bo Maker",
        "Ada Inventor, +, Bo Maker",
        "['Ada Inventor', 'Bo Maker']",
        "[\"Ada Inventor\", 'Bo Maker']",
        "['Ada Inventor', 'Bo Maker'",
        " Ada  Inventor ,, Bo Maker ,",
    ],
)
def test_authors_are_read_in_every_form(written):
    assert first(HEAD + f"Authors: {written}\n").authors == ("Ada Inventor", "Bo Maker")


def test_a_comma_inside_a_quoted_name_stays():
    assert first(HEAD + "Authors: ['Bo Maker, Jr.', \"Sean O'Neil\"]\n").authors == ("Bo Maker, Jr.", "Sean O'Neil")


@pytest.mark.parametrize(
    "written",
    [
        "[Watch Video](https://cdn.example/v.mp4)",
        "[Watch Video]https://cdn.example/v.mp4",
        '<div><video controls src="https://cdn.example/v.mp4" muted="false"></video></div>',
        "<video src='https://cdn.example/v.mp4'></video>",
        "![](https://cdn.example/v.mp4)",
        '[Watch Video](https://cdn.example/v.mp4)\n<div><video controls src="https://cdn.example/v.mp4"></video></div>',
    ],
)
def test_a_video_is_no_picture(written):
    paper = first(HEAD + written + "\n")
    assert (paper.thumbnail, paper.media) == (None, ("https://cdn.example/v.mp4",))


@pytest.mark.parametrize("written", ["/avatars/0cf0050b.svg", "https://cdn-avatars.huggingface.co/v1/a.jpeg"])
def test_the_submitters_portrait_is_not_the_papers_picture(written):
    paper = first(HEAD + f"![]({written})\n")
    assert paper.thumbnail is None
    assert paper.media[0].startswith("https://")


def test_nested_and_numbered_lines_belong_to_their_bullet():
    assert bullets("- 셋:\n  - (1) 하나\n  - (2) 둘\n- 끝.\n") == ("셋:\n  - (1) 하나\n  - (2) 둘", "끝.")
    assert bullets("- 둘:\n1) 하나\n2) 둘\n- 끝.\n") == ("둘:\n1) 하나\n2) 둘", "끝.")


def test_a_sentence_after_a_break_belongs_to_its_bullet():
    assert bullets("- 하나입니다. \n둘입니다.\n") == ("하나입니다.\n둘입니다.",)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("**Details**: ['하나.', '둘.']", "**Details**:\n  - 하나.\n  - 둘."),
        ("**Details**: {'Speed': '빠름', 'Size': 3}", "**Details**:\n  - Speed: 빠름\n  - Size: 3"),
        ("**Details**: [{'description': '하나.'}, {'Finding 2': '둘.'}]", "**Details**:\n  - 하나.\n  - Finding 2: 둘."),
        ("**Details**: {'Speed': ['빠름', '더 빠름']}", "**Details**:\n  - Speed: 빠름; 더 빠름"),
        ("**Details**: ['broken", "**Details**: ['broken"),
        ("[1]에서 말한 대로 [2]", "[1]에서 말한 대로 [2]"),
        ("**Details**: []", "**Details**: []"),
    ],
)
def test_lists_and_dicts_become_nested_lines(written, read):
    assert bullets(f"- {written}\n") == (read,)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("\x0cramework은 \x08enchmark를", r"\framework은 \benchmark를"),
        ("a\textit{b}", r"a\textit{b}"),
        ("탭\t하나", "탭 하나"),
    ],
)
def test_latex_that_an_escape_has_eaten_is_put_back(written, read):
    assert bullets(f"- {written}\n") == (read,)


def test_english_bullets_are_english():
    assert first(HEAD + "- One sentence.\n").summaries[0].language == "en"


def test_titles_may_hold_brackets_tags_and_formulas():
    title = "<think> [A] (b) $\\tau$-bench](x)"
    assert first(HEAD.replace("ViTAR: Any Resolution", title)).title == title


@pytest.mark.parametrize("source", [SummarySource.MODEL, SummarySource.ABSTRACT])
def test_our_own_digests_say_whose_the_summary_is(source):
    paper = first(HEAD + f"<!-- summary: {source} -->\n\n- One.\n")
    assert paper.summaries[0].source is source


def test_the_hubs_own_summary_goes_back_to_its_field():
    paper = first(HEAD + "<!-- summary: hub -->\n\n- One.\n- Two.\n")
    assert (paper.hub_summary, paper.summaries) == ("One. Two.", ())


def test_windows_line_ends_are_read():
    assert first(WHOLE.replace("\n", "\r\n")) == first(WHOLE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What is this?\n" + WHOLE, [(1, 1, "It stands before the first paper.")]),
        (HEAD + "Hello.\n", [(5, 5, "It is no picture, video, vote, authors or bullet.")]),
        (HEAD + "Vote: many\n", [(5, 5, "It is no picture, video, vote, authors or bullet.")]),
        ("## Papers (2024-13-99)\n- x\n", [
            (1, 1, "The heading names no day, such as: ## Daily Papers (2024-03-28)."),
            (2, 2, "It stands before the first paper."),
        ]),
        ("## Daily Papers (2024-03-28)\n### Title\nVote: 3\n- x\n", [
            (2, 2, "The heading is not written as: ### [title](https://arxiv.org/abs/ID)."),
            (3, 4, "It belongs to a paper whose heading could not be read."),
        ]),
        ("## Daily Papers (2024-03-28)\n### [T](https://example.com/x)\n", [
            (2, 2, "The link https://example.com/x is no paper of arXiv's."),
        ]),
        (WHOLE.split("\n", 1)[1].replace("\n\n", "\n").lstrip(), [
            (1, 1, "The paper stands under no day, and the file's path names none (YYYY/MM/DD.md)."),
            (2, 6, "It belongs to a paper whose heading could not be read."),
        ]),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_reported_by_line(text, expected):
    assert reasons(text) == expected


def test_votes_beyond_all_numbers_are_reported():
    assert reasons(HEAD + "Vote: " + "9" * 5000) == [(5, 5, "It is no picture, video, vote, authors or bullet.")]


def test_authors_nested_beyond_all_reason_are_names_all_the_same():
    assert first(HEAD + "Authors: [" + "-" * 100_000 + "1]").authors


@given(st.lists(st.sampled_from([*WHOLE.split("\n"), "nonsense", "### x", "## y", "  - z", "Vote: ?", "\x0c", "![](//[)"])))
def test_lines_read_and_lines_reported_add_up(lines):
    reasons("\n".join(lines))


@given(st.text())
def test_no_text_breaks_it(text):
    reasons(text)
    readable(text)


# --- The real archive -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real():
    return {path: parse(path.read_bytes().decode("utf-8")) for path in sorted((SHARED / "daily_papers_ko").rglob("*.md"))}


@pytest.fixture(scope="module")
def others():
    """What somebody else's parser made of the same files."""
    lines = (SHARED / "search" / "papers.jsonl").read_text(encoding="utf-8").splitlines()
    return {one["id"]: one for one in map(json.loads, lines)}


@needs_shared
def test_the_real_archive_is_read_to_the_last_line(real):
    assert [one for archive in real.values() for one in archive.unread] == []
    assert sum(archive.lines for archive in real.values()) == 41_171
    days = {day for archive in real.values() for day in archive.days}
    assert len(days) == 226
    assert all(
        str(path.with_suffix("")).endswith(f"{day:%Y/%m/%d}") for path, archive in real.items() for day in archive.days
    )


@needs_shared
def test_the_real_archives_papers_are_those_that_another_parser_found(real, others):
    found = defaultdict(list)
    for archive in real.values():
        for papers in archive.days.values():
            for one in papers:
                found[one.paper.id].append(one.paper)
    assert len(found) == 2986
    assert {paper_id for paper_id, papers in found.items() if len(papers) > 1} == {"2410.09342"}
    for paper_id, (paper, *_) in found.items():
        other = others[paper_id]
        assert (paper.title, paper.upvotes, str(paper.archive_day)) == (other["title"], other["upvotes"], other["date"])
        assert bool(paper.authors) == bool(other["authors"]) or not paper.authors


@needs_shared
def test_the_real_archives_authors_differ_from_another_parsers_only_where_they_should(real, others):
    """It kept doubled names and the `+`, and took the Hub's order and spelling where it knew them."""
    stray = 0
    for archive in real.values():
        for papers in archive.days.values():
            for paper in (one.paper for one in papers):
                theirs = set(others[paper.id]["authors"]) - {"+"}
                assert len(paper.authors) == len(set(paper.authors))
                assert "+" not in paper.authors
                stray += bool(set(paper.authors) - theirs)
    assert stray < 60


@needs_shared
def test_the_real_archives_bullets_differ_from_another_parsers_only_where_they_should(real, others):
    """It kept spaces at line ends, the characters that an escape made of LaTeX, and Python's lists and dicts."""
    compared = differing = 0
    for archive in real.values():
        for papers in archive.days.values():
            for paper in (one.paper for one in papers if str(one.paper.archive_day) == others[one.paper.id]["date"]):
                theirs = others[paper.id]["summaries"]["ko"]
                ours = paper.summaries[0].bullets
                assert len(ours) == len(theirs)
                for mine, other in zip(ours, theirs, strict=True):
                    compared += 1
                    if mine != "\n".join(line.rstrip() for line in other.strip().split("\n")):
                        differing += 1
                        assert "\n  - " in mine or {"\x08", "\x0c", "\t"} & set(other)
    assert compared > 13_000
    assert differing == 42


@needs_shared
def test_the_real_archives_pictures_and_films_are_told_apart(real):
    papers = [one.paper for archive in real.values() for papers in archive.days.values() for one in papers]
    assert sum(paper.thumbnail is not None for paper in papers) == 2107 + 676 - 17 - 5
    films = [url for paper in papers for url in paper.media if url.endswith(".mp4")]
    assert len(films) == 152
    assert all(url.startswith("https://") for paper in papers for url in paper.media)
    # One paper of 2024-10 was summarized in English.
    assert [paper.id for paper in papers if paper.summaries[0].language != "ko"] == ["2410.02884"]
