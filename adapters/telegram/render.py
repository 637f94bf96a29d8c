"""A Message in Telegram's form: HTML, a picture above it, buttons under it. Pure; does not use python-telegram-bot.

The text is limited to 4,096 UTF-16 units and 100 entities, counted after parsing (core.telegram.org/bots/api#sendmessage,
core.telegram.org/bots/api#formatting-options); what is left out is decided in bot.message.fitted.
"""

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby, islice

from adapters.telegram.links import https_url
from bot.message import NESTED, Button, Entry, Message, Names, fitted, shortened, utf16_length

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024  # core.telegram.org/bots/api#senddocument, #sendphoto
ENTITY_LIMIT = 100  # Telegram shows no format past the hundredth entity
MOST_BUTTONS = 40  # 100 are possible; more than these nobody finds their way through
# TDLib, ReplyMarkup.cpp: an inline keyboard's row has up to eight; on a phone more than that could not be hit.
_MOST_IN_A_ROW = 8
# Buttons of a row are equally wide, and a label that is too long for its button is cut in the middle. On a phone of 360
# points a keyboard is some 300 wide: room for 40 narrow letters, or half as many of Korean or Chinese.
_CELLS_OF_A_ROW = 40
_LABEL_LIMIT = 64
_FACTS_LIMIT = 1000

# Telegram removes most of these itself (TDLib, clean_input_string), so its count of units would differ from ours; the
# overrides and isolates of direction (202A to 202E, 2066 to 2069) would turn the rest of a line around.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
# Combining marks that Telegram removes too (same place, "vertical lines"), the ring of a decomposed å among them: letters
# that can be written as one character are, and keep it.
_REMOVED_MARKS = re.compile("[\u030a\u0333\u033f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class TelegramText:
    """The arguments of `sendMessage`. Without `html` no parse mode; `picture` becomes a large preview above the text."""

    text: str
    html: bool = True
    picture: str | None = None
    keyboard: tuple[tuple[Button, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class _Run:
    text: str
    tag: str = ""
    link: str | None = None

    def html(self) -> str:
        written = html.escape(self.text, quote=False)
        if self.link:
            written = f'<a href="{html.escape(self.link)}">{written}</a>'
        return f"<{self.tag}>{written}</{self.tag}>" if self.tag and self.text else written


_Line = tuple[_Run, ...]
_Block = tuple[_Line, ...]


def rendered(message: Message, *, plain: bool = False) -> TelegramText:
    """`message` for Telegram, within its limits, never empty; `plain` has no format, and its links are written out."""
    limit = TEXT_LIMIT if message.file is None else CAPTION_LIMIT
    message = _cleaned(message)
    if plain:
        message = fitted(message, lambda one: utf16_length(_plain_text(one)) - limit)
        return TelegramText(_seen(shortened(_plain_text(message), limit)), html=False)
    message = fitted(message, lambda one: utf16_length(_text(_blocks(one))) - limit)
    blocks = _blocks(message)
    if utf16_length(_text(blocks)) > limit or not _is_seen(_text(blocks)):
        return TelegramText(
            _seen(shortened(_text(blocks), limit)), html=False, picture=message.picture, keyboard=_rows(message)
        )
    return TelegramText(_html(blocks), picture=message.picture, keyboard=_rows(message))


def captioned(message: Message) -> TelegramText | None:
    """`message` as the caption of its picture; None if it does not fit completely."""
    message = _cleaned(message)
    blocks = _blocks(message)
    if not 0 < utf16_length(_text(blocks)) <= CAPTION_LIMIT or not _is_seen(_text(blocks)):
        return None
    return TelegramText(_html(blocks), keyboard=_rows(message))


# --- What is said, in blocks of lines ---------------------------------------------------------------------------------


def _blocks(message: Message) -> tuple[_Block, ...]:
    head = tuple(line for line in (_heading(message), _facts(message), _authors(message)) if line)
    paragraphs = tuple(((_Run(text),),) for text in message.paragraphs if text)
    bullets = tuple((_Run(_bullet(text)),) for text in message.bullets if text)
    code = ((_Run(message.code, "pre"),),) if message.code else ()
    # The heading, the code and the footer have four entities at most; each entry has one.
    linked = ENTITY_LIMIT - 4
    entries = tuple(_entry(entry, linked=place < linked) for place, entry in enumerate(message.entries))
    footer = ((_Run(message.footer, "i"),),) if message.footer else ()
    return tuple(block for block in (head, *paragraphs, bullets, code, entries, footer) if block)


def _heading(message: Message) -> _Line:
    return (_Run(message.heading, "b", message.link),) if message.heading else ()


def _facts(message: Message) -> _Line:
    return (_Run(message.facts),) if message.facts else ()


def _authors(message: Message) -> _Line:
    names = message.authors.text() if message.authors else ""
    if not message.authors or not names:
        return ()
    return (_Run(f"{message.authors.label}: {names}" if message.authors.label else names),)


def _entry(entry: Entry, *, linked: bool) -> _Line:
    facts = f" · {entry.facts}" if entry.facts else ""
    return (_Run(f"{entry.number}. "), _Run(entry.title, link=entry.link if linked else None), _Run(facts))


def _html(blocks: tuple[_Block, ...]) -> str:
    return "\n\n".join("\n".join("".join(run.html() for run in line) for line in block) for block in blocks)


def _bullet(text: str) -> str:
    return f"   {text}" if text.startswith(NESTED) else f"• {text}"


def _text(blocks: tuple[_Block, ...]) -> str:
    return "\n\n".join("\n".join("".join(run.text for run in line) for line in block) for block in blocks)


def _plain_text(message: Message) -> str:
    """Everything as it stands, links on lines of their own: for a message whose format Telegram refused."""
    head = "\n".join(filter(None, (message.heading, message.link, message.facts, _text(((_authors(message),),)))))
    bullets = "\n".join(_bullet(text) for text in message.bullets if text)
    entries = "\n".join(
        _text(((_entry(entry, linked=False),),)) + (f"\n{entry.link}" if entry.link else "") for entry in message.entries
    )
    buttons = "\n".join(f"{one.label}: {one.url}" for one in message.buttons if one.url and one.url != message.link)
    return "\n\n".join(filter(None, (head, *message.paragraphs, bullets, message.code, entries, message.footer, buttons)))


def _rows(message: Message) -> tuple[tuple[Button, ...], ...]:
    """Links first, then what comes back to the bot, in rows of its own."""
    links = [button for button in message.buttons if not button.acts]
    actions = [button for button in message.buttons if button.acts]
    together = (list(row) for _, row in groupby(actions, key=lambda button: button.row))
    return (*_rows_of(links), *(part for row in together for part in _wide_enough(row)))


def _wide_enough(buttons: list[Button]) -> Iterator[tuple[Button, ...]]:
    """A row, broken where its labels could not be read on a phone."""
    row: list[Button] = []
    for button in buttons:
        widest = max(_cells(one.label) for one in (*row, button))
        if row and (len(row) == _MOST_IN_A_ROW or widest >= _CELLS_OF_A_ROW // (len(row) + 1)):
            yield tuple(row)
            row = []
        row.append(button)
    if row:
        yield tuple(row)


@lru_cache(maxsize=512)
def _cells(label: str) -> int:
    """The width of a label in narrow letters."""
    return len(label) if label.isascii() else sum(2 if unicodedata.east_asian_width(ch) in "WF" else 1 for ch in label)


def _rows_of(links: list[Button]) -> tuple[tuple[Button, ...], ...]:
    left = iter(links)
    width = 2 if len(links) in {2, 4} else 3
    return tuple(iter(lambda: tuple(islice(left, width)), ()))


# --- Text from strangers ----------------------------------------------------------------------------------------------


def _cleaned(message: Message) -> Message:
    """`message` without what Telegram would remove or refuse: unseen characters, half characters, addresses not https."""
    names = message.authors
    return replace(
        message,
        heading=line(message.heading),
        link=https_url(message.link),
        picture=https_url(message.picture),
        facts=shortened(line(message.facts), _FACTS_LIMIT),
        authors=names and _names(names),
        paragraphs=tuple(_paragraph(text) for text in message.paragraphs),
        bullets=tuple(line(text) for text in message.bullets),
        code=_paragraph(message.code),
        entries=tuple(
            replace(entry, title=line(entry.title), link=https_url(entry.link) or "", facts=line(entry.facts))
            for entry in message.entries
        ),
        footer=line(message.footer),
        buttons=tuple(islice(_buttons(message), MOST_BUTTONS)),
    )


def _names(names: Names) -> Names:
    return replace(names, label=shortened(line(names.label), _LABEL_LIMIT), shown=tuple(line(name) for name in names.shown))


def _buttons(message: Message) -> Iterator[Button]:
    for button in message.buttons:
        label, url = shortened(line(button.label), _LABEL_LIMIT), https_url(button.url)
        if _is_seen(label) and (url or button.acts):
            yield Button(label, url or "", "" if url else button.action, button.row)


def _paragraph(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    if _REMOVED_MARKS.search(text):
        text = unicodedata.normalize("NFC", text)
    return _SURROGATES.sub("\ufffd", _UNSEEN.sub("", text)).strip()


def line(text: str) -> str:
    """A stranger's text on one line, without what Telegram would remove or refuse."""
    return _SPACES.sub(" ", _paragraph(text)).strip()


def _is_seen(text: str) -> bool:
    return any(unicodedata.category(character)[0] not in "ZC" for character in text)


def _seen(text: str) -> str:
    """`text`, or a mark: Telegram refuses an empty message (400 "message text is empty")."""
    return text if _is_seen(text) else "…"
