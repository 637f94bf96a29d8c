"""A month in twenty minutes: the installed program over both fakes, its clock running faster, faults sprinkled in by a seed.

What is asserted is in verdict.py; here is the life of the process: started, killed, stopped for days, watched.
"""

import asyncio
import contextlib
import datetime as dt
import json
import os
import random
import re
import time
from collections import Counter
from pathlib import Path

from bot.clock import to_text
from bot.store.connection import open_store
from tests.end_to_end.process import running
from tests.soak.faults import DAY, HOUR, Deeds, Sprinkler
from tests.soak.lists import FillingHub, lists_between
from tests.soak.platforms import Record, SoakDiscord, SoakTelegram
from tests.soak.readers import make_readers, put_readers
from tests.soak.verdict import Place, Verdict, overdue, written_down

# A Sunday: daylight saving ends in Europe a week later, in America two weeks later.
BEGIN = dt.datetime(2024, 10, 20, 18, tzinfo=dt.UTC)
# Its list is known when they subscribe.
BEFORE = dt.date(2024, 10, 18)
# Held back for so long before it is taken, and after, a message is in flight when the process is killed.
HALF_SECONDS = 0.01
# A platform that never answers is waited for in real seconds, which are hours by a fast clock.
BEHIND_SECONDS = 45.0
# Messages are forgotten thirty days after their delivery (bot/store/deliveries.py): from this day on they are noted here.
NOTED_FROM = 27
# Nothing is left when so many looks, a second apart, have found nothing: a tick comes every two seconds.
QUIET_LOOKS = 5
# What follows is another text each time.
_VARYING = re.compile(
    r"(?<=Execution of job ).*|(?<=asks to wait: ).*|(?<=invalid JSON data: ).*|(?<=Can't keep up, ).*", re.DOTALL
)
_TICKS = os.sysconf("SC_CLK_TCK")


class Soak:
    def __init__(self, folder, *, readers, days, speed, kills, days_off, seed, faults=1):
        self.folder, self.days, self.speed = folder, days, speed
        self.begin, self.path = BEGIN, folder / "daily-papers.db"
        self.chance = random.Random(seed)
        self._at, self._since, self._speed = BEGIN, time.monotonic(), speed
        lists, self.real = lists_between(BEFORE, BEGIN.date() + dt.timedelta(days=days), seed)
        self.record = Record()
        self.telegram, self.discord = SoakTelegram(self.record), SoakDiscord(self.record)
        self.hub = FillingHub(lists, self.now)
        self.wanted, self.seed, self.kills, self.days_off, self.faults = readers, seed, kills, days_off, faults
        self.killed = 0
        self.written: dict[Place, int] = {}
        self.in_flight: set[tuple[str, int]] = set()
        self.most_in_flight = self.starts = 0
        self.memory: dict[tuple[int, dt.date], int] = {}  # the largest of a process on a day, in kB
        self.seconds = 0.0  # of processor time, of all processes that ended

    def now(self):
        """The simulated instant; the program's clock is behind it by the time that its start took."""
        return self._at + dt.timedelta(seconds=(time.monotonic() - self._since) * self._speed)

    # --- The process ------------------------------------------------------------------------------------------------

    def settings(self, clock, speed):
        rates = {"TELEGRAM_RATE": 2000, "TELEGRAM_CHAT_RATE": 100, "TELEGRAM_GROUP_RATE": 6000, "DISCORD_RATE": 2000}
        return {
            **{name: str(rate) for name, rate in rates.items()},
            **self.discord.environment(),
            "TELEGRAM_BOT_TOKEN": self.telegram.token,
            "TELEGRAM_API_URL": self.telegram.url,
            "HF_API_URL": self.hub.url,
            "CLOCK": to_text(clock),
            "CLOCK_SPEED": str(speed),
        }

    async def start(self, stack):
        self.starts += 1
        self.bot = await stack.enter_async_context(running(self.folder, self.settings(self.now(), self._speed)))
        await self.bot.wait_for_log("listening", 60)

    async def kill(self, stack):
        """kill -9 while messages are in flight, and a start: at once, or every other time an hour later."""
        self.record.half_seconds = HALF_SECONDS
        until = time.monotonic() + 20
        while self.record.under_way < min(10, len(self.readers) // 20 + 1) and time.monotonic() < until:
            await asyncio.sleep(0.001)
        under_way, self.record.half_seconds = self.record.under_way, 0.0
        self._look()
        await self.bot.kill()
        self.most_in_flight = max(self.most_in_flight, under_way)
        # What was on the wire has been taken by now, or never will be.
        await asyncio.sleep(5 * HALF_SECONDS)
        written = {(place[0], number) for place, number in written_down(self.path).items()}
        self.in_flight |= {(one.key[0], one.number) for one in self.record.taken[-500:]} - written
        self.killed += 1
        if self.killed % 2 == 0:
            self._pass(HOUR)
        await self.start(stack)

    def _pass(self, time_off):
        """Time that nobody waits for: Discord forgets nonces in it."""
        self._at, self._since = self.now() + time_off, time.monotonic()
        self.discord.advance(time_off.total_seconds())

    async def off(self, stack):
        """Stopped cleanly, and started again after days of which nothing is seen here."""
        self._look()
        assert await self.bot.terminate() == 0
        self._pass(self.days_off * DAY)
        await self.start(stack)

    def _look(self):
        """Note the memory and the processor time of the process."""
        pid = self.bot.process.pid
        with contextlib.suppress(OSError, IndexError, StopIteration):
            status = Path(f"/proc/{pid}/status").read_text().splitlines()
            kilobytes = int(next(line for line in status if line.startswith("VmRSS")).split()[1])
            key = (self.starts, self.now().date())
            self.memory[key] = max(self.memory.get(key, 0), kilobytes)
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            self._spent[pid] = (int(fields[11]) + int(fields[12])) / _TICKS

    # --- The month --------------------------------------------------------------------------------------------------

    async def run(self):
        self._spent: dict[int, float] = {}
        async with self.telegram, self.discord, self.hub, contextlib.AsyncExitStack() as stack:
            self.readers, owner = make_readers(self.telegram, self.discord, self.wanted, self.seed)
            await self._subscribe()
            self.sprinkler = Sprinkler(self.telegram, self.discord, self.hub, self.readers, self.seed, self.faults)
            self.deeds = Deeds(self.telegram, self.discord, self.hub, self.readers, owner, self.sprinkler.counts, self.now)
            self._at, self._since = BEGIN, time.monotonic()
            await self.start(stack)
            for at, what, doing in sorted(self._plan(stack), key=lambda one: one[0]):
                await self._until(at)
                await self.deeds.done(what, doing)
            await self._until(BEGIN + (self.days + 1) * DAY)
            end = await self._end(stack)
        return Verdict(self, end)

    async def _subscribe(self):
        self._at = BEGIN - DAY
        async with running(self.folder, self.settings(self._at, 1)) as bot:
            await bot.wait_for_log(f'"day": "{BEFORE}"')
            assert await bot.terminate() == 0
        with open_store(self.path) as store:
            store.write_now(put_readers, self.readers, BEGIN - DAY)

    def _plan(self, stack):
        """Every deed with its instant. Kills and days off are over by the middle: the rest is one process's life."""
        yield from self.deeds.plan(BEGIN, self.days, self.seed)
        half = self.days / 2
        for number in range(self.kills):
            # Around Seoul's nine, when the most is in flight.
            day = 1 + int(number * max(1.0, half - 2) / max(1, self.kills))
            at = (BEGIN + day * DAY).replace(hour=0) + self.chance.uniform(0, 0.5) * HOUR
            yield (at, "kill -9", lambda: self.kill(stack))
        if self.days_off:
            yield (BEGIN + int(half - 3) * DAY, "days off", lambda: self.off(stack))

    async def _until(self, at):
        """Let time pass until `at`, watching."""
        while self.now() < at:
            assert self.bot.process.returncode is None, self.bot.logged()[-3000:]
            if (hour := self.now().replace(minute=0, second=0, microsecond=0)) > getattr(self, "_hour", BEGIN):
                self._hour = hour
                if hour < BEGIN + (self.days - 1) * DAY:
                    self.sprinkler.hour()
                self._look()
                if hour.hour == 0 and hour >= BEGIN + NOTED_FROM * DAY:
                    self.written |= written_down(self.path)
            left = (at - self.now()).total_seconds() / self.speed
            await asyncio.sleep(min(max(left, 0.0), 0.25, HOUR.total_seconds() / self.speed))

    async def _end(self, stack):
        """Stop the fast clock, and let what is due be sent by one of the usual speed. Gives the instant of the end."""
        self._look()
        self.last_start, end = self.starts, self.now()
        self.behind = overdue(self.path, end - dt.timedelta(seconds=BEHIND_SECONDS * self.speed))
        assert await self.bot.terminate() == 0
        self._at, self._since, self._speed = self.now(), time.monotonic(), 1.0
        await self.start(stack)
        until, quiet = time.monotonic() + 120, 0
        await self.bot.wait_for_log("list fetched")
        while quiet < QUIET_LOOKS and time.monotonic() < until:
            await asyncio.sleep(1)
            quiet = 0 if self.record.under_way or overdue(self.path, self.now()) else quiet + 1
        end = self.now()
        assert await self.bot.terminate() == 0
        self.written |= written_down(self.path)
        return end

    # --- What is told -----------------------------------------------------------------------------------------------

    def log(self):
        """How often each line of warning or worse was logged, and lines that are no JSON."""
        found: Counter[tuple[str, str]] = Counter()
        for path in self.folder.glob("log-*"):
            for line in path.read_text(encoding="utf-8").splitlines():
                try:
                    written = json.loads(line)
                except ValueError:
                    found["unreadable", line[:100]] += 1
                    continue
                if written.get("level") not in {"debug", "info"}:
                    found[written.get("level", "?"), _VARYING.sub("…", written.get("event", "?"), count=1)] += 1
        return found

    def last_process(self):
        """The largest memory of each whole day of the last process, in kB, without the days on which it came and went."""
        last = [size for (start, _), size in sorted(self.memory.items()) if start == self.last_start]
        return last[1:-1]

    def lines(self):
        """What was done, and what the process used, as a table."""
        days = "real list days" if self.real else "invented list days"
        yield f"{self.days} simulated days ({days}), {self.speed:g} seconds in one; {self.starts} starts"
        yield f"in flight at a kill, at most: {self.most_in_flight}; taken and not written down then: {len(self.in_flight)}"
        yield from (f"    {name}: {count}" for name, count in sorted(self.sprinkler.counts.items()))
        yield f"deliveries {BEHIND_SECONDS:g} real seconds behind when the fast clock was stopped: {self.behind}"
        load = " ".join(f"{one:.1f}" for one in os.getloadavg())
        yield f"load of the machine at the end: {load}; so fast a clock needs a core of its own"
        yield f"processor time of the program: {sum(self._spent.values()):.0f} s"
        yield "largest memory a day, MB (a line a process):"
        for start in range(1, self.starts + 1):
            sizes = [size for (number, _), size in sorted(self.memory.items()) if number == start]
            yield "    " + " ".join(f"{size / 1024:.0f}" for size in sizes)
        yield "log, warnings and worse:"
        yield from (f"    {level}: {event} ({count})" for (level, event), count in sorted(self.log().items()))
