"""What topic words of this field are called in Korean, Japanese and Chinese (glossary.tsv). Read once, then pure look-ups.

It stands for a reader who knows both languages: a summary that never writes an English term can still be seen to speak of
watermarks or of robots. It holds no words of any particular paper.
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
    renderings = _renderings(language.lower().split("-")[0])
    if not renderings:
        return {}
    # Korean words of two syllables count only where a word begins: inside one they are mostly parts of something else
    # (`의미` in `유의미`). So every word has a space before it, and renderings of two syllables are looked for with one.
    spaced = " " + _NOT_HANGUL.sub(" ", text) if language.lower().startswith("ko") else ""
    found: dict[int, str] = {}
    for rendering, lines in renderings.items():
        if (f" {rendering}" in spaced) if spaced and len(rendering) == 2 else (rendering in text):
            for line in lines:
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
def _renderings(language: str) -> dict[str, tuple[int, ...]]:
    """Every rendering of one language → its entries."""
    if language not in _LANGUAGES:
        return {}
    lines: dict[str, tuple[int, ...]] = {}
    for line, (_, renderings) in enumerate(_entries()):
        for rendering in renderings[language]:
            lines[rendering] = (*lines.get(rendering, ()), line)
    return lines
