"""Background work on summaries: after each fetch, imported ones are checked and missing ones are written.

In addition, one at a time, those of papers that somebody asks for, of any day.
"""

import asyncio

import structlog

from bot.errors import DailyPapersError, SourceError
from bot.model import Paper
from bot.store.connection import Store
from bot.summaries.checking import check_batch
from bot.summaries.pipeline import Summaries

log = structlog.get_logger()

# Papers that people asked for and that wait for the model, some seconds each; more would not come in a minute.
MOST_WISHES = 10


class Summarizing:
    """Works when it is woken, and once at the start. No fetch and no delivery waits for it."""

    def __init__(self, store: Store, summaries: Summaries) -> None:
        self._store, self._summaries = store, summaries
        self._woken = asyncio.Event()
        self._woken.set()
        self._wishes: dict[tuple[str, str], None] = {}
        self._wished = asyncio.Event()

    async def wish(self, paper: Paper, language: str) -> bool:
        """Have a summary written that is missing, soon. Gives whether there will be one, as far as can be known.

        The day's budget bounds what people's questions cost, as it does what is written for digests.
        """
        key = paper.id, language
        if key not in self._wishes and len(self._wishes) >= MOST_WISHES:
            return False
        # Asked even of one that waits: its summary may be there a moment before it leaves the queue.
        if not await self._summaries.may_ask(paper, language):
            return False
        self._wishes[key] = None
        self._wished.set()
        return True

    def wake(self) -> None:
        """There may be something new: papers, abstracts, votes."""
        self._woken.set()

    async def run(self) -> None:
        """Work again and again, until cancelled. Who asked for a paper does not wait for the days' papers."""
        await asyncio.gather(self._run(), self._fulfil())

    async def _fulfil(self) -> None:
        while True:
            await self._wished.wait()
            self._wished.clear()
            while self._wishes:
                key = next(iter(self._wishes))
                try:
                    made = await self._summaries.make(*key)
                    log.info("a summary that was asked for", paper=key[0], language=key[1], outcome=made.outcome.value)
                except SourceError as error:
                    log.warning("no summary that was asked for", paper=key[0], language=key[1], error=str(error))
                except Exception:
                    log.exception("no summary that was asked for", paper=key[0], language=key[1])
                finally:
                    self._wishes.pop(key, None)

    async def _run(self) -> None:
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
