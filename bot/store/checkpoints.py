"""Checkpoints the write-ahead log on a thread of its own, instead of inside the writer's transactions."""

import contextlib
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

# Rows changed since the last checkpoint: of a broadcast, half a second; of planning, four chunks.
CHANGES = 4000
# SQLite's own checkpoint, inside a COMMIT, copies 1,000 pages and syncs twice: 100 ms and more on a busy disk, during which
# everybody waits. It is left for when the log has grown to 160 MB because the writer is never silent.
WRITERS_PAGES = 40_000


class Checkpoints:
    """A thread and a connection. A PASSIVE checkpoint waits for nobody, and nobody for it (sqlite.org/wal.html)."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store-checkpoints")
        self._running = threading.Lock()
        self._seen = 0

    def written(self, changes: int) -> None:
        """The writer has committed; `changes` counts all rows that it has changed so far."""
        if changes - self._seen >= CHANGES and self._running.acquire(blocking=False):
            self._seen = changes
            self._thread.submit(self._run)

    def close(self) -> None:
        """Finish the one that runs. The connection is its owner's to close."""
        self._thread.shutdown()

    def _run(self) -> None:
        try:
            # What a full or failing disk refuses here stays in the log, and the next commit says so to whoever writes.
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        finally:
            self._running.release()
