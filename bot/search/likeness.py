"""Which papers are similar to one: by the weights of shared terms, rare ones counting more than common ones. Pure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.search.index import CJK_PAIR, CJK_WORD, LATIN_STEM, LATIN_WORD, Index, Vectors
from bot.search.postings import Floats, highest

# The least weight, in both papers, of terms that are named as a reason: a single mention is not enough.
_LEAST_WEIGHT = 0.35
_SHARED = 8
# Below this the similarity is chance. In the archive the forty most similar papers have 0.08 to 0.2; among ten papers of
# one day, 0.02 to 0.03 if they share only `one` and `single`, and 0.04 to 0.06 if they share a subject.
_LEAST_COSINE = 0.04


@dataclass(frozen=True, slots=True)
class Like:
    """A paper by its key, its score, at most 1, and the ids of whole words that it shares, the strongest first."""

    key: int
    score: float
    shared: tuple[int, ...]


def likeness(index: Index, key: int, *, terms: int, limit: int) -> list[Like]:
    """At most `limit` papers that share some of this one's strongest `terms`, the likest first; never the paper itself."""
    if not 0 <= key < index.size:
        return []
    own = index.vectors(np.array([key], np.int64))
    if not len(own.term):
        return []
    held = np.maximum(index.column("papers")[own.term], 1)
    kind = index.column("kind")[own.term]
    tells = np.log(1 + (index.papers - held + 0.5) / (held + 0.5)).astype(np.float32)
    worth = own.weight * tells
    # Whole words are their stems once more, so the stems alone are compared; a term of one paper leads nowhere.
    leads = np.flatnonzero((held > 1) & ((kind == LATIN_STEM) | (kind == CJK_PAIR)))
    leads = leads[np.argsort(-worth[leads], kind="stable")[:terms]]
    scores = np.zeros(index.size, np.float32)
    for place in leads.tolist():
        found = index.postings(int(own.term[place]))
        if found is not None:
            found.add_to(scores, float(worth[place] * tells[place]))
    scores[key] = 0
    best = float(scores.max(initial=0))
    if best <= 0:
        return []
    near = highest(scores, limit)
    near = near[np.argsort(-scores[near], kind="stable")]
    theirs = index.vectors(near)
    alike = _cosines(index, own, theirs, len(near))
    words = (kind == LATIN_WORD) | (kind == CJK_WORD)
    strength = dict(zip(own.term[words].tolist(), worth[words].tolist(), strict=True))
    plain = dict(zip(own.term[words].tolist(), own.weight[words].tolist(), strict=True))
    return [
        Like(int(one), float(scores[one]) / best, _shared(theirs, place, strength, plain))
        for place, one in enumerate(near.tolist())
        if alike[place] >= _LEAST_COSINE
    ]


def _cosines(index: Index, own: Vectors, theirs: Vectors, papers: int) -> NDArray[np.float64]:
    """Of each of `theirs` the cosine between its terms and `own`, stems and pairs weighed by what they tell."""

    def told(vectors: Vectors) -> Floats:
        held, kind = np.maximum(index.column("papers")[vectors.term], 1), index.column("kind")[vectors.term]
        tells = np.log(1 + (index.papers - held + 0.5) / (held + 0.5))
        return np.asarray(vectors.weight * tells * ((kind == LATIN_STEM) | (kind == CJK_PAIR)), np.float32)

    mine, others = told(own), told(theirs)
    by_term = np.zeros(1 + int(max(own.term.max(), theirs.term.max(initial=0))), np.float32)
    by_term[own.term] = mine
    product = np.bincount(theirs.paper, weights=by_term[theirs.term] * others, minlength=papers)
    lengths = np.sqrt(np.bincount(theirs.paper, weights=others**2, minlength=papers) * float((mine**2).sum()))
    return np.asarray(product / np.maximum(lengths, 1e-9), np.float64)


def _shared(theirs: Vectors, paper: int, strength: dict[int, float], own: dict[int, float]) -> tuple[int, ...]:
    of_paper = theirs.paper == paper
    both = [
        (strength[term] * weight, term)
        for term, weight in zip(theirs.term[of_paper].tolist(), theirs.weight[of_paper].tolist(), strict=True)
        if term in strength
    ]
    strong = [one for one in both if max(own[one[1]], one[0] / max(strength[one[1]], 1e-9)) >= _LEAST_WEIGHT]
    return tuple(term for _, term in sorted(strong or both, reverse=True)[:_SHARED])
