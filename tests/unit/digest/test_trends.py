"""Terms on the rise: what is counted, what is a term, and what is chance."""

import pytest

from bot.digest.trends import names, trends
from bot.model import Paper


def papers(*titles: str, times: int = 1, **fields) -> list[Paper]:
    return [Paper(id=f"2403.{number:05}", title=title, **fields) for number, title in enumerate(titles * times)]


QUIET = papers("Of Models", "Another Matter", times=60)


def found(recent, before=QUIET, limit=10):
    return [one.term for one in trends(recent, before, limit)]


def test_what_is_named_more_often_than_before_rises_with_how_much():
    recent = papers(
        "World Models for Robots", "Better World Models", "A World Model", "World Models Fail", "Of Bees", "On Ants"
    )
    (first, *_) = trends(recent, [*QUIET, *papers("A World Model")], 10)
    assert (first.term, first.papers) == ("World Models", 4)
    assert first.times == pytest.approx((4 / 6) / (1 / 121))
    assert trends(recent, QUIET, 10)[0].times is None


def test_what_was_named_as_often_before_is_no_trend():
    assert found(papers("World Models", times=5), papers("World Models", times=50)) == []


def test_one_paper_is_an_accident():
    assert found(papers("Octopus Grasping", "Of Models", "Another Matter")) == []


def test_abstracts_count_and_titles_name():
    recent = papers("Sparse Attention", "Sparse Attention Again", "Of Bees", "Of Ants")
    recent += papers("Of Cats", "Of Dogs", abstract="It relies on sparse attention.")
    (one,) = trends(recent, QUIET, 10)
    assert (one.term, one.papers) == ("Sparse Attention", 6 - 2)
    assert found(papers("Of Cats", "Of Dogs", "Of Bees", "Of Ants", abstract="It relies on sparse attention.")) == []


def test_a_part_of_a_term_is_not_told_beside_it():
    assert found(papers("Reasoning Language Models", times=6)) == ["Reasoning Language Models"]


def test_grammar_and_numbers_are_no_terms():
    assert found(papers("Of the", "3 of 4", "A is B", times=6)) == []


def test_keywords_are_terms_as_they_are_written_most_often():
    recent = papers(*"abcdef", keywords=("LoRA",)) + papers("On lora")
    assert found(recent) == ["LoRA"]


@pytest.mark.parametrize(("recent", "before"), [([], QUIET), (QUIET, []), ([], [])])
def test_without_papers_there_is_nothing_to_compare(recent, before):
    assert trends(recent, before, 10) == []


@pytest.mark.parametrize(
    ("term", "named"),
    [
        ("world model", True), ("World Models", True), ("pre-trained", True), ("café", True), ("attention", True),
        ("model world", False), ("", False), ("!", False),
    ],
)  # fmt: skip
def test_a_paper_names_a_term_in_whatever_case_number_and_accent(term, named):
    paper = Paper(id="1", title="Pre-Trained World Models: CAFE", abstract="With attention.")
    assert names(paper, term) is named
