"""Sixty real list days through the clock: every paper of every day reaches each of five subscribers exactly once.

The lists fill in the course of their day and after it, the Hub and the platform fail for hours, the machine is off for
three days, and daylight saving changes in Sydney, London and New York.
"""

import datetime as dt
import json
import zoneinfo
from collections import Counter
from dataclasses import replace

import pytest

from bot.delivery.engine import Engine
from bot.delivery.pace import Pace
from bot.delivery.subscribing import subscribe
from bot.digest.fetching import Fetcher
from bot.model import Shape, Subscription
from bot.settings import Settings
from bot.sources.http import Patience, Window, make_client
from bot.sources.hugging_face import HuggingFace
from bot.store.connection import open_store
from tests.fakes.hub import Hub
from tests.fakes.loopback_platform import PLATFORM, LoopbackAdapter, LoopbackPlatform
from tests.integration.broadcast import HandClock
from tests.shared_data import SHARED, needs_shared
from tests.unit.delivery.scene import put_chat

FOLDER = SHARED / "hugging_face" / "daily_papers"
FIRST, LAST = dt.date(2024, 10, 2), dt.date(2024, 12, 24)
# The lists go on after the sixtieth: what comes late to a day goes on top of the digest of another.
END = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
# Of the hourly fetches, those that decide: before each digest, at noon, after the closing.
FETCHES = (3, 8, 12, 15, 23)
ONCE = Patience(attempts=1, first_wait=0.0, longest_wait=0.0, answer=5.0)

WEEKDAYS = (0, 1, 2, 3, 4)
READERS = {
    "seoul": Subscription(time_zone="Asia/Seoul", local_time=dt.time(9)),
    "london": Subscription(time_zone="Europe/London", local_time=dt.time(8), weekdays=WEEKDAYS, shape=Shape.COMPACT),
    "new york": Subscription(time_zone="America/New_York", local_time=dt.time(9)),
    "sydney": Subscription(time_zone="Australia/Sydney", local_time=dt.time(20), shape=Shape.COMPACT),
    "mondays": Subscription(time_zone="Asia/Seoul", local_time=dt.time(9), weekdays=(0,)),
}


def utc(month, day, hour):
    return dt.datetime(2024, month, day, hour, tzinfo=dt.UTC)


# Over a digest's hour and its six hours of waiting; over a closing.
HUB_IS_DOWN = ((utc(10, 15, 10), utc(10, 16, 8)), (utc(11, 7, 20), utc(11, 8, 4)))
PLATFORM_IS_DOWN = ((utc(11, 19, 23), utc(11, 20, 5)), (utc(12, 10, 12), utc(12, 10, 16)))
# A Friday's list is not settled when it stops, and a Monday's digest has been due when it comes back.
MACHINE_IS_OFF = (utc(11, 29, 6), utc(12, 2, 6))


class FillingHub(Hub):
    """Real days, of which each paper comes at an instant of its own: most by noon, the last two after the list closed."""

    def __init__(self):
        every = {dt.date.fromisoformat(path.stem): path for path in FOLDER.glob("*.json")}
        self.real = {day: json.loads(path.read_text()) for day, path in every.items() if FIRST <= day <= END.date()}
        super().__init__(days={})

    def show(self, now):
        """The lists as they stand at `now`."""
        self.today = now.date()
        self.days = {day: self._visible(day, now) for day in self.real if now.date() - day <= dt.timedelta(days=16)}

    def _visible(self, day, now):
        entries = self.real[day]
        late = {len(entries) - 1: 29, len(entries) - 2: 60} if len(entries) > 3 else {}
        begin = dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
        # 89 % by noon.
        hours = [late.get(number, 13.5 * number / len(entries)) for number in range(len(entries))]
        return [entry for entry, after in zip(entries, hours, strict=True) if now >= begin + after * HOUR]


class Platform(LoopbackPlatform):
    down = False

    async def _send(self, request):
        if self.down:
            body = await request.json()
            self.answers[body["chat"]] = [{"outcome": "not sent", "reason": "503"}]
        return await super()._send(request)


class Adapter(LoopbackAdapter):
    """Sends which papers a message is about, and which it marks as late."""

    def __init__(self, url, clock):
        super().__init__(url)
        self.clock = clock
        self.hours: dict[str, Counter[int]] = {name: Counter() for name in READERS}

    async def send(self, address, message, **rest):
        if not message.silent:
            zone = zoneinfo.ZoneInfo(READERS[address.chat_id].time_zone)
            self.hours[address.chat_id][self.clock.now().astimezone(zone).hour] += 1
        links = [message.link, *(entry.link for entry in message.entries)]
        marked = [message.facts, *(entry.facts for entry in message.entries)]
        told = [(link.rsplit("/", 1)[1], "late" in facts) for link, facts in zip(links, marked, strict=True) if link]
        return await super().send(address, replace(message, heading=json.dumps(told)), **rest)


class Machine:
    def __init__(self, store, hub, client, adapter, clock):
        self.store, self.hub, self.clock, self.adapter = store, hub, clock, adapter
        self.source = HuggingFace(client, hub.url, patience=ONCE, window=Window(10**6, 1))
        self.start()

    def start(self):
        self.fetcher = Fetcher(self.store, self.source, self.clock)
        self.engine = Engine(self.store, {PLATFORM: self.adapter}, self.clock, Pace({}), Settings())

    async def fetch(self):
        self.hub.show(self.clock.now())
        await self.fetcher.refresh()

    async def tick(self):
        await self.engine.tick()
        await self.engine.idle()


def is_within(now, spans):
    return any(begin <= now < end for begin, end in spans)


@needs_shared
@pytest.mark.usefixtures("capfd")
async def test_every_paper_of_sixty_days_reaches_five_subscribers_exactly_once(tmp_path):
    clock = HandClock(utc(10, 2, 18))
    async with FillingHub() as hub, Platform() as platform, make_client() as client:
        adapter = Adapter(platform.url, clock)
        await adapter.open()
        with open_store(tmp_path / "store.db") as store:
            machine = Machine(store, hub, client, adapter, clock)
            await machine.fetch()
            store.write_now(put_readers, clock.now())
            while clock.now() < END:
                await an_hour(machine, hub, platform)
            await machine.engine.stop()
        await adapter.close()
    sixty = {day: [entry["paper"]["id"] for entry in entries] for day, entries in hub.real.items() if day <= LAST}
    assert len(sixty) == 60
    papers = Counter(one for ids in sixty.values() for one in ids)
    assert set(papers.values()) == {1}
    for reader in READERS:
        had = Counter(one for text in platform.texts(reader) for one, _ in json.loads(text))
        assert set(had.values()) == {1}, f"{reader} had some twice"
        assert papers - had == Counter(), f"{reader} never had these"
    for reader, order in READERS.items():
        # On either side of a change of daylight saving; others are those of the outages.
        (hour, digests), *_ = adapter.hours[reader].most_common()
        assert (hour, digests / adapter.hours[reader].total() > 0.75) == (order.local_time.hour, True), adapter.hours
    # What came after a reader's digest was marked: the two last of each day for those who read the next morning.
    late = {one for text in platform.texts("seoul") for one, marked in json.loads(text) if marked}
    assert {ids[-1] for day, ids in sixty.items() if len(ids) > 3 and not is_after_time_off(day)} <= late
    assert len(late) < len(papers) / 4


def is_after_time_off(day):
    """Whether the digest of a day was put off for so long that the papers that came late were there before it."""
    return day in {dt.date(2024, 10, 15), dt.date(2024, 11, 28), dt.date(2024, 11, 29)}


def put_readers(connection, now):
    for name, wanted in READERS.items():
        subscribe(connection, put_chat(connection, name, platform=PLATFORM), wanted, now=now, settle_hour=12)


async def an_hour(machine, hub, platform):
    clock = machine.clock
    if clock.now() == MACHINE_IS_OFF[0]:
        await machine.engine.stop()
        clock.set(MACHINE_IS_OFF[1])
        machine.start()
        # As the service does: what is missing is fetched before anything is planned.
        await machine.fetch()
    platform.down = is_within(clock.now(), PLATFORM_IS_DOWN)
    await machine.tick()
    clock.advance(minutes=50)
    hub.failures.clear()
    if is_within(clock.now(), HUB_IS_DOWN):
        hub.fail(503, 10**6)
    if clock.now().hour in FETCHES:
        await machine.fetch()
    clock.advance(minutes=10)
