"""Reads for planning, for many subscribers at once: one statement per chunk, however large.

Who is owed what is decided in bot/delivery/planner.py; rows are written in bot/store/plan_writing.py.
"""

import datetime as dt
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from bot.model import DeliveryState, Shape, Subscription, read_filters
from bot.store.allowed import ALLOWED, any_named
from bot.store.due_instants import from_number, to_number
from bot.store.pauses import NOT_PAUSED, any_paused, everything_paused

# Many rows come out of SQLite in one step: Python's sqlite3 gives the interpreter away at every step, and while a
# broadcast keeps the event loop busy it waits milliseconds to get it back, at each of a thousand steps.

# Between outlines, which are JSON: no character of it.
_END = "\x1e"
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
SELECT json_group_array(target), group_concat(
    json_array(at, time_zone, local_time, weekdays, shape, top, min_votes, filters, {_FLOOR},
        language, parked <> '', (SELECT group_concat(list_day || state || coalesce(selection_id, '')) FROM delivery
            WHERE delivery.target_id = target AND list_day > coalesce({_FLOOR}, :newest))), '{_END}')
FROM (SELECT target_id AS target, at, floor_day AS raised FROM json_each(:ids) CROSS JOIN due ON target_id = value
    WHERE (:due_by IS NULL OR at <= :due_by) AND (mark IS NULL OR NOT :unmarked))
CROSS JOIN subscription ON target_id = target CROSS JOIN target ON target.id = target_id
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Had:
    """A list day's delivery as planning sees it; `selection_id` is 0 when nothing was frozen for it."""

    state: DeliveryState
    selection_id: int = 0


@dataclass(frozen=True, slots=True)
class Outline:
    """All that planning must know about a subscriber; equal for many, so that it is worked out once."""

    order: Subscription
    language: str
    parked: bool
    had: dict[dt.date, Had]  # the list days after the floor


# --- Whom to plan for ---------------------------------------------------------------------------------------------------


def due(connection: sqlite3.Connection, now: dt.datetime, limit: int, *, only: int | None = None) -> list[int]:
    """Up to `limit` targets whose due instant has come, those that have been due longest first; or a single one.

    Where planning was cut off there are some among them that it has moved on already: `outlines` leaves them out.
    Whoever is paused stays due, as in an outage, and is then owed what docs/architecture.md, "The list day", says.
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
    unmarked: bool = False,
) -> dict[int, str]:
    """By target the outline, as a text for `read_outline`, of those of `ids` that are active, and due by `due_by` if given.

    Of one without a floor, the days after the eve of `newest` count. `unmarked`: only those that have no mark.
    """
    values = {
        "ids": json.dumps(ids),
        "newest": "9999" if newest is None else (newest - dt.timedelta(days=1)).isoformat(),
        "due_by": None if due_by is None else to_number(due_by),
        "unmarked": unmarked,
    }
    targets, texts = connection.execute(_OUTLINES, values).fetchone()
    return dict(zip(json.loads(targets), texts.split(_END), strict=True)) if texts else {}


def read_outline(text: str) -> Outline:
    """What a whole outline of `outlines` says."""
    due_at, zone, time, weekdays, shape, top, votes, filters, floor, language, parked, had = json.loads(text)
    order = Subscription(
        time_zone=zone,
        local_time=dt.time.fromisoformat(time),
        weekdays=tuple(map(int, weekdays)),
        shape=Shape(shape),
        top=top,
        min_votes=votes,
        filters=read_filters(filters),
        active=True,
        floor_day=dt.date.fromisoformat(floor) if floor else None,
        next_due_at=from_number(due_at),
    )
    states = dict(_had(one) for one in had.split(",")) if had else {}
    return Outline(order, language, bool(parked), states)


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


def put_mark(connection: sqlite3.Connection, target_id: int) -> None:
    """Mark a target whose subscription has just been saved: its first planning need not read it then, nor those alike."""
    for text in outlines(connection, [target_id], None).values():
        connection.execute("UPDATE due SET mark = ? WHERE target_id = ?", (mark(read_outline(text)), target_id))


def _had(text: str) -> tuple[dt.date, Had]:
    """`2024-03-28done17`: a mark between the three would cost a million subscribers a second more."""
    rest = text[_DAY_LENGTH:]
    state = rest.rstrip("0123456789")
    return dt.date.fromisoformat(text[:_DAY_LENGTH]), Had(DeliveryState(state), int(rest[len(state) :] or 0))


def _ids(connection: sqlite3.Connection, sql: str, **values: object) -> list[int]:
    found: list[int] = json.loads(connection.execute(sql, values).fetchone()[0])
    return found
