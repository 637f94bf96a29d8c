"""Stores with many subscribers and a day of papers, made fast: for the benchmarks. Invented people and papers."""

import datetime as dt
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from bot.clock import to_text
from bot.model import ListDayState, Origin, Paper, Summary, SummarySource
from bot.ports import SourcePaper
from bot.store import list_days, papers
from bot.store.connection import Store, open_store
from bot.store.due_instants import to_number

DAY = dt.date(2024, 3, 28)
# Everybody who is not said to be due later is due by then, and the day has settled.
DUE = dt.datetime(2024, 3, 29, 0, 0, tzinfo=dt.UTC)

_ABSTRACT = (
    "Large language models answer questions about long documents. We study what they read. "
    "On eleven tasks one with a small memory reaches the accuracy of one that reads everything, at a tenth of the cost. "
    "We release the code and the data."
)
_BULLETS = (
    "긴 문서를 읽는 언어 모델이 실제로 무엇을 읽는지 살펴봅니다.",
    "작은 기억만으로도 열한 가지 과제에서 전체를 읽는 모델과 같은 정확도를 냅니다.",
    "코드와 데이터를 공개합니다.",
)

Line = tuple[str, str, str, dt.datetime]  # time zone, local time, language, due instant


def sized_paper(number: int) -> Paper:
    """A paper as large as a usual one: seven authors, a picture, three bullets."""
    return Paper(
        id=f"2403.{18000 + number}",
        title=f"What Long-Context Models Read: Study {number} of Memory & Attention",
        authors=tuple(f"Author {name} {number}" for name in "ABCDEFG"),
        abstract=_ABSTRACT,
        upvotes=100 - number % 90,
        thumbnail=f"https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2403.{18000 + number}.png",
        summaries=tuple(
            Summary(language=language, source=SummarySource.IMPORTED, bullets=_BULLETS) for language in ("ko", "en")
        ),
    )


def put_papers(
    connection: sqlite3.Connection,
    day: dt.date,
    count: int,
    *,
    first: int = 0,
    now: dt.datetime = DUE - dt.timedelta(hours=4),
) -> None:
    """A settled list day with `count` papers, numbered from `first`, as it stood at `now`."""
    listed = [sized_paper(number) for number in range(first, first + count)]
    papers.merge_papers(connection, [SourcePaper(paper=paper) for paper in listed], now=now)
    named = [replace(paper, summaries=()) for paper in listed]
    list_days.save_list(connection, day, named, origin=Origin.HUB, state=ListDayState.SETTLED, now=now)


def put_subscribers(connection: sqlite3.Connection, platform: str, lines: Iterable[Line], *, first: int = 1) -> int:
    """A private chat with an active subscription for each of `lines`; gives how many. By plain rows, for speed."""
    made = to_text(DUE - dt.timedelta(days=30))
    floor = (DAY - dt.timedelta(days=1)).isoformat()
    count = 0
    for count, (zone, time, language, due) in enumerate(lines, 1):
        number = first + count - 1
        connection.execute(
            "INSERT INTO target (id, platform, chat_id, kind, language, created_at) VALUES (?, ?, ?, 'private', ?, ?)",
            (number, platform, str(100_000_000 + number), language, made),
        )
        connection.execute(
            "INSERT INTO subscription (target_id, active, time_zone, local_time, weekdays, shape, floor_day, subscribed_at)"
            " VALUES (?, 1, ?, ?, '0123456', 'each', ?, ?)",
            (number, zone, time, floor, made),
        )
        connection.execute("INSERT INTO due (target_id, at) VALUES (?, ?)", (number, to_number(due)))
    return count


def crowded(path: Path, *, chats: int, papers: int, platform: str = "bench", languages: Sequence[str] = ("ko",)) -> Store:
    """A store in which `chats` are due at DUE and the day has `papers`: each gets 1 + `papers` messages."""
    store = open_store(path)
    store.write_now(put_papers, DAY, papers)
    lines = (("Asia/Seoul", "09:00", languages[number % len(languages)], DUE) for number in range(chats))
    store.write_now(put_subscribers, platform, lines)
    return store
