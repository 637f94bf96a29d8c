"""The operator in chat and beside it: an announcement that survives a power cut, a pause from Discord, health and metrics."""

import asyncio
import contextlib
import json
import re
import sqlite3
from collections import Counter
from functools import partial
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.end_to_end.process import Running, running
from tests.end_to_end.story import AFTER_NINE, EVENING, Story
from tests.end_to_end.test_discord import DiscordTalk
from tests.end_to_end.test_telegram import TelegramTalk
from tests.fakes.discord.server import FakeDiscord
from tests.fakes.hub import Hub
from tests.fakes.telegram.server import FakeTelegram
from tests.fakes.telegram.world import Person

WORDS = "The bot moves tonight.\n\nBack at nine, <b>promised</b> & sure."
READERS = 8


async def asked(bot: Running, path: str) -> httpx.Response:
    """What the running bot answers to a path of its web server."""
    await bot.wait_for_log("web pages are served")
    found = re.search(r'"url": "(http://[^"]+)"', bot.logged())
    assert found
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.get(found[1] + path)


async def metrics(bot: Running) -> dict[tuple[str, ...], float]:
    """Each sample by its name and the values of its labels, in the order of these."""
    families = text_string_to_metric_families((await asked(bot, "/metrics")).text)
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


def got(telegram: FakeTelegram, readers: list[Person]) -> list[int]:
    """How often each reader has the announcement."""
    chats = Counter(message.chat_id for message in telegram.messages if "The bot moves tonight." in message.text)
    return [chats[reader.id] for reader in readers]


async def test_an_operator_announces_pauses_and_looks(tmp_path: Path):
    async with Hub() as hub, FakeTelegram() as telegram, FakeDiscord() as discord:
        boss, ada = telegram.person(7, "en", "Boss"), discord.user("ada")
        readers = [telegram.person(20 + number, "en") for number in range(READERS)]
        desk, office = discord.dm(ada), discord.channel()
        settings = {
            "TELEGRAM_BOT_TOKEN": telegram.token, "TELEGRAM_API_URL": telegram.url, **discord.environment(),
            "ADMIN_CHATS": f"telegram:7,discord:{desk.id},discord:{office.id}", "WEB_PORT": "0", "DEFAULT_LANGUAGE": "en",
        }  # fmt: skip
        one = Story(tmp_path, hub, settings, TelegramTalk(telegram, boss, boss))
        other = Story(tmp_path, hub, settings, DiscordTalk(discord, desk, ada))

        async with running(tmp_path, one.at(EVENING)) as bot:
            await bot.wait_for_log('"day": "2024-03-26"')
            assert (await asked(bot, "/healthz")).text == "alive\n"
            while not (ready := (await asked(bot, "/readyz")).json())["ready"]:
                # The first tick comes within two seconds.
                assert ready["reasons"] == ["It has just been started, and has not looked for who is due yet."]
                await asyncio.sleep(0.2)
            for reader in readers:
                await telegram.says(reader, reader, "/subscribe 09:00 Seoul")
            for reader in readers:
                await telegram.wait_for(reader, 1)
            # --- Nobody else has such commands.
            await telegram.says(readers[0], readers[0], "/announce buy now")
            assert "There is no command" in (await telegram.wait_for(readers[0], 2))[1].text
            # --- It is shown first, and sent when it is confirmed.
            shown, question = await one.asks(f"/announce {WORDS}", 2)
            assert "Back at nine, <b>promised</b> & sure." in shown.text
            assert "Shall I send it?" in question.text
            await other.asks("/pause_all")
            await telegram.presses(boss, boss, telegram.in_chat(boss)[-1], "Send to 8 chats")
            await telegram.until(lambda: "after /resume_all" in telegram.in_chat(boss)[-1].text)
            assert got(telegram, readers) == [0] * READERS
            (status,) = await other.asks("/status")
            assert "Everything has been paused since" in status.text
            # --- In a channel of a server they are slash commands, for those who manage it, and nowhere else.
            (there,) = await (await discord.slash(office, ada, "status", admin=True)).answered()
            assert "Everything has been paused since" in there.text
            (nowhere,) = await (await discord.slash(discord.channel(), ada, "status", admin=True)).answered()
            assert "There is no command" in nowhere.text
            assert await bot.terminate() == 0

        # --- Three chats a second: there is time for a power cut in the middle.
        async with running(tmp_path, one.at(EVENING, TELEGRAM_RATE="3")) as bot:
            await bot.wait_for_log("list fetched")
            await other.asks("/resume_all")
            await telegram.until(lambda: sum(got(telegram, readers)) >= 3, 15)
            ready = (await asked(bot, "/readyz")).json()
            assert ready["ready"]
            assert ready["deliveries_to_send"] == ready["messages_to_send"] > 0
            assert ready["platforms"] == {"telegram": "works", "discord": "works"}
            assert (await metrics(bot))["daily_papers_sends_total", "sent", "telegram", "announcement"] >= 3
            await bot.kill()
        before = sum(got(telegram, readers))
        assert before < READERS, "it was over before it could be cut"

        async with running(tmp_path, one.at(EVENING)) as bot:
            await telegram.until(lambda: min(got(telegram, readers)) == 1, 15)
            # The last one stands there a moment before it is recorded, and counted.
            async with asyncio.timeout(15):
                while "8 of 8 chats have it" not in telegram.in_chat(boss)[-1].text:
                    known = len(telegram.in_chat(boss))
                    await telegram.says(boss, boss, "/status")
                    await telegram.until(partial(lambda before: len(telegram.in_chat(boss)) > before, known))
            assert "All is well" in telegram.in_chat(boss)[-1].text
            await asyncio.sleep(2.5)  # a tick more plans nothing anew
            # Only what was in flight at the cut may have come twice.
            assert sum(got(telegram, readers)) <= READERS + 1
            found = await metrics(bot)
            assert found["daily_papers_subscribers", "telegram", "reachable"] == READERS
            assert found["daily_papers_answer_seconds_count", "status", "telegram"] == 1
            assert found["daily_papers_store_bytes", "database"] > 0
            assert await bot.terminate() == 0
        lines = [json.loads(line) for line in bot.logged().splitlines()]
        ended = [line for line in lines if line["event"] == "delivery ended"]
        # One may have been sent at the cut, and recorded after it.
        assert READERS - before <= len(ended) <= READERS - before + 1
        assert {line["announcement"] for line in ended} == {1}

        # --- The digest comes after it as if nothing had been.
        async with running(tmp_path, one.at(AFTER_NINE)) as bot:
            await bot.wait_for_log("broadcast ended", 30)
            digests = [message for message in telegram.in_chat(readers[0]) if "2024-03-28" in message.text]
            assert digests
            assert max(got(telegram, readers)) <= 2
        assert "Back at nine" not in "".join(path.read_text() for path in tmp_path.glob("log-*"))


async def test_a_bot_that_cannot_look_for_who_is_due_says_so_and_then_that_it_can(tmp_path: Path):
    async with Hub() as hub, FakeTelegram() as telegram:
        settings = {"TELEGRAM_BOT_TOKEN": telegram.token, "TELEGRAM_API_URL": telegram.url, "WEB_PORT": "0"}
        story = Story(tmp_path, hub, settings, TelegramTalk(telegram, telegram.person(7), telegram.person(8)))
        async with running(tmp_path, story.at(EVENING)) as bot:
            await bot.wait_for_log("list fetched")
            rename(tmp_path, "due_order", "lost")
            await bot.wait_for_log("tick failed")
            assert (await asked(bot, "/readyz")).json()["reasons"] == [
                "It fails at looking for who is due; the log says why."
            ]
            rename(tmp_path, "lost", "due_order")
            async with asyncio.timeout(20):
                while (await asked(bot, "/readyz")).status_code != 200:
                    await asyncio.sleep(0.1)


def rename(folder: Path, table: str, to: str) -> None:
    """As when a store is damaged, and put right."""
    with contextlib.closing(sqlite3.connect(folder / "daily-papers.db", isolation_level=None)) as connection:
        # Triggers that name the table stay as they are.
        connection.execute("PRAGMA legacy_alter_table = ON")
        connection.execute(f"ALTER TABLE {table} RENAME TO {to}")
