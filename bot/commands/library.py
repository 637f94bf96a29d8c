"""Where answers come from: the store, and what can be fetched into it while somebody waits. No texts here."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

import structlog

from bot.commands.remembered import Remembered
from bot.digest.list_days import is_complete
from bot.errors import SourceError, SourceUnavailable
from bot.model import ListDay, ListDayState, Origin, Paper
from bot.pictures.plots import Plots
from bot.store import list_days
from bot.store.connection import Store

# How long a person waits for the Hub before there is an answer without it.
NEWEST_SECONDS = 10
DAY_SECONDS = 20
# And when there is a list to show already: an archive's, or one that may have grown since.
HAVING_SECONDS = 4
# A paper may need the Hub and then arXiv, which takes one question in three seconds.
PAPER_SECONDS = 40
# A list that was fetched this lately is not asked for again, whatever its state; the hourly job does that.
FRESH = dt.timedelta(minutes=10)
# Between two tries to get a newer list because of what people ask: a Hub that is down is left in peace.
BETWEEN_TRIES = dt.timedelta(minutes=1)
# How many weekdays without papers, holidays for the most part, are looked through for the list before a day.
WEEKDAYS_BACK = 4

T = TypeVar("T")
_log = structlog.get_logger(__name__)


class DayFetcher(Protocol):
    """What `bot.digest.fetching.Fetcher` offers to commands."""

    async def fetch_day(self, day: dt.date) -> ListDay:
        """Fetch a day's list into the store. Raises SourceError."""

    async def fetch_newest(self) -> ListDay | None:
        """Fetch the newest list that has papers. Raises SourceError."""


class PaperFinding(Protocol):
    """What `bot.digest.fetching.PaperFinder` offers to commands."""

    async def find(self, paper_id: str) -> Paper:
        """The paper, from the store or a source. Raises PaperNotFound, SourceUnavailable, UnreadableAnswer."""


class SummaryWishing(Protocol):
    """What `bot.summarizing.Summarizing` offers to commands."""

    async def wish(self, paper: Paper, language: str) -> bool:
        """Have a summary written that is missing, soon. Gives whether there will be one, as far as can be known."""


class Library:
    """The store and its two ways out. One for the whole program: it remembers when the Hub was last asked for people."""

    def __init__(
        self,
        store: Store,
        fetcher: DayFetcher,
        finder: PaperFinding,
        summarizing: SummaryWishing | None = None,
        plots: Plots | None = None,
    ) -> None:
        self.store = store
        self.plots = plots
        self.summarizing = summarizing
        self.fetcher = fetcher
        self.finder = finder
        self.remembered = Remembered()
        self._trying = asyncio.Lock()
        self._tried_at: dt.datetime | None = None

    async def newest(self, now: dt.datetime) -> ListDay | None:
        """The newest list day with papers. The Hub is asked, for ten seconds at most, when the store may be behind."""
        newest = await self.store.read(list_days.newest_with_papers, now.astimezone(dt.UTC).date())
        if not await self._behind(newest, now):
            return newest
        # Those who ask meanwhile wait here, and find that the try has been made.
        async with self._trying:
            if self._tried_at is None or now - self._tried_at >= BETWEEN_TRIES:
                self._tried_at = now
                try:
                    await _bounded(NEWEST_SECONDS, self.fetcher.fetch_newest)
                except SourceError as error:
                    _log.warning("the newest list could not be fetched", error=str(error))
        return await self.store.read(list_days.newest_with_papers, now.astimezone(dt.UTC).date())

    async def _behind(self, newest: ListDay | None, now: dt.datetime) -> bool:
        """Whether a list before today's is not there, though the Hub may have it."""
        if newest is None:
            return True
        missed = _weekdays_between(newest.day, now.astimezone(dt.UTC).date())
        if not missed:
            return False
        known = await self.store.read(list_days.list_days, missed[0], missed[-1])
        return bool(set(missed) - {day.day for day in known if is_complete(day)})

    async def day(self, day: dt.date, now: dt.datetime) -> ListDay:
        """A list day, fetched unless the Hub has said its last word of it or has just been asked. Raises SourceError."""
        known = await self.store.read(list_days.list_day, day)
        # A recording that was imported is shown at once too: `fetch --since`, not a person who waits, asks what it lacks.
        recorded = known is not None and known.papers and known.origin is Origin.HUB and known.state is ListDayState.CLOSED
        if known is not None and (recorded or is_complete(known)):
            return known
        if known is not None:
            if known.fetched_at is not None and now - known.fetched_at < FRESH:
                return known
            if known.failed_at is not None and now - known.failed_at < BETWEEN_TRIES:
                raise SourceUnavailable(known.last_error)
        seconds = HAVING_SECONDS if known is not None and known.papers else DAY_SECONDS
        return await _bounded(seconds, lambda: self.fetcher.fetch_day(day))

    async def before(self, day: dt.date, now: dt.datetime) -> ListDay | None:
        """The list day with papers before `day`; weekdays between them that were never fetched are fetched first."""
        before = await self.store.read(list_days.before_with_papers, day)
        earliest = before.day if before is not None else day - dt.timedelta(days=WEEKDAYS_BACK + 3)
        for missed in reversed(_weekdays_between(earliest, day)[-WEEKDAYS_BACK:]):
            try:
                found = await self.day(missed, now)
            except SourceError as error:
                _log.warning("a list could not be fetched", day=missed.isoformat(), error=str(error))
                break
            if found.papers:
                return found
        return before

    async def paper(self, paper_id: str) -> Paper:
        """One paper, from the store, else the Hub, else arXiv. Raises PaperNotFound or another SourceError."""
        return await _bounded(PAPER_SECONDS, lambda: self.finder.find(paper_id))

    async def wish(self, paper: Paper, language: str) -> bool:
        """Have a summary in `language` written while the reader reads what there is; False when none is on its way."""
        return self.summarizing is not None and await self.summarizing.wish(paper, language)


async def _bounded(seconds: float, fetch: Callable[[], Awaitable[T]]) -> T:
    try:
        async with asyncio.timeout(seconds):
            return await fetch()
    except TimeoutError:
        raise SourceUnavailable(f"There was no answer within {seconds:g} seconds. Try again later.") from None


def _weekdays_between(after: dt.date, before: dt.date) -> list[dt.date]:
    """The Mondays to Fridays between two days, neither of them included."""
    days = (after + dt.timedelta(days=number) for number in range(1, (before - after).days))
    return [day for day in days if day.weekday() < 5]
