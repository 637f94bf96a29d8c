"""How filters are shown to people, and how many papers of the newest list would pass."""

import datetime as dt
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.commands.asking import Asking
from bot.digest.select import chosen
from bot.locales import thousands
from bot.model import Choice, Filters, Paper
from bot.store import list_days, papers
from bot.store.spellings import spelled_choice, spellings


@dataclass(frozen=True, slots=True)
class Left:
    """What a choice leaves of a list day: how many papers there are and how many pass, the first by votes."""

    day: dt.date
    total: int
    passing: tuple[Paper, ...]


async def also_known(asking: Asking, filters: Filters) -> dict[str, tuple[str, ...]]:
    """What the filters' terms are looked for as beside."""
    return await asking.store.read(_also_known, (*filters.having, *filters.without))


def filters_lines(asking: Asking, filters: Filters, also: Mapping[str, tuple[str, ...]] | None = None) -> list[str]:
    """A line for each kind of filter that is set; with what its terms are called beside, where that is told."""
    having, without = ([_with_others(term, also or {}) for term in terms] for terms in (filters.having, filters.without))
    lines = (
        (filters.having, asking.gettext("With one of: {terms}", terms=_listed(having))),
        (filters.without, asking.gettext("Without: {terms}", terms=_listed(without))),
        (filters.authors, asking.gettext("By one of: {terms}", terms=_listed(filters.authors))),
        (filters.organizations, asking.gettext("From one of: {terms}", terms=_listed(filters.organizations))),
    )
    return [line for terms, line in lines if terms]


def each_line(asking: Asking, filters: Filters) -> str:
    """That several kinds are asked for together, where they are; "" where that goes without saying."""
    kinds = sum(map(bool, (filters.having, filters.authors, filters.organizations)))
    return asking.gettext("A paper has to fit each line:") if kinds > 1 else ""


def filters_text(asking: Asking, filters: Filters) -> str:
    """All filters in one line; "" for none."""
    return " / ".join(filters_lines(asking, filters))


async def left(asking: Asking, choice: Choice) -> Left | None:
    """What `choice` leaves of the newest list; None when there is no list yet."""
    return await asking.store.read(_left, choice, asking.now.astimezone(dt.UTC).date())


def left_text(asking: Asking, found: Left) -> str:
    """How many of the newest list's papers pass."""
    return asking.ngettext(
        "Of the {total} paper of {day}, {count} passes.",
        "Of the {total} papers of {day}, {count} pass.",
        found.total,
        total=thousands(found.total, asking.language),
        day=asking.day_name(found.day),
        count=len(found.passing),
    )


def _left(connection: sqlite3.Connection, choice: Choice, today: dt.date) -> Left | None:
    newest = list_days.newest_with_papers(connection, today)
    if newest is None:
        return None
    listed = papers.papers_of_day(connection, newest.day)
    return Left(newest.day, len(listed), tuple(chosen(listed, spelled_choice(connection, choice))))


def _also_known(connection: sqlite3.Connection, terms: Sequence[str]) -> dict[str, tuple[str, ...]]:
    return {term: found for term in terms if (found := spellings(connection, term))}


def _with_others(term: str, also: Mapping[str, tuple[str, ...]]) -> str:
    """`확산 (= diffusion)`."""
    others = also.get(term, ())
    return f"{term} (= {', '.join(other.strip(chr(34)) for other in others)})" if others else term


def _listed(terms: Sequence[str]) -> str:
    return ", ".join(terms)
