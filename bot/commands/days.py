"""/today, /yesterday, /day: a list day's papers, or why there are none and which days nearby have some."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from bot.commands.asking import Asking
from bot.commands.dates import FIRST_LIST_DAY, NoDate, read_date
from bot.commands.faults import date_fault
from bot.commands.listing import Lead, Page, leading, listed, pages
from bot.digest import compose
from bot.digest.list_days import is_complete
from bot.digest.select import chosen
from bot.errors import SourceError, SourceRefused
from bot.message import Message
from bot.model import TERMINAL, ListDay, Shape
from bot.store import list_days, papers

DAY = "d"
# A day that is further away than this is no neighbour: the weekday beside is offered instead, to be fetched.
NEAR = dt.timedelta(days=7)
# Papers that come as a message each when somebody asks for a day: with more, what was asked for is far above, and Telegram
# takes a message a second.
MOST_EACH = 20
# Behind a date: a message a paper all the same.
_EACH = frozenset({"all", "전부", "모두", "すべて", "全部"})


async def today(asking: Asking) -> Sequence[Message]:
    """The newest list day that has papers; another day when one is named."""
    named = read_date(asking.arguments, asking.today) if asking.arguments else None
    if isinstance(named, dt.date):
        return await of_day(asking, named)
    newest = await asking.library.newest(asking.now)
    return _nothing_yet(asking) if newest is None else await _shown(asking, newest.day)


async def yesterday(asking: Asking) -> Sequence[Message]:
    """The list day with papers before the newest one."""
    newest = await asking.library.newest(asking.now)
    if newest is None:
        return _nothing_yet(asking)
    before = await asking.library.before(newest.day, asking.now)
    if before is None:
        earlier = await _weekday_beside(asking, newest.day, -1)
        return asking.say(
            asking.gettext("I have no list before that of {day}.", day=asking.day_name(newest.day)),
            asking.gettext("/day {day} asks Hugging Face for the day before.", day=earlier.isoformat()),
            private=True,
        )
    return await _shown(asking, before.day)


async def day(asking: Asking) -> Sequence[Message]:
    """The list of a day that the asker names."""
    if not asking.arguments:
        newest = await asking.store.read(list_days.newest_with_papers, asking.now.astimezone(dt.UTC).date())
        example = newest.day if newest is not None else asking.today
        return asking.say(
            asking.gettext(
                "Which day? For example /day {day}, /day yesterday or /day last friday.", day=example.isoformat()
            ),
            private=True,
        )
    written, _, last = asking.arguments.rpartition(" ")
    each = last.casefold() in _EACH and bool(written)
    wanted = read_date(written if each else asking.arguments, asking.today)
    if isinstance(wanted, NoDate):
        return date_fault(asking, wanted)
    return await of_day(asking, wanted, each=each)


async def of_day(asking: Asking, wanted: dt.date, *, each: bool = False) -> Sequence[Message]:
    """The list of `wanted`, or a sentence of why there is none, with the nearest days that have one.

    `each`: a message a paper, however many they are.
    """
    known = await asking.store.read(list_days.list_day, wanted)
    name = asking.day_name(wanted)
    if known is None or not known.papers:
        # The date line: somewhere it may be that day already, and the Hub counts in UTC.
        if wanted > max(asking.today, asking.now.date()):
            return await _without(asking, wanted, asking.gettext("{day} has not come yet.", day=name))
        if wanted < FIRST_LIST_DAY:
            return asking.say(
                asking.gettext(
                    "There is no list of {day}: Hugging Face's Daily Papers began on {first}.",
                    day=name,
                    first=asking.day_name(FIRST_LIST_DAY),
                ),
                offers=[f"/day {FIRST_LIST_DAY.isoformat()}"],
                private=True,
            )
    try:
        found = await asking.library.day(wanted, asking.now)
    except SourceError as error:
        if known is None or not known.papers:
            return await _without(asking, wanted, _why_not(asking, wanted, error))
        found = known
    if found.papers:
        return await _shown(asking, wanted, each=each)
    return await _without(asking, wanted, _why_empty(asking, found))


def _why_not(asking: Asking, wanted: dt.date, error: SourceError) -> str:
    name = asking.day_name(wanted)
    if isinstance(error, SourceRefused):
        return asking.gettext("Hugging Face does not have the list of {day} yet.", day=name)
    if wanted.weekday() >= 5:
        return asking.gettext("{day} is on a weekend, when Hugging Face has no list.", day=name)
    return asking.gettext(
        "I do not have the list of {day}, and Hugging Face cannot be reached now. Try again in a few minutes.", day=name
    )


def _why_empty(asking: Asking, found: ListDay) -> str:
    name = asking.day_name(found.day)
    if found.day.weekday() >= 5:
        return asking.gettext("{day} is on a weekend, when Hugging Face has no list.", day=name)
    if found.day >= asking.now.date():
        return asking.gettext("The list of {day} is still empty; it fills in the course of the day.", day=name)
    return asking.gettext("Hugging Face has no list of {day}.", day=name)


async def _without(asking: Asking, wanted: dt.date, sentence: str) -> Sequence[Message]:
    """`sentence`, and the days nearest to `wanted` that have papers."""
    near: list[dt.date] = []
    before = await asking.store.read(list_days.before_with_papers, wanted)
    after = await asking.store.read(list_days.after_with_papers, wanted)
    last_day = asking.now.date()
    if before is not None and (wanted - before.day <= NEAR or wanted > last_day):
        near.append(before.day)
    elif FIRST_LIST_DAY < wanted <= last_day:
        near.append(await _weekday_beside(asking, wanted, -1))
    if after is not None and after.day - wanted <= NEAR:
        near.append(after.day)
    elif wanted < last_day and (beside := await _weekday_beside(asking, wanted, 1)) < last_day:
        near.append(beside)
    if not near:
        return asking.say(sentence, private=True)
    buttons = asking.running(*((asking.day_name(day), f"/day {day.isoformat()}") for day in near))
    if buttons:
        (said,) = asking.say(sentence, asking.gettext("Near it:"), private=True)
        return [replace(said, buttons=buttons)]
    listed = ", ".join(f"/day {asking.day_name(day)}" for day in near)
    return asking.say(sentence, asking.gettext("Near it: {days}", days=listed), private=True)


async def _shown(asking: Asking, wanted: dt.date, *, each: bool = False) -> Sequence[Message]:
    """A message a paper where that is what the chat wants and nobody else is disturbed by them; else a list in pages."""
    choice = asking.choice
    if not asking.in_private or choice.shape is Shape.COMPACT or asking.request.single:
        return await listed(asking, DAY, wanted.isoformat())
    found = await asking.store.read(papers.papers_of_day, wanted)
    if len(chosen(found, choice)) > MOST_EACH and not each and asking.request.address.platform != TERMINAL:
        (message,) = await listed(asking, DAY, wanted.isoformat())
        whole = asking.running((asking.gettext("▤ All, with summaries"), f"/day {wanted.isoformat()} all"))
        below = 1 + max((button.row for button in message.buttons), default=-1)
        return [replace(message, buttons=(*message.buttons, *(replace(button, row=below) for button in whole)))]
    heading, *rest = compose.compose_day(wanted, found, choice)
    if not rest:
        return [heading]
    shorter = Lead(kind=DAY, arguments=wanted.isoformat(), label=asking.gettext("☰ As a list"))
    return [replace(heading, buttons=(await leading(asking, shorter),)), *rest]


@pages(DAY)
async def papers_of_day(asking: Asking, arguments: str, offset: int, count: int) -> Page:
    """The papers of a day that the chat wants to see, by their votes."""
    wanted = dt.date.fromisoformat(arguments)
    found = await asking.store.read(papers.papers_of_day, wanted)
    kept = chosen(found, asking.choice)
    before = await asking.store.read(list_days.before_with_papers, wanted)
    after = await asking.store.read(list_days.after_with_papers, wanted)
    beside = [Lead(kind=DAY, arguments=before.day.isoformat(), label=f"« {before.day.isoformat()}")] if before else []
    if after:
        beside.append(Lead(kind=DAY, arguments=after.day.isoformat(), label=f"{after.day.isoformat()} »"))
    return Page(
        heading=f"Daily Papers · {asking.day_name(wanted)}",
        paragraphs=(compose.counted(asking.language, len(kept), len(found)),),
        papers=kept[offset : offset + count],
        total=len(kept),
        dated=False,
        footer=asking.gettext("A number opens its paper, /day with a date another day.") if kept else "",
        leads=beside,
    )


def _nothing_yet(asking: Asking) -> Sequence[Message]:
    return asking.say(
        asking.gettext("No list of papers has been fetched yet, and Hugging Face cannot be reached now."),
        asking.gettext("It is tried again every hour; ask again a little later."),
        private=True,
    )


async def _weekday_beside(asking: Asking, wanted: dt.date, step: int) -> dt.date:
    """The next weekday in a direction of which it is not known that it has no list."""
    around = dt.timedelta(days=30)
    known = {one.day: one for one in await asking.store.read(list_days.list_days, wanted - around, wanted + around)}
    beside = wanted + dt.timedelta(days=step)
    while beside.weekday() >= 5 or (is_complete(known.get(beside)) and not known[beside].papers):
        beside += dt.timedelta(days=step)
    return beside
