"""The SQLite file: one writer thread, a few readers, and errors as sentences. Contains no business logic.

Store functions elsewhere are plain: `def papers_of_day(connection, day)`; they run inside `Store.read` or `Store.write`.
"""

import asyncio
import contextlib
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Concatenate, ParamSpec, Self, TypeVar

from bot.clock import Clock
from bot.errors import StoreError
from bot.store.backup import before_migration
from bot.store.checkpoints import WRITERS_PAGES, Checkpoints
from bot.store.faults import BUSY_SECONDS, as_sentence, sentences
from bot.store.migrations import applied_migrations, check_identity, migrate
from bot.store.pages import Versions
from bot.store.search import has_pending, index_pending

# STRICT tables came with 3.37 (sqlite.org/stricttables.html).
OLDEST_SQLITE = (3, 37, 0)
READERS = 4
# For what still reads on another thread at the end: a batch takes some milliseconds. One that hangs is left behind.
LAST_READ_SECONDS = 10

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


class Store:
    """An open database file. Made by `open_store`; close it, or use it as a context manager."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writer = _connect(path)
        self._writer_thread = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._reader_threads = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._readers: queue.SimpleQueue[sqlite3.Connection] = queue.SimpleQueue()
        self._writer.execute(f"PRAGMA wal_autocheckpoint = {WRITERS_PAGES}")
        checkpointer = _connect(path)
        self._checkpoints = Checkpoints(checkpointer)
        self._opened: list[sqlite3.Connection] = [self._writer, checkpointer]
        self._readers_opened: int | None = 0  # None: no more reading
        self._opening = threading.Lock()
        self._closed = False

    # Whole functions are sent to the writer, each one transaction: 16,000 a second were measured.

    def write_now(self, function: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function(connection, …)` in one `BEGIN IMMEDIATE` transaction and wait. Raises StoreError."""
        return self._writer_thread.submit(partial(self._transaction, function, *args, **kwargs)).result()

    async def write(
        self, function: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """As `write_now`, without blocking the event loop. Once begun it is completed, even if the caller is cancelled."""
        return await asyncio.wrap_future(self._writer_thread.submit(partial(self._transaction, function, *args, **kwargs)))

    def read_now(self, function: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function(connection, …)` on a connection that only reads. Raises StoreError."""
        with self._reader() as connection, sentences(self.path):
            return function(connection, *args, **kwargs)

    async def read(self, function: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As `read_now`, without blocking the event loop."""
        return await asyncio.wrap_future(self._reader_threads.submit(partial(self.read_now, function, *args, **kwargs)))

    def versions(self) -> Versions:
        """A Versions object, which tells whether anything was written; on a connection of its own, which `close` closes."""
        connection = _connect(self.path)
        connection.execute("PRAGMA query_only = ON")
        self._opened.append(connection)
        return Versions(connection)

    def close(self) -> None:
        """Finish what is being written and close all connections. May be called more than once."""
        if self._closed:
            return
        self._closed = True
        self._writer_thread.shutdown()
        self._checkpoints.close()
        self._reader_threads.shutdown()
        # `read_now` is also called on threads that are not this store's, which nobody can stop: a connection that is closed
        # while another thread uses it takes the whole process down.
        with self._opening:
            opened, self._readers_opened = self._readers_opened, None
        with contextlib.suppress(queue.Empty):
            for _ in range(opened or 0):
                self._readers.get(timeout=LAST_READ_SECONDS).close()
        for connection in reversed(self._opened):
            connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _transaction(
        self, function: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        connection = self._writer
        with sentences(self.path):
            connection.execute("BEGIN IMMEDIATE")
            try:
                result = function(connection, *args, **kwargs)
                connection.execute("COMMIT")
            except BaseException:
                # SQLite rolls back by itself on a full disk; a second ROLLBACK would hide the first error.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        self._checkpoints.written(connection.total_changes)
        return result

    @contextlib.contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection]:
        with self._opening:
            if self._readers_opened is None:
                raise StoreError(f"{self.path} is closed.")
            try:
                connection = self._readers.get_nowait()
            except queue.Empty:
                with sentences(self.path):
                    connection = _connect(self.path)
                    connection.execute("PRAGMA query_only = ON")
                self._readers_opened += 1
        try:
            yield connection
        finally:
            self._readers.put(connection)


def open_store(path: Path) -> Store:
    """Open or make the database at `path` and bring it to this version's schema.

    Raises StoreIsNewer, StoreIsForeign, StoreIsCorrupt, StoreUnwritable, StoreIsFull, StoreIsBusy, or StoreError for a
    SQLite library that is too old, or BackupFailed where an older file could not be copied; the file is then as it was.
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise StoreError(
            f"This Python has SQLite {sqlite3.sqlite_version}; daily-papers needs "
            f"{'.'.join(map(str, OLDEST_SQLITE))} or later. Install a newer Python."
        )
    existed = path.exists()
    with sentences(path):
        connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_SECONDS)
        try:
            if existed:
                check_identity(connection, path)
            # WAL is kept in the file's header: set once it is known that the file is ours to change.
            connection.execute("PRAGMA journal_mode = WAL")
            _migrate(connection, path)
        finally:
            connection.close()
    store = Store(path)
    try:
        # A store of an older version, once; what a stop leaves is done at the next opening.
        while store.read_now(has_pending) and store.write_now(index_pending):
            pass
    except BaseException:
        store.close()
        raise
    return store


def _connect(path: Path) -> sqlite3.Connection:
    # isolation_level=None: transactions are begun here, never by the sqlite3 module.
    connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.row_factory = sqlite3.Row
    return connection


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    applied = len(applied_migrations(connection))
    try:
        migrate(connection, lambda version: _keep_a_copy(path, version))
    except sqlite3.DatabaseError as error:
        known = as_sentence(error, path)
        if known is not error or not applied:
            raise known from error
        raise StoreError(
            f"{path} cannot be brought to this version of daily-papers ({error}). It is as it was: go on with the version "
            "that you had, and report this, with what `daily-papers doctor` says."
        ) from error


def _keep_a_copy(path: Path, version: int) -> None:
    copy = before_migration(path, version, Clock().now())
    # Seen without logs too, once in a version: for whoever has to go back.
    log.warning("%s is brought to this version of daily-papers; as it was it is kept in %s", path, copy)
