"""/top: the best papers of a week, a month, or a month of the calendar, by their votes as of now."""

import asyncio
import datetime as dt
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from bot.commands.asking import Asking
from bot.commands.dates import FIRST_LIST_DAY
from bot.commands.faults import quoted
from bot.commands.listing import Lead, Page, listed, pages
from bot.commands.periods import read_span
from bot.digest.list_days import days_between
from bot.errors import SourceError
from bot.locales import thousands
from bot.message import Message
from bot.model import Paper
from bot.store import list_days, papers

TOP = "t"
# A month has some twenty lists, of which each takes a moment; what is left of them the next question fetches.
FETCH_SECONDS = 8
# The longest span that anybody can name is a month.
LONGEST = dt.timedelta(days=31)

log = structlog.get_logger()


async def top(asking: Asking) -> Sequence[Message]:
    """The best by votes, each with its list day; and what is not there, for a list may never have been fetched."""
    today = asking.now.astimezone(dt.UTC).date()
    span = read_span(asking.arguments, today)
    examples = f"/top week · /top month · /top {today:%Y-%m}"
    if span is None:
        return asking.say(
            asking.gettext("“{written}” is no week and no month.", written=quoted(asking.arguments)),
            asking.gettext("For example: {examples}", examples=examples),
            private=True,
        )
    since, until = span
    if since > today:
        return asking.say(asking.gettext("{day} has not come yet.", day=f"{since:%Y-%m}"), private=True)
    if until < FIRST_LIST_DAY:
        return asking.say(
            asking.gettext(
                "There is no list of {day}: Hugging Face's Daily Papers began on {first}.",
                day=f"{since:%Y-%m}",
                first=asking.day_name(FIRST_LIST_DAY),
            ),
            private=True,
        )
    until = min(until, today)
    if until == today:
        # What is newest may not have been fetched yet.
        await asking.library.newest(asking.now)
    await _fetch_unknown(asking, since, until)
    return await listed(asking, TOP, f"{since.isoformat()}:{until.isoformat()}")


async def _fetch_unknown(asking: Asking, since: dt.date, until: dt.date) -> None:
    """Fetch the lists that nobody has asked for yet, the newest first, as many as a person waits for."""
    unknown = (await asking.store.read(_found, since, until, 0, 0)).unknown
    try:
        async with asyncio.timeout(FETCH_SECONDS):
            for day in reversed(unknown):
                await asking.library.day(day, asking.now)
    except TimeoutError:
        log.info("not all lists could be fetched in time", since=since.isoformat(), until=until.isoformat())
    except SourceError as error:
        log.warning("a list could not be fetched", error=str(error))


@dataclass(frozen=True, slots=True)
class _Found:
    """Some of the papers of some days, how many papers there are, and the weekdays that nobody has asked for."""

    papers: tuple[Paper, ...]
    total: int
    unknown: tuple[dt.date, ...]


def _found(connection: sqlite3.Connection, since: dt.date, until: dt.date, offset: int, count: int) -> _Found:
    known = {one.day: one for one in list_days.list_days(connection, since, until)}
    asked = {day for day, one in known.items() if one.papers or one.fetched_at is not None}
    weekdays = (day for day in days_between(max(since, FIRST_LIST_DAY), until) if day.weekday() < 5)
    return _Found(
        papers=tuple(papers.best(connection, since, until, count, offset)),
        total=papers.count(connection, since, until),
        unknown=tuple(day for day in weekdays if day not in asked),
    )


@pages(TOP)
async def best_papers(asking: Asking, arguments: str, offset: int, count: int) -> Page:
    """The papers of the list days from one to another, `2024-03-01:2024-03-31`, by their votes."""
    since, until = map(dt.date.fromisoformat, arguments.split(":"))
    if until - since > LONGEST:
        raise ValueError(arguments)
    found = await asking.store.read(_found, since, until, offset, count)
    if not found.total:
        return await _nothing(asking, since, until)
    counted = asking.ngettext(
        "{total} paper, by its votes now",
        "{total} papers, by their votes now",
        found.total,
        total=thousands(found.total, asking.language),
    )
    missing = ""
    if found.unknown:
        missing = asking.ngettext(
            "Of {count} weekday I have no list, so some may be missing; /day {first} fetches it.",
            "Of {count} weekdays I have no lists, so some may be missing; /day {first} fetches the first of them.",
            len(found.unknown),
            count=len(found.unknown),
            first=found.unknown[0].isoformat(),
        )
    return Page(
        heading=f"Daily Papers · {_span(since, until)}",
        paragraphs=tuple(filter(None, (counted, missing))),
        papers=found.papers,
        total=found.total,
        footer=asking.gettext("A number opens its paper."),
    )


async def _nothing(asking: Asking, since: dt.date, until: dt.date) -> Page:
    newest = await asking.store.read(list_days.newest_with_papers, asking.now.astimezone(dt.UTC).date())
    leads = [_month_of(newest.day, since)] if newest is not None else []
    return Page(
        leads=leads,
        paragraphs=(
            asking.gettext("I have no papers of {span}.", span=_span(since, until)),
            asking.gettext("/day {day} asks Hugging Face for a day of it.", day=_first_weekday(since).isoformat()),
        ),
    )


def _month_of(day: dt.date, since: dt.date) -> Lead:
    """The way to a month that is known to have papers, seen from a span that begins with `since` and has none."""
    first = day.replace(day=1)
    last = (first + LONGEST).replace(day=1) - dt.timedelta(days=1)
    name = f"{first:%Y-%m}"
    label = f"« {name}" if first < since else f"{name} »"
    return Lead(kind=TOP, arguments=f"{first.isoformat()}:{last.isoformat()}", label=label)


def _first_weekday(day: dt.date) -> dt.date:
    day = max(day, FIRST_LIST_DAY)
    return day + dt.timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= 5 else 0)


def _span(since: dt.date, until: dt.date) -> str:
    return f"{since.isoformat()} – {until.isoformat()}"
