"""A broadcast to a fake Telegram over HTTP, through the real adapter."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.telegram import FakeTelegram, Hang
from tests.integration.broadcast import FOUR, HEADING, Broadcast, broadcasting
from tests.unit.telegram.house import adapter_for

DIGEST = [HEADING, *(f"Paper {one}" for one in FOUR)]
TAKEN = Hang(0)  # no fault at all


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as one:
        yield one


@pytest.fixture
async def cast(fake: FakeTelegram, tmp_path: Path) -> AsyncIterator[Broadcast]:
    async with broadcasting(tmp_path / "store.db", adapter_for(fake)) as one:
        yield one


def texts(fake: FakeTelegram, chat: int) -> list[str]:
    """The first line of each message in a chat."""
    return [message.text.split("\n", 1)[0] for message in fake.in_chat(chat)]
