"""A message in platform-neutral parts, and how it is shortened where a platform has less room. Knows no platform."""

from collections.abc import Callable
from dataclasses import dataclass, replace

# The smallest limit of any platform: core.telegram.org/bots/api#inlinekeyboardbutton, callback_data.
ACTION_BYTES = 64
# The action of a button that only shows something, such as a page number; `n:2` is a second one in a message.
INERT = "n"
# The prefix of a bullet that belongs under the one before it: platforms indent it, and show no bullet mark.
NESTED = "◦ "


@dataclass(frozen=True, slots=True)
class Button:
    """A button that opens `url` (https); or one with an `action` and no `url`, a short text that comes back when pressed.

    An action has at most ACTION_BYTES in UTF-8 and contains all that is needed to act on it: it may be pressed years later.
    Buttons with an action and the same `row` are side by side, rows in order; a row too wide for a platform is broken up.
    """

    label: str
    url: str = ""
    action: str = ""
    row: int = 0

    @property
    def acts(self) -> bool:
        """Whether it comes back when pressed. With an action that is too long it is not a button at all."""
        return not self.url and 0 < len(self.action.encode("utf-8", "replace")) <= ACTION_BYTES

    @property
    def inert(self) -> bool:
        """Whether it only shows something; where a platform cannot disable a button, pressing it still comes back."""
        return self.acts and self.action.partition(":")[0] == INERT


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Authors on one line: `label: a, b, c and 5 more`. `more` is a format with one `{count}`; `total` counts everyone."""

    label: str
    shown: tuple[str, ...]
    total: int
    more: str

    def text(self) -> str:
        """The names without the label; "" if there are none."""
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
    """A file that goes with a message: `name` with its extension, and its content. Platforms accept some megabytes.

    `url` is an https address of the same file, for platforms that fetch it themselves; "" if there is none.
    """

    name: str
    content: bytes
    media_type: str = "text/plain"
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is to be said, in the order in which platforms show it.

    All texts are plain: adapters escape them. `code` is text to be copied, in a monospaced font. `picture` is an https URL.
    `image` is a picture of our own (PNG or JPEG), shown where the platform allows one with a text of this length; it adds
    no information to the text. `silent` asks for no notification. `private` asks that only the person who asked sees the
    message, where the platform can do that.
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
    # The codec counts in C: a Python loop over the characters took most of the time of rendering.
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


# A bullet shorter than this many UTF-16 units says too little; it is dropped instead.
SHORTEST_BULLET = 80


def fitted(message: Message, excess: Callable[[Message], int]) -> Message:
    """`message` made shorter until `excess(message) <= 0`.

    `excess` gives by how many of the platform's units the rendered message is too long. What is cut, in order: authors,
    then the longest bullet or paragraph (shortened, or dropped if too little is left), the last entries, the code, the
    heading, the footer. Nothing is cut that fits.
    """
    while (over := excess(message)) > 0:
        shorter = _one_step(message, over)
        if shorter == message:
            return message
        message = shorter
    return message


def _one_step(message: Message, over: int) -> Message:
    if message.authors and message.authors.shown:
        # Each name takes at least two units with its comma, so this never cuts much more than needed.
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
    # Long ones share the cut: at most a quarter of the longest is removed in one step.
    room = max(SHORTEST_BULLET, length - over, length * 3 // 4)
    cut = shortened(texts[longest], min(room, length - 1))
    return (*texts[:longest], cut, *texts[longest + 1 :])
