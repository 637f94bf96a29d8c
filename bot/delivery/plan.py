"""Planning: who is due, what they are owed, and the rows for it. In short transactions, a chunk each; sends nothing."""

import asyncio
import datetime as dt
import sqlite3
from collections.abc import Sequence
from itertools import groupby, islice
from operator import eq

from bot.delivery.planner import Outlines, Planner, forget_instants, think_ahead
from bot.errors import UsageError
from bot.store import announcements, deliveries, due_instants, list_days, planning, selections
from bot.store.connection import Store
from bot.store.selections import DeliverableDay

# How many of those who are due are planned for in one sweep, in the order of the file, so that each of its pages is written
# once. Their ids take 45 MB during planning, and no more however many subscribe.
SWEEP = 1_000_000
# How many rows of `due_order` are updated in one transaction; a row takes two microseconds.
_FOLLOWING = 2000
# How many rows in a transaction, where each takes ten microseconds.
_ONE_BY_ONE = 500
# How many of those who are due are looked at before the first transaction, to see which zones and hours occur.
_AHEAD = 3000


async def plan_due(store: Store, *, now: dt.datetime, settle_hour: int, only: int | None = None) -> int:
    """Plan for everybody who is due, and for everybody whose awaited day has come; gives how many deliveries are new.

    `only` names a single target, for which that is done.
    """
    planned = 0
    for day in await store.read(deliveries.waited_days):
        planned += await _end_waiting(store, day, now, only)
    planner = Planner(now, settle_hour)
    while True:
        due = await store.read(planning.due, now, SWEEP, only=only)
        planned += await _sweep(store, planner, due)
        if only is None and due:
            await _follow(store, now)
        if len(due) < SWEEP:
            forget_instants()
            return planned


async def _sweep(store: Store, planner: Planner, due: list[int]) -> int:
    """Plan for those of `due` that are due; gives how many deliveries are new."""
    due.sort()
    if any(map(eq, due, islice(due, 1, None))):
        # If planning was interrupted, the order may still have an earlier instant of targets that were moved on.
        due = [target for target, _ in groupby(due)]
    await store.read(think_ahead, due[:: 1 + len(due) // _AHEAD], planner.now)
    planned, end = 0, 0
    chunk, ahead = due[: planner.rows], None
    while chunk:
        end += len(chunk)
        following = due[end : end + planner.rows]
        # While a chunk is written the next is read; that is thrown away where somebody else has written in between.
        made, ahead = await asyncio.gather(
            store.write(planner.plan_due, chunk, ahead), _read_ahead(store, planner, following)
        )
        planned += made
        chunk = following
    return planned


async def _read_ahead(store: Store, planner: Planner, ids: Sequence[int]) -> Outlines | None:
    """The outlines of the next chunk, unless none had to be read for the last one, or somebody else is writing."""
    return await store.read(planner.read_ahead, ids) if ids and planner.alone and planner.reads else None


async def _follow(store: Store, now: dt.datetime) -> None:
    """Bring the order of the due instants after what has been planned."""
    after: tuple[int, int] | None = due_instants.FIRST
    while after is not None:
        after = await store.write(due_instants.follow, after, now, limit=_FOLLOWING)


async def plan_day(store: Store, day: dt.date, *, now: dt.datetime, only: int | None = None) -> int:
    """Plan one list day, whatever its age, for every active subscription that has not had it; gives how many are new.

    `only` names a single target. Raises UsageError when the store has no papers of that day.
    """
    known = await store.read(list_days.list_day, day)
    if known is None or not known.papers:
        raise UsageError(
            f"There are no papers of {day} in the store, so there is nothing to deliver. "
            f"Fetch them first: daily-papers fetch --date {day}"
        )
    planned, after = 0, 0
    planner = Planner(now)
    while True:
        last, made = await store.write(_plan_day_chunk, planner, DeliverableDay(day, known.revision), after, only=only)
        planned += made
        if last is None:
            return planned
        after = last


async def plan_announcements(store: Store, *, now: dt.datetime) -> None:
    """Make the deliveries of what the operator has announced, for everybody who is subscribed and can be reached."""
    for number in await store.read(announcements.unplanned):
        while await store.write(announcements.plan_chunk, number, now=now, limit=_ONE_BY_ONE):
            pass


async def _end_waiting(store: Store, day: dt.date, now: dt.datetime, only: int | None) -> int:
    """Plan for those who wait for `day` when it has come; end the waiting when it has no papers, or lasted too long."""
    planned = 0
    if only is not None:
        if await store.read(selections.is_deliverable, day):
            _, planned = await store.write(_plan_awaited_chunk, Planner(now), day, 0, only=only)
        return planned
    await _stop_waiting(store, day, lapsed_at=now)
    if await store.read(selections.is_deliverable, day):
        after: int | None = 0
        planner = Planner(now)
        while after is not None:
            after, made = await store.write(_plan_awaited_chunk, planner, day, after)
            planned += made
        await _stop_waiting(store, day)
    elif await store.read(selections.is_empty, day):
        await _stop_waiting(store, day)
    return planned


async def _stop_waiting(store: Store, day: dt.date, *, lapsed_at: dt.datetime | None = None) -> None:
    while await store.write(deliveries.stop_waiting, day, lapsed_at=lapsed_at, limit=_ONE_BY_ONE):
        pass


# --- One chunk, inside a transaction ------------------------------------------------------------------------------------


def _plan_awaited_chunk(
    connection: sqlite3.Connection, planner: Planner, day: dt.date, after: int, *, only: int | None = None
) -> tuple[int | None, int]:
    """The last target of the chunk, None when there was none; and how many deliveries were made."""
    ids = planning.waiting_for(connection, day, after=after, limit=planner.rows, only=only)
    planner.begin(connection)
    made = planner.write({target: planner.awaited(text) for target, text in planner.outlines(ids).items()})
    planner.end()
    return (ids[-1] if ids else None), made


def _plan_day_chunk(
    connection: sqlite3.Connection, planner: Planner, day: DeliverableDay, after: int, *, only: int | None = None
) -> tuple[int | None, int]:
    ids = planning.without(connection, day.day, after=after, limit=planner.rows, only=only)
    planner.begin(connection)
    made = planner.write({target: planner.one_day(text, day) for target, text in planner.outlines(ids).items()})
    planner.end()
    return (ids[-1] if ids else None), made
