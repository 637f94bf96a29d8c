"""The papers of a term, as a list and as a byte for every paper: what is done with them gives the same in both forms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.postings import COMMON, Listed, Postings, Spread, highest, in_all, postings

PAPERS = 64
# What papers say of a term, by their keys.
terms = st.dictionaries(st.integers(0, PAPERS - 1), st.integers(1, 255), min_size=1)


def both(said: dict[int, int]) -> tuple[Listed, Spread]:
    keys = np.array(sorted(said), np.int64)
    weights = np.array([said[key] for key in sorted(said)], np.uint8)
    every = np.zeros(PAPERS, np.uint8)
    every[keys] = weights
    return Listed(keys, weights.astype(np.float32) / np.float32(255)), Spread(every, len(keys))


@given(terms, st.lists(st.floats(0, 1, width=32), min_size=PAPERS, max_size=PAPERS), st.floats(0, 1, width=32))
def test_scores_are_raised_and_added_to_alike(said, before, worth):
    def changed(one: Postings, *, add: bool) -> list[float]:
        scores = np.array(before, np.float32)
        (one.add_to if add else one.raise_to)(scores, worth)
        after: list[float] = scores.tolist()
        return after

    listed, spread = both(said)
    added = [score + said.get(key, 0) / 255 * worth for key, score in enumerate(before)]
    raised = [max(score, said.get(key, 0) / 255 * worth) for key, score in enumerate(before)]
    for one in (listed, spread):
        assert changed(one, add=True) == pytest.approx(added, abs=1e-6)
        assert changed(one, add=False) == pytest.approx(raised, abs=1e-6)


@given(st.lists(terms, min_size=1, max_size=4), st.integers(0, 15))
def test_papers_that_hold_all_terms_are_found_in_whichever_forms(said, forms):
    found = [both(one)[forms >> place & 1] for place, one in enumerate(said)]
    assert in_all(found, PAPERS).tolist() == sorted(set.intersection(*map(set, said)))
    assert [one.count for one in found] == [len(one) for one in said]
    assert [one.keys.tolist() for one in found] == [sorted(one) for one in said]


def test_a_term_that_many_papers_hold_is_a_byte_for_each_and_one_that_none_holds_is_nothing():
    few, many = (np.arange(count, dtype=np.int64) for count in (int(COMMON * PAPERS) - 1, int(COMMON * PAPERS)))
    assert isinstance(postings(few, np.ones(len(few), np.uint8), PAPERS), Listed)
    assert isinstance(postings(many, np.ones(len(many), np.uint8), PAPERS), Spread)
    assert postings(few[:0], np.zeros(0, np.uint8), PAPERS) is None


@given(st.lists(st.floats(0, 1, width=32), max_size=60), st.integers(1, 30))
def test_the_highest_scores_are_as_many_as_asked_for_and_none_is_0(scores, most):
    found = highest(np.array(scores, np.float32), most)
    above = sorted((score for score in scores if score > 0), reverse=True)
    assert sorted((scores[place] for place in found), reverse=True) == above[:most]
    assert len(set(found.tolist())) == len(found)
