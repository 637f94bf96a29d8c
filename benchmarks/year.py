"""How large the file is after a year: 250 list days of 30 papers for 1,000 chats, old messages forgotten each day.

Invented papers of a usual size. Planned and pruned as always; of the sending only the rows are made.
`python -m benchmarks.year [CHATS]`.
"""

import asyncio
import datetime as dt
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.crowd import put_subscribers, sized_paper
from bot.clock import to_text
from bot.delivery import plan, upkeep
from bot.model import ListDayState, Origin
from bot.ports import SourcePaper
from bot.store import deliveries, list_days, papers
from bot.store.connection import Store, open_store

CHATS, DAYS, PAPERS = 1000, 250, 30
BEGIN = dt.date(2024, 3, 28)
# A Hub's own answer for a paper, kept beside it, is about so long.
RAW = "x" * 4000


def put_day(connection: sqlite3.Connection, day: dt.date, number: int, now: dt.datetime) -> None:
    listed = [sized_paper(number * PAPERS + at) for at in range(PAPERS)]
    papers.merge_papers(connection, [SourcePaper(paper=paper, raw=RAW) for paper in listed], now=now)
    list_days.save_list(connection, day, listed, origin=Origin.HUB, state=ListDayState.SETTLED, now=now)


def arrive(connection: sqlite3.Connection, now: dt.datetime) -> int:
    """Everything that is ready has been sent and recorded: the rows that the recorder leaves."""
    connection.execute(
        "WITH RECURSIVE position (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM position WHERE n < 99) "
        "INSERT INTO delivery_message SELECT id, n, CAST(1000000 + id * 31 + n AS TEXT), ? FROM delivery JOIN position "
        "ON n < total WHERE state = 'ready'",
        (to_text(now),),
    )
    messages: int = connection.execute("SELECT changes()").fetchone()[0]
    connection.execute(
        "UPDATE delivery SET cursor = total, state = 'done', ended_at = ? WHERE state = 'ready'", (to_text(now),)
    )
    return messages


def sizes(connection: sqlite3.Connection) -> list[tuple[str, int]]:
    """Bytes of the largest tables with their indexes, where SQLite was built to tell."""
    try:
        found = connection.execute(
            "SELECT tbl_name, sum(pgsize) FROM dbstat JOIN sqlite_master ON sqlite_master.name = dbstat.name "
            "GROUP BY tbl_name ORDER BY 2 DESC LIMIT 7"
        )
        return [(row[0], row[1]) for row in found]
    except sqlite3.OperationalError:
        return []


async def a_year(store: Store, chats: int) -> int:
    messages, day = 0, BEGIN
    for number in range(DAYS):
        at = dt.datetime.combine(day, dt.time(21), tzinfo=dt.UTC)
        await store.write(put_day, day, number, at)
        due = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=dt.UTC)
        await plan.plan_due(store, now=due, settle_hour=12)
        messages += await store.write(arrive, due)
        await upkeep.prune(store, now=due)
        day += dt.timedelta(days=3 if day.weekday() == 4 else 1)
    done = await store.read(deliveries_done)
    assert done == chats * DAYS, f"{done} deliveries, not {chats * DAYS}"
    return messages


def deliveries_done(connection: sqlite3.Connection) -> int:
    found: int = connection.execute("SELECT count(*) FROM delivery WHERE state = 'done'").fetchone()[0]
    return found


async def measure(chats: int = CHATS) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "year.db"
        began = time.perf_counter()
        with open_store(path) as store:
            first = dt.datetime.combine(BEGIN + dt.timedelta(days=1), dt.time(), tzinfo=dt.UTC)
            lines = (("Asia/Seoul", "09:00", "ko" if number % 3 else "en", first) for number in range(chats))
            store.write_now(put_subscribers, "telegram", lines)
            messages = await a_year(store, chats)
            kept = store.read_now(lambda c: c.execute("SELECT count(*) FROM delivery_message").fetchone()[0])
            tables = store.read_now(sizes)
        print(
            f"{DAYS} list days of {PAPERS} papers, {chats:,} chats, {messages:,} messages, of which {kept:,} of the last "
            f"{deliveries.MESSAGES_KEPT.days} days are kept ({time.perf_counter() - began:.0f} s)"
        )
        print(f"the file: {path.stat().st_size:,} bytes")
        for name, size in tables:
            print(f"    {name:24}{size:>14,}")


if __name__ == "__main__":
    asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else CHATS))
