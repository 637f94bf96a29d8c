"""A process that delivers what is due to the loopback platform and ends: for tests that kill it. Run with python -m."""

import asyncio
import sys
from pathlib import Path

from bot.clock import Clock, from_text
from bot.delivery.engine import Engine
from bot.delivery.pace import Pace
from bot.settings import Settings
from bot.store.connection import open_store
from tests.fakes.loopback_platform import PLATFORM, LoopbackAdapter


async def deliver(path: str, url: str, instant: str) -> None:
    adapter = LoopbackAdapter(url)
    await adapter.open()
    with open_store(Path(path)) as store:
        engine = Engine(store, {PLATFORM: adapter}, Clock(from_text(instant)), Pace({}), Settings())
        await engine.deliver()
        await engine.stop()
    await adapter.close()


if __name__ == "__main__":
    asyncio.run(deliver(*sys.argv[1:4]))
