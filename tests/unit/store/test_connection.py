"""The file: two processes, and every fault as one sentence that leaves the file as it was."""

import resource
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.errors import StoreError, StoreIsCorrupt, StoreIsForeign, StoreIsFull, StoreIsNewer, StoreUnwritable
from bot.store import key_values
from bot.store.connection import open_store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "papers.db"


def test_a_new_file_is_wal_strict_and_keeps_foreign_keys(path: Path):
    with open_store(path) as store:
        assert store.read_now(lambda c: c.execute("PRAGMA journal_mode").fetchone()[0]) == "wal"
        assert store.read_now(lambda c: c.execute("PRAGMA foreign_keys").fetchone()[0]) == 1
        loose = store.read_now(
            lambda c: [
                row["name"]
                for row in c.execute("PRAGMA table_list")
                if row["type"] == "table" and not row["strict"] and not row["name"].startswith(("sqlite_", "_sqlite_"))
            ]
        )
        assert loose == []


def test_opening_again_keeps_everything(path: Path):
    with open_store(path) as store:
        store.write_now(key_values.put, "a", "k", "v")
    with open_store(path) as store:
        assert store.read_now(key_values.get, "a", "k") == "v"


def test_a_failed_transaction_leaves_nothing(path: Path):
    def half(connection: sqlite3.Connection) -> None:
        key_values.put(connection, "a", "k", "v")
        raise ValueError("half way")

    with open_store(path) as store:
        with pytest.raises(ValueError, match="half way"):
            store.write_now(half)
        assert store.read_now(key_values.get, "a", "k") is None


def test_readers_cannot_write(path: Path):
    with open_store(path) as store, pytest.raises(StoreUnwritable):
        store.read_now(key_values.put, "a", "k", "v")


OPEN_AND_COUNT = """
import sys
import threading
from pathlib import Path
from bot.store.connection import open_store
from bot.store.key_values import get, put
def count(connection):
    put(connection, "n", "n", str(int(get(connection, "n", "n") or 0) + 1))
with open_store(Path(sys.argv[1])) as store:
    for _ in range(50):
        store.write_now(count)
"""


def test_processes_that_start_together_on_one_new_file_all_work(path: Path):
    def start(_: int) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", OPEN_AND_COUNT, str(path)], capture_output=True, text=True, check=False
        )

    with ThreadPoolExecutor(4) as pool:
        for finished in pool.map(start, range(4)):
            assert finished.returncode == 0, finished.stderr
    with open_store(path) as store:
        assert store.read_now(key_values.get, "n", "n") == "200"


def test_a_file_of_a_later_version_is_left_alone(path: Path):
    open_store(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('daily-papers', 'm9999_later', '2030')"
        )
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreIsNewer, match="m9999_later"):
        open_store(path)
    assert path.read_bytes() == before


def test_another_programs_database_is_left_alone(path: Path):
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (a)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreIsForeign, match="another program"):
        open_store(path)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_left_alone(path: Path):
    path.write_bytes(b"not a database " * 500)
    with pytest.raises(StoreIsCorrupt, match="damaged or is no SQLite database"):
        open_store(path)
    assert path.read_bytes() == b"not a database " * 500


def test_a_damaged_database_is_one_sentence(path: Path):
    with open_store(path) as store:
        for number in range(200):
            store.write_now(key_values.put, "a", str(number), "v" * 500)
    content = bytearray(path.read_bytes())
    content[4096 * 3 :] = b"\xff" * (len(content) - 4096 * 3)
    path.write_bytes(content)
    with pytest.raises(StoreIsCorrupt), open_store(path) as store:
        store.read_now(lambda c: c.execute("PRAGMA quick_check").fetchall())
        store.write_now(key_values.put, "a", "1", "w")


def test_what_still_reads_on_another_thread_is_waited_for_and_nothing_reads_after_it(path: Path):
    """A connection that is closed in another thread's hands takes the process down (CPython's sqlite3 is not safe there)."""
    reading, go_on = threading.Event(), threading.Event()

    def slowly(connection: sqlite3.Connection) -> int:
        reading.set()
        go_on.wait(10)
        return int(connection.execute("SELECT count(*) FROM key_value").fetchone()[0])

    store = open_store(path)
    with ThreadPoolExecutor(2) as threads:
        read = threads.submit(store.read_now, slowly)
        reading.wait(10)
        closing = threads.submit(store.close)
        # The reader is waited for, so it has its answer; without that this line is the last of the whole process.
        threading.Timer(0.2, go_on.set).start()
        closing.result(10)
        assert read.result(0) == 0
    with pytest.raises(StoreError, match="is closed"):
        store.read_now(slowly)


def test_a_folder_that_cannot_be_written_is_one_sentence():
    # Nobody, not even root, makes files there.
    with pytest.raises(StoreUnwritable, match="writable"):
        open_store(Path("/proc/papers.db"))


def test_a_missing_folder_is_one_sentence(tmp_path: Path):
    with pytest.raises(StoreUnwritable, match="folder exists"):
        open_store(tmp_path / "missing" / "papers.db")


FILL = """
import resource, signal, sys
from pathlib import Path
from bot.errors import StoreError
from bot.store.connection import open_store
from bot.store.key_values import put
store = open_store(Path(sys.argv[1]))
store.write_now(put, "a", "first", "kept")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
try:
    for number in range(1000):
        store.write_now(put, "a", str(number), "v" * 5000)
except StoreError as error:
    print(type(error).__name__, error)
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="no file size limit on this system")
def test_a_file_that_cannot_grow_is_one_sentence_and_loses_nothing(path: Path):
    finished = subprocess.run([sys.executable, "-c", FILL, str(path)], capture_output=True, text=True, check=True)
    assert finished.stdout.startswith(("StoreIsFull", "StoreUnwritable")), finished.stdout + finished.stderr
    with open_store(path) as store:
        assert store.read_now(key_values.get, "a", "first") == "kept"
        assert store.read_now(lambda c: c.execute("PRAGMA quick_check").fetchone()[0]) == "ok"


def test_a_full_disk_is_one_sentence_and_what_was_stored_stays(path: Path):
    def fill(connection: sqlite3.Connection) -> None:
        # SQLite answers SQLITE_FULL at its page limit as it does when the disk has no room (sqlite.org/rescode.html#full).
        connection.execute(f"PRAGMA max_page_count = {connection.execute('PRAGMA page_count').fetchone()[0]}")

    with open_store(path) as store:
        store.write_now(key_values.put, "a", "first", "kept")
        store.read_now(lambda c: None)
        store._writer_thread.submit(fill, store._writer).result()
        with pytest.raises(StoreIsFull, match="disk is full"):
            store.write_now(key_values.put, "a", "big", "v" * 100_000)
        assert store.read_now(key_values.get, "a", "first") == "kept"
