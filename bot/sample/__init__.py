"""The sample day, 2024-03-28, that the first run shows on a machine without network.

The facts are public (titles, authors, votes and pictures of that day's list); the summaries are this project's own.
"""

import datetime as dt
import json
import sqlite3
from importlib.resources import files

from bot.model import ListDay, ListDayState, Origin, Paper, Summary, SummarySource
from bot.ports import SourcePaper
from bot.store.list_days import save_list
from bot.store.papers import merge_papers


def sample_day() -> tuple[dt.date, list[Paper]]:
    """The day and its ten papers, in the list's order."""
    written = json.loads(files("bot.sample").joinpath("day.json").read_text(encoding="utf-8"))
    day = dt.date.fromisoformat(written["date"])
    papers = [
        Paper(
            id=paper["id"],
            title=paper["title"],
            authors=tuple(paper["authors"]),
            upvotes=paper["upvotes"],
            list_day=day,
            thumbnail=paper["thumbnail"],
            summaries=tuple(
                Summary(language=language, source=SummarySource.SAMPLE, bullets=tuple(bullets))
                for language, bullets in paper["summaries"].items()
            ),
            origin=Origin.SAMPLE,
        )
        for paper in written["papers"]
    ]
    return day, papers


def save_sample(connection: sqlite3.Connection, *, now: dt.datetime) -> ListDay:
    """Put the sample day into the store. Whatever another source says of it stands over it, and it is never delivered."""
    day, papers = sample_day()
    merge_papers(connection, [SourcePaper(paper=paper, source="sample") for paper in papers], now=now)
    return save_list(connection, day, papers, origin=Origin.SAMPLE, state=ListDayState.CLOSED, now=now)
