"""/similar: papers similar to one, each with what they have in common; and the button that does the same."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from bot.commands.asking import Asking
from bot.commands.listing import Page, listed, pages
from bot.commands.opening import pressed_paper
from bot.commands.papers import wanted
from bot.message import Message, shortened
from bot.model import Paper
from bot.store import papers
from bot.store.similar import Similar, similar

LIST = "m"
# Two pages: what comes after them has little to do with it.
MOST = 20
_TITLE_UNITS = 100


async def similar_papers(asking: Asking) -> Sequence[Message]:
    """Papers like the one that is named."""
    paper = await wanted(asking, "similar")
    return await listed(asking, LIST, paper.id) if isinstance(paper, Paper) else paper


async def pressed_similar(asking: Asking) -> Sequence[Message]:
    """The button under a paper."""
    paper = await pressed_paper(asking)
    if paper is None:
        return asking.say(asking.gettext("I do not have this paper any more."), private=True)
    found = await listed(asking, LIST, paper.id)
    return found if asking.in_private else [replace(one, private=True, silent=True) for one in found]


@pages(LIST)
async def papers_like(asking: Asking, paper_id: str, offset: int, count: int) -> Page:
    """Papers like one, the likest first, each with what both have."""
    paper, near, shown = await asking.store.read(_found, paper_id, offset, count)
    title = paper_id if paper is None else shortened(paper.title, _TITLE_UNITS)
    if not near:
        return Page(paragraphs=(asking.gettext("I have no paper that is like this one: {title}", title=title),))
    return Page(
        heading=asking.gettext("Similar to: {title}", title=title),
        papers=shown,
        total=len(near),
        facts={one.id: _reason(asking, one) for one in near},
        footer=asking.gettext("A number opens its paper."),
    )


def _reason(asking: Asking, one: Similar) -> str:
    """What both have: terms, and whoever wrote both."""
    # A number says nothing to a reader, whatever it says to the index.
    terms = ", ".join(term for term in one.terms if not term.isdigit())
    people = ", ".join(one.authors)
    return " · ".join(filter(None, (terms and asking.gettext("both: {terms}", terms=terms), people and f"✍ {people}")))


def _found(
    connection: sqlite3.Connection, paper_id: str, offset: int, count: int
) -> tuple[Paper | None, Sequence[Similar], list[Paper]]:
    near = similar(connection, paper_id, MOST)
    shown = papers.papers(connection, [one.id for one in near[offset : offset + count]])
    return papers.paper(connection, paper_id), near, list(shown.values())
