"""Keeping an installation, as installed: the doctor, backups beside a running bot, putting one back, and moving house."""

import asyncio
import json
import stat
from pathlib import Path

from tests.end_to_end.process import run_command, running
from tests.end_to_end.story import AFTER_NINE, BEFORE_NINE, EVENING, PAPERS, Story
from tests.end_to_end.test_discord import DiscordTalk
from tests.end_to_end.test_operator import House
from tests.end_to_end.test_telegram import TelegramTalk
from tests.fakes.discord.server import FakeDiscord
from tests.fakes.hub import Hub
from tests.fakes.telegram.server import FakeTelegram
from tests.unit.doctor.test_servers import answering
from tests.unit.store.old_stores import VERSIONS, old_store


async def examined(house: House, **more: str) -> tuple[int, dict[str, dict[str, str]]]:
    status, output, errors = await run_command(house.folder, house.at(AFTER_NINE, **more), "doctor", "--json")
    assert errors == ""
    found = [json.loads(line) for line in output.splitlines()]
    return status, {one["check"]: one for one in found}


async def test_a_backup_is_made_beside_a_running_bot_and_put_back_when_none_runs(tmp_path: Path):
    async with Hub() as hub, FakeTelegram() as fake:
        house = House(tmp_path, hub, fake)
        await house.subscribe()
        copies = tmp_path / "copies"
        copies.mkdir()
        nightly = tmp_path / "nightly"
        nightly.mkdir()
        async with running(tmp_path, house.at(EVENING, BACKUP_FOLDER=str(nightly))) as bot:
            await bot.wait_for_log("listening")
            await bot.wait_for_log(f"was copied to {nightly}")
            assert len(list(nightly.iterdir())) == 1
            for _ in range(3):
                assert "looked through" in await house.command("backup", str(copies), "--keep", "2")
            assert len(list(copies.iterdir())) == 2
            copy = str(max(copies.iterdir()))
            await house.stories[0].asks("/unsubscribe")
            status, _, errors = await run_command(tmp_path, house.at(EVENING), "restore", copy)
            assert status == 3
            assert "Stop the bot" in errors

            # The doctor looks at all of it while the bot runs, and disturbs nobody.
            status, found = await examined(house)
            assert [name for name, one in found.items() if one["state"] == "failure"] == []
            assert found["telegram"]["state"] == "ok"
            assert found["hugging face"]["state"] == "ok"
            assert found["integrity"]["state"] == "ok"
            assert found["search"]["found"] == "all 143 papers are indexed"
            assert found["backups"]["state"] == "ok"
            assert found["clock"]["state"] == "warning"  # CLOCK is set
            assert status == 1
            assert await bot.terminate() == 0

        assert "What stood there before is kept in" in await house.command("restore", copy)
        told = json.loads(await house.command("status", "--json"))
        assert told["subscribers"] == {"telegram": {"active": 1, "parked": 0}}

        status, found = await examined(house, TELEGRAM_BOT_TOKEN="7:wrong")
        assert status == 2
        assert found["telegram"]["state"] == "failure"
        assert "7:wrong" not in str(found)
        async with answering("<html>Please sign in</html>", method="*") as url:
            # Nothing but findings comes, whatever the platform's library has to say of such an answer.
            status, found = await examined(house, TELEGRAM_API_URL=url)
        assert (status, found["telegram"]["state"]) == (2, "failure")
        status, output, _ = await run_command(tmp_path, house.at(AFTER_NINE, DEFAULT_TIME="25:00"), "doctor")
        assert status == 2
        assert "DEFAULT_TIME: '25:00' cannot be used" in output
        assert "The search index was made anew: 143 papers." in await house.command("doctor", "--repair")


async def test_a_migration_is_told_in_the_form_of_the_log(tmp_path: Path):
    old_store(tmp_path / "daily-papers.db", VERSIONS[-2])
    _, _, errors = await run_command(tmp_path, {}, "chat", typed="/quit\n")
    (line,) = [line for line in errors.splitlines() if "is brought to this version" in line]
    assert json.loads(line)["level"] == "warning"


async def test_an_installation_moves_in_the_middle_of_a_broadcast_and_nothing_is_lost_nor_sent_twice(tmp_path: Path):
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    new.mkdir()
    async with Hub() as hub, FakeTelegram() as telegram, FakeDiscord() as discord:
        tokens = {"TELEGRAM_BOT_TOKEN": telegram.token, "TELEGRAM_API_URL": telegram.url, **discord.environment()}
        people = [telegram.person(7 + number, "en") for number in range(3)]
        stories = [Story(old, hub, tokens, TelegramTalk(telegram, one, one)) for one in people]
        stories.append(Story(old, hub, tokens, DiscordTalk(discord, discord.channel(), discord.user())))
        async with running(old, stories[0].at(EVENING)) as bot:
            await bot.wait_for_log('"day": "2024-03-26"')
            for story in stories:
                await story.asks("/subscribe 09:00 Seoul")
            await stories[0].asks("/save 2403.18361")
            assert await bot.terminate() == 0

        slow = {"TELEGRAM_CHAT_RATE": "0.4", "DISCORD_RATE": "0.4"}
        async with running(old, stories[0].at(BEFORE_NINE, **slow)) as bot:
            await asyncio.gather(*(story.talk.said(story.heard + 1, 30) for story in stories))
            status, _, errors = await run_command(old, stories[0].at(AFTER_NINE), "export", "--all", "moved.jsonl")
            assert status == 3
            assert "would be sent again from the other place" in errors
            assert await bot.terminate() == 0
        had = [await story.talk.said(story.heard) for story in stories]
        assert all(0 < len(said) - story.heard < 11 for said, story in zip(had, stories, strict=True))

        moved = old / "moved.jsonl.gz"
        status, output, errors = await run_command(old, stories[0].at(AFTER_NINE), "export", "--all", moved.name)
        assert status == 0, errors
        assert "4 chats, 4 subscriptions, 4 deliveries" in output
        assert stat.S_IMODE(moved.stat().st_mode) == 0o600
        moved.rename(new / moved.name)
        status, output, errors = await run_command(new, stories[0].at(AFTER_NINE), "import", moved.name)
        assert status == 0, errors
        assert "4 chats, 4 subscriptions, 4 deliveries" in output
        assert sorted(one.name for one in new.iterdir()) == ["daily-papers.db", moved.name]
        status, _, errors = await run_command(new, stories[0].at(AFTER_NINE), "import", moved.name)
        assert status == 2
        assert "not empty" in errors

        async with running(new, stories[0].at(AFTER_NINE)) as bot:
            for story in stories:
                await story.talk.said(story.heard + 11, 30)
            await asyncio.sleep(1)  # anything that came twice would come now
            for story in stories:
                said = (await story.talk.said(story.heard + 11))[story.heard :]
                assert [message.paper for message in said] == [None, *PAPERS]
                story.heard += 11
            (saved,) = await stories[0].asks("/saved")
            assert "https://arxiv.org/abs/2403.18361" in saved.links
            assert await bot.terminate() == 0
        status, output, _ = await run_command(new, stories[0].at(AFTER_NINE), "status", "--json")
        assert json.loads(output)["deliveries"]["done"] == 4
