"""`check`: compares the store's summaries with their papers, for a person or a program. The check is in bot/summaries."""

import datetime as dt
import json
import sqlite3
import sys
from collections.abc import Iterator

from bot.clock import Clock
from bot.errors import UsageError
from bot.model import Paper, Summary
from bot.settings import load_settings
from bot.store import list_days, papers
from bot.store.connection import Store, open_store
from bot.summaries.checking import saw_the_abstract_alone
from bot.summaries.faithfulness import Verdict, check

# Papers of one reading: a store of years is checked without holding it in memory.
_CHUNK = 500
_AFTER = "SELECT key, id FROM paper WHERE key > ? ORDER BY key LIMIT ?"


def check_summaries(day: dt.date | None, *, every: bool, as_json: bool) -> None:
    """Print a verdict for each stored summary of a day, of the newest day without one, or of all papers.

    Raises UsageError when the store has no papers there.
    """
    settings = load_settings()
    with open_store(settings.database) as store:
        found = _all(store) if every else iter([_of_day(store, day, Clock(settings.clock).now().date())])
        counts = {True: 0, False: 0, None: 0}
        for chunk in found:
            for paper in chunk:
                for summary in paper.summaries:
                    verdict = _verdict(paper, summary)
                    counts[verdict.faithful] += 1
                    sys.stdout.write(
                        _line(paper, summary.language, verdict) if as_json else _told(paper, summary.language, verdict)
                    )
    if not as_json:
        sys.stdout.write(
            f"{sum(counts.values())} summaries: {counts[True]} faithful, {counts[False]} not, "
            f"{counts[None]} without an abstract to check against.\n"
        )


def _verdict(paper: Paper, summary: Summary) -> Verdict:
    alone = saw_the_abstract_alone(summary.source, summary.prompt_version)
    return check(paper.title, paper.abstract, summary.bullets, summary.language, whole_source=alone)


def _of_day(store: Store, day: dt.date | None, today: dt.date) -> list[Paper]:
    if day is None:
        newest = store.read_now(list_days.newest_with_papers, today)
        if newest is None:
            raise UsageError("The store has no papers yet; `daily-papers fetch` gets the newest day.")
        day = newest.day
    found = store.read_now(papers.papers_of_day, day)
    if not found:
        raise UsageError(f"The store has no papers of {day}; `daily-papers fetch --date {day}` asks for them.")
    return found


def _all(store: Store) -> Iterator[list[Paper]]:
    last = 0
    while True:
        last, chunk = store.read_now(_chunk, last)
        if not chunk:
            return
        yield chunk


def _chunk(connection: sqlite3.Connection, last: int) -> tuple[int, list[Paper]]:
    rows = connection.execute(_AFTER, (last, _CHUNK)).fetchall()
    if not rows:
        return last, []
    return rows[-1]["key"], list(papers.papers(connection, [row["id"] for row in rows]).values())


def _line(paper: Paper, language: str, verdict: Verdict) -> str:
    said = {"id": paper.id, "lang": language, "faithful": verdict.faithful, "reasons": list(verdict.reasons)}
    # A reason quotes what a stranger wrote, half characters too; those have no UTF-8.
    return json.dumps(said, ensure_ascii=False).encode("utf-8", "replace").decode() + "\n"


def _told(paper: Paper, language: str, verdict: Verdict) -> str:
    word = {True: "faithful", False: "NOT FAITHFUL", None: "unknown"}[verdict.faithful]
    lines = [f"{paper.id} {language} {word}: {paper.title}", *(f"  - {reason}" for reason in verdict.reasons)]
    return "".join(_printable(line) + "\n" for line in lines)


def _printable(line: str) -> str:
    """The line for a terminal: what a stranger wrote moves no cursor."""
    return "".join(sign if sign.isprintable() else " " for sign in line)
