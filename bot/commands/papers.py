"""/paper and /search: one paper by its id, and papers by words."""

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from bot.commands.asking import Asking
from bot.commands.faults import quoted
from bot.commands.listing import Page, listed, pages
from bot.commands.privately import person_of
from bot.digest.compose import KEEP, compose_paper
from bot.errors import PaperNotFound, SourceError
from bot.locales import thousands
from bot.message import Button, Message, shortened
from bot.model import Paper
from bot.search.query import read_query
from bot.sources.paper_ids import mentioned, parse
from bot.store import papers, saved, search
from bot.store.search import Found

# The kind of its lists.
SEARCH = "s"
# Words past these only cost time: nobody types them, but a pasted abstract has hundreds.
SEARCHED_WORDS = 20
# A keyboard of that many rows is still looked over at once.
_OFFERED = 10
EXAMPLE = "2403.18361"
# What a search can say besides words.
OPERATORS = ('"world model"', "-video", "author:LeCun", "since:2024-05", "votes:>20")
# Korean words have two letters where others have three.
_WORD = re.compile(r"[^\W\d]{3}|[가-힣]{2}")
_BOUND = re.compile(r"[^\W\d]+[:：]\S+")


async def paper(asking: Asking) -> Sequence[Message]:
    """One paper by an id, a version of it, or a URL."""
    found = await wanted(asking, "paper")
    return [await shown(asking, found)] if isinstance(found, Paper) else found


async def shown(asking: Asking, found: Paper) -> Message:
    """A paper that somebody asked for, with what there is of it. What a language model can add to that, it is asked for."""
    message = await composed(asking, found)
    if not await asking.library.wish(found, asking.language):
        return message
    coming = asking.gettext("A summary is being written: /paper {id} shows it in a minute.", id=found.id)
    return replace(message, footer=" · ".join(filter(None, (message.footer, coming))))


async def composed(asking: Asking, found: Paper, *, abstract: bool = False) -> Message:
    """A paper as its asker sees it: where nobody else does, what stands on the own list can be taken off it."""
    message = compose_paper(found, asking.language, abstract=abstract)
    if not asking.in_private or not await asking.store.read(saved.has, person_of(asking), found.id):
        return message
    taken_off = Button(asking.gettext("Unsave"), action=f"{KEEP}:-{found.id}", row=1)
    return replace(
        message, buttons=tuple(taken_off if one.action == f"{KEEP}:{found.id}" else one for one in message.buttons)
    )


async def wanted(asking: Asking, command: str) -> Paper | list[Message]:
    """The paper that the arguments name, from the store, else the Hub, else arXiv; or what is to be said without one."""
    if not asking.arguments:
        return asking.say(
            asking.gettext("Which paper? For example {example}, or its address on arXiv.", example=f"/{command} {EXAMPLE}"),
            private=True,
        )
    paper_id = parse(asking.arguments)
    if paper_id is None:
        named = mentioned(asking.arguments)
        if len(named) != 1:
            return await which(asking, command, named) if named else await _no_id(asking)
        (paper_id,) = named
    try:
        return await asking.library.paper(paper_id)
    except PaperNotFound:
        return asking.say(
            asking.gettext("Neither Hugging Face nor arXiv knows a paper {id}.", id=paper_id),
            private=True,
            offers=await _near(asking, paper_id),
        )
    except SourceError:
        return asking.say(
            asking.gettext(
                "I do not have the paper {id}, and neither Hugging Face nor arXiv can be asked now. "
                "Try again in a few minutes.",
                id=paper_id,
            ),
            private=True,
        )


async def which(asking: Asking, command: str, named: Sequence[str]) -> list[Message]:
    """Several papers are named where `command` is about one: each with a button."""
    offered = named[:_OFFERED]
    known = await asking.store.read(papers.papers, offered)
    titles = {one: f"{one} · {shortened(known[one].title, 60)}" if one in known else one for one in offered}
    buttons = asking.running(*((title, f"/{command} {one}") for one, title in titles.items()))
    typed = () if buttons else tuple(f"/{command} {title}" for title in titles.values())
    question = asking.gettext("Several papers are named there. Which one?")
    return [Message(paragraphs=(question, *typed), buttons=buttons, private=True)]


async def search_papers(asking: Asking) -> Sequence[Message]:
    """Papers that hold the words, in pages."""
    words = " ".join(asking.arguments.split()[:SEARCHED_WORDS])
    if not any(ch.isalnum() for ch in words):
        return asking.say(
            asking.gettext("Which words? For example /search diffusion models, in any language of the summaries."),
            asking.gettext("Closer: {examples}", examples=" · ".join(OPERATORS)),
            private=True,
        )
    if parse(words) is not None:
        return await paper(asking)
    return await listed(asking, SEARCH, words)


@pages(SEARCH)
async def _searched(asking: Asking, words: str, offset: int, count: int) -> Page:
    """Papers that hold `words`, the best first."""
    found, shown = await asking.store.read(_found, words, offset, count)
    if not found.total:
        return Page(
            paragraphs=(
                asking.gettext("No paper here holds “{words}”.", words=quoted(words)),
                *_unread(asking, words),
                asking.gettext("Fewer words find more, and so may the English term."),
            )
        )
    written = thousands(found.total, asking.language)
    counted = asking.ngettext("{total} paper", "{total} papers", found.total, total=written)
    corrected = ", ".join(f"{typed} → {taken}" for typed, taken in found.corrected)
    return Page(
        heading=asking.gettext("Search: {words}", words=quoted(words)),
        paragraphs=(
            *_unread(asking, words),
            *((asking.gettext("Spelling corrected: {words}", words=corrected),) if corrected else ()),
            counted,
        ),
        papers=shown,
        total=found.total,
        footer=asking.gettext("A number opens its paper."),
    )


def _unread(asking: Asking, words: str) -> list[str]:
    """What begins as a bound of days or votes and is none was looked for as words: that is told."""
    for bound in _BOUND.findall(words):
        key, written = re.split("[:：]", bound, maxsplit=1)
        readable, read = read_query(f"{key}:2024 {key}:>2024"), read_query(bound)
        if readable.is_bounded and not read.is_bounded:
            example = f"{key}:>20" if readable.least_votes else f"{key}:2024-05"
            return [
                asking.gettext("“{written}” says no bound that I know, so it is only words. For example: {example}",
                               written=quoted(f"{key}:{written}"), example=example)
            ]  # fmt: skip
    return []


def _found(connection: sqlite3.Connection, words: str, offset: int, count: int) -> tuple[Found, list[Paper]]:
    found = search.search(connection, words, limit=count, offset=offset)
    return found, list(papers.papers(connection, found.ids).values())


async def _no_id(asking: Asking) -> list[Message]:
    """What was typed is no id: say what one looks like, with ids that were perhaps meant, or a search for the words."""
    written = quoted(asking.arguments)
    near = await _near(asking, re.sub(r"[^\d./a-z-]", "", asking.arguments.casefold())[:20])
    if not near and _WORD.search(asking.arguments) and "/" not in asking.arguments:
        near = [(f"/search {written}", "")]
    return asking.say(
        asking.gettext("“{written}” is not the id of a paper. Ids look like {new} or {old}.",
                       written=written, new="2403.18361", old="cs/0112017"),
        private=True,
        offers=near,
    )  # fmt: skip


async def _near(asking: Asking, paper_id: str) -> list[tuple[str, str]]:
    """Command lines for the papers whose ids are nearest, each with its title."""
    if not re.search(r"\d", paper_id):
        return []
    near = await asking.store.read(papers.nearest_ids, paper_id)
    known = await asking.store.read(papers.papers, near)
    return [(f"/paper {one.id}", f"{one.id} · {shortened(one.title, 60)}") for one in known.values()]
