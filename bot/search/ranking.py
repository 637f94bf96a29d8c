"""Ranks the papers for the words of a query, the best first. Pure except for reading an Index.

A paper's score is the sum over the concepts of its weight for each, times the concept's information. Papers in which
neighbouring words are adjacent gain, and so do papers that share what the best ones have in common.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bot.search.concepts import Concept, Known, add_spans, concept_of, raise_scores
from bot.search.index import CJK_WORD, NAME_PART, Index
from bot.search.postings import Floats, Keys, highest
from bot.search.senses import senses
from bot.search.terms import NAME, WORD
from bot.search.weights import Weights

# An expression with at least this value counts as the word itself.
_SURE = 0.7
# A paper's value for a word that it contains about twice, or in its title.
_SAID = 0.4


@dataclass(slots=True)
class Ranked:
    """Scores of all papers by key; which of them say every word; corrections made.

    `coverage` is the share, from 0 to 1, of the words' information that the best paper covers.
    """

    scores: Floats
    everything: NDArray[np.bool_]
    corrected: dict[str, str]
    coverage: float


def rank(index: Index, words: Sequence[str], weights: Weights) -> Ranked:
    """Score every paper for these words (of `bot.search.text.words`, stop words left out)."""
    known: Known = {}
    concepts = [concept_of(index, word, weights, known) for word in words]
    add_spans(index, concepts, weights, known)
    for concept in concepts:
        concept.score = np.zeros(index.size, np.float32)
        raise_scores(index, concept.score, concept.ways, known)
    tells = [informativeness(index.papers, max(1, concept.papers)) for concept in concepts]

    def company(keys: Keys) -> Floats:
        said = [np.float32(worth) * one.score[keys] for worth, one in zip(tells, concepts, strict=True)]
        return np.asarray(np.sum(said, axis=0), np.float32)

    # A name stands beside whatever its bearer writes of.
    meant = [[] if concept.is_name else senses(index, concept, company, weights) for concept in concepts]
    for concept, ways in zip(concepts, meant, strict=True):
        raise_scores(index, concept.score, ways, known)
    scores, coverage = _combined(index, concepts, weights)
    _raise_side_by_side(index, concepts, scores, weights)
    _add_feedback(index, scores, weights)
    everything = np.ones(index.size, dtype=np.bool_)
    for concept in concepts:
        everything &= concept.score > 0.1
    corrected = {one.word: one.corrected for one in concepts if one.corrected}
    return Ranked(scores, everything, corrected, coverage)


def informativeness(papers: float, held: float) -> float:
    """The information of a term that `held` of all `papers` contain: BM25's idf, never negative."""
    return math.log(1 + (papers - held + 0.5) / (held + 0.5))


def _sum(index: Index, concepts: Sequence[Concept], worth: Sequence[float]) -> Floats:
    """What each paper says of all concepts, each counted by its worth."""
    total = np.zeros(index.size, np.float32)
    # One array for all products: a new one of this size costs more than what is reckoned in it.
    product = np.empty_like(total)
    for concept, tells in zip(concepts, worth, strict=True):
        total += np.multiply(concept.score, np.float32(tells), out=product)
    return total


def _combined(index: Index, concepts: Sequence[Concept], weights: Weights) -> tuple[Floats, float]:
    """Scores of papers over all concepts, each by what it tells; and what share of that the best says."""
    worth = []
    masks = [concept.score > 0.15 for concept in concepts]
    sizes = [int(np.count_nonzero(mask)) for mask in masks]
    for place, concept in enumerate(concepts):
        tells = informativeness(index.papers, max(1, concept.papers))
        # What follows from another word of the query tells less: `splatting` beside `gaussian`.
        follows = max(
            (
                int(np.count_nonzero(masks[place] & masks[other])) / max(1, sizes[other])
                for other in range(len(concepts))
                if other != place
            ),
            default=0.0,
        )
        alone = min(tells, -math.log(max(follows, 1e-4)))
        worth.append((1 - weights.dependence) * tells + weights.dependence * alone)
    whole = sum(worth) or 1.0
    total = _sum(index, concepts, [tells / whole for tells in worth])
    best = int(total.argmax()) if len(total) else 0
    said = sum(
        tells * min(1.0, float(concept.score[best]) / _SAID)
        for tells, concept in zip(worth, concepts, strict=True)
        if len(total)
    )
    return total, said / whole


def _raise_side_by_side(index: Index, concepts: Sequence[Concept], scores: Floats, weights: Weights) -> None:
    """Raise the best papers in which neighbours of the query stand side by side, in either script."""
    if len(concepts) < 2:
        return
    keys = highest(scores, weights.read)
    pairs = list(pairwise(_forms(index, concept) for concept in concepts))
    for key, text in zip(keys.tolist(), index.texts(keys), strict=True):
        found = sum(_is_beside(text, first, second) for first, second in pairs)
        scores[key] *= np.float32(1 + weights.side_by_side * found / len(pairs))


def _is_beside(text: str, first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    """Whether one of the `second` words follows one of the `first`, after an ending of three letters or two signs."""
    if not any(word in text for word in first):
        return False
    for word in second:
        start = text.find(word)
        while start >= 0:
            if any(text.endswith(first, 0, end) for end in _ends(text, start)):
                return True
            start = text.find(word, start + 1)
    return False


def _ends(text: str, start: int) -> list[int]:
    """Where a word may end, its own ending left out, that stands beside the one that begins at `start`."""
    found = []
    for end in range(start, max(start - 3, -1), -1):
        if end < start and text[end].isalnum():
            break
        found.append(end)
        for shorter in range(end - 1, max(end - 4, -1), -1):
            if not "a" <= text[shorter] <= "z":
                break
            found.append(shorter)
    return found


def _forms(index: Index, concept: Concept) -> tuple[str, ...]:
    """A concept as it may stand in a text: the word itself, and the words that surely say it."""
    sure = [way.terms[0] for way in concept.ways if len(way.terms) == 1 and way.weight >= _SURE]
    known = index.terms([term for term in sure if isinstance(term, int)][:4])
    texts = [*(term for term in sure if isinstance(term, str)), *known.values()]
    return tuple({concept.word, *(text.removeprefix(WORD) for text in texts if text and text[0] != NAME)})


def neighbours(words: Sequence[str]) -> re.Pattern[str]:
    """Words that stand side by side in a text: Latin ones whole, others wherever they begin, with or without spaces."""
    parts: list[str] = []
    for place, word in enumerate(words):
        if place:
            parts.append(r"[\W_]+" if word.isascii() and words[place - 1].isascii() else r"[\W_]*")
        parts.append(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])" if word.isascii() else re.escape(word))
    return re.compile("".join(parts))


def _add_feedback(index: Index, scores: Floats, weights: Weights) -> None:
    """Bring scores to 1 at most, and raise the best papers by how much they hold of what the very best have in common.

    The others could not pass them by it.
    """
    best = float(scores.max(initial=0))
    if best <= 0:
        return
    scores /= np.float32(best)
    near = highest(scores, weights.feedback_among)
    near = near[np.argsort(-scores[near], kind="stable")]
    vectors = index.vectors(near)
    very_best = np.flatnonzero(vectors.paper < weights.feedback_papers)
    common = np.bincount(
        vectors.term[very_best], weights=vectors.weight[very_best] * scores[near][vectors.paper[very_best]]
    )
    terms = np.flatnonzero(common > 0)
    held, kind = index.column("papers")[terms], index.column("kind")[terms]
    fits = (held > 1) & (held <= weights.feedback_share * index.papers) & (kind != NAME_PART) & (kind != CJK_WORD)
    terms, held = terms[fits], held[fits]
    tells = np.log(1 + (index.papers - held + 0.5) / (held + 0.5))
    worth = common[terms] * tells
    chosen = np.argsort(-worth, kind="stable")[: weights.feedback_terms]
    value = np.zeros(int(vectors.term.max(initial=0)) + 1, np.float32)
    value[terms[chosen]] = worth[chosen] * tells[chosen]
    more = np.bincount(vectors.paper, weights=vectors.weight * value[vectors.term], minlength=len(near))
    scores[near] += (more * (weights.feedback / max(1e-9, float(more.max(initial=0))))).astype(np.float32)
