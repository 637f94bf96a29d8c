"""The papers that people have saved, the newest first. A list belongs to a person, whichever chat they saved in."""

import datetime as dt
import sqlite3
from enum import StrEnum

from bot.clock import to_text

# A list that one person reads; it keeps an export far below what platforms take (2 kB a paper, Discord 10 MB).
MOST = 2000


class Saving(StrEnum):
    """What became of a wish to save."""

    SAVED = "saved"
    AGAIN = "again"  # it stood there already
    FULL = "full"  # the list has MOST papers
    UNKNOWN = "unknown"  # there is no such paper


def save(connection: sqlite3.Connection, person: str, paper_id: str, *, now: dt.datetime) -> Saving:
    """Put a paper on the list of `person` (`platform:number`)."""
    found = connection.execute("SELECT key FROM paper WHERE id = ?", (paper_id,)).fetchone()
    if found is None:
        return Saving.UNKNOWN
    if has(connection, person, paper_id):
        return Saving.AGAIN
    if count(connection, person) >= MOST:
        return Saving.FULL
    connection.execute("INSERT INTO saved VALUES (?, ?, ?)", (person, found["key"], to_text(now)))
    return Saving.SAVED


def remove(connection: sqlite3.Connection, person: str, paper_id: str) -> bool:
    """Take a paper off the list; false when it did not stand there."""
    sql = "DELETE FROM saved WHERE person = ? AND paper_key = (SELECT key FROM paper WHERE id = ?)"
    return connection.execute(sql, (person, paper_id)).rowcount > 0


def has(connection: sqlite3.Connection, person: str, paper_id: str) -> bool:
    sql = "SELECT 1 FROM saved WHERE person = ? AND paper_key = (SELECT key FROM paper WHERE id = ?)"
    return connection.execute(sql, (person, paper_id)).fetchone() is not None


def count(connection: sqlite3.Connection, person: str) -> int:
    (counted,) = connection.execute("SELECT count(*) FROM saved WHERE person = ?", (person,)).fetchone()
    return int(counted)


def ids(connection: sqlite3.Connection, person: str, *, limit: int = MOST, offset: int = 0) -> list[str]:
    """The ids of a person's papers, those saved last first."""
    rows = connection.execute(
        "SELECT paper.id FROM saved JOIN paper ON paper.key = paper_key WHERE person = ? "
        "ORDER BY saved_at DESC, paper_key DESC LIMIT ? OFFSET ?",
        (person, limit, offset),
    )
    return [row["id"] for row in rows]
