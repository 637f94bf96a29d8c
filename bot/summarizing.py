"""The summaries' life beside the service: imported ones are checked, missing ones written, after each fetch."""

import asyncio

import structlog

from bot.errors import DailyPapersError
from bot.store.connection import Store
from bot.summaries.checking import check_batch
from bot.summaries.pipeline import Summaries

log = structlog.get_logger()


class Summarizing:
    """Works when it is woken, and once at the start. No fetch and no delivery waits for it."""

    def __init__(self, store: Store, summaries: Summaries) -> None:
        self._store, self._summaries = store, summaries
        self._woken = asyncio.Event()
        self._woken.set()

    def wake(self) -> None:
        """There may be something new: papers, abstracts, votes."""
        self._woken.set()

    async def run(self) -> None:
        """Work again and again, until cancelled."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                await self.work()
            except DailyPapersError as error:
                log.warning("summaries are not made", error=str(error))
            except Exception:
                log.exception("summaries are not made")

    async def work(self) -> None:
        """Check what was not checked, then have written what is missing."""
        checked = 0
        # A batch at a time: a thread cannot be stopped in the middle when the service is.
        while batch := await asyncio.to_thread(check_batch, self._store):
            checked += batch
        if checked:
            log.info("summaries checked", summaries=checked)
        await self._summaries.make_ahead()
