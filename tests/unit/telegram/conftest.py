from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from adapters.telegram.transport import default_certificates, environment_proxy
from bot.ports import ChatAdapter
from tests.fakes.telegram import FakeTelegram
from tests.unit.telegram.house import adapter_for
from tests.unit.telegram.loopback import Loopback


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


@pytest.fixture
async def silent() -> AsyncIterator[Loopback]:
    """A server that takes connections, and neither reads nor says anything."""
    async with Loopback() as one:
        yield one


@pytest.fixture
def forget() -> Iterator[Callable[[], None]]:
    """Forgets what the transport has read of the environment, when called and after the test."""

    def forget_all() -> None:
        environment_proxy.cache_clear()
        default_certificates.cache_clear()

    yield forget_all
    forget_all()
