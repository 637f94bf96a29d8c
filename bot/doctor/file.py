"""Checks of the store's file, read-only: is it there, ours, of this version, undamaged, and does the search index fit?"""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from bot.doctor.finding import Finding, State, failure, ok, warning
from bot.doctor.machine import in_bytes
from bot.errors import StoreError
from bot.store import search_check
from bot.store.backup import opened
from bot.store.migrations import applied_migrations, check_identity, known_migrations

_RESTORE = "Stop the bot and put a backup back: `daily-papers restore FILE`; what stands there now is kept."


@contextlib.contextmanager
def reading(database: Path) -> Iterator[sqlite3.Connection]:
    """A connection that changes nothing. Raises sqlite3.DatabaseError, StoreError."""
    with contextlib.closing(opened(database, writing=False)) as connection:
        yield connection


def place(database: Path) -> Finding | None:
    """What is wrong with where the store should be; None when a file is there."""
    folder = database.absolute().parent
    if not folder.is_dir():
        return failure("store", f"There is no folder {folder} for {database.name}.", "Make it, or set DATABASE.")
    if not os.access(folder, os.W_OK):
        return failure("store", f"{folder} cannot be written.", "Give it to the user who runs the bot, or set DATABASE.")
    if database.is_dir():
        return failure("store", f"{database} is a folder.", "Set DATABASE to a file in it.")
    if database.exists() and not os.access(database, os.R_OK | os.W_OK):
        return failure(
            "store", f"{database} cannot be read and written.", "Give it to the user who runs the bot, or set DATABASE."
        )
    if not database.exists():
        return warning("store", f"{database} is not there yet.", "`daily-papers run` makes it; DATABASE says where.")
    return None


def identity(database: Path) -> Finding:
    """OK only when it is this program's and of this version: then it can be looked into."""
    try:
        with reading(database) as connection:
            check_identity(connection, database)
            applied = len(applied_migrations(connection))
    except sqlite3.DatabaseError as error:
        return failure("store", f"{database} is damaged or is no SQLite database ({error}).", _RESTORE)
    except StoreError as error:
        return failure("store", str(error), "Set DATABASE to the right file, or install the version that it was made by.")
    size, version = database.stat().st_size, len(known_migrations())
    if applied < version:
        return warning(
            "store",
            f"{database} was made by an earlier version (schema {applied} of {version}); what is in it was not looked at.",
            "The next `daily-papers run` brings it to this version, and keeps a copy of it as it is beside it.",
        )
    return ok("store", f"{database}, {in_bytes(size)}, schema {version}")


def integrity(database: Path) -> list[Finding]:
    """`quick_check` and foreign keys: every page is read, a gigabyte takes some seconds."""
    found = []
    try:
        with reading(database) as connection:
            faults = [row[0] for row in connection.execute("PRAGMA quick_check(3)") if row[0] != "ok"]
            if faults:
                return [failure("integrity", f"{database} is damaged: {'; '.join(faults)}.", _RESTORE)]
            found.append(ok("integrity", "SQLite's quick_check finds nothing"))
            lost = connection.execute("PRAGMA foreign_key_check").fetchmany(1000)
            tables = ", ".join(sorted({row[0] for row in lost}))
            if lost:
                found.append(failure("references", f"{len(lost)} rows of {tables} name what is not there.", _RESTORE))
            else:
                found.append(ok("references", "every row's references are there"))
    except sqlite3.DatabaseError as error:
        found.append(failure("integrity", f"{database} is damaged ({error}).", _RESTORE))
    return found


def search(database: Path) -> Finding:
    """The search index against the papers."""
    todo = "`daily-papers doctor --repair` makes the search index anew; nothing else is touched."
    try:
        with reading(database) as connection:
            found = search_check.counts(connection)
            (papers,) = connection.execute("SELECT count(*) FROM paper").fetchone()
    except sqlite3.DatabaseError as error:
        return failure("search", f"The search index cannot be read ({error}).", _RESTORE)
    if not found.agrees:
        said = [f"{found.missing} papers cannot be found"] if found.missing else []
        said += [f"{found.orphaned} that are gone are found"] if found.orphaned else []
        said += [] if found.postings == found.terms else ["its two halves differ"]
        return Finding(check="search", state=State.WARNING, found=f"The index is wrong: {', '.join(said)}.", todo=todo)
    if found.pending:
        return warning("search", f"{found.pending} papers are still to be indexed.", "The next start of the bot does it.")
    return ok("search", f"all {papers} papers are indexed")
