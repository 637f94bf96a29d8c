"""The operator's view: pausing in the middle, a dry run, one chat's day again, progress in the log, a dead token told once."""

import asyncio
import contextlib
import json
import re
import sqlite3
from pathlib import Path

import pexpect
import pytest

from tests.end_to_end.process import COMMAND, environment, run_command, running
from tests.end_to_end.story import AFTER_NINE, BEFORE_NINE, EVENING, PAPERS, Story
from tests.end_to_end.test_discord import DiscordTalk
from tests.end_to_end.test_telegram import TelegramTalk
from tests.fakes.discord.server import FakeDiscord
from tests.fakes.hub import SEED_DAY, Hub
from tests.fakes.telegram.server import FakeTelegram
from tests.fakes.telegram.world import Person


class House:
    """A Telegram with some readers, who have subscribed for nine o'clock in Seoul."""

    def __init__(self, folder: Path, hub: Hub, fake: FakeTelegram, readers: int = 1) -> None:
        self.folder, self.fake = folder, fake
        self.people: list[Person] = [fake.person(7 + number, "en") for number in range(readers)]
        settings = {"TELEGRAM_BOT_TOKEN": fake.token, "TELEGRAM_API_URL": fake.url}
        self.stories = [Story(folder, hub, settings, TelegramTalk(fake, one, one)) for one in self.people]

    async def subscribe(self) -> None:
        async with running(self.folder, self.at(EVENING)) as bot:
            await bot.wait_for_log('"day": "2024-03-26"')
            for story in self.stories:
                await story.asks("/subscribe 09:00 Seoul")
            assert await bot.terminate() == 0

    def at(self, clock: str, **more: str) -> dict[str, str]:
        return self.stories[0].at(clock, **more)

    async def command(self, *arguments: str, clock: str = AFTER_NINE) -> str:
        status, output, errors = await run_command(self.folder, self.at(clock), *arguments)
        assert status == 0, output + errors
        return output

    async def refused(self, *arguments: str, clock: str = AFTER_NINE) -> str:
        status, _, errors = await run_command(self.folder, self.at(clock), *arguments)
        assert status == 2, errors
        return errors

    def digests(self, person: int = 0) -> list[str | None]:
        """What a reader got after the answer to /subscribe, as the papers' ids."""
        talk = self.stories[person].talk
        assert isinstance(talk, TelegramTalk)
        links = [tuple(message.links) for message in self.fake.in_chat(talk.chat)[self.stories[person].heard :]]
        papers = [[link for link in one if link.startswith("https://arxiv.org/abs/")] for one in links]
        return [one[0].rsplit("/", 1)[1] if one else None for one in papers]


def rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(folder / "daily-papers.db")) as connection:
        return connection.execute(query).fetchall()


async def test_a_broadcast_is_paused_in_the_middle_and_goes_on_at_its_cursor(tmp_path: Path):
    async with Hub() as hub, FakeTelegram() as fake:
        house = House(tmp_path, hub, fake, readers=3)
        await house.subscribe()
        async with running(tmp_path, house.at(BEFORE_NINE, TELEGRAM_CHAT_RATE="2")) as bot:
            await bot.wait_for_log("listening")
            await fake.wait_for(house.people[0], house.stories[0].heard + 3, seconds=20)
            assert "Everything is paused." in await house.command("pause")
            await asyncio.sleep(1.5)  # a tick, and what was on its way
            held = [house.digests(person) for person in range(3)]
            assert all(len(one) < 11 for one in held)
            # People are answered all the same.
            await fake.says(house.people[0], house.people[0], "/paper 2403.18361")
            await fake.wait_for(house.people[0], house.stories[0].heard + len(held[0]) + 1)
            await asyncio.sleep(1.5)
            assert [len(house.digests(person)) for person in range(3)] == [len(held[0]) + 1, len(held[1]), len(held[2])]
            told = json.loads(await house.command("status", "--json"))
            assert told["paused"]["everything"].startswith("2024-03-29T00:0")
            assert told["sending"] is None
            assert "no longer paused" in await house.command("resume")
            await bot.wait_for_log("broadcast ended", 30)
        got = [house.digests(person) for person in range(3)]
        del got[0][len(held[0])]  # the answer
        assert got == [[None, *PAPERS]] * 3


async def test_one_paused_chat_waits_alone_across_a_restart(tmp_path: Path):
    async with Hub() as hub, FakeTelegram() as fake:
        house = House(tmp_path, hub, fake, readers=2)
        await house.subscribe()
        assert "telegram:7 is paused." in await house.command("pause", "--chat", "telegram:7")
        assert "paused already" in await house.command("pause", "--chat", "telegram:7")
        assert "No chat telegram:99 is known" in await house.refused("pause", "--chat", "telegram:99")
        async with running(tmp_path, house.at(BEFORE_NINE)) as bot:
            await bot.wait_for_log("broadcast ended")
        assert (house.digests(0), house.digests(1)) == ([], [None, *PAPERS])
        assert "telegram:7, since 2024-03-29" in await house.command("status")
        await house.command("resume", "--chat", "telegram:7")
        async with running(tmp_path, house.at(AFTER_NINE)) as bot:
            await bot.wait_for_log("broadcast ended")
        assert house.digests(0) == [None, *PAPERS]


async def test_a_dry_run_says_to_whom_and_what_and_changes_nothing(tmp_path: Path):
    async with Hub() as hub, FakeTelegram() as fake:
        house = House(tmp_path, hub, fake, readers=2)
        await house.subscribe()
        await house.command("fetch", clock=EVENING)
        file = tmp_path / "daily-papers.db"
        before, calls = file.read_bytes(), len(fake.calls)
        told = await house.command("deliver", "--dry-run")
        assert "telegram:7 (Minji): 2024-03-28, 11 messages" in told
        assert "ViTAR: Vision Transformer with Any Resolution" in told
        assert "Would send 22 messages to 2 chats." in told
        told = await house.command("deliver", "--dry-run", "--date", "2024-03-26", "--chat", "telegram:8")
        assert "Would send 8 messages to 1 chat." in told
        assert file.read_bytes() == before
        assert len(fake.calls) == calls
        assert rows(tmp_path, "SELECT count(*) FROM delivery") == [(0,)]


async def test_one_chat_gets_a_day_again_when_that_is_ordered(tmp_path: Path):
    async with Hub() as hub, FakeTelegram() as fake:
        house = House(tmp_path, hub, fake, readers=2)
        await house.subscribe()
        order = ("deliver", "--date", "2024-03-28", "--chat", "telegram:7")
        await house.command(*order)
        assert (house.digests(0), house.digests(1)) == ([None, *PAPERS], [])
        assert "telegram:7 has had 2024-03-28 (11 messages); add --again" in await house.refused(*order)
        assert house.digests(0) == [None, *PAPERS]
        assert "--again sends one chat's day" in await house.refused("deliver", "--date", "2024-03-28", "--again")
        assert "Would send 11 messages to 1 chat." in await house.command(*order, "--again", "--dry-run")
        await house.command(*order, "--again")
        assert house.digests(0) == [None, *PAPERS] * 2
        await house.command("deliver")
        assert (house.digests(0), house.digests(1)) == ([None, *PAPERS] * 2, [None, *PAPERS])


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_a_token_that_dies_stops_one_platform_and_is_told_once_on_the_other(tmp_path: Path, language: str):
    async with Hub() as hub, FakeTelegram() as telegram, FakeDiscord() as discord:
        admin, ada = telegram.person(7, language), discord.user()
        channel = discord.channel()
        settings = {
            "TELEGRAM_BOT_TOKEN": telegram.token, "TELEGRAM_API_URL": telegram.url, **discord.environment(),
            "ADMIN_CHATS": f"telegram:7,discord:{channel.id}", "DEFAULT_LANGUAGE": language,
        }  # fmt: skip
        one = Story(tmp_path, hub, settings, TelegramTalk(telegram, admin, admin))
        other = Story(tmp_path, hub, settings, DiscordTalk(discord, channel, ada))
        async with running(tmp_path, one.at(EVENING)) as bot:
            await bot.wait_for_log("list fetched")
            await other.asks("/subscribe 09:00 Seoul")
            await one.asks("/help")
            discord.token = discord.gateway.token = "another"
            await discord.gateway.drop(forget=True)
            (alarm,) = (await one.talk.said(one.heard + 1))[one.heard :]
            assert {"ko": "토큰", "en": "no longer accepts the bot's token"}[language] in alarm.text
            assert "Discord" in alarm.text
            await bot.wait_for_log("these admin chats cannot be told now")
            await one.asks("/help", 2)  # the alarm stands before it, and Telegram is still served
            assert await bot.terminate() == 0
        assert len(channel.messages) <= 1
        # The next start says so at once, and serves the others.
        async with running(tmp_path, one.at(AFTER_NINE)) as bot:
            await bot.wait_for_log("DISCORD_BOT_TOKEN")
            await one.asks("/help")
            assert await bot.terminate() == 0
        told = len(await one.talk.said(one.heard))
        discord.token = discord.gateway.token = settings["DISCORD_BOT_TOKEN"]
        async with running(tmp_path, one.at(AFTER_NINE)) as bot:
            await bot.wait_for_log("alarm is over")
            over = (await one.talk.said(told + 1))[told:]
            assert {"ko": "해결됨", "en": "Over: Discord works again."}[language] in over[0].text


async def test_the_log_says_how_far_a_broadcast_came(tmp_path: Path):
    async with Hub() as hub, FakeTelegram() as fake:
        house = House(tmp_path, hub, fake, readers=3)
        gone = house.people[2]
        await house.subscribe()
        gone.blocked = True
        async with running(tmp_path, house.at(BEFORE_NINE)) as bot:
            await bot.wait_for_log("broadcast ended", 30)
            (line,) = [json.loads(line) for line in bot.logged().splitlines() if '"broadcast ended"' in line]
        assert (line["day"], line["chats"], line["done"], line["parked"]) == ("2024-03-28", 3, 2, 1)
        assert (line["messages_done"], line["sent"]) == (22, 22)


async def test_a_terminal_shows_a_bar_while_a_broadcast_runs(tmp_path: Path):
    async with Hub() as hub, FakeTelegram() as fake:
        house = House(tmp_path, hub, fake, readers=2)
        await house.subscribe()
        settings = environment(house.at(BEFORE_NINE, TELEGRAM_CHAT_RATE="1.5")) | {"TERM": "xterm", "COLUMNS": "120"}
        shown = await asyncio.to_thread(_on_a_terminal, tmp_path, settings)
        assert "messages" in shown
        assert "a second" in shown
        assert "delivery ended" in shown
        # Each log line takes the bar's place, and the bar comes again below it: "erase in line" (ECMA-48, EL).
        assert re.search(r"\r\x1b\[2K\x1b\[2m[^\r\n]*delivery ended[^\r\n]*\r\n2024-03-28 ", shown)


def _on_a_terminal(folder: Path, settings: dict[str, str]) -> str:
    child = pexpect.spawn(
        COMMAND, ["run"], cwd=str(folder), env=settings, encoding="utf-8", timeout=40, dimensions=(30, 120)
    )
    shown = ""
    for wanted in ("of 22 messages", "to go", "broadcast ended"):
        child.expect(wanted)
        shown += str(child.before) + str(child.after)
    child.sendintr()
    child.expect(pexpect.EOF)
    return shown + str(child.before)


async def test_a_list_that_is_missing_in_the_evening_is_told_once_and_once_when_it_came(tmp_path: Path):
    async with Hub() as hub, FakeTelegram() as fake:
        house = House(tmp_path, hub, fake)
        admin = {"ADMIN_CHATS": "telegram:7", "DEFAULT_LANGUAGE": "en", "MISSING_HOUR_UTC": "19"}
        listed = hub.days.pop(SEED_DAY)
        for clock in ("2024-03-28T18:30:00Z", EVENING, EVENING):
            async with running(tmp_path, house.at(clock, **admin)) as bot:
                await bot.wait_for_log("listening")
                if clock == EVENING:
                    await fake.wait_for(house.people[0], 1)
                await bot.wait_for_log("list fetched")
                await asyncio.sleep(0.5)
        hub.days[SEED_DAY] = listed
        async with running(tmp_path, house.at("2024-03-28T22:30:00Z", **admin)):
            told = [message.text.split("\n")[0] for message in await fake.wait_for(house.people[0], 2)]
        assert told == [
            "There is no list of 2024-03-28 yet, though Hugging Face answers.",
            "Over: the list has come, or Hugging Face has none of that day.",
        ]
