"""The field's topic words in Korean, Japanese and Chinese (glossary.tsv). Read once, then pure look-ups.

It stands in for a reader who knows both languages: it recognizes that a summary without any English term is about
watermarks or robots. It has no words of any particular paper.
"""

import re
from functools import lru_cache
from pathlib import Path

from bot.summaries.faithfulness.stems import stem

_FILE = Path(__file__).with_name("glossary.tsv")
_LANGUAGES = ("ko", "ja", "zh")
_NOT_HANGUL = re.compile("[^가-힣]+")


def spoken_of(text: str, language: str) -> dict[int, str]:
    """The topics that `text` names in `language`, as entry number → the rendering found; {} for a language not in it."""
    whole, beginning = _renderings(language.lower().split("-")[0])
    said = [rendering for rendering in whole if rendering in text]
    if beginning:
        spaced = " " + _NOT_HANGUL.sub(" ", text)
        said += [needle[1:] for needle in beginning if needle in spaced]
    found: dict[int, str] = {}
    for rendering in said:
        for line in whole.get(rendering) or beginning[" " + rendering]:
            found.setdefault(line, rendering)
    return found


@lru_cache(maxsize=1000)
def english_of(line: int) -> frozenset[str]:
    """The stems of an entry's English words."""
    return frozenset(map(stem, _entries()[line][0]))


@lru_cache(maxsize=1)
def topic_stems() -> frozenset[str]:
    """The stems of all English words here: the field's topics, which many papers share."""
    return frozenset(stem(word) for english, _ in _entries() for word in english)


@lru_cache(maxsize=1)
def _entries() -> tuple[tuple[tuple[str, ...], dict[str, tuple[str, ...]]], ...]:
    entries = []
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            english, *renderings = line.split("\t")
            by_language = {
                name: tuple(filter(None, said.split("|"))) for name, said in zip(_LANGUAGES, renderings, strict=True)
            }
            entries.append((tuple(english.split()), by_language))
    return tuple(entries)


@lru_cache(maxsize=len(_LANGUAGES) + 1)
def _renderings(language: str) -> tuple[dict[str, tuple[int, ...]], dict[str, tuple[int, ...]]]:
    """Every rendering of one language → its entries: those that count anywhere; with a space before, where a word begins.

    Korean words of two syllables count only where a word begins: inside one they are mostly parts of something else (`의미`
    in `유의미`).
    """
    whole: dict[str, tuple[int, ...]] = {}
    beginning: dict[str, tuple[int, ...]] = {}
    for line, (_, renderings) in enumerate(_entries() if language in _LANGUAGES else ()):
        for rendering in renderings[language]:
            is_short = language == "ko" and len(rendering) == 2
            kept, needle = (beginning, f" {rendering}") if is_short else (whole, rendering)
            kept[needle] = (*kept.get(needle, ()), line)
    return whole, beginning
