"""Due instants that are to be thought through again, read and written in chunks. When, and what they become, is
bot/delivery/timekeeping.py's.
"""

import datetime as dt
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from bot.clock import from_text, to_text

_COLUMNS = "target_id, time_zone, local_time, weekdays, next_due_at"
_ACTIVE = f"""
SELECT {_COLUMNS} FROM subscription WHERE active = 1 AND next_due_at IS NOT NULL AND target_id > ?
ORDER BY target_id LIMIT ?
"""  # noqa: S608
_BEYOND = f"SELECT {_COLUMNS} FROM subscription WHERE active = 1 AND next_due_at > ? LIMIT ?"  # noqa: S608


@dataclass(frozen=True, slots=True)
class DueInstant:
    """When an active subscription is due next, and what that follows from."""

    target_id: int
    time_zone: str
    local_time: dt.time
    weekdays: tuple[int, ...]
    at: dt.datetime


def active(connection: sqlite3.Connection, *, after: int, limit: int) -> list[DueInstant]:
    """Up to `limit` active subscriptions by target, those after target `after`."""
    return [_as_due_instant(row) for row in connection.execute(_ACTIVE, (after, limit))]


def beyond(connection: sqlite3.Connection, instant: dt.datetime, *, limit: int) -> list[DueInstant]:
    """Up to `limit` active subscriptions that are due only after `instant`."""
    return [_as_due_instant(row) for row in connection.execute(_BEYOND, (to_text(instant), limit))]


def move(connection: sqlite3.Connection, instants: Iterable[tuple[int, dt.datetime]]) -> None:
    """Set when targets are due next."""
    connection.executemany(
        "UPDATE subscription SET next_due_at = ? WHERE target_id = ?", [(to_text(at), target) for target, at in instants]
    )


def waits_beyond(connection: sqlite3.Connection, instant: dt.datetime) -> bool:
    """Whether a delivery is put off beyond `instant`."""
    found = connection.execute("SELECT max(not_before) > ? FROM delivery WHERE state = 'ready'", (to_text(instant),))
    return bool(found.fetchone()[0])


def hasten(connection: sqlite3.Connection, instant: dt.datetime, *, now: dt.datetime) -> int:
    """Let deliveries that were put off beyond `instant` be sent from `now` on; gives how many."""
    return connection.execute(
        "UPDATE delivery SET not_before = ? WHERE state = 'ready' AND not_before > ?", (to_text(now), to_text(instant))
    ).rowcount


def _as_due_instant(row: sqlite3.Row) -> DueInstant:
    return DueInstant(
        target_id=row["target_id"],
        time_zone=row["time_zone"],
        local_time=dt.time.fromisoformat(row["local_time"]),
        weekdays=tuple(map(int, row["weekdays"])),
        at=from_text(row["next_due_at"]),
    )
