"""The log: JSON unless a person reads it on a terminal, without secrets, and without people's words above debug."""

import asyncio
import gc
import io
import json
import logging
import subprocess
import sys

import pytest
import structlog
from telegram.error import TelegramError
from telegram.request import BaseRequest

from bot.errors import StoreError
from bot.logs import set_up_logs
from bot.settings import Settings
from tests.unit.commands.conftest import hub, scene  # noqa: F401 - fixtures

TOKEN = "7:AAbb-CCdd_EE/ff"
# A traceback shows the source's lines, so the words must not stand in those.
TYPED = "my secret wish"


def fail(error):
    raise error


@pytest.fixture(autouse=True)
def _as_before():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(capsys):
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_line_is_json_with_its_instant_and_level(capsys):
    set_up_logs("info")
    structlog.get_logger().info("delivery ended", chat="telegram:7", day="2024-03-28", messages=11)
    structlog.get_logger().debug("unheard")
    (line,) = lines(capsys)
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "delivery ended", "chat": "telegram:7", "day": "2024-03-28", "messages": 11, "level": "info"}


def test_on_a_terminal_a_line_is_for_a_person(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    set_up_logs("info", [TOKEN])
    structlog.get_logger().info("delivery ended", chat="telegram:7", key=TOKEN)
    try:
        fail(ValueError(TYPED))
    except ValueError:
        structlog.get_logger().exception("failed")
    told = terminal.getvalue()
    assert "delivery ended" in told
    assert "test_logs.py" in told
    for hidden in ("{", TOKEN, TYPED):
        assert hidden not in told


def test_no_secret_stands_in_a_line_whoever_wrote_it(capsys):
    set_up_logs("debug", [TOKEN, "short"])
    structlog.get_logger().warning(
        "asked", url=f"https://api.telegram.org/bot{TOKEN}/getMe", also=["7%3AAAbb-CCdd_EE%2Fff"]
    )
    logging.getLogger("somebody.else").error("refused %s, which is short", TOKEN)
    try:
        fail(OSError(f"cannot reach {TOKEN}"))
    except OSError:
        logging.getLogger("somebody.else").exception("failed")
    told = capsys.readouterr().err
    assert "https://api.telegram.org/bot…/getMe" in told
    assert "refused …, which is short" in told
    assert "cannot reach …" in told
    for secret in (TOKEN, "7%3AAAbb"):
        assert secret not in told


@pytest.mark.parametrize(("level", "shown"), [("info", False), ("debug", True)])
def test_an_error_that_repeats_what_was_typed_tells_its_words_at_debug_alone(capsys, level, shown):
    set_up_logs(level)
    try:
        try:
            int(TYPED)
        except ValueError as error:
            raise StoreError("The file cannot be read.") from error
    except StoreError:
        structlog.get_logger().exception("failed")
    told = lines(capsys)[0]["exception"]
    assert (TYPED in told) is shown
    assert "ValueError" in told
    assert "bot.errors.StoreError: The file cannot be read." in told
    assert "test_logs.py" in told


async def test_what_nobody_waited_for_is_told_the_same_way(capsys):
    set_up_logs("info")

    async def work():
        fail(LookupError(TYPED))

    task = asyncio.ensure_future(work())
    await asyncio.wait({task})
    asyncio.get_running_loop().call_exception_handler({"message": "never retrieved", "exception": task.exception()})
    told = capsys.readouterr().err
    assert "never retrieved" in told
    assert "LookupError (LOG_LEVEL=debug shows its words)" in told
    assert TYPED not in told


@pytest.mark.parametrize(("level", "shown"), [("info", False), ("debug", True)])
async def test_tasks_and_callbacks_are_told_without_what_they_were_given(capsys, level, shown):
    set_up_logs(level)
    loop, words = asyncio.get_running_loop(), TYPED

    async def work():
        fail(LookupError(words))

    task = asyncio.ensure_future(work())
    await asyncio.wait({task})
    del task
    gc.collect()
    loop.call_soon(lambda typed: fail(ValueError(typed)), words)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    told = lines(capsys)
    assert [line["event"].split("\n")[0].partition(" test_")[0].partition("(")[0] for line in told] == [
        "Task exception was never retrieved",
        "Exception in callback",
    ]
    assert (words in str(told)) is shown
    assert ["LookupError" in told[0]["exception"], "ValueError" in told[1]["exception"]] == [True, True]


@pytest.mark.parametrize(("level", "shown"), [("info", False), ("debug", True)])
def test_what_telegram_answered_instead_of_json_is_logged_at_debug_alone(capsys, level, shown):
    set_up_logs(level)
    with pytest.raises(TelegramError, match="Invalid server response"):
        # A list of updates whose end is missing.
        BaseRequest.parse_json_payload(f'{{"ok": true, "result": [{{"text": "{TYPED}'.encode())
    (line,) = lines(capsys)
    assert line["event"].startswith("Can not load invalid JSON data")
    assert (TYPED in str(line)) is shown


def test_what_nobody_caught_is_a_line_of_the_log_without_its_words():
    program = (
        "import threading; from bot.logs import set_up_logs, tell_what_nobody_caught\n"
        "set_up_logs('info'); tell_what_nobody_caught()\n"
        "class Odd:\n"
        "    def __del__(self): int('my secret' + ' wish')\n"
        "Odd()\n"
        "thread = threading.Thread(target=int, args=('my secret' + ' wish',), name='writer')\n"
        "thread.start(); thread.join()\n"
        "int('my secret' + ' wish')\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    told = [json.loads(line) for line in ended.stderr.splitlines()]
    assert [line["event"] for line in told] == ["an error was ignored", "a thread failed", "the program failed"]
    assert told[1]["thread"] == "writer"
    assert TYPED not in ended.stderr
    assert all(line["exception"].endswith("ValueError (LOG_LEVEL=debug shows its words)") for line in told)
    assert ended.returncode == 1


@pytest.mark.parametrize(("level", "shown"), [("info", False), ("debug", True)])
async def test_what_a_person_types_is_logged_at_debug_alone(scene, capsys, level, shown):  # noqa: F811
    set_up_logs(level)
    for line in ("my secret wish", "/search my secret wish", "/day my secret wish", "/my-secret-wish"):
        await scene.ask(line)
    scene.store.close()
    await scene.ask("/search my secret wish")
    told = capsys.readouterr().err
    assert ("secret" in told) is shown
    assert "a command failed" in told


def test_the_secrets_of_the_settings_are_those_that_are_set():
    settings = Settings(telegram_bot_token="7:AA", llm_api_key="sk-1")  # type: ignore[arg-type]  # as the environment gives it
    assert settings.secrets == ("sk-1", "7:AA")
