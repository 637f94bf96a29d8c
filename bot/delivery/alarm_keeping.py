"""Keeps alarms in the store, a small text each, so that a restart repeats none. What is an alarm: alarms.py."""

import json
import sqlite3
from collections.abc import Iterable

from bot.clock import from_text, to_text
from bot.delivery.alarms import Alarm, is_closed
from bot.store import key_values

_OWNER = "alarms"


def known(connection: sqlite3.Connection) -> list[Alarm]:
    """All alarms that are open, or over without every chat having been told."""
    rows = connection.execute("SELECT key, value FROM key_value WHERE owner = ? ORDER BY key", (_OWNER,)).fetchall()
    found = []
    for row in rows:
        value = json.loads(row["value"])
        since = from_text(value["since"])
        found.append(
            Alarm(name=row["key"], since=since, detail=value["detail"], over=value["over"], told=frozenset(value["told"]))
        )
    return found


def keep(connection: sqlite3.Connection, kept: Iterable[Alarm]) -> None:
    """Store these alarms, and no others."""
    connection.execute("DELETE FROM key_value WHERE owner = ?", (_OWNER,))
    for alarm in kept:
        _put(connection, alarm)


def keep_one(connection: sqlite3.Connection, alarm: Alarm, admins: tuple[str, ...]) -> None:
    """Store one in addition to the others, or delete it if nobody is left to be told about it."""
    if is_closed(alarm, admins):
        connection.execute("DELETE FROM key_value WHERE owner = ? AND key = ?", (_OWNER, alarm.name))
    else:
        _put(connection, alarm)


def _put(connection: sqlite3.Connection, alarm: Alarm) -> None:
    value = {
        "since": to_text(alarm.since),
        "detail": dict(alarm.detail),
        "over": alarm.over,
        "told": sorted(alarm.told),
    }
    key_values.put(connection, _OWNER, alarm.name, json.dumps(value, ensure_ascii=False))
