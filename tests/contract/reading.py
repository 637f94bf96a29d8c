"""What a reader sees of what a platform holds: the words without the platform's marks, and the links. Pure; no adapter here.

A mark that an adapter left unescaped disappears here as it does in the platform's clients, so lost words are noticed.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

ADDRESS = re.compile(r"https?://[^\s<>\\]+")


@dataclass(frozen=True)
class Shown:
    """One message as it stands in a chat. `silent` is None where the platform rings for nothing."""

    text: str
    links: tuple[str, ...] = ()
    silent: bool | None = None
    external_id: str = ""

    def says(self, text: str) -> bool:
        """Whether everything of `text` that can be seen stands here, in one piece."""
        return visible(text) in visible(self.text)


class _Ink(dict[int, int | None]):
    """For str.translate: what leaves no ink is deleted; each character is looked up once."""

    def __missing__(self, code: int) -> int | None:
        self[code] = None if unicodedata.category(chr(code))[0] in "CZ" else code
        return self[code]


# TDLib's misc.cpp, clean_input_string ("remove vertical lines"): Telegram shows these combining marks to nobody.
_INK = _Ink({0x33F: None, 0x30A: None, 0x333: None})
# How the character before them is drawn; alone they are nothing (Unicode Standard 23.4).
_INK |= dict.fromkeys(range(0xFE00, 0xFE10))


def visible(text: str) -> str:
    """The characters of `text` that leave ink, where it is broken into lines or not; the same letter written in two ways once."""
    return unicodedata.normalize("NFC", text).translate(_INK)


def of_lines(text: str) -> Shown:
    """Of plain lines, as a terminal's pipe or a file holds them."""
    return Shown(text, tuple(ADDRESS.findall(text)))


def of_telegram(
    text: str, entities: Iterable[Mapping[str, Any]], buttons: Iterable[str], *, silent: bool, number: int
) -> Shown:
    """Of a text and its entities, as Telegram's parser gave them back."""
    linked = [str(entity["url"]) for entity in entities if entity["type"] == "text_link"]
    opened = [one for one in buttons if ADDRESS.match(one)]  # the others come back to the bot
    return Shown(text, (*linked, *ADDRESS.findall(text), *opened), silent, str(number))


def of_discord(message: Mapping[str, Any], *, external_id: str = "") -> Shown:
    """Of a message's JSON, with its Markdown shown as Discord's clients show it."""
    texts, links = [], []
    content, found = markdown(str(message.get("content") or ""))
    texts.append(content)
    links += found
    for embed in message.get("embeds") or ():
        title, _ = markdown(embed.get("title", ""), blocks=False)
        description, found = markdown(embed.get("description", ""))
        texts += [title, description, (embed.get("footer") or {}).get("text", "")]
        links += [*filter(None, [embed.get("url")]), *found]
    for row in message.get("components") or ():
        texts += [part["label"] for part in row["components"]]
        links += [part["url"] for part in row["components"] if "url" in part]
    silent = bool(message.get("flags", 0) & 1 << 12)
    return Shown("\n".join(filter(None, texts)), tuple(links), silent, external_id)


# discord.com's "Markdown Text 101" (support.discord.com/hc/en-us/articles/210298617): marks at the beginning of a line …
_BLOCK = re.compile(r"(?m)^(?:#{1,3} |-# |>>> |> |[-*+] )")
# … and inside it, each as the clients' parser tries them: escapes first, then what is not formatted, then pairs of marks.
_INLINE = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|(?P<address>https?://[^\s<>\\]*[\w/])"
    r"|\[(?P<label>(?:\\.|[^\[\]\\])+)\]\((?P<target>https?://[^\s()]+)\)"
    r"|```(?P<block>.+?)```|`(?P<code>[^`]+)`"
    r"|<(?:@[!&]?|#|t:|a?:\w+:)[\d:RtTdDfF]+>|@(?P<ping>everyone|here)|:\w+:"
    r"|(?P<mark>\*\*|__|~~|\|\||\*)(?P<inner>(?:\\.|.)+?)(?P=mark)"
    r"|(?<!\w)_(?P<slanted>(?:\\.|[^\\_])+?)_(?!\w)",
    re.DOTALL,
)


def markdown(text: str, *, blocks: bool = True) -> tuple[str, list[str]]:
    """What is seen of Discord's Markdown, and where its links lead. A title (`blocks` false) has no links and no lists."""
    links: list[str] = []

    def one(found: re.Match[str]) -> str:
        if found["escaped"]:
            return found["escaped"]
        if found["address"]:
            links.append(found["address"])
            return found["address"]
        if found["target"]:
            if not blocks:
                return found[0]
            links.append(found["target"])
            return _INLINE.sub(one, found["label"])
        if found["ping"]:
            raise AssertionError(f"everybody is called by {text!r}")
        inner = found["inner"] or found["slanted"]
        return _INLINE.sub(one, inner) if inner else found["block"] or found["code"] or "\N{OBJECT REPLACEMENT CHARACTER}"

    return _INLINE.sub(one, _BLOCK.sub("", text) if blocks else text), links
