"""What panels of buttons have in common: whose they are, which chat they are about, and how their rows are laid out.

A panel's actions end with its owner: in a group the person who asked (bot/commands/presser.py), "" in a private chat, or,
after an `@`, another chat that an admin controls from the private chat; those rights are checked again at each press.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.commands.asking import Asking
from bot.commands.presser import asker, base36, may_press, not_yours
from bot.message import Button, Message
from bot.store import chats
from bot.store.allowed import includes

# What the actions of the settings (and the steps of subscribing) and of the filters begin with.
PANEL, FILTER = "c", "f"
_ELSEWHERE = "@"
_TOPIC = "."


def whose(asking: Asking) -> str:
    """The last part of a panel's actions."""
    if not asking.elsewhere:
        return asker(asking)
    address = asking.request.address
    topic = f"{_TOPIC}{base36(int(address.topic_id))}" if address.topic_id else ""
    return f"{_ELSEWHERE}{base36(int(address.chat_id))}{topic}"


async def located(asking: Asking, whose: str) -> Asking | list[Message]:
    """The question as one about the chat of which a pressed panel speaks; or what is told to who may not press it."""
    if not whose.startswith(_ELSEWHERE):
        return asking if await may_press(asking, whose) else not_yours(asking)
    chat, _, topic = whose.removeprefix(_ELSEWHERE).partition(_TOPIC)
    try:
        name = str(int(chat, 36)) + (f"/{int(topic, 36)}" if topic else "")
    except ValueError:
        return gone(asking)
    there = await speaking_of(asking, name)
    if there is None:
        return asking.say(asking.gettext("You are not an admin there any more, or I am not in that chat."), private=True)
    return there


async def speaking_of(asking: Asking, name: str) -> Asking | None:
    """The question as one about the chat called `name`; None when the asker is no admin of such a chat."""
    if not asking.in_private or asking.request.elsewhere is None:
        return None
    request = await asking.request.elsewhere(name)
    if request is None or not includes(asking.settings.served_chats, request.address) or not await request.may_change():
        return None
    # Which button was pressed, and where its message stands, stays as it is.
    request = replace(
        request, person=asking.request.person, action=asking.request.action, edit=asking.request.edit,
        notice=asking.request.notice, language=asking.request.language,
    )  # fmt: skip
    chat = await asking.store.read(chats.chat, request.address)
    return replace(asking, request=request, chat=chat, elsewhere=True)


def gone(asking: Asking) -> list[Message]:
    """What is said of an action that means nothing."""
    return asking.say(asking.gettext("This button does not work any more."), private=True)


def rows(groups: Iterable[Sequence[Button]], a_row: int = 4) -> tuple[Button, ...]:
    """Each group of buttons in rows of its own, of at most `a_row`."""
    placed: list[Button] = []
    row = 0
    for group in groups:
        for place, button in enumerate(group):
            placed.append(replace(button, row=row + place // a_row))
        row += -(-len(group) // a_row)
    return tuple(placed)


def ticked(label: str, *, on: bool) -> str:
    """A choice that is in force is marked."""
    return f"✓ {label}" if on else label
