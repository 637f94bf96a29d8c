"""Who may press a list's or a panel's buttons, and how the result replaces the message with the pressed button.

A button that belongs to one person carries that person's number in at most 13 characters; only they or an admin may use it.
"""

import hashlib
from collections.abc import Sequence

from bot.commands.asking import Asking
from bot.message import Message
from bot.ports import Rejected, Unreachable

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
# In a private chat whoever presses has asked.
EVERYBODY = ""
# In a group where it is not known who asked: its admins may press.
NOBODY = "0"


def base36(number: int) -> str:
    """`number` in the digits and letters that take the least room: a snowflake of 64 bits has 13 of them."""
    sign, number = ("-", -number) if number < 0 else ("", number)
    written = ""
    while number:
        number, digit = divmod(number, 36)
        written = _DIGITS[digit] + written
    return sign + (written or "0")


def asker(asking: Asking) -> str:
    """Who asks, as buttons carry it."""
    if asking.in_private:
        return EVERYBODY
    person = asking.request.person
    if not person:
        return NOBODY
    number = person.removeprefix("-")
    if number.isascii() and number.isdigit() and len(number) <= 19:
        return base36(int(person))
    # A stranger's adapter may name people by words.
    return base36(int.from_bytes(hashlib.blake2b(person.encode("utf-8", "replace"), digest_size=7).digest()))


async def may_press(asking: Asking, owner: str) -> bool:
    """Whether the one who pressed is `owner`, as `asker` wrote it, or an admin of the chat."""
    return (
        asking.in_private
        or (owner not in {EVERYBODY, NOBODY} and owner == asker(asking))
        or await asking.request.may_change()
    )


def not_yours(asking: Asking) -> list[Message]:
    """What somebody else is told."""
    return asking.say(
        asking.gettext("These buttons belong to the one who asked. Ask yourself, and you get buttons of your own."),
        private=True,
    )


async def put(asking: Asking, message: Message) -> Sequence[Message]:
    """`message` in the place of the pressed one; where that cannot be changed any more, it is given back to be sent."""
    if asking.request.edit is None:
        return [message]
    became = await asking.request.edit(message)
    return [message] if isinstance(became, Rejected | Unreachable) else ()
