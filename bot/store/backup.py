"""Backups of the file, made while the bot runs by SQLite's online backup, and checked before they count.

A backup is a single file without a write-ahead log, so that it can be moved as it is. Restoring: bot/store/restoring.py.
"""

import contextlib
import datetime as dt
import errno
import glob
import os
import re
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from bot.errors import BackupFailed, StoreError
from bot.store.faults import BUSY_SECONDS, as_sentence, is_damage, is_full, sentences
from bot.store.migrations import check_identity

# How many pages are copied at a time, 16 MB: in between, signals are handled and progress is reported.
_PAGES = 4096
# How many of the copies that are made before migrations are kept.
KEPT_BEFORE_MIGRATION = 3
# A copy that is being made is written to all the time; one that was not for so long has lost its program.
_LEFT_SECONDS = 3600
_INSTANT = r"(?P<at>\d{8}T\d{6}Z)(-(?P<number>\d+))?"

_FULL = "the disk is full"

Progress = Callable[[int, int], object]


class NotCopied(Exception):
    """A copy could not be written; its text is the reason, such as `the disk is full`."""


def backup(store: Path, to: Path, progress: Progress | None = None) -> int:
    """Copy the database at `store` to the file `to`, while others write; gives its size in bytes.

    A file that stands there is replaced when the copy is whole. `progress(done, total)` is told pages. Raises BackupFailed,
    and for what is at `store` StoreIsForeign, StoreIsNewer, StoreIsCorrupt.
    """
    try:
        return copy(store, to, progress)
    except NotCopied as reason:
        raise BackupFailed(
            f"No backup was made: {to} cannot be written ({reason}). {store} is as it was; {todo(str(reason))}."
        ) from reason


def todo(reason: str) -> str:
    """What to do about a copy that could not be written, by the reason of its NotCopied."""
    if reason == _FULL:
        return "free some room there, or name another place"
    if reason == os.strerror(errno.EROFS):
        # A service's own view: whoever types the command beside it can write there.
        return (
            "give the bot that folder where it runs (ReadWritePaths= of its systemd unit, a volume of its container), "
            "or name another place"
        )
    return "let this user write there, or name another place"


def copy(source: Path, to: Path, progress: Progress | None = None, *, in_use: bool = True) -> int:
    """As `backup`, of any database of this program. The copy is of one moment: it is written beside `to`, looked through
    (`verify`) and put in place. `in_use`: somebody may be writing to `source`. Raises NotCopied.
    """
    partial = to.with_name(to.name + ".partial")
    try:
        with sentences(source):
            connection = opened(source, writing=in_use)
        with contextlib.closing(connection):
            with sentences(source):
                check_identity(connection, source)
            _copy(connection, source, partial, progress)
        # What is wrong in the copy is so in what was copied.
        verify(partial, named=source)
        size = partial.stat().st_size
        flush(partial)
        partial.replace(to)
        flush(to.parent)
    except OSError as error:
        raise NotCopied(error.strerror or str(error)) from error
    finally:
        forget(partial)
    return size


def verify(path: Path, *, named: Path | None = None) -> None:
    """Look a database through: its identity, `quick_check`, foreign keys. `named` is what a person calls it.

    Raises BackupFailed with what is wrong, StoreIsForeign or StoreIsNewer for a file that is none of this version's.
    """
    named = named or path
    try:
        with contextlib.closing(opened(path, writing=False)) as connection:
            check_identity(connection, named)
            if not connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
                raise BackupFailed(f"{named} is empty: no database was ever kept in it.")
            faults = found_wrong(connection, "quick_check")
            faults += [f"a row of {row[0]} names one of {row[2]} that is not there" for row in _unkept(connection)]
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            raise BackupFailed(f"{named} is damaged or is no SQLite database ({error}).") from error
        raise BackupFailed(f"{named} cannot be read ({error}).") from error
    if faults:
        raise BackupFailed(f"{named} is damaged: {'; '.join(faults)}.")


def found_wrong(connection: sqlite3.Connection, check: str, most: int = 3) -> list[str]:
    """The first faults that SQLite's `quick_check` or `integrity_check` names, one each; none where all is well.

    Raises sqlite3.DatabaseError where the file is so damaged that it cannot be looked through.
    """
    said = [line for row in connection.execute(f"PRAGMA {check}({most})") for line in row[0].splitlines()]
    # What it finds in a page comes as a text of several lines, the first of which names the database.
    return [line.strip(" .") for line in said if line != "ok" and not line.startswith("***")][:most]


def _unkept(connection: sqlite3.Connection) -> list[tuple[str, int, str]]:
    return connection.execute("PRAGMA foreign_key_check").fetchmany(3)


def opened(path: Path, *, writing: bool = True, patience: float = BUSY_SECONDS) -> sqlite3.Connection:
    """A connection to a file that is there, never to one that it makes; it waits for locks so many seconds.

    Raises sqlite3.DatabaseError, StoreError.
    """
    if not path.is_file():
        raise StoreError(f"There is no file {path}.")
    # SQLite keeps its log beside the file that a link leads to.
    path = path.resolve()
    # Without a log nobody writes it, and reading it leaves nothing beside it, nor needs a folder that can be written.
    immutable = not path.with_name(path.name + "-wal").exists()
    mode = "rw" if writing else "ro&immutable=1" if immutable else "ro"
    uri = f"{path.as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=patience)
    connection.row_factory = sqlite3.Row
    return connection


def _copy(connection: sqlite3.Connection, source: Path, partial: Path, progress: Progress | None) -> None:
    forget(partial)
    # As readable as the store, and not more: it names chats and people.
    os.close(os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_EXCL, source.stat().st_mode & 0o777))
    told = None if progress is None else lambda _, left, total: progress(total - left, total)
    try:
        # One snapshot for all steps: without it, every write of another process begins the copy anew.
        connection.execute("BEGIN")
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
        with contextlib.closing(sqlite3.connect(partial, isolation_level=None)) as target:
            target.execute("PRAGMA synchronous = OFF")  # the whole file is flushed before it counts
            connection.backup(target, pages=_PAGES, progress=told, sleep=0)
            target.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            raise as_sentence(error, source) from error
        raise NotCopied(_FULL if is_full(error) else str(error)) from error
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


# --- Names, and which are kept ------------------------------------------------------------------------------------------


def backup_name(store: Path, now: dt.datetime, label: str = "backup") -> str:
    """What a copy of `store` is called that was made at `now`, such as `daily-papers-backup-20240328T120000Z.db`."""
    return f"{store.stem}-{label}-{now.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}{store.suffix or '.db'}"


def free_name(folder: Path, name: str) -> Path:
    """A path in `folder` at which nothing stands: `name`, or with a number behind it."""
    path, number = folder / name, 1
    while path.exists():
        number += 1
        path = folder / f"{Path(name).stem}-{number}{Path(name).suffix}"
    return path


def copies(store: Path, folder: Path, label: str = "backup") -> list[Path]:
    """The copies of `store` in `folder`, the oldest first, by their names. `label` is a regular expression."""
    name = re.compile(rf"{re.escape(store.stem)}-{label}-{_INSTANT}{re.escape(store.suffix or '.db')}")
    found = [(match, path) for path in folder.iterdir() if (match := name.fullmatch(path.name)) and path.is_file()]
    return [path for match, path in sorted(found, key=lambda one: (one[0]["at"], int(one[0]["number"] or 1), one[1]))]


def rotate(store: Path, folder: Path, keep: int, label: str = "backup", *, made: Path) -> list[Path]:
    """Delete all but the newest `keep` copies; gives those that are gone.

    `made` is the newest, whatever its name says. Raises BackupFailed when something cannot be deleted.
    """
    found = [path for path in copies(store, folder, label) if path != made]
    # What is dated later was made while the clock was wrong; or it is wrong now, where a machine lost its time. Such
    # a one goes first, and one for each that is made, so that neither mistake takes all that is good.
    later = [path for path in found if _instant(path) > _instant(made)]
    gone = [*later, *(path for path in found if path not in later), made][:-keep]
    for path in gone:
        try:
            path.unlink()
        except OSError as error:
            raise BackupFailed(f"The backup was made, but {path} cannot be deleted ({error.strerror}).") from error
    return gone


def sweep(store: Path, folder: Path) -> None:
    """Delete what attempts left in `folder` that were cut off, by a stop or a power cut, more than an hour ago.

    Before a copy is made: on a small disk what they left may be what it has no room beside.
    """
    for path in folder.glob(f"{glob.escape(store.stem)}-*.partial"):
        # One that is gone by now, or cannot go, is no reason not to begin.
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < time.time() - _LEFT_SECONDS:
                forget(path)


def _instant(copy_of_store: Path) -> str:
    found = re.search(_INSTANT, copy_of_store.name)
    return found["at"] if found else ""


def before_migration(store: Path, version: int, now: dt.datetime) -> Path:
    """Copy `store`, which has the schema `version`, beside it, and delete older such copies; gives the copy."""
    path = free_name(store.parent, backup_name(store, now, f"schema{version:04d}"))
    sweep(store, store.parent)
    try:
        copy(store, path)
    except NotCopied as reason:
        raise BackupFailed(
            f"{store} was written by an earlier version of daily-papers, and is copied before it is changed, but {path} "
            f"cannot be written ({reason}). Nothing was changed; start again when there is room for a copy."
        ) from reason
    except BackupFailed as error:
        raise BackupFailed(
            f"{store} was written by an earlier version of daily-papers, and was not brought to this one. {error} "
            "Nothing was changed; restore a backup, or go on with that version."
        ) from error
    # A copy that cannot be deleted is no reason not to begin.
    with contextlib.suppress(BackupFailed):
        rotate(store, store.parent, KEPT_BEFORE_MIGRATION, r"schema\d{4}", made=path)
    return path


# --- Files --------------------------------------------------------------------------------------------------------------


def flush(path: Path) -> None:
    """Have the system write a file, or what a folder says of its files, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def forget(path: Path) -> None:
    """Remove a database that came to nothing, with its log."""
    for one in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal"))):
        # What cannot be there, or cannot go, is in the way of nothing: a new one is made only where there is none.
        with contextlib.suppress(OSError):
            one.unlink()
