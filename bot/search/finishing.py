"""The last word of a query that is still being typed: what it may become. Pure.

Korean input composes syllables letter by letter: 모델 passes through 모, 몯, 모데, and 어텐션 through 어텐ㅅ. Such a
syllable is not a mistake, nor a word that a paper contains.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.search.terms import WORD, whole_word
from bot.search.text import folded, is_hangul, without_ending

# Shorter beginnings of Latin words are too ambiguous.
SHORTEST_LATIN = 3
# A word that exists is meant itself, unless a word that it begins is this many times as common: 지시 is not yet 지식.
_COMMONER = 10
# Neither the value of an operator, `author:Le`, nor an address.
_LAST_WORD = re.compile(r"(?<![^\s\"“(\-])[^\W_]+$")
_LAST = "\U0010ffff"

# The Unicode Standard, section 3.12: a syllable is 0xAC00 + (initial × 21 + vowel) × 28 + final.
_FIRST_SYLLABLE, _SYLLABLES, _FINALS, _OF_AN_INITIAL = 0xAC00, 11172, 28, 588
_FIRST_INITIAL, _INITIALS = 0x1100, 19
# For each final consonant: what stays when its last letter begins the next syllable, and the initial that this letter is.
_MOVED = (
    (0, 0), (0, 0), (0, 1), (1, 9), (0, 2), (4, 12), (4, 18), (0, 3), (0, 5), (8, 0), (8, 6), (8, 7), (8, 9), (8, 16),
    (8, 17), (8, 18), (0, 6), (0, 7), (17, 9), (0, 9), (0, 10), (0, 11), (0, 12), (0, 14), (0, 15), (0, 16), (0, 17),
    (0, 18),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a Korean word that is not typed to its end: after `stem` comes a syllable from `first` to `last`."""

    stem: str
    first: str
    last: str


Between = Callable[[str, str], Sequence[tuple[str, int]]]


def finished(typed: str, between: Between) -> str:
    """`typed` with its last word as it most likely ends; itself where it has ended, or nothing is known that begins so.

    `between(first, last)` gives the index's terms from `first` to before `last`, with how many papers hold each.
    """
    text = folded(typed)
    match = _LAST_WORD.search(text)
    if match is None:
        return typed
    word = match[0]
    made = _hangul(word, between) if is_hangul(word) else _latin(word, between) if word.isascii() else word
    return typed if made == word else (text[: match.start()] + made).strip()


def readings(word: str) -> list[Reading]:
    """The ways to read a Korean word whose last syllable is perhaps not whole, the nearest first."""
    stem, last = word[:-1], ord(word[-1])
    if _FIRST_INITIAL <= last < _FIRST_INITIAL + _INITIALS:
        return [_from_initial(stem, last - _FIRST_INITIAL)]
    syllable = last - _FIRST_SYLLABLE
    if not 0 <= syllable < _SYLLABLES:
        return []
    final = syllable % _FINALS
    if not final:
        return [Reading(stem, word[-1], chr(last + _FINALS - 1))]
    stays, initial = _MOVED[final]
    return [Reading(stem, word[-1], word[-1]), _from_initial(stem + chr(last - final + stays), initial)]


def _from_initial(stem: str, initial: int) -> Reading:
    first = _FIRST_SYLLABLE + initial * _OF_AN_INITIAL
    return Reading(stem, chr(first), chr(first + _OF_AN_INITIAL - 1))


def _hangul(word: str, between: Between) -> str:
    bare = without_ending(word)
    if bare != word and _held(bare, between):
        return word
    own = _held(word, between)
    for reading in readings(word):
        for found in (_whole(reading, between), _pair(reading, between)):
            if found is not None:
                return found[0] if found[1] >= _COMMONER * own else word
    # A letter that begins nothing is as good as not typed.
    return word if _FIRST_SYLLABLE <= ord(word[-1]) < _FIRST_SYLLABLE + _SYLLABLES else word[:-1]


def _latin(word: str, between: Between) -> str:
    if len(word) < SHORTEST_LATIN or word.isdigit():
        return word
    found = _commonest(between(WORD + word, WORD + word + _LAST))
    own = _one(whole_word(word), between)
    return found[0].removeprefix(WORD) if found is not None and found[1] >= _COMMONER * own else word


def _held(word: str, between: Between) -> int:
    """How many papers hold a Korean word, as far as terms of one word or pair tell."""
    return _one(whole_word(word) if len(word) > 2 else word, between)


def _one(term: str, between: Between) -> int:
    return dict(between(term, term + "\0")).get(term, 0) if term else 0


def _whole(reading: Reading, between: Between) -> tuple[str, int] | None:
    """The commonest of the words that begin so; words of two syllables are kept as pairs alone."""
    if len(reading.stem) < 2:
        return None
    found = _commonest(between(WORD + reading.stem + reading.first, WORD + reading.stem + reading.last + _LAST))
    return None if found is None else (found[0].removeprefix(WORD), found[1])


def _pair(reading: Reading, between: Between) -> tuple[str, int] | None:
    """The word with the syllable that most often follows the one before it."""
    if not reading.stem:
        return None
    before = reading.stem[-1]
    found = _commonest([one for one in between(before + reading.first, before + reading.last + "\0") if len(one[0]) == 2])
    return None if found is None else (reading.stem[:-1] + found[0], found[1])


def _commonest(terms: Sequence[tuple[str, int]]) -> tuple[str, int] | None:
    return max(terms, key=lambda one: (one[1], -len(one[0]), one[0]), default=None)
