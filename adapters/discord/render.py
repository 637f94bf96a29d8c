"""A neutral message as Discord shows it: text, or an embed with buttons. Pure; sending is in `send` and `replies`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, groupby
from typing import Any
from urllib.parse import urlsplit

from adapters.discord import escape
from bot.message import NESTED, Button, Entry, File, Message, fitted, shortened, utf16_length

# discord.com/developers/docs/resources/message#embed-object-embed-limits, and the create-message page for the content.
# Discord's API counts code points (its staff, discord-api-docs issue 1315), its clients' boxes UTF-16 units; units are
# never fewer than points, so what fits in units fits in both.
CONTENT = 2000
TITLE = 256
DESCRIPTION = 4096
FOOTER = 2048
EMBEDS_TOTAL = 6000
URL = 2048
ATTACHMENT_DESCRIPTION = 1024  # discord.com/developers/docs/resources/message#attachment-object
# discord.com/developers/docs/components/reference#button: 5 a row, 5 rows a message; a custom_id has up to 100 characters,
# more than an action has bytes, and must not stand twice in a message.
BUTTON_LABEL = 80
BUTTON_URL = 512
BUTTONS_A_ROW = 5
ROWS = 5
BUTTONS = 25
# discord.com/developers/docs/resources/channel#start-thread-in-forum-or-media-channel
POST_NAME = 100

# discord.com/developers/docs/resources/message#message-object-message-flags
SUPPRESS_EMBEDS = 1 << 2
EPHEMERAL = 1 << 6
SUPPRESS_NOTIFICATIONS = 1 << 12

# A calm blue-grey at the embed's edge.
_COLOUR = 0x5B7FA6


@dataclass(frozen=True, slots=True)
class DiscordText:
    """What Discord is given. `name` is what a forum post that begins with this message is called; `file` goes beside."""

    content: str = ""
    embed: dict[str, Any] | None = field(default=None, hash=False)
    buttons: tuple[Button, ...] = ()
    name: str = ""
    flags: int = 0
    file: File | None = None
    seen: str = ""  # what the file shows, where it is a picture

    def payload(self) -> dict[str, Any]:
        """The JSON of a message, without its nonce. Nobody is ever mentioned by it."""
        made: dict[str, Any] = {"allowed_mentions": {"parse": []}}
        if self.content:
            made["content"] = self.content
        if self.embed is not None:
            made["embeds"] = [self.embed]
        if self.buttons:
            made["components"] = _rows(self.buttons)
        if self.flags:
            made["flags"] = self.flags
        if self.file is not None and self.seen:
            # docs/reference#uploading-files; the description is what screen readers say.
            made["attachments"] = [{"id": 0, "filename": self.file.name, "description": self.seen}]
        return made


def render(message: Message, *, plain: bool = False) -> DiscordText:
    """`message` within all of Discord's limits; authors are cut first (bot.message.fitted).

    A message that only says something is text, which a push notification can show; one with a link, a picture, a list or
    buttons is an embed. With `plain` it is text whatever it holds, without buttons, for after Discord refused it once.
    """
    name = shortened(escape.clean(message.heading), POST_NAME) or "Daily Papers"
    silence = SUPPRESS_NOTIFICATIONS if message.silent else 0
    if plain or not _needs_embed(message):
        shown = fitted(message, lambda one: utf16_length(_content(one, addresses=plain)) - CONTENT)
        content = _content(shown, addresses=plain) or "…"
        if utf16_length(content) > CONTENT:  # nothing more could give way: an address of 2,000 characters, perhaps
            content = shortened(content, CONTENT)
        flags = silence | (SUPPRESS_EMBEDS if plain else 0)
        return _with_file(DiscordText(content=content, name=name, flags=flags), message, plain=plain)
    shown = fitted(message, _excess)
    return _with_file(
        DiscordText(embed=_embed(shown), buttons=_buttons(message.buttons), name=name, flags=silence), message, plain=plain
    )


def _with_file(text: DiscordText, message: Message, *, plain: bool) -> DiscordText:
    """`text` with the message's file, or else its own picture: in the embed where there is one, else below the words."""
    if message.file is not None or message.image is None or plain:
        return replace(text, file=message.file)
    seen = shortened(escape.clean(message.heading), ATTACHMENT_DESCRIPTION) or "…"
    embed = text.embed and text.embed | {"image": {"url": f"attachment://{message.image.name}"}}
    return replace(text, file=message.image, seen=seen, embed=embed)


def _needs_embed(message: Message) -> bool:
    if message.link or message.picture or message.entries or message.buttons or message.authors:
        return True
    return utf16_length(_content(message)) > CONTENT


# --- Text -------------------------------------------------------------------------------------------------------------


def _content(message: Message, *, addresses: bool = False) -> str:
    heading = f"**{escape.markdown(message.heading)}**" if message.heading.strip() else ""
    if addresses and message.link:
        heading = f"{heading}\n{escape.address(message.link)}".strip()
    footer = f"-# {escape.markdown(message.footer)}" if message.footer.strip() else ""
    return "\n".join(filter(None, (heading, _body(message), footer))).strip()


def _body(message: Message) -> str:
    """Facts and authors, paragraphs, bullets, code and entries, with an empty line between these groups."""
    groups = [
        [escape.markdown(message.facts), _authors(message)],
        [escape.lines(paragraph) for paragraph in message.paragraphs],
        [_bullet(bullet) for bullet in message.bullets if bullet.strip()],
        [escape.code(message.code)],
        [_entry(entry) for entry in message.entries],
    ]
    return "\n\n".join("\n".join(filter(None, group)) for group in groups if any(group))


def _bullet(text: str) -> str:
    nested = text.startswith(NESTED)
    return f"  - {escape.markdown(text.removeprefix(NESTED))}" if nested else f"- {escape.markdown(text)}"


def _authors(message: Message) -> str:
    names = message.authors.text() if message.authors else ""
    return f"{escape.markdown(message.authors.label)}: {escape.markdown(names)}" if message.authors and names else ""


def _entry(entry: Entry) -> str:
    facts = escape.markdown(entry.facts)
    # A masked link that leads nowhere is shown with its brackets.
    title = escape.link(entry.title, entry.link) if entry.link else escape.markdown(entry.title)
    return f"{entry.number}. {title}" + (f" · {facts}" if facts else "")


# --- Embed ------------------------------------------------------------------------------------------------------------


def _embed(message: Message) -> dict[str, Any]:
    made: dict[str, Any] = {"color": _COLOUR}
    if title := _title(message.heading):
        made["title"] = title
        if message.link and _is_address(message.link, ("https", "http"), URL):
            made["url"] = message.link
    if body := _body(message):
        made["description"] = body
    if footer := shortened(escape.clean(message.footer), FOOTER):
        made["footer"] = {"text": footer}
    if message.picture and _is_address(message.picture, ("https",), URL):
        made["image"] = {"url": message.picture}
    if not {"title", "description", "image"} & made.keys():
        made["description"] = "…"
    return made


def _title(heading: str) -> str:
    """The heading escaped and within the limit, which counts the backslashes."""
    room, text = TITLE, escape.clean(heading)
    title = escape.embed_title(shortened(text, room))
    while utf16_length(title) > TITLE:
        room -= max(1, (utf16_length(title) - TITLE) // 2)  # each character costs two at most
        title = escape.embed_title(shortened(text, room))
    return title


def embed_units(embed: dict[str, Any]) -> int:
    """What an embed takes of the 6,000 that all embeds of a message share."""
    texts = (embed.get("title", ""), embed.get("description", ""), embed.get("footer", {}).get("text", ""))
    return sum(utf16_length(text) for text in texts)


def _excess(message: Message) -> int:
    embed = _embed(message)
    return max(utf16_length(embed.get("description", "")) - DESCRIPTION, embed_units(embed) - EMBEDS_TOTAL)


# --- Buttons ----------------------------------------------------------------------------------------------------------


def _buttons(buttons: Sequence[Button]) -> tuple[Button, ...]:
    """Those that Discord takes: with a label, and an https address or an action. One bad one would refuse the message."""
    kept: list[Button] = []
    for button in buttons:
        label = shortened(escape.clean(button.label), BUTTON_LABEL)
        acts = button.acts and button.action not in {one.action for one in kept}
        if label and (acts or _is_address(button.url, ("https",), BUTTON_URL)):
            kept.append(replace(button, label=label))
    return tuple(kept[:BUTTONS])


def _in_rows(buttons: Sequence[Button]) -> Iterator[Sequence[Button]]:
    """Links first, then what comes back to the bot: its own rows, broken where Discord has no more room in one."""
    links = [button for button in buttons if not button.acts]
    actions = [button for button in buttons if button.acts]
    for _, row in chain([("", iter(links))], groupby(actions, key=lambda button: button.row)):
        together = list(row)
        yield from (together[at : at + BUTTONS_A_ROW] for at in range(0, len(together), BUTTONS_A_ROW))


def _rows(buttons: Sequence[Button]) -> list[dict[str, Any]]:
    """Rows (component type 1) of buttons (type 2): links (style 5), and secondary ones (style 2) that come back."""
    rows = [
        [
            {"type": 2, "style": 2, "label": button.label, "custom_id": button.action}
            if button.acts
            else {"type": 2, "style": 5, "label": button.label, "url": button.url}
            for button in row
        ]
        for row in _in_rows(buttons)
    ]
    return [{"type": 1, "components": parts} for parts in rows[:ROWS]]


def _is_address(url: str, schemes: tuple[str, ...], most: int) -> bool:
    """Whether Discord takes `url`: one that it does not would refuse the whole message ("Not a well formed URL.")."""
    if len(url) > most or not re.fullmatch(r"[a-z]+://[^\s<>\\\ud800-\udfff]+", url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, a broken IPv6 address
        return False
