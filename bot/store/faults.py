"""SQLite's errors as sentences for a person."""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from bot.errors import StoreIsBusy, StoreIsCorrupt, StoreIsFull, StoreUnwritable

# Long enough for another process's longest transaction, an import of years; then a sentence instead of a hang.
BUSY_SECONDS = 30
# With less room than this SQLite cannot even make the files that it keeps beside the store.
_NO_ROOM = 64 * 1024


@contextlib.contextmanager
def sentences(path: Path) -> Iterator[None]:
    """Turn SQLite's faults into one sentence each, about the file at `path`."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise as_sentence(error, path) from error


def is_damage(error: sqlite3.DatabaseError) -> bool:
    """Whether SQLite finds that the file is damaged, or no database at all."""
    return _code(error) in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def is_busy(error: sqlite3.DatabaseError) -> bool:
    """Whether another connection holds the lock."""
    return _code(error) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def is_full(error: sqlite3.DatabaseError) -> bool:
    """Whether the disk is full."""
    return _code(error) == sqlite3.SQLITE_FULL


def as_sentence(error: sqlite3.DatabaseError, path: Path) -> BaseException:
    """The error that says what is wrong and what to do; `error` itself where that is not known."""
    if is_damage(error):
        return StoreIsCorrupt(
            f"{path} is damaged or is no SQLite database ({error}). It was left as it is; "
            "restore a backup, or set DATABASE to another file."
        )
    code = _code(error)
    refused = code == sqlite3.SQLITE_IOERR
    # What a full disk or a folder that may not be written refuses beside the file, SQLite calls an error of the disk.
    if is_full(error) or (refused and _has_no_room(path)):
        return StoreIsFull(f"The disk is full: {path} cannot grow. Free some room; what was stored before is safe.")
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM} or (refused and not _is_ours(path)):
        return StoreUnwritable(
            f"{path} cannot be opened for writing ({error}). Check that its folder exists and is writable, or set DATABASE."
        )
    if refused:
        return StoreUnwritable(f"{path} cannot be read or written: the disk answers with an error ({error}).")
    if is_busy(error):
        return StoreIsBusy(f"{path} was locked by another process for {BUSY_SECONDS} seconds. Try again when it is done.")
    return error


def _has_no_room(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.resolve().parent).free < _NO_ROOM
    except OSError:
        return False


def _is_ours(path: Path) -> bool:
    """Whether this user may write the file and what SQLite keeps beside it."""
    return os.access(path, os.W_OK) and os.access(path.resolve().parent, os.W_OK)


def _code(error: sqlite3.DatabaseError) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
