"""Subscriptions: one per target, kept when it unsubscribes. Which days are owed is decided in bot/delivery."""

import datetime as dt
import sqlite3

from bot.clock import to_text
from bot.model import Shape, Subscription, read_filters
from bot.store import due_instants

_OF_DUE = "FROM due WHERE due.target_id = subscription.target_id"
COLUMNS = (
    "time_zone, local_time, weekdays, shape, top, min_votes, filters, active, paused_until, "
    f"coalesce((SELECT max(subscription.floor_day, due.floor_day) {_OF_DUE}), floor_day) AS floor_day, "
    f"(SELECT at {_OF_DUE}) AS next_due_at"
)

_SAVE = """
INSERT INTO subscription
    (target_id, active, time_zone, local_time, weekdays, shape, top, min_votes, filters, floor_day, paused_until,
    subscribed_at)
VALUES (:target_id, :active, :time_zone, :local_time, :weekdays, :shape, :top, :min_votes, :filters, :floor_day,
    :paused_until, :now)
ON CONFLICT (target_id) DO UPDATE SET
    subscribed_at = CASE WHEN active < excluded.active THEN excluded.subscribed_at ELSE subscribed_at END,
    active = excluded.active, time_zone = excluded.time_zone, local_time = excluded.local_time,
    weekdays = excluded.weekdays, shape = excluded.shape, top = excluded.top, min_votes = excluded.min_votes,
    filters = excluded.filters, floor_day = excluded.floor_day, paused_until = excluded.paused_until
"""


def subscription(connection: sqlite3.Connection, target_id: int) -> Subscription | None:
    row = connection.execute(f"SELECT {COLUMNS} FROM subscription WHERE target_id = ?", (target_id,)).fetchone()  # noqa: S608
    return None if row is None else from_row(row)


def from_row(row: sqlite3.Row) -> Subscription:
    """A subscription from a row with COLUMNS."""
    return Subscription(
        time_zone=row["time_zone"],
        local_time=dt.time.fromisoformat(row["local_time"]),
        weekdays=tuple(map(int, row["weekdays"])),
        shape=Shape(row["shape"]),
        top=row["top"],
        min_votes=row["min_votes"],
        filters=read_filters(row["filters"]),
        active=bool(row["active"]),
        floor_day=None if row["floor_day"] is None else dt.date.fromisoformat(row["floor_day"]),
        next_due_at=None if row["next_due_at"] is None else due_instants.from_number(row["next_due_at"]),
        paused_until=None if row["paused_until"] is None else dt.date.fromisoformat(row["paused_until"]),
    )


def save(connection: sqlite3.Connection, target_id: int, order: Subscription, *, now: dt.datetime) -> None:
    """Create or replace the target's subscription with `order`. One that is not active is never due."""
    values = {
        "target_id": target_id,
        "active": int(order.active),
        "time_zone": order.time_zone,
        "local_time": order.local_time.strftime("%H:%M"),
        "weekdays": "".join(map(str, sorted(set(order.weekdays)))),
        "shape": order.shape,
        "top": order.top,
        "min_votes": order.min_votes,
        "filters": order.filters.text(),
        "floor_day": None if order.floor_day is None else order.floor_day.isoformat(),
        "paused_until": None if order.paused_until is None else order.paused_until.isoformat(),
        "now": to_text(now),
    }
    connection.execute(_SAVE, values)
    due_instants.put(connection, target_id, order.next_due_at if order.active else None)
