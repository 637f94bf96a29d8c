"""Spelling correction: the letters of a word, and the edit distance between two. Pure."""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from bot.search.text import is_hangul

# Shorter words have too many neighbours: `cat`, `car`, `can`.
SHORTEST_LATIN, SHORTEST_HANGUL = 4, 3


@lru_cache(50_000)
def letters(word: str) -> str:
    """A word's letters for counting edits: Latin ones as they are, a Korean syllable as its two or three."""
    return unicodedata.normalize("NFD", word) if is_hangul(word) else word


def is_long_enough(word: str) -> bool:
    """Whether the word is long enough for a misspelling to be told from another word."""
    return len(word) >= (SHORTEST_HANGUL if is_hangul(word) else SHORTEST_LATIN) and not word.isdigit()


def most_slips(word: str) -> int:
    """How many edits a word may be away from another to be taken for it: one, for a long one two."""
    return 2 if len(letters(word)) >= 8 else 1


def slips(first: str, second: str, most: int) -> int:
    """The edit distance of two words of letters (wrong, missing, extra, swapped); `most` + 1 if it is greater."""
    if abs(len(first) - len(second)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(second, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == second[j - 2] and b == first[i - 2]:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def meant(word: str, known: Iterable[tuple[str, int]], papers: int) -> list[tuple[str, int]]:
    """Of `known` terms (a prefix and a word, with how many papers hold each) those that `word` may be a slip of.

    `papers` is how many hold `word` itself: only a far commoner word is meant instead of one that is there. Gives terms
    with their number of slips, the likeliest first.
    """
    own, most = letters(word), most_slips(word)
    counted = Counter(own)
    found = []
    for other, held in known:
        if other[1:] == word or held < 10 * papers:
            continue
        theirs = letters(other[1:])
        # As many letters differ as slips could change: cheaper than counting the slips.
        if sum((counted - Counter(theirs)).values()) > most or abs(len(theirs) - len(own)) > most:
            continue
        distance = slips(own, theirs, most)
        if distance <= most:
            # The first letter is seldom wrong.
            found.append((distance + (own[0] != theirs[0]), -held, other, distance))
    return [(other, distance) for _, _, other, distance in sorted(found)]
