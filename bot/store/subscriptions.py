"""Standing orders: one a target, kept when it unsubscribes. Which days they are owed is bot.delivery's matter."""

import datetime as dt
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from bot.clock import from_text, to_text
from bot.model import Shape, Subscription
from bot.store.pauses import NOT_PAUSED, everything_paused

COLUMNS = "time_zone, local_time, weekdays, shape, top, min_votes, active, floor_day, next_due_at"

# Of a parked one only the due instant moves on, so that it is right when the chat wakes.
_DUE = f"""
SELECT target_id, language, parked, {COLUMNS} FROM subscription CROSS JOIN target ON target.id = target_id
WHERE active = 1 AND next_due_at <= :now AND (:only IS NULL OR target_id = :only) AND {NOT_PAUSED}
ORDER BY next_due_at LIMIT :limit
"""  # noqa: S608

_WAITING = f"""
SELECT subscription.target_id, language, parked, {COLUMNS}
FROM delivery JOIN subscription ON subscription.target_id = delivery.target_id JOIN target ON target.id = delivery.target_id
WHERE delivery.state = 'waiting' AND list_day = :day AND delivery.target_id > :after AND active = 1
    AND (:only IS NULL OR delivery.target_id = :only)
ORDER BY delivery.target_id LIMIT :limit
"""  # noqa: S608

_WITHOUT = f"""
SELECT target_id, language, parked, {COLUMNS} FROM subscription JOIN target ON target.id = target_id
WHERE active = 1 AND parked = '' AND target_id > :after AND (:only IS NULL OR target_id = :only) AND NOT EXISTS (
    SELECT 1 FROM delivery WHERE delivery.target_id = subscription.target_id AND list_day = :day
    AND state NOT IN ('waiting', 'parked'))
ORDER BY target_id LIMIT :limit
"""  # noqa: S608

_SAVE = """
INSERT INTO subscription
    (target_id, active, time_zone, local_time, weekdays, shape, top, min_votes, floor_day, next_due_at, subscribed_at)
VALUES (:target_id, :active, :time_zone, :local_time, :weekdays, :shape, :top, :min_votes, :floor_day, :next_due_at, :now)
ON CONFLICT (target_id) DO UPDATE SET
    subscribed_at = CASE WHEN active < excluded.active THEN excluded.subscribed_at ELSE subscribed_at END,
    active = excluded.active, time_zone = excluded.time_zone, local_time = excluded.local_time,
    weekdays = excluded.weekdays, shape = excluded.shape, top = excluded.top, min_votes = excluded.min_votes,
    floor_day = excluded.floor_day, next_due_at = excluded.next_due_at
"""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A target with its active subscription, as planning needs it."""

    target_id: int
    language: str
    parked: bool
    order: Subscription


def subscription(connection: sqlite3.Connection, target_id: int) -> Subscription | None:
    row = connection.execute(f"SELECT {COLUMNS} FROM subscription WHERE target_id = ?", (target_id,)).fetchone()  # noqa: S608
    return None if row is None else from_row(row)


def from_row(row: sqlite3.Row) -> Subscription:
    """A subscription from a row that holds COLUMNS."""
    return Subscription(
        time_zone=row["time_zone"],
        local_time=dt.time.fromisoformat(row["local_time"]),
        weekdays=tuple(map(int, row["weekdays"])),
        shape=Shape(row["shape"]),
        top=row["top"],
        min_votes=row["min_votes"],
        active=bool(row["active"]),
        floor_day=None if row["floor_day"] is None else dt.date.fromisoformat(row["floor_day"]),
        next_due_at=None if row["next_due_at"] is None else from_text(row["next_due_at"]),
    )


def save(connection: sqlite3.Connection, target_id: int, order: Subscription, *, now: dt.datetime) -> None:
    """Make or replace the target's subscription, exactly as `order` says."""
    values = {
        "target_id": target_id,
        "active": int(order.active),
        "time_zone": order.time_zone,
        "local_time": order.local_time.strftime("%H:%M"),
        "weekdays": "".join(map(str, sorted(set(order.weekdays)))),
        "shape": order.shape,
        "top": order.top,
        "min_votes": order.min_votes,
        "floor_day": None if order.floor_day is None else order.floor_day.isoformat(),
        "next_due_at": None if order.next_due_at is None else to_text(order.next_due_at),
        "now": to_text(now),
    }
    connection.execute(_SAVE, values)


def due(connection: sqlite3.Connection, now: dt.datetime, limit: int, *, only: int | None = None) -> list[Subscriber]:
    """Up to `limit` active subscriptions whose due instant has come, those that have been due longest first.

    `only` names a single target. Whoever is paused stays due, as through an outage, and is owed after it what DESIGN,
    "The list day", says.
    """
    if everything_paused(connection):
        return []
    return [_as_subscriber(row) for row in connection.execute(_DUE, {"now": to_text(now), "only": only, "limit": limit})]


def waiting_for(
    connection: sqlite3.Connection, day: dt.date, *, after: int, limit: int, only: int | None = None
) -> list[Subscriber]:
    """Up to `limit` subscribers that wait for a list day, by target, those after target `after`; or a single target."""
    values = {"day": day.isoformat(), "after": after, "limit": limit, "only": only}
    return [_as_subscriber(row) for row in connection.execute(_WAITING, values)]


def without(
    connection: sqlite3.Connection, day: dt.date, *, after: int, limit: int, only: int | None = None
) -> list[Subscriber]:
    """Up to `limit` reachable subscribers without a list day, by target, those after target `after`; or a single target."""
    values = {"day": day.isoformat(), "after": after, "limit": limit, "only": only}
    rows = connection.execute(_WITHOUT, values)
    return [_as_subscriber(row) for row in rows]


def move_on(connection: sqlite3.Connection, rows: Iterable[tuple[int, dt.datetime | None, dt.date | None]]) -> None:
    """Set the next due instant and the floor: (target, instant or None to leave it, floor)."""
    text = cache(to_text)
    connection.executemany(
        "UPDATE subscription SET next_due_at = coalesce(?, next_due_at), floor_day = ? WHERE target_id = ?",
        [
            (None if at is None else text(at), None if floor is None else floor.isoformat(), target_id)
            for target_id, at, floor in rows
        ],
    )


def _as_subscriber(row: sqlite3.Row) -> Subscriber:
    return Subscriber(row["target_id"], row["language"], bool(row["parked"]), from_row(row))
