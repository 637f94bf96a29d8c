"""A process that delivers what is due through the real adapters and ends: for tests that kill it. Run with python -m."""

import asyncio
import json
import sys
from pathlib import Path

from adapters import discord, telegram
from bot.clock import Clock, from_text
from bot.delivery.engine import Engine
from bot.delivery.pace import Pace
from bot.logs import set_up_logs
from bot.ports import AdapterContext
from bot.settings import Settings
from bot.store.connection import open_store


async def deliver(path: str, instant: str, environment: dict[str, str]) -> None:
    """Send everything that is due at `instant`, as fast as it goes."""
    set_up_logs("info")
    context = AdapterContext(environment=environment)
    adapters = [made for create in (telegram.create, discord.create) if (made := create(context)) is not None]
    await asyncio.gather(*(adapter.open() for adapter in adapters))
    with open_store(Path(path)) as store:
        by_platform = {adapter.platform: adapter for adapter in adapters}
        engine = Engine(store, by_platform, Clock(from_text(instant)), Pace({}), Settings())
        await engine.deliver()
        await engine.stop()
    await asyncio.gather(*(adapter.close() for adapter in adapters))


if __name__ == "__main__":
    asyncio.run(deliver(sys.argv[1], sys.argv[2], json.loads(sys.argv[3])))
