"""Reports the progress of a broadcast: a log line now and then, one at its end, and a progress bar on a terminal.

The counts come from bot/store/delivery_counts.py, the arithmetic is in bot/delivery/progress.py.
"""

import asyncio
import datetime as dt
import time
from collections.abc import Callable

import structlog

from bot.clock import Clock
from bot.delivery.progress import Progress, Pulse, duration, sent_between
from bot.errors import StoreError
from bot.store import announcements, delivery_counts, pauses
from bot.store.connection import Store
from bot.store.delivery_counts import Underway

LINE_SECONDS = 30.0
LOOK_SECONDS = 5.0
# What is sent in so short a time still belongs to it: a platform asked to wait a little.
SOON = dt.timedelta(seconds=60)
# Counting a million deliveries takes most of a second; it may take this part of the time, but no line may be late by it.
_SHARE = 0.05
_LONGEST_PAUSE = 15.0

log = structlog.get_logger()

Show = Callable[[Progress | None], None]


class Reporter:
    """Watches over whatever is sent from this store, by whichever process."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        show: Show | None = None,
        *,
        line_seconds: float = LINE_SECONDS,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        """`show` is given the progress at each look, and None when nothing is sent any more."""
        self._store, self._clock, self._show = store, clock, show
        self._line_seconds, self._look_seconds = line_seconds, look_seconds
        self._pulse = Pulse()
        self._began: tuple[float, Underway] | None = None
        self._told_at = 0.0
        # What came and went between two looks is told too: by the ids that are new since.
        self._last_id: int | None = None
        self._looked_at = 0.0
        # How far a broadcast was when it was paused; resumed, it may have ended by the next look.
        self._paused: Underway | None = None

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        try:
            while True:
                began = time.monotonic()
                try:
                    await self.look()
                except StoreError as error:
                    log.warning("progress is not known", error=str(error))
                pause = min((time.monotonic() - began) / _SHARE, _LONGEST_PAUSE)
                await asyncio.sleep(max(self._look_seconds, pause))
        finally:
            self._shown(None)

    async def look(self) -> None:
        """Count once, and tell what is to be told."""
        at = time.monotonic()
        last_id = await self._store.read(delivery_counts.last_id)
        if self._began is None and self._last_id is not None and last_id > self._last_id:
            self._began = self._looked_at, await self._store.read(delivery_counts.before_new_ones, self._last_id)
            self._told_at = self._looked_at
            self._pulse.progress(*self._began)
        elif self._began is None and self._paused is not None and not await self._store.read(pauses.everything_paused):
            self._began = self._looked_at, self._paused
            self._pulse.progress(*self._began)
        if self._began is not None:
            self._paused = None
        self._last_id, self._looked_at = last_id, at
        known = () if self._began is None else tuple(self._began[1].days)
        counts = await self._store.read(delivery_counts.underway, self._clock.now() + SOON, known)
        if not counts.chats_left and self._began is None:
            return
        progress = self._pulse.progress(at, counts)
        if self._began is None:
            self._began, self._told_at = (at, counts), at
        if progress is None or not counts.chats_left:
            await self._end(at, counts, progress)
            return
        # A list day that came in between is counted from when it came.
        self._began[1].days.update({day: one for day, one in counts.days.items() if day not in self._began[1].days})
        self._shown(progress)
        if at - self._told_at >= self._line_seconds:
            self._told_at = at
            log.info("broadcast", **_fields(progress), **_pace(progress))

    async def _end(self, at: float, counts: Underway, progress: Progress | None) -> None:
        assert self._began is not None
        began_at, began = self._began
        self._began = None
        self._pulse.clear()
        self._shown(None)
        sent = sent_between(began, counts)
        # Nobody wants a line every five minutes about one chat that is tried again in vain.
        if progress is None or not sent:
            return
        paused = await self._store.read(pauses.everything_paused)
        self._paused = counts if paused else None
        seconds = at - began_at
        rate = round(sent / seconds, 1) if seconds else None
        event = "broadcast paused" if paused else "broadcast ended"
        log.info(event, **_fields(progress), sent=sent, seconds=round(seconds, 1), rate=rate)

    def _shown(self, progress: Progress | None) -> None:
        if self._show is not None:
            self._show(progress)


def _fields(progress: Progress) -> dict[str, object]:
    number = announcements.number_of(progress.list_day)
    return {
        **({"day": progress.list_day.isoformat()} if number is None else {"announcement": number}),
        "done": progress.done,
        "chats": progress.chats,
        "messages_done": progress.messages_done,
        "messages": progress.messages,
        "to_send": progress.ready,
        "waiting": progress.waiting,
        "parked": progress.parked,
        "failed": progress.failed,
        "rejected": progress.rejected,
    }


def _pace(progress: Progress) -> dict[str, object]:
    return {
        "rate": None if progress.rate is None else round(progress.rate, 1),
        "to_go": None if progress.seconds_left is None else duration(progress.seconds_left),
    }
