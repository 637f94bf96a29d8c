"""The service as the Inbox of a Telegram adapter, beside a broadcast's engine: for stories in which people speak meanwhile."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from bot.parts import Parts
from bot.service import Service
from bot.settings import Settings
from tests.fakes.telegram import FakeTelegram
from tests.integration.broadcast import Broadcast


def inbox(cast: Broadcast, settings: Settings | None = None) -> Service:
    """The Inbox over the store of `cast`; it fetches nothing and is asked for no paper."""
    nothing = {"fetcher": None, "finder": None, "summaries": None}
    parts = Parts(settings=settings or Settings(), clock=cast.clock, store=cast.store, **nothing)  # type: ignore[arg-type]
    service = Service(parts, {cast.adapter.platform: cast.adapter})
    service._looked.set()
    return service


@contextlib.asynccontextmanager
async def serving(cast: Broadcast, fake: FakeTelegram) -> AsyncIterator[Service]:
    """The Inbox behind the adapter that listens, with the engine of `cast`."""
    service = inbox(cast)
    listening = asyncio.create_task(cast.adapter.listen(service))
    await fake.until(lambda: fake.methods.updates.polls > 0)
    try:
        yield service
    finally:
        await cast.adapter.close()
        await listening
