"""Asks Telegram who may change a chat's subscription, and whether the bot may post there. Never raises.

Answers are parsed here, because the library rejects a member that lacks any field its version knows: a self-hosted Bot API
server may be older than the library, and all that is needed is one status and one right.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import structlog
from telegram import Bot
from telegram.constants import ChatMemberStatus
from telegram.error import InvalidToken, TelegramError

from bot.model import ChatKind

_log = structlog.get_logger(__name__)

# Seconds for which an answer stands: long enough for a conversation, short enough for a right that was just given.
_FRESH = 30.0
_KEPT = 10_000
_ADMINS = (ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.OWNER)
_OUTSIDE = (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)


class Rights:
    """Asks Telegram about members, and remembers the answers for a short while."""

    def __init__(self, bot: Bot, bot_id: int) -> None:
        self._bot = bot
        self._bot_id = bot_id
        self._known: dict[tuple[int, int], tuple[float, bool]] = {}

    async def is_admin(self, chat: int, user: int) -> bool:
        """Whether `user` is an admin or the owner of the group `chat`; false when Telegram does not say."""
        return await self._remembered((chat, user), lambda: self._ask_admin(chat, user))

    async def may_post(self, chat: int, kind: ChatKind) -> bool:
        """Whether the bot may send messages in `chat`; false when Telegram does not say."""
        if kind is ChatKind.PRIVATE:
            return True
        return await self._remembered((chat, self._bot_id), lambda: self._ask_post(chat, kind))

    async def chat(self, written: str) -> Mapping[str, Any] | None:
        """What Telegram tells of the chat with this number or @name; None when it knows none that the bot may see."""
        try:
            return await self._asked("getChat", chat_id=written) or None
        except TelegramError as error:
            _log.info("telegram.chat_unknown", reason=str(error))
            return None

    async def _remembered(self, key: tuple[int, int], ask: Callable[[], Awaitable[bool]]) -> bool:
        now = asyncio.get_running_loop().time()
        until, answer = self._known.get(key, (0.0, False))
        if now < until:
            return answer
        try:
            answer = await ask()
        except TelegramError as error:
            _log.warning("telegram.rights_unknown", chat=key[0], reason=str(error))
            return False
        if len(self._known) >= _KEPT:
            self._known.clear()
        # A refusal is asked again at once: an admin who just gave the right should not have to wait.
        if answer:
            self._known[key] = (now + _FRESH, answer)
        return answer

    async def _ask_admin(self, chat: int, user: int) -> bool:
        member = await self._asked("getChatMember", chat_id=chat, user_id=user)
        return member.get("status") in _ADMINS

    async def _ask_post(self, chat: int, kind: ChatKind) -> bool:
        """Only what Telegram says clearly forbids it: a refused message tells the rest."""
        member = await self._asked("getChatMember", chat_id=chat, user_id=self._bot_id)
        match member.get("status"):
            case ChatMemberStatus.OWNER:
                return True
            case ChatMemberStatus.ADMINISTRATOR:
                return kind is not ChatKind.CHANNEL or _given(member, "can_post_messages")
            case ChatMemberStatus.RESTRICTED:
                return _given(member, "is_member") and _given(member, "can_send_messages")
            case ChatMemberStatus.MEMBER:
                # It has the rights that the group gives to everybody (core.telegram.org/bots/api#chatpermissions).
                return kind is not ChatKind.CHANNEL and await self._everybody_may_post(chat)
            case status:
                return status not in _OUTSIDE

    async def _everybody_may_post(self, chat: int) -> bool:
        try:
            permissions = (await self._asked("getChat", chat_id=chat)).get("permissions")
        except TelegramError as error:
            _log.info("telegram.permissions_unknown", chat=chat, reason=str(error))
            return True
        return not isinstance(permissions, dict) or _given(permissions, "can_send_messages")

    async def _asked(self, method: str, **parameters: int | str) -> Mapping[str, Any]:
        """What Telegram answers; nothing when that is no object, or the server does not know the method."""
        try:
            answer = await self._bot.request.post(f"{self._bot.base_url}/{method}?{urlencode(parameters)}")
        except InvalidToken as error:
            # 404, for the token was good a moment ago; if it no longer is, the next question for updates says so.
            _log.warning("telegram.method_unknown", method=method, reason=str(error))
            return {}
        if not isinstance(answer, dict):
            _log.warning("telegram.answer_unreadable", method=method, kind=type(answer).__name__)
            return {}
        return answer


def _given(rights: Mapping[str, Any], name: str) -> bool:
    # A server that leaves a right out does not know it, which is no refusal.
    return rights.get(name) is not False
