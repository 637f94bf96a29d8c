"""`deliver` is stopped in the middle: what is on its way is recorded, the rest comes later, and nobody gets anything twice."""

import asyncio
import contextlib
import json
import signal
import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from bot.clock import to_text
from bot.delivery.subscribing import subscribe
from bot.store.connection import open_store
from tests.end_to_end.process import run_command, running
from tests.fakes.telegram import FakeTelegram, Hang
from tests.integration.broadcast import DUE, FOUR, HEADING
from tests.unit.delivery.scene import NOW, order, put_chat, put_day

CHATS = range(100, 120)
DIGEST = [HEADING, *(f"Paper {one}" for one in FOUR)]
WITHOUT_TOKEN = {"CLOCK": to_text(DUE)}


def prepare(folder: Path, addresses: Iterable[tuple[str, str]]) -> None:
    """A store in which these chats, by platform and number, are due."""

    def put(connection: sqlite3.Connection) -> None:
        put_day(connection, "2024-03-28", FOUR)
        for platform, number in addresses:
            subscribe(connection, put_chat(connection, number, platform=platform), order(), now=NOW, settle_hour=12)

    with open_store(folder / "daily-papers.db") as store:
        store.write_now(put)


def telegrams(folder: Path, fake: FakeTelegram) -> dict[str, str]:
    """Twenty people on Telegram who are due; gives the settings."""
    prepare(folder, [("telegram", str(number)) for number in CHATS])
    for number in CHATS:
        fake.person(number)
    rates = {"TELEGRAM_RATE": "500", "TELEGRAM_CHAT_RATE": "50"}
    return {"TELEGRAM_BOT_TOKEN": fake.token, "TELEGRAM_API_URL": fake.url, **rates, **WITHOUT_TOKEN}


def texts(fake: FakeTelegram, number: int) -> list[str]:
    return [message.text.split("\n", 1)[0] for message in fake.in_chat(number)]


def count(folder: Path, of: str) -> int:
    with contextlib.closing(sqlite3.connect(folder / "daily-papers.db")) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {of}").fetchone()[0])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_in_the_middle_loses_nothing_and_repeats_nothing(tmp_path: Path, number: signal.Signals):
    async with FakeTelegram() as fake:
        settings = telegrams(tmp_path, fake)
        for chat in CHATS:
            fake.fail(chat, *[Hang(0.2)] * len(DIGEST))
        async with running(tmp_path, settings, "deliver") as bot:
            await fake.until(lambda: len(fake.messages) >= 45, 20)
            began = time.monotonic()
            bot.process.send_signal(number)
            assert await asyncio.wait_for(bot.process.wait(), 10) == 1
            assert time.monotonic() - began < 4
            said = bot.logged()
        taken = len(fake.messages)
        assert 45 <= taken < len(CHATS) * len(DIGEST)
        assert count(tmp_path, "delivery_message") == taken
        assert count(tmp_path, "delivery WHERE lease_owner IS NOT NULL") == 0
        left = count(tmp_path, "delivery WHERE state = 'ready'")
        assert f"Stopped: {left} deliveries left." in said
        assert "Traceback" not in said
        status, output, errors = await run_command(tmp_path, settings, "deliver")
        assert status == 0, output + errors
        assert [texts(fake, chat) for chat in CHATS] == [DIGEST] * len(CHATS)


async def test_what_hangs_is_waited_for_only_a_few_seconds(tmp_path: Path):
    async with FakeTelegram() as fake:
        settings = telegrams(tmp_path, fake)
        fake.fail(100, Hang(0), Hang(60))
        async with running(tmp_path, settings, "deliver") as bot:
            await fake.until(lambda: len(fake.messages) >= 96, 20)
            began = time.monotonic()
            assert await bot.terminate() == 1
            assert time.monotonic() - began < 6
            assert "Stopped: 1 delivery left." in bot.logged()


async def test_a_second_signal_ends_it_at_once(tmp_path: Path):
    async with FakeTelegram() as fake:
        settings = telegrams(tmp_path, fake)
        fake.fail(100, Hang(60))
        async with running(tmp_path, settings, "deliver") as bot:
            await fake.until(lambda: len(fake.messages) >= 95, 20)
            bot.process.terminate()
            await bot.wait_for_log("A second signal ends it at once.")
            began = time.monotonic()
            assert await bot.terminate() == -signal.SIGTERM
            assert time.monotonic() - began < 1


async def test_a_signal_while_the_platform_cannot_be_reached_ends_it_too(tmp_path: Path):
    async with FakeTelegram() as fake:
        settings = telegrams(tmp_path, fake)
        fake.fail_method("getMe", Hang(60))
        async with running(tmp_path, settings, "deliver") as bot:
            await fake.until(lambda: fake.count_calls("getMe") == 1, 20)
            assert await bot.terminate() == 1
            assert "Stopped before anything was planned or sent." in bot.logged()
            assert "Traceback" not in bot.logged()


async def test_what_is_left_for_want_of_a_token_is_said_with_the_tokens_name(tmp_path: Path):
    prepare(tmp_path, [("telegram", "7"), ("telegram", "8"), ("discord", "9"), ("notebook", "mine")])
    status, output, errors = await run_command(tmp_path, WITHOUT_TOKEN, "deliver")
    assert status == 1, errors
    assert "4 left for later" in output
    assert "telegram: TELEGRAM_BOT_TOKEN is not set, so its 2 deliveries were left." in output
    assert "discord: DISCORD_BOT_TOKEN is not set, so its 1 delivery was left." in output
    assert "notebook: no adapter that is installed and set up serves it, so its 1 delivery was left." in output
    status, output, _ = await run_command(tmp_path, WITHOUT_TOKEN, "status", "--json")
    assert json.loads(output)["deliveries"]["ready"] == 4
