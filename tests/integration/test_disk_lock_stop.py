"""A full disk, a locked file, a SIGTERM, each in the middle of a broadcast: nothing lost, nothing twice, and the log says so."""

import asyncio
import contextlib
import json
import resource
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from bot.clock import to_text
from bot.delivery.subscribing import subscribe
from bot.errors import StoreUnwritable
from bot.store import deliveries
from bot.store.connection import Store, open_store
from tests.end_to_end.process import running
from tests.fakes.telegram import FakeTelegram, Hang
from tests.integration.broadcast import DUE, FOUR, HEADING, broadcasting
from tests.integration.gate import Gate, GatedTelegram
from tests.unit.delivery.scene import NOW, order, put_chat, put_day
from tests.unit.telegram.house import adapter_for

ROOT = Path(__file__).parents[2]
DIGEST = [HEADING, *(f"Paper {one}" for one in FOUR)]
CHATS = range(100, 120)
# Holds the file's write lock, as an import or a backup tool of another program does, for so many seconds.
LOCKER = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
time.sleep(float(sys.argv[2]))
connection.execute("ROLLBACK")
"""


def prepare(path, fake, chats=CHATS):
    """A store in which these people are due, who are on Telegram too."""

    def put(connection):
        put_day(connection, "2024-03-28", FOUR)
        for number in chats:
            fake.person(number)
            subscribe(connection, put_chat(connection, str(number)), order(), now=NOW, settle_hour=12)

    with open_store(path) as store:
        store.write_now(put)


def texts(fake, number):
    return [message.text.split("\n", 1)[0] for message in fake.in_chat(number)]


def open_leases(path):
    with open_store(path) as store:
        return store.read_now(
            lambda connection: connection.execute("SELECT count(*) FROM delivery WHERE lease_owner IS NOT NULL").fetchone()[
                0
            ]
        )


def recorded(path):
    with open_store(path) as store:
        return store.read_now(lambda connection: connection.execute("SELECT count(*) FROM delivery_message").fetchone()[0])


async def until(true, seconds=20.0):
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.005)


@contextlib.asynccontextmanager
async def broadcaster(path, fake):
    """A process that delivers what is due; gives it and the file of its log."""
    environment = {"TELEGRAM_BOT_TOKEN": fake.token, "TELEGRAM_API_URL": fake.url}
    log = path.with_suffix(".log")
    with log.open("wb") as written:
        command = [sys.executable, "-m", "tests.integration.broadcaster", str(path), to_text(DUE), json.dumps(environment)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=written, stderr=written)
    try:
        yield process, log
    finally:
        process.kill()
        process.wait()


# --- The disk is full -----------------------------------------------------------------------------------------------------


async def test_a_disk_that_is_full_in_the_middle_holds_everything_up_and_loses_and_repeats_nothing(tmp_path):
    """The process may write no byte more to the file (RLIMIT_FSIZE), as on a full disk; then there is room again."""
    path = tmp_path / "store.db"
    async with GatedTelegram(Gate()) as fake:
        prepare(path, fake)
        async with broadcaster(path, fake) as (process, log):
            await until(lambda: len(fake.messages) >= 25)
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1024, resource.RLIM_INFINITY))
            await until(lambda: "not recorded yet" in log.read_text())
            # Nothing more is sent as long as what was sent cannot be written down.
            await asyncio.sleep(0.2)
            stood = len(fake.messages)
            await asyncio.sleep(0.4)
            assert len(fake.messages) == stood < len(CHATS) * len(DIGEST)
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            assert await asyncio.to_thread(process.wait, 30) == 0
            said = log.read_text()
        assert [texts(fake, number) for number in CHATS] == [DIGEST] * len(CHATS)
        assert "the disk answers with an error" in said
        assert "Traceback" not in said
    assert open_leases(path) == 0


async def test_sqlite_that_says_full_is_said_so_and_waited_for(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("bot.delivery.sender._STORE_PAUSE", 0.05)
    async with FakeTelegram() as fake, broadcasting(tmp_path / "store.db", adapter_for(fake)) as cast:
        # Rows that grow until no page is left: SQLITE_FULL from SQLite itself.
        writer, many = cast.store._writer, range(100, 180)
        cast.store.write_now(lambda connection: connection.execute("CREATE TABLE ballast (text TEXT)"))
        for number in many:
            fake.person(number)
            cast.subscriber(number)

        def fill():
            pages = writer.execute("PRAGMA page_count").fetchone()[0]
            writer.execute(f"PRAGMA max_page_count = {pages}")
            for size in (2000, 200, 20):
                with contextlib.suppress(sqlite3.OperationalError):
                    while True:
                        writer.execute("INSERT INTO ballast VALUES (?)", ("x" * size,))

        call = fake.methods.call

        async def full_at_the_tenth(method, arguments):
            answer = await call(method, arguments)
            if len(fake.messages) == 10:
                await asyncio.get_running_loop().run_in_executor(cast.store._writer_thread, fill)
                asyncio.get_running_loop().call_later(0.5, writer.execute, "PRAGMA max_page_count = 1000000")
            return answer

        fake.methods.call = full_at_the_tenth  # type: ignore[method-assign]
        await cast.run(DUE)
        await until(lambda: all(cast.row(number)["state"] == "done" for number in many))
        assert [texts(fake, number) for number in many] == [DIGEST] * len(many)
        assert "The disk is full" in capsys.readouterr().out


async def test_a_lease_that_could_not_be_given_back_is_given_back_when_it_can(tmp_path, monkeypatch):
    async with FakeTelegram() as fake, broadcasting(tmp_path / "store.db", adapter_for(fake)) as cast:
        fake.person(7)
        cast.subscriber(7)
        written = Store.write
        failed: list[Any] = []

        async def failing_write(store, function, *args, **kwargs):
            # Where SQLite's answer comes from: before anything is changed.
            if function is deliveries.release and len(failed) < 2:
                failed.append(function)
                raise StoreUnwritable("The disk answers with an error.")
            return await written(store, function, *args, **kwargs)

        async def unreadable(*_):
            raise StoreUnwritable("The disk answers with an error.")

        monkeypatch.setattr(Store, "write", failing_write)
        compositions: Any = cast.engine._sender.compositions
        monkeypatch.setattr(compositions, "message", unreadable)
        monkeypatch.setattr(compositions, "known", lambda _: None)
        cast.clock.set(DUE)
        await cast.engine.tick()
        await until(lambda: bool(failed))
        monkeypatch.undo()
        await until(lambda: cast.row(7)["state"] == "done")
        assert texts(fake, 7) == DIGEST


# --- The file is locked ---------------------------------------------------------------------------------------------------


async def locked(path, fake, seconds):
    """A broadcast whose file another process locks in the middle; gives how long nothing was sent, and the log."""
    prepare(path, fake)
    async with broadcaster(path, fake) as (process, log):
        await until(lambda: len(fake.messages) >= 25)
        locker = subprocess.Popen([sys.executable, "-c", LOCKER, str(path), str(seconds)], stdout=subprocess.PIPE)
        assert locker.stdout is not None
        with locker.stdout:
            await asyncio.to_thread(locker.stdout.readline)
        began, stood = time.monotonic(), len(fake.messages)
        await asyncio.to_thread(locker.wait)
        held = time.monotonic() - began
        # What was in flight was taken; nobody was sent a second one before the first was written down.
        assert len(fake.messages) - stood <= len(CHATS)
        assert await asyncio.to_thread(process.wait, 30) == 0
        return held, log.read_text()


async def test_a_file_that_another_process_locks_is_waited_for(tmp_path):
    async with GatedTelegram(Gate()) as fake:
        held, log = await locked(tmp_path / "store.db", fake, 1.5)
        assert held > 1
        assert [texts(fake, number) for number in CHATS] == [DIGEST] * len(CHATS)
        assert "Traceback" not in log


@pytest.mark.long
async def test_a_file_that_another_process_locks_for_ten_seconds_is_waited_for(tmp_path):
    async with GatedTelegram(Gate()) as fake:
        held, log = await locked(tmp_path / "store.db", fake, 10)
        assert held > 9
        assert [texts(fake, number) for number in CHATS] == [DIGEST] * len(CHATS)
        assert "Traceback" not in log


async def test_a_lock_that_outlasts_the_patience_is_named_and_outlived(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("bot.store.connection.BUSY_SECONDS", 0.1)
    monkeypatch.setattr("bot.delivery.sender._STORE_PAUSE", 0.05)
    path = tmp_path / "store.db"
    async with FakeTelegram() as fake, broadcasting(path, adapter_for(fake)) as cast:
        for number in CHATS:
            fake.person(number)
            cast.subscriber(number)
        call: Any = fake.methods.call
        lockers: list[Any] = []

        async def lock_at_the_tenth(method, arguments):
            answer = await call(method, arguments)
            if len(fake.messages) == 10 and not lockers:
                lockers.append(subprocess.Popen([sys.executable, "-c", LOCKER, str(path), "1"], stdout=subprocess.PIPE))
                await asyncio.to_thread(lockers[0].stdout.readline)
            return answer

        fake.methods.call = lock_at_the_tenth  # type: ignore[method-assign]
        await cast.run(DUE)
        await until(lambda: all(cast.row(number)["state"] == "done" for number in CHATS))
        assert [texts(fake, number) for number in CHATS] == [DIGEST] * len(CHATS)
        lockers[0].communicate()
        assert "locked by another process" in capsys.readouterr().out


# --- SIGTERM --------------------------------------------------------------------------------------------------------------


def settings(fake, **more):
    return {
        "TELEGRAM_BOT_TOKEN": fake.token,
        "TELEGRAM_API_URL": fake.url,
        "TELEGRAM_RATE": "500",
        "TELEGRAM_CHAT_RATE": "50",
        "CLOCK": to_text(DUE),
    } | more


async def test_sigterm_in_mid_send_records_what_is_answered_waits_seconds_for_what_hangs_and_the_rest_comes_once(tmp_path):
    path = tmp_path / "daily-papers.db"
    async with GatedTelegram(Gate(half_seconds=0.05)) as fake:
        prepare(path, fake)
        fake.fail(100, Hang(0), Hang(60))
        async with running(tmp_path, settings(fake)) as bot:
            await until(lambda: len(fake.messages) >= 45)
            assert fake.gate.under_way > 1
            began = time.monotonic()
            assert await bot.terminate(20) == 0
            assert time.monotonic() - began < 15
            said = bot.logged()
        taken = len(fake.messages)
        assert taken < len(CHATS) * len(DIGEST)
        assert recorded(path) == taken
        assert open_leases(path) == 0
        assert "stopping" in said
        assert "Traceback" not in said
        assert fake.token not in said
        async with running(tmp_path, settings(fake)) as bot:
            await until(lambda: len(fake.messages) >= len(CHATS) * len(DIGEST))
            assert await bot.terminate() == 0
        assert [texts(fake, number) for number in CHATS] == [DIGEST] * len(CHATS)
