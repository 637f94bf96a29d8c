"""The interface that ranking needs: the papers of terms, the terms of papers, and a few facts about both. Implemented in
bot/store/search_index.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Keys = NDArray[np.int64]

# Kinds of terms, as an index's column `kind` holds them.
LATIN_STEM, LATIN_WORD, CJK_PAIR, CJK_WORD, NAME_PART = range(5)


@dataclass(frozen=True, slots=True)
class Postings:
    """The papers of a term and how much each says of it, above 0 and at most 1."""

    keys: Keys
    weights: Floats


@dataclass(frozen=True, slots=True)
class Vectors:
    """The terms of some papers, one after another: `paper[i]` says which of the papers has `term[i]` with `weight[i]`."""

    paper: NDArray[np.int64]
    term: NDArray[np.int64]
    weight: Floats


def highest(scores: Floats, most: int) -> Keys:
    """Places of the `most` highest scores above 0, or of all that there are, in no order.

    Few scores come near the best: to leave the others out first is ten times as fast as to partition them all.
    """
    best = scores.max(initial=0)
    if best <= 0:
        return np.zeros(0, np.int64)
    for share in (0.7, 0.4, 0.15):
        places = np.flatnonzero(scores >= best * np.float32(share))
        if len(places) >= most:
            break
    else:
        places = np.flatnonzero(scores > 0)
    return places if len(places) <= most else places[np.argpartition(-scores[places], most)[:most]]


class Index(Protocol):
    """What ranking asks of a store."""

    @property
    def size(self) -> int:
        """The greatest key of a paper, and one."""

    @property
    def papers(self) -> int:
        """How many papers there are."""

    def postings(self, term: str | int) -> Postings | None:
        """The papers of a term, by its text or its id."""

    def vectors(self, keys: Keys) -> Vectors:
        """The terms of these papers."""

    def column(self, name: str) -> NDArray[Any]:
        """One number for every term by id, or for every paper by key.

        Of terms `papers`, `mass` (the sum of squared weights), `kind`, `sound` and `other_sound` (0 for none); of papers
        `votes` and `day`, the latter 0 where there is no paper.
        """

    def near(self, word: str) -> Iterable[tuple[str, int]]:
        """Terms of whole words and of names that may be one or two slips away, with how many papers hold each."""

    def beginning(self, prefix: str) -> Sequence[str]:
        """Pairs of characters that begin with this one."""

    def renderings(self, texts: Sequence[str]) -> Iterable[tuple[str, str, float]]:
        """(text, the same in another script, how surely), the surest first, for each text that is known.

        How surely: the geometric mean of the shares that the pair has among all pairs of either side.
        """

    def texts(self, keys: Keys) -> Sequence[str]:
        """All that is searched of these papers but the names, in lower case."""

    def terms(self, ids: Sequence[int]) -> Mapping[int, str]:
        """The texts of terms by their ids."""

    def titles(self, keys: Keys) -> Sequence[str]:
        """The titles of these papers."""

    def names(self, keys: Keys) -> Sequence[Sequence[str]]:
        """The authors of these papers."""

    def with_ids(self, ids: Sequence[str]) -> Keys:
        """Papers whose ids are these, begin with them, or end in them after the point."""
