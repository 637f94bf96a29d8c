"""The interface that ranking needs: the papers of terms, the terms of papers, and a few facts about both. Implemented in
bot/store/search_index.py.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from bot.search.postings import Floats, Keys, Postings

T = TypeVar("T")

# Kinds of terms, as an index's column `kind` holds them.
LATIN_STEM, LATIN_WORD, CJK_PAIR, CJK_WORD, NAME_PART = range(5)


@dataclass(frozen=True, slots=True)
class Vectors:
    """The terms of some papers, one after another: `paper[i]` says which of the papers has `term[i]` with `weight[i]`."""

    paper: NDArray[np.int64]
    term: NDArray[np.int64]
    weight: Floats


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

    def kept(self, name: str, made: Callable[[], T]) -> T:
        """What `made` gives, which it is asked for once in each state of the store. Nobody may change it."""

    def near(self, word: str) -> Iterable[tuple[str, int]]:
        """Terms of whole words and of names that may be one or two slips away, with how many papers hold each."""

    def beginning(self, prefix: str) -> Sequence[str]:
        """Pairs of characters that begin with this one."""

    def renderings(self, texts: Sequence[str], least: float) -> Iterable[tuple[str, str, float]]:
        """(text, the same in another script, how surely), the surest first, for each text that is known.

        How surely: the geometric mean of the shares that the pair has among all pairs of either side; `least` at least.
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
