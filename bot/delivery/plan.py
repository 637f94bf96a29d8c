"""Planning: who is due, what each is owed, and the rows that say so. In chunks of short transactions; sends nothing."""

import datetime as dt
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from bot.delivery.due import OWED_LIMIT, WAIT, expected_day, next_due_at, owed_days
from bot.digest import select
from bot.errors import UsageError
from bot.model import ALL_WEEKDAYS, Choice, DeliveryState, Shape, Subscription
from bot.store import deliveries, list_days, papers, selections, subscriptions
from bot.store.connection import Store
from bot.store.deliveries import Ready
from bot.store.selections import DeliverableDay
from bot.store.subscriptions import Subscriber

# Longer transactions make people's commands wait (DESIGN, "Deliveries": 1.3 s for one big one, 34 ms so).
CHUNK = 500
# A line that names more days than this names only the first and the last.
_NAMED_DAYS = 7
# The next due instants of subscribers with the same time, zone and weekdays are the same.
_next = cache(next_due_at)
# A row in one of these is no delivery that was had: what it waits or stopped for is still owed.
_NOT_HAD = frozenset({DeliveryState.WAITING, DeliveryState.PARKED})


async def plan_due(store: Store, *, now: dt.datetime, settle_hour: int, only: int | None = None) -> int:
    """Plan for everybody who is due, and for everybody whose awaited day has come; gives how many deliveries are new.

    `only` names a single target, for which that is done.
    """
    planned = 0
    for day in await store.read(deliveries.waited_days):
        planned += await _end_waiting(store, day, now, only)
    while True:
        seen, made = await store.write(_plan_due_chunk, now=now, settle_hour=settle_hour, only=only)
        planned += made
        if seen < CHUNK:
            _next.cache_clear()
            return planned


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
    while True:
        last, made = await store.write(_plan_day_chunk, DeliverableDay(day, known.revision), after, now=now, only=only)
        planned += made
        if last is None:
            return planned
        after = last


async def _end_waiting(store: Store, day: dt.date, now: dt.datetime, only: int | None) -> int:
    """Plan for those who wait for `day` when it has come; end the waiting when it has no papers, or lasted too long."""
    planned = 0
    if only is not None:
        if await store.read(selections.is_deliverable, day):
            _, planned = await store.write(_plan_awaited_chunk, day, 0, now=now, only=only)
        return planned
    await _stop_waiting(store, day, lapsed_at=now)
    if await store.read(selections.is_deliverable, day):
        after: int | None = 0
        while after is not None:
            after, made = await store.write(_plan_awaited_chunk, day, after, now=now)
            planned += made
        await _stop_waiting(store, day)
    elif await store.read(selections.is_empty, day):
        await _stop_waiting(store, day)
    return planned


async def _stop_waiting(store: Store, day: dt.date, *, lapsed_at: dt.datetime | None = None) -> None:
    while await store.write(deliveries.stop_waiting, day, lapsed_at=lapsed_at, limit=CHUNK):
        pass


# --- One chunk, inside a transaction ------------------------------------------------------------------------------------


def _plan_due_chunk(
    connection: sqlite3.Connection, *, now: dt.datetime, settle_hour: int, only: int | None = None
) -> tuple[int, int]:
    """How many were due, and how many deliveries were made."""
    due = subscriptions.due(connection, now, CHUNK, only=only)
    chunk = _Chunk(connection, [one for one in due if not one.parked], now)
    expected = cache(expected_day)
    moves = []
    for one in due:
        floor = one.order.floor_day
        at, following = _last_and_next(one.order, now)
        if not one.parked:
            floor = chunk.add(one, not_before=at, expected=expected(at, settle_hour))
        moves.append((one.target_id, following, floor))
    subscriptions.move_on(connection, moves)
    return len(due), chunk.write()


def _plan_awaited_chunk(
    connection: sqlite3.Connection, day: dt.date, after: int, *, now: dt.datetime, only: int | None = None
) -> tuple[int | None, int]:
    """The last target of the chunk, None when there was none; and how many deliveries were made."""
    waiting = subscriptions.waiting_for(connection, day, after=after, limit=CHUNK, only=only)
    chunk = _Chunk(connection, waiting, now)
    subscriptions.move_on(connection, [(one.target_id, None, chunk.add(one, not_before=now)) for one in waiting])
    return (waiting[-1].target_id if waiting else None), chunk.write()


def _plan_day_chunk(
    connection: sqlite3.Connection, day: DeliverableDay, after: int, *, now: dt.datetime, only: int | None = None
) -> tuple[int | None, int]:
    chunk = _Chunk(connection, (), now)
    found = subscriptions.without(connection, day.day, after=after, limit=CHUNK, only=only)
    for one in found:
        chunk.ready(one, day, _choice(one), now)
    return (found[-1].target_id if found else None), chunk.write()


def _last_and_next(order: Subscription, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """The last due instant up to `now`, for a machine that slept may have missed several, and the one after it."""
    assert order.next_due_at is not None
    weekdays = order.weekdays or ALL_WEEKDAYS
    # Of a long sleep only the last week counts: every weekday comes in it.
    last = max(order.next_due_at, now - dt.timedelta(days=8))
    while True:
        following = _next(time_zone=order.time_zone, local_time=order.local_time, weekdays=weekdays, after=last)
        if following > now:
            return last, following
        last = following


def _choice(one: Subscriber) -> Choice:
    order = one.order
    return Choice(language=one.language, shape=order.shape, top=order.top, min_votes=order.min_votes)


@dataclass(frozen=True, slots=True)
class _Frozen:
    id: int
    total: int


class _Chunk:
    """What a chunk's subscribers are owed, gathered as rows and written together."""

    def __init__(self, connection: sqlite3.Connection, subscribers: Sequence[Subscriber], now: dt.datetime) -> None:
        self._connection, self._now = connection, now
        self._newest = selections.newest_deliverable(connection) if subscribers else None
        floors = [self._floor(one) for one in subscribers]
        known = [floor for floor in floors if floor is not None]
        oldest = min(known, default=None)
        self._days: dict[dt.date, DeliverableDay] = {}
        self._had: dict[int, dict[dt.date, DeliveryState]] = {}
        if oldest is not None:
            self._days = {day.day: day for day in selections.deliverable_days(connection, since=oldest)}
            self._had = deliveries.had_days_of(connection, [one.target_id for one in subscribers], oldest)
        self._frozen: dict[tuple[dt.date, Choice, str], _Frozen] = {}
        self._empty: dict[dt.date, bool] = {}
        self._ready: list[Ready] = []
        self._waiting: list[tuple[int, dt.date, dt.datetime]] = []
        self._skipped: list[tuple[int, dt.date]] = []

    def add(self, one: Subscriber, *, not_before: dt.datetime, expected: dt.date | None = None) -> dt.date | None:
        """Gather what `one` is owed, and the wait for `expected` when that is not there yet; gives its new floor."""
        states = self._had.get(one.target_id, {})
        had = {day for day, state in states.items() if state not in _NOT_HAD}
        floor = self._floor(one)
        owed, skipped = owed_days(self._days, floor, had)
        self._skipped.extend((one.target_id, day) for day in skipped)
        choice = _choice(one)
        for day in owed:
            shape = choice if day == owed[-1] else replace(choice, shape=Shape.COMPACT)
            self.ready(one, self._days[day], shape, not_before, skipped if day == owed[0] else ())
        if expected is not None and self._is_missing(expected, floor, had) and not_before + WAIT > self._now:
            self._waiting.append((one.target_id, expected, not_before + WAIT))
            floor = floor or expected - dt.timedelta(days=1)
        return self._raised(floor)

    def ready(
        self,
        one: Subscriber,
        day: DeliverableDay,
        choice: Choice,
        not_before: dt.datetime,
        skipped: Iterable[dt.date] = (),
    ) -> None:
        """Gather one list day to be sent."""
        frozen = self._selection(day, choice, tuple(skipped))
        self._ready.append(Ready(one.target_id, day.day, frozen.id, frozen.total, not_before))

    def write(self) -> int:
        """Write the rows; gives how many deliveries are ready to be sent."""
        deliveries.plan_skipped(self._connection, self._skipped, now=self._now)
        deliveries.plan_waiting(self._connection, self._waiting, now=self._now)
        return deliveries.plan_ready(self._connection, self._ready, now=self._now)

    def _floor(self, one: Subscriber) -> dt.date | None:
        # Who subscribed when nothing was known is owed only what is newest when it is first due.
        if one.order.floor_day is not None or self._newest is None:
            return one.order.floor_day
        return self._newest - dt.timedelta(days=1)

    def _raised(self, floor: dt.date | None) -> dt.date | None:
        """The floor, raised to what is now too old to be owed: so that planning never looks through a year of rows."""
        days = sorted(self._days)
        if floor is None or len(days) <= OWED_LIMIT:
            return floor
        return max(floor, days[-OWED_LIMIT - 1])

    def _is_missing(self, expected: dt.date, floor: dt.date | None, had: set[dt.date]) -> bool:
        if expected in self._days or expected in had or (floor is not None and expected <= floor):
            return False
        if expected not in self._empty:
            self._empty[expected] = selections.is_empty(self._connection, expected)
        return not self._empty[expected]

    def _selection(self, day: DeliverableDay, choice: Choice, skipped: tuple[dt.date, ...]) -> _Frozen:
        named = [one.isoformat() for one in skipped]
        if len(named) > _NAMED_DAYS:
            named = [named[0], "…", named[-1]]
        variant = f"skipped:{','.join(named)}" if named else ""
        key = (day.day, choice, variant)
        if key not in self._frozen:
            found = selections.find(self._connection, day, choice, variant)
            if found is None:
                items = _items(self._connection, day.day, choice, named)
                found = selections.freeze(self._connection, day, choice, variant, items, now=self._now)
            self._frozen[key] = _Frozen(*found)
        return self._frozen[key]


def _items(connection: sqlite3.Connection, day: dt.date, choice: Choice, skipped: list[str]) -> list[dict[str, Any]]:
    listed = papers.papers_of_day(connection, day)
    items: list[dict[str, Any]] = [dict(item) for item in select.items(listed, choice)]
    if skipped:
        if items[0]["kind"] != "heading":
            shown = len(select.chosen(listed, choice))
            items.insert(0, {"kind": "heading", "shown": shown, "total": len(listed)})
        items[0]["skipped"] = skipped
    return items
