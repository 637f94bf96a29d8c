"""The sample day, 2024-03-28, that the first run shows on a machine without a network.

The facts are public (titles, authors, votes and pictures of that day's list); the summaries are this project's own.
"""

import datetime as dt
import json
from importlib.resources import files

from bot.model import Origin, Paper, Summary, SummarySource


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
