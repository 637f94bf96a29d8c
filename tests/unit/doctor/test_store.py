"""What the doctor says of the store: the file, the search index, and the work that it tells of. It changes nothing."""

import contextlib
import datetime as dt
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.doctor import repair_indexes
from bot.delivery import alarm_keeping, plan
from bot.delivery.alarms import Alarm
from bot.delivery.leases import this_process
from bot.delivery.subscribing import subscribe
from bot.doctor import file, work
from bot.doctor.finding import State
from bot.model import ListDayState
from bot.settings import Settings
from bot.store import backup_outcomes, deliveries, pauses, search_check
from bot.store.backup_outcomes import BackupOutcome
from bot.store.connection import Store, open_store
from tests.unit.delivery.scene import NOW, order, put_chat, put_day
from tests.unit.store.old_stores import VERSIONS, old_store
from tests.unit.store.one_value import damage, foreign, later

DUE = dt.datetime(2024, 3, 29, 0, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
SETTINGS = Settings()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "papers.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with open_store(path) as one:
        yield one


@pytest.fixture
def connection(store: Store) -> sqlite3.Connection:
    return store._writer


# --- The file -----------------------------------------------------------------------------------------------------------


def test_a_good_file_is_well_and_is_left_as_it_is(path: Path):
    with open_store(path) as store:
        put_day(store._writer, "2024-03-28")
    before = path.read_bytes()
    assert file.place(path) is None
    found = [file.identity(path), *file.integrity(path), file.search(path)]
    assert [one.state for one in found] == [State.OK] * 4
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_where_it_should_be_is_looked_at(path: Path):
    missing = file.place(path)
    assert missing is not None
    assert missing.state is State.WARNING
    nowhere = file.place(path.parent / "no" / "papers.db")
    assert nowhere is not None
    assert nowhere.state is State.FAILURE
    assert "There is no folder" in nowhere.found
    folder = file.place(path.parent)
    assert folder is not None
    assert (folder.state, folder.found) == (State.FAILURE, f"{path.parent} is a folder.")


BAD = {
    "no database": (lambda path: path.write_text("hello " * 100), "is damaged or is no SQLite database"),
    "another program's": (foreign, "of another program"),
    "of a later version": (later, "later version"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_store_of_ours_is_a_failure(path: Path, kind: str):
    make, said = BAD[kind]
    make(path)
    found = file.identity(path)
    assert (found.state, said in found.found) == (State.FAILURE, True)


def test_a_store_of_an_earlier_version_is_told_and_not_changed(path: Path):
    old_store(path, VERSIONS[-2])
    before = path.read_bytes()
    found = file.identity(path)
    assert found.state is State.WARNING
    assert "keeps a copy" in found.todo
    assert path.read_bytes() == before


def test_damage_and_rows_that_name_what_is_gone_are_found(path: Path):
    open_store(path).close()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("INSERT INTO saved VALUES ('telegram:1', 77, '2024-03-28')")
    connection.close()
    found = file.integrity(path)
    assert [one.state for one in found] == [State.OK, State.FAILURE]
    assert "1 rows of saved" in found[1].found
    damage(path)
    assert [one.state for one in file.integrity(path)] == [State.FAILURE]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("DELETE FROM search_paper WHERE paper_key = 1", "1 papers cannot be found"),
        ("DELETE FROM search_posting WHERE number = (SELECT min(number) FROM search_posting)", "halves differ"),
        ("DELETE FROM paper WHERE key = 1", "1 that are gone are found"),
    ],
)
def test_a_search_index_that_is_wrong_is_found_and_made_anew(path: Path, store: Store, wrong: str, said: str):
    put_day(store._writer, "2024-03-28")
    for table in ("list_entry", "summary", "paper_raw"):
        store._writer.execute(f"DELETE FROM {table}")
    store._writer.execute(wrong)
    found = file.search(path)
    assert (found.state, said in found.found) == (State.WARNING, True)
    store.write_now(search_check.forget_index)
    assert file.search(path).state is State.WARNING  # still to be indexed
    store.close()
    open_store(path).close()
    assert file.search(path).state is State.OK


@contextlib.contextmanager
def unnoticed(path: Path, index: str) -> Iterator[sqlite3.Connection]:
    """What is written in the block does not come into the index, as when a disk forgets a page of it."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        (sql,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (index,)).fetchone()
    for text in (f"{sql.partition(' WHERE ')[0]} WHERE 0", sql):
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA writable_schema = ON")
            connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (text, index))
        if text != sql:
            with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
                connection.row_factory = sqlite3.Row
                yield connection


def repaired(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE", str(path))
    monkeypatch.chdir(path.parent)
    repair_indexes()


def test_a_row_that_its_index_has_lost_is_found_and_put_back(path: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    """SQLite's quick_check leaves it out."""
    open_store(path).close()
    with unnoticed(path, "delivery_ready") as connection:
        put_chat(connection)
        connection.execute(
            "INSERT INTO delivery (target_id, list_day, state, planned_at, not_before) "
            "VALUES (1, '2024-03-28', 'ready', '2024-03-29', '2024-03-29')"
        )
    (found,) = file.integrity(path)
    assert found.state is State.FAILURE
    assert f"Indexes of {path} are wrong: " in found.found
    assert "missing from index delivery_ready" in found.found
    assert "--repair" in found.todo
    repaired(path, monkeypatch)
    assert "SQLite's indexes were made anew." in capsys.readouterr().out
    assert [one.state for one in file.integrity(path)] == [State.OK, State.OK]


@pytest.mark.parametrize("lost", ["due_order", "due"])
async def test_a_reader_who_is_never_due_is_found_and_put_back(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys, lost: str
):
    """Nothing else tells that planning does not see somebody any more."""
    with open_store(path) as store:
        put_day(store._writer, "2024-03-28")
        for number in ("7", "8"):
            subscribe(store._writer, put_chat(store._writer, number), order(), now=NOW, settle_hour=12)
        store._writer.execute("UPDATE due SET at = at + 1 WHERE target_id = 2")
        assert file.due(path) is None  # the order may be behind
        store._writer.execute(f"DELETE FROM {lost} WHERE target_id = 1")
    found = file.due(path)
    assert found is not None
    assert (found.state, found.found) == (State.FAILURE, "1 subscription is not in the order of who is due.")
    monkeypatch.setenv("CLOCK", DUE.isoformat())
    repaired(path, monkeypatch)
    assert "Due again: 1 subscription." in capsys.readouterr().out
    assert file.due(path) is None
    with open_store(path) as store:
        await plan.plan_due(store, now=DUE + HOUR, settle_hour=12)
        assert store.read_now(lambda c: c.execute("SELECT count(*) FROM delivery").fetchone()[0]) == 2


def test_a_store_that_another_program_keeps_to_itself_is_not_called_damaged(path: Path):
    with open_store(path) as store:
        store._writer.execute("PRAGMA locking_mode = EXCLUSIVE")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE mine (a)")
        found = file.identity(path)
    assert found.state is State.FAILURE
    assert "keeps" in found.found
    assert "restore" not in found.todo


def test_an_empty_file_is_no_earlier_version(path: Path):
    path.touch()
    found = file.identity(path)
    assert (found.state, found.found) == (State.WARNING, f"{path} is empty.")


# --- The work -----------------------------------------------------------------------------------------------------------


def test_days_that_are_missing_are_named(connection: sqlite3.Connection):
    assert work.days(connection, SETTINGS, NOW).found == "No list was ever fetched."
    put_day(connection, "2024-03-25", state=ListDayState.CLOSED, now=dt.datetime(2024, 3, 26, 4, tzinfo=dt.UTC))
    put_day(connection, "2024-03-27", state=ListDayState.CLOSED, now=dt.datetime(2024, 3, 28, 4, tzinfo=dt.UTC))
    found = work.days(connection, SETTINGS, NOW)
    assert found.state is State.WARNING
    assert "1 day not fetched to the end: 2024-03-26." in found.found
    put_day(connection, "2024-03-26", state=ListDayState.CLOSED, now=dt.datetime(2024, 3, 27, 4, tzinfo=dt.UTC))
    assert work.days(connection, SETTINGS, NOW).state is State.OK
    # The 28th has not had its last word at 20:00 of its day, and has had it two days later.
    assert "2024-03-28" in work.days(connection, SETTINGS, NOW + 30 * HOUR).found


@pytest.fixture
async def delivery(store: Store) -> int:
    """One that is ready since DUE."""
    put_day(store._writer, "2024-03-28")
    subscribe(store._writer, put_chat(store._writer), order(), now=NOW, settle_hour=12)
    await plan.plan_due(store, now=DUE, settle_hour=12)
    (found,) = store._writer.execute("SELECT id FROM delivery WHERE state = 'ready'").fetchone()
    return int(found)


async def test_deliveries_that_are_behind_are_a_failure_and_paused_ones_a_warning(
    connection: sqlite3.Connection, delivery: int
):
    assert [one.state for one in work.sending(connection, DUE + HOUR)] == [State.OK]
    (found,) = work.sending(connection, DUE + 3 * HOUR)
    assert found.state is State.FAILURE
    assert "1 delivery should have gone long ago, the first planned at 2024-03-29 00:00 UTC" in found.found
    pauses.pause(connection, None, now=DUE)
    (found,) = work.sending(connection, DUE + 3 * HOUR)
    assert found.state is State.WARNING
    assert "paused since 2024-03-29 00:00 UTC" in found.found


async def test_what_died_and_what_was_given_up_is_told(connection: sqlite3.Connection, delivery: int):
    me = this_process()
    (claimed,) = deliveries.claim(connection, str(me), ["telegram"], now=DUE, until=DUE + HOUR, limit=1)
    assert [one.state for one in work.sending(connection, DUE)] == [State.OK]  # this very process holds it
    dead = str(me).replace(f":{me.start}:", ":1:")  # the same number, another process
    connection.execute("UPDATE delivery SET lease_owner = ?", (dead,))
    assert "died in the middle" in work.sending(connection, DUE)[0].found
    deliveries.fail(connection, claimed, dead, "no such luck", now=DUE)
    assert "1 delivery given up within a day. One says: no such luck" in work.sending(connection, DUE)[0].found
    assert [one.state for one in work.sending(connection, DUE + 25 * HOUR)] == [State.OK]


def test_alarms_that_stand_are_told(connection: sqlite3.Connection):
    assert work.alarms(connection) is None
    alarm_keeping.keep(
        connection,
        [Alarm(name="fetch", since=NOW, detail={"reason": "status 500"}), Alarm(name="x", since=NOW, detail={}, over=True)],
    )
    found = work.alarms(connection)
    assert found is not None
    assert found.found == "Not over yet: fetch since 2024-03-28 20:00 UTC (status 500)."


async def test_backups_are_asked_for_when_there_is_something_to_lose(
    connection: sqlite3.Connection, delivery: int, tmp_path: Path
):
    assert work.backups(connection, None, NOW).found == "No backup was ever made."
    backup_outcomes.put(connection, BackupOutcome(NOW))
    assert work.backups(connection, None, NOW + 24 * HOUR).state is State.OK
    assert work.backups(connection, None, NOW + 72 * HOUR).state is State.OK
    assert work.backups(connection, tmp_path, NOW + 72 * HOUR).state is State.WARNING
    assert work.backups(connection, None, NOW + 240 * HOUR).state is State.WARNING
    backup_outcomes.put(connection, BackupOutcome(NOW, "no room"))
    assert work.backups(connection, None, NOW).state is State.FAILURE


def test_without_subscribers_no_backup_is_asked_for(connection: sqlite3.Connection):
    assert work.backups(connection, None, NOW).state is State.OK


def test_a_folder_for_backups_that_is_not_there_is_a_failure(connection: sqlite3.Connection, tmp_path: Path):
    missing = tmp_path / "missing"
    found = work.backups(connection, missing, NOW)
    assert (found.state, found.found) == (
        State.FAILURE,
        f"{missing} is no folder, so `run` makes no backups (BACKUP_FOLDER).",
    )
    assert work.backups(connection, tmp_path, NOW).state is State.OK


def test_a_folder_without_room_for_one_more_backup_is_a_failure(tmp_path: Path):
    assert work.room_for_backup(tmp_path, free=100_000, size=100_000) is None
    full = work.room_for_backup(tmp_path, free=99_999, size=100_000)
    assert full is not None
    assert full.state is State.FAILURE
    assert full.found.startswith("100.0 kB are free in")
    assert "BACKUP_KEEP" in full.todo
