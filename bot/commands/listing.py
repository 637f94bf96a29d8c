"""Lists in pages: ten entries per message, a button for each that opens it, and buttons that turn the page in place.

A page is computed from the store each time it is turned to, so that it works after any restart and under any old message.
A kind of list is registered by the command that begins it, with `@pages("s")`.
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
# Ten of these, their addresses and marks among them, stay below 4,096 units, which Telegram's messages and Discord's embeds
# have in common: an entry that gave way would leave its button behind.
TITLE_UNITS, FACTS_UNITS = 180, 110
# An action is `p:KIND:PAGE:ASKER:ARGUMENTS`: two letters, four digits and 14 characters at most, with their colons.
_ARGUMENT_BYTES = ACTION_BYTES - len(f"{PAGE}:kk:9999:{'x' * 14}:")
_LAST_PAGE = 9999
# In front of the number of arguments that the store keeps.
_KEPT = "#"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A way to another list, which takes the place of the one where it stands; `label` says where it leads."""

    kind: str
    arguments: str = ""
    label: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An entry that is no paper. Its button does `action`, or leads to another list."""

    title: str
    link: str = ""
    facts: str = ""
    action: str = ""
    lead: Lead | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of a list: its `papers` (or `lines`), and the `total` of the whole list.

    `facts` adds something to the line of a paper, by its id; `dated` says when each was on its list. `leads` and `buttons`
    stand below the list's own, rows from 0. A list of nothing says why in its paragraphs, to the asker alone.
    """

    heading: str = ""
    paragraphs: tuple[str, ...] = ()
    papers: Sequence[Paper] = ()
    lines: Sequence[Line] = ()
    total: int = 0
    facts: Mapping[str, str] = field(default_factory=dict)
    dated: bool = True
    footer: str = ""
    leads: Sequence[Lead] = ()
    buttons: tuple[Button, ...] = ()
    private: bool = False


# What gives `count` entries from `offset` on of the list that the arguments name; raises ValueError when they name none.
PageMaker = Callable[[Asking, str, int, int], Awaitable[Page]]

LISTS: dict[str, PageMaker] = {}


def pages(kind: str) -> Callable[[PageMaker], PageMaker]:
    """Make what follows the maker of the lists of a `kind`, a letter or two that mean the same for ever."""

    def kept(maker: PageMaker) -> PageMaker:
        assert kind not in LISTS, f"lists of kind {kind!r} have a maker already"
        LISTS[kind] = maker
        return maker

    return kept


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a page stands: of which list and whose, its number from 0, and the number of the last one."""

    itself: Lead
    owner: str
    number: int
    last: int

    @property
    def first(self) -> int:
        """The number of its first entry, as people count."""
        return self.number * A_PAGE + 1


async def listed(asking: Asking, kind: str, arguments: str = "", *, private: bool = False) -> Sequence[Message]:
    """The first page of a list. `private` asks that only the asker sees it, where the platform can do that."""
    message = await _page(asking, kind, arguments, 0, asker(asking))
    return [replace(message, private=True)] if private else [message]


async def leading(asking: Asking, lead: Lead) -> Button:
    """A button that leads to a list, from any message of the asker's."""
    return Button(lead.label, action=await _action(asking, lead, 0, asker(asking)), row=lead.row)


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
    try:
        page = await _page(asking, kind, arguments, int(number), owner)
    except ValueError:
        # Arguments that no button of ours carries: whoever writes a client of their own sends what they like.
        return asking.say(asking.gettext("This button does not work any more."), private=True)
    return await put(asking, page)


async def nothing(asking: Asking) -> Sequence[Message]:
    """A pressed button that only says something, such as the number of the page."""
    del asking
    return ()


def line(paper: Paper, language: str, more: str = "", *, dated: bool = True) -> Line:
    """A paper as a list shows it."""
    facts = (
        "" if paper.upvotes is None else f"👍 {thousands(paper.upvotes, language)}",
        "" if paper.list_day is None or not dated else paper.list_day.isoformat(),
        more,
    )
    return Line(
        title=shortened(paper.title, TITLE_UNITS),
        link=paper.arxiv_url,
        facts=shortened(" · ".join(filter(None, facts)), FACTS_UNITS),
        action=f"{OPEN}:{paper.id}",
    )


async def _page(asking: Asking, kind: str, arguments: str, number: int, owner: str) -> Message:
    page = await LISTS[kind](asking, arguments, number * A_PAGE, A_PAGE)
    last = min(max(0, (page.total - 1) // A_PAGE), _LAST_PAGE)
    if number > last:
        # The list has become shorter since.
        number = last
        page = await LISTS[kind](asking, arguments, number * A_PAGE, A_PAGE)
    place = _Place(Lead(kind=kind, arguments=arguments), owner, number, last)
    shown = (line(one, asking.language, page.facts.get(one.id, ""), dated=page.dated) for one in page.papers)
    lines = [*shown, *page.lines]
    return Message(
        heading=page.heading,
        paragraphs=page.paragraphs,
        entries=tuple(
            Entry(number=number, title=one.title, link=one.link, facts=one.facts)
            for number, one in enumerate(lines, place.first)
        ),
        footer=page.footer,
        buttons=await _buttons(asking, place, lines, page),
        private=page.private or not (page.heading or lines),
    )


async def _buttons(asking: Asking, place: _Place, lines: Sequence[Line], page: Page) -> tuple[Button, ...]:
    """A number for each line, `‹ 2/7 ›`, where the page leads beside, and what else it brings; each in rows of its own."""
    opening = []
    for index, one in enumerate(lines):
        action = await _action(asking, one.lead, 0, place.owner) if one.lead is not None else one.action
        if action:
            opening.append(Button(str(place.first + index), action=action, row=index // A_ROW))
    leading = [Button(lead.label, action=await _action(asking, lead, 0, place.owner), row=lead.row) for lead in page.leads]
    placed: list[Button] = []
    for group in (opening, await _turning(asking, place), leading, page.buttons):
        below = 1 + max((button.row for button in placed), default=-1)
        placed += [replace(button, row=below + button.row) for button in group]
    return tuple(placed)


async def _turning(asking: Asking, place: _Place) -> list[Button]:
    """`‹ 2/7 ›`; where there is nothing before or after, nothing leads there."""
    if not place.last:
        return []
    made = [Button(f"{place.number + 1}/{place.last + 1}", action=INERT)]
    if place.number:
        made.insert(0, Button("‹", action=await _action(asking, place.itself, place.number - 1, place.owner)))
    if place.number < place.last:
        made.append(Button("›", action=await _action(asking, place.itself, place.number + 1, place.owner)))
    return made


async def _action(asking: Asking, lead: Lead, number: int, owner: str) -> str:
    return f"{PAGE}:{lead.kind}:{number}:{owner}:{await _written(asking, lead.arguments)}"


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
