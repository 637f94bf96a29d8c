"""`export --all`, and `import` of what it wrote: moves a whole installation to another machine. The bot must be stopped."""

import contextlib
import gzip
import os
import sqlite3
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.clock import Clock
from bot.errors import StoreError, StoreInUse, StoreIsCorrupt, UsageError
from bot.settings import load_settings
from bot.store.backup import flush, forget, opened, verify
from bot.store.faults import sentences
from bot.store.migrations import check_identity
from bot.store.moving import Header, export_installation, import_installation, index_installation, read_header
from bot.store.restoring import alone, behind_link, put_in_place

# A paper's raw answers may be long; a first line that is longer than this is of something else.
_LONGEST_HEADER = 1000
# The first bytes of a database: sqlite.org/fileformat2.html#the_database_header.
_SQLITE = b"SQLite format 3\0"
_COUNTS = (
    ("papers", "SELECT count(*) FROM paper"),
    ("chats", "SELECT count(*) FROM target"),
    ("subscriptions", "SELECT count(*) FROM subscription WHERE active = 1"),
    ("deliveries", "SELECT count(*) FROM delivery"),
)


def export_all(path: Path | None) -> None:
    """Write the whole installation to `path` (`.gz`: compressed), to standard output without one.

    Raises StoreInUse while a bot runs: what it would send after this moment would be sent once more from the other place.
    """
    settings = load_settings()
    store = settings.database
    if not store.exists():
        raise UsageError(f"There is nothing to export: {store} does not exist (DATABASE).")
    if path is not None:
        check_place(path, store)
    try:
        with (
            alone(store, doing="exported") as connection,
            sentences(store),
            _written(path) as write,
            _progress() as progress,
        ):
            if connection is None:
                raise StoreIsCorrupt(f"{store} is damaged or is no SQLite database; restore a backup first.")
            check_identity(connection, store)
            if not connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
                raise StoreError(f"There is nothing to export: {store} is empty (DATABASE).")
            task = progress.add_task("exporting", total=None)
            rows = export_installation(
                connection, write, lambda done, total: progress.update(task, completed=done, total=total)
            )
            counts = _counts(connection)
    except StoreInUse as error:
        raise StoreInUse(
            f"{error} What it sent after the export would be sent again from the other place. "
            "(For a copy beside a running bot there is `daily-papers backup`.)"
        ) from error
    if path is None:
        return
    _say(f"Wrote {path}: {counts}; {rows} rows in all. It names chats and people; keep it as you keep the store.")
    _say(f"At the other place: copy .env there (tokens are not in this file), `daily-papers import {path.name}`, then run.")
    _say("Do not start the bot here again: what the other one sends from now on is not known here.")


def check_place(path: Path, store: Path) -> None:
    """An export may replace an older file, but no database, be it the store or a backup. Raises UsageError."""
    if path.absolute() in {store.absolute().with_name(store.name + end) for end in ("-wal", "-shm", "-journal")}:
        raise UsageError(f"{path} belongs to the store (DATABASE); name another file. Nothing was written.")
    if not path.exists():
        return
    if not path.is_file():
        raise UsageError(f"{path} is no file, so nothing was written; name a file, such as papers.jsonl.")
    try:
        with path.open("rb") as file:
            is_database = file.read(len(_SQLITE)) == _SQLITE
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}.") from error
    if is_database or (store.exists() and path.samefile(store)):
        raise UsageError(
            f"{path} is a database, and an export would take its place. Name another file, such as papers.jsonl."
        )


@contextlib.contextmanager
def _written(path: Path | None) -> Iterator[Callable[[str], object]]:
    """What takes lines. A file is for its owner alone, and in its place when it is whole."""
    if path is None:
        yield sys.stdout.write
        return
    partial = path.with_name(path.name + ".partial")
    try:
        partial.unlink(missing_ok=True)
        handle = os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            with contextlib.ExitStack() as stack:
                out = stack.enter_context(gzip.GzipFile(fileobj=file, mode="wb", mtime=0)) if _is_packed(path) else file
                yield lambda line: out.write(line.encode())
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()


# --- In -----------------------------------------------------------------------------------------------------------------


def header_of(path: Path) -> Header | None:
    """What an installation's file says in its first line; None for any other file. Raises UsageError as `read_header`."""
    if not path.is_file():
        return None
    try:
        with _opened(path) as file:
            return read_header(file.readline(_LONGEST_HEADER))
    except (OSError, EOFError, zlib.error, UnicodeDecodeError):
        return None
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from error


def import_all(path: Path, header: Header) -> None:
    """Make the store of the installation in `path`. Raises UsageError where there is a store with anything in it already.

    It is made beside, and put in place when it is whole: whatever fails leaves everything as it was.
    """
    settings = load_settings()
    store = behind_link(settings.database)
    _check_empty(store)
    partial = store.with_name(store.name + ".importing")
    forget(partial)
    try:
        with sentences(store):
            counts = _made(partial, path, header)
        with alone(store, doing="replaced"):
            _check_empty(store)
            kept = put_in_place(partial, store, now=Clock(settings.clock).now())
        if kept is not None:
            kept.unlink()  # it was empty
    finally:
        forget(partial)
    _say(f"{store} is now the installation of {path}: {counts}.")
    _say("`daily-papers status` shows it, `daily-papers run` goes on where the other place stopped; that one stays off.")


def _made(partial: Path, path: Path, header: Header) -> str:
    """Make the file at `partial`; gives what is in it, in words."""
    try:
        with (
            _opened(path) as file,
            _progress() as progress,
            contextlib.closing(sqlite3.connect(partial, isolation_level=None)) as connection,
        ):
            # Nobody needs half of this file, so nothing is kept for going back.
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            task = progress.add_task("importing", total=None)
            file.readline()
            import_installation(
                connection, file, header, lambda done, total: progress.update(task, completed=done, total=total)
            )
            task = progress.add_task("indexing", total=None)
            index_installation(connection, lambda done, total: progress.update(task, completed=done, total=total))
            counts = _counts(connection)
    except UsageError as error:
        raise UsageError(f"Nothing was imported from {path}. {error}") from error
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise UsageError(f"Nothing was imported: {path} cannot be read to its end ({error}).") from error
    verify(partial, named=path)
    flush(partial)
    return counts


def _check_empty(store: Path) -> None:
    """Raises UsageError when there is anything in the store that an import would take the place of."""
    if not store.exists():
        return
    try:
        with contextlib.closing(opened(store, writing=False)) as connection:
            check_identity(connection, store)
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            holds = "SELECT EXISTS (SELECT 1 FROM paper WHERE origin <> 'sample') OR EXISTS (SELECT 1 FROM target)"
            empty = not tables or not connection.execute(holds).fetchone()[0]
    except (sqlite3.DatabaseError, StoreError):
        empty = False
    if not empty:
        raise UsageError(
            f"{store} is there already, and not empty. An installation is moved into a new file: set DATABASE to one that "
            f"does not exist, or move {store} away. Nothing was changed."
        )


def _opened(path: Path) -> TextIO:
    return gzip.open(path, "rt", encoding="utf-8") if _is_packed(path) else path.open(encoding="utf-8")


def _is_packed(path: Path) -> bool:
    return path.suffix == ".gz"


def _counts(connection: sqlite3.Connection) -> str:
    return ", ".join(f"{connection.execute(query).fetchone()[0]} {name}" for name, query in _COUNTS)


def _progress() -> Progress:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()
