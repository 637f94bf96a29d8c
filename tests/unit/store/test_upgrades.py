"""A store of every earlier version opens, is brought to this one and loses nothing; what fails leaves it as it was."""

import contextlib
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.errors import BackupFailed, StoreError
from bot.store import migrations as schema
from bot.store.connection import open_store
from bot.store.search import search
from tests.unit.store.old_stores import VERSIONS, contents, old_store

OLDER = VERSIONS[:-1]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "papers.db"


def read(path: Path) -> dict[str, list[dict[str, object]]]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return contents(connection)


def copies(path: Path) -> list[Path]:
    return sorted(path.parent.glob("papers-schema*.db"))


@pytest.mark.parametrize("version", OLDER)
def test_a_store_of_an_earlier_version_opens_and_loses_nothing(path: Path, version: int):
    old_store(path, version)
    before = read(path)
    assert [table for table, rows in before.items() if not rows] == []
    with open_store(path) as store:
        assert store.read_now(lambda c: schema.migrations().pending(Database(c))) == []
        assert store.read_now(lambda c: c.execute("PRAGMA foreign_key_check").fetchall()) == []
        # Texts of before are found, by Korean words too.
        assert sorted(store.read_now(search, "어텐션 싱크").ids) == ["2403.18361", "2403.18362", "2403.18363"]
        assert sorted(store.read_now(search, "Maker").ids) == ["2403.18361", "2403.18362", "2403.18363"]
    after = read(path)
    due = {row["target_id"]: row["at"] for row in after["due"]}
    for table, rows in before.items():
        assert len(after[table]) == len(rows), table
        for old in rows:
            if table == "subscription" and version < 4:
                # 2024-03-21T00:00:00Z and the days after it.
                assert due[old["target_id"]] == 1710979200000 + (int(str(old["target_id"])) - 1) * 86_400_000
                del old["next_due_at"]
            kept = [new for new in after[table] if old.items() <= new.items()]
            assert len(kept) == 1, (table, old)


@pytest.mark.parametrize("version", OLDER)
def test_it_is_kept_as_it_was_before_anything_changes(path: Path, version: int):
    old_store(path, version)
    before = read(path)
    open_store(path).close()
    (copy,) = copies(path)
    assert copy.name.startswith(f"papers-schema{version:04d}-20")
    assert read(copy) == before
    # The copy is a store of its own, and can be opened itself.
    open_store(copy).close()


def test_three_such_copies_are_kept_and_a_store_of_this_version_is_not_copied(path: Path):
    for version in OLDER[-5:]:
        path.unlink(missing_ok=True)
        old_store(path, version)
        open_store(path).close()
    assert [one.name[13:17] for one in copies(path)] == [f"{version:04d}" for version in OLDER[-3:]]
    open_store(path).close()
    path.unlink()
    open_store(path).close()
    assert len(copies(path)) == 3


@pytest.mark.parametrize("version", OLDER)
def test_a_migration_that_fails_leaves_the_file_byte_for_byte(path: Path, version: int, monkeypatch):
    old_store(path, version)
    before = path.read_bytes()

    def fails(db: Database) -> None:
        db.conn.execute("CREATE TABLE half (a)")
        db.conn.execute("UPDATE paper SET title = 'gone'")
        raise sqlite3.OperationalError("half way")

    # As if the newest of all migrations failed, after all others had changed what they change.
    monkeypatch.setattr(schema.migrations()._migrations[-1], "fn", fails)
    with pytest.raises(StoreError, match=r"cannot be brought to this version .*\(half way\)\. It is as it was: go on with"):
        open_store(path)
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir() if one.name.endswith(("-wal", "-shm", "-journal"))] == []
    monkeypatch.undo()
    open_store(path).close()


def test_without_a_copy_nothing_is_changed(path: Path):
    old_store(path, VERSIONS[-2])
    before = path.read_bytes()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        # As when a disk loses a page: SQLite opens the file, and finds it when it looks through it.
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'paper_raw'").fetchone()
    damaged = bytearray(before)
    damaged[4096 * (page - 1) : 4096 * page] = b"\xff" * 4096
    path.write_bytes(damaged)
    with pytest.raises(BackupFailed, match="Nothing was changed; restore a backup"):
        open_store(path)
    assert path.read_bytes() == damaged
    assert list(path.parent.iterdir()) == [path]


def test_a_store_that_had_them_in_another_order_is_of_this_version(path: Path):
    """It was copied and brought to this version anew at each start, by every command of the terminal."""
    open_store(path).close()
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE _sqlite_migrations SET rowid = 100 WHERE name = 'm0004_due_instants'")
    before = path.read_bytes()
    open_store(path).close()
    assert copies(path) == []
    assert path.read_bytes() == before


def test_processes_that_start_together_on_an_older_file_make_one_copy(path: Path):
    old_store(path, VERSIONS[-2])
    begin = threading.Barrier(4)

    def start(_: int) -> None:
        begin.wait(10)
        open_store(path).close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(start, range(4)))
    assert len(copies(path)) == 1


def test_a_folder_that_takes_no_copy_is_one_sentence(path: Path):
    old_store(path, VERSIONS[-2])
    before = path.read_bytes()
    # Names have 255 bytes at most: that of the copy fits, that under which it is written does not, not even for root.
    long = path.with_name("p" * 220 + ".db")
    path.rename(long)
    with pytest.raises(StoreError, match=r"cannot be written .* Nothing was changed; start again when there is room"):
        open_store(long)
    assert long.read_bytes() == before
