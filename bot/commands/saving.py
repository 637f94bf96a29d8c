"""/save, /unsave and /saved: a person's own list of papers, wherever they ask; and the buttons under it."""

import sqlite3
from collections.abc import Sequence

from bot.commands.asking import Asking
from bot.commands.exporting import FORMATS, export, format_named
from bot.commands.listing import Page, listed, pages
from bot.commands.papers import EXAMPLE, wanted, which
from bot.commands.privately import nobody_known, person_of, privately
from bot.digest.compose import KEEP
from bot.locales import thousands
from bot.message import Button, Message, shortened
from bot.model import Paper
from bot.sources.paper_ids import mentioned, parse
from bot.store import papers, saved
from bot.store.saved import Saving

LIST = "k"
TITLE_UNITS = 120


async def save(asking: Asking) -> Sequence[Message]:
    """Put the paper that is named on the asker's list."""
    if not (person := person_of(asking)):
        return nobody_known(asking)
    paper = await wanted(asking, "save")
    if not isinstance(paper, Paper):
        return paper
    became = await asking.store.write(saved.save, person, paper.id, now=asking.now)
    if became is Saving.FULL:
        return _full(asking)
    title = shortened(paper.title, TITLE_UNITS)
    return asking.say(
        asking.gettext("Saved already: {title}", title=title)
        if became is Saving.AGAIN
        else asking.gettext("Saved: {title}", title=title),
        asking.gettext("/saved shows your list, /unsave {id} takes this paper off it.", id=paper.id),
        private=True,
    )


async def unsave(asking: Asking) -> Sequence[Message]:
    """Take the paper that is named off the asker's list."""
    if not (person := person_of(asking)):
        return nobody_known(asking)
    paper_id = parse(asking.arguments)
    if paper_id is None and (named := mentioned(asking.arguments)):
        return await which(asking, "unsave", named)
    if paper_id is None:
        return asking.say(asking.gettext("Which paper? For example {example}.", example=f"/unsave {EXAMPLE}"), private=True)
    return await _removed(asking, person, paper_id)


async def show_saved(asking: Asking) -> Sequence[Message]:
    """The asker's list in pages, or as a file when a format is named."""
    if not (person := person_of(asking)):
        return nobody_known(asking)
    if asking.arguments:
        if form := format_named(asking.arguments):
            return await privately(asking, await export(asking, person, form))
        return asking.say(
            asking.gettext("/saved shows your list; {formats} give it as a file.",
                           formats=", ".join(f"/saved {name}" for name in FORMATS)),
            offers=[f"/save {paper_id}"] if (paper_id := parse(asking.arguments)) else (),
            private=True,
        )  # fmt: skip
    return await privately(asking, await listed(asking, LIST, private=True))


async def kept(asking: Asking) -> Sequence[Message]:
    """A pressed button: `ID` saves a paper, `-ID` takes it off, a format's name gives the list as a file."""
    if not (person := person_of(asking)):
        return nobody_known(asking)
    wish = asking.arguments
    if wish in FORMATS:
        return await privately(asking, await export(asking, person, wish))
    if wish.startswith("-"):
        return await _removed(asking, person, wish[1:])
    became = await asking.store.write(saved.save, person, wish, now=asking.now)
    if became is Saving.UNKNOWN:
        # The message is older than the store.
        return await save(asking)
    if became is Saving.FULL:
        return _full(asking)
    return asking.say(
        asking.gettext("You have saved this already. /unsave {id} takes it off your list.", id=wish)
        if became is Saving.AGAIN
        else asking.gettext("Saved. /saved shows your list, /unsave {id} takes this off it.", id=wish),
        private=True,
    )


@pages(LIST)
async def _list(asking: Asking, arguments: str, offset: int, count: int) -> Page:
    """The papers of whoever asks or presses: nobody turns the pages of another's list."""
    del arguments
    total, found = await asking.store.read(_found, person_of(asking), offset, count)
    if not total:
        return Page(
            paragraphs=(
                asking.gettext("You have saved nothing yet."),
                asking.gettext(
                    "The button Save under a paper puts it here, and so does {example}.", example=f"/save {EXAMPLE}"
                ),
            ),
            private=True,
        )
    written = thousands(total, asking.language)
    return Page(
        heading=asking.gettext("Your saved papers"),
        paragraphs=(asking.ngettext("{total} paper", "{total} papers", total, total=written),),
        papers=found,
        total=total,
        footer=asking.gettext("A number opens its paper. /unsave with an id takes one off."),
        buttons=tuple(Button(form.label, action=f"{KEEP}:{name}") for name, form in FORMATS.items()),
        private=True,
    )


async def _removed(asking: Asking, person: str, paper_id: str) -> Sequence[Message]:
    if await asking.store.write(saved.remove, person, paper_id):
        return asking.say(asking.gettext("Taken off your list: {id}", id=paper_id), private=True)
    return asking.say(asking.gettext("{id} is not on your list. /saved shows what is.", id=paper_id), private=True)


def _full(asking: Asking) -> list[Message]:
    return asking.say(
        asking.gettext("Your list is full: it holds {count} papers. /unsave with an id makes room.",
                       count=thousands(saved.MOST, asking.language)),
        private=True,
    )  # fmt: skip


def _found(connection: sqlite3.Connection, person: str, offset: int, count: int) -> tuple[int, list[Paper]]:
    ids = saved.ids(connection, person, limit=count, offset=offset)
    known = papers.papers(connection, ids)
    return saved.count(connection, person), [known[one] for one in ids]
