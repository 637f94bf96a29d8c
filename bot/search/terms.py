"""A paper as weighted terms, as the index has them. Pure.

A term's first character is its kind: `=` a whole word, `@` a part of an author's name; without one, a stem or a pair of
characters. A weight says how much of the paper is about the term, 1 to 255.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from bot.search.text import STOP_WORDS, folded, is_cjk, is_hangul, runs, terms_of, words

WORD, NAME = "=", "@"
# What one occurrence counts in a title and elsewhere; how long each is usually, in words; and how much length matters
# there (0: not at all, 1: twice as long counts half). Measured on the archive; BM25F's names: weight, average, b.
_TITLE = (8.0, 10, 0.3)
_ABSTRACT = (1.0, 180, 0.5)
_SUMMARIES = (1.0, 130, 0.5)
_KEYWORDS = (2.0, 10, 0.3)
# The count at which a term has half of all it can weigh (BM25's k1).
_HALF = 2.0
# Longer words are no words: links, hashes, Korean sentences without spaces.
LONGEST_WORD = 24
LONGEST_HANGUL = 8
# The hyphens and dashes that papers use for one.
_HYPHENS = dict.fromkeys(range(0x2010, 0x2015), "-")
_PARTS = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Texts:
    """What is searched of a paper. `summaries` are those not found to be wrong, in all languages."""

    title: str
    authors: Sequence[str] = ()
    abstract: str = ""
    summaries: Sequence[str] = ()
    keywords: Sequence[str] = ()


def weighted_terms(texts: Texts) -> dict[str, int]:
    """Every term of a paper with its weight."""
    counts: defaultdict[str, float] = defaultdict(float)
    for text, field in (
        (texts.title, _TITLE),
        (texts.abstract, _ABSTRACT),
        ("\n".join(texts.summaries), _SUMMARIES),
        ("\n".join(texts.keywords), _KEYWORDS),
    ):
        if text:
            _count(counts, folded(text), *field)
    # Never 0: the least count is that of one word in a long text, 0.1 or so, and weighs 12.
    weights = {term: int(255 * count / (_HALF + count)) or 1 for term, count in counts.items()}
    for name in texts.authors:
        for part in name_parts(name):
            weights[NAME + part] = 255
    return weights


def name_parts(name: str) -> list[str]:
    """The parts of a person's name, folded: `Müller-Brown, K.` → muller, brown, k."""
    return [part for part in runs(folded(name)) if len(part) <= LONGEST_WORD]


def whole_word(word: str) -> str:
    """The term of a whole word, plural or not; "" for one that is kept in pairs alone."""
    if is_hangul(word):
        return WORD + word if 3 <= len(word) <= LONGEST_HANGUL else ""
    if is_cjk(word) or len(word) > LONGEST_WORD:
        return ""
    return WORD + singular(word)


def singular(word: str) -> str:
    """An English word without the `s` of its plural: finer than a stem, which takes `tokenizer` for `token`."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def compounds(text: str) -> Iterator[str]:
    """Words with hyphens as one word, for each two neighbours: `fine-tuning` → finetuning."""
    for token in text.translate(_HYPHENS).split():
        if "-" in token:
            parts = _PARTS.findall(token)
            for first, second in pairwise(parts):
                if len(first) > 1 < len(second) and not first.isdigit():
                    yield first + second


@lru_cache(200_000)
def word_terms(word: str) -> tuple[str, ...]:
    """All terms of one word; none of a stop word, nor of what is too long to be a word."""
    if word in STOP_WORDS or (len(word) > LONGEST_WORD and not is_cjk(word)):
        return ()
    whole = whole_word(word)
    return (*terms_of(word), whole) if whole else terms_of(word)


def _count(counts: defaultdict[str, float], text: str, weight: float, usual: int, length_counts: float) -> None:
    found = Counter(words(text))
    length = sum(count for word, count in found.items() if word not in STOP_WORDS)
    one = weight / (1 - length_counts + length_counts * length / usual)
    found.update(compounds(text))
    for word, count in found.items():
        for term in word_terms(word):
            counts[term] += count * one
