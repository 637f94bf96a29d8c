"""What a chat's next digest would be with the list as it is now. Reads what planning would read, and writes nothing."""

import datetime as dt
import sqlite3
from dataclasses import dataclass

from bot.delivery.freezing import Freezer
from bot.digest.select import chosen
from bot.model import Chat, Choice, DeliveryState, Origin, Paper
from bot.store import list_days, papers, planning
from bot.store.spellings import spelled_choice

# What waits or was stopped before it began is still to come.
_TO_COME = frozenset({DeliveryState.WAITING, DeliveryState.PARKED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """The newest list day: `total`, its number of papers; those that the chat would get, with late ones of earlier days.

    `had` is true if the chat will not get that day (again), because there is no newer one yet.
    """

    day: dt.date
    total: int
    papers: tuple[Paper, ...]
    late: tuple[tuple[dt.date, Paper], ...]
    had: bool


def coming(connection: sqlite3.Connection, chat: Chat | None, choice: Choice, now: dt.datetime) -> Coming | None:
    """What would come now; for a chat that is not subscribed, from the newest list. None if there is no list."""
    newest = list_days.newest_with_papers(connection, now.astimezone(dt.UTC).date())
    if newest is None:
        return None
    listed = papers.papers_of_day(connection, newest.day)
    wanted = spelled_choice(connection, choice)
    found = {} if chat is None else planning.outlines(connection, [chat.target_id], newest.day)
    had = {day: one for text in found.values() for day, one in planning.read_outline(text).had.items()}
    # The sample is never delivered.
    if newest.origin is Origin.SAMPLE or (newest.day in had and had[newest.day].state not in _TO_COME):
        return Coming(day=newest.day, total=len(listed), papers=tuple(chosen(listed, wanted)), late=(), had=True)
    freezer = Freezer(now)
    freezer.begin(connection, changed=True)
    sent = freezer.sent(had)
    own = [paper for paper in listed if paper.id not in sent and paper.list_day == newest.day]
    return Coming(
        day=newest.day,
        total=len(own),
        papers=tuple(chosen(own, wanted)),
        late=tuple(freezer.late(had, sent, choice)),
        had=False,
    )
