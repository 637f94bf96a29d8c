"""One process serves Telegram and Discord at once, over one file; `deliver` works beside it."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.end_to_end.process import run_command, running
from tests.end_to_end.story import AFTER_NINE, BEFORE_NINE, EVENING, PAPERS, Story
from tests.end_to_end.test_discord import DiscordTalk
from tests.end_to_end.test_telegram import TelegramTalk
from tests.fakes.discord.server import FakeDiscord
from tests.fakes.hub import Hub
from tests.fakes.telegram.failures import Fail
from tests.fakes.telegram.server import FakeTelegram

# Three within ten seconds make a listener that has just begun give up.
TAKEN = [Fail(409, "Conflict: terminated by other getUpdates request")] * 3


async def test_both_platforms_get_their_digest_from_one_process(tmp_path: Path):
    async with Hub() as hub, FakeTelegram() as telegram, FakeDiscord() as discord:
        minji, ada = telegram.person(7), discord.user()
        tokens = {"TELEGRAM_BOT_TOKEN": telegram.token, "TELEGRAM_API_URL": telegram.url, **discord.environment()}
        one = Story(tmp_path, hub, tokens, TelegramTalk(telegram, minji, minji))
        other = Story(tmp_path, hub, tokens, DiscordTalk(discord, discord.channel(), ada))
        async with running(tmp_path, one.at(EVENING)) as bot:
            await bot.wait_for_log("list fetched")
            await asyncio.gather(one.asks("/subscribe 09:00 Seoul"), other.asks("/subscribe 09:00 Seoul"))
            assert await bot.terminate() == 0
        await run_command(tmp_path, one.at(EVENING), "fetch")
        status, output, _ = await run_command(tmp_path, one.at(EVENING), "status", "--json")
        assert status == 0
        told = json.loads(output)
        assert {name: counts["active"] for name, counts in told["subscribers"].items()} == {"telegram": 1, "discord": 1}
        async with running(tmp_path, one.at(BEFORE_NINE)) as bot:
            for story in (one, other):
                said = await story.talk.said(story.heard + 11, 30)
                assert [message.paper for message in said[story.heard :]] == [None, *PAPERS]
            assert await bot.terminate() == 0
        status, output, _ = await run_command(tmp_path, one.at(AFTER_NINE), "status", "--json")
        assert json.loads(output)["deliveries"]["done"] == 2


async def test_deliver_sends_what_is_due_once_even_beside_a_run(tmp_path: Path):
    async with Hub() as hub, FakeTelegram() as fake:
        people = [fake.person(number) for number in range(7, 12)]
        settings = {"TELEGRAM_BOT_TOKEN": fake.token, "TELEGRAM_API_URL": fake.url}
        stories = [Story(tmp_path, hub, settings, TelegramTalk(fake, person, person)) for person in people]
        async with running(tmp_path, stories[0].at(EVENING)) as bot:
            await bot.wait_for_log("list fetched")
            for story in stories:
                await story.asks("/subscribe 09:00 Seoul")
        async with running(tmp_path, stories[0].at(BEFORE_NINE, TELEGRAM_CHAT_RATE="5")) as bot:
            await bot.wait_for_log("listening")
            await fake.wait_for(people[0], 2, seconds=20)
            status, output, errors = await run_command(tmp_path, stories[0].at(AFTER_NINE), "deliver")
            assert status == 0, output + errors
        for story in stories:
            said = await story.talk.said(story.heard + 11)
            assert [message.paper for message in said[story.heard :]] == [None, *PAPERS]


async def test_deliver_a_day_to_everybody_who_has_not_had_it(tmp_path: Path):
    async with Hub() as hub, FakeTelegram() as fake:
        minji = fake.person(7)
        settings = {"TELEGRAM_BOT_TOKEN": fake.token, "TELEGRAM_API_URL": fake.url}
        one = Story(tmp_path, hub, settings, TelegramTalk(fake, minji, minji))
        async with running(tmp_path, one.at(EVENING)) as bot:
            await bot.wait_for_log('"day": "2024-03-26"')
            await one.asks("/subscribe 09:00 Seoul")
        for _ in range(2):
            status, output, errors = await run_command(tmp_path, one.at(EVENING), "deliver", "--date", "2024-03-26")
            assert status == 0, output + errors
        said = (await one.talk.said(one.heard + 8))[one.heard :]
        assert len(said) == 8
        assert "2024-03-26" in said[0].text
        status, _, errors = await run_command(tmp_path, one.at(EVENING), "deliver", "--date", "2024-03-24")
        assert status != 0
        assert "2024-03-24" in errors


@pytest.mark.parametrize(
    ("failures", "sentence"),
    [
        ({"getUpdates": TAKEN}, "two cannot listen with one TELEGRAM_BOT_TOKEN"),
        ({"getMe": [Fail(401, "Unauthorized")]}, "does not accept TELEGRAM_BOT_TOKEN"),
        ({"getUpdates": [Fail(401, "Unauthorized")]}, "does not accept TELEGRAM_BOT_TOKEN"),
    ],
)
async def test_a_telegram_that_ends_at_the_start_does_not_stop_discord(
    tmp_path: Path, failures: dict[str, list[Fail]], sentence: str
):
    async with Hub() as hub, FakeTelegram() as telegram, FakeDiscord() as discord:
        ada = discord.user()
        alone = {"TELEGRAM_BOT_TOKEN": telegram.token, "TELEGRAM_API_URL": telegram.url}
        one = Story(tmp_path, hub, alone | discord.environment(), DiscordTalk(discord, discord.channel(), ada))
        for method, found in failures.items():
            telegram.fail_method(method, *found)
        async with running(tmp_path, one.at(EVENING)) as bot:
            await bot.wait_for_log(sentence, 30)
            await one.asks("/paper 2403.18361")
            await one.asks("/subscribe 09:00 Seoul")
            assert await bot.terminate() == 0
            assert "Traceback" not in bot.logged()
        # With nothing beside it, the same ends the process, with its sentence.
        for method, found in failures.items():
            telegram.fail_method(method, *found)
        async with running(tmp_path, Story(tmp_path, hub, alone, one.talk).at(EVENING)) as bot:
            assert await asyncio.wait_for(bot.process.wait(), 30) == 5
            assert f"Error: {'Telegram' if 'accept' in sentence else 'Another'}" in bot.logged()
            assert sentence in bot.logged()
