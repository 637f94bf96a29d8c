"""`daily-papers deliver`: waits until everything planned is done, whoever sends it, and reports."""

import datetime as dt
import time
from dataclasses import dataclass
from typing import Self

from bot.clock import Clock
from bot.store import delivery_counts
from bot.store.connection import Store

# Put off for longer than this is not waited for: the next `deliver`, or a `run`, sends it.
_SOON = dt.timedelta(minutes=10)
# Without any progress for so long, the rest is left. Where no adapter here serves the platform, another process may.
_PATIENCE_SECONDS = 900.0
_OTHERS_PATIENCE_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a `deliver` came to, in deliveries; `rejected` counts messages that a platform refused: they were passed over.

    `left` are open and will be tried again, of which `left_by_platform` says where; `waiting` wait for their list day.
    `reasons` are those of what was parked or failed or is left, with how many had it, the most frequent first.
    """

    planned: int
    done: int
    parked: int
    failed: int
    skipped: int
    rejected: int
    left: int
    waiting: int
    reasons: tuple[tuple[str, int], ...]
    left_by_platform: tuple[tuple[str, int], ...] = ()

    @property
    def complete(self) -> bool:
        """Whether everything that was planned has arrived."""
        return not (self.left or self.failed or self.parked or self.rejected)


class Watch:
    """The deliveries of one `deliver`: those that are open after planning. Keeps counts, no rows."""

    def __init__(
        self, store: Store, day: dt.date | None, platforms: frozenset[str], clock: Clock, only: int | None
    ) -> None:
        self._store, self._day, self._platforms, self._clock, self._only = store, day, platforms, clock, only
        self._last_id = 0
        self._before = delivery_counts.Tally()
        self._open = delivery_counts.Open()
        self._moved_at = time.monotonic()
        self._started_at = clock.now()
        self.pause = 0.05

    @classmethod
    async def begin(
        cls, store: Store, day: dt.date | None, platforms: frozenset[str], clock: Clock, *, only: int | None = None
    ) -> Self:
        """Count what has ended before, so that the report tells what has ended since; of a single target with `only`."""
        watch = cls(store, day, platforms, clock, only)
        watch._before = await store.read(delivery_counts.tally, day, only)
        return watch

    async def include_all(self) -> None:
        """Watch over everything that is planned by now; what is planned later is another's."""
        self._last_id = await self._store.read(delivery_counts.last_id)

    async def ended(self) -> bool:
        """Whether nothing is left that will be sent soon."""
        now = self._clock.now()
        found = await self._store.read(
            delivery_counts.open_until,
            self._last_id,
            self._day,
            platforms=self._platforms,
            soon=now + _SOON,
            only=self._only,
        )
        if found != self._open:
            self._open, self._moved_at, self.pause = found, time.monotonic(), 0.05
        else:
            self.pause = min(1.0, self.pause * 1.5)
        patience = _PATIENCE_SECONDS if found.ours else _OTHERS_PATIENCE_SECONDS
        return found.count == 0 or time.monotonic() - self._moved_at > patience

    async def report(self, planned: int) -> Report:
        after = await self._store.read(delivery_counts.tally, self._day, self._only)
        before = self._before
        left = await self._store.read(delivery_counts.open_by_platform, self._last_id, self._day, self._only)
        return Report(
            planned=planned,
            done=after.done - before.done,
            parked=max(0, after.parked - before.parked),
            failed=after.failed - before.failed,
            skipped=after.skipped - before.skipped,
            rejected=after.rejected - before.rejected,
            left=sum(left.values()),
            left_by_platform=tuple(left.items()),
            waiting=after.waiting,
            reasons=tuple(
                await self._store.read(delivery_counts.last_reasons, self._last_id, self._started_at, self._only)
            ),
        )
