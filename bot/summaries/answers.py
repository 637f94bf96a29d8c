r"""Parses a language model's answer leniently into bullets. Pure: JSON in, bullets or a Fault out.

Models that are asked for JSON give it in code fences, with prose around it, with LaTeX whose backslashes break it
(`"\alpha"`) or are eaten by it (`"\text"` begins with a tab), as a list or a text instead of an object, or as Python.
Whether the content is true is checked in bot/summaries/faithfulness.
"""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Why an answer holds no bullets."""

    REFUSED = "refused"  # the model or its provider will not speak of this paper: asking again costs, and gives the same
    TRUNCATED = "truncated"
    EMPTY = "empty"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an answer cannot be used; `reason` is a sentence, for the log and for the model when it is asked again."""

    kind: Kind
    reason: str


# A reasoning model's thoughts, where a server leaves them in the answer.
_THOUGHTS = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_FENCED = re.compile(r"```[A-Za-z]*\s*\n(.*?)(?:```|\Z)", re.DOTALL)
# A backslash that JSON takes for what it is, or one that it does not, or that LaTeX meant: `\text`, `\beta`, `\nabla`.
_BACKSLASH = re.compile(
    r"""\\(?:[\\"/]|u[0-9a-fA-F]{4}|n(?!abla|eq\b|u\b|ot\b)|[bfrt](?![A-Za-z]))|(?P<lone>\\)""",
)
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_BULLET = re.compile(r"^\s*(?:[-*•◦·]|\d{1,2}[.)])\s+(?P<text>\S.*)$", re.MULTILINE)
_MARK = re.compile(r"^(?:[-•◦·]|\*(?!\*)|\d{1,2}[.)])\s+")
# Controls, half characters, and marks that turn the direction of all that follows.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffd]+")
# Keys that name nothing a reader needs.
_SILENT_KEYS = re.compile(
    r"(?:bullet|point|item|text|content|description|sentence|value|summary)s?[ _]?\d*|\d+", re.IGNORECASE
)
# A bullet is a sentence or two.
LONGEST = 700


def content_of(body: object) -> str | Fault:
    """The text of a chat completion (platform.openai.com/docs/api-reference/chat/object), or why there is none."""
    match body:
        case {"choices": [{"message": Mapping() as message, **choice}, *_]}:
            pass
        case {"error": error}:
            return Fault(Kind.UNREADABLE, f"The server answered with an error: {_told(error)}")
        case _:
            return Fault(Kind.UNREADABLE, "The server's answer is no chat completion.")
    finished = choice.get("finish_reason")
    if refusal := message.get("refusal"):
        return Fault(Kind.REFUSED, f"The model refused: {_told(refusal)}")
    if finished == "content_filter":
        return Fault(Kind.REFUSED, "The provider's content filter held the answer back.")
    if finished == "length":
        return Fault(Kind.TRUNCATED, "The answer was cut off before its end; write shorter sentences.")
    text = _THOUGHTS.sub("", _text(message.get("content"))).strip()
    return text or Fault(Kind.EMPTY, "The answer was empty.")


def bullets_of(text: str, labels: Mapping[str, str] | None = None) -> tuple[str, ...] | Fault:
    """The bullets in a model's answer. With `labels` (key → label), those three parts, each under its label."""
    value = _value(text)
    if labels:
        parts = _labelled(value, labels)
        return parts or Fault(Kind.UNREADABLE, f"The answer is no JSON object with the keys {', '.join(labels)}.")
    found = tuple(filter(None, map(cleaned, _bullets(value))))
    if value is None and not found:
        found = tuple(filter(None, (cleaned(match["text"]) for match in _BULLET.finditer(text))))
    if not found:
        return Fault(Kind.UNREADABLE, 'The answer is no JSON object of the form {"bullets": ["…", "…"]}.')
    if longest := next((bullet for bullet in found if len(bullet) > LONGEST), ""):
        return Fault(Kind.UNREADABLE, f"A bullet has {len(longest)} characters; one or two sentences are enough.")
    return found


def cleaned(bullet: str) -> str:
    """One bullet as a line of prose: no list mark, no bold, no control or broken character."""
    return _MARK.sub("", " ".join(_CONTROL.sub(" ", bullet).replace("**", "").split()))


def _text(content: object) -> str:
    if isinstance(content, list):
        # Some servers give parts: [{"type": "text", "text": "…"}].
        return "".join(str(part.get("text", "")) for part in content if isinstance(part, Mapping))
    return content if isinstance(content, str) else ""


def _value(text: str) -> object:
    """The JSON in `text`, or None: as it stands, out of its fence, from its first bracket on, with its faults mended."""
    fenced = _FENCED.search(text)
    for candidate in (text, fenced[1] if fenced else ""):
        mended = _BACKSLASH.sub(lambda found: "\\\\" if found["lone"] else found[0], candidate.strip())
        for start in _starts(mended):
            for written in (mended[start:], _TRAILING_COMMA.sub("", mended[start:])):
                try:
                    # What stands behind is prose; a line break inside a text is a line break.
                    return json.JSONDecoder(strict=False).raw_decode(written)[0]
                except (ValueError, RecursionError):
                    continue
        try:
            # Python's spelling: single quotes.
            return ast.literal_eval(candidate.strip())
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
    return None


def _starts(text: str) -> Iterator[int]:
    """Where JSON may begin; a few places are enough, and bound the work on nonsense."""
    if text.startswith('"'):
        yield 0
    for count, found in enumerate(re.finditer(r"[\[{]", text)):
        if count == 5:
            return
        yield found.start()


def _bullets(value: object) -> Iterator[str]:
    match value:
        case str():
            marked = [match["text"] for match in _BULLET.finditer(value)]
            yield from marked or value.splitlines()
        case [*items]:
            for item in items:
                yield _line(item)
        case {"bullets": inner} if inner:
            yield from _bullets(inner)
        case Mapping() if len(value) == 1:
            yield from _bullets(next(iter(value.values())))
        case Mapping():
            yield from (_pair(key, inner) for key, inner in value.items())


def _labelled(value: object, labels: Mapping[str, str]) -> tuple[str, ...]:
    if isinstance(value, Mapping) and len(value) == 1 and not labels.keys() & value.keys():
        value = next(iter(value.values()))
    if isinstance(value, list) and len(value) == len(labels):
        value = dict(zip(labels, value, strict=True))
    if not isinstance(value, Mapping) or not labels.keys() <= value.keys():
        return ()
    said = {key: cleaned(_line(value[key])) for key in labels}
    return tuple(f"**{labels[key]}**: {text}" for key, text in said.items()) if all(said.values()) else ()


def _line(item: object) -> str:
    match item:
        case Mapping():
            return "; ".join(filter(None, (_pair(key, inner) for key, inner in item.items())))
        case list():
            return "; ".join(filter(None, map(_line, item)))
        case None | bool():
            return ""
    return str(item)


def _pair(key: object, inner: object) -> str:
    said = _line(inner)
    return said if not said or _SILENT_KEYS.fullmatch(str(key).strip()) else f"{key}: {said}"


def _told(error: object) -> str:
    said = error.get("message", "") if isinstance(error, Mapping) else error
    return " ".join(str(said).split())[:200]
