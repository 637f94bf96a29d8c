"""/author: a person's papers, with the name in any order and without accents; if there are none, similar names."""

import sqlite3
from collections.abc import Sequence

from bot.commands.asking import Asking
from bot.commands.faults import quoted
from bot.commands.listing import Lead, Page, listed, pages
from bot.digest.filters import folded
from bot.locales import thousands
from bot.message import Message, shortened
from bot.model import Paper
from bot.store import authors, papers

AUTHOR = "u"
EXAMPLE = "/author Kaiming He"
# Longer ones are nobody's.
_MOST_PARTS = 8
_OFFERED = 4
_NAMED = 3


async def author(asking: Asking) -> Sequence[Message]:
    """The papers of an author, in pages."""
    name = " ".join(asking.arguments.split()[:_MOST_PARTS])
    if not any(len(part) > 1 for part in folded(name).split()):
        return asking.say(asking.gettext("Whose papers? For example {example}.", example=EXAMPLE), private=True)
    return await listed(asking, AUTHOR, name)


@pages(AUTHOR)
async def papers_by(asking: Asking, name: str, offset: int, count: int) -> Page:
    """The papers of everybody who has this name, the newest list first."""
    found, names, shown = await asking.store.read(_by, name, offset, count)
    if not found:
        near = await asking.store.read(authors.names_like, name, _OFFERED)
        return Page(
            paragraphs=(
                asking.gettext("No paper here has an author “{name}”.", name=quoted(name)),
                asking.gettext("Is it one of these?") if near else await _hint(asking, name),
            ),
            leads=[Lead(kind=AUTHOR, arguments=one, label=one, row=row) for row, one in enumerate(near)],
        )
    counted = asking.ngettext("{total} paper", "{total} papers", found, total=thousands(found, asking.language))
    several = ""
    if len(names) > 1:
        several = asking.gettext("Of several people or spellings: {names}", names=_some(names))
    return Page(
        heading=asking.gettext("Papers by {name}", name=shortened(names[0] if len(names) == 1 else name, 60)),
        paragraphs=tuple(filter(None, (counted, several))),
        papers=shown,
        total=found,
        footer=asking.gettext("A number opens its paper."),
    )


def _by(connection: sqlite3.Connection, name: str, offset: int, count: int) -> tuple[int, Sequence[str], list[Paper]]:
    found = authors.by_author(connection, name)
    return len(found.ids), found.names, list(papers.papers(connection, found.ids[offset : offset + count]).values())


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")


async def _hint(asking: Asking, name: str) -> str:
    """What may help where nobody is even called alike: a part of the name that somebody has."""
    parts = name.split()
    for part in sorted(parts, key=len, reverse=True) if len(parts) > 1 else ():
        if (await asking.store.read(authors.by_author, part)).ids:
            example = f"/author {quoted(part)}"
            return asking.gettext("A part of the name alone may find more: {example}.", example=example)
    return asking.gettext("Names stand here as papers write them, in Latin letters for the most part.")
