"""/random: one good paper at random, never the same twice in a row for a person; and the button that shows another."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from bot.commands.asking import Asking
from bot.commands.presser import put
from bot.digest.compose import OPEN, compose_paper
from bot.message import Button, Message
from bot.model import Paper
from bot.store import papers, random_papers

# Behind the prefix of opening, in the place of an id.
ANOTHER = f"{OPEN}:random"


async def random_paper(asking: Asking) -> Sequence[Message]:
    """One paper that many liked, with a button for another."""
    message = await _drawn(asking)
    return _nothing(asking) if message is None else [message]


async def another(asking: Asking) -> Sequence[Message]:
    """The pressed button: another paper, in the place of the one before where nobody else reads along."""
    message = await _drawn(asking)
    if message is None:
        return _nothing(asking)
    if asking.in_private:
        return await put(asking, message)
    return [replace(message, private=True, silent=True)]


async def _drawn(asking: Asking) -> Message | None:
    address = asking.request.address
    # Where nobody is known to ask, the chat is who asks.
    person = f"{address.platform}:{asking.request.person or address.chat_id}"
    paper = await asking.store.read(_drawn_for, person)
    if paper is None:
        return None
    await asking.store.write(random_papers.remember, person, paper.id)
    message = compose_paper(paper, asking.language)
    below = 1 + max(button.row for button in message.buttons)
    return replace(message, buttons=(*message.buttons, Button(asking.gettext("🎲 Another"), action=ANOTHER, row=below)))


def _drawn_for(connection: sqlite3.Connection, person: str) -> Paper | None:
    paper_id = random_papers.drawn(connection, person)
    return None if paper_id is None else papers.paper(connection, paper_id)


def _nothing(asking: Asking) -> list[Message]:
    return asking.say(
        asking.gettext("I have no papers yet. /today fetches the newest list."),
        private=True,
    )
