"""/trending: terms that rose in the last list days compared with the weeks before, each with a list of its papers."""

import datetime as dt
import sqlite3
from collections.abc import Sequence

from bot.commands.asking import Asking
from bot.commands.listing import Lead, Line, Page, listed, pages
from bot.commands.remembered import Remembered
from bot.digest.trends import Trend, names, trends
from bot.locales import decimal
from bot.message import Message
from bot.model import Paper
from bot.store import list_days, papers

TRENDS, TREND = "w", "r"
# List days: a week and a half of weekdays has some hundred papers, seven weeks before tell what is usual.
RECENT_DAYS, BEFORE_DAYS = 7, 35
# Two pages; what rose less is chance.
MOST = 20


async def trending(asking: Asking) -> Sequence[Message]:
    """The terms that rise."""
    await asking.library.newest(asking.now)
    return await listed(asking, TRENDS)


@pages(TRENDS)
async def rising(asking: Asking, arguments: str, offset: int, count: int) -> Page:
    """The terms, the steepest first."""
    del arguments
    found, days = await asking.store.read(_rising, asking.now.astimezone(dt.UTC).date(), asking.library.remembered)
    if not found:
        return Page(
            paragraphs=(
                asking.gettext(
                    "Nothing stands out: all is as before, or I have too few lists of the last weeks to compare."
                ),
                asking.gettext("/top week shows the best of the week."),
            )
        )
    return Page(
        heading=asking.gettext("On the rise"),
        paragraphs=(
            asking.gettext(
                "Terms that the papers from {since} to {until} name more often than those of the weeks before.",
                since=asking.day_name(days[0]),
                until=asking.day_name(days[-1]),
            ),
        ),
        lines=[_line(asking, one) for one in found[offset : offset + count]],
        total=len(found),
        footer=asking.gettext("A number shows the papers of its term."),
    )


@pages(TREND)
async def papers_of_term(asking: Asking, term: str, offset: int, count: int) -> Page:
    """The papers of the last weeks that name a term, the newest list first."""
    until = asking.now.astimezone(dt.UTC).date()
    total, shown = await asking.store.read(_naming, until, term, asking.library.remembered, (offset, count))
    return Page(
        heading=term,
        paragraphs=(
            asking.ngettext(
                "{count} paper of the last weeks names it.", "{count} papers of the last weeks name it.", total,
                count=total,
            ),
        ),
        papers=shown,
        total=total,
        footer=asking.gettext("A number opens its paper."),
        leads=(
            Lead(kind=TRENDS, label=asking.gettext("↩ All terms")),
            Lead(kind="s", arguments=term, label=asking.gettext("🔎 Search all papers")),
        ),
    )  # fmt: skip


def _line(asking: Asking, one: Trend) -> Line:
    counted = asking.ngettext("{total} paper", "{total} papers", one.papers, total=one.papers)
    times = asking.gettext("new") if one.times is None else f"×{decimal(one.times, asking.language)}"
    return Line(title=one.term, facts=f"{counted} · {times}", lead=Lead(kind=TREND, arguments=one.term))


# What takes long runs in the store's threads: on a slow machine half a second, in which others are answered.


def _rising(connection: sqlite3.Connection, until: dt.date, kept: Remembered) -> tuple[list[Trend], list[dt.date]]:
    """The terms that rise, and the first and the last of the days on which they do."""

    def find() -> tuple[list[Trend], list[dt.date]]:
        recent, before = _around(connection, until)
        if not recent or not before:
            return [], []
        days = [paper.list_day for paper in recent if paper.list_day is not None]
        return trends(recent, before, MOST), [min(days), max(days)]

    return kept.found(_lists(connection, until), TRENDS, find)


def _naming(
    connection: sqlite3.Connection, until: dt.date, term: str, kept: Remembered, page: tuple[int, int]
) -> tuple[int, list[Paper]]:
    """How many papers of these weeks name a term, and those of a page: its offset, and how many it has."""

    def find() -> list[str]:
        found = [paper for weeks in _around(connection, until) for paper in weeks if names(paper, term)]
        found.sort(key=lambda paper: (paper.list_day or dt.date.min, paper.upvotes or 0), reverse=True)
        return [paper.id for paper in found]

    ids = kept.found(_lists(connection, until), (TREND, term), find)
    offset, count = page
    return len(ids), list(papers.papers(connection, ids[offset : offset + count]).values())


def _lists(connection: sqlite3.Connection, until: dt.date) -> tuple[tuple[str, int], ...]:
    return list_days.newest_revisions(connection, until, RECENT_DAYS + BEFORE_DAYS)


def _around(connection: sqlite3.Connection, until: dt.date) -> tuple[list[Paper], list[Paper]]:
    """The papers of the last list days, and of those before them."""
    days = list_days.newest_days(connection, until, RECENT_DAYS + BEFORE_DAYS)
    if not days:
        return [], []
    first = days[min(RECENT_DAYS, len(days)) - 1]
    found = papers.between(connection, days[-1], days[0])
    recent = [paper for paper in found if paper.list_day is not None and paper.list_day >= first]
    return recent, [paper for paper in found if paper.list_day is not None and paper.list_day < first]
