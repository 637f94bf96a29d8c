"""A word of a query as a concept: the ways in which papers may say it, by its letters and by what summaries show. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from bot.search.index import Index
from bot.search.postings import Floats, Listed, Postings
from bot.search.renderings import in_singular
from bot.search.spelling import is_long_enough, meant
from bot.search.terms import NAME, whole_word
from bot.search.text import is_cjk, stem, terms_of
from bot.search.weights import Weights

# How much rarer a pair is in the middle of which two words meet.
_MEETING = 5


@dataclass(frozen=True, slots=True)
class Way:
    """One expression of a word: `terms` that occur together, with a value of `weight`."""

    terms: tuple[str | int, ...]
    weight: float


@dataclass(slots=True)
class Concept:
    """A word of the query with its expressions."""

    word: str
    ways: list[Way]
    score: Floats
    papers: int = 0
    corrected: str = ""
    is_name: bool = False


@dataclass(frozen=True, slots=True)
class Together:
    """What papers say of several terms that make one word, and how many hold all of them."""

    postings: Postings | None
    complete: int


# What was found in the course of one query: its concepts have ways in common.
Known = dict[tuple[str | int, ...], Together]


def concept_of(index: Index, word: str, weights: Weights, known: Known) -> Concept:
    ways = _own_ways(index, word, weights)
    held = _held(index, ways[0].terms if is_cjk(word) else ways[-1].terms, known)
    concept = Concept(word, ways, np.zeros(0, np.float32), held)
    name = index.postings(NAME + word)
    if name is not None and name.count > 2 * held:
        # More often a name than a word: `bengio`, but not `long`.
        concept.ways = [*ways, Way((NAME + word,), 1.0)]
        concept.papers = max(held, name.count)
        concept.is_name = True
    elif is_long_enough(word) and held <= weights.rare:
        _correct(index, concept, weights, known)
    return concept


def _correct(index: Index, concept: Concept, weights: Weights, known: Known) -> None:
    """Words, or names, of which this may be a slip."""
    held = concept.papers
    # A word that is there, however rare, is hardly a slip of another.
    doubt = weights.doubt if held else 1.0
    for other, count in meant(concept.word, index.near(concept.word), held)[:3]:
        if not held and not concept.corrected:
            concept.corrected = other[1:]
            concept.is_name = other[0] == NAME
        ways = [Way((other,), 1.0)] if other[0] == NAME else _own_ways(index, other[1:], weights)
        concept.ways = [*concept.ways, *(Way(way.terms, way.weight * doubt * weights.slip**count) for way in ways)]
        if not held:
            concept.papers = max(concept.papers, _held(index, ways[-1].terms, known))


def _own_ways(index: Index, word: str, weights: Weights) -> list[Way]:
    if is_cjk(word):
        if len(word) == 1:
            return [Way((word,), 1.0), *(Way((pair,), 0.8) for pair in index.beginning(word))]
        return [Way(terms_of(word), 1.0)]
    return [Way((whole_word(word),), 1.0), Way((stem(word),), weights.stem)]


def _held(index: Index, terms: tuple[str | int, ...], known: Known) -> int:
    """How many papers hold all of these terms."""
    if len(terms) > 1:
        return _together(index, terms, known).complete
    found = index.postings(terms[0])
    return 0 if found is None else found.count


def add_spans(index: Index, concepts: list[Concept], weights: Weights, known: Known) -> None:
    """Compounds of neighbours, written apart or together, and renderings of one to four words."""
    names = [in_singular([concept.word]) for concept in concepts]
    for concept in concepts:
        concept.ways += [Way(terms, weights.compound) for terms in _split(index, concept, known)]
    for first, second in pairwise(concepts):
        if not is_cjk(first.word) and not is_cjk(second.word):
            joined = whole_word(first.word + second.word)
            if joined and index.postings(joined) is not None:
                for one in (first, second):
                    one.ways.append(Way((joined,), weights.compound))
    spans = {
        " ".join(names[start:end]): concepts[start:end]
        for start in range(len(names))
        for end in range(start + 1, min(len(names), start + 4) + 1)
    }
    used: defaultdict[str, list[str]] = defaultdict(list)
    for text, other, likeness in index.renderings(list(spans), weights.least_rendering):
        # With a word more before it, it is the end of a sentence: `위해 포인트 트래킹` beside `포인트 트래킹`.
        longer = any(other.endswith(f" {shorter}") for shorter in used[text])
        if len(used[text]) == weights.renderings or longer:
            continue
        used[text].append(other)
        parts = other.split()
        terms = tuple(term for part in parts for term in (terms_of(part) if is_cjk(part) else (whole_word(part),)) if term)
        for concept in spans[text]:
            concept.ways.append(Way(terms, weights.rendering * min(1.0, 2 * likeness)))
    for concept in concepts:
        concept.ways = _distinct(concept.ways)


def _distinct(ways: Iterable[Way]) -> list[Way]:
    """Each way once, at its highest worth."""
    worth: dict[tuple[str | int, ...], float] = {}
    for way in ways:
        worth[way.terms] = max(way.weight, worth.get(way.terms, 0.0))
    return [Way(terms, weight) for terms, weight in worth.items()]


def _split(index: Index, concept: Concept, known: Known) -> Iterable[tuple[str, ...]]:
    """A word as two that are known: `언어모델` as 언어 and 모델, `finetuning` as fine and tuning."""
    word = concept.word
    if is_cjk(word):
        if len(word) == 3 and not concept.papers:
            yield (word[0], word[1:])
            yield (word[:2], word[2])
        if len(word) < 4:
            return
        pairs = terms_of(word)
        held = [_held(index, (pair,), known) for pair in pairs]
        # Where two words meet, the pair of both is far rarer than those beside it; it is left out.
        for cut in range(1, len(pairs) - 1):
            if _MEETING * held[cut] < min(held[cut - 1], held[cut + 1]):
                yield (*pairs[:cut], *pairs[cut + 1 :])
    elif concept.papers < 20:
        for cut in range(3, len(word) - 2):
            first, second = whole_word(word[:cut]), whole_word(word[cut:])
            if index.postings(first) is not None and index.postings(second) is not None:
                yield (first, second)


def raise_scores(index: Index, score: Floats, ways: Iterable[Way], known: Known) -> None:
    """Raise how much each paper says a concept to what it says in the best of these ways."""
    for way in ways:
        found = index.postings(way.terms[0]) if len(way.terms) == 1 else _together(index, way.terms, known).postings
        if found is not None:
            found.raise_to(score, way.weight)


def _together(index: Index, terms: tuple[str | int, ...], known: Known) -> Together:
    """Terms that make one word: their mean weight, less where some are missing; papers that lack most are left out."""
    if terms not in known:
        known[terms] = _found_together(index, terms)
    return known[terms]


def _found_together(index: Index, terms: Sequence[str | int]) -> Together:
    parts = [found for found in map(index.postings, terms) if found is not None]
    if 2 * len(parts) <= len(terms):
        return Together(None, 0)
    score = np.zeros(index.size, np.float32)
    held = np.zeros(index.size, np.int16)
    for part in parts:
        part.add_to(score, 1 / len(terms))
        part.count_in(held)
    keys = np.flatnonzero(held > len(terms) // 2)
    held = held[keys]
    share = held.astype(np.float32) / np.float32(len(terms))
    return Together(Listed(keys, score[keys] * share * share), int(np.count_nonzero(held == len(terms))))
