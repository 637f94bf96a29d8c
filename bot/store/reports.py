"""Summaries that readers reported: who, which, and whether the operator was told and a language model asked again."""

import datetime as dt
import json
import sqlite3
from dataclasses import dataclass
from enum import StrEnum

from bot.clock import from_text, to_text
from bot.model import REPORTED, Summary, SummarySource
from bot.store.papers import READER_VERSION
from bot.store.summaries import report_wrong

# One who finds more than this wrong in a day plays with the button.
MOST_A_DAY = 20

_OPEN = """
SELECT summary_report.*, paper.id, paper.title FROM summary_report JOIN paper ON paper.key = summary_report.paper_key
WHERE {column} IS NULL ORDER BY reported_at LIMIT ?
"""
_CLOSE = (
    "UPDATE summary_report SET {column} = ? WHERE paper_key = (SELECT key FROM paper WHERE id = ?) AND mark = ? "
    "AND {column} IS NULL"
)


class Reported(StrEnum):
    """The outcome of one person's report."""

    TAKEN = "taken"
    AGAIN = "again"  # this person has said so already
    TOO_MANY = "too many"  # of this person, in one day


@dataclass(frozen=True, slots=True)
class Report:
    """A summary that was reported as wrong. `room` is "" for a private chat."""

    paper_id: str
    title: str
    mark: str
    language: str
    bullets: tuple[str, ...]
    platform: str
    room: str
    at: dt.datetime


def report(
    connection: sqlite3.Connection,
    paper_id: str,
    summary: Summary,
    mark: str,
    *,
    language: str,
    platform: str,
    person: str,
    room: str,
    now: dt.datetime,
) -> Reported:
    """Store that `person` (the platform's number) reports a summary as wrong, and mark the summary."""
    (key,) = connection.execute("SELECT key FROM paper WHERE id = ?", (paper_id,)).fetchone()
    who = f"{platform}:{person}"
    said = "SELECT 1 FROM summary_reporter WHERE person = ? AND paper_key = ? AND mark = ?"
    if connection.execute(said, (who, key, mark)).fetchone():
        return Reported.AGAIN
    today = "SELECT count(*) FROM summary_reporter WHERE person = ? AND reported_at > ?"
    (count,) = connection.execute(today, (who, to_text(now - dt.timedelta(days=1)))).fetchone()
    if count >= MOST_A_DAY:
        return Reported.TOO_MANY
    connection.execute("INSERT INTO summary_reporter VALUES (?, ?, ?, ?)", (who, key, mark, to_text(now)))
    bullets = json.dumps(summary.bullets)
    connection.execute(
        "INSERT INTO summary_report (paper_key, mark, language, bullets, platform, room, reported_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (paper_key, mark) DO NOTHING",
        (key, mark, language, bullets, platform, room, to_text(now)),
    )
    if summary.source is SummarySource.HUB:
        _mark_hub(connection, key, summary, now)
    else:
        report_wrong(connection, paper_id, summary)
    return Reported.TAKEN


def untold(connection: sqlite3.Connection, most: int) -> list[Report]:
    """Those of which ADMIN_CHATS were not told yet, the oldest first."""
    return _reports(connection, "told_at", most)


def unasked(connection: sqlite3.Connection, most: int) -> list[Report]:
    """Those for which no language model was asked again yet, the oldest first."""
    return _reports(connection, "asked_at", most)


def told(connection: sqlite3.Connection, one: Report, *, now: dt.datetime) -> None:
    connection.execute(_CLOSE.format(column="told_at"), (to_text(now), one.paper_id, one.mark))


def asked(connection: sqlite3.Connection, one: Report, *, now: dt.datetime) -> None:
    connection.execute(_CLOSE.format(column="asked_at"), (to_text(now), one.paper_id, one.mark))


@dataclass(frozen=True, slots=True)
class Doubts:
    """How many summaries are shown as doubtful: `reported` by readers, `unverified` for the check found them so.

    `untold` of the reports wait to be told to ADMIN_CHATS.
    """

    reported: int = 0
    unverified: int = 0
    untold: int = 0


def doubts(connection: sqlite3.Connection) -> Doubts:
    """How many summaries are in doubt now; one that was written anew is not any more."""
    row = connection.execute(
        "SELECT count(*) FILTER (WHERE checked_version = ?1) AS reported, "
        "count(*) FILTER (WHERE checked_version <> ?1) AS unverified FROM summary WHERE verified = 0",
        (READER_VERSION,),
    ).fetchone()
    (untold,) = connection.execute("SELECT count(*) FROM summary_report WHERE told_at IS NULL").fetchone()
    return Doubts(row["reported"], row["unverified"], untold)


def _reports(connection: sqlite3.Connection, column: str, most: int) -> list[Report]:
    return [
        Report(
            paper_id=row["id"],
            title=row["title"],
            mark=row["mark"],
            language=row["language"],
            bullets=tuple(json.loads(row["bullets"])),
            platform=row["platform"],
            room=row["room"],
            at=from_text(row["reported_at"]),
        )
        for row in connection.execute(_OPEN.format(column=column), (most,))
    ]


def _mark_hub(connection: sqlite3.Connection, key: int, summary: Summary, now: dt.datetime) -> None:
    """The Hub's `ai_summary` is a fact of its paper and no row of its own; what a reader says of it is one."""
    connection.execute(
        "INSERT OR REPLACE INTO summary (paper_key, language, source, bullets, created_at, verified, reasons, "
        "checked_version) VALUES (?, ?, ?, ?, ?, 0, ?, ?)",
        (
            key, summary.language, summary.source.value, json.dumps(summary.bullets, ensure_ascii=False), to_text(now),
            json.dumps([REPORTED]), READER_VERSION,
        ),
    )  # fmt: skip
