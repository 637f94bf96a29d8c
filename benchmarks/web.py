"""The page of a day of 60 papers out of a store of 100,000, beside datasette over the same file.

The real `daily-papers run`, asked by one connection that waits for each answer, and by wrk's eight where wrk is installed.
datasette shows the same 60 rows as its table page, from an environment of its own (`make bench` makes it).
"""

import contextlib
import datetime as dt
import http.client
import json
import random
import re
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.crowd import sized_paper
from bot.store.connection import open_store
from bot.summaries.checking import CHECK_VERSION

PAPERS, A_DAY, ASKED = 100_000, 60, 400
NEWEST = dt.date(2026, 9, 30)
TARGET_MS = 5.0
ROOT = Path(__file__).parent.parent
DATASETTE = ROOT / ".venv" / "aiogram" / "bin" / "datasette"
_AT = "2026-10-01T00:00:00.000Z"


def days() -> list[dt.date]:
    """The list days, the oldest first."""
    count = -(-PAPERS // A_DAY)
    return [NEWEST - dt.timedelta(days=number) for number in range(count)][::-1]


def fill(path: Path) -> None:
    """The papers by plain rows, with a summary in Korean and one in English each; an import takes many minutes.

    The summaries count as checked: else `run` would check 200,000 of them all the while, and that would be measured.
    """
    with open_store(path) as store:
        store.write_now(_rows)


def _rows(connection: sqlite3.Connection) -> None:
    for at, day in enumerate(days()):
        papers = [sized_paper(at * A_DAY + number) for number in range(A_DAY)]
        first = at * A_DAY + 1
        connection.executemany(
            "INSERT INTO paper (key, id, title, authors, abstract, upvotes, list_day, thumbnail, origin, first_seen_at, "
            "updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'hub', ?, ?)",
            [
                (
                    first + number,
                    f"{paper.id[:4]}.{first + number:06}",
                    paper.title,
                    json.dumps(paper.authors),
                    paper.abstract,
                    paper.upvotes,
                    day.isoformat(),
                    paper.thumbnail,
                    _AT,
                    _AT,
                )
                for number, paper in enumerate(papers)
            ],
        )
        connection.executemany(
            "INSERT INTO summary (paper_key, language, source, bullets, created_at, verified, checked_version) "
            "VALUES (?, ?, 'imported', ?, ?, 1, ?)",
            [
                (first + number, one.language, json.dumps(one.bullets, ensure_ascii=False), _AT, CHECK_VERSION)
                for number, paper in enumerate(papers)
                for one in paper.summaries
            ],
        )
        connection.execute(
            "INSERT INTO list_day (day, state, origin, papers, fetched_at) VALUES (?, 'closed', 'hub', ?, ?)",
            (day.isoformat(), A_DAY, _AT),
        )
        connection.executemany(
            "INSERT INTO list_entry (day, origin, paper_key, position, first_seen_at) VALUES (?, 'hub', ?, ?, ?)",
            [(day.isoformat(), first + number, number, _AT) for number in range(A_DAY)],
        )


@contextlib.contextmanager
def running(command: Sequence[str], folder: Path, port: int, **settings: str) -> Iterator[str]:
    """A server as a process of its own, until the end of the block; gives its address."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8", **settings}
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            for _ in range(600):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def milliseconds(url: str, paths: Sequence[str]) -> tuple[list[float], int]:
    """How long each answer took, on one connection that is kept, and the bytes of the last one."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    took, size = [], 0
    for path in paths:
        began = time.perf_counter()
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        size = len(answer.read())
        took.append((time.perf_counter() - began) * 1000)
        assert answer.status == 200, (path, answer.status)
    return took, size


def told(name: str, url: str, paths: Sequence[str], *, target: float | None = None) -> None:
    """Ask and say what was measured; the first few answers, when nothing has been read yet, do not count."""
    milliseconds(url, paths[:10])
    took, size = milliseconds(url, paths)
    median, p99 = statistics.median(took), statistics.quantiles(took, n=100)[98]
    reached = "" if target is None else f"; to reach {target:g} ms: {'reached' if median <= target else 'MISSED'}"
    print(f"{name:<46}{median:8.2f} ms median{p99:9.2f} ms p99{size:>9,} bytes{reached}", flush=True)


def told_by_wrk(name: str, url: str) -> None:
    """The same by wrk, eight connections in flight."""
    command = ["wrk", "-t1", "-c8", "-d5s", "--latency", "-H", "Accept-Encoding: gzip", url]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    median = re.search(r"50%\s+(\S+)", said)
    rate = re.search(r"Requests/sec:\s+(\S+)", said)
    assert median, said
    assert rate, said
    print(f"{name:<46}{median[1]:>11} median {float(rate[1]):10,.0f} answers/s (wrk, 8 connections)", flush=True)


def measure() -> None:
    chance = random.Random(20240328)
    newest = NEWEST.isoformat()
    others = [day.isoformat() for day in chance.sample(days(), ASKED)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = time.perf_counter()
        fill(folder / "daily-papers.db")
        print(f"{PAPERS:,} papers of {len(days()):,} days written in {time.perf_counter() - began:.0f} s")
        port = free_port()
        settings = {"WEB_PORT": str(port), "CLOCK": "2026-10-01T12:00:00Z", "HF_API_URL": "http://127.0.0.1:9"}
        with running([str(Path(sys.executable).parent / "daily-papers"), "run"], folder, port, **settings) as url:
            told("a day, as long as it does not change", url, [f"/{newest}"] * ASKED, target=TARGET_MS)
            told("another day each time, made anew", url, [f"/{day}" for day in others])
            told("the calendar of a year", url, ["/calendar/2026"] * ASKED)
            if shutil.which("wrk"):
                told_by_wrk("a day, as long as it does not change", f"{url}/{newest}")
        if not DATASETTE.exists():
            print("datasette is not installed beside (make bench does it).")
            return
        port = free_port()
        command = [str(DATASETTE), "serve", "daily-papers.db", "--port", str(port), "--setting", "default_page_size", "60"]
        with running(command, folder, port) as url:
            told(
                "datasette: the day's rows as its table page",
                url,
                [f"/daily-papers/paper?list_day={newest}"] * (ASKED // 4),
            )
            told(
                "datasette: the day's rows as JSON",
                url,
                [f"/daily-papers/paper.json?list_day={newest}&_shape=array"] * (ASKED // 4),
            )
            if shutil.which("wrk"):
                told_by_wrk("datasette: the day's rows as its table page", f"{url}/daily-papers/paper?list_day={newest}")


if __name__ == "__main__":
    measure()
