"""ALLOWED_CHATS set on a bot that has served everybody: the others get no digest while it is set, and lose nothing."""

from pathlib import Path

from tests.end_to_end.process import run_command, running
from tests.end_to_end.test_stopping_a_delivery import DIGEST, WITHOUT_TOKEN, prepare, texts
from tests.fakes.telegram import FakeTelegram


async def test_a_chat_that_subscribed_before_gets_nothing_until_it_is_served_again(tmp_path: Path):
    async with FakeTelegram() as fake:
        for number in (7, 8):
            fake.person(number)
        prepare(tmp_path, [("telegram", "7"), ("telegram", "8")])
        everybody = WITHOUT_TOKEN | {
            "TELEGRAM_BOT_TOKEN": fake.token,
            "TELEGRAM_API_URL": fake.url,
            "TELEGRAM_CHAT_RATE": "50",
        }
        only_one = everybody | {"ALLOWED_CHATS": "telegram:7"}
        async with running(tmp_path, only_one) as bot:
            await bot.wait_for_log("delivery ended")
        for order in (("deliver",), ("deliver", "--date", "2024-03-28"), ("deliver", "--dry-run")):
            status, output, errors = await run_command(tmp_path, only_one, *order)
            assert status == 0, output + errors
        assert (texts(fake, 7), texts(fake, 8)) == (DIGEST, [])
        status, _, errors = await run_command(tmp_path, only_one, "deliver", "--date", "2024-03-28", "--chat", "telegram:8")
        assert status == 2
        assert "telegram:8 is not among ALLOWED_CHATS" in errors
        status, output, errors = await run_command(tmp_path, everybody, "deliver")
        assert status == 0, output + errors
        assert (texts(fake, 7), texts(fake, 8)) == (DIGEST, DIGEST)
