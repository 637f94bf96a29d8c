"""A copy is put back in one step, what stood there is kept, and what is no good copy is refused."""

import contextlib
import datetime as dt
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from bot.errors import BackupFailed, StoreInUse, StoreIsForeign
from bot.store.backup import backup
from bot.store.restoring import restore
from tests.unit.store.one_value import damage, foreign, later, names, put, value

NOW = dt.datetime(2024, 3, 28, 12, tzinfo=dt.UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "papers.db"


def test_a_copy_is_put_back_and_what_stood_there_is_kept(path: Path, tmp_path: Path):
    put(path, "then")
    backup(path, tmp_path / "copy.db")
    put(path, "now")
    done = restore(path, tmp_path / "copy.db", now=NOW)
    assert done.kept == tmp_path / "papers-replaced-20240328T120000Z.db"
    assert done.unknown_sent == 0
    assert value(path) == "then"
    assert value(done.kept) == "now"
    assert value(tmp_path / "copy.db") == "then"
    assert [name for name in names(tmp_path) if not name.endswith(".db")] == []


def test_what_is_still_in_the_log_is_restored_and_kept_too(path: Path, tmp_path: Path):
    """After a power cut the last commits stand in the log beside the file, of the old one and of the one that is restored."""
    for name, word in (("copy.db", "then"), ("papers.db", "now")):
        cut = f"import os; from pathlib import Path; from bot.store.connection import open_store; from bot.store.key_values import put; open_store(Path({str(tmp_path / name)!r})).write_now(put, 'a', 'k', {word!r}); os._exit(9)"
        subprocess.run([sys.executable, "-c", cut], check=False)
        assert (tmp_path / f"{name}-wal").stat().st_size > 0
    done = restore(path, tmp_path / "copy.db", now=NOW)
    assert done.kept is not None
    assert value(path) == "then"
    assert value(done.kept) == "now"


def test_a_copy_that_is_kept_read_only_makes_a_store_that_can_be_written(path: Path, tmp_path: Path):
    put(path, "v")
    path.chmod(0o640)
    backup(path, tmp_path / "copy.db")
    (tmp_path / "copy.db").chmod(0o444)
    restore(path, tmp_path / "copy.db", now=NOW)
    assert path.stat().st_mode & 0o777 == 0o640
    restore(tmp_path / "new.db", tmp_path / "copy.db", now=NOW)
    assert (tmp_path / "new.db").stat().st_mode & 0o777 == 0o644


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
def test_what_root_puts_back_is_the_bots(path: Path, tmp_path: Path):
    put(path, "v")
    backup(path, tmp_path / "copy.db")
    os.chown(path, 1234, 1234)
    restore(path, tmp_path / "copy.db", now=NOW)
    assert path.stat().st_uid == 1234
    folder = tmp_path / "its own"
    folder.mkdir()
    os.chown(folder, 4321, 4321)
    restore(folder / "papers.db", tmp_path / "copy.db", now=NOW)
    assert (folder / "papers.db").stat().st_uid == 4321


def test_a_store_that_is_not_there_yet_is_restored_too(path: Path, tmp_path: Path):
    put(path, "v")
    new = tmp_path / "new.db"
    assert restore(new, path, now=NOW).kept is None
    assert value(new) == "v"


def test_messages_that_the_copy_does_not_know_of_are_counted(path: Path, tmp_path: Path):
    put(path, "v")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("INSERT INTO target VALUES (1, 'telegram', '7', '', 'private', '', 'ko', '', 0, NULL, '', NULL)")
        connection.execute(
            "INSERT INTO delivery (id, target_id, list_day, state, planned_at) VALUES (1, 1, '2024-03-28', 'ready', '')"
        )
        sent = "INSERT INTO delivery_message VALUES (1, ?, ?, ?)"
        connection.execute(sent, (0, "90", "2024-03-29T00:00:00.000Z"))
        backup(path, tmp_path / "copy.db")
        connection.execute(sent, (1, "91", "2024-03-29T00:00:01.000Z"))
        connection.execute(sent, (2, "", "2024-03-29T00:00:02.000Z"))  # refused, and passed over
        connection.execute(sent, (3, "92", "2024-03-29T00:00:03.000Z"))
    assert restore(path, tmp_path / "copy.db", now=NOW).unknown_sent == 2


@pytest.mark.parametrize("program", ["bot", "reader"])
def test_a_file_that_anybody_has_open_is_not_replaced(path: Path, tmp_path: Path, program: str):
    put(path, "now")
    backup(path, tmp_path / "copy.db")
    before = path.read_bytes()
    opens = {
        "bot": "from bot.store.connection import open_store; store = open_store(Path(sys.argv[1]))",
        "reader": "import sqlite3; store = sqlite3.connect(sys.argv[1]); store.execute('SELECT * FROM paper').fetchall()",
    }
    script = f"import sys; from pathlib import Path; {opens[program]}; print('open', flush=True); sys.stdin.read()"
    holding = subprocess.Popen([sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holding.stdin is not None
    assert holding.stdout is not None
    with holding:
        holding.stdout.readline()
        with pytest.raises(StoreInUse, match="Stop the bot"):
            restore(path, tmp_path / "copy.db", now=NOW)
        holding.stdin.close()
    assert path.read_bytes() == before
    assert names(tmp_path) == ["copy.db", "papers.db"]
    assert restore(path, tmp_path / "copy.db", now=NOW).kept is not None


def test_a_damaged_store_is_replaced_and_kept_and_not_while_it_is_open(path: Path, tmp_path: Path):
    put(path, "v")
    backup(path, tmp_path / "copy.db")
    script = "import sqlite3, sys; store = sqlite3.connect(sys.argv[1]); store.execute('SELECT * FROM paper').fetchall(); print('open', flush=True); sys.stdin.read()"
    holding = subprocess.Popen([sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holding.stdin is not None
    assert holding.stdout is not None
    with holding:
        holding.stdout.readline()
        path.write_bytes(b"\xff" * 8192)
        with pytest.raises(StoreInUse):
            restore(path, tmp_path / "copy.db", now=NOW)
        holding.stdin.close()
    done = restore(path, tmp_path / "copy.db", now=NOW)
    assert done.unknown_sent is None
    assert done.kept is not None
    assert done.kept.read_bytes() == b"\xff" * 8192
    assert value(path) == "v"


def damaged(path: Path) -> None:
    put(path, "v")
    damage(path)


BAD = {
    "no database": (lambda path: path.write_text("hello " * 100), "is damaged or is no SQLite database"),
    "empty": (lambda path: path.touch(), "is empty: no database was ever kept in it"),
    "another program's": (foreign, "is a database of another program"),
    "of a later version": (later, "was made by a later version of daily-papers; install that version first"),
    "damaged": (damaged, "is damaged"),
    "not there": (lambda path: None, "There is no file"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_good_copy_is_refused_and_the_store_stays(path: Path, tmp_path: Path, kind: str):
    put(path, "v")
    before = path.read_bytes()
    make, sentence = BAD[kind]
    make(tmp_path / "bad.db")
    with pytest.raises(BackupFailed, match=f"Nothing was restored.*{sentence}.*papers.db is as it was"):
        restore(path, tmp_path / "bad.db", now=NOW)
    assert path.read_bytes() == before
    assert set(names(tmp_path)) <= {"bad.db", "papers.db"}


def test_the_store_is_no_copy_of_itself_and_another_programs_file_is_not_replaced(path: Path, tmp_path: Path):
    put(path, "v")
    with pytest.raises(BackupFailed, match="is the store itself"):
        restore(path, path, now=NOW)
    foreign(tmp_path / "theirs.db")
    before = (tmp_path / "theirs.db").read_bytes()
    with pytest.raises(StoreIsForeign):
        restore(tmp_path / "theirs.db", path, now=NOW)
    assert (tmp_path / "theirs.db").read_bytes() == before


def test_one_goes_back_to_before_a_later_version(path: Path, tmp_path: Path):
    """What `restore` is for after an upgrade that was no good: the newer store is kept, the copy from before it comes back."""
    put(path, "v")
    backup(path, tmp_path / "copy.db")
    later(path)
    done = restore(path, tmp_path / "copy.db", now=NOW)
    assert done.kept is not None
    assert value(path) == "v"
