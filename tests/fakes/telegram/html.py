"""Telegram's HTML (core.telegram.org/bots/api#html-style): by TDLib itself where `tdjson` is installed, else by its rules.

Both refuse the same texts; a test holds them together.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from bot.message import utf16_length
from tests.fakes.telegram.failures import Refusal, bad_request

Parsed = tuple[str, list[dict[str, Any]]]

# TDLib's MessageEntity.cpp, parse_html: the tags it knows, by the entity that they make.
_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}  # decode_html_entity: no other names
_ENTITY = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-zA-Z]+));?")
_START = re.compile(r"<([^\s>]*)((?:\s+[a-zA-Z-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[a-zA-Z0-9.-]+))?)*)\s*>")
_END = re.compile(r"</([^\s>]*)\s*>")
_ATTRIBUTE = re.compile(r"([a-zA-Z-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([a-zA-Z0-9.-]+)))?")


def parse_html(text: str) -> Parsed:
    """The text and its entities, in UTF-16 units; raises Refusal where Telegram answers "can't parse entities"."""
    return _PARSER(text)


def tdlib_parser() -> Callable[[str], Parsed] | None:
    """TDLib's `parseTextEntities`, or None where the package is not installed."""
    try:
        import tdjson
    except ImportError:
        return None

    def ask(**request: object) -> dict[str, Any]:
        answer = tdjson.td_execute(json.dumps(request).encode())
        read: dict[str, Any] = json.loads(answer or b"{}")
        return read

    ask(**{"@type": "setLogVerbosityLevel", "new_verbosity_level": 0})

    def parse(text: str) -> Parsed:
        answer = ask(**{"@type": "parseTextEntities", "text": text, "parse_mode": {"@type": "textParseModeHTML"}})
        if answer["@type"] == "error":
            message = answer["message"]
            # telegram-bot-api lower-cases the first letter of TDLib's sentences (Client.cpp, fail_query_with_error).
            raise bad_request(message[0].lower() + message[1:])
        return answer["text"], sorted(map(_tdlib_entity, answer["entities"]), key=_order)

    return parse


def _tdlib_entity(entity: dict[str, Any]) -> dict[str, Any]:
    kind = entity["type"]["@type"].removeprefix("textEntityType")
    name = {"TextUrl": "text_link", "BlockQuote": "blockquote"}.get(kind, kind.lower())
    made: dict[str, Any] = {"type": name, "offset": entity["offset"], "length": entity["length"]}
    if name == "text_link":
        made["url"] = entity["type"]["url"]
    return made


def own_parser(text: str) -> Parsed:
    """The same rules in Python, for machines without `tdjson`: the tags a bot sends, every refusal of the others."""
    written: list[str] = []
    entities: list[dict[str, Any]] = []
    opened: list[tuple[str, int, int, str | None]] = []
    units = 0
    for piece, tag, attributes, ends in _pieces(text):
        if tag is None:
            written.append(piece)
            units += utf16_length(piece)
        elif not ends:
            opened.append((tag, units, len(written), attributes.get("href") if tag == "a" else None))
        else:
            if not opened:
                raise bad_request("can't parse entities: Unexpected end tag")
            name, offset, place, href = opened.pop()
            if tag not in {name, ""}:
                raise bad_request(f"can't parse entities: Unmatched end tag, expected </{name}>, found </{tag}>")
            if units > offset:
                entities += _entity(name, offset, units - offset, href or "".join(written[place:]))
    if opened:
        raise bad_request(f"can't parse entities: Can't find end tag corresponding to start tag \"{opened[-1][0]}\"")
    return "".join(written), sorted(entities, key=_order)


def _entity(tag: str, offset: int, length: int, href: str) -> Iterator[dict[str, Any]]:
    made: dict[str, Any] = {"type": _TAGS[tag], "offset": offset, "length": length}
    if tag == "a":
        # An address that TDLib cannot read makes no entity; one without a path gets "/" (LinkManager::get_checked_link).
        parts = urlsplit(href)
        if parts.scheme not in {"http", "https"} or "." not in (parts.hostname or ""):
            return
        made["url"] = href if parts.path else parts._replace(path="/").geturl()
    yield made


def _pieces(text: str) -> Iterator[tuple[str, str | None, dict[str, str], bool]]:
    """Texts (with no tag) and tags, decoded, in order."""
    position = 0
    while position < len(text):
        if text[position] != "<":
            until = text.find("<", position)
            until = len(text) if until < 0 else until
            yield _decoded(text[position:until]), None, {}, False
            position = until
            continue
        ends = text.startswith("</", position)
        match = (_END if ends else _START).match(text, position)
        tag = match[1].lower() if match else ""
        if match is None or (tag not in _TAGS and not (ends and not tag)):
            raise bad_request(f'can\'t parse entities: Unsupported start tag "{tag}" at byte offset {position}')
        attributes = {} if ends else _attributes(match[2])
        if tag == "span" and not ends and attributes.get("class") != "tg-spoiler":
            raise bad_request('can\'t parse entities: Tag "span" must have class "tg-spoiler"')
        yield "", tag, attributes, ends
        position = match.end()


def _attributes(text: str) -> dict[str, str]:
    return {match[1].lower(): _decoded(match[2] or match[3] or match[4] or "") for match in _ATTRIBUTE.finditer(text)}


def _decoded(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        if match[3]:
            return _NAMED.get(match[3], match[0])
        code = int(match[1], 16) if match[1] else int(match[2])
        if code == 0 or code > 0x10FFFF:
            return match[0]
        if 0xD800 <= code <= 0xDFFF:
            raise bad_request("can't parse entities: Text contains invalid Unicode characters after decoding")
        return chr(code)

    return _ENTITY.sub(one, text)


def _order(entity: dict[str, Any]) -> tuple[int, int, str]:
    return entity["offset"], -entity["length"], entity["type"]


_PARSER = tdlib_parser() or own_parser

# TDLib's misc.cpp, clean_input_string: removed, and never counted.
_REMOVED = re.compile("[\x00-\x08\x0b-\x1f\u2028-\u202e]|[\u033f\u030a\u0333]")


def accepted(text: str, entities: list[dict[str, Any]]) -> Parsed:
    """What stands in the chat of a parsed text: trimmed, within 4,096 units; raises Refusal."""
    kept = _REMOVED.sub(lambda found: " " if found[0] == "\t" else "", text)
    trimmed = kept.strip(" \n\t")
    # core.telegram.org/bots/api#sendmessage: "1-4096 characters after entities parsing". Client.cpp, MESSAGE_EMPTY.
    if not trimmed:
        raise bad_request("message text is empty")
    if utf16_length(trimmed) > 4096:  # Client.cpp, MESSAGE_TOO_LONG
        raise bad_request("message is too long")
    cut = utf16_length(kept) - utf16_length(kept.lstrip(" \n\t"))
    return trimmed, [entity | {"offset": max(0, entity["offset"] - cut)} for entity in entities[:100]]


__all__ = ["Refusal", "accepted", "own_parser", "parse_html", "tdlib_parser"]
