"""Suggestions while somebody types: papers to send into any chat as cards, and values for a command's argument."""

import datetime as dt
import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from bot.commands.completions import completed
from bot.digest.compose import ABSTRACT, KEEP, SIMILAR, compose_paper
from bot.locales import supported, thousands, translator
from bot.message import Button, Message, shortened
from bot.model import Paper
from bot.ports import Card, Cards, Completion, Lookup, Suggestion
from bot.sources.paper_ids import mentioned, parse
from bot.store import list_days, papers, search
from bot.store.completing import papers_beginning
from bot.store.connection import Store

# A screen of a phone; Telegram takes 50 at most (core.telegram.org/bots/api#answerinlinequery).
CARDS = 10
_DESCRIPTION_UNITS = 120
# What can be done with a paper in a chat of others: nothing that belongs to a chat's digests.
_ON_CARDS = (ABSTRACT, SIMILAR, KEEP)


async def cards(store: Store, lookup: Lookup, language: str, today: dt.date) -> Cards:
    """Papers that hold the words, or those of the newest list when there are none."""
    language = supported(lookup.language) or language
    t = translator(language)
    offset = int(lookup.offset) if lookup.offset.isascii() and lookup.offset.isdigit() else 0
    found, more = await store.read(_found, _whole(lookup.text), today, min(offset, 10_000))
    made = [_card(paper, language) for paper in found]
    opens = t.gettext("Open Daily Papers") if made or offset else t.gettext("Nothing found – open Daily Papers")
    return Cards(cards=made, offset=str(offset + CARDS) if more else "", opens=opens)


async def suggestions(store: Store, completion: Completion, language: str, now: dt.datetime) -> Sequence[Suggestion]:
    """Values for an argument, as its kind has them."""
    completion = replace(completion, typed=_whole(completion.typed))
    return await completed(store, completion, supported(completion.language) or language, now)


def _whole(text: str) -> str:
    """Without halves of characters, which SQLite does not take."""
    return text.encode("utf-8", "replace").decode()


def _found(connection: sqlite3.Connection, text: str, today: dt.date, offset: int) -> tuple[Sequence[Paper], bool]:
    words = text.strip()
    # A blank behind it says that the last word has ended.
    sought = search.finished(connection, words) if text.endswith(words) else words
    if not sought:
        newest = list_days.newest_with_papers(connection, today)
        listed = papers.papers_of_day(connection, newest.day) if newest is not None else []
        listed.sort(key=lambda paper: -(paper.upvotes or 0))
        return listed[offset : offset + CARDS], len(listed) > offset + CARDS
    if named := [one] if (one := parse(words)) else mentioned(words):
        return list(papers.papers(connection, named).values()), False
    found = search.search(connection, sought, limit=CARDS, offset=offset)
    ids = list(found.ids)
    begun = papers_beginning(connection, words, CARDS) if not offset and (len(ids) < CARDS or found.corrected) else []
    if begun and found.corrected:
        # The last word is no mistake, it is not written to its end yet.
        return list(papers.papers(connection, begun).values()), False
    ids += [one for one in begun if one not in ids][: CARDS - len(ids)]
    return list(papers.papers(connection, ids).values()), found.total > offset + CARDS


def _card(paper: Paper, language: str) -> Card:
    message = compose_paper(paper, language)
    votes = "" if paper.upvotes is None else f"👍 {thousands(paper.upvotes, language)}"
    said = message.bullets[0] if message.bullets else ", ".join(paper.authors[:3])
    return Card(
        id=paper.id,
        title=paper.title,
        description=shortened(" · ".join(filter(None, (votes, said))), _DESCRIPTION_UNITS),
        message=_among_others(message),
        picture=message.picture,
    )


def _among_others(message: Message) -> Message:
    def stays(button: Button) -> bool:
        return bool(button.url) or button.action.partition(":")[0] in _ON_CARDS

    kept = tuple(replace(button, row=0) for button in message.buttons if stays(button))
    return replace(message, buttons=kept)
