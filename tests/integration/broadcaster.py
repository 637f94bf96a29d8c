"""A process that delivers what is due through the real adapters and ends: for tests that kill it. Run with python -m."""

import asyncio
import json
import sys
from pathlib import Path

from adapters.discord.adapter import DiscordAdapter
from adapters.telegram import create
from bot.clock import Clock, from_text
from bot.delivery.engine import Engine
from bot.delivery.pace import Pace
from bot.ports import AdapterContext, ChatAdapter
from bot.settings import Settings
from bot.store.connection import open_store


async def deliver(path: str, instant: str, environment: dict[str, str]) -> None:
    """Send everything that is due at `instant`, as fast as it goes."""
    context = AdapterContext(environment=environment)
    adapters: list[ChatAdapter] = [DiscordAdapter(context)]
    if telegram := create(context):
        adapters.append(telegram)
    await asyncio.gather(*(adapter.open() for adapter in adapters))
    with open_store(Path(path)) as store:
        by_platform = {adapter.platform: adapter for adapter in adapters}
        engine = Engine(store, by_platform, Clock(from_text(instant)), Pace({}), Settings())
        await engine.deliver()
        await engine.stop()
    await asyncio.gather(*(adapter.close() for adapter in adapters))


if __name__ == "__main__":
    asyncio.run(deliver(sys.argv[1], sys.argv[2], json.loads(sys.argv[3])))
