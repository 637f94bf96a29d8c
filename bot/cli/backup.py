"""`backup` and `restore`: copying the store while the bot runs, and putting a copy back while it does not."""

import contextlib
import datetime as dt
import os
import sqlite3
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from bot.clock import Clock
from bot.doctor.machine import in_bytes
from bot.errors import StoreError, UsageError
from bot.settings import load_settings
from bot.store import backup_outcomes
from bot.store.backup import backup, backup_name, copies, free_name, opened, rotate, sweep
from bot.store.backup_outcomes import BackupOutcome
from bot.store.migrations import check_identity
from bot.store.restoring import Restored, restore


def make_backup(to: str, keep: int | None) -> None:
    """Copy the store to `to`, a file, or a folder in which each copy has a name of its own and `keep` of them stay.

    Raises UsageError for a place that cannot be meant, BackupFailed when no copy could be made; an attempt that failed is
    kept in the store, so that ADMIN_CHATS are told.
    """
    settings = load_settings()
    store, now = settings.database, Clock(settings.clock).now()
    if not store.exists():
        raise UsageError(f"There is nothing to copy: {store} does not exist yet (DATABASE). `daily-papers run` makes it.")
    try:
        place = _place(to, store, now, keep)
        if keep is not None:
            sweep(store, place.parent)
        with _progress() as progress:
            task = progress.add_task("copying", total=None)
            size = backup(store, place, lambda done, total: progress.update(task, completed=done, total=total))
        gone = rotate(store, place.parent, keep, made=place) if keep is not None else []
    except (StoreError, UsageError) as error:
        _note(store, BackupOutcome(now, str(error)))
        raise
    _note(store, BackupOutcome(now))
    _say(f"{store} was copied to {place} ({in_bytes(size)}), and the copy was looked through.")
    if gone:
        _say(f"Deleted, being older than the newest {keep}: {', '.join(path.name for path in gone)}.")
    _say(f"`daily-papers restore {place}` puts it back.")


def _note(store: Path, outcome: BackupOutcome) -> None:
    """Keep it where alarms and the doctor look. A store that cannot be written does not hinder a backup of it."""
    with contextlib.suppress(sqlite3.DatabaseError, StoreError), contextlib.closing(opened(store)) as connection:
        check_identity(connection, store)
        backup_outcomes.put(connection, outcome)


def restore_backup(source: Path) -> None:
    """Put the database at `source` in the store's place, and say what became of the one that stood there."""
    settings = load_settings()
    if source.is_dir():
        found = copies(settings.database, source)
        newest = f"The newest is {found[-1]}." if found else f"There is none of {settings.database} in it."
        raise UsageError(f"{source} is a folder; name one of the copies in it. {newest}")
    if not source.exists():
        raise UsageError(f"There is nothing at {source}. Name a file that `daily-papers backup` has made.")
    done = restore(settings.database, source, now=Clock(settings.clock).now())
    _say(f"{settings.database} is now what {source} holds.")
    for line in _after(done):
        _say(line)


def _after(done: Restored) -> list[str]:
    if done.kept is None:
        return []
    lines = [f"What stood there before is kept in {done.kept}; delete it when all is well."]
    if done.unknown_sent is None:
        lines.append("It cannot be read, so nobody knows what was sent since the backup: that comes once more.")
    elif done.unknown_sent:
        count = f"{done.unknown_sent} message{'' if done.unknown_sent == 1 else 's'}"
        lines.append(
            f"The backup does not know of {count} sent since it was made: those digests come once more. "
            "`daily-papers pause` before `daily-papers run` holds everything back while you look."
        )
    return lines


def _place(to: str, store: Path, now: dt.datetime, keep: int | None) -> Path:
    """The file to write. What has no ending is a folder, and is never made: behind a missing one there may be a disk."""
    path = Path(to)
    if path.is_dir():
        return free_name(path, backup_name(store, now))
    if to.endswith(("/", os.sep)) or (not path.exists() and not path.suffix):
        raise UsageError(
            f"There is no folder {to}. Make it, or mount the disk that belongs there; a file is named with its ending, "
            f"such as {Path(to) / 'papers.db'}."
        )
    if keep is not None:
        raise UsageError(f"--keep deletes older copies in a folder, and {to} names a single file; name a folder.")
    if not path.parent.is_dir():
        raise UsageError(f"There is no folder {path.parent}, so {path.name} cannot be written into it. Make it first.")
    if path.exists() and (not path.is_file() or path.samefile(store)):
        what = "the store itself (DATABASE)" if path.is_file() else "no file"
        raise UsageError(f"{path} is {what}; name another place for the copy.")
    if path.exists():
        _check_replaceable(path)
    return path


def _check_replaceable(path: Path) -> None:
    """A copy may take the place of an older copy, and of nothing else."""
    try:
        with contextlib.closing(opened(path, writing=False)) as connection:
            check_identity(connection, path)
    except (sqlite3.DatabaseError, StoreError) as error:
        raise UsageError(
            f"{path} exists and is no copy that daily-papers has made, so it was left alone; name another place."
        ) from error


def _progress() -> Progress:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
