"""/paper and /search: one paper by its id, and papers by words."""

import re
import sqlite3
from collections.abc import Sequence

from bot.commands.asking import Asking
from bot.commands.faults import quoted
from bot.digest.compose import compose_paper
from bot.errors import PaperNotFound, SourceError
from bot.locales import thousands
from bot.message import Entry, Message, shortened
from bot.model import Paper
from bot.sources.paper_ids import parse
from bot.store import papers, search

# One screen of a phone; more words find fewer papers.
RESULTS = 10
TITLE_UNITS = 250
# Words past these only cost time: nobody types them, but a pasted abstract has hundreds.
SEARCHED_WORDS = 20
EXAMPLE = "/paper 2403.18361"


async def paper(asking: Asking) -> Sequence[Message]:
    """One paper by an id, a version of it, or a URL: from the store, else the Hub, else arXiv."""
    if not asking.arguments:
        return asking.say(
            asking.gettext("Which paper? For example {example}, or its address on arXiv.", example=EXAMPLE), private=True
        )
    paper_id = parse(asking.arguments)
    if paper_id is None:
        return await _no_id(asking)
    try:
        found = await asking.library.paper(paper_id)
    except PaperNotFound:
        return asking.say(
            asking.gettext("Neither Hugging Face nor arXiv knows a paper {id}.", id=paper_id),
            await _near(asking, paper_id),
            private=True,
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
    return [compose_paper(found, asking.language)]


async def search_papers(asking: Asking) -> Sequence[Message]:
    """Papers that hold the words, the best ten."""
    words = " ".join(asking.arguments.split()[:SEARCHED_WORDS])
    if not words:
        return asking.say(
            asking.gettext("Which words? For example /search diffusion models, in any language of the summaries."),
            private=True,
        )
    if parse(words) is not None:
        return await paper(asking)
    total, found = await asking.store.read(_found, words)
    if not total:
        return asking.say(
            asking.gettext("No paper here holds “{words}”.", words=quoted(words)),
            asking.gettext("Fewer words find more, and so may the English term."),
        )
    written = thousands(total, asking.language)
    shown = (
        asking.ngettext("{total} paper", "{total} papers", total, total=written)
        if total <= RESULTS
        else asking.ngettext("The best {shown} of {total} paper", "The best {shown} of {total} papers", total,
                             shown=len(found), total=written)
    )  # fmt: skip
    return [
        Message(
            heading=asking.gettext("Search: {words}", words=quoted(words)),
            paragraphs=(shown,),
            entries=tuple(_entry(number, one, asking.language) for number, one in enumerate(found, 1)),
            footer=asking.gettext("/paper with an id shows one paper: {example}", example=f"/paper {found[0].id}"),
        )
    ]


def _found(connection: sqlite3.Connection, words: str) -> tuple[int, list[Paper]]:
    found = search.search(connection, words, limit=RESULTS)
    return found.total, list(papers.papers(connection, found.ids).values())


def _entry(number: int, found: Paper, language: str) -> Entry:
    facts = [
        "" if found.upvotes is None else f"👍 {thousands(found.upvotes, language)}",
        "" if found.list_day is None else found.list_day.isoformat(),
    ]
    return Entry(
        number=number,
        title=shortened(found.title, TITLE_UNITS),
        link=found.arxiv_url,
        facts=" · ".join(filter(None, facts)),
    )


async def _no_id(asking: Asking) -> Sequence[Message]:
    """What was typed is no id: say what one looks like, with ids that were perhaps meant, or a search for the words."""
    written = quoted(asking.arguments)
    near = await _near(asking, re.sub(r"[^\d./a-z-]", "", asking.arguments.casefold())[:20])
    if not near and re.search(r"[^\W\d]{3}", asking.arguments) and "/" not in asking.arguments:
        near = asking.perhaps([f"/search {written}"])
    return asking.say(
        asking.gettext("“{written}” is not the id of a paper. Ids look like {new} or {old}.",
                       written=written, new="2403.18361", old="cs/0112017"),
        near,
        private=True,
    )  # fmt: skip


async def _near(asking: Asking, paper_id: str) -> str:
    if not re.search(r"\d", paper_id):
        return ""
    near = await asking.store.read(papers.nearest_ids, paper_id)
    known = await asking.store.read(papers.papers, near)
    return asking.perhaps(f"/paper {one.id} ({shortened(one.title, 60)})" for one in known.values())
