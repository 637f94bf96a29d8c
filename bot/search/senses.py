"""What a Korean, Japanese or Chinese word means in English, learned from the papers that hold it, in the company of the
query's other words.

Korean summaries stand beside English abstracts: what is often there when the word is there, and seldom else, says the same.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.search.concepts import Concept, Way
from bot.search.index import LATIN_WORD, Index
from bot.search.postings import Floats, Keys, highest
from bot.search.sounds import sound_number, sounds
from bot.search.text import is_cjk
from bot.search.weights import Weights

Numbers = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class English:
    """English words and stems that may be a sense, by numbers of their own from 1: a third of all terms.

    `number` has that of every term by its id, 0 for all others; the rest is by number: a term's id, how many papers hold
    it, the length of its column (the root of its squared weights' sum, in full weights), how it sounds, 0 for stems.
    """

    number: NDArray[np.int32]
    term: Numbers
    papers: Numbers
    length: NDArray[np.float64]
    sound: Numbers
    other_sound: Numbers


def english(index: Index, weights: Weights) -> English:
    """What nearly every paper says tells nothing; all else in Latin letters may be a sense."""
    size = len(index.column("papers"))
    papers, kind, mass, sound, other = (
        np.pad(column[:size], (0, max(0, size - len(column))))
        for column in map(index.column, ("papers", "kind", "mass", "sound", "other_sound"))
    )
    fits = (kind <= LATIN_WORD) & (papers > 0) & (papers <= weights.sense_share * index.papers)
    term = np.concatenate(([0], np.flatnonzero(fits)))
    number = np.zeros(size, np.int32)
    number[term] = np.arange(len(term), dtype=np.int32)
    is_word = kind[term] == LATIN_WORD
    length = np.sqrt(mass[term].astype(np.float64)) / 255
    return English(number, term, papers[term], length, sound[term] * is_word, other[term] * is_word)


def senses(index: Index, concept: Concept, company: Callable[[Keys], Floats], weights: Weights) -> list[Way]:
    """English terms that stand where this Korean, Japanese or Chinese word does, in the papers that hold the query's other
    words too. None for an English word: abstracts are English, so it finds its papers without.

    `company` says how much papers say of all words of the query.
    """
    if not is_cjk(concept.word) or concept.papers > weights.sense_share * index.papers:
        # What nearly every paper says tells nothing, in any script.
        return []
    keys = highest(concept.score, weights.sampled)
    if not len(keys):
        return []
    own = concept.score[keys]
    vectors = index.vectors(keys)
    known = index.kept(f"english {weights.sense_share}", lambda: english(index, weights))
    number = known.number[vectors.term]
    count = np.bincount(number, minlength=len(known.term))
    count[0] = 0
    # Most terms are in one or two of these papers by chance; what follows is done only for the others.
    enough = count >= max(min(2, len(keys)), len(keys) * weights.least_sense**2 / 2)
    common, chosen = np.flatnonzero(enough), np.flatnonzero(enough[number])
    place_of = np.zeros(len(count), np.int32)
    place_of[common] = np.arange(len(common))
    place, paper = place_of[number[chosen]], vectors.paper[chosen]

    def of_terms(amounts: Floats) -> NDArray[np.float64]:
        return np.asarray(np.bincount(place, weights=amounts, minlength=len(common)), np.float64)

    held = max(concept.papers, len(keys))
    scale = math.sqrt(held / len(keys)) / max(1e-9, float(np.sqrt((own**2).sum())))
    together = of_terms(vectors.weight[chosen] * own[paper])
    association = np.minimum(1.0, together * scale / known.length[common])
    association *= count[common] / (count[common] + 1.0)
    # How much of what a term is among the word's papers it stays where the query's other words stand too; at most 1.
    beside = own * company(keys)
    in_general = of_terms(own[paper]) / own.sum()
    in_company = of_terms(beside[paper]) / max(1e-9, float(beside.sum()))
    strength = association * np.minimum(1.0, in_company / np.maximum(in_general, 1e-9))
    strength[association < weights.least_sense] = 0
    heard = _sounding(index, known, concept.word, count, sampled=len(keys), weights=weights)
    # A loanword means what it sounds like; what else stands beside it is less surely its sense.
    worth = weights.sense * (weights.unheard if heard else 1.0)
    best = np.argsort(-strength, kind="stable")[: weights.senses]
    return [
        *heard,
        *(
            Way((int(known.term[common[place]]),), min(1.0, worth * float(strength[place])))
            for place in best[strength[best] >= weights.least_sense]
        ),
    ]


def _sounding(index: Index, known: English, word: str, count: Numbers, *, sampled: int, weights: Weights) -> list[Way]:
    """English terms that sound like a word, and that the papers sampled for it (`count` of them) hold far oftener."""
    same = np.zeros(len(known.term), np.bool_)
    for sound in map(sound_number, sounds(word)):
        same |= (known.sound == sound) | (known.other_sound == sound)
    found = np.flatnonzero(same & (count > 0))
    found = found[count[found] * index.papers >= weights.lift * sampled * known.papers[found]]
    found = found[np.argsort(-known.papers[found], kind="stable")][: weights.senses]
    return [Way((int(known.term[one]),), weights.sound) for one in found]
