"""What a Korean, Japanese or Chinese word means in English, learned from the papers that hold it, in the company of the
query's other words.

Korean summaries stand beside English abstracts: what is often there when the word is there, and seldom else, says the same.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.search.concepts import Concept, Way
from bot.search.index import LATIN_WORD, Floats, Index, highest
from bot.search.sounds import sound_number, sounds
from bot.search.text import is_cjk
from bot.search.weights import Weights

Numbers = NDArray[np.integer[Any]]


def senses(index: Index, concept: Concept, first: Floats, weights: Weights) -> list[Way]:
    """English terms that stand where this Korean, Japanese or Chinese word does, in the papers that hold the query's other
    words too. None for an English word: abstracts are English, so it finds its papers without.
    """
    if not is_cjk(concept.word) or concept.papers > weights.sense_share * index.papers:
        # What nearly every paper says tells nothing, in any script.
        return []
    keys = highest(concept.score, weights.sampled)
    if not len(keys):
        return []
    own = concept.score[keys]
    vectors = index.vectors(keys)
    count = np.bincount(vectors.term)
    there = np.flatnonzero(count)
    there = there[index.column("kind")[there] <= LATIN_WORD]
    often, held_by = count[there], index.column("papers")[there]
    # Most terms are in one or two of these papers by chance; what follows is done only for the others.
    least = max(min(2, len(keys)), len(keys) * weights.least_sense**2 / 2)
    common = there[(often >= least) & (held_by <= weights.sense_share * index.papers)]
    places, chosen = _places(vectors.term, common, len(count))
    paper = vectors.paper[chosen]
    together = np.bincount(places, weights=vectors.weight[chosen] * own[paper], minlength=len(common))
    held = max(concept.papers, len(keys))
    scale = math.sqrt(held / len(keys)) / max(1e-9, float(np.sqrt((own**2).sum())))
    association = np.minimum(1.0, together * scale * 255 / np.sqrt(index.column("mass")[common]))
    association *= count[common] / (count[common] + 1.0)
    near = np.flatnonzero(association >= weights.least_sense)
    strength = association[near] * _in_company(places, paper, len(common), own, own * first[keys])[near]
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


def _in_company(places: Numbers, paper: Numbers, terms: int, own: Floats, company: Floats) -> NDArray[np.float64]:
    """How much of what each term is among a word's papers it stays where the query's other words stand too; at most 1.

    `places[i]`, below `terms`, says which of the terms stands in `paper[i]`.
    """
    in_general = np.bincount(places, weights=own[paper], minlength=terms) / own.sum()
    in_company = np.bincount(places, weights=company[paper], minlength=terms) / max(1e-9, float(company.sum()))
    return np.asarray(np.minimum(1.0, in_company / np.maximum(in_general, 1e-9)), np.float64)


def _sounding(index: Index, word: str, beside: NDArray[np.int64], weights: Weights) -> list[Way]:
    """Of the English terms that stand beside a word, those that sound like it."""
    terms = beside[beside < len(index.column("sound"))]
    terms = terms[index.column("kind")[terms] == LATIN_WORD]
    first, other = index.column("sound")[terms], index.column("other_sound")[terms]
    same = np.zeros(len(terms), np.bool_)
    for sound in map(sound_number, sounds(word)):
        same |= (first == sound) | (other == sound)
    terms = terms[same]
    terms = terms[np.argsort(-index.column("papers")[terms], kind="stable")][: weights.senses]
    return [Way((int(term),), weights.sound) for term in terms]
