"""The engine over a real file and a platform on loopback, as the tests of this folder set it up."""

import asyncio
import datetime as dt

import pytest

from bot.clock import Clock
from bot.delivery.engine import Engine
from bot.delivery.pace import Pace
from bot.delivery.subscribing import subscribe
from bot.model import Address
from bot.settings import Settings
from bot.store import chats
from tests.fakes.loopback_platform import PLATFORM, LoopbackAdapter, LoopbackPlatform
from tests.new_store import new_store
from tests.unit.delivery.scene import NOW, TEN, ids_of, order, put_chat, put_day

DUE = dt.datetime(2024, 3, 29, 0, 0, tzinfo=dt.UTC)
DIGEST = ["Daily Papers · 2024-03-28 (Thu)", *(f"Paper {one}" for one in TEN)]


class HandClock(Clock):
    """A clock that stands still until it is moved."""

    at: dt.datetime

    def __init__(self, start):
        object.__setattr__(self, "at", start)

    def now(self):
        return self.at

    def advance(self, **time):
        object.__setattr__(self, "at", self.at + dt.timedelta(**time))


class Scene:
    def __init__(self, store, platform, adapter):
        self.store, self.platform, self.adapter = store, platform, adapter
        self.clock = HandClock(NOW)
        self.pace = Pace({})
        self.engine = self.new_engine()

    def new_engine(self):
        return Engine(self.store, {PLATFORM: self.adapter}, self.clock, self.pace, Settings())

    def subscriber(self, chat_id, **changes):
        def put(connection):
            chat = put_chat(connection, chat_id, platform=PLATFORM)
            return subscribe(connection, chat, order(**changes), now=self.clock.now(), settle_hour=12).chat

        return self.store.write_now(put)

    def day(self, text, ids=TEN):
        self.store.write_now(put_day, text, ids_of(text, ids))

    async def at(self, instant):
        object.__setattr__(self.clock, "at", instant)
        await self.run()

    async def run(self):
        await self.engine.tick()
        async with asyncio.timeout(5):
            await self.engine.idle()

    def row(self, chat_id, list_day="2024-03-28"):
        return self.store.read_now(
            lambda connection: dict(
                connection.execute(
                    "SELECT delivery.* FROM delivery JOIN target ON target.id = target_id "
                    "WHERE platform = ? AND chat_id = ? AND list_day = ?",
                    (PLATFORM, chat_id, list_day),
                ).fetchone()
            )
        )

    def chat(self, chat_id):
        return self.store.read_now(chats.chat, Address(PLATFORM, chat_id))


@pytest.fixture
async def scene(tmp_path):
    async with LoopbackPlatform() as platform:
        adapter = LoopbackAdapter(platform.url)
        await adapter.open()
        with new_store(tmp_path / "store.db") as store:
            built = Scene(store, platform, adapter)
            built.day("2024-03-28")
            yield built
            await built.engine.stop()
        await adapter.close()
