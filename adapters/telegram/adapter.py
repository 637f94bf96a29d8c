"""Telegram's ChatAdapter: opens and closes the connection, and combines sending and listening."""

import asyncio
import contextlib
from collections.abc import Sequence

import structlog
from telegram import User

from adapters.telegram import webhook
from adapters.telegram.config import TelegramConfig
from adapters.telegram.connection import Connection
from adapters.telegram.menu import keep_menu
from adapters.telegram.polling import Poller
from adapters.telegram.reception import Reception
from adapters.telegram.send import send_message
from adapters.telegram.updates import PLATFORM
from bot.errors import AdapterError
from bot.message import Message
from bot.model import Address
from bot.ports import CommandSpec, Inbox, KeyValueStore, NotSent, Outcome

_log = structlog.get_logger(__name__)

# Seconds that answers and sends under way are given, together, when the program stops.
_LAST_SECONDS = 3.0
# The last of them belong to those whose answer is broken off then: they are told so.
_LAST_WORDS_SECONDS = 1.0


class TelegramAdapter:
    """One bot on Telegram."""

    platform = PLATFORM

    def __init__(
        self, config: TelegramConfig, *, commands: Sequence[CommandSpec] = (), state: KeyValueStore | None = None
    ) -> None:
        self._config = config
        self._commands = commands
        self._state = state
        self._connection: Connection | None = None
        self._me: User | None = None
        self._listening: asyncio.Task[None] | None = None
        self._reception: Reception | None = None
        self._in_flight = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._closed = False

    async def open(self) -> None:
        """See ChatAdapter.open."""
        if self._me is not None:
            return
        self._connection = self._connection or Connection(self._config)
        self._me = await self._connection.open()
        _log.info("telegram.opened", bot=self._me.username)
        if not self._me.supports_inline_queries:
            hint = "/setinline at @BotFather lets people find papers in any chat by typing the bot's name"
            _log.info("telegram.inline_mode_off", hint=hint)

    async def listen(self, inbox: Inbox) -> None:
        """See ChatAdapter.listen. Ends without an error when `close` is called."""
        if self._connection is None or self._me is None:
            await self.open()
        assert self._connection is not None
        assert self._me is not None
        if self._listening is not None and not self._listening.done():
            raise AdapterError("This Telegram adapter listens already.")
        if self._closed:
            return
        self._reception = Reception(self._connection, self._me, inbox, self.send)
        # A task of its own, so that `close` can end it without cancelling whoever called `listen`.
        self._listening = asyncio.create_task(self._receive(self._connection, self._me, self._reception))
        try:
            await asyncio.wait({self._listening})
        finally:
            await _ended(self._listening)
        if not self._listening.cancelled():
            self._listening.result()

    async def _receive(self, connection: Connection, me: User, reception: Reception) -> None:
        menu = asyncio.create_task(keep_menu(connection.bot, me.id, self._commands, self._state))
        try:
            if self._config.webhook_url:
                await webhook.serve(connection, reception.take)
            else:
                await Poller(connection, reception.take, reception.passed_on).run()
        finally:
            await _ended(menu)

    async def close(self) -> None:
        """See ChatAdapter.close."""
        self._closed = True
        if self._listening is not None:
            await _ended(self._listening)
        until = asyncio.get_running_loop().time() + _LAST_SECONDS
        if self._reception is not None:
            await self._reception.finish(_LAST_SECONDS - _LAST_WORDS_SECONDS)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                await self._idle.wait()
        self._me = None
        if self._connection is not None:
            await self._connection.close()

    async def send(
        self,
        address: Address,
        message: Message,
        *,
        key: str = "",
        container_id: str = "",
        plain: bool = False,
        in_doubt: bool = False,
    ) -> Outcome:
        """See ChatAdapter.send. Telegram does not recognize repetitions by a `key`, does not let bots read a chat, and
        has no containers.

        Only deliveries have a `key`, and only they are sent as paid broadcasts, if the operator has asked for that.
        """
        del container_id, in_doubt
        connection = self._connection
        if connection is None or self._me is None:
            return NotSent("The connection to Telegram is not open.")
        self._in_flight += 1
        self._idle.clear()
        try:
            paid = self._config.paid_broadcast and bool(key)
            return await send_message(connection, address, message, plain=plain, paid=paid)
        finally:
            self._in_flight -= 1
            if not self._in_flight:
                self._idle.set()


async def _ended(task: "asyncio.Task[None]") -> None:
    """Cancel `task` and wait until it has ended, however it ends."""
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled() and (error := task.exception()):
        _log.debug("telegram.task_ended", task=task.get_name(), error=type(error).__name__)
