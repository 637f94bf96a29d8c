"""Marks of web pages: short texts that change with the content, so that an unchanged page is not made again. Reads only."""

import datetime as dt
import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence

# A paper's own instant covers all but what lists, checks and readers change of it.
_MARK = """
SELECT id, updated_at || ' ' || coalesce(list_day, '') || ' ' || coalesce(archive_day, '') || ' ' || coalesce((
    SELECT group_concat(language || source || prompt_version || created_at || coalesce(verified, '') || reasons, ' ')
    FROM summary WHERE paper_key = paper.key), '') AS mark
"""
_MARKS = f"{_MARK} FROM paper WHERE id IN (SELECT value FROM json_each(?))"  # noqa: S608 - a constant
_MARKS_OF_DAY = f"""
{_MARK} FROM list_entry JOIN paper ON paper.key = list_entry.paper_key
WHERE list_entry.day = ?1 AND list_entry.origin = (SELECT origin FROM list_entry WHERE day = ?1 ORDER BY
    CASE origin WHEN 'hub' THEN 0 WHEN 'arxiv' THEN 1 WHEN 'archive' THEN 2 ELSE 3 END LIMIT 1)
ORDER BY list_entry.position
"""  # noqa: S608 - a constant
_IDS = "SELECT key, id FROM paper WHERE key > ? ORDER BY key LIMIT ?"
_CHUNK = 500
_UPDATED = "SELECT id, updated_at FROM paper WHERE id IN (SELECT value FROM json_each(?))"


def digested(parts: Iterable[object]) -> str:
    """A short text that differs where a part differs."""
    written = "\x1f".join(map(str, parts))
    return hashlib.blake2b(written.encode("utf-8", "surrogatepass"), digest_size=9).hexdigest()


def mark_of_day(connection: sqlite3.Connection, day: dt.date) -> str:
    """Differs when anything that is shown of the day's list differs."""
    return digested(f"{paper_id} {mark}" for paper_id, mark in connection.execute(_MARKS_OF_DAY, (day.isoformat(),)))


def mark_of_papers(connection: sqlite3.Connection, ids: Sequence[str]) -> str:
    """Differs when anything that is known of these papers differs, or their order."""
    marks = _marks(connection, ids)
    return digested(f"{paper_id} {marks.get(paper_id)}" for paper_id in ids)


def paper_ids(connection: sqlite3.Connection) -> Iterator[str]:
    """Every paper's id, in the order in which they came."""
    last = -1
    while rows := connection.execute(_IDS, (last, _CHUNK)).fetchall():
        last = rows[-1]["key"]
        yield from (row["id"] for row in rows)


def _marks(connection: sqlite3.Connection, ids: Sequence[str]) -> dict[str, str]:
    return {row["id"]: row["mark"] for row in connection.execute(_MARKS, (json.dumps(ids),))}


def updated_at(connection: sqlite3.Connection, ids: Iterable[str]) -> dict[str, str]:
    """When these papers last changed, as the store writes instants."""
    return {row["id"]: row["updated_at"] for row in connection.execute(_UPDATED, (json.dumps(list(ids)),))}


def days_with_papers(connection: sqlite3.Connection, until: dt.date) -> dict[dt.date, int]:
    """Every list day that has papers, not after `until`, and how many, in order."""
    rows = connection.execute(
        "SELECT day, papers FROM list_day WHERE papers > 0 AND day <= ? ORDER BY day", (until.isoformat(),)
    )
    return {dt.date.fromisoformat(row["day"]): row["papers"] for row in rows}


def newest_key(connection: sqlite3.Connection) -> int:
    """The key of the paper that came last; 0 without any."""
    return int(connection.execute("SELECT coalesce(max(key), 0) FROM paper").fetchone()[0])


class Versions:
    """Tells whether anything was written to the file since it was last looked at, by this process or another."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """`connection` must not be used elsewhere: SQLite's number is only meaningful for one connection."""
        self._connection = connection

    def now(self) -> int:
        """Another number after each change (sqlite.org/pragma.html#pragma_data_version); some microseconds."""
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])
