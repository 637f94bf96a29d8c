"""Pressed buttons: which handler an action goes to, and which part of an answer is a notice to whoever pressed.

An action is `name:arguments`, at most 64 bytes, and keeps its meaning for ever: buttons of years ago still carry it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.commands import filters, forgetting, less, listing, opening, operating, saving, settings_panel, similar
from bot.commands.asking import Asking, Handler
from bot.commands.away import not_here
from bot.commands.panels import FILTER, PANEL
from bot.commands.wrong import wrong
from bot.digest.compose import ABSTRACT, KEEP, LESS, OPEN, SIMILAR, WRONG
from bot.message import INERT, Message
from bot.ports import Request

ACTIONS: Mapping[str, Handler] = {
    WRONG: wrong,
    KEEP: saving.kept,
    forgetting.FORGET: forgetting.forgotten,
    LESS: less.less,
    PANEL: settings_panel.pressed_panel,
    FILTER: filters.pressed_filter,
    OPEN: opening.opened,
    ABSTRACT: opening.abstract,
    SIMILAR: similar.pressed_similar,
    listing.PAGE: listing.turned,
    operating.ANNOUNCE: operating.pressed_announcement,
    INERT: listing.nothing,
}

# Buttons that speak of a chat's own digests.
_AT_HOME = frozenset({LESS, PANEL, FILTER})


async def pressed(asking: Asking) -> Sequence[Message]:
    """The answer to a pressed button."""
    name, _, arguments = asking.request.action.partition(":")
    handler = ACTIONS.get(name)
    if handler is None:
        return asking.say(asking.gettext("This button does not work any more."), private=True)
    if asking.request.single and name in _AT_HOME:
        return not_here(asking)
    return await handler(replace(asking, arguments=arguments))


async def noticed(request: Request, messages: Sequence[Message]) -> list[Message]:
    """Show short answers as notices to the person who pressed; returns the rest, which is to be sent."""
    if request.notice is None:
        return list(messages)
    rest = []
    for message in messages:
        if message.private and message == Message(paragraphs=message.paragraphs, private=True, silent=message.silent):
            await request.notice("\n".join(message.paragraphs))
        else:
            rest.append(message)
    return rest
