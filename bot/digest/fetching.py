"""Fetching lists and papers into the store. Which days, and what state they then have: bot/digest/list_days.py."""

import datetime as dt
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from bot.clock import Clock
from bot.digest.list_days import (
    BACKWARDS_DAYS,
    GAP_DAYS,
    YOUNG,
    days_between,
    days_to_refresh,
    first_wanted,
    gaps,
    is_complete,
    state_after_fetch,
)
from bot.errors import PaperNotFound, SourceError, SourceRefused, SourceUnavailable, UnreadableAnswer
from bot.model import ListDay, ListDayState, Origin, Paper
from bot.observing import NOBODY, Observer
from bot.ports import DaySource, PaperSource, SourcePaper
from bot.shared import Shared
from bot.store.connection import Store
from bot.store.list_days import first_fetched, list_day, list_days, save_failure, save_list
from bot.store.papers import merge_papers, paper

log = structlog.get_logger()

# A list that has been closed for a week began a day, and is looked at a day, more than that ago.
_YOUNG_DAYS = YOUNG[-1].days + 2

# Papers that are looked up at one time: arXiv takes one question in three seconds, and nobody waits for a minute.
MOST_LOOKED_UP = 20


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of fetching several days: the days that were fetched, those skipped as complete, and what went wrong."""

    days: tuple[ListDay, ...] = ()
    skipped: int = 0
    failures: tuple[str, ...] = ()


class Fetcher:
    """Brings the lists of a `DaySource` into the store."""

    def __init__(
        self,
        store: Store,
        source: DaySource,
        clock: Clock,
        settle_hour: int = 12,
        gap_days: int = GAP_DAYS,
        *,
        observer: Observer = NOBODY,
    ) -> None:
        self._store = store
        self._source = source
        self._clock = clock
        self._settle_hour = settle_hour
        self._gap_days = gap_days
        self._observer = observer
        self._days = Shared(self._fetch)

    async def fetch_day(self, day: dt.date) -> ListDay:
        """Fetch one day's list and save it. Those who ask for the same day at once share the answer.

        Raises SourceRefused for a day that the source does not have yet, of which nothing is saved; SourceUnavailable or
        UnreadableAnswer, of which the failure is saved, and what was known of the day stays.
        """
        return await self._days.get(day)

    async def _fetch(self, day: dt.date) -> ListDay:
        # The answer speaks of the instant at which it was asked for; a paper is seen when it is written.
        asked_at = self._clock.now()
        try:
            papers = await self._source.day(day)
            if not papers and await self._store.read(_has_hub_papers, day):
                raise UnreadableAnswer(
                    f"The source now answers that {day} has no papers, though it had some; they are kept."
                )
        except SourceRefused:
            self._observer.fetched("refused")
            raise
        except SourceError as error:
            self._observer.fetched("failed")
            await self._store.write(save_failure, day, str(error), now=self._clock.now())
            raise
        state = state_after_fetch(day, len(papers), asked_at, self._settle_hour)
        saved = await self._store.write(_save, day, papers, state=state, clock=self._clock)
        self._observer.fetched("fetched")
        log.info("list fetched", day=day.isoformat(), papers=saved.papers, state=saved.state.value)
        return saved

    async def fetch_newest(self) -> ListDay | None:
        """Fetch the newest day that has papers: today's in UTC, or the first before it. None when there is none.

        Raises SourceUnavailable or UnreadableAnswer at the first day that could not be fetched.
        """
        today = self._clock.now().date()
        answered = False
        for offset in range(BACKWARDS_DAYS + 1):
            day = today - dt.timedelta(days=offset)
            known = await self._store.read(list_day, day)
            if offset and known is not None and is_complete(known):
                answered = True
                if known.papers:
                    return known
                continue
            try:
                fetched = await self.fetch_day(day)
            except SourceRefused:
                continue
            answered = True
            if fetched.papers:
                return fetched
        # Refused for each day: our clock is ahead of the source's.
        return None if answered else await self._fetch_hinted()

    async def fetch_since(self, since: dt.date, progress: Callable[[dt.date, int, int], None] | None = None) -> Fetched:
        """Fetch every day from `since` to today that is not complete yet, the newest first; call it again to go on.

        `progress(day, done, total)` is called before each day, and once at the end. One day that cannot be read does not
        stop the others. Raises SourceUnavailable; what was fetched until then is saved.
        """
        today = self._clock.now().date()
        known = {one.day: one for one in await self._store.read(list_days, since, today)}
        every = list(days_between(since, today))[::-1]
        wanted = [day for day in every if not is_complete(known.get(day))]
        fetched: list[ListDay] = []
        failures: list[str] = []
        for done, day in enumerate(wanted):
            if progress is not None:
                progress(day, done, len(wanted))
            try:
                fetched.append(await self.fetch_day(day))
            except (SourceRefused, UnreadableAnswer) as error:
                failures.append(str(error))
        if progress is not None:
            progress(since, len(wanted), len(wanted))
        return Fetched(tuple(fetched), len(every) - len(wanted), tuple(failures))

    async def refresh(self) -> Fetched:
        """The hourly job, and the first thing that a start does: what bot/digest/list_days.py names, gaps among it."""
        now = self._clock.now()
        return await self._fetch_each(days_to_refresh(now, await self._known(now), self._gap_days))

    async def gaps(self) -> tuple[dt.date | None, list[tuple[dt.date, ListDay | None]]]:
        """The first day that must not be missing, and the days since then that are, the newest first, as they are known."""
        now = self._clock.now()
        known = await self._known(now)
        by_day = {one.day: one for one in known}
        missing = [(day, by_day.get(day)) for day in gaps(now, known, self._gap_days)]
        return first_wanted(now, known, self._gap_days), missing

    async def _known(self, now: dt.datetime) -> list[ListDay]:
        """What is known of the days that count, and of the first that was ever fetched, which may be long ago."""
        days = max(self._gap_days, _YOUNG_DAYS)
        known = await self._store.read(list_days, now.date() - dt.timedelta(days=days), now.date())
        first = await self._store.read(first_fetched)
        return known if first is None or first in known else [first, *known]

    async def _fetch_each(self, wanted: Sequence[dt.date]) -> Fetched:
        """Fetch these days; one that fails stops no other."""
        fetched: list[ListDay] = []
        failures: list[str] = []
        for day in wanted:
            try:
                fetched.append(await self.fetch_day(day))
            except SourceRefused as error:
                log.debug("no list yet", day=day.isoformat(), error=str(error))
            except SourceError as error:
                log.warning("list not fetched", day=day.isoformat(), error=str(error))
                failures.append(str(error))
        return Fetched(tuple(fetched), failures=tuple(failures))

    async def _fetch_hinted(self) -> ListDay | None:
        for day in await self._source.newest_hint():
            try:
                fetched = await self.fetch_day(day)
            except SourceRefused:
                continue
            if fetched.papers:
                return fetched
        return None

    async def close(self) -> None:
        """Break off what is being fetched, and wait until it has ended."""
        await self._days.close()


class PaperFinder:
    """Finds one paper: in the store, else at the first source that knows it. What was found is kept."""

    def __init__(self, store: Store, sources: Sequence[PaperSource], clock: Clock) -> None:
        self._store = store
        self._sources = tuple(sources)
        self._clock = clock
        self._asked = Shared(self._ask)

    async def find(self, paper_id: str) -> Paper:
        """The paper with its summaries. People who ask for the same one at once share a request.

        Raises PaperNotFound when every source said so; SourceUnavailable when one that might know it did not answer, or
        when too many others are looked up.
        """
        known = await self._store.read(paper, paper_id)
        if known is not None:
            return known
        if paper_id not in self._asked and len(self._asked) >= MOST_LOOKED_UP:
            raise SourceUnavailable(f"{len(self._asked)} other papers are being looked up; try {paper_id} again later.")
        return await self._asked.get(paper_id)

    async def _ask(self, paper_id: str) -> Paper:
        silent: list[str] = []
        for source in self._sources:
            try:
                found = await source.paper(paper_id)
            except PaperNotFound:
                continue
            except SourceError as error:
                log.warning("paper not fetched", paper=paper_id, error=str(error))
                silent.append(str(error))
                continue
            return await self._store.write(_save_paper, found, now=self._clock.now())
        if silent:
            raise SourceUnavailable(f"The paper {paper_id} could not be looked up. {' '.join(silent)}")
        raise PaperNotFound(f"Nobody who was asked knows the paper {paper_id}. Check the number.")

    async def close(self) -> None:
        """Break off what is being looked up, and wait until it has ended."""
        await self._asked.close()


def _has_hub_papers(connection: sqlite3.Connection, day: dt.date) -> bool:
    known = list_day(connection, day)
    return known is not None and known.origin is Origin.HUB and known.papers > 0


def _save(
    connection: sqlite3.Connection, day: dt.date, given: Sequence[SourcePaper], *, state: ListDayState, clock: Clock
) -> ListDay:
    # Asked inside the transaction, so that it tells whether a digest was frozen before these papers were there.
    now = clock.now()
    merge_papers(connection, given, now=now)
    return save_list(connection, day, [one.paper for one in given], origin=Origin.HUB, state=state, now=now)


def _save_paper(connection: sqlite3.Connection, found: SourcePaper, *, now: dt.datetime) -> Paper:
    merge_papers(connection, [found], now=now)
    saved = paper(connection, found.paper.id)
    assert saved is not None
    return saved
