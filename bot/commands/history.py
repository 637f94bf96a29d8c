"""/history: the list days that a chat was sent, how much of each arrived, and the papers of one."""

import datetime as dt
import sqlite3
from collections.abc import Sequence

from bot.commands import setting_views
from bot.commands.asking import Asking
from bot.commands.listing import Lead, Line, Page, listed, pages
from bot.delivery.due import zone_of
from bot.locales import thousands
from bot.message import Message
from bot.model import DeliveryState, Paper
from bot.store import history, papers
from bot.store.history import DayHad

LIST, DAY = "h", "hd"


async def show_history(asking: Asking) -> Sequence[Message]:
    """The list days of this chat, the newest first."""
    return await listed(asking, LIST)


@pages(LIST)
async def _days(asking: Asking, arguments: str, offset: int, count: int) -> Page:
    del arguments
    total, found = (
        (0, [])
        if asking.chat is None
        else await asking.store.read(history.days_had, asking.chat.target_id, limit=count, offset=offset)
    )
    if not total:
        return Page(
            paragraphs=(
                asking.gettext("Nothing was sent here yet."),
                setting_views.state(asking)
                if asking.order.active
                else asking.gettext("/subscribe brings each day's papers, /today shows the newest now."),
            )
        )
    written = thousands(total, asking.language)
    return Page(
        heading=asking.gettext("What this chat was sent"),
        paragraphs=(asking.ngettext("{count} day", "{count} days", total, count=written),),
        lines=[_line(asking, one) for one in found],
        total=total,
        footer=asking.gettext("A number shows what came of its day."),
    )


@pages(DAY)
async def _day(asking: Asking, arguments: str, offset: int, count: int) -> Page:
    """The papers that came of one day, in the order in which they came."""
    total, found = await asking.store.read(_came, asking, arguments, offset, count)
    back = Lead(kind=LIST, label=asking.gettext("‹ All days"))
    if not total:
        return Page(paragraphs=(asking.gettext("Nothing of that day came here."),), leads=(back,))
    return Page(
        heading=asking.gettext("What came of {day}", day=asking.day_name(dt.date.fromisoformat(arguments))),
        paragraphs=(asking.ngettext("{total} paper", "{total} papers", total, total=thousands(total, asking.language)),),
        papers=found,
        total=total,
        footer=asking.gettext("A number opens its paper."),
        leads=(back,),
    )


def _line(asking: Asking, one: DayHad) -> Line:
    return Line(
        title=asking.day_name(one.day),
        facts=" · ".join(filter(None, _facts(asking, one))),
        lead=Lead(kind=DAY, arguments=one.day.isoformat()) if one.papers else None,
    )


def _facts(asking: Asking, one: DayHad) -> Sequence[str]:
    papers_came = ""
    if one.papers or one.state is DeliveryState.DONE:
        written = thousands(one.papers, asking.language)
        papers_came = asking.ngettext("{total} paper", "{total} papers", one.papers, total=written)
    at = "" if one.at is None else one.at.astimezone(zone_of(asking.order.time_zone)).strftime("%Y-%m-%d %H:%M")
    match one.state:
        case DeliveryState.DONE:
            return papers_came, at
        case DeliveryState.READY:
            return papers_came, asking.gettext("on its way")
        case DeliveryState.WAITING:
            return (asking.gettext("not there yet"),)
        case DeliveryState.PARKED:
            return papers_came, asking.gettext("broken off: this chat could not be reached")
        case DeliveryState.FAILED:
            return papers_came, asking.gettext("broken off")
        case DeliveryState.SKIPPED:
            return papers_came, asking.gettext("left out")


def _came(connection: sqlite3.Connection, asking: Asking, day: str, offset: int, count: int) -> tuple[int, list[Paper]]:
    if asking.chat is None:
        return 0, []
    ids = history.papers_had(connection, asking.chat.target_id, day)
    known = papers.papers(connection, ids[offset : offset + count])
    return len(ids), list(known.values())
