"""Papers by an author's name, however it is typed."""

import datetime as dt

import pytest

from bot.model import Paper
from bot.ports import SourcePaper
from bot.store.authors import by_author, is_named, names_like
from bot.store.papers import merge_papers
from tests.new_store import new_store

NOW = dt.datetime(2024, 3, 28, 20, 0, tzinfo=dt.UTC)
PAPERS = [
    Paper(id="2403.00001", title="A", authors=("Kaiming He", "Jürgen Müller-Brown")),
    Paper(id="2403.00002", title="B", authors=("K. He", "Jian Sun")),
    Paper(id="2403.00003", title="C", authors=("Wei Wang", "He Li")),
    Paper(id="2403.00004", title="D", authors=("Li Wei", "Wang Min")),
    Paper(id="2403.00005", title="E", authors=("김 민지", "Kaiming He")),
]


@pytest.fixture
def store(tmp_path):
    with new_store(tmp_path / "store.db") as store:
        store.write_now(merge_papers, [SourcePaper(paper=paper) for paper in PAPERS], now=NOW)
        yield store


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("Kaiming He", [5, 1]), ("he kaiming", [5, 1]), ("K He", [5, 2, 1]), ("HE, K.", [5, 2, 1]),
        ("jurgen muller", [1]), ("Müller Brown Jürgen", [1]), ("müller-brown", [1]), ("Wei Wang", [3]), ("Wang", [4, 3]),
        ("김 민지", [5]), ("nobody", []), ("K", []), ("", []), ('" OR 1', []), ("authors:*", []),
    ],
)  # fmt: skip
def test_a_name_is_found_in_any_order_with_initials_and_without_accents(store, typed, numbers):
    found = store.read_now(by_author, typed)
    assert list(found.ids) == [f"2403.{number:05}" for number in numbers]


def test_who_is_found_is_told_the_most_papers_first(store):
    assert store.read_now(by_author, "k. he").names == ("Kaiming He", "K. He")


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Kaimin Hee", "Kaiming He"),
        ("Kaming Hee", "Kaiming He"),
        ("Mueller-Brown Jurgen", "Jürgen Müller-Brown"),
        ("Kaiming", "Kaiming He"),
    ],
)
def test_names_like_a_mistyped_one_are_offered(store, typed, name):
    assert store.read_now(names_like, typed, 3)[0] == name


@pytest.mark.parametrize("typed", ["", "xq", "Zzzyx Qqqwv", '"', "*"])
def test_what_is_like_nobody_offers_nobody(store, typed):
    assert store.read_now(names_like, typed, 3) == []


def test_an_initial_does_not_stand_for_a_part_that_is_wanted_itself():
    assert not is_named(["k", "lee"], ["k", "kim"])
    assert is_named(["k", "kim"], ["kim", "k"])
    assert not is_named(["kim"], ["kim", "kim"])
