"""When the parts of the program are closed, nothing of theirs is at work any more."""

import asyncio
import contextlib
from pathlib import Path

import pytest

import bot
from bot.parts import open_parts
from bot.settings import Settings
from tests.fakes.hub import SEED_DAY, Hub

BOT = str(Path(bot.__file__).parent)


@pytest.mark.parametrize("what", ["a list", "a paper"])
async def test_what_nobody_waits_for_any_more_is_broken_off_when_the_parts_are_closed(tmp_path, what):
    before = asyncio.all_tasks()
    async with Hub() as hub:
        hub.fail(0)  # never answers
        settings = Settings(database=tmp_path / "papers.db", hf_api_url=hub.url, arxiv_api_url=hub.url)
        async with open_parts(settings) as parts:
            work = parts.fetcher.fetch_day(SEED_DAY) if what == "a list" else parts.finder.find("2403.18361")
            waiting = asyncio.create_task(work)
            async with asyncio.timeout(5):
                while not hub.requests:
                    await asyncio.sleep(0.01)
            waiting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await waiting
        left = asyncio.all_tasks() - before
        ours = [one for one in left if any(frame.f_code.co_filename.startswith(BOT) for frame in one.get_stack())]
        assert ours == []
