"""Checks of the store's file, read-only: is it there, ours, of this version, undamaged, and do its indexes fit?"""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from bot.doctor.finding import Finding, State, failure, ok, warning
from bot.doctor.machine import in_bytes
from bot.errors import StoreError
from bot.store import due_instants, search_check
from bot.store.backup import found_wrong, opened
from bot.store.faults import is_busy, is_damage
from bot.store.migrations import applied_migrations, check_identity, known_migrations

# Reading waits for nobody but a program that keeps the store to itself, and that is what is to be told.
_PATIENCE_SECONDS = 1.0
_RESTORE = "Stop the bot and put a backup back: `daily-papers restore FILE`; what stands there now is kept."
_REPAIR = "Stop the bot, then `daily-papers doctor --repair`; papers, chats and what was sent are not touched."


@contextlib.contextmanager
def reading(database: Path) -> Iterator[sqlite3.Connection]:
    """A connection that changes nothing. Raises sqlite3.DatabaseError, StoreError."""
    with contextlib.closing(opened(database, writing=False, patience=_PATIENCE_SECONDS)) as connection:
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
        return unreadable("store", database, error)
    except StoreError as error:
        return failure("store", str(error), "Set DATABASE to the right file, or install the version that it was made by.")
    size, version = database.stat().st_size, len(known_migrations())
    if not applied:
        return warning(
            "store",
            f"{database} is empty.",
            "The next `daily-papers run` begins it anew; if something was in it, put a backup back first: "
            "`daily-papers restore FILE`.",
        )
    if applied < version:
        return warning(
            "store",
            f"{database} was made by an earlier version (schema {applied} of {version}); what is in it was not looked at.",
            "The next `daily-papers run` brings it to this version, and keeps a copy of it as it is beside it.",
        )
    return ok("store", f"{database}, {in_bytes(size)}, schema {version}")


def integrity(database: Path) -> list[Finding]:
    """`quick_check`, then what it leaves out: that the indexes fit their tables, and foreign keys.

    Every page is read: a gigabyte takes some seconds.
    """
    found = []
    try:
        with reading(database) as connection:
            if faults := found_wrong(connection, "quick_check"):
                return [failure("integrity", f"{database} is damaged: {'; '.join(faults)}.", _RESTORE)]
            # A row that its index has lost is not found any more: a digest that nobody sends, or that is planned twice.
            if faults := found_wrong(connection, "integrity_check"):
                return [failure("integrity", f"Indexes of {database} are wrong: {'; '.join(faults)}.", _REPAIR)]
            found.append(ok("integrity", "SQLite's quick_check finds nothing, and its indexes fit"))
            lost = connection.execute("PRAGMA foreign_key_check").fetchmany(1000)
            tables = ", ".join(sorted({row[0] for row in lost}))
            if lost:
                found.append(failure("references", f"{len(lost)} rows of {tables} name what is not there.", _RESTORE))
            else:
                found.append(ok("references", "every row's references are there"))
    except sqlite3.DatabaseError as error:
        found.append(unreadable("integrity", database, error))
    return found


def due(database: Path) -> Finding | None:
    """Readers whom planning does not find any more, their instants being gone; None when all is well."""
    try:
        with reading(database) as connection:
            count = len(due_instants.forgotten(connection))
    except sqlite3.DatabaseError as error:
        return unreadable("due", database, error)
    if not count:
        return None
    return failure("due", f"{count} subscription{'s are' if count > 1 else ' is'} not in the order of who is due.", _REPAIR)


def unreadable(check: str, database: Path, error: sqlite3.DatabaseError) -> Finding:
    """What SQLite's refusal means. A store that is only locked, or that one may not read, needs no backup put back."""
    if is_damage(error):
        return failure(check, f"{database} is damaged or is no SQLite database ({error}).", _RESTORE)
    if is_busy(error):
        return failure(
            check,
            f"Another program keeps {database} to itself, so it could not be looked at.",
            "Close that program, or wait until its work is done, and run `daily-papers doctor` again.",
        )
    return failure(
        check,
        f"{database} cannot be read ({error}).",
        "Check its disk and who may read it, and run `daily-papers doctor` again.",
    )


def search(database: Path) -> Finding:
    """The search index against the papers."""
    todo = "`daily-papers doctor --repair` makes the search index anew; nothing else is touched."
    try:
        with reading(database) as connection:
            found = search_check.counts(connection)
            (papers,) = connection.execute("SELECT count(*) FROM paper").fetchone()
    except sqlite3.DatabaseError as error:
        return unreadable("search", database, error)
    if not found.agrees:
        said = [f"{found.missing} papers cannot be found"] if found.missing else []
        said += [f"{found.orphaned} that are gone are found"] if found.orphaned else []
        said += [] if found.postings == found.terms else ["its two halves differ"]
        return Finding(check="search", state=State.WARNING, found=f"The index is wrong: {', '.join(said)}.", todo=todo)
    if found.pending:
        return warning("search", f"{found.pending} papers are still to be indexed.", "The next start of the bot does it.")
    return ok("search", f"all {papers} papers are indexed")
