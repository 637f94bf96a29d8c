"""Works out what subscribers are owed: once for each outline that they share, and then writes the rows of all of them.

Who is planned for, and in which chunks, is in bot/delivery/plan.py.
"""

import datetime as dt
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import count

from bot.clock import to_text
from bot.delivery.due import WAIT, expected_day, next_due_at, owed_days
from bot.delivery.freezing import Freezer, Frozen
from bot.model import ALL_WEEKDAYS, Choice, DeliveryState, Shape, Subscription
from bot.store import plan_writing, planning, selections
from bot.store.due_instants import to_number
from bot.store.plan_writing import Kind, Plan
from bot.store.planning import Had, Outline
from bot.store.selections import DeliverableDay

# At most this many rows in a transaction, some 7 ms: longer ones make people's commands wait, and shorter ones take longer
# in total, because each rewrites the last pages of every index (docs/decisions/014).
CHUNK = 1000
# New outlines are planned inside the transaction, and the first chunks are full of them. So chunks begin with FIRST_CHUNK
# rows, double while one takes less than SHORT_SECONDS, and are halved, down to LEAST_CHUNK, when one takes more than
# LONG_SECONDS: 500 chats with different filters in one would take 0.4 s.
FIRST_CHUNK, LEAST_CHUNK = 25, 10
SHORT_SECONDS, LONG_SECONDS = 0.008, 0.016
# Deliveries that are late by this much more than others are sent first; within a step they are in the order of the file.
_ORDERED = dt.timedelta(hours=3)
# List days up to this old may become deliverable during planning; older ones are noticed when planning begins again.
_CHANGING = dt.timedelta(days=30)
# How many list days back late papers are looked for. After an outage a list that was half fetched is asked for again up to
# GAP_DAYS after its day (bot/digest/list_days.py), which is eleven list days; the next digest may be a day later.
_FOLLOWED = 12
# How many plans are remembered, some kilobytes each; a forgotten one is made again.
_REMEMBERED = 20_000
# The next due instants of subscribers with the same time, zone and weekdays are the same.
_next = cache(next_due_at)
# Numbers of plans, never used twice in this process.
_numbers = count(1)
# A delivery in one of these states was not had: its list day is still owed.
_NOT_HAD = frozenset({DeliveryState.WAITING, DeliveryState.PARKED})


def think_ahead(connection: sqlite3.Connection, ids: Sequence[int], now: dt.datetime) -> None:
    """Compute the due instants that these subscribers share in advance, so that no transaction has to."""
    for text in set(planning.outlines(connection, ids, None, due_by=now).values()):
        _last_and_next(planning.read_outline(text).order, now)


def forget_instants() -> None:
    """Planning is over: what `think_ahead` worked out is of no use any more."""
    _next.cache_clear()


def _last_and_next(order: Subscription, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """The last due instant up to `now`, for a machine that slept may have missed several, and the one after it."""
    assert order.next_due_at is not None
    weekdays = order.weekdays or ALL_WEEKDAYS
    # After a long outage only the last week counts: every weekday occurs in it.
    last = max(order.next_due_at, now - dt.timedelta(days=8))
    while True:
        following = _next(time_zone=order.time_zone, local_time=order.local_time, weekdays=weekdays, after=last)
        if following > now:
            return last, following
        last = following


def _choice(one: Outline) -> Choice:
    return one.order.choice(one.language)


# By target: its outline as text, and the number of its plan. Not as pairs: a thousand tuples trigger a garbage collection,
# 30 ms in the middle of a transaction.
Outlines = dict[int, str]
Planned = dict[int, int]


class Planner:
    """What subscribers are owed at one instant. Plans each outline once: millions of targets share some hundreds."""

    def __init__(self, now: dt.datetime, settle_hour: int = 0) -> None:
        self.now, self._settle_hour = now, settle_hour
        self._newest: dt.date | None = None
        self._recent: list[DeliverableDay] | None = None
        # By their outlines, the numbers of the plans that are kept in the store; and the statements that these need.
        self._plans: dict[str, int] = {}
        self._kinds: set[Kind] = set()
        self._last: int | None = None
        self._empty: dict[dt.date, bool] = {}
        self._days: tuple[DeliverableDay, ...] = ()
        self._freezer = Freezer(now)
        self._began = 0.0
        self._written: tuple[int, int] | None = None
        # Whether nobody else has written between the last two chunks, whether outlines had to be read for the last one, and
        # how many rows the next one should have.
        self.alone, self.reads, self.rows = False, True, FIRST_CHUNK

    def begin(self, connection: sqlite3.Connection) -> None:
        """Begin a chunk, in its transaction."""
        self._connection, self._began = connection, time.perf_counter()
        today = self.now.date()
        recent = selections.deliverable_days(connection, since=today - _CHANGING, until=today)
        changed = recent != self._recent
        self._freezer.begin(connection, changed=changed)
        # If another Planner has stored its plans on this connection since, ours are gone and are made again.
        foreign = plan_writing.newest_plan(connection) != self._last
        if changed or foreign or len(self._plans) > _REMEMBERED:
            plan_writing.forget_plans(connection)
            self._plans.clear()
            self._kinds.clear()
            self._last = None
        if changed:
            # The first chunk; or a day has settled, or changed, since the last one.
            self._recent = recent
            self._empty.clear()
            self._days = tuple(selections.deliverable_days(connection, until=today))
            self._newest = self._days[-1].day if self._days else None

    def read_ahead(self, connection: sqlite3.Connection, ids: Sequence[int]) -> Outlines:
        """Outlines of those without a mark in the chunk after the one that is being written, on a reader's connection."""
        return planning.outlines(connection, ids, self._newest, due_by=self.now, unmarked=True)

    def plan_due(self, connection: sqlite3.Connection, ids: Sequence[int], ahead: Outlines | None = None) -> int:
        """Plan for those of `ids` that are due, in one transaction; gives how many deliveries are new.

        `ahead` is what `read_ahead` gave while the chunk before was written. It holds when nobody else has written since
        the chunk before that one.
        """
        was_alone, self.alone = self.alone, self._written == _written(connection)
        self.begin(connection)
        found = ahead if ahead is not None and was_alone and self.alone else {}
        made = self.write({target: self.due(text) for target, text in found.items()}) if found else 0
        rest = [target for target in ids if target not in found]
        by_marks = plan_writing.write_by_marks(connection, rest, self._kinds, now=self.now)
        made += by_marks.ready
        if by_marks.moved < len(rest):
            # Those whose mark is met for the first time, or who have none; and who is due no more, which have no outline.
            left = planning.outlines(connection, rest, self._newest, due_by=self.now)
            plans = {target: self.due(text) for target, text in left.items()}
            plan_writing.know_marks(connection, plans)
            made += self.write(plans)
            found |= left
        self.reads = bool(found)
        self._written = _written(connection)
        self.end()
        return made

    def outlines(self, ids: Sequence[int]) -> Outlines:
        """Target and whole outline of those of `ids` that are active: bot/store/planning.py, `outlines`."""
        return planning.outlines(self._connection, ids, self._newest)

    def due(self, text: str) -> int:
        """The number of the plan for one whose due instant has come."""
        return self._plans[text] if text in self._plans else self._keep(text, self._due(planning.read_outline(text)))

    def awaited(self, text: str) -> int:
        """The number of the plan for one that waited for a list day, which has come."""
        if text in self._plans:
            return self._plans[text]
        return self._keep(text, self._owed(planning.read_outline(text), self.now, None))

    def one_day(self, text: str, day: DeliverableDay) -> int:
        """The number of the plan for one that gets `day` whatever it is owed."""
        if text in self._plans:
            return self._plans[text]
        one = planning.read_outline(text)
        frozen = self._freezer.selection(day, _choice(one), sent=self._freezer.sent(one.had))
        at, raised, _ = _nothing(one)
        return self._keep(text, Plan((at, raised, None), ready=(_ready(day, frozen, self.now),)))

    def write(self, plans: Planned) -> int:
        """Write the rows of these targets; gives how many deliveries are ready to be sent."""
        return plan_writing.write(self._connection, plans, self._kinds, now=self.now).ready

    def end(self) -> None:
        """End a chunk, in its transaction."""
        self.rows = self._next_rows(time.perf_counter() - self._began)

    def _keep(self, text: str, plan: Plan) -> int:
        self._last = number = next(_numbers)
        plan_writing.keep_plan(self._connection, number, plan)
        self._kinds |= plan.kinds()
        self._plans[text] = number
        return number

    def _next_rows(self, seconds: float) -> int:
        if seconds > LONG_SECONDS:
            return max(self.rows // 2, LEAST_CHUNK)
        return min(self.rows * 2, CHUNK) if seconds < SHORT_SECONDS else self.rows

    def _due(self, one: Outline) -> Plan:
        at, following = _last_and_next(one.order, self.now)
        # For a parked target only the due instant moves on, so that it is right when the chat wakes up.
        plan = Plan(_nothing(one)) if one.parked else self._owed(one, at, expected_day(at, self._settle_hour))
        _, raised, mark = plan.moved or _nothing(one)
        return replace(plan, moved=(to_number(following), raised, mark))

    def _owed(self, one: Outline, at: dt.datetime, expected: dt.date | None) -> Plan:
        """What `one`, due `at`, is owed, the wait for `expected` when that is not there yet, and its new floor."""
        assert one.order.next_due_at is not None
        floor = one.order.floor_day
        if floor is None and self._newest is not None:
            # Whoever subscribed to an empty store is owed only what is newest when they are first due.
            floor = self._newest - dt.timedelta(days=1)
        had = {day for day, known in one.had.items() if known.state not in _NOT_HAD}
        # Without a floor, and with no list day known, nothing is owed.
        days = {} if floor is None else {day.day: day for day in self._days if day.day > floor}
        owed, skipped = owed_days(days, floor, had)
        choice = _choice(one)
        sent = self._freezer.sent(one.had)
        # What was parked in the middle goes on as it was frozen; what is to be added goes on top of the first other one.
        fresh = [day for day in owed if day not in one.had or not one.had[day].selection_id]
        late = self._freezer.late(one.had, sent, choice) if fresh else []
        ready = {}
        told = self._freezer.told_of_nothing(one.had, choice)
        for day in owed:
            shape = choice if day == owed[-1] else replace(choice, shape=Shape.COMPACT)
            on_top = fresh[:1] == [day]
            frozen = self._freezer.selection(
                days[day], shape, sent=sent, late=late if on_top else (), skipped=skipped if on_top else (), told=told
            )
            told = self._freezer.is_empty(frozen.id)
            ready[days[day]] = frozen
        waiting = []
        if expected is not None and self._is_missing(expected, floor, had) and at + WAIT > self.now:
            waiting.append((expected.isoformat(), to_text(at + WAIT)))
            floor = floor or expected - dt.timedelta(days=1)
        not_before = self.now - (self.now - at) // _ORDERED * _ORDERED
        raised = self._raised(floor)
        mark = None if waiting else planning.mark(_after(one, raised, ready, skipped))
        return Plan(
            (to_number(one.order.next_due_at), _day_text(raised), mark),
            ready=tuple(_ready(day, frozen, not_before) for day, frozen in ready.items()),
            waiting=tuple(waiting),
            skipped=tuple(day.isoformat() for day in skipped),
            first_floor=_day_text(floor) if one.order.floor_day is None else None,
        )

    def _raised(self, floor: dt.date | None) -> dt.date | None:
        """The floor, raised to what is too old for anything: so that planning never looks through a year of rows."""
        if floor is None or len(self._days) <= _FOLLOWED:
            return floor
        return max(floor, self._days[-_FOLLOWED - 1].day)

    def _is_missing(self, expected: dt.date, floor: dt.date | None, had: set[dt.date]) -> bool:
        if expected in had or (floor is not None and expected <= floor) or any(day.day == expected for day in self._days):
            return False
        if expected not in self._empty:
            self._empty[expected] = selections.is_empty(self._connection, expected)
        return not self._empty[expected]


def _nothing(one: Outline) -> tuple[int, str | None, int | None]:
    """How the row of one that is owed nothing is left: due when it was."""
    assert one.order.next_due_at is not None
    return to_number(one.order.next_due_at), _day_text(one.order.floor_day), planning.mark(one)


def _after(
    one: Outline, floor: dt.date | None, ready: Mapping[DeliverableDay, Frozen], skipped: Iterable[dt.date]
) -> Outline:
    """What is known of `one` when this has been planned for it."""
    had = dict(one.had)
    for day, frozen in ready.items():
        # What was parked in the middle keeps its selection.
        kept = had[day.day].selection_id if day.day in had else 0
        had[day.day] = Had(DeliveryState.READY, kept or frozen.id)
    for skip in skipped:
        had[skip] = Had(DeliveryState.SKIPPED, had[skip].selection_id if skip in had else 0)
    left = {} if floor is None else {day: known for day, known in had.items() if day > floor}
    return replace(one, order=replace(one.order, floor_day=floor), had=left)


def _written(connection: sqlite3.Connection) -> tuple[int, int]:
    """Changes when anybody has written: through this connection, or in another process (sqlite.org/pragma.html)."""
    return connection.total_changes, connection.execute("PRAGMA data_version").fetchone()[0]


def _ready(day: DeliverableDay, frozen: Frozen, not_before: dt.datetime) -> tuple[str, int, int, str]:
    return day.day.isoformat(), frozen.id, frozen.total, to_text(not_before)


def _day_text(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()
