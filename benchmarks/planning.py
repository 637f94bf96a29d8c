"""Planning for a million subscriptions in 480 zone-and-hour pairs, while people speak to the bot in between.

`python -m benchmarks.planning [SUBSCRIPTIONS] [DAYS]`: the first day, before which nobody has had anything, and those after
it, each with papers of its own and some that came late to the list of the day before. Beside each the least that any
planner could do, on a copy of the store as it was before (benchmarks/bare_planning.py).
"""

import asyncio
import contextlib
import datetime as dt
import math
import resource
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks import bare_planning
from benchmarks.crowd import put_papers
from bot.clock import to_text
from bot.delivery import plan
from bot.delivery.due import next_due_at
from bot.delivery.planner import CHUNK
from bot.model import Address, ChatKind
from bot.store import chats, planning
from bot.store.connection import Store, open_store
from bot.store.due_instants import to_number

SUBSCRIPTIONS = 1_000_000
ZONES = (
    "Asia/Seoul", "Asia/Tokyo", "Asia/Shanghai", "Asia/Kolkata", "Asia/Singapore", "Australia/Sydney", "Pacific/Auckland",
    "Europe/London", "Europe/Paris", "Europe/Berlin", "Europe/Kyiv", "Africa/Lagos", "Africa/Cairo", "America/New_York",
    "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Sao_Paulo", "America/Bogota", "Asia/Dubai",
)  # fmt: skip
DAYS = 3
PAPERS, LATE = 30, 2
# A Monday, and a minute before its list may settle: everybody's due instant of the 24 hours after it expects that day.
DAY = dt.date(2024, 3, 18)
FLOOR = DAY - dt.timedelta(days=3)
BEGIN = dt.datetime(2024, 3, 18, 11, 59, tzinfo=dt.UTC)

_TARGETS = """
WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < :count)
INSERT INTO target (id, platform, chat_id, kind, language, created_at)
SELECT n, 'telegram', CAST(100000000 + n AS TEXT), 'private', CASE n % 7 WHEN 0 THEN 'en' ELSE 'ko' END, :now FROM number
"""

# Neighbours in the file are in different pairs, as people come from everywhere: the worst order for the disk.
_SUBSCRIPTIONS = """
INSERT INTO subscription (target_id, active, time_zone, local_time, weekdays, shape, top, floor_day, subscribed_at)
SELECT id, 1, pair.zone, pair.time, '0123456', CASE id % 5 WHEN 0 THEN 'compact' ELSE 'each' END,
    CASE id % 3 WHEN 0 THEN 5 END, :floor, :now
FROM target JOIN pair ON pair.number = (target.id * 7919) % :pairs
"""
_DUE = """
INSERT INTO due (target_id, at)
SELECT target.id, pair.due FROM target JOIN pair ON pair.number = (target.id * 7919) % :pairs
ORDER BY target.id
"""
# Who subscribes is marked at once (bot/delivery/subscribing.py); after so many targets all comes again.
_PERIOD = math.lcm(len(ZONES) * 24, 5, 3, 7)
_MARKS = """
UPDATE due SET mark = (SELECT mark FROM due AS alike WHERE alike.target_id = 1 + (due.target_id - 1) % :period)
WHERE target_id > :period
"""


def fill(connection: sqlite3.Connection, count: int) -> None:
    """`count` chats with active subscriptions, spread over the zones and hours."""
    pairs = [(zone, dt.time(hour)) for zone in ZONES for hour in range(24)]
    connection.execute("CREATE TEMP TABLE pair (number INTEGER PRIMARY KEY, zone TEXT, time TEXT, due INTEGER)")
    for number, (zone, local) in enumerate(pairs):
        due = next_due_at(time_zone=zone, local_time=local, weekdays=range(7), after=BEGIN)
        connection.execute("INSERT INTO pair VALUES (?, ?, ?, ?)", (number, zone, local.strftime("%H:%M"), to_number(due)))
    values = {"count": count, "now": to_text(BEGIN), "floor": FLOOR.isoformat(), "pairs": len(pairs)}
    connection.execute(_TARGETS, values)
    connection.execute(_SUBSCRIPTIONS, values)
    connection.execute(_DUE, values)
    for target in range(1, min(count, _PERIOD) + 1):
        planning.put_mark(connection, target)
    connection.execute(_MARKS, {"period": _PERIOD})


class Timed:
    """Times the store's transactions, whoever sends them."""

    def __init__(self, store: Store) -> None:
        self.seconds: list[float] = []
        self.processor: list[float] = []
        transaction = store._transaction  # noqa: SLF001 - the one place that all writes go through

        def timed(*args, **kwargs):
            began, used = time.perf_counter(), time.thread_time()
            try:
                return transaction(*args, **kwargs)
            finally:
                self.seconds.append(time.perf_counter() - began)
                self.processor.append(time.thread_time() - used)

        store._transaction = timed  # noqa: SLF001


async def people(store: Store, waits: list[float]) -> None:
    """Somebody new speaks to the bot twenty times a second."""
    number = 0
    while True:
        number += 1
        address = Address("telegram", str(900_000_000_000 + number))
        began = time.perf_counter()
        await store.write(chats.ensure_chat, address, kind=ChatKind.PRIVATE, title="", language="ko", now=BEGIN)
        waits.append(time.perf_counter() - began)
        await asyncio.sleep(0.05)


def memory_mb() -> float:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def plan_at(store: Store, now: dt.datetime) -> tuple[float, int, list[float]]:
    """Plan at `now`: seconds, deliveries made, and what people waited meanwhile."""
    waits: list[float] = []
    speaking = asyncio.create_task(people(store, waits))
    await asyncio.sleep(0)
    began = time.perf_counter()
    made = await plan.plan_due(store, now=now, settle_hour=12)
    took = time.perf_counter() - began
    speaking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await speaking
    return took, made, waits


def put_lists(connection: sqlite3.Connection, number: int, now: dt.datetime) -> None:
    """The list of day `number`, and papers that came to that of the day before when it had been sent."""
    put_papers(connection, DAY + dt.timedelta(days=number), PAPERS, first=number * 100, now=now)
    if number:
        put_papers(connection, DAY + dt.timedelta(days=number - 1), PAPERS + LATE, first=number * 100 - 100, now=now)


def arrive(connection: sqlite3.Connection) -> None:
    """Everything that is planned has been sent."""
    connection.execute("UPDATE delivery SET cursor = total, state = 'done', ended_at = planned_at WHERE state = 'ready'")


def forget_marks(connection: sqlite3.Connection) -> None:
    """As after an import."""
    connection.execute("UPDATE due SET mark = NULL")


async def measure(count: int = SUBSCRIPTIONS, days: int = DAYS) -> None:
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "million.db") as store:
        bare = Path(folder) / "bare.db"
        began = time.perf_counter()
        store.write_now(fill, count)
        print(f"filled {count:,} in {time.perf_counter() - began:.1f} s")
        for number in range(days + 1):
            now = BEGIN + dt.timedelta(days=number + 1)
            store.write_now(arrive)
            store.write_now(put_lists, number, now - dt.timedelta(hours=23))
            if number == days:
                store.write_now(forget_marks)
            bare_planning.copy(store.path, bare)
            timed = Timed(store)
            due = []
            for _ in range(5):
                began = time.perf_counter()
                store.read_now(planning.due, now, CHUNK)
                due.append(time.perf_counter() - began)
            used = time.process_time()
            took, made, waits = await plan_at(store, now)
            used = time.process_time() - used
            which = f"with {number} before it and late papers" if number else "the first"
            which += ", all settings to be read anew" * (number == days)
            print(f"day {number + 1}, {which}: the due query {statistics.median(due) * 1000:.1f} ms, to stay under 10")
            print(f"    {made:,} planned in {took:.1f} s, to stay under 10; {used:.1f} s of the processor")
            print(
                f"    longest of {len(timed.seconds):,} transactions {max(timed.seconds) * 1000:.0f} ms, to stay under 50; "
                f"of the processor {max(timed.processor) * 1000:.0f} ms; p99 {quantile(timed.seconds):.0f} ms"
            )
            print(
                f"    people waited {statistics.median(waits) * 1000:.1f} ms in the median, {max(waits) * 1000:.0f} at most"
            )
            print(f"    memory {memory_mb():.0f} MB, to stay under 300")
            same, bare_took, bare_used = bare_planning.write_bare(bare, store.path, CHUNK)
            assert same == made
            print(
                f"    the least that any planner could do: {bare_took:.1f} s, {bare_used:.1f} s of the processor; "
                f"planning takes {took / bare_took:.2f} and {used / bare_used:.2f} times as long"
            )


def quantile(seconds: list[float]) -> float:
    """Milliseconds that 99 of 100 stay under."""
    return statistics.quantiles(seconds, n=100)[98] * 1000


if __name__ == "__main__":
    import sys

    asyncio.run(measure(*map(int, sys.argv[1:])))
