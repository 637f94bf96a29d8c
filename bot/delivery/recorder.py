"""Records outcomes of messages, those of different chats together in one transaction, and applies what follows for each.

A chat's next message is sent only after the record of the last one is committed. Sending is in bot/delivery/sender.py.
"""

import asyncio
import datetime as dt
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from bot.clock import Clock
from bot.delivery.decide import (
    Arrived,
    AsPlain,
    GivenUp,
    Later,
    Next,
    Parked,
    PassedOver,
    Relocated,
    Struck,
    decide,
)
from bot.errors import StoreError
from bot.model import Address, Delivery
from bot.ports import Outcome, Sent, Unreachable
from bot.store import chats, deliveries
from bot.store.connection import Store
from bot.store.recording import record_group

# What comes within this time of the first is written with it: a commit costs as much as some ten records.
GATHER_SECONDS = 0.002
# Enough for every sender; a longer transaction would make people's commands wait.
LARGEST_GROUP = 200

Recorded = tuple[Next, Delivery | None]


@dataclass(frozen=True, slots=True)
class Entry:
    """The outcome of the message at a delivery's cursor, and whether it was sent as plain text."""

    delivery: Delivery
    outcome: Outcome
    plain: bool = False


class Recorder:
    """Records in groups. Used from one event loop."""

    def __init__(self, store: Store, clock: Clock, *, owner: str) -> None:
        self._store, self._clock, self._owner = store, clock, owner
        self._entries: list[tuple[Entry, asyncio.Future[Recorded]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def record(self, delivery: Delivery, outcome: Outcome, *, plain: bool) -> Recorded:
        """Decide what follows from `outcome`, and return when that is committed; see `follow`.

        Raises StoreError if it could not be written; then none of it is. A caller that is cancelled while it waits
        has its record written all the same.
        """
        done: asyncio.Future[Recorded] = asyncio.get_running_loop().create_future()
        self._entries.append((Entry(delivery, outcome, plain), done))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all(), name="recorder")
        return await done

    async def idle(self) -> None:
        """Wait until everything that was given is written, or was refused."""
        while self._writing is not None:
            await asyncio.wait({self._writing})

    async def _write_all(self) -> None:
        try:
            await asyncio.sleep(GATHER_SECONDS)
            while self._entries:
                group, self._entries = self._entries[:LARGEST_GROUP], self._entries[LARGEST_GROUP:]
                await self._write(group)
        finally:
            self._writing = None

    async def _write(self, group: list[tuple[Entry, asyncio.Future[Recorded]]]) -> None:
        try:
            found = await self._store.write(follow, [entry for entry, _ in group], self._owner, now=self._clock.now())
        except Exception as error:  # noqa: BLE001 - it is handed to whoever waits for it
            if len(group) > 1 and not isinstance(error, StoreError):
                # One of them cannot be written, whatever the reason; that is not the others' fault.
                for single in group:
                    await self._write([single])
                return
            found = [error] * len(group)
        for (_, done), result in zip(group, found, strict=True):
            if done.done():  # cancelled while it waited
                continue
            if isinstance(result, Exception):
                done.set_exception(result)
            else:
                done.set_result(result)


def follow(
    connection: sqlite3.Connection, entries: Sequence[Entry], owner: str, *, now: dt.datetime
) -> list[Recorded | Exception]:
    """Decide what follows from each outcome and write it, in one transaction.

    Returns for each the step and the delivery as it is afterwards, None if this owner has nothing more to send of it: done,
    put off, parked, unsubscribed, or taken by another. One that cannot be written is undone, and its error is returned.
    """
    common = [(at, entry.delivery, entry.outcome) for at, entry in enumerate(entries) if isinstance(entry.outcome, Sent)]
    common = [(at, delivery, sent) for at, delivery, sent in common if sent.container_id in {"", delivery.container_id}]
    left: list[Delivery | None] = []
    if common:
        left = record_group(connection, [(one, sent.external_id) for _, one, sent in common], owner, now=now)
    results: dict[int, Recorded | Exception] = {
        at: (Arrived(sent.external_id, sent.container_id), one) for (at, _, sent), one in zip(common, left, strict=True)
    }
    for at, entry in enumerate(entries):
        if at not in results:
            results[at] = _followed(connection, entry, owner, now)
    return [results[at] for at in range(len(entries))]


def _followed(connection: sqlite3.Connection, entry: Entry, owner: str, now: dt.datetime) -> Recorded | Exception:
    connection.execute("SAVEPOINT entry")
    try:
        step = _follow(connection, entry, owner, now)
        left = deliveries.held(connection, entry.delivery.id, owner)
        if left is None:
            # Ended, or paused: whoever resumes it may take it only when nothing of it is on its way.
            deliveries.release(connection, owner, entry.delivery.id)
    except sqlite3.OperationalError:
        # A full disk, a failing one: nobody's record can be written now, and SQLite may have rolled back by itself.
        raise
    except Exception as error:  # noqa: BLE001
        connection.execute("ROLLBACK TO entry")
        connection.execute("RELEASE entry")
        return error
    connection.execute("RELEASE entry")
    return step, left


def _follow(connection: sqlite3.Connection, entry: Entry, owner: str, now: dt.datetime) -> Next:
    delivery = entry.delivery
    strikes, struck_at = 0, None
    if isinstance(entry.outcome, Unreachable):
        strikes, struck_at = deliveries.strikes(connection, delivery.target_id)
    step = decide(entry.outcome, delivery, now, plain=entry.plain, strikes=strikes, struck_at=struck_at)
    match step:
        case Arrived(external_id, container_id):
            deliveries.record(
                connection, delivery, external_id=external_id, container_id=container_id, owner=owner, now=now
            )
        case PassedOver(reason):
            deliveries.record(connection, delivery, external_id="", refused=reason or "rejected", owner=owner, now=now)
        case AsPlain():
            pass
        case Later(not_before, attempts, reason):
            deliveries.put_off(connection, delivery, owner, not_before=not_before, attempts=attempts, error=reason)
        case Struck(count, not_before, attempts, reason):
            deliveries.strike(connection, delivery.target_id, count, now=now)
            deliveries.put_off(connection, delivery, owner, not_before=not_before, attempts=attempts, error=reason)
        case Relocated(to, attempts):
            deliveries.count_attempt(connection, delivery, attempts)
            chats.move_chat(connection, delivery.address, Address(to.platform, to.chat_id), now=now)
        case Parked(reason):
            deliveries.release(connection, owner, delivery.id)  # refused, so nothing of it is on its way
            chats.park(connection, delivery.target_id, reason, now=now)
        case GivenUp(reason):
            deliveries.fail(connection, delivery, owner, reason, now=now)
    return step
