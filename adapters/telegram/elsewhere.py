"""A chat that its admin names in the private chat with the bot: found by name or number, its rights asked for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from telegram.constants import ChatType

from adapters.telegram.rights import Rights
from adapters.telegram.updates import GENERAL_TOPIC, PLATFORM
from bot.model import Address, ChatKind
from bot.ports import Request

# core.telegram.org/bots/api#getchat: "the target chat or username of the target supergroup or channel (@channelusername)".
_PUBLIC = re.compile(r"(?:(?:https?://)?t\.me/|@)(?P<name>[A-Za-z]\w{3,31})(?:/(?P<topic>\d{1,19}))?", re.ASCII)
# A link into a private supergroup or channel has its number without the -100 (core.telegram.org/api/bots/ids).
_PRIVATE = re.compile(r"(?:https?://)?t\.me/c/(?P<name>\d{1,13})(?:/(?P<topic>\d{1,19}))?", re.ASCII)
_NUMBER = re.compile(r"(?P<name>-\d{1,18})(?:/(?P<topic>\d{1,19}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Named:
    """A chat as `getChat` takes it, and the topic in it, "" for none."""

    chat: str
    topic: str = ""


def named(written: str) -> Named | None:
    """The chat that a person has written: `@channel`, `-1001234567890/17`, `t.me/c/1234567890/17`. None for any other."""
    for pattern, before in ((_PRIVATE, "-100"), (_PUBLIC, "@"), (_NUMBER, "")):
        if match := pattern.fullmatch(written.strip()):
            topic = match["topic"] or ""
            return Named(before + match["name"], "" if topic == GENERAL_TOPIC else topic)
    return None


class Elsewhere:
    """Gives requests that speak of other chats."""

    def __init__(self, rights: Rights) -> None:
        self._rights = rights

    async def of(self, here: Request, user: int, written: str) -> Request | None:
        """`Request.elsewhere` of the request `here`, which `user` made."""
        wanted = named(written)
        chat = await self._rights.chat(wanted.chat) if wanted is not None else None
        kind = _kind(chat) if chat is not None else None
        if wanted is None or chat is None or kind is None or (wanted.topic and chat.get("is_forum") is not True):
            return None
        number = int(chat["id"])
        if not await self._rights.is_admin(number, user):
            return None
        return replace(
            here,
            address=Address(PLATFORM, str(number), wanted.topic),
            kind=kind,
            title=str(chat.get("title", "")),
            may_change=partial(self._rights.is_admin, number, user),
            may_post=partial(self._rights.may_post, number, kind),
            elsewhere=None,
        )


def _kind(chat: Mapping[str, Any]) -> ChatKind | None:
    if not isinstance(chat.get("id"), int):
        return None
    return {
        ChatType.GROUP: ChatKind.GROUP,
        ChatType.SUPERGROUP: ChatKind.GROUP,
        ChatType.CHANNEL: ChatKind.CHANNEL,
    }.get(chat.get("type", ""))
