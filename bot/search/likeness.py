"""Which papers are similar to one: by the weights of shared terms, rare ones counting more than common ones. Pure."""

from dataclasses import dataclass

import numpy as np

from bot.search.index import CJK_PAIR, CJK_WORD, LATIN_STEM, LATIN_WORD, Index, highest

# Terms named as a reason say so much at least of both papers: a single mention says too little.
_LEAST_WEIGHT = 0.35
_SHARED = 8


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
            scores[found.keys] += found.weights * worth[place] * tells[place]
    scores[key] = 0
    best = float(scores.max(initial=0))
    if best <= 0:
        return []
    near = highest(scores, limit)
    near = near[np.argsort(-scores[near], kind="stable")]
    words = (kind == LATIN_WORD) | (kind == CJK_WORD)
    strength = dict(zip(own.term[words].tolist(), worth[words].tolist(), strict=True))
    plain = dict(zip(own.term[words].tolist(), own.weight[words].tolist(), strict=True))
    return [Like(int(one), float(scores[one]) / best, _shared(index, int(one), strength, plain)) for one in near.tolist()]


def _shared(index: Index, key: int, strength: dict[int, float], own: dict[int, float]) -> tuple[int, ...]:
    theirs = index.vectors(np.array([key], np.int64))
    both = [
        (strength[term] * weight, term)
        for term, weight in zip(theirs.term.tolist(), theirs.weight.tolist(), strict=True)
        if term in strength
    ]
    strong = [one for one in both if max(own[one[1]], one[0] / max(strength[one[1]], 1e-9)) >= _LEAST_WEIGHT]
    return tuple(term for _, term in sorted(strong or both, reverse=True)[:_SHARED])
