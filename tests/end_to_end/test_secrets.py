"""Nothing that the program writes down holds a secret, however much it is asked to say."""

from pathlib import Path

from tests.end_to_end.process import run_command, running
from tests.end_to_end.story import BEFORE_NINE, EVENING, Story
from tests.end_to_end.test_telegram import TelegramTalk
from tests.fakes.discord.server import FakeDiscord
from tests.fakes.hub import Hub
from tests.fakes.telegram.failures import Fail, Reset
from tests.fakes.telegram.server import FakeTelegram


async def test_no_token_stands_in_a_log_of_everything_nor_in_the_store_nor_in_status(tmp_path: Path):
    async with Hub() as hub, FakeTelegram() as telegram, FakeDiscord() as discord:
        minji = telegram.person(7)
        tokens = {
            "TELEGRAM_BOT_TOKEN": telegram.token,
            "TELEGRAM_API_URL": telegram.url,
            "HF_TOKEN": hub.token,
            "LOG_LEVEL": "debug",
            **discord.environment(),
        }
        one = Story(tmp_path, hub, tokens, TelegramTalk(telegram, minji, minji))
        secrets = (telegram.token, tokens["DISCORD_BOT_TOKEN"], tokens["HF_TOKEN"])
        hub.fail(500, 1)
        async with running(tmp_path, one.at(EVENING)) as evening:
            await evening.wait_for_log("list fetched")
            await one.asks("/subscribe 09:00 Seoul")
            await evening.terminate()
        telegram.fail(minji, Reset(taken=False), Fail(502, "Bad Gateway"))
        async with running(tmp_path, one.at(BEFORE_NINE)) as morning:
            await one.talk.said(one.heard + 2, 30)
            await morning.wait_for_log("put off")
            await morning.terminate()
        status, told, _ = await run_command(tmp_path, one.at(EVENING), "status", "--json")
        assert status == 0
        stored = "".join(path.read_bytes().decode("latin-1") for path in tmp_path.glob("daily-papers.db*"))
        for secret in secrets:
            for written in (evening.logged(), morning.logged(), told, stored):
                assert secret not in written
