"""A message in platform-neutral parts, and how it is shortened where a platform has less room. Knows no platform."""

from collections.abc import Callable
from dataclasses import dataclass, replace

# The least that a platform gives: core.telegram.org/bots/api#inlinekeyboardbutton, callback_data.
ACTION_BYTES = 64
# The action of a button that only says something, such as the number of a page; `n:2` is a second one in a message.
INERT = "n"
# What a bullet begins with that stands under the one before it: platforms show it further in, instead of a bullet's mark.
NESTED = "◦ "


@dataclass(frozen=True, slots=True)
class Button:
    """A button that opens `url` (https); or one with an `action` and no `url`, a short text that comes back when pressed.

    An action has at most ACTION_BYTES in UTF-8 and holds all that is needed to act on it: it may be pressed years later.
    Acting buttons with the same `row` stand side by side, rows in their order; a row too wide for a platform is broken.
    """

    label: str
    url: str = ""
    action: str = ""
    row: int = 0

    @property
    def acts(self) -> bool:
        """Whether it comes back when pressed. What is too long for a platform is no button at all."""
        return not self.url and 0 < len(self.action.encode("utf-8", "replace")) <= ACTION_BYTES

    @property
    def inert(self) -> bool:
        """Whether it only says something; it comes back all the same where a platform cannot show one that does not."""
        return self.acts and self.action.partition(":")[0] == INERT


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Authors as a line shows them: `label: a, b, c and 5 more`. `more` has one `{count}`; `total` counts everyone."""

    label: str
    shown: tuple[str, ...]
    total: int
    more: str

    def text(self) -> str:
        """The names without the label; "" when nobody is named."""
        rest = self.total - len(self.shown)
        listed = ", ".join(self.shown)
        if rest <= 0:
            return listed
        counted = self.more.format(count=rest)
        return f"{listed} {counted}" if listed else counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a list: a title that links, and its facts (`👍 24`)."""

    number: int
    title: str
    link: str
    facts: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that goes with a message: `name` with its ending, and what is in it. Platforms take some megabytes.

    `url` is an https address where the same stands for who would rather fetch it, "" where there is none.
    """

    name: str
    content: bytes
    media_type: str = "text/plain"
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is to be said, in the order in which platforms show it.

    All texts are plain: adapters escape them. `code` is lines to be copied, in letters of one width. `picture` is an
    https URL. `image` is a picture of our own (PNG or JPEG), shown where the platform takes one with so long a text: who
    does not see it misses nothing. `silent` asks for no notification. `private` asks that only the asker sees it, where the
    platform can.
    """

    heading: str = ""
    link: str | None = None
    picture: str | None = None
    facts: str = ""
    authors: Names | None = None
    paragraphs: tuple[str, ...] = ()
    bullets: tuple[str, ...] = ()
    code: str = ""
    entries: tuple[Entry, ...] = ()
    footer: str = ""
    buttons: tuple[Button, ...] = ()
    file: File | None = None
    image: File | None = None
    silent: bool = False
    private: bool = False


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units, as Telegram counts (core.telegram.org/api/entities) and Discord's clients do."""
    # The codec counts in C: a loop over characters was most of the time that rendering takes.
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def shortened(text: str, units: int) -> str:
    """`text` cut to at most `units` UTF-16 units, with an ellipsis where something was cut, at a space when one is near."""
    if utf16_length(text) <= units:
        return text
    if units <= 0:
        return ""
    kept, used = [], 0
    for ch in text:
        used += 2 if ch > "\uffff" else 1
        if used > units - 1:
            break
        kept.append(ch)
    cut = "".join(kept)
    space = cut.rfind(" ")
    if space >= len(cut) * 3 // 4:
        cut = cut[:space]
    return cut.rstrip(" ,;:") + "…"


# Below this a bullet says nothing any more; it is dropped whole instead.
SHORTEST_BULLET = 80


def fitted(message: Message, excess: Callable[[Message], int]) -> Message:
    """`message` made shorter until `excess(message) <= 0`.

    `excess` gives by how many of the platform's units a message is too long, once rendered. What gives way, in order:
    authors, then the longest bullet or paragraph (shortened, dropped when nothing of use is left), the last entries, the
    code, the heading, the footer. Nothing is cut that fits.
    """
    while (over := excess(message)) > 0:
        shorter = _one_step(message, over)
        if shorter == message:
            return message
        message = shorter
    return message


def _one_step(message: Message, over: int) -> Message:
    if message.authors and message.authors.shown:
        # Each name costs at least two units with its comma, so this never cuts more than is needed by much.
        names, freed = list(message.authors.shown), 0
        while names and freed < over:
            freed += utf16_length(names.pop()) + 2
        return replace(message, authors=replace(message.authors, shown=tuple(names)))
    if message.bullets:
        return replace(message, bullets=_texts_step(message.bullets, over))
    if message.paragraphs:
        return replace(message, paragraphs=_texts_step(message.paragraphs, over))
    if message.entries:
        return replace(message, entries=message.entries[:-1])
    if message.authors:
        return replace(message, authors=None)
    if message.code:
        return replace(message, code=shortened(message.code, utf16_length(message.code) - over))
    if utf16_length(message.heading) > SHORTEST_BULLET:
        room = max(SHORTEST_BULLET, utf16_length(message.heading) - over)
        return replace(message, heading=shortened(message.heading, room))
    return replace(message, footer="")


def _texts_step(texts: tuple[str, ...], over: int) -> tuple[str, ...]:
    longest = max(range(len(texts)), key=lambda index: utf16_length(texts[index]))
    length = utf16_length(texts[longest])
    if length <= SHORTEST_BULLET:
        return texts[:-1]
    # Long ones share the cut: at most a quarter of the longest goes in one step.
    room = max(SHORTEST_BULLET, length - over, length * 3 // 4)
    cut = shortened(texts[longest], min(room, length - 1))
    return (*texts[:longest], cut, *texts[longest + 1 :])
