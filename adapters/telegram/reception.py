"""Passes updates, however they came, on to the core: in order within a chat, concurrently between chats."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from functools import partial

import structlog
from telegram import Update, User
from telegram.constants import ChatAction
from telegram.error import TelegramError

from adapters.telegram.chat_queues import ChatQueues
from adapters.telegram.connection import Connection
from adapters.telegram.elsewhere import Elsewhere
from adapters.telegram.inline import InlineAnswers
from adapters.telegram.passage import carried_action, start_word
from adapters.telegram.presses import Press, Send
from adapters.telegram.rights import Rights
from adapters.telegram.send import thread_of
from adapters.telegram.updates import (
    GENERAL_TOPIC,
    PLATFORM,
    Asked,
    Event,
    Joined,
    Left,
    MovedAway,
    Pressed,
    Typed,
    event_of,
)
from bot.message import Message
from bot.model import Address, ChatKind
from bot.ports import Inbox, Outcome, Request

_log = structlog.get_logger(__name__)

# Seconds. "typing…" is shown for five seconds at most (core.telegram.org/bots/api#sendchataction).
_TYPING_AFTER = 0.5
_TYPING_EVERY = 4.0
# Seconds that new updates wait, at most, for what was told of chats to be written down: in a locked store, for instance.
_PASSED_ON_SECONDS = 1.0


class Reception:
    """Between the stream of updates and the Inbox."""

    def __init__(self, connection: Connection, me: User, inbox: Inbox, send: Send) -> None:
        self._connection = connection
        self._bot = bot = connection.bot
        self._me = me
        self._inbox = inbox
        self._send = send
        self._rights = Rights(bot, me.id)
        self._elsewhere = Elsewhere(self._rights)
        self._queues = ChatQueues()
        self._inline = InlineAnswers(connection, inbox)
        self._open = 0  # things that were told of chats and have not been passed on yet
        self._passed_on = asyncio.Event()
        self._passed_on.set()

    def take(self, update: Update) -> None:
        """Queue what `update` means. Returns at once and never raises."""
        try:
            event = event_of(update, self._me)
        except Exception:  # noqa: BLE001 - an update of a new kind must not end the listening
            _log.exception("telegram.update_unread", update_id=update.update_id)
            return
        if isinstance(event, Typed):
            self._inline.take(event)
        if event is None or isinstance(event, Typed):
            return
        asked = isinstance(event, Asked | Pressed)
        if not asked:
            self._open += 1
            self._passed_on.clear()
        if not self._queues.put(_queue_of(event), partial(self._handle, event), always=not asked):
            _log.warning("telegram.flooded", chat=event.address.chat_id)

    async def passed_on(self) -> None:
        """Wait, not for long, until the core has been told what became of chats: Telegram tells of that once, and nobody
        asks again, as people do.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PASSED_ON_SECONDS):
                await self._passed_on.wait()

    async def finish(self, seconds: float) -> None:
        """Wait up to `seconds` for what is being answered, then cut it off."""
        await self._inline.close()
        await self._queues.finish(seconds)

    async def _handle(self, event: Event) -> None:
        match event:
            case Asked():
                async with self._typing(event):
                    await self._inbox.ask(self._request(event))
            case Pressed():
                press = Press(self._connection, event, self._send, passage=self._passage(event))
                async with press.answering():
                    await self._inbox.ask(self._pressed(event, press))
            case _:
                try:
                    await self._tell(event)
                finally:
                    self._open -= 1
                    if not self._open:
                        self._passed_on.set()

    async def _tell(self, event: Joined | Left | MovedAway) -> None:
        match event:
            case Joined():
                await self._inbox.joined(event.address, event.kind, event.title, event.language)
            case Left():
                await self._inbox.left(event.address, event.reason)
            case MovedAway():
                await self._inbox.moved(event.address, event.to)

    def _request(self, asked: Asked) -> Request:
        chat = int(asked.address.chat_id)
        action = self._carried(asked)

        async def may_change() -> bool:
            if asked.by_admin is not None:
                return asked.by_admin
            return asked.user_id is not None and await self._rights.is_admin(chat, asked.user_id)

        made = Request(
            address=asked.address,
            kind=asked.kind,
            text="" if action else asked.text,
            reply=partial(self._send, asked.address),
            person=asked.person,
            about=asked.about,
            title=asked.title,
            language=asked.language,
            addressed=asked.addressed,
            may_change=may_change,
            may_post=partial(self._rights.may_post, chat, asked.kind),
            action=action,
            alone=self._alone(asked.kind, asked.user_id),
        )
        return self._speaking_elsewhere(made, asked.user_id)

    def _carried(self, asked: Asked) -> str:
        """The action of a button that this person has pressed elsewhere, when that is what `/start` carries."""
        command, _, word = asked.text.partition(" ")
        if asked.kind is not ChatKind.PRIVATE or command != "/start" or asked.user_id is None:
            return ""
        return carried_action(self._connection.config.token, asked.user_id, word.strip()) or ""

    def _passage(self, pressed: Pressed) -> str:
        if not pressed.elsewhere:
            return ""
        word = start_word(self._connection.config.token, pressed.user_id, pressed.action)
        return f"https://t.me/{self._me.username}?start={word}" if word else ""

    def _pressed(self, pressed: Pressed, press: Press) -> Request:
        chat = int(pressed.address.chat_id)

        async def may_change() -> bool:
            return pressed.kind is ChatKind.PRIVATE or await self._rights.is_admin(chat, pressed.user_id)

        made = Request(
            address=pressed.address,
            kind=pressed.kind,
            text="",
            reply=press.reply,
            person=str(pressed.user_id),
            title=pressed.title,
            language=pressed.language,
            may_change=may_change,
            may_post=partial(self._rights.may_post, chat, pressed.kind),
            action=pressed.action,
            alone=self._alone(pressed.kind, pressed.user_id),
            # What stands elsewhere was put there by a person and is read by others: it stays as it is.
            edit=None if pressed.elsewhere else press.edit,
            notice=press.notice,
        )
        return self._speaking_elsewhere(made, pressed.user_id)

    def _speaking_elsewhere(self, made: Request, user: int | None) -> Request:
        """The request; who writes in private may speak of other chats in it."""
        if made.kind is not ChatKind.PRIVATE or user is None:
            return made
        return replace(made, elsewhere=partial(self._elsewhere.of, made, user))

    def _alone(self, kind: ChatKind, user: int | None) -> Callable[[Message], Awaitable[Outcome]] | None:
        """A private chat has the number of its person (core.telegram.org/api/bots/ids)."""
        if kind is ChatKind.PRIVATE or user is None:
            return None
        return partial(self._send, Address(PLATFORM, str(user)))

    @contextlib.asynccontextmanager
    async def _typing(self, asked: Asked) -> AsyncIterator[None]:
        """Show "typing…" while an answer takes time. Channels have no such sign."""
        if asked.kind is ChatKind.CHANNEL:
            yield
            return
        sign = asyncio.create_task(self._show_typing(asked))
        try:
            yield
        finally:
            sign.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sign

    async def _show_typing(self, asked: Asked) -> None:
        chat = int(asked.address.chat_id)
        # The one place where General has its number: without it, the sign is shown nowhere in a forum.
        thread = int(GENERAL_TOPIC) if asked.in_general else thread_of(asked.address)
        await asyncio.sleep(_TYPING_AFTER)
        # A refusal (no right to write, too many requests) is the answer's to meet; the sign is only a courtesy.
        with contextlib.suppress(TelegramError):
            while True:
                await self._bot.send_chat_action(chat, ChatAction.TYPING, message_thread_id=thread)
                await asyncio.sleep(_TYPING_EVERY)


def _queue_of(event: Event) -> str:
    """A chat's own, in order; but presses of different people do not wait for each other, nor for a command's answer.

    Nor does it wait that the bot was turned out or invited: cut off behind a slow answer at the end, it would be lost.
    """
    if isinstance(event, Pressed):
        return f"{event.address.chat_id} pressed by {event.user_id}"
    if isinstance(event, Joined | Left):
        return f"{event.address.chat_id} told"
    return event.address.chat_id
