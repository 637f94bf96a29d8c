"""Counts of deliveries: for reports, for the status, and for waiting until everything is done. Reads only."""

import datetime as dt
import json
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

from bot.clock import from_text, to_text
from bot.model import Address, DeliveryState
from bot.store.allowed import ALLOWED
from bot.store.pauses import NOT_PAUSED

_OPEN_UNTIL = f"""
SELECT count(*), coalesce(sum(cursor), 0),
    coalesce(sum(lease_owner IS NOT NULL OR platform IN (SELECT value FROM json_each(?1))), 0)
FROM delivery JOIN target ON target.id = target_id
WHERE state = 'ready' AND not_before <= ?2 AND delivery.id <= ?3 AND (?4 IS NULL OR list_day = ?4)
    AND (?5 IS NULL OR target_id = ?5) AND {NOT_PAUSED}
"""  # noqa: S608

# Behind: planned long ago and still to be sent, but for chats that refuse vaguely: that is one chat's own trouble.
_BEHIND = f"""
SELECT count(*) AS count, min(planned_at) AS since, max(last_error) AS reason
FROM delivery JOIN target ON target.id = target_id
WHERE state = 'ready' AND planned_at <= ? AND strikes = 0 AND {NOT_PAUSED}
"""  # noqa: S608

# By its index of what is ready only.
_TO_SEND = f"""
SELECT list_day, count(*) AS chats, sum(total - cursor) AS messages
FROM delivery JOIN target ON target.id = target_id
WHERE state = 'ready' AND not_before <= ? AND {NOT_PAUSED} GROUP BY list_day
"""  # noqa: S608

_OF_DAYS = """
SELECT list_day, count(*) AS chats, sum(state = 'done') AS done, sum(state = 'waiting') AS waiting,
    sum(state = 'ready') AS ready, sum(state = 'parked') AS parked, sum(state = 'failed') AS failed,
    sum(rejected) AS rejected, sum(total) AS messages, sum(cursor) AS messages_done
FROM delivery WHERE list_day IN (SELECT value FROM json_each(:days)) AND (:last IS NULL OR id <= :last)
    AND state <> 'skipped' GROUP BY list_day
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCounts:
    """One list day's deliveries, in chats but for the last three, which are messages. Skipped ones are not among them."""

    chats: int
    done: int
    waiting: int
    ready: int
    parked: int
    failed: int
    rejected: int
    messages: int
    messages_done: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Underway:
    """What is being sent: the list days of which something is to be sent now, how much of that, and how far they are."""

    chats_left: int
    messages_left: int
    days: dict[dt.date, DayCounts]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Deliveries by state; `rejected` counts messages."""

    waiting: int = 0
    ready: int = 0
    done: int = 0
    parked: int = 0
    failed: int = 0
    skipped: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """What is still to be sent: deliveries, messages of them that were sent, and how many this process could send."""

    count: int = 0
    cursors: int = 0
    ours: int = 0


def tally(connection: sqlite3.Connection, day: dt.date | None = None, only: int | None = None) -> Tally:
    """How many deliveries are in each state, of one list day or of all; `only` names a single target."""
    rows = connection.execute(
        "SELECT state, count(*) AS count, sum(rejected) AS rejected FROM delivery "
        "WHERE (?1 IS NULL OR list_day = ?1) AND (?2 IS NULL OR target_id = ?2) GROUP BY state",
        (None if day is None else day.isoformat(), only),
    ).fetchall()
    counts = {row["state"]: row["count"] for row in rows}
    return Tally(rejected=sum(row["rejected"] for row in rows), **counts)


def underway(connection: sqlite3.Connection, now: dt.datetime, also: Collection[dt.date] = ()) -> Underway:
    """What is to be sent now, and how far the list days of it are; those of `also` too, of which nothing may be left."""
    left = connection.execute(_TO_SEND, (to_text(now),)).fetchall()
    return Underway(
        chats_left=sum(row["chats"] for row in left),
        messages_left=sum(row["messages"] for row in left),
        days=_of_days(connection, {row["list_day"] for row in left} | {day.isoformat() for day in also}),
    )


def before_new_ones(connection: sqlite3.Connection, last: int) -> Underway:
    """The list days of which there are deliveries after this id, as they were before those came."""
    found = connection.execute("SELECT DISTINCT list_day FROM delivery WHERE id > ?", (last,))
    days = {row["list_day"] for row in found}
    nothing = DayCounts(**dict.fromkeys(DayCounts.__slots__, 0))
    known = _of_days(connection, days, last)
    return Underway(chats_left=0, messages_left=0, days=dict.fromkeys(map(dt.date.fromisoformat, days), nothing) | known)


def _of_days(connection: sqlite3.Connection, days: Collection[str], last: int | None = None) -> dict[dt.date, DayCounts]:
    if not days:
        return {}
    rows = connection.execute(_OF_DAYS, {"days": json.dumps(sorted(days)), "last": last})
    return {
        dt.date.fromisoformat(row["list_day"]): DayCounts(**{name: row[name] for name in DayCounts.__slots__})
        for row in rows
    }


def behind(connection: sqlite3.Connection, planned_before: dt.datetime) -> tuple[int, dt.datetime | None, str]:
    """How many deliveries were planned before an instant and are still to be sent; when the first was, and a reason."""
    row = connection.execute(_BEHIND, (to_text(planned_before),)).fetchone()
    return row["count"], None if row["since"] is None else from_text(row["since"]), row["reason"] or ""


def last_id(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT coalesce(max(id), 0) FROM delivery").fetchone()[0])


def open_by_platform(
    connection: sqlite3.Connection, last: int, day: dt.date | None, only: int | None = None
) -> dict[str, int]:
    """How many deliveries up to this id are still to be sent on each platform, of one list day or of all."""
    rows = connection.execute(
        "SELECT platform, count(*) AS count FROM delivery JOIN target ON target.id = target_id "  # noqa: S608
        "WHERE state = 'ready' AND delivery.id <= ?1 AND (?2 IS NULL OR list_day = ?2) AND (?3 IS NULL OR target_id = ?3) "
        f"AND {ALLOWED} GROUP BY platform ORDER BY platform",
        (last, None if day is None else day.isoformat(), only),
    )
    return {row["platform"]: row["count"] for row in rows}


def open_until(
    connection: sqlite3.Connection,
    last: int,
    day: dt.date | None,
    *,
    platforms: Collection[str],
    soon: dt.datetime,
    only: int | None = None,
) -> Open:
    """What is to be sent until `soon`, up to this id, of one list day or of all, and is not paused.

    `ours` are on `platforms` or under way.
    """
    row = connection.execute(
        _OPEN_UNTIL,
        (json.dumps(sorted(platforms)), to_text(soon), last, None if day is None else day.isoformat(), only),
    ).fetchone()
    return Open(count=row[0], cursors=row[1], ours=row[2])


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A delivery that did not go as it should, with what was said last."""

    address: Address
    list_day: dt.date
    state: DeliveryState
    error: str
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """How far the deliveries of the newest list day are, in messages and chats."""

    list_day: dt.date
    chats: int
    chats_done: int
    messages: int
    messages_done: int


def newest_broadcast(connection: sqlite3.Connection) -> Broadcast | None:
    """The newest list day of which something was sent or is to be sent."""
    row = connection.execute(
        "SELECT list_day, count(*) AS chats, sum(state = 'done') AS chats_done, sum(total) AS messages, "
        "sum(cursor) AS messages_done FROM delivery WHERE state IN ('ready', 'done', 'parked', 'failed') "
        "AND list_day = (SELECT max(list_day) FROM delivery WHERE state IN ('ready', 'done')) "
        "AND list_day >= '1901' GROUP BY list_day"
    ).fetchone()
    if row is None:
        return None
    return Broadcast(
        list_day=dt.date.fromisoformat(row["list_day"]),
        chats=row["chats"],
        chats_done=row["chats_done"],
        messages=row["messages"],
        messages_done=row["messages_done"],
    )


def last_faults(connection: sqlite3.Connection, limit: int) -> list[Fault]:
    """The last faults, the newest first; for a delivery that is still tried, when it is tried again."""
    rows = connection.execute(
        "SELECT platform, chat_id, topic_id, list_day, state, last_error, coalesce(ended_at, not_before, planned_at) AS at "
        "FROM delivery JOIN target ON target.id = target_id "
        "WHERE last_error <> '' AND state NOT IN ('skipped', 'done') ORDER BY at DESC LIMIT ?",
        (limit,),
    )
    return [
        Fault(
            address=Address(row["platform"], row["chat_id"], row["topic_id"]),
            list_day=dt.date.fromisoformat(row["list_day"]),
            state=DeliveryState(row["state"]),
            error=row["last_error"],
            at=from_text(row["at"]),
        )
        for row in rows
    ]


def last_reasons(
    connection: sqlite3.Connection, last: int, since: dt.datetime, only: int | None = None
) -> list[tuple[str, int]]:
    """What was said of deliveries up to this id that are open or have ended since, the most frequent first."""
    rows = connection.execute(
        "SELECT last_error, count(*) AS count FROM delivery WHERE id <= ?1 AND last_error <> '' "
        "AND (state = 'ready' OR ended_at >= ?2) AND (?3 IS NULL OR target_id = ?3) "
        "GROUP BY last_error ORDER BY count DESC, last_error LIMIT 5",
        (last, to_text(since), only),
    )
    return [(row["last_error"], row["count"]) for row in rows]


def subscribers(connection: sqlite3.Connection) -> dict[str, tuple[int, int]]:
    """Active subscribers by platform: reachable ones, and parked ones."""
    rows = connection.execute(
        "SELECT platform, sum(parked = ''), sum(parked <> '') FROM target JOIN subscription ON target_id = target.id "
        "WHERE active = 1 GROUP BY platform ORDER BY platform"
    )
    return {row[0]: (row[1], row[2]) for row in rows}
