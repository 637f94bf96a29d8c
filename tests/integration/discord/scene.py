"""A broadcast to a fake Discord over HTTP, through the real adapter."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.discord.adapter import DiscordAdapter
from bot.ports import AdapterContext
from tests.fakes.discord import FakeChannel, FakeDiscord
from tests.integration.broadcast import FOUR, HEADING, Broadcast, broadcasting

DIGEST = [f"**{HEADING}**", *(f"Paper {one}" for one in FOUR)]


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as one:
        yield one


@pytest.fixture
async def cast(fake: FakeDiscord, tmp_path: Path) -> AsyncIterator[Broadcast]:
    async with broadcasting(tmp_path / "store.db", adapter_for(fake)) as one:
        yield one


def adapter_for(fake: FakeDiscord) -> DiscordAdapter:
    return DiscordAdapter(AdapterContext(environment=fake.environment()))


def titles(channel: FakeChannel) -> list[str]:
    """Of each message there, in its order."""
    return [message.title for message in channel.messages]
