"""What belongs to one person: whose list it is, and how an answer reaches only them."""

from collections.abc import Sequence
from dataclasses import replace

from bot.commands.asking import Asking
from bot.message import Message
from bot.ports import Sent, Unknown


def person_of(asking: Asking) -> str:
    """Who asks, as the store knows people: `platform:number`. "" when nobody is known (a channel, an anonymous admin)."""
    request = asking.request
    # Whoever writes in the name of a group or channel has its number, which on Telegram is negative.
    named = request.person and not request.person.startswith("-")
    return f"{request.address.platform}:{request.person}" if named else ""


def nobody_known(asking: Asking) -> list[Message]:
    """What is said to somebody who asks for things of their own without being known."""
    return asking.say(
        asking.gettext("I cannot see who you are here, so I keep nothing for you. Write to me in a private chat."),
        private=True,
    )


async def privately(asking: Asking, messages: Sequence[Message]) -> Sequence[Message]:
    """`messages` for the asker alone: hidden from others where the platform hides, else sent into the private chat."""
    send = asking.request.alone
    if asking.in_private or send is None:
        return [replace(message, private=True) for message in messages]
    for message in messages:
        if not isinstance(await send(message), Sent | Unknown):
            return asking.say(
                asking.gettext(
                    "That is for your eyes only, and I cannot write to you yet. Open a private chat with me first."
                ),
                private=True,
            )
    return asking.say(asking.gettext("I have sent that to you in our private chat."), private=True)
