"""Other ways of writing terms, learned from texts that give both. Pure.

In another script, `어텐션 싱크(attention sink)`, from summaries; as abbreviations, `Kolmogorov-Arnold Networks (KANs)`,
from all texts.
"""

import re
from collections.abc import Iterable, Iterator

from bot.search.terms import singular
from bot.search.text import HAN_KANA, HANGUL, STOP_WORDS, folded, without_ending, words

_NATIVE = rf"[{HANGUL}{HAN_KANA}]"
# Up to four words before the bracket; and what stands in it, in Latin letters.
_GIVEN = re.compile(
    rf"((?:{_NATIVE}[{HANGUL}{HAN_KANA}0-9]*[ \-]){{0,3}}{_NATIVE}+) ?"
    rf"\(([a-z][a-z0-9 \-']{{1,50}})(?:[,;:/][^()]{{0,40}})?\)"
)
# The other way round: `attention sink(어텐션 싱크)`.
_TURNED = re.compile(rf"\b([a-z][a-z0-9 \-']{{1,50}}) ?\(({_NATIVE}[{HANGUL}{HAN_KANA} ]{{1,30}})\)")
# A term and its initials, with at least two capitals among them.
_SHORTENED = re.compile(r"[ -]\(([A-Z][A-Za-z0-9-]*[A-Z][A-Za-z0-9-]*)\)")
_BEFORE = re.compile(r"(?:[A-Za-z][A-Za-z0-9-]*[ -]){1,8}$")
# Letters of the longest term of eight words.
_REACH = 120
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
                    found.add((" ".join(native), in_singular(english)))
    return found


def shortened(texts: Iterable[str]) -> set[tuple[str, str]]:
    """Pairs (initials, term without its grammar) that these texts put beside each other, folded and in the singular."""
    found: set[tuple[str, str]] = set()
    for text in texts:
        for match in _SHORTENED.finditer(text):
            before = _BEFORE.search(text, max(0, match.start() - _REACH), match.start() + 1)
            if before is None:
                continue
            short = singular(match[1].lower().replace("-", ""))
            parts = before[0].lower().replace("-", " ").split()
            for size in range(min(len(parts), len(short) + 2), 1, -1):
                term = [part for part in parts[-size:] if part not in STOP_WORDS]
                if short in {_initials(term), _initials(parts[-size:])} and parts[-size] not in STOP_WORDS:
                    found.add((short, in_singular(term)))
                    break
    return found


def in_singular(term: Iterable[str]) -> str:
    """Words as they are looked up here: single-spaced, English ones in the singular."""
    return " ".join(singular(word) for word in term)


def _initials(term: Iterable[str]) -> str:
    return "".join(word[0] for word in term)


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
        yield " ".join((*inner, without_ending(left[-1]))), in_singular(right)
