"""Making and opening the adapter: settings, the token, and that the token reaches no log."""

import logging
import subprocess
import sys

import pytest
from structlog.testing import capture_logs

from adapters.telegram import create
from adapters.telegram.config import TelegramConfig
from adapters.telegram.connection import Connection
from bot.errors import AdapterError, InvalidToken, SettingsError
from bot.message import Message
from bot.ports import AdapterContext
from tests.fakes.telegram import Fail, FakeTelegram
from tests.unit.telegram.house import adapter_for, telegram


@pytest.mark.parametrize("token", [{}, {"TELEGRAM_BOT_TOKEN": ""}, {"TELEGRAM_BOT_TOKEN": "  "}])
def test_without_a_token_telegram_is_not_served(token: dict[str, str]):
    assert create(AdapterContext(environment=token)) is None


def test_without_a_token_python_telegram_bot_is_not_imported():
    code = (
        "import sys; from adapters.telegram import create; from bot.ports import AdapterContext; "
        "create(AdapterContext(environment={})); sys.exit('telegram' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


async def test_opening_asks_telegram_who_the_bot_is(fake: FakeTelegram):
    adapter = adapter_for(fake)
    await adapter.open()
    await adapter.open()
    assert fake.count_calls("getMe") == 1
    await adapter.close()


async def test_a_token_that_telegram_refuses_gives_a_sentence_without_the_token(fake: FakeTelegram):
    adapter = adapter_for(fake, environment={"TELEGRAM_BOT_TOKEN": "4242:wrong-secret"})
    with pytest.raises(InvalidToken, match=r"does not accept TELEGRAM_BOT_TOKEN .*4242.*@BotFather") as caught:
        await adapter.open()
    assert "wrong-secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    await adapter.close()


@pytest.mark.parametrize("token", ["hello", "12:", ":abc", "12:a b", "12:abc\nX"])
async def test_what_cannot_be_a_token_is_told_without_asking_telegram(fake: FakeTelegram, token: str):
    adapter = adapter_for(fake, environment={"TELEGRAM_BOT_TOKEN": token})
    with pytest.raises(InvalidToken, match="is not a bot token"):
        await adapter.open()
    assert fake.calls == []


async def test_no_network_gives_a_sentence_that_names_the_address(fake: FakeTelegram):
    adapter = adapter_for(fake)
    url = fake.url
    await fake.down()
    with pytest.raises(AdapterError, match="cannot be reached at " + url) as caught:
        await adapter.open()
    assert not isinstance(caught.value, InvalidToken)
    await fake.up()
    await adapter.open()  # and it can be tried again
    await adapter.close()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("TELEGRAM_WEBHOOK_URL", "http://bot.example.org/hook"),
        ("TELEGRAM_WEBHOOK_URL", "bot.example.org"),
        ("TELEGRAM_WEBHOOK_PORT", "0"),
        ("TELEGRAM_WEBHOOK_PORT", "65536"),
        ("TELEGRAM_WEBHOOK_PORT", "https"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(setting: str, value: str):
    with pytest.raises(SettingsError, match=f"{setting} is '{value}'"):
        create(AdapterContext(environment={"TELEGRAM_BOT_TOKEN": "4242:x", setting: value}))


async def test_the_token_reaches_no_log(fake: FakeTelegram, caplog: pytest.LogCaptureFixture, capsys):
    caplog.set_level(logging.DEBUG)
    adapter = adapter_for(fake)
    await adapter.open()
    fake.person(11)
    fake.fail(11, Fail(500, "Internal Server Error"))
    await adapter.send(telegram(11), Message(heading="A"))
    await adapter.send(telegram(11), Message(heading="A"))
    await fake.down()
    await adapter.send(telegram(11), Message(heading="A"))
    await adapter.close()
    secret = fake.token.partition(":")[2]
    assert secret not in caplog.text
    captured = capsys.readouterr()
    assert secret not in captured.out + captured.err


def test_what_a_traceback_shows_of_the_bot_has_no_token():
    config = TelegramConfig.read({"TELEGRAM_BOT_TOKEN": "4242:secret"})
    connection = Connection(config)
    for shown in (repr(config), repr(connection), repr(connection.bot), str(connection.bot)):
        assert "secret" not in shown
    assert connection.scrubbed(ValueError("at https://api.telegram.org/bot4242:secret/getMe")).endswith("bot<token>/getMe")


@pytest.mark.parametrize(("written", "paid"), [("", False), ("false", False), ("0", False), ("true", True), ("Yes", True)])
def test_paid_broadcasts_are_off_until_they_are_asked_for(written: str, paid: bool):
    config = TelegramConfig.read({"TELEGRAM_BOT_TOKEN": "4242:secret", "TELEGRAM_PAID_BROADCAST": written})
    assert config.paid_broadcast is paid


def test_a_paid_broadcast_that_is_neither_on_nor_off_is_refused():
    with pytest.raises(SettingsError, match="TELEGRAM_PAID_BROADCAST is 'maybe'"):
        TelegramConfig.read({"TELEGRAM_BOT_TOKEN": "4242:secret", "TELEGRAM_PAID_BROADCAST": "maybe"})


async def test_without_inline_mode_it_is_said_how_to_switch_it_on(fake: FakeTelegram):
    for supported, told in ((True, False), (False, True)):
        fake.bot["supports_inline_queries"] = supported
        with capture_logs() as logs:
            adapter = adapter_for(fake)
            await adapter.open()
            await adapter.close()
        assert any("/setinline" in str(line) for line in logs) is told
