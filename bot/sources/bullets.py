"""Makes an archive's bullets readable: repairs LaTeX that lost its backslashes, turns lists and dicts into lines. Pure."""

import ast
import re
from collections.abc import Iterable, Iterator

# A program wrote "\text" and "\benchmark" through a string that took the backslash and the letter for one character.
_EATEN = {"\a": r"\a", "\b": r"\b", "\t": r"\t", "\v": r"\v", "\f": r"\f", "\r": r"\r"}
_EATEN_LETTER = re.compile("[\a\b\t\v\f\r](?=[A-Za-z])")
_LITERAL = re.compile(r"(?P<label>\*\*[^*]+\*\*\s*:|[^\[{:]{0,60}:)?\s*(?P<literal>[\[{].*[\]}])", re.DOTALL)
# Keys that name nothing a reader needs.
_SILENT_KEYS = frozenset({"description", "text", "content", "detail", "details", "value"})


def restored(text: str) -> str:
    """`text` with the LaTeX commands put back whose first letter an escape has eaten, and other tabs as spaces."""
    return _EATEN_LETTER.sub(lambda eaten: _EATEN[eaten[0]], text).replace("\t", " ")


def readable(bullet: str) -> str:
    """One bullet; where a list or a dict stands instead of prose, its items as nested lines, `  - Key: value`."""
    found = _LITERAL.fullmatch(bullet.strip(" "))
    if found is not None:
        try:
            value = ast.literal_eval(found["literal"])
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            value = None
        lines = [" ".join(restored(line).split()) for line in _lines(value)] if isinstance(value, list | dict) else []
        if lines:
            label = (found["label"] or "").strip()
            return "\n".join([label, *(f"  - {line}" for line in lines)]) if label else "\n  - ".join(lines)
    return restored(bullet)


def joined(lines: Iterable[str]) -> str:
    """A bullet of its own line and those that belong to it."""
    return "\n".join(line.rstrip(" ") for line in lines)


def language_of(bullets: Iterable[str]) -> str:
    """The language that bullets are written in, by their script: `ko`, `ja`, `zh-Hans`, else `en`."""
    text = "".join(bullets)
    if re.search(r"[\uac00-\ud7a3]", text):
        return "ko"
    if re.search(r"[\u3041-\u30fe]", text):
        return "ja"
    return "zh-Hans" if re.search(r"[\u4e00-\u9fff]", text) else "en"


def _lines(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            said = _inline(inner)
            yield said if str(key).strip().lower() in _SILENT_KEYS else f"{key}: {said}"
    elif isinstance(value, list | tuple | set):
        for inner in value:
            if isinstance(inner, dict | list):
                yield from _lines(inner)
            else:
                yield _inline(inner)


def _inline(value: object) -> str:
    if isinstance(value, dict | list | tuple | set):
        return "; ".join(_lines(value))
    return str(value).strip()
