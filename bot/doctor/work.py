"""Checks of the bot's work, by what the store says: days, deliveries, alarms that are not over, backups. Reads only."""

import datetime as dt
import os
import shutil
import sqlite3
from pathlib import Path

from bot.delivery import alarm_keeping
from bot.delivery.alarms import PATIENCE
from bot.delivery.leases import Life, life
from bot.digest.list_days import closes_at, first_wanted
from bot.digest.list_days import gaps as missing_days
from bot.doctor.finding import Finding, failure, ok, warning
from bot.doctor.machine import in_bytes
from bot.model import ListDayState
from bot.settings import Settings
from bot.store import backup_outcomes, deliveries, delivery_counts, list_days, pauses

# The hourly fetch has had time for a day's last word.
_FETCHED_AFTER = dt.timedelta(hours=3)
# Whoever makes backups by hand or by cron does it each day, or each week; with BACKUP_FOLDER it is each day.
_BACKUP_AGE, _OWN_BACKUP_AGE = dt.timedelta(days=8), dt.timedelta(days=2)
_NAMED_DAYS = 5

_FAILED = "SELECT count(*) AS count, max(last_error) AS reason FROM delivery WHERE state = 'failed' AND ended_at > ?"


def days(connection: sqlite3.Connection, settings: Settings, now: dt.datetime) -> Finding:
    """List days that should be known by now and are not."""
    first = list_days.first_fetched(connection)
    if first is None:
        return warning("days", "No list was ever fetched.", "`daily-papers fetch` gets the newest; `run` does by itself.")
    today = now.date()
    known = list_days.list_days(connection, today - dt.timedelta(days=settings.gap_days + 1), today)
    start = first_wanted(now, [first, *known], settings.gap_days)
    missing = [
        day
        for day in missing_days(now, [first, *known], settings.gap_days)
        if start is not None and day >= start and closes_at(day) + _FETCHED_AFTER < now
    ]
    if missing:
        named = ", ".join(map(str, missing[:_NAMED_DAYS])) + (", …" if len(missing) > _NAMED_DAYS else "")
        last = next((one for one in reversed(known) if one.day in missing and one.last_error), None)
        why = f" The last try said: {last.last_error}" if last is not None else ""
        return warning(
            "days",
            f"{_counted(len(missing), 'day')} not fetched to the end: {named}.{why}",
            "`daily-papers fetch --gaps` fetches them and says what each was; a running bot does so each hour.",
        )
    newest = list_days.newest_with_papers(connection, today)
    state = "" if newest is None or newest.state is ListDayState.CLOSED else f", {newest.state}"
    return ok("days", f"none missing; the newest with papers is {newest.day}{state}" if newest else "none missing")


def sending(connection: sqlite3.Connection, now: dt.datetime) -> list[Finding]:
    """Deliveries that are behind, held by a process that has died, or were given up."""
    found = []
    paused = pauses.pauses(connection).everything
    if paused is not None:
        found.append(
            warning("deliveries", f"Everything is paused since {paused:%Y-%m-%d %H:%M} UTC.", "`daily-papers resume`")
        )
    count, since, reason = delivery_counts.behind(connection, now - PATIENCE)
    if count and paused is None:
        first = f", the first planned at {since:%Y-%m-%d %H:%M} UTC" if since else ""
        why = f" The last error: {reason}" if reason else ""
        found.append(
            failure(
                "deliveries",
                f"{_counted(count, 'delivery', 'deliveries')} should have gone long ago{first}.{why}",
                "Is the bot running? `daily-papers run` serves, `daily-papers deliver` sends what is due; "
                "`daily-papers status` shows the last errors.",
            )
        )
    dead = [owner for owner in deliveries.lease_owners(connection) if life(owner) is Life.DEAD]
    if dead:
        found.append(
            warning(
                "deliveries",
                "A bot died in the middle of sending, and no other goes on with it.",
                "`daily-papers run` or `daily-papers deliver` takes over where it stopped.",
            )
        )
    day_ago = (now - dt.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S")
    row = connection.execute(_FAILED, (day_ago,)).fetchone()
    if row["count"]:
        found.append(
            warning(
                "deliveries",
                f"{_counted(row['count'], 'delivery', 'deliveries')} given up within a day. One says: {row['reason']}",
                "`daily-papers status` shows them; `daily-papers deliver --date DAY --chat CHAT --again` sends one again.",
            )
        )
    return found or [ok("deliveries", "none stuck")]


def alarms(connection: sqlite3.Connection) -> Finding | None:
    """The alarms that stand; None when there are none."""
    standing = [alarm for alarm in alarm_keeping.known(connection) if not alarm.over]
    if not standing:
        return None
    told = "; ".join(
        f"{alarm.name.removesuffix(':')} since {alarm.since:%Y-%m-%d %H:%M} UTC"
        + (f" ({reason})" if (reason := alarm.detail.get("reason")) else "")
        for alarm in standing
    )
    return warning(
        "alarms",
        f"Not over yet: {told}.",
        "Each ends by itself when mended; ADMIN_CHATS, where set, know what to do.",
    )


def backups(connection: sqlite3.Connection, folder: Path | None, now: dt.datetime) -> Finding:
    """When the last backup was made, and whether one can be made into `folder` (BACKUP_FOLDER).

    Without subscribers there is nothing that could not be fetched again.
    """
    if folder is not None and not os.access(folder, os.W_OK | os.X_OK):
        what = "cannot be written" if folder.is_dir() else "is no folder"
        return failure(
            "backups",
            f"{folder} {what}, so `run` makes no backups (BACKUP_FOLDER).",
            f"Make the folder, mount its disk, or let this user write there: {folder.absolute()}",
        )
    if folder is not None and (full := room_for_backup(folder, shutil.disk_usage(folder).free, _size(connection))):
        return full
    todo = (
        "Set BACKUP_FOLDER, best to a folder on another disk: `run` makes one each day."
        if folder is None
        else "`daily-papers run` makes one at its start, and then each day."
    )
    last = backup_outcomes.last(connection)
    if last is None:
        if not delivery_counts.subscribers(connection):
            return ok("backups", "none yet, and no subscribers to lose")
        return warning("backups", "No backup was ever made.", todo)
    if last.error:
        return failure("backups", f"The last one failed at {last.at:%Y-%m-%d %H:%M} UTC: {last.error}", todo)
    if now - last.at > (_BACKUP_AGE if folder is None else _OWN_BACKUP_AGE):
        return warning("backups", f"The last one is of {last.at:%Y-%m-%d}.", todo)
    return ok("backups", f"the last one is of {last.at:%Y-%m-%d %H:%M} UTC")


def room_for_backup(folder: Path, free: int, size: int) -> Finding | None:
    """What is to be said when `free` bytes are left in BACKUP_FOLDER for a store of `size`; None when one more copy fits.

    Older copies go after the new one is whole, so that there is always one.
    """
    if free >= size:
        return None
    return failure(
        "backups",
        f"{in_bytes(free)} are free in {folder}, and a backup takes {in_bytes(size)} (BACKUP_FOLDER).",
        f"Free some room there, or set BACKUP_KEEP to a smaller number and delete the oldest copies: {folder.absolute()}",
    )


def _size(connection: sqlite3.Connection) -> int:
    (pages,), (page_size,) = (connection.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size"))
    return int(pages * page_size)


def _counted(count: int, noun: str, many: str = "") -> str:
    return f"{count} {noun if count == 1 else many or noun + 's'}"
