"""The engine: plans, claims deliveries by leases, and keeps a bounded number of senders at work. Has no rules."""

import asyncio
import contextlib
import datetime as dt
import secrets
import sqlite3
import time
from collections.abc import Mapping

import structlog

from bot.clock import Clock
from bot.delivery import control, plan, timekeeping
from bot.delivery.due import OWED_LIMIT
from bot.delivery.leases import Life, life, this_process
from bot.delivery.pace import Pace
from bot.delivery.report import Report, Watch
from bot.delivery.sender import Sender
from bot.errors import StoreError
from bot.model import Chat, Delivery
from bot.observing import NOBODY, Observer
from bot.pictures.cards import Cards
from bot.ports import ChatAdapter
from bot.settings import Settings
from bot.store import deliveries, key_values, selections
from bot.store.connection import Store

# Chats that are being sent to at one time. Enough for Telegram's 30 a second at one message a second a chat.
SENDERS = 64
# How long a lease lasts when nobody renews it, and how often it is renewed. Counts only between machines.
LEASE = dt.timedelta(seconds=90)
RENEW_SECONDS = 30.0
# What is in flight when the engine stops has this long to end.
GRACE_SECONDS = 3.0
# What was planned longer ago than this and is no longer owed is not sent after an outage.
STALE = dt.timedelta(hours=48)
# How often it is looked for.
SWEEP = dt.timedelta(hours=1)

log = structlog.get_logger()


class Engine:
    """Delivers digests through `adapters`. One per process; several processes may share one store."""

    def __init__(
        self,
        store: Store,
        adapters: Mapping[str, ChatAdapter],
        clock: Clock,
        pace: Pace,
        settings: Settings,
        *,
        observer: Observer = NOBODY,
        cards: Cards | None = None,
    ) -> None:
        """`cards` are the pictures with which digests begin; None for text only."""
        self._store, self._adapters, self._clock, self._settings = store, adapters, clock, settings
        self._owner = str(this_process())
        self._mark = ""
        self._only: int | None = None  # the one target that is sent to, when it is one
        self._sender = Sender(
            store, adapters, clock, pace, owner=self._owner, mark=lambda: self._mark, observer=observer, cards=cards
        )
        self._senders: dict[asyncio.Task[object], int] = {}  # with the number of the delivery
        self._background: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._alarm: asyncio.TimerHandle | None = None
        self._starting = asyncio.Lock()
        self._started = False
        self._ticked_at: dt.datetime | None = None
        self._swept_at: dt.datetime | None = None
        self._stopping = False
        self._stopped = asyncio.Event()

    @property
    def ticked_at(self) -> dt.datetime | None:
        """When the last tick began."""
        return self._ticked_at

    async def tick(self) -> None:
        """Plan for those who are due and start senders; returns when that is done, not when everything is sent.

        Call it every few seconds. Raises StoreError; the next call makes up for it.
        """
        if self._stopping:
            return
        await self._start()
        await self._take_back()
        now = self._clock.now()
        if self._swept_at is not None and not dt.timedelta() <= now - self._swept_at < SWEEP:
            await self._give_up_stale(now)
        self._ticked_at = now
        await timekeeping.follow_clock(self._store, now)
        await plan.plan_due(self._store, now=self._clock.now(), settle_hour=self._settings.settle_hour_utc)
        await plan.plan_announcements(self._store, now=self._clock.now())
        self._look()

    async def idle(self) -> None:
        """Wait until nothing is being sent and nothing is left that could be sent now."""
        await self._idle.wait()

    async def stop(self) -> None:
        """Start nothing more, wait until what is in flight is recorded, give the leases back."""
        self._stopping = True
        self._sender.stop()
        if self._alarm is not None:
            self._alarm.cancel()
        for work in self._background:
            work.cancel()
        senders = set(self._senders)
        for sender in senders:
            # Those that wait for their turn have nothing to lose.
            if not self._sender.is_in_flight(sender):
                sender.cancel()
        if senders:
            await asyncio.wait(senders, timeout=GRACE_SECONDS)
        for sender in senders:
            sender.cancel()
        await asyncio.gather(*senders, *self._background, return_exceptions=True)
        await self._sender.recorder.idle()
        try:
            await self._sender.give_back_kept()
            await self._store.write(deliveries.release, self._owner)
        except StoreError as error:
            log.warning("leases not given back; the next start takes them", error=str(error))
        self._stopped.set()

    async def deliver(self, day: dt.date | None = None, *, chat: Chat | None = None, again: bool = False) -> Report:
        """Deliver what is due now, or `day` to everybody who has not had it, and return when all of it is done.

        With `chat` only to that one; `again` then sends it `day` once more. Another process may send some of it. What
        cannot be sent for a long time is left, and the report says so. Raises UsageError when the store has no papers of
        `day`, or when the chat has had it.
        """
        self._only = only = None if chat is None else chat.target_id
        await self._start()
        await self._take_back()
        watch = await Watch.begin(self._store, day, frozenset(self._adapters), self._clock, only=only)
        now = self._clock.now()
        if day is None:
            planned = await plan.plan_due(self._store, now=now, settle_hour=self._settings.settle_hour_utc, only=only)
        elif chat is not None:
            planned = await control.plan_once(self._store, chat, day, again=again, now=now)
        else:
            planned = await plan.plan_day(self._store, day, now=now)
        await watch.include_all()
        self._look()
        while not self._stopping and not await watch.ended():
            await asyncio.sleep(watch.pause)
            await self._take_back()
            self._look()
        if self._stopping:
            await self._stopped.wait()  # what is in flight belongs to the report
        return await watch.report(planned)

    # --- Starting ---------------------------------------------------------------------------------------------------

    async def _start(self) -> None:
        async with self._starting:
            if self._started:
                return
            self._mark = await self._store.write(_installation_mark)
            await self._give_up_stale(self._clock.now())
            await timekeeping.follow_zones(self._store, self._clock.now())
            self._started = True
            for work in (self._dispatch, self._renew):
                self._background.add(asyncio.create_task(work(), name=f"engine {work.__name__}"))

    async def _give_up_stale(self, now: dt.datetime) -> None:
        """After an outage, whatever it was: the program was off, the machine slept, an operator held everything back."""
        if given_up := await self._store.write(_give_up_stale, now):
            log.warning("given up what was left from long ago", deliveries=given_up)
        self._swept_at = now

    async def _take_back(self) -> None:
        """Give back the leases of processes that have died."""
        for owner in await self._store.read(deliveries.lease_owners):
            if owner == self._owner:
                continue
            found = life(owner)
            if found is Life.DEAD and (count := await self._store.write(deliveries.release, owner, in_doubt=True)):
                log.warning("took over from a process that has died", owner=owner, deliveries=count)
            elif found is Life.UNKNOWN:
                await self._store.write(deliveries.release_overdue, owner, self._clock.now())

    # --- Senders ----------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        self._idle.clear()
        self._wake.set()

    async def _dispatch(self) -> None:
        """Keep senders at work as long as there is something to send."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                taken = await self._take(SENDERS - len(self._senders))
            except Exception as error:  # noqa: BLE001 - whatever it is, deliveries must go on when it is over
                log.warning("nothing can be taken to be sent", error=str(error))
                await asyncio.sleep(1)
                self._wake.set()
                continue
            for delivery in taken:
                task: asyncio.Task[object] = asyncio.create_task(
                    self._send(delivery, time.monotonic()), name=f"delivery {delivery.id}"
                )
                self._senders[task] = delivery.id
                task.add_done_callback(self._sender_ended)
            if not self._senders and not self._wake.is_set():
                self._sender.compositions.clear()
                self._idle.set()

    async def _take(self, limit: int) -> list[Delivery]:
        if limit <= 0:
            return []
        await self._sender.give_back_kept()
        now = self._clock.now()
        # Once begun a transaction ends: a cancelled claim would leave leases behind, which `stop` gives back.
        return await self._store.write(
            deliveries.claim,
            self._owner,
            list(self._adapters),
            now=now,
            until=now + LEASE,
            limit=limit,
            only=self._only,
            sending=list(self._senders.values()),
        )

    async def _send(self, delivery: Delivery, read_at: float) -> None:
        try:
            put_off = await self._sender.send(delivery, read_at=read_at)
        except StoreError as error:
            log.warning("delivery interrupted", chat=str(delivery.address), error=str(error))
        except Exception:
            log.exception("delivery interrupted", chat=str(delivery.address))
        else:
            if put_off is not None:
                self._look_at(put_off)

    def _sender_ended(self, task: asyncio.Task[object]) -> None:
        self._senders.pop(task, None)
        self._wake.set()

    def _look_at(self, instant: dt.datetime) -> None:
        """Look again at this instant, if it comes before the next tick."""
        loop = asyncio.get_running_loop()
        at = loop.time() + max(0.0, (instant - self._clock.now()).total_seconds()) + 0.005
        if self._alarm is None or self._alarm.cancelled() or self._alarm.when() > at or self._alarm.when() < loop.time():
            if self._alarm is not None:
                self._alarm.cancel()
            self._alarm = loop.call_at(at, self._look)

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            with contextlib.suppress(StoreError):  # the next one may succeed; a lease outlives two that fail
                await self._store.write(deliveries.renew, self._owner, self._clock.now() + LEASE)


def _installation_mark(connection: sqlite3.Connection) -> str:
    """A few letters that belong to this store: two stores with one token, or a new store, must not share message keys."""
    mark = key_values.get(connection, "delivery", "mark")
    if mark is None:
        mark = secrets.token_hex(3)
        key_values.put(connection, "delivery", "mark", mark)
    return f"{mark}-"


def _give_up_stale(connection: sqlite3.Connection, now: dt.datetime) -> int:
    known = selections.deliverable_days(connection, since=now.date() - dt.timedelta(days=60), until=now.date())
    if len(known) < OWED_LIMIT:
        return 0
    return deliveries.give_up_stale(connection, known[-OWED_LIMIT].day, now - STALE, now=now)
