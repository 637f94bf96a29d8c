"""A broadcast over a real file to a fake platform, through the real adapter: what the tests of faults share.

Which faults there are, and what they are to leave behind, is in the tests.
"""

import asyncio
import contextlib
import datetime as dt
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from bot.clock import Clock, from_text
from bot.delivery.engine import Engine
from bot.delivery.pace import Pace
from bot.delivery.subscribing import subscribe
from bot.model import Address, Chat, ChatKind
from bot.pictures.cards import Cards
from bot.ports import ChatAdapter
from bot.settings import Settings
from bot.store import chats
from bot.store.connection import Store, open_store
from tests.unit.delivery.scene import NOW, TEN, ids_of, order, put_chat, put_day

# Seoul's 09:00 after the list day of 2024-03-28 has settled.
DUE = dt.datetime(2024, 3, 29, 0, 0, tzinfo=dt.UTC)
# Enough for a middle, and quick.
FOUR = TEN[:4]
HEADING = "Daily Papers · 2024-03-28 (Thu)"


class HandClock(Clock):
    """A clock that stands still until it is moved, in either direction."""

    at: dt.datetime

    def __init__(self, start: dt.datetime) -> None:
        object.__setattr__(self, "at", start)

    def now(self) -> dt.datetime:
        return self.at

    def set(self, at: dt.datetime) -> None:
        object.__setattr__(self, "at", at)

    def advance(self, **time: float) -> None:
        self.set(self.at + dt.timedelta(**time))


class Broadcast:
    """One store, one adapter, one engine."""

    def __init__(self, store: Store, adapter: ChatAdapter, cards: Cards | None = None) -> None:
        self.store, self.adapter, self.cards = store, adapter, cards
        self.clock = HandClock(NOW)
        self.engine = self.new_engine()

    def new_engine(self) -> Engine:
        return Engine(self.store, {self.adapter.platform: self.adapter}, self.clock, Pace({}), Settings(), cards=self.cards)

    async def restart(self) -> None:
        """As a program that was stopped cleanly and started again."""
        await self.engine.stop()
        self.engine = self.new_engine()

    def day(self, text: str, ids: tuple[str, ...] = FOUR) -> None:
        self.store.write_now(put_day, text, ids_of(text, ids))

    def subscriber(self, chat_id: object, *, topic: object = "", kind: ChatKind = ChatKind.PRIVATE, **changes: Any) -> Chat:
        def put(connection: Any) -> Chat:
            chat = put_chat(connection, str(chat_id), platform=self.adapter.platform, topic=str(topic), kind=kind)
            return subscribe(connection, chat, order(**changes), now=self.clock.now(), settle_hour=12).chat

        return self.store.write_now(put)

    async def run(self, at: dt.datetime | None = None, **later: float) -> None:
        """One tick and all that it sends, at an instant or so much later."""
        if at is not None:
            self.clock.set(at)
        self.clock.advance(**later)
        await self.engine.tick()
        async with asyncio.timeout(10):
            await self.engine.idle()

    def row(self, chat_id: object, list_day: str = "2024-03-28") -> dict[str, Any]:
        """The delivery's row, with its target's strikes and why it is parked; `waits` is the seconds until `not_before`."""

        def read(connection: Any) -> dict[str, Any]:
            found = connection.execute(
                "SELECT delivery.*, strikes, parked FROM delivery JOIN target ON target.id = target_id "
                "WHERE chat_id = ? AND list_day = ?",
                (str(chat_id), list_day),
            ).fetchone()
            return dict(found)

        row = self.store.read_now(read)
        row["waits"] = (from_text(row["not_before"]) - self.clock.now()).total_seconds() if row["not_before"] else None
        return row

    def days(self, chat_id: object) -> dict[str, str]:
        """Every list day of a chat's and the state of its delivery."""

        def read(connection: Any) -> dict[str, str]:
            rows = connection.execute(
                "SELECT list_day, state FROM delivery JOIN target ON target.id = target_id WHERE chat_id = ? "
                "ORDER BY list_day",
                (str(chat_id),),
            )
            return dict(rows.fetchall())

        return self.store.read_now(read)

    def recorded(self, chat_id: object) -> list[int]:
        """The positions of the messages that are recorded as standing in the chat."""

        def read(connection: Any) -> list[int]:
            rows = connection.execute(
                "SELECT position FROM delivery_message JOIN delivery ON delivery.id = delivery_id "
                "JOIN target ON target.id = target_id WHERE chat_id = ? AND external_id <> '' ORDER BY list_day, position",
                (str(chat_id),),
            )
            return [row["position"] for row in rows]

        return self.store.read_now(read)

    def chat(self, chat_id: object, topic: object = "") -> Chat | None:
        return self.store.read_now(chats.chat, Address(self.adapter.platform, str(chat_id), str(topic)))


@contextlib.asynccontextmanager
async def broadcasting(path: Path, adapter: ChatAdapter, cards: Cards | None = None) -> AsyncIterator[Broadcast]:
    """A store with the list day of 2024-03-28 and an open adapter, until the end of the block."""
    await adapter.open()
    try:
        with open_store(path) as store:
            one = Broadcast(store, adapter, cards)
            one.day("2024-03-28")
            try:
                yield one
            finally:
                await one.engine.stop()
    finally:
        await adapter.close()


async def until(true: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait until `true` is; raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.01)
