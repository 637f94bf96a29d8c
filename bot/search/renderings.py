"""How terms are written in another script, learned from summaries that give both: `어텐션 싱크(attention sink)`. Pure."""

import re
from collections.abc import Iterable, Iterator

from bot.search.text import HAN_KANA, HANGUL, folded, without_ending, words

_NATIVE = rf"[{HANGUL}{HAN_KANA}]"
# Up to four words before the bracket; and what stands in it, in Latin letters.
_GIVEN = re.compile(
    rf"((?:{_NATIVE}[{HANGUL}{HAN_KANA}0-9]*[ \-]){{0,3}}{_NATIVE}+) ?"
    rf"\(([a-z][a-z0-9 \-']{{1,50}})(?:[,;:/][^()]{{0,40}})?\)"
)
# The other way round: `attention sink(어텐션 싱크)`.
_TURNED = re.compile(rf"\b([a-z][a-z0-9 \-']{{1,50}}) ?\(({_NATIVE}[{HANGUL}{HAN_KANA} ]{{1,30}})\)")
_MOST_WORDS = 4


def renderings(texts: Iterable[str]) -> set[tuple[str, str]]:
    """Pairs (native, English) of single-spaced folded words that these texts put beside each other.

    Where a term begins is not marked, so a native side is given in every length up to one word more than the English has;
    what is meant shows over many papers.
    """
    found: set[tuple[str, str]] = set()
    for text in texts:
        if "(" in text or "（" in text:
            plain = folded(text)
            for match in _GIVEN.finditer(plain):
                found.update(_pairs(match[1], match[2]))
            for match in _TURNED.finditer(plain):
                native = list(words(match[2]))
                english = list(words(match[1]))[-len(native) :]
                if english and native:
                    found.add((" ".join(native), " ".join(english)))
    return found


def _pairs(native: str, english: str) -> Iterator[tuple[str, str]]:
    right = list(words(english))
    left = native.replace("-", " ").split()
    # The last stands against the bracket and bears no particle, unless the writer put it there; both forms are kept.
    if not 0 < len(right) <= _MOST_WORDS:
        return
    for size in range(max(1, len(right) - 1), min(len(left), len(right) + 1) + 1):
        # With a particle inside it, it is a sentence and no term.
        inner = left[-size:-1]
        if any(without_ending(word) != word for word in inner):
            break
        yield " ".join((*inner, without_ending(left[-1]))), " ".join(right)
