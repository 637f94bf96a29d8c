"""Who may change a chat's subscription, and whether the bot may post there, asked of Telegram. Never raises."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from telegram import Bot, ChatMemberAdministrator, ChatMemberRestricted
from telegram.constants import ChatMemberStatus
from telegram.error import TelegramError

from bot.model import ChatKind

_log = structlog.get_logger(__name__)

# Seconds for which an answer stands: long enough for a conversation, short enough for a right that was just given.
_FRESH = 30.0
_KEPT = 10_000


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
        member = await self._bot.get_chat_member(chat, user)
        return member.status in {ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.OWNER}

    async def _ask_post(self, chat: int, kind: ChatKind) -> bool:
        member = await self._bot.get_chat_member(chat, self._bot_id)
        if isinstance(member, ChatMemberAdministrator):
            return kind is not ChatKind.CHANNEL or bool(member.can_post_messages)
        if isinstance(member, ChatMemberRestricted):
            return member.is_member and member.can_send_messages
        if kind is ChatKind.CHANNEL or member.status != ChatMemberStatus.MEMBER:
            return member.status == ChatMemberStatus.OWNER
        # A plain member has the rights that the group gives to everybody (core.telegram.org/bots/api#chatpermissions).
        permissions = (await self._bot.get_chat(chat)).permissions
        return permissions is None or bool(permissions.can_send_messages)
