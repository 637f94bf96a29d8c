"""One pressed button: its callback query is answered once and in time, whatever the core does with it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog
from telegram.error import TelegramError, TimedOut

from adapters.telegram.connection import Connection
from adapters.telegram.send import edit_message
from adapters.telegram.updates import Pressed
from bot.message import Message, shortened
from bot.model import Address, ChatKind
from bot.ports import Outcome, Sent

_log = structlog.get_logger(__name__)

Send = Callable[[Address, Message], Awaitable[Outcome]]

# A query that nobody answers turns on the button, and after some ten seconds it is "too old" to be answered;
# core.telegram.org/bots/api#answercallbackquery asks for an answer even when there is nothing to say.
_ANSWER_WITHIN = 5.0
# Same page: "0-200 characters". What is longer than a glance is shown until the person closes it.
_NOTICE_LIMIT = 200
_GLANCE = 100


class Press:
    """Answers one callback query."""

    def __init__(self, connection: Connection, pressed: Pressed, send: Send, *, passage: str = "") -> None:
        """`passage` is the address that opens the private chat and has the same done there, for a press elsewhere."""
        self._connection = connection
        self._pressed = pressed
        self._send = send
        self._passage = passage
        self._answered = False
        self._opened = False

    @contextlib.asynccontextmanager
    async def answering(self) -> AsyncIterator[None]:
        """Until the end of the block the core has a say; with an empty answer when it had none in time."""
        late = asyncio.create_task(self._answer_late())
        try:
            yield
        finally:
            late.cancel()
            await self._answer("")

    async def notice(self, text: str) -> None:
        """`Request.notice`. After the time for it is over, a message, where nobody else reads it."""
        if await self._answer(text):
            return
        if self._pressed.kind is ChatKind.PRIVATE:
            await self._send(self._pressed.address, Message(paragraphs=(text,)))

    async def reply(self, message: Message) -> Outcome:
        """`Request.reply`. Where the bot is not, nobody can be answered: the private chat opens, and answers there."""
        if self._passage and (self._opened or await self._answer("", opens=self._passage)):
            self._opened = True
            return Sent(self._pressed.query)
        return await self._send(self._pressed.address, message)

    async def edit(self, message: Message) -> Outcome:
        """`Request.edit`."""
        return await edit_message(self._connection, self._pressed.address, self._pressed.message, message)

    async def _answer_late(self) -> None:
        await asyncio.sleep(_ANSWER_WITHIN)
        await self._answer("")

    async def _answer(self, text: str, opens: str | None = None) -> bool:
        """Whether this answer is the one that the person is shown."""
        if self._answered:
            return False
        self._answered = True
        text = shortened(text, _NOTICE_LIMIT)
        try:
            await self._connection.bot.answer_callback_query(
                self._pressed.query, text or None, show_alert=len(text) > _GLANCE, url=opens
            )
        except TimedOut:
            return True  # it may stand there; said twice would be worse
        except TelegramError as error:
            _log.info("telegram.press_unanswered", reason=self._connection.scrubbed(error))
            return False
        return True
