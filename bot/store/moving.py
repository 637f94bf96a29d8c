"""Exports a whole installation as JSON lines, row by row, and imports it: to move it to another machine or version.

The first line has the format's version, the schema and the number of rows. A line that is an object begins a table and
names its columns; each array after it is a row. The last line has the number of rows written. Derived rows (the search
index, the order of due instants) are not exported but rebuilt.
"""

import base64
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.errors import UsageError
from bot.store.migrations import applied_migrations, known_migrations, migrate
from bot.store.search import index_papers

FORM = 1
_NAME = "daily-papers installation"
# Derived tables; SQLite's own; and sqlite-utils' list of migrations, which the schema's version replaces.
_DERIVED = ("search_", "paper_search", "due_order", "sqlite_", "_sqlite_")
# Leases mean nothing on another machine: what was on its way counts as tried, as if its process had died.
_RELEASED = {
    ("delivery", "lease_owner"): "NULL",
    ("delivery", "lease_until"): "NULL",
    ("delivery", "attempts"): "CASE WHEN lease_owner IS NULL THEN attempts ELSE max(attempts, 1) END",
}
_BATCH = 500
# Papers indexed at once: each time, every term among them is written anew. Nobody waits for it.
_INDEXED = 2000
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid"

Progress = Callable[[int, int], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the first line says."""

    schema: str
    rows: int


# --- Out ----------------------------------------------------------------------------------------------------------------


def export_installation(
    connection: sqlite3.Connection, write: Callable[[str], object], progress: Progress | None = None
) -> int:
    """Pass every line, with its line break, to `write`; returns the number of rows.

    Nobody else may write to the database meanwhile. `progress(done, total)` is called with numbers of rows.
    """
    tables = moved_tables(connection)
    total = sum(connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables)  # noqa: S608
    schema = applied_migrations(connection)[-1]
    write(_line({"file": _NAME, "form": FORM, "schema": schema, "rows": total}))
    done = 0
    for table in tables:
        columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
        write(_line({"table": table, "columns": columns}))
        shown = ", ".join(_RELEASED.get((table, column), f'"{column}"') for column in columns)
        for row in connection.execute(f'SELECT {shown} FROM "{table}"'):  # noqa: S608 - names out of the schema
            write(_line([_written(value) for value in row]))
            done += 1
            if progress is not None and done % _BATCH == 0:
                progress(done, total)
    write(_line({"end": done}))
    return done


def moved_tables(connection: sqlite3.Connection) -> list[str]:
    """The tables whose rows are moved, in the order of their creation."""
    return [row[0] for row in connection.execute(_TABLES).fetchall() if not row[0].startswith(_DERIVED)]


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def _written(value: Any) -> Any:
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


# --- In -----------------------------------------------------------------------------------------------------------------


def read_header(line: str) -> Header | None:
    """What the first line of a file says; None when the file is something else.

    Raises UsageError for an installation that this version cannot read.
    """
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.get("file") != _NAME:
        return None
    if found.get("form") != FORM or found.get("schema") not in known_migrations() or not isinstance(found.get("rows"), int):
        raise UsageError(
            "It was written by a later version of daily-papers "
            f"(form {found.get('form')}, schema {found.get('schema')}); install that version here."
        )
    return Header(schema=found["schema"], rows=found["rows"])


def import_installation(
    connection: sqlite3.Connection, lines: Iterator[str], header: Header, progress: Progress | None = None
) -> int:
    """Put every row into an empty database, and bring it to this version; gives the number of rows.

    `lines` are those after the first. Raises UsageError with the line's number for what cannot be used; what is in the
    database then is of no use.
    """
    migrate(connection, lambda _: None, until=header.schema)
    connection.execute("PRAGMA foreign_keys = OFF")  # rows may name others that come later
    connection.execute("BEGIN")
    done, ended = 0, False
    for number, columns, rows in _batches(connection, lines):
        if columns is None:
            ended = rows == [[done]]
            break
        done += _insert(connection, number, columns, rows)
        if progress is not None:
            progress(done, header.rows)
    if not ended or done != header.rows:
        raise UsageError(
            f"It ends after {done} of {header.rows} rows: it was not written or copied to its end. Write it once more."
        )
    # Backups are of the place that was left.
    connection.execute("DELETE FROM key_value WHERE owner = 'backup'")
    connection.execute("COMMIT")
    migrate(connection, lambda _: None)
    lost = connection.execute("PRAGMA foreign_key_check").fetchmany(1)
    if lost:
        raise UsageError(
            f"A row of {lost[0][0]} names one of {lost[0][2]} that is not in it: something is missing in the store that it "
            "was written from. `daily-papers doctor` there says more; put a backup back, and export that."
        )
    return done


def index_installation(connection: sqlite3.Connection, progress: Progress | None = None) -> None:
    """Make the search index of what was imported. `connection` gives sqlite3.Row."""
    keys = [row["key"] for row in connection.execute("SELECT key FROM paper ORDER BY key").fetchall()]
    for start in range(0, len(keys), _INDEXED):
        connection.execute("BEGIN")
        index_papers(connection, keys[start : start + _INDEXED])
        connection.execute("COMMIT")
        if progress is not None:
            progress(min(start + _INDEXED, len(keys)), len(keys))


@dataclass(frozen=True, slots=True)
class _Columns:
    table: str
    names: tuple[str, ...]


def _batches(
    connection: sqlite3.Connection, lines: Iterator[str]
) -> Iterator[tuple[int, _Columns | None, list[list[Any]]]]:
    """Rows of a table with the number of the last one's line; at the end None for the table, and the count in a row."""
    columns: _Columns | None = None
    rows: list[list[Any]] = []
    number = 1
    for number, line in enumerate(lines, 2):
        value = _parsed(number, line)
        if isinstance(value, list) and columns is not None:
            rows.append([_read(number, one) for one in value])
            if len(rows) < _BATCH:
                continue
        if rows:
            yield number, columns, rows
            rows = []
        if isinstance(value, dict) and "end" in value:
            yield number, None, [[value["end"]]]
            return
        if isinstance(value, dict):
            columns = _known(connection, number, value)
        elif columns is None:
            raise UsageError(f"Line {number} is a row of no table.")
    if rows:
        yield number, columns, rows


def _parsed(number: int, line: str) -> Any:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"Line {number} is no JSON ({error}).") from error
    if not isinstance(value, dict | list):
        raise UsageError(f"Line {number} is neither a table nor a row.")
    return value


def _read(number: int, value: Any) -> Any:
    if not isinstance(value, dict | list):
        return value
    try:
        return base64.b64decode(value["base64"], validate=True)  # type: ignore[call-overload]  # a list has no names
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"Line {number} holds something that is no value of a row.") from error


def _known(connection: sqlite3.Connection, number: int, value: dict[str, Any]) -> _Columns:
    """Names are looked up before they stand in a statement."""
    table, names = value.get("table"), value.get("columns")
    if table not in moved_tables(connection):
        raise UsageError(f"Line {number} names a table that is not known: {table!r}.")
    known = {row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')}
    if not isinstance(names, list) or not names or not all(isinstance(one, str) and one in known for one in names):
        raise UsageError(f"Line {number} names columns that {table} does not have: {names!r}.")
    return _Columns(str(table), tuple(names))


def _insert(connection: sqlite3.Connection, number: int, columns: _Columns, rows: Sequence[Sequence[Any]]) -> int:
    names = ", ".join(f'"{one}"' for one in columns.names)
    statement = f'INSERT INTO "{columns.table}" ({names}) VALUES ({", ".join("?" * len(columns.names))})'  # noqa: S608
    try:
        return connection.executemany(statement, rows).rowcount
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError, OverflowError) as error:
        raise UsageError(f"Line {number}, or one before it, cannot be a row of {columns.table} ({error}).") from error
