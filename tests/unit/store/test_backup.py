"""Copies of the file: whole while others write, never in the place of what they should save, and put back in one step."""

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

from bot.errors import BackupFailed, StoreError, StoreInUse, StoreIsForeign
from bot.store import backup_outcomes, key_values
from bot.store.backup import backup, backup_name, copies, free_name, opened, rotate, sweep, todo, verify
from bot.store.backup_outcomes import BackupOutcome
from bot.store.connection import open_store
from bot.store.restoring import restore

NOW = dt.datetime(2024, 3, 28, 12, tzinfo=dt.UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "papers.db"


def put(path: Path, value: str) -> None:
    with open_store(path) as store:
        store.write_now(key_values.put, "a", "k", value)


def value(path: Path) -> str | None:
    with open_store(path) as store:
        return store.read_now(key_values.get, "a", "k")


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


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


def damage(path: Path, table: str = "key_value") -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    content = bytearray(path.read_bytes())
    content[4096 * (page - 1) : 4096 * page] = b"\xff" * 4096
    path.write_bytes(content)


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


# --- Restoring ----------------------------------------------------------------------------------------------------------


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


def foreign(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE theirs (a)")
        connection.commit()


def later(path: Path) -> None:
    put(path, "v")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('daily-papers', 'm9999_later', '2030')"
        )


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
