"""The running bot's own backups: when one is due, and real ones in a process of their own."""

import asyncio
import datetime as dt
import os
import signal
import threading
from pathlib import Path

import pytest

from bot.backing_up import BackingUp, is_due
from bot.settings import Settings
from bot.store import backup_outcomes
from bot.store.backup import copies, verify
from bot.store.backup_outcomes import BackupOutcome
from bot.store.connection import open_store
from tests.integration.engine_scene import HandClock

NOON = dt.datetime(2024, 3, 28, 12, 0, tzinfo=dt.UTC)
LATE = dt.datetime(2024, 3, 27, 21, 40, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("last", "due"),
    [
        (None, True),
        (BackupOutcome(LATE), False),
        (BackupOutcome(LATE - HOUR), True),
        (BackupOutcome(NOON + 24 * HOUR), False),  # the clock was set back
        (BackupOutcome(NOON + 24 * 365 * HOUR), True),  # it was wrong when the backup was made
        (BackupOutcome(NOON + 24 * 365 * HOUR, "the disk is full"), True),
        (BackupOutcome(NOON - HOUR / 2, "the disk is full"), False),
        (BackupOutcome(NOON - HOUR, "the disk is full"), True),
    ],
    ids=[
        "never",
        "last night",
        "before last night",
        "in the future",
        "in a year",
        "failed in a year",
        "failed just now",
        "failed an hour ago",
    ],
)
def test_a_backup_is_due_once_a_night_and_again_an_hour_after_one_that_failed(last: BackupOutcome | None, due: bool):
    assert is_due(last, NOON) is due


def test_the_night_of_today_begins_at_its_hour():
    of_yesterday = BackupOutcome(LATE)
    assert not is_due(of_yesterday, LATE + 24 * HOUR - dt.timedelta(seconds=1))
    assert is_due(of_yesterday, LATE + 24 * HOUR)


async def test_a_backup_that_fails_is_kept_as_such_and_made_when_its_folder_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The command reads its settings as it does for an operator: from the environment."""
    store_path, folder = tmp_path / "papers.db", tmp_path / "copies"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE", str(store_path))
    monkeypatch.delenv("CLOCK", raising=False)
    clock = HandClock(NOON)
    with open_store(store_path) as store:

        async def look_until(made: int) -> BackupOutcome:
            # CLOCK as set: then the command is told what this clock shows, not the machine's.
            settings = Settings(database=store_path, backup_folder=folder, backup_keep=2, clock=NOON)
            work = asyncio.create_task(BackingUp(store, clock, settings).run())
            try:
                async with asyncio.timeout(60):
                    while (last := await store.read(backup_outcomes.last)) is None or last.at < clock.now():
                        await asyncio.sleep(0.05)
            finally:
                work.cancel()
                await asyncio.gather(work, return_exceptions=True)
            assert len(copies(store_path, folder) if folder.is_dir() else []) == made
            return last

        assert f"There is no folder {folder}" in (await look_until(0)).error
        folder.mkdir()
        for made in (1, 2, 2):
            clock.advance(days=1)
            assert await look_until(made) == BackupOutcome(clock.now())
    assert [path.name for path in copies(store_path, folder)] == [
        "papers-backup-20240330T120000Z.db",
        "papers-backup-20240331T120000Z.db",
    ]
    verify(copies(store_path, folder)[0])
    assert not list(folder.glob("*.partial"))


async def test_a_stop_ends_a_backup_that_is_being_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE", str(tmp_path / "papers.db"))
    with open_store(tmp_path / "papers.db") as store:
        settings = Settings(database=tmp_path / "papers.db", backup_folder=tmp_path)
        work = asyncio.create_task(BackingUp(store, HandClock(NOON), settings).run())
        # Long enough for the process to be there, too short for it to have begun.
        await asyncio.sleep(0.1)
        work.cancel()
        assert isinstance((await asyncio.gather(work, return_exceptions=True))[0], asyncio.CancelledError)
        assert await store.read(backup_outcomes.last) is None


async def test_a_backup_that_does_not_end_has_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """As on a network's disk that does not answer any more: nobody heard of it, and no other was made."""
    monkeypatch.chdir(tmp_path)
    with open_store(tmp_path / "papers.db") as store:
        settings = Settings(database=tmp_path / "papers.db", backup_folder=tmp_path, clock=NOON)
        # No Python starts so fast.
        await BackingUp(store, HandClock(NOON), settings, longest=0.001).look(tmp_path)
        last = await store.read(backup_outcomes.last)
        assert last is not None
        assert "had not ended" in last.error
        assert str(tmp_path) in last.error


async def test_a_store_that_cannot_note_its_backup_is_not_copied_each_minute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "copies"
    folder.mkdir()
    clock = HandClock(NOON)
    with open_store(tmp_path / "papers.db") as store:
        backing_up = BackingUp(store, clock, Settings(database=tmp_path / "papers.db", backup_folder=folder, clock=NOON))
        for days, made in ((0, 1), (0, 1), (1, 2)):
            clock.advance(days=days)
            await backing_up.look(folder)
            assert len(copies(tmp_path / "papers.db", folder)) == made
            await store.write(lambda connection: connection.execute("DELETE FROM key_value WHERE owner = 'backup'"))


async def test_what_is_copied_elsewhere_by_hand_is_no_reason_for_no_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    with open_store(tmp_path / "papers.db") as store:
        settings = Settings(database=tmp_path / "papers.db", backup_folder=tmp_path, clock=NOON)
        clock = HandClock(NOON)
        await BackingUp(store, clock, settings).look(tmp_path)
        clock.advance(days=1)
        await store.write(backup_outcomes.put, BackupOutcome(clock.now()))
        for _ in range(2):  # after a restart too
            await BackingUp(store, clock, settings).look(tmp_path)
            assert len(copies(tmp_path / "papers.db", tmp_path)) == 2


async def test_the_running_bots_own_store_is_copied_by_its_own_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Whatever .env says by now, and whatever lies in the folder in which the bot was started."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE", str(tmp_path / "another.db"))
    (tmp_path / "bot.py").write_text("raise SystemExit('another program')")
    folder = tmp_path / "copies"
    folder.mkdir()
    with open_store(tmp_path / "papers.db") as store:
        settings = Settings(database=tmp_path / "papers.db", backup_folder=folder, clock=NOON)
        await BackingUp(store, HandClock(NOON), settings).look(folder)
        assert await store.read(backup_outcomes.last) == BackupOutcome(NOON)
    assert [path.name for path in copies(tmp_path / "papers.db", folder)] == ["papers-backup-20240328T120000Z.db"]


async def test_a_backup_that_is_stopped_together_with_the_bot_has_not_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """systemd sends SIGTERM to every process of the unit at the same time."""
    monkeypatch.chdir(tmp_path)
    with open_store(tmp_path / "papers.db") as store:
        settings = Settings(database=tmp_path / "papers.db", backup_folder=tmp_path, clock=NOON)
        work = asyncio.create_task(BackingUp(store, HandClock(NOON), settings).look(tmp_path))
        children = Path(f"/proc/self/task/{threading.main_thread().native_id}/children")
        async with asyncio.timeout(10):
            while not (found := children.read_text().split()):
                await asyncio.sleep(0)
        os.kill(int(found[-1]), signal.SIGTERM)
        await work
        assert await store.read(backup_outcomes.last) is None
