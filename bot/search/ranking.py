"""Which papers answer a query, the best first. Pure but for what an Index is asked (bot/store/search_index.py).

Each word of a query is a *concept*: a paper says it in the word itself or in another way (a correction, a compound, a
rendering in another script, a sense that the store's papers give it). What the best papers have in common says the rest.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bot.search.spelling import is_long_enough, meant
from bot.search.terms import NAME, whole_word
from bot.search.text import is_cjk, stem, terms_of

Floats = NDArray[np.float32]
Keys = NDArray[np.int64]

# Kinds of terms, as an index's column `kind` holds them.
LATIN_STEM, LATIN_WORD, CJK_PAIR, CJK_WORD, NAME_PART = range(5)


@dataclass(frozen=True, slots=True)
class Postings:
    """The papers of a term and how much each says of it, above 0 and at most 1."""

    keys: Keys
    weights: Floats


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
        """`papers`, `mass` (the sum of squared weights) or `kind` of every term, by id; `votes` or `day` of every paper."""

    def near(self, word: str) -> Iterable[tuple[str, int]]:
        """Terms of whole words and of names that may be one or two slips away, with how many papers hold each."""

    def beginning(self, prefix: str) -> Sequence[str]:
        """Pairs of characters that begin with this one."""

    def renderings(self, texts: Sequence[str]) -> Iterable[tuple[str, str, float]]:
        """(text, the same in another script, how surely), the surest first, for each text that is known.

        How surely: the geometric mean of the shares that the pair has among all pairs of either side.
        """

    def texts(self, keys: Keys) -> Sequence[str]:
        """All that is searched of these papers but the names, in lower case."""

    def titles(self, keys: Keys) -> Sequence[str]:
        """The titles of these papers."""

    def names(self, keys: Keys) -> Sequence[Sequence[str]]:
        """The authors of these papers."""

    def with_ids(self, ids: Sequence[str]) -> Keys:
        """Papers whose ids are these, begin with them, or end in them after the point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What counts how much in ranking; measured in docs/decisions/010-search.md."""

    stem: float = 0.7  # a form of the word, to the word itself
    slip: float = 0.9  # for each slip in spelling
    rare: int = 2  # papers with a word that may yet be a slip of a far commoner one
    doubt: float = 0.7  # then
    compound: float = 0.9
    rendering: float = 0.9  # written beside it in summaries
    least_rendering: float = 0.2  # likeness below which it is taken for chance
    renderings: int = 3  # for each span of words
    sense: float = 2.0  # of a term of another script, for each unit of association with the word
    least_sense: float = 0.25  # association below which nothing is concluded
    senses: int = 6  # terms for each word
    sampled: int = 64  # papers of a word from which its senses are learned
    dependence: float = 0.5  # how far a word that follows from another counts less
    coverage: float = 0.3  # of a score that needs all words
    feedback: float = 0.4  # what the best papers have in common
    feedback_papers: int = 15
    feedback_terms: int = 30
    feedback_share: float = 1.0   # of all papers that may hold such a term
    name: float = 1.0  # all words are the name of one author
    title: float = 0.15  # the title holds the words as they were typed
    whole_title: float = 1.0  # they are the title, or what stands before its colon
    votes: float = 0.04  # the most voted paper, to one without votes
    age: float = 0.02  # the newest paper, to one five years older
    least: float = 0.3  # of the best score, below which a paper without all words is no answer
    least_coverage: float = 0.3  # of what the words tell, that the best paper must say


@dataclass(frozen=True, slots=True)
class Way:
    """One way to say a word: `terms` together, worth `weight`."""

    terms: tuple[str | int, ...]
    weight: float


@dataclass(slots=True)
class Concept:
    """A word of the query with the ways to say it."""

    word: str
    ways: list[Way]
    score: Floats
    papers: int = 0
    corrected: str = ""
    is_name: bool = False


@dataclass(slots=True)
class Ranked:
    """Scores of all papers by key; which of them say every word; corrections made.

    `coverage` is the share, from 0 to 1, of what the words tell that the paper which says most of them says.
    """

    scores: Floats
    everything: NDArray[np.bool_]
    corrected: dict[str, str]
    coverage: float


def rank(index: Index, words: Sequence[str], weights: Weights) -> Ranked:
    """Score every paper for these words (of `bot.search.text.words`, stop words left out)."""
    concepts = [_concept(index, word, weights) for word in words]
    _add_spans(index, concepts, weights)
    for concept in concepts:
        concept.score = np.zeros(index.size, np.float32)
        _raise(index, concept.score, concept.ways)
    first, _ = _combined(index, concepts, weights)
    for concept in concepts:
        # A name stands beside whatever its bearer writes of.
        if not concept.is_name:
            _raise(index, concept.score, _senses(index, concept, first, weights))
    scores, coverage = _combined(index, concepts, weights)
    scores = _with_feedback(index, scores, weights)
    everything = np.ones(index.size, dtype=np.bool_)
    for concept in concepts:
        everything &= concept.score > 0.1
    corrected = {one.word: one.corrected for one in concepts if one.corrected}
    return Ranked(scores, everything, corrected, coverage)


def informativeness(papers: float, held: float) -> float:
    """How much a term says that so many of all papers hold: BM25's idf, never negative."""
    return math.log(1 + (papers - held + 0.5) / (held + 0.5))


def _concept(index: Index, word: str, weights: Weights) -> Concept:
    ways = _own_ways(index, word, weights)
    held = _held(index, ways[0].terms if is_cjk(word) else ways[-1].terms)
    concept = Concept(word, ways, np.zeros(0, np.float32), held)
    name = index.postings(NAME + word)
    if name is not None and len(name.keys) > 2 * held:
        # More often a name than a word: `bengio`, but not `long`.
        concept.ways = [*ways, Way((NAME + word,), 1.0)]
        concept.papers = max(held, len(name.keys))
        concept.is_name = True
    elif is_long_enough(word) and held <= weights.rare:
        _correct(index, concept, weights)
    return concept


def _correct(index: Index, concept: Concept, weights: Weights) -> None:
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
            concept.papers = max(concept.papers, _held(index, ways[-1].terms))


def _own_ways(index: Index, word: str, weights: Weights) -> list[Way]:
    if is_cjk(word):
        if len(word) == 1:
            return [Way((word,), 1.0), *(Way((pair,), 0.8) for pair in index.beginning(word))]
        return [Way(terms_of(word), 1.0)]
    return [Way((whole_word(word),), 1.0), Way((stem(word),), weights.stem)]


def _held(index: Index, terms: Sequence[str | int]) -> int:
    """How many papers hold all of these terms."""
    keys: Keys | None = None
    for term in terms:
        found = index.postings(term)
        if found is None:
            return 0
        keys = found.keys if keys is None else np.intersect1d(keys, found.keys, assume_unique=True)
    return 0 if keys is None else len(keys)


def _add_spans(index: Index, concepts: list[Concept], weights: Weights) -> None:
    """Compounds of neighbours, written apart or together, and renderings of one to four words."""
    names = [concept.word for concept in concepts]
    for concept in concepts:
        concept.ways += [Way(terms, weights.compound) for terms in _split(index, concept)]
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
    used: Counter[str] = Counter()
    for text, other, likeness in index.renderings(list(spans)):
        if likeness < weights.least_rendering or used[text] == weights.renderings:
            continue
        used[text] += 1
        parts = other.split()
        terms = tuple(term for part in parts for term in (terms_of(part) if is_cjk(part) else (whole_word(part),)) if term)
        for concept in spans[text]:
            concept.ways.append(Way(terms, weights.rendering * min(1.0, 2 * likeness)))


def _split(index: Index, concept: Concept) -> Iterable[tuple[str, ...]]:
    """A word as two that are known: `언어모델` as 언어 and 모델, `finetuning` as fine and tuning."""
    word = concept.word
    if is_cjk(word):
        if len(word) < 4:
            return
        pairs = terms_of(word)
        # Without the pair in the middle of which the words meet.
        for cut in range(2, len(word) - 1):
            yield (*pairs[: cut - 1], *pairs[cut:])
    elif concept.papers < 20:
        for cut in range(3, len(word) - 2):
            first, second = whole_word(word[:cut]), whole_word(word[cut:])
            if index.postings(first) is not None and index.postings(second) is not None:
                yield (first, second)


def _raise(index: Index, score: Floats, ways: Iterable[Way]) -> None:
    """Raise how much each paper says a concept to what it says in the best of these ways."""
    for way in ways:
        found = index.postings(way.terms[0]) if len(way.terms) == 1 else _together(index, way.terms)
        if found is not None and len(found.keys):
            score[found.keys] = np.maximum(score[found.keys], found.weights * np.float32(way.weight))


def _together(index: Index, terms: Sequence[str | int]) -> Postings | None:
    """Terms that make one word: their mean weight, less where some are missing; papers that lack most are left out."""
    parts = [found for found in map(index.postings, terms) if found is not None]
    if 2 * len(parts) <= len(terms):
        return None
    score = np.zeros(index.size, np.float32)
    held = np.zeros(index.size, np.int8)
    for part in parts:
        score[part.keys] += part.weights
        held[part.keys] += 1
    keys = np.flatnonzero(2 * held > len(terms))
    share = held[keys].astype(np.float32) / np.float32(len(terms))
    return Postings(keys, score[keys] * share * share / np.float32(len(terms)))


def _combined(index: Index, concepts: Sequence[Concept], weights: Weights) -> tuple[Floats, float]:
    """Scores of papers over all concepts: their sum by what each tells, more where all are said; and the best coverage."""
    total = np.zeros(index.size, np.float32)
    said = np.zeros(index.size, np.float32)
    whole = 0.0
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
        tells = (1 - weights.dependence) * tells + weights.dependence * alone
        total += np.float32(tells) * concept.score
        said += np.float32(tells) * np.minimum(np.float32(1), concept.score / np.float32(0.4))
        whole += tells
    if whole:
        said /= np.float32(whole)
        total *= np.float32(1 - weights.coverage) + np.float32(weights.coverage) * said * said
        total /= np.float32(whole)
    return total, float(said.max(initial=0))


def neighbours(words: Sequence[str]) -> re.Pattern[str]:
    """Words that stand side by side in a text: Latin ones whole, others wherever they begin, with or without spaces."""
    parts: list[str] = []
    for place, word in enumerate(words):
        if place:
            parts.append(r"[\W_]+" if word.isascii() and words[place - 1].isascii() else r"[\W_]*")
        parts.append(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])" if word.isascii() else re.escape(word))
    return re.compile("".join(parts))


def _senses(index: Index, concept: Concept, first: Floats, weights: Weights) -> list[Way]:
    """Terms of the other script that stand where this word does, in the papers that hold the query's other words too."""
    keys = np.flatnonzero(concept.score > 0)
    if not len(keys):
        return []
    if len(keys) > weights.sampled:
        keys = keys[np.argpartition(-concept.score[keys], weights.sampled)[: weights.sampled]]
    own = concept.score[keys]
    context = own * first[keys]
    vectors = index.vectors(keys)
    count = np.bincount(vectors.term)
    # Most terms stand in a paper or two of these by chance; all that follows is done for the others alone.
    kind = index.column("kind")[: len(count)]
    other = (kind <= LATIN_WORD) if is_cjk(concept.word) else (kind == CJK_PAIR) | (kind == CJK_WORD)
    common = np.flatnonzero(other & (count >= min(2, len(keys))) & (count >= len(keys) * weights.least_sense**2 / 2))
    place_of = np.full(len(count), -1, np.int64)
    place_of[common] = np.arange(len(common))
    places = place_of[vectors.term]
    chosen = places >= 0
    places, paper = places[chosen], vectors.paper[chosen]

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
    return [
        Way((int(common[place]),), min(1.0, weights.sense * float(strength[place])))
        for place in best[strength[best] >= weights.least_sense]
    ]


def _with_feedback(index: Index, scores: Floats, weights: Weights) -> Floats:
    """Scores from 0 to about 1, with what the best papers have in common counted in."""
    best = float(scores.max(initial=0))
    if best <= 0:
        return scores
    scores = scores / np.float32(best)
    top = np.argpartition(-scores, min(weights.feedback_papers, len(scores) - 1))[: weights.feedback_papers]
    top = top[scores[top] > 0]
    vectors = index.vectors(top)
    common = np.bincount(vectors.term, weights=vectors.weight * scores[top][vectors.paper])
    terms = np.flatnonzero(common)
    held, kind = index.column("papers")[terms], index.column("kind")[terms]
    fits = (held > 1) & (held <= weights.feedback_share * index.papers) & (kind != NAME_PART) & (kind != CJK_WORD)
    terms, held = terms[fits], held[fits]
    tells = np.log(1 + (index.papers - held + 0.5) / (held + 0.5))
    worth = common[terms] * tells
    chosen = np.argsort(-worth, kind="stable")[: weights.feedback_terms]
    more = np.zeros(index.size, np.float32)
    for place in chosen:
        found = index.postings(int(terms[place]))
        if found is not None:
            more[found.keys] += found.weights * np.float32(worth[place] * tells[place])
    return np.asarray(scores + np.float32(weights.feedback) * more / max(np.float32(1e-9), more.max()), dtype=np.float32)
