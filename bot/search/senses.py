"""What a word means in the other script, learned from the papers that hold it, in the company of the query's other words.

Korean summaries stand beside English abstracts: what is often there when the word is there, and seldom else, says the same.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.search.concepts import Concept, Way
from bot.search.index import CJK_PAIR, CJK_WORD, LATIN_WORD, Floats, Index, Vectors, highest
from bot.search.sounds import sound_number, sounds
from bot.search.text import is_cjk
from bot.search.weights import Weights

Numbers = NDArray[np.integer[Any]]


def senses(index: Index, concept: Concept, first: Floats, weights: Weights) -> list[Way]:
    """Terms of the other script that stand where this word does, in the papers that hold the query's other words too."""
    if concept.papers > weights.sense_share * index.papers:
        # What nearly every paper says tells nothing, in any script.
        return []
    # Abstracts are English: an English word finds most papers without its Korean senses.
    keys = highest(concept.score, weights.sampled if is_cjk(concept.word) else weights.sampled // 2)
    if not len(keys):
        return []
    own = concept.score[keys]
    vectors = index.vectors(keys)
    count = np.bincount(vectors.term)
    there = np.flatnonzero(count > 0)
    often, held_by, kind = count[there], index.column("papers")[there], index.column("kind")[there]
    # Most terms stand in a paper or two of these by chance; all that follows is done for the others alone.
    least = max(min(2, len(keys)), len(keys) * weights.least_sense**2 / 2)
    other = (kind <= LATIN_WORD) if is_cjk(concept.word) else (kind == CJK_PAIR) | (kind == CJK_WORD)
    common = there[other & (often >= least) & (held_by <= weights.sense_share * index.papers)]
    places, chosen = _places(vectors.term, common, len(count))
    paper = vectors.paper[chosen]
    together = np.bincount(places, weights=vectors.weight[chosen] * own[paper], minlength=len(common))
    held = max(concept.papers, len(keys))
    scale = math.sqrt(held / len(keys)) / max(1e-9, float(np.sqrt((own**2).sum())))
    association = np.minimum(1.0, together * scale * 255 / np.sqrt(index.column("mass")[common]))
    association *= count[common] / (count[common] + 1.0)
    near = np.flatnonzero(association >= weights.least_sense)
    strength = association[near] * _in_company(vectors, common[near], own, own * first[keys])
    best = np.argsort(-strength, kind="stable")[: weights.senses]
    heard = _sounding(index, concept.word, there[often * index.papers >= weights.lift * len(keys) * held_by], weights)
    # A loanword means what it sounds like; what else stands beside it is less surely its sense.
    worth = weights.sense * (weights.unheard if heard else 1.0)
    return [
        *heard,
        *(
            Way((int(common[near[place]]),), min(1.0, worth * float(strength[place])))
            for place in best[strength[best] >= weights.least_sense]
        ),
    ]


def _places(terms: Numbers, wanted: Numbers, size: int) -> tuple[Numbers, Numbers]:
    """Of `terms` (ids below `size`) those that are wanted: the place of each among the wanted, and its own place."""
    # Zeros cost nothing until they are touched, unlike any other number: so places count from 1.
    place_of = np.zeros(size, np.int32)
    place_of[wanted] = np.arange(1, len(wanted) + 1)
    places = place_of[terms]
    chosen = np.flatnonzero(places)
    return places[chosen] - 1, chosen


def _in_company(vectors: Vectors, terms: Numbers, own: Floats, company: Floats) -> NDArray[np.float64]:
    """How much of what each term is among a word's papers it stays where the query's other words stand too; at most 1."""
    places, chosen = _places(vectors.term, terms, int(vectors.term.max(initial=0)) + 1)
    paper = vectors.paper[chosen]
    in_general = np.bincount(places, weights=own[paper], minlength=len(terms)) / own.sum()
    in_company = np.bincount(places, weights=company[paper], minlength=len(terms)) / max(1e-9, float(company.sum()))
    return np.asarray(np.minimum(1.0, in_company / np.maximum(in_general, 1e-9)), np.float64)


def _sounding(index: Index, word: str, beside: NDArray[np.int64], weights: Weights) -> list[Way]:
    """Of the terms that stand beside a word, those of the other script that sound like it."""
    heard = [sound_number(sound) for sound in sounds(word)]
    if not heard:
        return []
    terms = beside[beside < len(index.column("sound"))]
    same = np.isin(index.column("sound")[terms], heard) | np.isin(index.column("other_sound")[terms], heard)
    terms = terms[same]
    kind = index.column("kind")[terms]
    terms = terms[kind == LATIN_WORD if is_cjk(word) else kind != LATIN_WORD]
    terms = terms[np.argsort(-index.column("papers")[terms], kind="stable")][: weights.senses]
    return [Way((int(term),), weights.sound) for term in terms]
