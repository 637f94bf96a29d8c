"""What a word means in the other script, learned from the papers that hold it, in the company of the query's other words.

Korean summaries stand beside English abstracts: what is often there when the word is there, and seldom else, says the same.
"""

import math

import numpy as np
from numpy.typing import NDArray

from bot.search.concepts import Concept, Way
from bot.search.index import CJK_PAIR, CJK_WORD, LATIN_WORD, Floats, Index, highest
from bot.search.sounds import sound_number, sounds
from bot.search.text import is_cjk
from bot.search.weights import Weights


def senses(index: Index, concept: Concept, first: Floats, weights: Weights) -> list[Way]:
    """Terms of the other script that stand where this word does, in the papers that hold the query's other words too."""
    # Abstracts are English: an English word finds most papers without its Korean senses.
    most = weights.sampled if is_cjk(concept.word) else weights.sampled // 2
    keys = highest(concept.score, most)
    if not len(keys):
        return []
    own = concept.score[keys]
    context = own * first[keys]
    vectors = index.vectors(keys)
    count = np.bincount(vectors.term)
    there = np.flatnonzero(count > 0)
    held_by, kind = index.column("papers")[there], index.column("kind")[there]
    often = count[there]
    # Most terms stand in a paper or two of these by chance; all that follows is done for the others alone.
    least = max(min(2, len(keys)), len(keys) * weights.least_sense**2 / 2)
    other = (kind <= LATIN_WORD) if is_cjk(concept.word) else (kind == CJK_PAIR) | (kind == CJK_WORD)
    common = there[other & (often >= least) & (held_by <= weights.sense_share * index.papers)]
    # Zeros cost nothing until they are touched, unlike any other number: so places count from 1.
    place_of = np.zeros(len(count), np.int32)
    place_of[common] = np.arange(1, len(common) + 1)
    places = place_of[vectors.term]
    chosen = places > 0
    places, paper = places[chosen] - 1, vectors.paper[chosen]

    def summed(values: Floats) -> Floats:
        return np.asarray(np.bincount(places, weights=values, minlength=len(common)), np.float32)

    together = summed(vectors.weight[chosen] * own[paper])
    held = max(concept.papers, len(keys))
    scale = math.sqrt(held / len(keys)) / max(1e-9, float(np.sqrt((own**2).sum())))
    association = np.minimum(1.0, together * scale * 255 / np.sqrt(index.column("mass")[common]))
    association *= count[common] / (count[common] + 1.0)
    in_general = summed(own[paper]) / own.sum()
    in_context = summed(context[paper]) / max(1e-9, float(context.sum()))
    strength = association * np.minimum(1.0, in_context / np.maximum(in_general, 1e-9))
    best = np.argsort(-strength, kind="stable")[: weights.senses]
    beside = there[often * index.papers >= weights.lift * len(keys) * held_by]
    heard = _sounding(index, concept.word, beside, weights)
    # A loanword means what it sounds like; what else stands beside it is less surely its sense.
    worth = weights.sense * (weights.unheard if heard else 1.0)
    return [
        *heard,
        *(
            Way((int(common[place]),), min(1.0, worth * float(strength[place])))
            for place in best[strength[best] >= weights.least_sense]
        ),
    ]


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
