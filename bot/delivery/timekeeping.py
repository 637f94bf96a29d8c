"""What a change of the machine's clock, or of its time-zone database, means for stored instants.

Due instants are derived, so that computing them again is always right. The arithmetic is in bot/delivery/due.py.
"""

import contextlib
import datetime as dt
import importlib.metadata
import sqlite3
import zoneinfo
from pathlib import Path

import structlog

from bot.delivery.decide import LONGEST_WAIT
from bot.delivery.due import after_pause, is_known_zone, next_due_at
from bot.model import ALL_WEEKDAYS
from bot.store import due_instants, key_values
from bot.store.connection import Store
from bot.store.due_instants import DueInstant

# As in planning: longer transactions make people's commands wait.
CHUNK = 500
# Nobody is due later than this, from now or from the end of a pause: once a week, in a zone that swallows that very day
# (Samoa, 2011-12-30), and some hours.
FARTHEST = dt.timedelta(days=9)
# A pause ends at some hour of its day by a chat's own clock, and the store compares with that day's beginning in UTC.
_AFTER_PAUSE = FARTHEST + dt.timedelta(days=1)
# A due instant that has come nearer or gone farther by more than this is another day's, not the same one moved.
_SAME_DAY = dt.timedelta(hours=12)
_OWNER, _KEY = "delivery", "zone database"

log = structlog.get_logger()


async def follow_zones(store: Store, now: dt.datetime) -> int:
    """Think every due instant through again when the time-zone database has changed since; gives how many moved.

    Of those that are overdue nothing is changed: they are planned for as they are.
    """
    version = zone_database()
    if await store.read(key_values.get, _OWNER, _KEY) == version:
        return 0
    moved, after, unknown = 0, 0, set[str]()
    while True:
        seen, count = await store.write(_follow_chunk, after, now)
        moved += count
        unknown |= {one.time_zone for one in seen if not is_known_zone(one.time_zone)}
        if not seen:
            break
        after = seen[-1].target_id
    await store.write(key_values.put, _OWNER, _KEY, version)
    if unknown:
        log.warning("time zones that this machine does not know count as UTC", zones=sorted(unknown))
    if moved:
        log.info("due instants moved with the time-zone database", subscriptions=moved)
    return moved


async def follow_clock(store: Store, now: dt.datetime) -> int:
    """Bring back what waits for an instant that can only come from a clock that was ahead; gives how many."""
    reach, pause = now + FARTHEST, now + LONGEST_WAIT + dt.timedelta(hours=1)
    brought = 0
    while await store.read(due_instants.beyond, reach, after_pause=_AFTER_PAUSE, limit=1):
        brought += await store.write(_bring_back_chunk, reach, now)
    if await store.read(due_instants.waits_beyond, pause):
        brought += await store.write(due_instants.hasten, pause, now=now)
    if brought:
        log.warning("the clock was set back; what waited for a time that is far off is due again", rows=brought)
    return brought


def zone_database() -> str:
    """A text that changes when the time-zone database of this machine does: zoneinfo reads the folders of TZPATH, then the
    package `tzdata`.
    """
    marks = []
    for folder in map(Path, zoneinfo.TZPATH):
        with contextlib.suppress(OSError):
            # "# version 2024a": IANA's own file beside the compiled ones. Where a system leaves it out, the folder's date.
            marks.append(f"{folder}: {folder.stat().st_mtime_ns}")
            with (folder / "tzdata.zi").open(encoding="utf-8", errors="replace") as file:
                marks[-1] = f"{folder}: {file.readline().strip()}"
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        marks.append(f"tzdata: {importlib.metadata.version('tzdata')}")
    return "; ".join(marks)


# --- One chunk, inside a transaction ------------------------------------------------------------------------------------


def _follow_chunk(connection: sqlite3.Connection, after: int, now: dt.datetime) -> tuple[list[DueInstant], int]:
    seen = due_instants.active(connection, after=after, limit=CHUNK)
    moves = [(one.target_id, at) for one in seen if one.at > now and (at := moved_instant(one, now)) != one.at]
    due_instants.move(connection, moves)
    return seen, len(moves)


def _bring_back_chunk(connection: sqlite3.Connection, reach: dt.datetime, now: dt.datetime) -> int:
    far = due_instants.beyond(connection, reach, after_pause=_AFTER_PAUSE, limit=CHUNK)
    due_instants.move(connection, [(one.target_id, _next(one, now)) for one in far])
    return len(far)


def moved_instant(one: DueInstant, now: dt.datetime) -> dt.datetime:
    """When a subscription that is due at `one.at`, after `now`, is due by the database as it is now.

    Where the new rules have put this coming instant into the past already, the old one stays: a day is never skipped.
    """
    found = _next(one, now)
    return one.at if found - one.at > _SAME_DAY else found


def _next(one: DueInstant, after: dt.datetime) -> dt.datetime:
    return next_due_at(
        time_zone=one.time_zone,
        local_time=one.local_time,
        weekdays=one.weekdays or ALL_WEEKDAYS,
        after=after_pause(after, one.paused_until, one.time_zone),
    )
