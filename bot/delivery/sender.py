"""Sends one delivery from its cursor to its end: compose, wait for a turn, send, and have it recorded before the next.

What follows from an outcome, and how it is recorded, is in bot/delivery/recorder.py.
"""

import asyncio
import datetime as dt
import time
import zlib
from collections.abc import Callable, Mapping

import structlog

from bot.clock import Clock
from bot.delivery.compositions import Compositions
from bot.delivery.decide import Arrived, AsPlain, GivenUp, Later, Next, Parked, PassedOver, Relocated, Struck
from bot.delivery.pace import Pace
from bot.delivery.recorder import Recorder
from bot.errors import StoreError
from bot.message import Message
from bot.model import Delivery
from bot.observing import NOBODY, Ended, Observer, Purpose
from bot.pictures.cards import Cards
from bot.ports import ChatAdapter, Outcome, Rejected, RetryAfter, Unknown
from bot.store import announcements, deliveries
from bot.store.connection import Store

# A row that was read so long ago is read again before a send: somebody may have unsubscribed meanwhile.
_FRESH_SECONDS = 0.25
# A message that makes this program itself fail so often will always do so; it counts as rejected, and the rest goes on.
_FAULTS = 6
# Four digits and letters say where a message goes: with seven of the installation and seven of the delivery (78 billion
# of them) a key has its 25 characters.
_WHERE = 36**4
# A store that cannot be written is tried again after the first, then twice as long each time, up to the second.
_STORE_PAUSE, _LONGEST_STORE_PAUSE = 0.5, 30.0

log = structlog.get_logger()


class Sender:
    """Sends deliveries; one object for all of them, with no state of single ones."""

    def __init__(
        self,
        store: Store,
        adapters: Mapping[str, ChatAdapter],
        clock: Clock,
        pace: Pace,
        *,
        owner: str,
        mark: Callable[[], str],
        observer: Observer = NOBODY,
        cards: Cards | None = None,
    ) -> None:
        """`owner` holds the leases; `mark` gives the installation's own letters, with which every message's key begins."""
        self._store, self._adapters, self._clock, self._pace = store, adapters, clock, pace
        self._owner, self._mark, self._observer = owner, mark, observer
        self.compositions = Compositions(store, cards)
        self.recorder = Recorder(store, clock, owner=owner)
        # Leases of ours that nobody uses: the store could not be written when they were to be given back.
        self.kept: set[int] = set()
        self._in_flight: set[asyncio.Task[object]] = set()
        self._stopping = False

    def stop(self) -> None:
        """Send nothing more; what is in flight is still recorded."""
        self._stopping = True

    def is_in_flight(self, task: asyncio.Task[object]) -> bool:
        """Whether the sender that runs as `task` has a message on its way that is not recorded yet."""
        return task in self._in_flight

    async def send(self, delivery: Delivery, *, read_at: float) -> dt.datetime | None:
        """Send the rest of a delivery whose lease is ours, as it was read at `read_at` on the monotonic clock.

        Returns the instant to which it was put off, or None.
        """
        current: Delivery | None = delivery
        plain = on_its_way = False
        # Whoever ends, parks or puts off a delivery gives its lease back; only what is broken off here is left.
        try:
            while current is not None and not self._stopping:
                message = await self._composed(current)
                await self._pace.turn(current.address)
                if time.monotonic() - read_at > _FRESH_SECONDS:
                    delivery, current = current, await self._store.read(deliveries.held, current.id, self._owner)
                    read_at = time.monotonic()
                    if current is None:
                        # Paused: the lease is still ours, and is given back only now that nothing is on its way.
                        await self._give_back(delivery.id)
                if current is None or self._stopping:
                    break
                on_its_way = True
                step, current = await self._sent_and_recorded(current, message, plain=plain)
                on_its_way = False
                read_at = time.monotonic()
                plain = isinstance(step, AsPlain)
                if isinstance(step, Later | Struck):
                    return step.not_before
            return None
        finally:
            if current is not None:
                await self._give_back(current.id, in_doubt=on_its_way)

    async def give_back_kept(self) -> None:
        """Give back what could not be given back before. Raises StoreError when it still cannot."""
        for delivery_id in tuple(self.kept):
            await self._store.write(deliveries.release, self._owner, delivery_id, in_doubt=True)
            self.kept.discard(delivery_id)

    async def _give_back(self, delivery_id: int, *, in_doubt: bool = False) -> None:
        try:
            await self._store.write(deliveries.release, self._owner, delivery_id, in_doubt=in_doubt)
        except StoreError:
            self.kept.add(delivery_id)
            raise

    async def _composed(self, delivery: Delivery) -> Message | Outcome:
        try:
            return self.compositions.known(delivery) or await self.compositions.message(delivery)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - a paper that cannot be composed is like one that is rejected
            return _fault(error, delivery)

    async def _sent_and_recorded(
        self, delivery: Delivery, message: Message | Outcome, *, plain: bool
    ) -> tuple[Next, Delivery | None]:
        task = asyncio.current_task()
        assert task is not None
        self._in_flight.add(task)
        try:
            outcome = message if not isinstance(message, Message) else await self._outcome(delivery, message, plain=plain)
            if isinstance(outcome, RetryAfter):
                self._pace.obey(delivery.address, outcome)
            return await self._recorded(delivery, outcome, plain=plain)
        finally:
            self._in_flight.discard(task)

    async def _outcome(self, delivery: Delivery, message: Message, *, plain: bool) -> Outcome:
        adapter = self._adapters[delivery.address.platform]
        try:
            outcome = await adapter.send(
                delivery.address,
                message,
                key=message_key(self._mark(), delivery),
                container_id=delivery.container_id,
                plain=plain,
                in_doubt=delivery.attempts > 0,
            )
        except Exception as error:  # noqa: BLE001
            # Adapters promise not to raise. One that does must not stop a chat for ever, nor lose it a message at once.
            outcome = _fault(error, delivery)
        purpose = Purpose.DIGEST if announcements.number_of(delivery.list_day) is None else Purpose.ANNOUNCEMENT
        self._observer.sent(delivery.address.platform, purpose, outcome)
        return outcome

    async def _recorded(self, delivery: Delivery, outcome: Outcome, *, plain: bool) -> tuple[Next, Delivery | None]:
        pause = _STORE_PAUSE
        while True:
            try:
                step, left = await self.recorder.record(delivery, outcome, plain=plain)
            except StoreError as error:
                # A full disk, or a lock held for half a minute: what was sent must be written down before anything else.
                if self._stopping:
                    raise
                log.warning("not recorded yet", chat=str(delivery.address), error=str(error))
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_STORE_PAUSE)
            else:
                _log(delivery, step)
                if (ended := _ended(delivery, step)) is not None:
                    self._observer.delivery_ended(delivery.address.platform, ended)
                return step, left


def message_key(mark: str, delivery: Delivery) -> str:
    """The key of the message at the cursor: at most 25 characters, unique over chats and over installations with one token.

    SQLite reuses the id of a deleted last row: after a chat was forgotten, a delivery of another chat may get it.
    """
    where = zlib.crc32(str(delivery.address).encode("utf-8", "replace")) % _WHERE
    return f"{mark}{_base36(delivery.id)}.{_base36(delivery.cursor)}.{_base36(where)}"


def _fault(error: Exception, delivery: Delivery) -> Outcome:
    reason = f"{type(error).__name__}: {error}"
    # The whole story once is enough.
    trace = error if delivery.attempts == 0 else None
    log.error("message failed", chat=str(delivery.address), message=delivery.cursor, reason=reason, exc_info=trace)
    return Unknown(reason) if delivery.attempts < _FAULTS else Rejected(reason)


def _ended(delivery: Delivery, step: Next) -> Ended | None:
    """How the delivery ended with this step; None when it goes on."""
    match step:
        case Arrived() | PassedOver() if delivery.cursor + 1 == delivery.total:
            return Ended.DONE
        case Parked():
            return Ended.PARKED
        case GivenUp():
            return Ended.FAILED
        case _:
            return None


def _log(delivery: Delivery, step: Next) -> None:
    ends = _ended(delivery, step) is Ended.DONE
    if isinstance(step, Arrived) and not ends:
        return  # ten lines a chat would hide the one that matters
    number = announcements.number_of(delivery.list_day)
    what = {"day": delivery.list_day.isoformat()} if number is None else {"announcement": number}
    bound = log.bind(chat=str(delivery.address), **what)
    if ends:
        bound.info("delivery ended", messages=delivery.total)
    bound = bound.bind(message=delivery.cursor)
    match step:
        case AsPlain(reason) | PassedOver(reason):
            bound.warning("rejected" if isinstance(step, PassedOver) else "rejected, sent as plain text", reason=reason)
        case Later(not_before, attempts, reason) | Struck(_, not_before, attempts, reason):
            bound.info("put off", until=not_before.isoformat(), attempts=attempts, reason=reason)
        case Relocated(to):
            bound.info("chat moved", to=str(to))
        case Parked(reason):
            bound.warning("parked", reason=reason)
        case GivenUp(reason):
            bound.error("given up", reason=reason)


def _base36(number: int) -> str:
    digits = ""
    while True:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
        if not number:
            return digits
