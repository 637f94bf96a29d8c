"""The nearest correct word to a mistyped one, in Latin and Korean letters. Pure."""

import difflib
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

# difflib's ratio above which a word is taken as mistyped: `todya` for today is 0.8, `어재` for 어제 0.75 in its letters.
LIKENESS = 0.66


def nearest(word: str, words: Iterable[str], likeness: float = LIKENESS) -> str | None:
    """The one of `words` that `word` most looks like, or None when it looks like none of them."""
    found = nearest_few(word, words, 1, likeness)
    return found[0] if found else None


def nearest_few(word: str, words: Iterable[str], limit: int, likeness: float = LIKENESS) -> list[str]:
    """Up to `limit` of `words` that `word` looks like, the likest first."""
    by_letters: dict[str, str] = {}
    for candidate in words:
        by_letters.setdefault(_letters(candidate), candidate)
    typed = _letters(word)
    # Most candidates are too short, too long, or share no letter; difflib finds that out too, at ten times the cost.
    letters = set(typed)
    likely = [
        key
        for key in by_letters
        if 2 * min(len(key), len(typed)) >= likeness * (len(key) + len(typed)) and not letters.isdisjoint(key)
    ]
    found = difflib.get_close_matches(typed, likely, 3 * limit, likeness)
    # Among equally near words, the one with the same beginning: people seldom mistype the first letter.
    found.sort(key=lambda key: (-difflib.SequenceMatcher(None, key, typed).ratio(), key[:1] != typed[:1]))
    return [by_letters[key] for key in found[:limit]]


@lru_cache(maxsize=4096)
def _letters(word: str) -> str:
    # A Korean syllable is two or three letters in one character: taken apart, one wrong vowel weighs as one letter.
    return unicodedata.normalize("NFKD", word).casefold()
