"""`run` is stopped while people wait: they are told in one sentence, and all of it takes five seconds at most."""

import asyncio
import contextlib
import signal
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web

from bot.clock import to_text
from tests.end_to_end.process import COMMAND, environment, running
from tests.end_to_end.test_stopping_a_delivery import prepare
from tests.fakes.discord.server import FakeDiscord
from tests.fakes.telegram import FakeTelegram, Hang
from tests.integration.broadcast import DUE, HEADING
from tests.unit.delivery.scene import NOW

KOREAN = "답변을 마치기 전에 멈추게 되었습니다. 잠시 뒤에 다시 보내 주십시오."
ENGLISH = "I had to stop before my answer was complete. Please send that again in a moment."
# The bot's own five, and what a busy machine takes to end a process.
SECONDS = 6.5


class SlowSources:
    """The Hub and arXiv on a bad day: each answer takes ten seconds. `asked` is set by the first question for a paper."""

    def __init__(self) -> None:
        self.url = ""
        self.asked = asyncio.Event()

    async def answer(self, request: web.Request) -> web.Response:
        if "papers/" in request.path or "query" in request.path:
            self.asked.set()
        await asyncio.sleep(10)
        return web.Response(status=503)

    def settings(self) -> dict[str, str]:
        return {"HF_API_URL": self.url, "ARXIV_API_URL": self.url, "CLOCK": to_text(NOW)}


@pytest.fixture
async def sources() -> AsyncIterator[SlowSources]:
    slow = SlowSources()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", slow.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.05, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slow.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield slow
    await runner.cleanup()


async def stopped_in_mid_answer(
    folder: Path, sources: SlowSources, settings: dict[str, str], ask: Callable[[], Awaitable[object]]
) -> str:
    """Run the bot, `ask` it for a paper, and stop it while it looks for that; gives its log."""
    async with running(folder, sources.settings() | settings) as bot:
        await bot.wait_for_log("listening")
        asking = asyncio.ensure_future(ask())
        async with asyncio.timeout(20):
            await sources.asked.wait()
        await asyncio.sleep(0.2)
        began = time.monotonic()
        assert await bot.terminate() == 0
        assert time.monotonic() - began < SECONDS
        await asyncio.wait({asking}, timeout=5)
        return bot.logged()


async def test_on_telegram(tmp_path: Path, sources: SlowSources):
    async with FakeTelegram() as fake:
        minji, ada = fake.person(7, "ko"), fake.person(8, "en")

        async def ask() -> None:
            for person in (minji, ada):
                await fake.says(person, person, "/paper 2403.99999")

        settings = {"TELEGRAM_BOT_TOKEN": fake.token, "TELEGRAM_API_URL": fake.url}
        log = await stopped_in_mid_answer(tmp_path, sources, settings, ask)
        assert [message.text for message in fake.in_chat(minji)] == [KOREAN]
        assert [message.text for message in fake.in_chat(ada)] == [ENGLISH]
        assert "Traceback" not in log


async def test_on_discord_in_direct_messages(tmp_path: Path, sources: SlowSources):
    async with FakeDiscord() as fake:
        ada = fake.user()
        private = fake.dm(ada)
        log = await stopped_in_mid_answer(
            tmp_path, sources, fake.environment(), lambda: fake.says(private, ada, "/paper 2403.99999")
        )
        assert [message.text for message in private.messages if message.text in {KOREAN, ENGLISH}] == [KOREAN]
        assert "Traceback" not in log


async def test_on_discord_by_a_slash_command(tmp_path: Path, sources: SlowSources):
    async with FakeDiscord() as fake:
        ada, channel = fake.user(), fake.channel()
        asked = []

        async def ask() -> None:
            asked.append(await fake.slash(channel, ada, "paper", {"id": "2403.99999"}, locale="ko"))

        log = await stopped_in_mid_answer(tmp_path, sources, fake.environment(), ask)
        assert [message.text for message in asked[0].messages] == [KOREAN]
        assert "Traceback" not in log


async def test_in_the_terminal(tmp_path: Path, sources: SlowSources):
    process = await asyncio.create_subprocess_exec(
        COMMAND,
        "chat",
        cwd=tmp_path,
        env=environment(sources.settings()),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    process.stdin.write(b"/paper 2403.99999\n")
    await process.stdin.drain()
    async with asyncio.timeout(20):
        await sources.asked.wait()
        await asyncio.sleep(0.2)
        process.send_signal(signal.SIGINT)
        output, errors = await process.communicate()
    assert KOREAN in " ".join(output.decode().split())
    assert "Traceback" not in errors.decode()


async def test_while_a_send_hangs_and_somebody_waits(tmp_path: Path, sources: SlowSources):
    async with FakeTelegram() as fake:
        one, other = fake.person(7, "ko"), fake.person(8, "ko")
        settings = sources.settings() | {
            "TELEGRAM_BOT_TOKEN": fake.token,
            "TELEGRAM_API_URL": fake.url,
            "TELEGRAM_CHAT_RATE": "50",
            "CLOCK": to_text(DUE),
        }
        prepare(tmp_path, [("telegram", "7")])
        fake.fail(one, Hang(0), Hang(60))
        async with running(tmp_path, settings) as bot:
            await fake.wait_for(one, 1, seconds=20)
            assert fake.in_chat(one)[0].text.startswith(HEADING)
            await fake.says(other, other, "/paper 2403.99999")
            async with asyncio.timeout(20):
                await sources.asked.wait()
            await asyncio.sleep(0.2)
            began = time.monotonic()
            assert await bot.terminate() == 0
            assert time.monotonic() - began < SECONDS
            assert "Traceback" not in bot.logged()
        assert [message.text for message in fake.in_chat(other)] == [KOREAN]
        with contextlib.closing(sqlite3.connect(tmp_path / "daily-papers.db")) as connection:
            # The one that hung counts as an attempt, and nobody holds it.
            rows = connection.execute("SELECT cursor, attempts, lease_owner FROM delivery WHERE state = 'ready'").fetchall()
        assert rows == [(1, 1, None)]
