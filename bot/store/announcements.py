"""Announcements of the operator: their text, how far they are planned, how many chats have had them.

Each is delivered like a list day, with cursor, lease and record. Its deliveries and selections have a day of long ago, the
announcement's number counted from 0001-01-01. No list is that old, so it is not mistaken for one, and the uniqueness of
(target, day) ensures that nobody gets it twice.
"""

import datetime as dt
import sqlite3
from dataclasses import dataclass
from enum import StrEnum

from bot.clock import from_text, to_text
from bot.model import Choice
from bot.store import selections
from bot.store.allowed import ALLOWED
from bot.store.selections import DeliverableDay

# The first day that may be a list's; room for 693,960 announcements.
FIRST_LIST_DAY = dt.date(1901, 1, 1)  # in SQL: '1901'

# Before everything else that waits, in the order in which deliveries are taken: a crowd's digests stand behind it, each
# waiting for its chat's announcement, and would be looked through each time (measured: 0.3 s of 300,000).
_FIRST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)

# Active and reachable, and not paused by its own people: who wants to hear nothing until a day, hears nothing.
_READERS = f"""
FROM subscription CROSS JOIN target ON target.id = target_id
WHERE active = 1 AND parked = '' AND coalesce(paused_until, '') <= :today AND {ALLOWED}
"""
_COUNT = f"SELECT count(*) {_READERS}"
_NEXT = f"SELECT target_id, language {_READERS} AND target_id > :after ORDER BY target_id LIMIT :limit"

_PLAN = """
INSERT INTO delivery (target_id, list_day, selection_id, total, state, not_before, planned_at)
VALUES (?, ?, ?, 1, 'ready', ?, ?) ON CONFLICT (target_id, list_day) DO NOTHING
"""


class AnnouncementState(StrEnum):
    DRAFT = "draft"  # shown to who wrote it, not confirmed
    CONFIRMED = "confirmed"  # deliveries are being planned
    PLANNED = "planned"  # for everybody
    DROPPED = "dropped"  # not sent to anybody


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """An announcement; `planned_to` is the last target for which a delivery was made."""

    number: int
    text: str
    state: AnnouncementState
    written_at: dt.datetime
    planned_to: int

    @property
    def day(self) -> dt.date:
        """The day under which its deliveries stand."""
        return dt.date.fromordinal(self.number)


@dataclass(frozen=True, slots=True)
class Reached:
    """How many chats an announcement is for, and how many have it; the others wait, or could not be reached."""

    chats: int
    done: int
    waiting: int


def number_of(day: dt.date) -> int | None:
    """The number of the announcement that is delivered under a day; None for a list day."""
    return day.toordinal() if day < FIRST_LIST_DAY else None


def called(day: dt.date) -> str:
    """A day of deliveries as a person reads it: `2024-03-28`, `announcement 3`."""
    number = number_of(day)
    return day.isoformat() if number is None else f"announcement {number}"


def draft(connection: sqlite3.Connection, text: str, *, now: dt.datetime) -> int:
    """Keep what somebody wants to announce; gives its number."""
    cursor = connection.execute(
        "INSERT INTO announcement (text, state, written_at) VALUES (?, ?, ?)",
        (text, AnnouncementState.DRAFT.value, to_text(now)),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def announcement(connection: sqlite3.Connection, number: int) -> Announcement | None:
    """One announcement."""
    return _one(connection.execute("SELECT * FROM announcement WHERE id = ?", (number,)))


def newest(connection: sqlite3.Connection) -> Announcement | None:
    """The last one that was confirmed."""
    return _one(
        connection.execute(
            "SELECT * FROM announcement WHERE state IN ('confirmed', 'planned') ORDER BY confirmed_at DESC, id DESC LIMIT 1"
        )
    )


def confirm(connection: sqlite3.Connection, number: int, *, now: dt.datetime) -> bool:
    """Send a draft; false when it is none any more, so that two who press the button send it once."""
    return (
        connection.execute(
            "UPDATE announcement SET state = 'confirmed', confirmed_at = ? WHERE id = ? AND state = 'draft'",
            (to_text(now), number),
        ).rowcount
        > 0
    )


def drop(connection: sqlite3.Connection, number: int) -> bool:
    """Throw a draft away; false when it is none any more."""
    return (
        connection.execute("UPDATE announcement SET state = 'dropped' WHERE id = ? AND state = 'draft'", (number,)).rowcount
        > 0
    )


def unplanned(connection: sqlite3.Connection) -> list[int]:
    """The confirmed ones of which deliveries are still to be made, oldest first."""
    rows = connection.execute("SELECT id FROM announcement WHERE state = 'confirmed' ORDER BY id")
    return [row["id"] for row in rows]


def count_readers(connection: sqlite3.Connection, today: dt.date) -> int:
    """How many chats an announcement of `today` (in UTC) would go to."""
    return int(connection.execute(_COUNT, {"today": today.isoformat()}).fetchone()[0])


def plan_chunk(connection: sqlite3.Connection, number: int, *, now: dt.datetime, limit: int) -> bool:
    """Make the next `limit` deliveries of a confirmed announcement; false when none are left to be made.

    How far it came is written in the same transaction: whoever goes on after a power cut leaves nobody out.
    """
    found = announcement(connection, number)
    if found is None or found.state is not AnnouncementState.CONFIRMED:
        return False
    values = {"today": now.date().isoformat(), "after": found.planned_to, "limit": limit}
    readers = connection.execute(_NEXT, values).fetchall()
    chosen = {language: _selection(connection, found, language, now) for language in {row["language"] for row in readers}}
    day, first, at = found.day.isoformat(), to_text(_FIRST), to_text(now)
    connection.executemany(_PLAN, [(row["target_id"], day, chosen[row["language"]], first, at) for row in readers])
    if len(readers) < limit:
        connection.execute("UPDATE announcement SET state = 'planned' WHERE id = ?", (number,))
        return False
    connection.execute("UPDATE announcement SET planned_to = ? WHERE id = ?", (readers[-1]["target_id"], number))
    return True


def reached(connection: sqlite3.Connection, day: dt.date) -> Reached:
    """How far the announcement of a day is."""
    row = connection.execute(
        "SELECT count(*) AS chats, coalesce(sum(state = 'done'), 0) AS done, coalesce(sum(state = 'ready'), 0) AS waiting "
        "FROM delivery WHERE list_day = ?",
        (day.isoformat(),),
    ).fetchone()
    return Reached(row["chats"], row["done"], row["waiting"])


def _selection(connection: sqlite3.Connection, found: Announcement, language: str, now: dt.datetime) -> int:
    """What everybody with this language is sent: one message."""
    day, choice = DeliverableDay(found.day, 1), Choice(language=language)
    known = selections.find(connection, day, choice, "")
    items = [{"kind": "announcement", "text": found.text}]
    return (known or selections.freeze(connection, day, choice, "", items, now=now))[0]


def _one(cursor: sqlite3.Cursor) -> Announcement | None:
    row = cursor.fetchone()
    if row is None:
        return None
    return Announcement(
        number=row["id"],
        text=row["text"],
        state=AnnouncementState(row["state"]),
        written_at=from_text(row["written_at"]),
        planned_to=row["planned_to"],
    )
