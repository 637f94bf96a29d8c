"""Replaces the store by another file: a backup, or an installation that was moved here. The replaced file is kept."""

import contextlib
import datetime as dt
import os
import sqlite3
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.errors import BackupFailed, StoreError, StoreInUse, StoreIsForeign, StoreIsNewer
from bot.store.backup import NotCopied, backup_name, copy, flush, forget, free_name, opened, verify
from bot.store.faults import as_sentence, is_busy, is_damage, sentences
from bot.store.migrations import check_identity

if sys.platform != "win32":
    import fcntl

# Whoever has the file open holds a shared lock for as long; a connection that is just opening holds it for a moment.
_PATIENCE_SECONDS = 2.0
# Where SQLite locks its files: `SHARED_FIRST` and `SHARED_SIZE` (sqlite.org/fileformat2.html#the_lock_byte_page).
_SHARED_FIRST, _SHARED_SIZE = 0x40000002, 510

_SENT_SINCE = "SELECT count(*) FROM delivery_message WHERE external_id <> '' AND sent_at > ?"
_LAST_SENT = "SELECT coalesce(max(sent_at), '') FROM delivery_message"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """`kept` is where the file that stood there is now, None when there was none; `unknown_sent` how many messages are
    recorded as sent in that one and not in what was restored, None where that cannot be known.
    """

    kept: Path | None
    unknown_sent: int | None


def restore(store: Path, source: Path, *, now: dt.datetime) -> Restored:
    """Put a copy of the database at `source` in the place of `store`.

    Raises StoreInUse when anything has `store` open, BackupFailed when `source` is no database of this program or is
    damaged, StoreError when there is no room. The file at `store` is then as it was.
    """
    store = behind_link(store)
    if store.exists() and source.exists() and store.samefile(source):
        raise BackupFailed(f"{source} is the store itself (DATABASE); name a backup of it.")
    try:
        verify(source)
    except StoreError as error:
        raise BackupFailed(f"Nothing was restored. {_why_not(source, error)} {_still(store)}") from error
    # Copied before anything is locked, and by SQLite, which takes a log that stands beside it along.
    partial = store.with_name(store.name + ".restoring")
    try:
        copy(source, partial, in_use=False)
        with alone(store) as connection:
            unknown = _unknown_sent(store, connection, partial)
            kept = put_in_place(partial, store, now=now, damaged=connection is None)
    except NotCopied as reason:
        raise BackupFailed(
            f"Nothing was restored: no copy can be written beside {store} ({reason}). "
            "Its folder must exist and be writable, and have room for one more copy."
        ) from reason
    finally:
        forget(partial)
    return Restored(kept=kept, unknown_sent=unknown)


def behind_link(store: Path) -> Path:
    """The file that a link leads to, `store` itself where it is none: so the link stays, and names the same disk."""
    return store.resolve() if store.is_symlink() else store


def _why_not(source: Path, error: StoreError) -> str:
    if isinstance(error, StoreIsForeign):
        return f"{source} is a database of another program."
    if isinstance(error, StoreIsNewer):
        return f"{source} was made by a later version of daily-papers; install that version first."
    return str(error)


def _still(store: Path) -> str:
    return f"{store} is as it was." if store.exists() else f"There is no {store} yet."


@contextlib.contextmanager
def alone(store: Path, *, doing: str = "replaced") -> Iterator[sqlite3.Connection | None]:
    """Keep everybody else out of the file until the end of the block; gives the connection that does.

    None where there is no file, or one that SQLite cannot read; such a one is locked all the same where the system can do
    that. Raises StoreInUse when anything has it open, StoreError when it cannot be locked.
    """
    if not store.exists():
        yield None
        return
    with sentences(store):
        taking = opened(store)
    with contextlib.closing(taking) as connection:
        connection.execute(f"PRAGMA busy_timeout = {int(_PATIENCE_SECONDS * 1000)}")
        try:
            # In this mode the first access takes the lock that nobody shares, and keeps it (sqlite.org/pragma.html).
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            # The log is moved into the file, so that the file is complete by itself.
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
            readable = True
        except sqlite3.DatabaseError as error:
            if is_busy(error):
                raise _in_use(store, doing) from error
            if not is_damage(error):
                raise as_sentence(error, store) from error
            readable = False
        if readable:
            yield connection
            return
    with _locked(store, doing):
        yield None


def _in_use(store: Path, doing: str) -> StoreInUse:
    return StoreInUse(
        f"{store} is open elsewhere, so it was not {doing}: a bot is running over it, or another program has it open. "
        "Stop the bot (Ctrl-C where it runs; systemctl stop; docker compose stop), close the other program, and try again."
    )


@contextlib.contextmanager
def _locked(store: Path, doing: str) -> Iterator[None]:
    """As `alone`, of a file that SQLite cannot read any more; somebody may have it open since before it was damaged."""
    if sys.platform == "win32":
        yield
        return
    with store.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, _SHARED_SIZE, _SHARED_FIRST)
        except OSError as error:
            raise _in_use(store, doing) from error
        yield


def put_in_place(partial: Path, store: Path, *, now: dt.datetime, damaged: bool = False) -> Path | None:
    """Let the whole file `partial` be `store`, in one step; gives where what stood there is now. `alone` must hold it.

    `damaged`: SQLite cannot read it, and its log is kept with it; others' logs `alone` has put into them.
    """
    kept = None
    try:
        _belong(partial, store)
        if store.exists():
            kept = free_name(store.parent, backup_name(store, now, "replaced"))
            _keep(store, kept, damaged=damaged)
        partial.replace(store)
        flush(store.parent)
    except OSError as error:
        raise BackupFailed(f"{store} cannot be replaced ({error.strerror or error}); it is as it was.") from error
    return kept


def _belong(partial: Path, store: Path) -> None:
    """Let those use the new file who could use the one that goes: a backup may be kept read-only, or put back by root."""
    like = store.stat() if store.exists() else None
    partial.chmod(stat.S_IMODE(like.st_mode) if like else partial.stat().st_mode | stat.S_IRUSR | stat.S_IWUSR)
    if sys.platform != "win32" and os.geteuid() == 0:
        owner = like or store.parent.stat()
        os.chown(partial, owner.st_uid, owner.st_gid)


def _keep(store: Path, kept: Path, *, damaged: bool) -> None:
    try:
        # So there is never a moment without a file, in which a bot that starts would begin a new one.
        os.link(store, kept)
    except OSError:
        store.rename(kept)
    for end in ("-wal", "-shm", "-journal"):
        beside = store.with_name(store.name + end)
        if damaged and beside.exists():
            beside.rename(kept.with_name(kept.name + end))
        else:
            beside.unlink(missing_ok=True)


def _unknown_sent(store: Path, going: sqlite3.Connection | None, partial: Path) -> int | None:
    """How many messages are recorded in the file that goes and not in the one that comes, by their instants.

    Raises StoreIsForeign when the one that would go is another program's.
    """
    if going is None:
        return None if store.exists() else 0
    with contextlib.suppress(StoreIsNewer):
        check_identity(going, store)
    try:
        with contextlib.closing(opened(partial, writing=False)) as coming:
            (last,) = coming.execute(_LAST_SENT).fetchone()
        return int(going.execute(_SENT_SINCE, (last,)).fetchone()[0])
    except sqlite3.DatabaseError:
        return None
