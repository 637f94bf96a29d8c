"""The papers of a term and what is done with them. Pure.

In the form that costs least: a list where few papers hold the term, a byte for every paper where many do.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Keys = NDArray[np.int64]

# Above this share of all papers a byte for each is faster: a list of 12,000 costs as much as 100,000 bytes in a row.
COMMON = 0.125
# What a byte of weight means.
_UNIT = np.float32(1 / 255)


@dataclass(frozen=True, slots=True)
class Listed:
    """Papers by their keys in ascending order, and how much each says of the term, above 0 and at most 1."""

    keys: Keys
    weights: Floats

    @property
    def count(self) -> int:
        """How many papers hold the term."""
        return len(self.keys)

    @property
    def size(self) -> int:
        """About how much memory it takes, in entries of 12 bytes."""
        return len(self.keys)

    def raise_to(self, scores: Floats, worth: float) -> None:
        """Raise each paper's score to what it says of the term times `worth`, unless it is as high."""
        raised = self.weights * np.float32(worth)
        np.maximum(raised, scores[self.keys], out=raised)
        scores[self.keys] = raised

    def add_to(self, scores: Floats, worth: float) -> None:
        """Add what each paper says of the term, times `worth`, to its score."""
        scores[self.keys] += self.weights * np.float32(worth)

    def count_in(self, held: NDArray[np.int16]) -> None:
        """Add 1 for each paper that holds the term."""
        held[self.keys] += 1


@dataclass(frozen=True, slots=True)
class Spread:
    """How much every paper says of the term: 255 for all that can be said, 0 where it does not hold it."""

    weights: NDArray[np.uint8]
    count: int

    @property
    def keys(self) -> Keys:
        """The papers that hold the term."""
        return np.flatnonzero(self.weights > 0)

    @property
    def size(self) -> int:
        """About how much memory it takes, in entries of 12 bytes."""
        return len(self.weights) // 12

    def raise_to(self, scores: Floats, worth: float) -> None:
        """Raise each paper's score to what it says of the term times `worth`, unless it is as high."""
        np.maximum(scores, np.multiply(self.weights, _UNIT * np.float32(worth), dtype=np.float32), out=scores)

    def add_to(self, scores: Floats, worth: float) -> None:
        """Add what each paper says of the term, times `worth`, to its score."""
        np.add(scores, np.multiply(self.weights, _UNIT * np.float32(worth), dtype=np.float32), out=scores)

    def count_in(self, held: NDArray[np.int16]) -> None:
        """Add 1 for each paper that holds the term."""
        held += self.weights > 0


Postings = Listed | Spread


def postings(keys: Keys, weights: NDArray[np.uint8], papers: int) -> Postings | None:
    """The papers of a term, in ascending order, with their weights as bytes, among so many; None for no paper."""
    if not len(keys):
        return None
    if len(keys) < COMMON * papers:
        return Listed(keys, np.multiply(weights, _UNIT, dtype=np.float32))
    every = np.zeros(papers, np.uint8)
    every[keys] = weights
    return Spread(every, len(keys))


def in_all(found: Sequence[Postings], papers: int) -> Keys:
    """Keys, in ascending order, of the papers, among so many, that hold all of these terms."""
    if len(found) == 1:
        return found[0].keys
    held = np.zeros(papers, np.int16)
    for one in found:
        one.count_in(held)
    return np.flatnonzero(held == len(found))


def highest(scores: Floats, most: int) -> Keys:
    """Places of the `most` highest scores above 0, or of all that there are, in no order.

    Few scores come near the best: to leave the others out first is ten times as fast as to partition them all.
    """
    best = scores.max(initial=0)
    if best <= 0:
        return np.zeros(0, np.int64)
    for share in (0.7, 0.4, 0.15):
        found = np.flatnonzero(scores >= best * np.float32(share))
        if len(found) >= most:
            break
    else:
        found = np.flatnonzero(scores > 0)
    return found if len(found) <= most else found[np.argpartition(-scores[found], most)[:most]]
