"""A story, told by a seed, of chats on Telegram and of the processes that serve them, one after the other.

What can happen is in tests/integration/telegram_mishaps.py, what must be true at the end in telegram_verdict.py.
"""

import asyncio
import contextlib
import datetime as dt
import random
from dataclasses import dataclass

from bot.errors import DailyPapersError
from bot.ports import Outcome, Sent
from bot.settings import Settings
from bot.store import list_days
from tests.fakes.telegram import Failure, FakeTelegram, Hang
from tests.integration.broadcast import DUE, broadcasting
from tests.integration.lives import Lives
from tests.integration.telegram.inbox import inbox
from tests.integration.telegram.mishaps import FAULTS, VAGUE, Mishaps
from tests.integration.telegram.places import KINDS, Place
from tests.unit.telegram.house import adapter_for

# No more than are owed after any absence: none of them may be skipped for its age.
DAYS = tuple(map(dt.date.fromisoformat, ("2024-03-28", "2024-03-29", "2024-04-01", "2024-04-02", "2024-04-03")))
# How long the bot waits for an answer, and a story for what is being sent.
READ_SECONDS, PATIENCE_SECONDS = 0.4, 0.6
QUICK = Settings(telegram_rate=1000, telegram_chat_rate=1000, telegram_group_rate=60_000)
# Between two ticks: awake, asleep, and a clock that is set back.
PASSING = (1, 1, 2, 5, 60, 240, 3600, 21_600, 86_400, -7200)


@dataclass
class Witnessed:
    """The adapter; what it tells the engine of messages that did not arrive for certain is remembered by the story."""

    adapter: object
    story: "Story"

    def __getattr__(self, name):
        return getattr(self.adapter, name)

    async def send(self, address, message, **more):
        before = len(self.story.messages)
        outcome = await self.adapter.send(address, message, **more)  # type: ignore[attr-defined]
        if not isinstance(outcome, Sent):
            there = (address.chat_id, address.topic_id)
            taken = self.story.messages[before:]
            mine = [one for one in taken if (str(one.chat_id), str(one.thread_id or "")) == there]
            self.story.untold.update({one.message_id: outcome for one in mine})
        return outcome


class Story(FakeTelegram):
    """Telegram, and whatever happens there."""

    def __init__(self, folder, seed):
        super().__init__()
        self.chance = random.Random(seed)
        self.lives, self.life = Lives(folder), 0
        self.at, self.eventful = DUE, False
        self.untold: dict[int, Outcome] = {}  # of messages that were taken, what the engine was told instead of "sent"
        self.life_of: dict[int, int] = {}  # message to life
        self.leaving = asyncio.Event()
        self.mishaps = Mishaps(self)
        self.places: list[Place] = []
        for number, make in enumerate(self.chance.sample(KINDS, 3)):
            self.places += make(self, self.person(100 + number, language="en"))

    # --- In the middle of a message -------------------------------------------------------------------------------------

    async def _answer(self, request):
        if request.match_info["method"].lower() == "sendmessage":
            await request.read()
            with contextlib.suppress(ValueError):
                await self.happen(int((await request.post()).get("chat_id", "")))
        return await super()._answer(request)

    async def show(self, message):
        self.life_of[message.message_id] = self.life
        for place in self.places:
            if place.holds(message) and place.unsubscribed and message.text.startswith("Unsubscribed"):
                place.quiet = message.message_id
        await self.happen(message.chat_id)

    async def happen(self, number):
        """Something, perhaps: a message to this chat has come, or was taken, and is not answered yet."""
        if not self.eventful or self.lives.killed or self.chance.random() < 0.6:
            return
        places = [one for one in self.places if number in one.numbers]
        if places:
            deeds, weights = zip(*self.mishaps.in_the_middle(), strict=True)
            (deed,) = self.chance.choices(deeds, weights)
            await deed(self.chance.choice(places))

    # --- Between messages -----------------------------------------------------------------------------------------------

    def put_faults(self):
        for number in {number for place in self.places for number in place.numbers}:
            if self.chance.random() < 0.3:
                faults: list[Failure] = self.chance.choices((Hang(0), *FAULTS), k=self.chance.randint(1, 3))
                self.fail(number, *faults)
                for place in self.places:
                    place.muted = place.muted or (number in place.numbers and bool(VAGUE & set(faults)))

    def put_days(self):
        """The lists that have settled."""
        for day in DAYS:
            settled = dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)
            if settled <= self.at and self.cast.store.read_now(list_days.list_day, day) is None:
                with contextlib.suppress(DailyPapersError):  # the store is locked, or full
                    self.cast.day(day.isoformat())

    async def meanwhile(self):
        """People undo what they did, and the operator too; now and then something happens just then."""
        for place in self.places:
            if self.chance.random() < 0.5:
                if self.chance.random() < 0.1:
                    await self.chance.choice((self.mishaps.lock, self.mishaps.fill))()
                await self.mishaps.undo(place)
                await self.mishaps.let_go(place)
                if self.chance.random() < 0.05:
                    asyncio.get_running_loop().call_later(self.chance.uniform(0, 0.02), self.mishaps.kill_now)
                    await asyncio.sleep(0.02)
            if place.unsubscribed and self.chance.random() < 0.3:
                await self.mishaps.subscribe(place)
            if self.chance.random() < 0.03:
                settled = [day for day in DAYS if self.cast.store.read_now(list_days.list_day, day) is not None]
                await self.mishaps.deliver_again(place, self.chance.choice(settled))
        if self.chance.random() < 0.3:
            await asyncio.sleep(0.03)

    # --- Lives ----------------------------------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def process(self):
        """The engine, and the Inbox behind the adapter that listens."""
        self.life += 1
        self.lives.begin()
        self.outage, self.leaving = False, asyncio.Event()
        async with broadcasting(self.lives.path, Witnessed(adapter_for(self), self)) as self.cast:
            self.cast.clock.set(self.at)
            self.service = inbox(self.cast, QUICK)
            listening = asyncio.create_task(self.cast.adapter.listen(self.service))
            try:
                yield
            finally:
                self.eventful = False
                await self.cast.engine.stop()
                await self.cast.adapter.close()
                await asyncio.wait({listening})
                if self.service.chat_changes.waiting:
                    # It ends before the store can be written again: what it was told of chats is gone, and they say it anew.
                    for place in self.places:
                        place.muted = True
                self.mishaps.end_of_life()

    async def go_on(self, seconds=PATIENCE_SECONDS):
        """A tick and all that it sends; False when that takes longer, or the process is to end."""
        self.cast.clock.set(self.at)
        self.put_days()
        await self.service.chat_changes.write()
        with contextlib.suppress(DailyPapersError):
            await self.cast.engine.tick()
        idle, leaving = asyncio.create_task(self.cast.engine.idle()), asyncio.create_task(self.leaving.wait())
        await asyncio.wait({idle, leaving}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        ended = idle.done() and not leaving.done()
        idle.cancel()
        leaving.cancel()
        return ended

    async def live(self, ticks):
        async with self.process():
            for place in self.places if self.life == 1 else ():
                for number in place.numbers:
                    self.cast.subscriber(number, topic="" if place.topic is None else place.topic, kind=place.kind)
            self.eventful = True
            for _ in range(ticks):
                self.put_faults()
                if not await self.go_on():
                    return
                await self.meanwhile()
                if self.leaving.is_set():
                    return
                self.at += dt.timedelta(seconds=self.chance.choice(PASSING))

    async def calm(self):
        """Nothing goes wrong any more, for four days."""
        self._failures.clear()
        async with self.process():
            for place in self.places:
                if place.paired and place.before is not None:
                    place.before.migrated_to = place.room.id
                await self.mishaps.undo(place)
                await self.mishaps.let_go(place)
            await self.heard()
            for place in self.places:
                if place.muted:
                    await self.says(place.room, place.admin, "/start", topic=place.topic)
                if place.unsubscribed and not place.gone:
                    await self.mishaps.subscribe(place)
            await self.heard()
            for _ in range(32):
                assert await self.go_on(10), "\n".join(self.mishaps.told)
                self.at += dt.timedelta(hours=3)

    async def heard(self):
        """Until every update is taken and answered."""
        await self.until(lambda: not self.methods.updates.waiting, 5)
        while any(task.get_name().startswith("telegram chat") for task in asyncio.all_tasks()):
            await asyncio.sleep(0.01)


async def tell(folder, monkeypatch, seed):
    """The story of `seed`, at its end."""
    for name, seconds in (
        ("bot.delivery.engine.GRACE_SECONDS", 0.05),
        ("bot.delivery.sender._STORE_PAUSE", 0.05),
        ("bot.store.connection.BUSY_SECONDS", 0.1),
        ("adapters.telegram.adapter._LAST_SECONDS", 0.1),
        ("adapters.telegram.adapter._LAST_WORDS_SECONDS", 0.05),
        ("adapters.telegram.connection._READ", READ_SECONDS),
        ("adapters.telegram.outcomes._GATEWAY_PAUSE", 0.1),
    ):
        monkeypatch.setattr(name, seconds)
    async with Story(folder, seed) as story:
        for _ in range(story.chance.randint(1, 5)):
            await story.live(story.chance.randint(1, 8))
            story.at += dt.timedelta(seconds=story.chance.choice((1, 100, 3600)))
        await story.calm()
        return story
