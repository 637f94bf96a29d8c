"""What is offered while somebody still types: papers to put into any chat as cards, and values for a command's argument."""

import datetime as dt
import sqlite3
from collections.abc import Sequence

from bot.digest.compose import compose_paper
from bot.locales import supported, thousands
from bot.message import shortened
from bot.model import Paper
from bot.ports import Card, Cards, Completion, Lookup, Suggestion
from bot.store import list_days, papers, search
from bot.store.connection import Store

# A screen of a phone; Telegram takes 50 at most (core.telegram.org/bots/api#answerinlinequery).
CARDS = 10
# Discord's limits of a choice: discord.com/developers/docs/interactions/application-commands.
SUGGESTIONS, LABEL_UNITS = 25, 100
_DESCRIPTION_UNITS = 120


async def cards(store: Store, lookup: Lookup, language: str, today: dt.date) -> Cards:
    """Papers that hold the words, or those of the newest list when there are none."""
    language = supported(lookup.language) or language
    offset = int(lookup.offset) if lookup.offset.isascii() and lookup.offset.isdigit() else 0
    found, more = await store.read(_found, lookup.text, today, CARDS, offset)
    made = [_card(paper, language) for paper in found]
    return Cards(cards=made, offset=str(offset + CARDS) if more else "")


async def suggestions(store: Store, completion: Completion, today: dt.date) -> Sequence[Suggestion]:
    """Papers by their ids or the words of their titles, for the arguments that name a paper."""
    if completion.argument != "id":
        return ()
    found, _ = await store.read(_found, completion.typed, today, SUGGESTIONS, 0)
    return [Suggestion(paper.id, shortened(f"{paper.id} · {paper.title}", LABEL_UNITS)) for paper in found]


def _found(
    connection: sqlite3.Connection, words: str, today: dt.date, count: int, offset: int
) -> tuple[Sequence[Paper], bool]:
    if words.strip():
        found = search.search(connection, words, limit=count, offset=offset)
        return list(papers.papers(connection, found.ids).values()), found.total > offset + count
    newest = list_days.newest_with_papers(connection, today)
    listed = papers.papers_of_day(connection, newest.day) if newest is not None else []
    return listed[offset : offset + count], len(listed) > offset + count


def _card(paper: Paper, language: str) -> Card:
    message = compose_paper(paper, language)
    votes = "" if paper.upvotes is None else f"👍 {thousands(paper.upvotes, language)}"
    said = message.bullets[0] if message.bullets else ", ".join(paper.authors[:3])
    return Card(
        id=paper.id,
        title=paper.title,
        description=shortened(" · ".join(filter(None, (votes, said))), _DESCRIPTION_UNITS),
        message=message,
        picture=message.picture,
    )
