"""What planning reads and writes for many subscribers at once: a statement for a whole chunk, however many are in it.

Who is owed what is bot/delivery/plan.py's.
"""

import datetime as dt
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b
from itertools import chain

from bot.clock import to_text
from bot.model import DeliveryState, Shape, Subscription, read_filters
from bot.store.allowed import ALLOWED, any_named
from bot.store.due_instants import from_number, to_number
from bot.store.pauses import NOT_PAUSED, any_paused, everything_paused

# Many rows go into SQLite and come out of it in one step: Python's sqlite3 gives the interpreter away at every step,
# and while a broadcast keeps the event loop busy it waits milliseconds to get it back, at each of a thousand steps.

# Rows in a statement, of five values at most: SQLite takes 32,766 parameters (sqlite.org/limits.html).
_ROWS = 500
# Between the fields of an outline, and between outlines; no field holds them.
_MARK, _END = "\x1f", "\x1e"
_DAY_LENGTH = len("2024-03-28")

_DUE = """
SELECT json_group_array(target_id) FROM (
    SELECT target_id FROM {table} AS due {join}
    WHERE at <= :now AND (:only IS NULL OR target_id = :only) AND {condition} ORDER BY at LIMIT :limit)
"""

_WAITING = """
SELECT json_group_array(target_id) FROM (
    SELECT delivery.target_id FROM delivery JOIN subscription ON subscription.target_id = delivery.target_id {join}
    WHERE delivery.state = 'waiting' AND list_day = :day AND delivery.target_id > :after AND active = 1
        AND (:only IS NULL OR delivery.target_id = :only) AND {condition}
    ORDER BY delivery.target_id LIMIT :limit)
"""

_WITHOUT = f"""
SELECT json_group_array(target_id) FROM (
    SELECT target_id FROM subscription JOIN target ON target.id = target_id
    WHERE active = 1 AND parked = '' AND target_id > :after AND (:only IS NULL OR target_id = :only) AND {ALLOWED}
        AND NOT EXISTS (
        SELECT 1 FROM delivery WHERE delivery.target_id = subscription.target_id AND list_day = :day
        AND state NOT IN ('waiting', 'parked'))
    ORDER BY target_id LIMIT :limit)
"""  # noqa: S608

# Only those of `ids` that are (still) active and due by `now`. What a target has had counts after its floor.
_FLOOR = "max(floor_day, coalesce(raised, ''))"
_OUTLINES = f"""
SELECT json_group_array(target), group_concat(at || '{_MARK}' || CASE WHEN :by_marks AND mark IS NOT NULL THEN mark ELSE (
    SELECT printf('{_MARK.join(["%s"] * 11)}', time_zone, local_time, weekdays, shape, top, min_votes, filters, {_FLOOR},
        language, parked <> '', (SELECT group_concat(list_day || state || coalesce(selection_id, '')) FROM delivery
            WHERE delivery.target_id = target AND list_day > coalesce({_FLOOR}, :newest)))
    FROM subscription CROSS JOIN target ON target.id = target_id WHERE target_id = target) END, '{_END}')
FROM (SELECT target_id AS target, at, mark, floor_day AS raised FROM json_each(:ids) CROSS JOIN due ON target_id = value
    WHERE :due_by IS NULL OR at <= :due_by)
"""  # noqa: S608

# A parked delivery is taken up again where it was; one that waited gets its selection. Anything else was had already.
# One without a message is done at once: its filters take everything away, and the chat has been told so before.
# WHERE true: without it SQLite takes ON for a join's (sqlite.org/lang_upsert.html, "Parsing Ambiguity").
_PLAN_READY = """
INSERT INTO delivery (target_id, list_day, selection_id, total, state, not_before, planned_at, ended_at)
SELECT column1, column2, column3, column4, iif(column4 > 0, 'ready', 'done'), column5, ?1, iif(column4 > 0, NULL, ?1)
FROM ({rows}) WHERE true
ON CONFLICT (target_id, list_day) DO UPDATE SET
    total = CASE WHEN selection_id IS NULL THEN excluded.total ELSE total END,
    selection_id = coalesce(selection_id, excluded.selection_id),
    state = iif(selection_id IS NULL, excluded.state, iif(total > 0, 'ready', 'done')), not_before = excluded.not_before,
    planned_at = excluded.planned_at, lapses_at = NULL, ended_at = iif(selection_id IS NULL, excluded.ended_at, NULL),
    attempts = 0, last_error = ''
    WHERE state IN ('waiting', 'parked')
"""

_PLAN_WAITING = """
INSERT INTO delivery (target_id, list_day, state, lapses_at, planned_at)
SELECT column1, column2, 'waiting', column3, ? FROM ({rows}) WHERE true
ON CONFLICT (target_id, list_day) DO UPDATE SET
    state = 'waiting', lapses_at = excluded.lapses_at, planned_at = excluded.planned_at, ended_at = NULL, last_error = ''
    WHERE state = 'parked' AND selection_id IS NULL
"""

_PLAN_SKIPPED = """
INSERT INTO delivery (target_id, list_day, state, planned_at, ended_at)
SELECT column1, column2, 'skipped', ?1, ?1 FROM ({rows}) WHERE true
ON CONFLICT (target_id, list_day) DO UPDATE SET state = 'skipped', ended_at = excluded.ended_at
    WHERE state IN ('waiting', 'parked')
"""

# All of them are there: what is inserted is never more than a row that stands already.
_MOVE_ON = """
INSERT INTO due (target_id, at, floor_day, mark) SELECT column1, column2, column3, column4 FROM ({rows}) WHERE true
ON CONFLICT (target_id) DO UPDATE SET at = excluded.at, floor_day = excluded.floor_day, mark = excluded.mark
"""


@dataclass(frozen=True, slots=True)
class Had:
    """A list day's delivery as planning sees it; `selection_id` is 0 when nothing was frozen for it."""

    state: DeliveryState
    selection_id: int = 0


@dataclass(frozen=True, slots=True)
class Outline:
    """All that planning must know of a subscriber; the same for many, so that it is thought through once."""

    order: Subscription
    language: str
    parked: bool
    had: dict[dt.date, Had]  # the list days after the floor


# --- Whom to plan for ---------------------------------------------------------------------------------------------------


def due(connection: sqlite3.Connection, now: dt.datetime, limit: int, *, only: int | None = None) -> list[int]:
    """Up to `limit` targets whose due instant has come, those that have been due longest first; or a single one.

    Where planning was cut off there are some among them that it has moved on already: `outlines` leaves them out.
    Whoever is paused stays due, as through an outage, and is owed after it what DESIGN, "The list day", says.
    """
    if everything_paused(connection):
        return []
    # Its own join and condition for the pauses, which hardly ever are, would double the time.
    pausing = any_paused(connection)
    join, condition = ("CROSS JOIN target ON target.id = target_id", NOT_PAUSED) if pausing else ("", "1")
    sql = _DUE.format(table="due_order" if only is None else "due", join=join, condition=condition)
    return _ids(connection, sql, now=to_number(now), limit=limit, only=only)


def waiting_for(
    connection: sqlite3.Connection, day: dt.date, *, after: int, limit: int, only: int | None = None
) -> list[int]:
    """Up to `limit` subscribers that wait for a list day, by target, those after target `after`; or a single one."""
    named = any_named(connection)
    join, condition = ("JOIN target ON target.id = delivery.target_id", ALLOWED) if named else ("", "1")
    waiting = _WAITING.format(join=join, condition=condition)
    return _ids(connection, waiting, day=day.isoformat(), after=after, limit=limit, only=only)


def without(connection: sqlite3.Connection, day: dt.date, *, after: int, limit: int, only: int | None = None) -> list[int]:
    """Up to `limit` reachable subscribers without a list day, by target, those after target `after`; or a single one."""
    return _ids(connection, _WITHOUT, day=day.isoformat(), after=after, limit=limit, only=only)


def outlines(
    connection: sqlite3.Connection,
    ids: Sequence[int],
    newest: dt.date | None,
    *,
    due_by: dt.datetime | None = None,
    by_marks: bool = False,
) -> list[tuple[int, str]]:
    """Target and outline, as a text for `read_outline`, of those of `ids` that are active, and due by `due_by` if given.

    Of one without a floor, the days after the eve of `newest` count. `by_marks`: where there is a mark, it and the due
    instant are the text (`is_mark`), equal for equal outlines all the same.
    """
    values = {
        "ids": json.dumps(ids),
        "newest": "9999" if newest is None else (newest - dt.timedelta(days=1)).isoformat(),
        "due_by": None if due_by is None else to_number(due_by),
        "by_marks": by_marks,
    }
    targets, texts = connection.execute(_OUTLINES, values).fetchone()
    return list(zip(json.loads(targets), texts.split(_END), strict=True)) if texts else []


def is_mark(text: str) -> bool:
    """Whether an outline by marks is a mark: what it stands for is the whole outline of any target that has it."""
    return text.count(_MARK) == 1


def read_outline(text: str) -> Outline:
    """What a whole outline of `outlines` says."""
    due_at, zone, time, weekdays, shape, top, votes, filters, floor, language, parked, had = text.split(_MARK)
    order = Subscription(
        time_zone=zone,
        local_time=dt.time.fromisoformat(time),
        weekdays=tuple(map(int, weekdays)),
        shape=Shape(shape),
        top=int(top) if top else None,
        min_votes=int(votes),
        filters=read_filters(filters),
        active=True,
        floor_day=dt.date.fromisoformat(floor) if floor else None,
        next_due_at=from_number(int(due_at)),
    )
    states = dict(_had(one) for one in had.split(",") if one)
    return Outline(order, language, parked == "1", states)


def mark(one: Outline) -> int | None:
    """A number that is equal for equal outlines, whenever they are due; None when the outline may change unseen.

    It does not tell what became of a day that was had: that changes nothing for planning.
    """
    if one.order.floor_day is None or any(had.state is DeliveryState.WAITING for had in one.had.values()):
        return None
    had = sorted((day, had.state is DeliveryState.PARKED, had.selection_id) for day, had in one.had.items())
    text = repr((replace(one.order, next_due_at=None), one.language, one.parked, had))
    # 63 bits: of a hundred thousand outlines that are alike in nothing else, two have one number once in a billion years.
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) >> 1


def _had(text: str) -> tuple[dt.date, Had]:
    """`2024-03-28done17`: a mark between the three would cost a million subscribers a second more."""
    rest = text[_DAY_LENGTH:]
    state = rest.rstrip("0123456789")
    return dt.date.fromisoformat(text[:_DAY_LENGTH]), Had(DeliveryState(state), int(rest[len(state) :] or 0))


def _ids(connection: sqlite3.Connection, sql: str, **values: object) -> list[int]:
    found: list[int] = json.loads(connection.execute(sql, values).fetchone()[0])
    return found


# --- What is planned ----------------------------------------------------------------------------------------------------


def plan_ready(connection: sqlite3.Connection, rows: Sequence[tuple[int, str, int, int, str]], *, now: dt.datetime) -> int:
    """Make deliveries to be sent, or take up those that waited or were parked; gives how many.

    A row is target, list day, selection, number of messages, and the instant before which it is not sent.
    """
    return _run(connection, _PLAN_READY, rows, to_text(now))


def plan_waiting(connection: sqlite3.Connection, rows: Sequence[tuple[int, str, str]], *, now: dt.datetime) -> None:
    """Wait for list days that are expected: target, list day, until when."""
    _run(connection, _PLAN_WAITING, rows, to_text(now))


def plan_skipped(connection: sqlite3.Connection, rows: Sequence[tuple[int, str]], *, now: dt.datetime) -> None:
    """Count list days as had without sending them: target, list day."""
    _run(connection, _PLAN_SKIPPED, rows, to_text(now))


def set_floors(connection: sqlite3.Connection, rows: Sequence[tuple[str, int]]) -> None:
    """Give subscriptions that have none a floor: list day, target."""
    connection.executemany("UPDATE subscription SET floor_day = ? WHERE target_id = ?", rows)


def move_on(connection: sqlite3.Connection, rows: Sequence[tuple[int, int, str | None, int | None]]) -> None:
    """Set the next due instant, never to an earlier one: target, instant in milliseconds since 1970,
    raised floor, mark of the outline.

    The order of the instants is brought after it by bot/store/due_instants.py, `follow`.
    """
    _run(connection, _MOVE_ON, rows)


def _run(connection: sqlite3.Connection, sql: str, rows: Sequence[tuple[object, ...]], *first: object) -> int:
    made = 0
    for begin in range(0, len(rows), _ROWS):
        part = rows[begin : begin + _ROWS]
        statement = _statement(sql, len(part), len(part[0]))
        made += connection.execute(statement, [*first, *chain.from_iterable(part)]).rowcount
    return made


@lru_cache(64)
def _statement(sql: str, rows: int, values: int) -> str:
    # One text for each number of rows: a full chunk's statement is prepared once, too.
    return sql.format(rows="VALUES " + ",".join([f"({','.join('?' * values)})"] * rows))
