"""Copies of the file: whole while others write, and never in the place of what they should save."""

import contextlib
import datetime as dt
import errno
import os
import resource
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bot.errors import BackupFailed, StoreError
from bot.store import backup_outcomes, key_values
from bot.store.backup import backup, backup_name, copies, free_name, opened, rotate, sweep, todo, verify
from bot.store.backup_outcomes import BackupOutcome
from bot.store.connection import open_store
from bot.store.restoring import restore
from tests.unit.store.one_value import damage, names, put, value

NOW = dt.datetime(2024, 3, 28, 12, tzinfo=dt.UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "papers.db"


def count(connection: sqlite3.Connection, both: str) -> None:
    """Two rows that are equal at every moment."""
    key_values.put(connection, "a", "one", both)
    key_values.put(connection, "b", "other", both)


def test_a_copy_that_is_made_while_others_write_is_of_one_moment(path: Path, tmp_path: Path):
    with open_store(path) as store:
        for number in range(400):
            store.write_now(key_values.put, "fill", str(number), "v" * 20_000)  # some steps of copying
        done, begun = threading.Event(), threading.Event()

        def write() -> None:
            number = 0
            while not done.is_set():
                number += 1
                store.write_now(count, str(number))
                begun.set()

        writing = threading.Thread(target=write)
        writing.start()
        begun.wait(10)
        told: list[tuple[int, int]] = []
        size = backup(path, tmp_path / "copy.db", lambda *pages: told.append(pages))
        done.set()
        writing.join()
    assert size == (tmp_path / "copy.db").stat().st_size
    assert told[-1][0] == told[-1][1]
    with contextlib.closing(sqlite3.connect(tmp_path / "copy.db")) as copied:
        (one,) = copied.execute("SELECT value FROM key_value WHERE owner = 'a'").fetchone()
        (other,) = copied.execute("SELECT value FROM key_value WHERE owner = 'b'").fetchone()
        assert one == other
        assert copied.execute("PRAGMA journal_mode").fetchone() == ("delete",)  # one file, whole without a log
    assert [name for name in names(tmp_path) if name.startswith("copy.db")] == ["copy.db"]


def test_a_store_behind_a_link_is_read_with_its_log_and_restored_where_it_is(path: Path, tmp_path: Path):
    """A link to a larger disk, say: SQLite keeps its log there, and that is where the store stays."""
    disk = tmp_path / "disk"
    disk.mkdir()
    real = disk / "papers.db"
    path.symlink_to(real)
    put(path, "first")
    backup(path, tmp_path / "copy.db")
    with open_store(path) as store:
        store.write_now(key_values.put, "a", "k", "second")
        with contextlib.closing(opened(path, writing=False)) as connection:
            assert key_values.get(connection, "a", "k") == "second"
    restored = restore(path, tmp_path / "copy.db", now=NOW)
    assert path.readlink() == real
    assert restored.kept is not None
    assert (value(path), value(restored.kept)) == ("first", "second")
    assert not restored.kept.is_symlink()
    assert restored.kept.parent == disk


def test_a_copy_can_be_read_by_those_who_may_read_the_store(path: Path, tmp_path: Path):
    put(path, "v")
    path.chmod(0o600)
    backup(path, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600


def test_a_damaged_store_takes_no_good_copys_place(path: Path, tmp_path: Path):
    put(path, "v")
    backup(path, tmp_path / "copy.db")
    damage(path)
    with pytest.raises(StoreError, match=r"papers\.db is damaged"):
        backup(path, tmp_path / "copy.db")
    assert value(tmp_path / "copy.db") == "v"
    assert names(tmp_path) == ["copy.db", "papers.db"]


def test_rows_that_name_what_is_not_there_are_damage_too(path: Path):
    put(path, "v")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(
            "INSERT INTO summary (paper_key, language, source, bullets, created_at) VALUES (7, 'ko', 'model', '[]', '')"
        )
    with pytest.raises(BackupFailed, match="a row of summary names one of paper that is not there"):
        verify(path)


FILL = """
import resource, signal, sys
from pathlib import Path
from bot.errors import StoreError
from bot.store.backup import backup
from bot.store.restoring import restore
import datetime as dt
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
try:
    if sys.argv[1] == "backup":
        backup(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        restore(Path(sys.argv[3]), Path(sys.argv[2]), now=dt.datetime(2024, 3, 28, tzinfo=dt.UTC))
except StoreError as error:
    print(type(error).__name__, error)
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="no file size limit on this system")
@pytest.mark.parametrize("what", ["backup", "restore"])
def test_a_full_disk_is_one_sentence_and_leaves_nothing_half(path: Path, tmp_path: Path, what: str):
    with open_store(path) as store:
        for number in range(100):
            store.write_now(key_values.put, "a", str(number), "v" * 5000)
    there = tmp_path / "there" / "papers.db"
    there.parent.mkdir()
    put(there, "old")
    before = there.read_bytes()
    finished = subprocess.run(
        [sys.executable, "-c", FILL, what, str(path), str(there)], capture_output=True, text=True, check=True
    )
    assert finished.stdout.startswith(
        f"BackupFailed N{'o backup was made' if what == 'backup' else 'othing was restored'}"
    ), finished.stderr
    assert there.read_bytes() == before
    assert names(there.parent) == ["papers.db"]


def test_old_copies_go_and_nothing_else(path: Path, tmp_path: Path):
    put(path, "v")
    folder = tmp_path / "copies"
    folder.mkdir()
    made = path
    for hour in range(5):
        made = free_name(folder, backup_name(path, NOW + dt.timedelta(hours=hour)))
        backup(path, made)
    kept = ["papers-backup-notes.db", "other-backup-20240328T120000Z.db", "papers-backup-20240101T000000Z.txt", "papers.db"]
    for name in kept:
        (folder / name).write_text("mine")
    gone = rotate(path, folder, 2, made=made)
    assert [one.name for one in gone] == [f"papers-backup-20240328T{hour}0000Z.db" for hour in (12, 13, 14)]
    assert names(folder) == sorted([*kept, *(f"papers-backup-20240328T{hour}0000Z.db" for hour in (15, 16))])


def test_what_is_left_of_a_copy_that_was_cut_off_goes_and_one_that_is_being_made_stays(path: Path, tmp_path: Path):
    left, made, other = (
        f"{name}.db.partial" for name in ("papers-backup-20240301T000000Z", "papers-schema0007-20240328T130000Z", "others")
    )
    for name in (left, f"{left}-journal", made, other):
        (tmp_path / name).write_text("half")
    hours_ago = (tmp_path / made).stat().st_mtime - 2 * 3600
    for name in (left, f"{left}-journal", other):
        os.utime(tmp_path / name, (hours_ago, hours_ago))
    sweep(path, tmp_path)
    assert names(tmp_path) == sorted([made, other])


def test_copies_of_one_second_have_names_of_their_own(path: Path, tmp_path: Path):
    put(path, "v")
    folder = tmp_path / "copies"
    folder.mkdir()
    for _ in range(3):
        backup(path, free_name(folder, backup_name(path, NOW)))
    assert [one.name.removeprefix("papers-backup-20240328T120000Z") for one in copies(path, folder)] == [
        ".db",
        "-2.db",
        "-3.db",
    ]


@pytest.mark.parametrize(
    ("there", "made", "gone"),
    [
        (("20240328T120000Z-2", "20240328T120000Z-3"), "20240328T120000Z", "20240328T120000Z-2"),
        (("20240328T120000Z-9", "20240328T120000Z-10"), "20240328T120000Z-11", "20240328T120000Z-9"),
        (("20240327T120000Z", "20300101T000000Z"), "20240328T120000Z", "20300101T000000Z"),
        (("20240327T120000Z", "20240328T120000Z"), "19700101T000000Z", "20240327T120000Z"),
    ],
    ids=["a free name of the same second", "ten of one second", "one of a wrong clock", "the clock is wrong now"],
)
def test_what_was_just_made_stays_whatever_its_name_says(tmp_path: Path, there: tuple[str, ...], made: str, gone: str):
    for instant in (*there, made):
        (tmp_path / f"papers-backup-{instant}.db").touch()
    deleted = rotate(tmp_path / "papers.db", tmp_path, 2, made=tmp_path / f"papers-backup-{made}.db")
    assert [path.name for path in deleted] == [f"papers-backup-{gone}.db"]


def test_what_came_of_a_backup_is_remembered(path: Path):
    with open_store(path) as store:
        assert store.read_now(backup_outcomes.last) is None
        store.write_now(backup_outcomes.put, BackupOutcome(NOW, "no room"))
        assert store.read_now(backup_outcomes.last) == BackupOutcome(NOW, "no room")


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("the disk is full", "free some room"),
        # A unit or a container was not given the folder; who looks from outside can write there.
        (os.strerror(errno.EROFS), "ReadWritePaths= of its systemd unit, a volume"),
        (os.strerror(errno.EACCES), "let this user write there"),
    ],
)
def test_what_to_do_about_a_copy_that_cannot_be_written_is_told_by_the_reason(reason: str, told: str):
    assert told in todo(reason)


def test_a_folder_that_is_missing_is_one_sentence(path: Path, tmp_path: Path):
    put(path, "v")
    with pytest.raises(BackupFailed, match="Its folder must exist"):
        restore(tmp_path / "no" / "papers.db", path, now=NOW)
    with pytest.raises(BackupFailed, match=r"No backup was made: .* cannot be written \(No such file or directory"):
        backup(path, tmp_path / "no" / "copy.db")
