"""One entry of the Hub's answers, in all that it has been over the years."""

import datetime as dt
import json

import pytest

from bot.sources.hub_answers import hinted_days, parse_entry, parse_list, parse_paper
from tests.fakes.hub import SEED_DAY, entry
from tests.shared_data import SHARED, needs_shared


def read(one=None, /, **changes):
    return parse_entry(one or entry("2403.18361", "ViTAR", **changes), SEED_DAY).paper


def test_votes_are_the_inner_papers():
    one = entry("2403.18361", "ViTAR", votes=26)
    one["upvotes"] = 3
    assert read(one).upvotes == 26


def test_hard_line_breaks_are_undone():
    paper = read(entry("2403.18361", "A Title\n  that goes on", summary="One\nsentence.\n\nAnother."))
    assert (paper.title, paper.abstract) == ("A Title that goes on", "One sentence. Another.")


def test_the_day_is_the_one_that_was_asked():
    one = entry("2403.18361", "ViTAR")
    one["publishedAt"] = "2031-01-01T00:00:00.000Z"
    assert read(one).list_day == SEED_DAY


def test_hidden_authors_are_left_out_and_doubled_ones_stand_once():
    names = [("A B", False), ("C D", True), ("E F", False), ("A B", False), ("", False)]
    paper = read(authors=[{"name": name, "hidden": hidden} for name, hidden in names] + [{}, None, 3])
    assert paper.authors == ("A B", "E F")


def test_664_authors_are_read():
    assert len(read(authors=[{"name": f"Author {n}", "hidden": False} for n in range(664)]).authors) == 664


@pytest.mark.parametrize(
    ("pictures", "thumbnail", "media"),
    [
        ({"thumbnail": "https://t/a.png"}, "https://t/a.png", ()),
        ({"mediaUrl": "https://t/a.jpeg"}, "https://t/a.jpeg", ()),
        ({"mediaUrl": "https://t/a.mp4"}, None, ("https://t/a.mp4",)),
        ({"thumbnail": "https://t/a.png", "mediaUrl": "https://t/b.qt"}, "https://t/a.png", ("https://t/b.qt",)),
        ({"thumbnail": "/social/a.png"}, "https://huggingface.co/social/a.png", ()),
        ({"thumbnail": "javascript:alert(1)"}, None, ()),
        ({"thumbnail": "https://t/a.png", "mediaUrls": ["https://t/c.gif", "/d.webm", None]}, "https://t/a.png",
         ("https://t/c.gif", "https://huggingface.co/d.webm")),
    ],
)  # fmt: skip
def test_pictures_and_films_are_told_apart(pictures, thumbnail, media):
    one = entry("2403.18361", "ViTAR")
    del one["thumbnail"]
    paper = read(one | pictures)
    assert (paper.thumbnail, paper.media) == (thumbnail, media)


def test_fields_that_came_later_are_read():
    paper = read(
        ai_summary="It\nworks.",
        ai_keywords=["vision", "vision", "tokens"],
        githubRepo="https://github.com/a/b",
        githubStars=12,
        projectPage="example.org/page",
        organization={"name": "lab", "fullname": "The Lab"},
    )
    assert (paper.hub_summary, paper.keywords) == ("It works.", ("vision", "tokens"))
    assert (paper.github_repo, paper.github_stars) == ("https://github.com/a/b", 12)
    assert (paper.project_page, paper.organization) == ("https://example.org/page", "The Lab")
    assert (paper.comments, paper.submitted_by) == (2, "Cy Submitter")


def test_fields_that_are_left_out_are_empty():
    paper = parse_entry({"paper": {"id": "2403.18361", "title": "T"}}, None).paper
    assert (paper.upvotes, paper.authors, paper.abstract, paper.thumbnail, paper.github_repo) == (None, (), "", None, None)


def test_half_a_character_becomes_a_mark_and_the_raw_answer_keeps_it():
    found = parse_entry(entry("2403.18361", "Smile \ud83d"), SEED_DAY)
    assert found.paper.title == "Smile ?"
    assert found.raw.encode()
    assert json.loads(found.raw)["title"] == "Smile \ud83d"


@pytest.mark.parametrize("value", [None, 3, [], {}, True, "3", 2**70])
def test_a_field_of_an_unexpected_kind_does_not_cost_the_paper(value):
    names = ("authors", "summary", "upvotes", "ai_keywords", "githubRepo", "organization", "mediaUrls", "publishedAt")
    assert read(**dict.fromkeys(names, value)).title == "ViTAR"


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        ("text", "the entry is no JSON object"),
        ({}, "its `paper` is no JSON object"),
        ({"paper": {"id": "../etc", "title": "T"}}, "its id '../etc' is not one of arXiv's"),
        ({"paper": {"id": "2403.18361"}}, "the paper 2403.18361 has no title"),
    ],
)
def test_an_entry_that_cannot_be_read_says_why(one, reason):
    papers, faults = parse_list([one, entry("2403.18361", "ViTAR")], SEED_DAY)
    assert len(papers) == 1
    assert [(fault.position, fault.reason) for fault in faults] == [(1, reason)]


def test_the_hint_is_the_newest_submission_and_the_days_around_it():
    entries = [
        {"publishedAt": "2024-03-27T01:00:00.000Z"},
        {"paper": {"submittedOnDailyAt": "2024-03-28T05:00:00.000Z"}, "publishedAt": "2020-01-01T00:00:00Z"},
        None,
    ]
    assert hinted_days(entries)[1] == SEED_DAY
    assert hinted_days([{"publishedAt": "soon"}]) == []


# --- Every recorded answer ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def recorded():
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted((SHARED / "hugging_face" / "daily_papers").glob("*.json"))
    }


@needs_shared
def test_every_recorded_entry_is_read(recorded):
    assert len(recorded) == 287
    counts = 0
    for day, entries in recorded.items():
        papers, faults = parse_list(entries, dt.date.fromisoformat(day))
        assert faults == []
        assert len(papers) == len(entries)
        counts += len(papers)
    assert counts == 4058


@needs_shared
def test_every_recorded_paper_has_authors_votes_an_abstract_and_a_picture(recorded):
    for day, entries in recorded.items():
        for one in parse_list(entries, dt.date.fromisoformat(day))[0]:
            paper = one.paper
            assert paper.title == " ".join(paper.title.split())
            assert "\n" not in paper.abstract
            assert paper.abstract
            assert paper.upvotes is not None
            assert paper.thumbnail
            assert paper.thumbnail.startswith("https://cdn-")


@needs_shared
def test_the_recorded_fields_of_later_years_are_read(recorded):
    papers = [one.paper for day, entries in recorded.items() for one in parse_list(entries, dt.date.fromisoformat(day))[0]]
    assert sum(bool(paper.hub_summary) for paper in papers) == 449
    assert sum(bool(paper.keywords) for paper in papers) >= 1000
    assert sum(paper.github_repo is not None for paper in papers) == 578
    assert sum(paper.project_page is not None for paper in papers) == 361
    assert sum(paper.github_stars is not None for paper in papers) == 107
    assert sum(paper.organization is not None for paper in papers) == 93


@needs_shared
@pytest.mark.parametrize("name", ["paper_result.2407.21783.json", "paper_result_kazakh.json"])
def test_recorded_search_results_are_papers_without_a_day(name):
    entries = json.loads((SHARED / "hugging_face" / "search" / name).read_text(encoding="utf-8"))
    papers, faults = parse_list(entries, None)
    assert faults == []
    assert len(papers) == len(entries)
    assert {one.paper.list_day for one in papers} == {None}


@needs_shared
def test_a_recorded_error_is_no_paper():
    with pytest.raises(ValueError, match="is not one of arXiv's"):
        parse_paper(json.loads((SHARED / "hugging_face" / "not_found.json").read_text(encoding="utf-8")))
