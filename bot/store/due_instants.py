"""The rows that say when subscriptions are due next, and their order. The instants are computed in bot/delivery.

`due` has a row for each active subscription. `due_order` has the same targets in the order of their instants, for finding
who is due: each at its instant, or at an earlier one. So planning can update `due` in the order of the file, and
`due_order` afterwards in its own order: each page of either is written once, and nobody is forgotten in between.
"""

import datetime as dt
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from bot.clock import to_text

_EPOCH, _MILLISECOND = dt.datetime(1970, 1, 1, tzinfo=dt.UTC), dt.timedelta(milliseconds=1)
# Before all instants and targets, and after all targets.
FIRST, _MAX = (-1, 0), 2**63 - 1

_COLUMNS = "due.target_id, time_zone, local_time, weekdays, paused_until, due.at"
_ACTIVE = f"""
SELECT {_COLUMNS} FROM due JOIN subscription ON subscription.target_id = due.target_id WHERE due.target_id > ?
ORDER BY due.target_id LIMIT ?
"""  # noqa: S608
_BEYOND = f"""
SELECT {_COLUMNS} FROM due_order JOIN due ON due.target_id = due_order.target_id AND due.at = due_order.at
JOIN subscription ON subscription.target_id = due.target_id WHERE due_order.at > ?1
AND due_order.at > coalesce(CAST(strftime('%s', paused_until) AS INTEGER), 0) * 1000 + ?2 LIMIT ?3
"""  # noqa: S608

_PUT = "INSERT INTO due (target_id, at) VALUES (?, ?) ON CONFLICT (target_id) DO UPDATE SET at = excluded.at, mark = NULL"

_LAST = """
SELECT at, target_id FROM due_order WHERE (at, target_id) > (?, ?) AND at <= ? ORDER BY at, target_id LIMIT 1 OFFSET ?
"""
_FOLLOW = """
INSERT OR IGNORE INTO due_order (at, target_id) SELECT due.at, due.target_id
FROM due_order AS old CROSS JOIN due ON due.target_id = old.target_id
WHERE (old.at, old.target_id) > (?, ?) AND (old.at, old.target_id) <= (?, ?) AND due.at > old.at
"""
_LEAVE = "DELETE FROM due_order WHERE (at, target_id) > (?, ?) AND (at, target_id) <= (?, ?)"
# The order may be behind an instant. Whether it is takes reading all of it, which is done only where one is missing there.
_FORGOTTEN = """
SELECT target_id FROM subscription WHERE active = 1 AND target_id NOT IN (SELECT target_id FROM due)
UNION ALL
SELECT target_id FROM due WHERE NOT EXISTS (
    SELECT 1 FROM due_order WHERE due_order.at = due.at AND due_order.target_id = due.target_id
) AND target_id NOT IN (SELECT o.target_id FROM due_order AS o JOIN due AS d ON d.target_id = o.target_id AND o.at < d.at)
"""
_STAYS = " AND NOT EXISTS (SELECT 1 FROM due WHERE due.target_id = due_order.target_id AND due.at <= due_order.at)"


@dataclass(frozen=True, slots=True)
class DueInstant:
    """When an active subscription is due next, and the settings from which that follows."""

    target_id: int
    time_zone: str
    local_time: dt.time
    weekdays: tuple[int, ...]
    at: dt.datetime
    paused_until: dt.date | None = None


def to_number(instant: dt.datetime) -> int:
    """An aware instant as these tables hold it: milliseconds since 1970."""
    return (instant - _EPOCH) // _MILLISECOND


def from_number(number: int) -> dt.datetime:
    """The inverse of `to_number`, in UTC."""
    return _EPOCH + number * _MILLISECOND


def active(connection: sqlite3.Connection, *, after: int, limit: int) -> list[DueInstant]:
    """Up to `limit` active subscriptions by target, those after target `after`."""
    return [_as_due_instant(row) for row in connection.execute(_ACTIVE, (after, limit))]


def beyond(
    connection: sqlite3.Connection, instant: dt.datetime, *, after_pause: dt.timedelta, limit: int
) -> list[DueInstant]:
    """Up to `limit` active subscriptions that are due only after `instant`, whatever pause they have asked for: the first
    day after that one is longer ago by `after_pause` as well.
    """
    bounds = (to_number(instant), after_pause // _MILLISECOND, limit)
    return [_as_due_instant(row) for row in connection.execute(_BEYOND, bounds)]


def put(connection: sqlite3.Connection, target_id: int, at: dt.datetime | None) -> None:
    """Set when a target, whose subscription is being saved, is due next; None for never."""
    if at is None:
        connection.execute("DELETE FROM due WHERE target_id = ?", (target_id,))
    else:
        move(connection, [(target_id, at)])
        connection.execute("UPDATE due SET floor_day = NULL WHERE target_id = ?", (target_id,))


def move(connection: sqlite3.Connection, instants: Iterable[tuple[int, dt.datetime]]) -> None:
    """Set when targets are due next, and their order with it."""
    rows = [(target, to_number(at)) for target, at in instants]
    connection.executemany(
        "DELETE FROM due_order WHERE target_id = ?1 AND at = (SELECT at FROM due WHERE target_id = ?1)",
        [(target,) for target, _ in rows],
    )
    connection.executemany(_PUT, rows)
    connection.executemany("INSERT OR IGNORE INTO due_order (target_id, at) VALUES (?, ?)", rows)


def follow(
    connection: sqlite3.Connection, after: tuple[int, int], now: dt.datetime, *, limit: int
) -> tuple[int, int] | None:
    """Move up to `limit` rows of `due_order`, those after `after` and up to `now`, to the instants that `due` has by now.

    Returns the last of them, None if there are no more.
    """
    found = connection.execute(_LAST, (*after, to_number(now), limit - 1)).fetchone()
    bounds = (*after, *(found or (to_number(now), _MAX)))
    moved = connection.execute(_FOLLOW, bounds).rowcount
    # Hardly ever does one stay where it was (it is paused), or lead nowhere: then each is looked at once more.
    connection.execute(_LEAVE if found and moved == limit else _LEAVE + _STAYS, bounds)
    return None if found is None else (found[0], found[1])


def forgotten(connection: sqlite3.Connection) -> list[int]:
    """Targets of active subscriptions that planning does not find: without an instant, or without a place in the order.

    There are none unless an index was damaged, or somebody else has changed the file.
    """
    return [target for (target,) in connection.execute(_FORGOTTEN)]


def put_back(connection: sqlite3.Connection, targets: Iterable[int], now: dt.datetime) -> None:
    """Let targets be due: at their instants, or at `now` where those are gone, which planning then moves on."""
    for target in targets:
        connection.execute("INSERT OR IGNORE INTO due (target_id, at) VALUES (?, ?)", (target, to_number(now)))
        connection.execute(
            "INSERT OR IGNORE INTO due_order (at, target_id) SELECT at, target_id FROM due WHERE target_id = ?", (target,)
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
        at=from_number(row["at"]),
        paused_until=None if row["paused_until"] is None else dt.date.fromisoformat(row["paused_until"]),
    )
