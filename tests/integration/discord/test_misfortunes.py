"""Whatever goes wrong, in whichever order: on Discord each message of a digest comes once, in its order, and none is lost.

A seed makes a story of two chats: faults, kills, stops, sleep, and a bot that is turned out and invited again. `make
misfortunes` tells hundreds of them.
"""

import asyncio
import contextlib
import datetime as dt
import random
import sqlite3
import time
from collections import deque

import pytest

from adapters.discord import send
from adapters.discord.adapter import DiscordAdapter
from bot.model import Address
from bot.ports import AdapterContext
from bot.store import chats, pauses
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord.world import Fault
from tests.integration.broadcast import DUE, FOUR, HEADING, broadcasting
from tests.integration.lives import Lives

DIGEST = [HEADING, *(f"Paper {one}" for one in FOUR)]
# docs/topics/opcodes-and-status-codes#json-json-error-codes; the 429 as in docs/topics/rate-limits#exceeding-a-rate-limit.
GONE, INVALID = {"code": 50001, "message": "Missing Access"}, {"code": 50035, "message": "Invalid Form Body"}
WAIT = {"message": "You are being rate limited.", "retry_after": 0.3, "global": False}
FAULTS = (
    Fault("reset", accepted=True),
    Fault("reset", accepted=True),
    Fault("reset"),
    Fault("error", 503, {"code": 0, "message": "said"}),
    Fault("error", 503, {"code": 0, "message": "said"}, accepted=True),
    Fault("error", 502, "<html>", accepted=True),
    Fault("error", 429, WAIT, {"Via": "1.1 google"}),
    Fault("error", 403, GONE),
    Fault("error", 400, INVALID),
    Fault("hang", accepted=True),
)
PLACES = (
    lambda fake: fake.channel(),
    lambda fake: fake.thread(fake.channel()),
    lambda fake: fake.dm(fake.user()),
    lambda fake: fake.forum(),
)
# What takes longer hangs. A story goes on either way.
HANGS = 0.4


class Story:
    """Two chats and the processes that serve them, one after the other; each says where it was broken off."""

    def __init__(self, fake, folder, seed, monkeypatch):
        self.fake, self.lives, self.monkeypatch = fake, Lives(folder), monkeypatch
        self.chance = random.Random(seed)
        self.at, self.asleep = DUE, 0.0
        self.places = [make(fake) for make in self.chance.sample(PLACES, 2)]
        self.chances = {place.id: random.Random(f"{seed} {number}") for number, place in enumerate(self.places)}
        self.eventful = False
        self.shown, fake.show = fake.show, self.show

    def everywhere(self):
        return [*self.places, *(post for place in self.places for post in place.posts)]

    async def show(self, message):
        """A message was taken, and is not answered yet."""
        await self.shown(message)
        if self.lives.killed or not self.eventful:
            return
        place = message.channel if message.channel in self.places else message.channel.parent
        what = self.chances[place.id].choices(("nothing", "killed", "turned out", "paused"), (62, 25, 8, 5))[0]
        if what == "killed":
            self.kill()
        elif what == "turned out":
            self.cast.store.write_now(chats.park_chat, "discord", place.id, "the bot was removed from the server")
        elif what == "paused":
            self.cast.store.write_now(pauses.pause, Address("discord", place.id), now=self.at)

    def kill(self):
        self.lives.kill()
        self.fake.outage = 500

    def pass_time(self, seconds):
        """Time passes here and on Discord; the machine sleeps meanwhile, so that the monotonic clock stands still."""
        self.at += dt.timedelta(seconds=seconds)
        self.fake.advance(seconds)
        self.asleep = asleep = self.asleep + seconds
        self.monkeypatch.setattr(send, "wall_clock", lambda: time.time() + asleep)

    def put_faults(self):
        for place in self.everywhere():
            if self.chance.random() < 0.5:
                place.faults.extend(self.chance.choices((None, *FAULTS), k=self.chance.randint(1, 3)))

    def wake(self, place):
        self.cast.store.write_now(chats.wake_chat, "discord", place.id)
        self.cast.store.write_now(pauses.resume, Address("discord", place.id), now=self.at)

    async def tick(self):
        """Send what can be sent; False when that hangs, or the process was killed."""
        if not self.eventful:
            await self.cast.run(self.at)
            return True
        self.cast.clock.set(self.at)
        await self.cast.engine.tick()
        try:
            async with asyncio.timeout(HANGS):
                await self.cast.engine.idle()
        except TimeoutError:
            return False
        return not self.lives.killed

    async def process(self, ticks, *, eventful):
        """The life of a process: at most so many ticks."""
        adapter = DiscordAdapter(AdapterContext(environment=self.fake.environment()))
        async with broadcasting(self.lives.path, adapter) as self.cast:
            self.lives.begin()
            self.eventful = eventful
            for place in self.places:
                if self.cast.chat(place.id) is None:
                    self.cast.subscriber(place.id)
            for _ in range(ticks):
                if eventful:
                    self.put_faults()
                if not await self.tick():
                    break
                self.pass_time(self.chance.choice((1, 1, 2, 5, 60, 240, 3600, 86400)) if eventful else 7200)
                for place in self.places:
                    if not eventful or self.chance.random() < 0.5:
                        self.wake(place)
            self.eventful = False
        self.fake.outage = None

    def row(self, place):
        with contextlib.closing(sqlite3.connect(self.lives.path)) as connection:
            found = connection.execute(
                "SELECT state, rejected FROM delivery JOIN target ON target.id = target_id WHERE chat_id = ?", (place.id,)
            )
            return found.fetchone()


async def tell(folder, monkeypatch, seed):
    monkeypatch.setattr("bot.delivery.engine.GRACE_SECONDS", 0.05)
    monkeypatch.setattr("adapters.discord.wire.GRACE", 0.05)
    async with FakeDiscord() as fake:
        story = Story(fake, folder, seed, monkeypatch)
        for _ in range(story.chance.randint(1, 4)):
            await story.process(story.chance.randint(1, 4), eventful=True)
            story.pass_time(story.chance.choice((1, 100, 3600)))
        for place in story.everywhere():
            place.faults = deque()
        # Two days, for whoever was turned out gets it at the next due instant.
        await story.process(24, eventful=False)
        for place in story.places:
            state, rejected = story.row(place)
            stands = [message.title.strip("*") for one in place.posts or [place] for message in one.messages]
            assert state == "done"
            assert stands == [one for one in DIGEST if one in stands]  # each once, in their order
            assert len(stands) + rejected == len(DIGEST)


@pytest.mark.parametrize("seed", range(8))
async def test_nothing_is_lost_and_nothing_comes_twice(tmp_path, monkeypatch, seed):
    await tell(tmp_path, monkeypatch, seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(8, 508))
async def test_in_five_hundred_more_stories_neither(tmp_path, monkeypatch, seed):
    await tell(tmp_path, monkeypatch, seed)
