"""What SQLite says of a file that it cannot read or write, in words that tell what to do. Its errors here are real ones."""

import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import StoreIsFull, StoreUnwritable
from bot.store import faults
from bot.store.connection import open_store

# As on Debian; any number that is not root's does.
NOBODY = 65534


def io_error() -> sqlite3.OperationalError:
    """As SQLite raises it when it cannot make or enlarge the files that it keeps beside a store."""
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR
    return error


def test_an_error_of_the_disk_is_one_where_there_is_room_and_leave_to_write(tmp_path: Path):
    path = tmp_path / "papers.db"
    open_store(path).close()
    said = faults.as_sentence(io_error(), path)
    assert isinstance(said, StoreUnwritable)
    assert "the disk answers with an error" in str(said)


def test_a_disk_without_room_for_what_stands_beside_the_store_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "papers.db"
    open_store(path).close()
    monkeypatch.setattr(faults, "_NO_ROOM", 2**62)  # no disk has as much
    said = faults.as_sentence(io_error(), path)
    assert isinstance(said, StoreIsFull)
    assert "Free some room" in str(said)


AS_NOBODY = """
import os, sys
from pathlib import Path
from bot.errors import StoreError
from bot.store.backup import backup
from bot.store.connection import open_store
from bot.store.restoring import alone
# What is imported late may lie where only root reads.
path = Path(sys.argv[1])
path.as_uri()
if os.getuid() == 0:
    os.setgroups([])
    os.setuid(int(sys.argv[3]))
try:
    if sys.argv[2] == "backup":
        backup(path, Path(sys.argv[1] + ".copy"))
    elif sys.argv[2] == "alone":
        with alone(path):
            print("taken")
    else:
        open_store(path).close()
except StoreError as error:
    print(type(error).__name__, error)
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that everybody may reach, which pytest's own are not."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.mark.parametrize("what", ["open", "backup", "alone"])
@pytest.mark.parametrize(("folder", "file"), [(0o555, 0o444), (0o755, 0o000)], ids=["read-only", "unreadable"])
def test_what_a_user_may_not_do_is_one_sentence(place: Path, what: str, folder: int, file: int):
    path = place / "papers.db"
    open_store(path).close()
    path.chmod(file)
    place.chmod(folder)
    try:
        finished = subprocess.run(
            [sys.executable, "-c", AS_NOBODY, str(path), what, str(NOBODY)], capture_output=True, text=True, check=False
        )
    finally:
        place.chmod(0o755)
    assert finished.stdout.startswith("StoreUnwritable"), finished.stderr
    assert "Check that its folder exists and is writable" in finished.stdout
