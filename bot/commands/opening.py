"""Buttons that open a paper from a list, show its full abstract, and go back to its summary.

The message itself is changed only where nobody else reads it; elsewhere the answer is a new message.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.commands.asking import Asking
from bot.commands.papers import composed, shown
from bot.commands.presser import put
from bot.commands.random_paper import ANOTHER, another
from bot.digest.compose import BACK, compose_paper
from bot.errors import SourceError
from bot.message import Message
from bot.model import Paper
from bot.sources.paper_ids import parse
from bot.store import papers


async def opened(asking: Asking) -> Sequence[Message]:
    """A pressed number of a list; `arguments` begin with the paper's id."""
    if asking.request.action == ANOTHER:
        return await another(asking)
    paper = await pressed_paper(asking)
    return _gone(asking) if paper is None else _beside(asking, await shown(asking, paper))


async def abstract(asking: Asking) -> Sequence[Message]:
    """Pressed under a paper: its whole abstract in the place of the bullets; with `:b` behind the id, the bullets again."""
    paper = await pressed_paper(asking)
    if paper is None:
        return _gone(asking)
    back = asking.arguments.partition(":")[2] == BACK
    if not back and not paper.abstract:
        return asking.say(asking.gettext("I do not have the abstract of this paper; arXiv shows it."), private=True)
    if asking.in_private:
        return await put(asking, await composed(asking, paper, abstract=not back))
    if back:
        return _beside(asking, compose_paper(paper, asking.language))
    whole = compose_paper(paper, asking.language, abstract=True)
    # What others have before their eyes needs no second set of facts, pictures and buttons.
    return _beside(asking, Message(heading=whole.heading, link=whole.link, paragraphs=whole.paragraphs[-1:]))


async def pressed_paper(asking: Asking) -> Paper | None:
    """The paper whose id begins the arguments of a pressed button. None when there is no such paper any more."""
    written = asking.arguments.partition(":")[0]
    if parse(written) != written:
        return None
    known = await asking.store.read(papers.paper, written)
    if known is not None:
        return known
    try:
        return await asking.library.paper(written)
    except SourceError:
        return None


def _beside(asking: Asking, message: Message) -> list[Message]:
    """For the presser alone where the platform can do that, and without a sound where it cannot."""
    return [message if asking.in_private else replace(message, private=True, silent=True)]


def _gone(asking: Asking) -> list[Message]:
    return asking.say(asking.gettext("I do not have this paper any more."), private=True)
