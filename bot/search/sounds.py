"""A key for how a word sounds, by its consonants, so that an English word and its Korean spelling have the same key. Pure.

The rules follow 외래어 표기법, the Korean orthography of loanwords, but coarsely: voicing, aspiration and vowels are
dropped, and what is sometimes written one way, sometimes another (z, j, ch, s) is one class.
"""

import re
import unicodedata
import zlib
from functools import lru_cache

from bot.search.text import is_hangul

# Fewer consonants meet by chance.
LEAST = 3

_LETTERS = {
    **dict.fromkeys("bpfv", "P"), **dict.fromkeys("dt", "T"), **dict.fromkeys("kq", "K"), **dict.fromkeys("szj", "S"),
    "l": "R", "m": "M", "n": "N", "x": "KS",
}  # fmt: skip
# The first that fits is taken; a sound is classes, or two choices.
_RULES: tuple[tuple[str, str, str | None], ...] = (
    (r"[ts]ion", "SN", None), (r"[ct]ial", "SR", None), (r"[ts]ure(?![a-z])", "S", None), (r"sch", "SK", None),
    (r"tch", "S", None), (r"dg(?=e)", "S", None), (r"sc(?=[eiy])", "S", None), (r"ch", "S", "K"), (r"sh", "S", None),
    (r"ph", "P", None), (r"th", "S", "T"), (r"gh", "", None), (r"ck", "K", None), (r"qu", "K", None),
    (r"nge(?![a-z])", "NS", None), (r"ng(?=[lru])", "NK", None), (r"ng", "N", "NK"), (r"(?<![a-z])kn", "N", None),
    (r"(?<![a-z])wr", "R", None), (r"(?<![a-z])ps", "S", None), (r"mb(?![a-z])", "M", None), (r"c(?=[eiy])", "S", None),
    (r"c", "K", None), (r"g(?=[eiy])", "S", "K"), (r"g", "K", None), (r"rr?(?=[aiouy])", "R", None),
    (r"re(?=[a-z])", "R", None), (r"(?<![a-z])r", "R", None), (r"r", "", None), (r"(?<![a-z])h", "H", None),
    (r"h(?=[aeiou])", "H", ""),
    *((letter, sound, None) for letter, sound in _LETTERS.items()),
)  # fmt: skip
_SPOKEN = re.compile("|".join(f"({pattern})" for pattern, _, _ in _RULES))
_HANGUL = {
    **dict.fromkeys("ᄀᄁᄏᆨᆩᆿ", "K"), **dict.fromkeys("ᄂᆫᆼ", "N"), **dict.fromkeys("ᄃᄄᄐᆮᇀᆺᆻ", "T"),
    **dict.fromkeys("ᄅᆯ", "R"), **dict.fromkeys("ᄆᆷ", "M"), **dict.fromkeys("ᄇᄈᄑᆸᇁ", "P"),
    **dict.fromkeys("ᄉᄊᄌᄍᄎᆽᆾ", "S"), "ᄒ": "H",
}  # fmt: skip
_DOUBLED = re.compile(r"(.)\1+")


@lru_cache(100_000)
def sounds(word: str) -> tuple[str, ...]:
    """The consonants of a word as it may sound, in one way or two; () where there are too few to tell it by."""
    if is_hangul(word):
        found = {"".join(_HANGUL.get(letter, "") for letter in unicodedata.normalize("NFD", word))}
    elif word.isascii() and word.isalpha():
        found = {_spoken(word, second=False), _spoken(word, second=True)}
    else:
        return ()
    # No doubled sound is told from a single one, in either script.
    return tuple(sorted({key for key in (_DOUBLED.sub(r"\1", one) for one in found) if len(key) >= LEAST}))


def sound_number(sound: str) -> int:
    """A sound as a number for the index, never 0."""
    return zlib.crc32(sound.encode()) or 1


def _spoken(word: str, *, second: bool) -> str:
    spoken = []
    for match in _SPOKEN.finditer(word):
        _, sound, other = _RULES[(match.lastindex or 1) - 1]
        spoken.append(other if second and other is not None else sound)
    return "".join(spoken)
