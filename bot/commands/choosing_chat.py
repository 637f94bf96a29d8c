"""Commands in a private chat about a channel, a group or a topic: `/subscribe @channel 09:00`. Only its admins can.

Which chats exist and who is their admin is the platform's to say (`Request.elsewhere`).
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.commands.asking import Asking
from bot.commands.faults import quoted
from bot.commands.panels import speaking_of
from bot.message import Message

# `@channel`, `-1001234567890`, a Discord channel's `<#…>` or number, addresses of both platforms; `/TOPIC` may follow.
_NAME = re.compile(
    r"(?:https?://)?t\.me/(?:c/)?[A-Za-z0-9_]{4,}(?:/\d{1,19})?"
    r"|(?:https?://)?(?:\w+\.)?discord\.com/channels/\d{1,19}/\d{1,19}"
    r"|@[A-Za-z]\w{3,31}(?:/\d{1,19})?|<#\d{1,20}>|-\d{6,19}(?:/\d{1,19})?|\d{16,20}",
    re.ASCII,
)


def named_chat(text: str) -> tuple[str, str]:
    """The first word that names another chat, and the words without it; "" when there is none."""
    words = text.split()
    for place, word in enumerate(words):
        if _NAME.fullmatch(word):
            return word, " ".join(words[:place] + words[place + 1 :])
    return "", text


async def chosen(asking: Asking, command: str) -> Asking | Sequence[Message]:
    """The question as one about the chat that its arguments name, without the name; or why that cannot be.

    A question that names none is about where it was asked.
    """
    name, rest = named_chat(asking.arguments)
    if not name:
        return asking
    if not asking.in_private:
        return asking.say(
            asking.gettext(
                "Here I speak only of this chat. Of {chat} you can speak in our private chat.", chat=quoted(name)
            ),
            private=True,
        )
    there = await speaking_of(asking, name)
    if there is None:
        return asking.say(
            asking.gettext("I cannot do that for {chat}.", chat=quoted(name)),
            asking.gettext(
                "Add me there first, as an admin who may post where it is a channel; you have to be an admin there too. "
                "Then: {example}",
                example=f"{command} {quoted(name)} {quoted(rest)}".strip(),
            ),
            private=True,
        )
    return replace(there, arguments=rest)
