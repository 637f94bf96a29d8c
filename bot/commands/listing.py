"""Lists in pages: ten entries a message, a button for each that opens it, and buttons that turn the page in place.

A page is computed from the store each time it is turned to, so that it works after any restart and under any old message.
What a list is of, its maker knows: `@pages("s")` beside the command that begins it.
"""

import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.commands.asking import Asking
from bot.commands.presser import asker, base36, may_press, not_yours, put
from bot.digest.compose import OPEN
from bot.locales import thousands
from bot.message import ACTION_BYTES, INERT, Button, Entry, Message, shortened
from bot.model import Paper
from bot.store import list_arguments

PAGE = "p"
# One screen of a phone or two; two rows of buttons that a thumb can hit.
A_PAGE = 10
A_ROW = 5
TITLE_UNITS = 250
# An action is `p:KIND:PAGE:ASKER:ARGUMENTS`: two letters, four digits and 14 characters at most, with their colons.
_ARGUMENT_BYTES = ACTION_BYTES - len(f"{PAGE}:kk:9999:{'x' * 14}:")
_LAST_PAGE = 9999
# In front of the number of arguments that the store keeps.
_KEPT = "#"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An entry that is no paper, or one that is worded otherwise; `action` is what its button does."""

    title: str
    link: str = ""
    facts: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of a list: its `papers` (or `lines`), and the `total` of the whole list.

    `facts` adds something to the line of a paper, by its id. `buttons` stand below the list's own, rows from 0.
    A list of nothing says why in its paragraphs.
    """

    heading: str = ""
    paragraphs: tuple[str, ...] = ()
    papers: Sequence[Paper] = ()
    lines: Sequence[Line] = ()
    total: int = 0
    facts: Mapping[str, str] = field(default_factory=dict)
    footer: str = ""
    buttons: tuple[Button, ...] = ()
    private: bool = False


# What gives `count` entries from `offset` on of the list that the arguments name.
PageMaker = Callable[[Asking, str, int, int], Awaitable[Page]]

LISTS: dict[str, PageMaker] = {}


def pages(kind: str) -> Callable[[PageMaker], PageMaker]:
    """Make what follows the maker of the lists of a `kind`, a letter or two that mean the same for ever."""

    def kept(maker: PageMaker) -> PageMaker:
        LISTS[kind] = maker
        return maker

    return kept


async def listed(asking: Asking, kind: str, arguments: str = "", *, private: bool = False) -> Sequence[Message]:
    """The first page of a list. `private` asks that only the asker sees it, where the platform can do that."""
    message = await _page(asking, kind, arguments, 0, asker(asking))
    return [replace(message, private=True)] if private else [message]


async def turned(asking: Asking) -> Sequence[Message]:
    """A pressed button that turns a page; `arguments` are the kind, the page, who asked, and what the list is of."""
    kind, _, rest = asking.arguments.partition(":")
    number, _, rest = rest.partition(":")
    owner, _, written = rest.partition(":")
    arguments = await _read(asking, written)
    if kind not in LISTS or arguments is None or not (number.isascii() and number.isdigit() and len(number) <= 4):
        return asking.say(asking.gettext("This button does not work any more."), private=True)
    if not await may_press(asking, owner):
        return not_yours(asking)
    return await put(asking, await _page(asking, kind, arguments, int(number), owner))


async def nothing(asking: Asking) -> Sequence[Message]:
    """A pressed button that only says something, such as the number of the page."""
    del asking
    return ()


def line(paper: Paper, language: str, more: str = "") -> Line:
    """A paper as a list shows it."""
    facts = (
        "" if paper.upvotes is None else f"👍 {thousands(paper.upvotes, language)}",
        "" if paper.list_day is None else paper.list_day.isoformat(),
        more,
    )
    return Line(
        title=shortened(paper.title, TITLE_UNITS),
        link=paper.arxiv_url,
        facts=" · ".join(filter(None, facts)),
        action=f"{OPEN}:{paper.id}",
    )


async def _page(asking: Asking, kind: str, arguments: str, number: int, owner: str) -> Message:
    number = min(number, _LAST_PAGE)
    page = await LISTS[kind](asking, arguments, number * A_PAGE, A_PAGE)
    last = max(0, (page.total - 1) // A_PAGE)
    if number > last:
        # The list has become shorter since.
        number = last
        page = await LISTS[kind](asking, arguments, number * A_PAGE, A_PAGE)
    lines = [*(line(one, asking.language, page.facts.get(one.id, "")) for one in page.papers), *page.lines]
    first = number * A_PAGE + 1
    buttons = [
        Button(str(first + place), action=one.action, row=place // A_ROW) for place, one in enumerate(lines) if one.action
    ]
    below = 1 + max((button.row for button in buttons), default=-1)
    if last:
        written = await _written(asking, arguments)
        buttons += _turning(f"{PAGE}:{kind}", number, min(last, _LAST_PAGE), f"{owner}:{written}", row=below)
        below += 1
    return Message(
        heading=page.heading,
        paragraphs=page.paragraphs,
        entries=tuple(
            Entry(number=first + place, title=one.title, link=one.link, facts=one.facts) for place, one in enumerate(lines)
        ),
        footer=page.footer,
        buttons=(*buttons, *(replace(button, row=below + button.row) for button in page.buttons)),
        private=page.private,
    )


def _turning(prefix: str, number: int, last: int, suffix: str, *, row: int) -> list[Button]:
    """`‹ 2/7 ›`; where there is nothing before or after, nothing leads there."""
    made = [Button("‹", action=f"{prefix}:{number - 1}:{suffix}", row=row)] if number else []
    made.append(Button(f"{number + 1}/{last + 1}", action=INERT, row=row))
    if number < last:
        made.append(Button("›", action=f"{prefix}:{number + 1}:{suffix}", row=row))
    return made


async def _written(asking: Asking, arguments: str) -> str:
    """Arguments as a button carries them: themselves, or the number under which the store keeps them."""
    fits = len(arguments.encode("utf-8", "replace")) <= _ARGUMENT_BYTES
    if fits and (arguments.isprintable() or not arguments) and not arguments.startswith(_KEPT):
        return arguments
    text = arguments.encode("utf-8", "replace").decode()
    return f"{_KEPT}{base36(await asking.store.write(list_arguments.keep, text))}"


async def _read(asking: Asking, written: str) -> str | None:
    if not written.startswith(_KEPT):
        return written
    with contextlib.suppress(ValueError):
        number = int(written.removeprefix(_KEPT), 36)
        if 0 < number < 1 << 63:
            return await asking.store.read(list_arguments.kept, number)
    return None
