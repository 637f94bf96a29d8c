from collections.abc import AsyncIterator

import pytest

from bot.ports import ChatAdapter
from tests.fakes.telegram import FakeTelegram
from tests.unit.telegram.house import adapter_for


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as one:
        yield one


@pytest.fixture
async def adapter(fake: FakeTelegram) -> AsyncIterator[ChatAdapter]:
    """An open adapter that does not listen."""
    one = adapter_for(fake)
    await one.open()
    yield one
    await one.close()
