"""Long polling: keeps asking Telegram for updates, despite network faults, and notices another listener with the token."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

import structlog
from telegram import Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from adapters.telegram.connection import Connection
from adapters.telegram.pauses import growing_pauses
from bot.errors import AnotherListener

_log = structlog.get_logger(__name__)

# Seconds that Telegram holds a question for updates when it has none.
_WAIT = 50
# A request that was under way for this long has certainly reached Telegram, and with it the offset of earlier updates.
_REACHED = 1.0

# With two listeners on one token, each new request ends the other's with 409, in turns. The one that meets the other soon
# after its start gives up first, so that a process started by mistake does not take the bot away from the first.
_CONFLICT_PAUSE = 1.0
_CONFLICT_WINDOW = 60.0
_NEWCOMER = 10.0
_NEWCOMERS_CONFLICTS = 3
_MOST_CONFLICTS = 10


class Poller:
    """Polls until cancelled. An update counts as taken once it was handed over, not when it was fetched."""

    def __init__(
        self, connection: Connection, take: Callable[[Update], None], passed_on: Callable[[], Awaitable[None]]
    ) -> None:
        """`passed_on` is waited for before Telegram is told that what was handed over was taken."""
        self._connection = connection
        self._take, self._passed_on = take, passed_on
        self._offset: int | None = None
        self._asked_at = 0.0
        self._conflicts: deque[float] = deque()
        self._began = time.monotonic()

    async def run(self) -> None:
        """Until cancelled; raises AnotherListener or InvalidToken."""
        await self._drop_webhook()
        try:
            await self._poll()
        finally:
            await self._confirm()

    async def _poll(self) -> None:
        pauses = growing_pauses()
        while True:
            try:
                self._asked_at = time.monotonic()
                updates = await self._connection.updates(self._offset, wait=_WAIT)
            except TelegramError as error:
                pause = self._pause_for(error, next(pauses))
                _log.warning("telegram.poll_failed", reason=self._connection.scrubbed(error), pause=pause)
                await asyncio.sleep(pause)
                continue
            pauses = growing_pauses()
            for update in updates:
                self._hand_over(update)
            await self._passed_on()

    def _hand_over(self, raw: dict[str, object]) -> None:
        number = raw.get("update_id")
        try:
            self._take(Update.de_json(raw, self._connection.bot))
        except Exception as error:  # noqa: BLE001 - left behind, or it would come again for ever and nothing after it
            reason = self._connection.scrubbed(f"{type(error).__name__}: {error}")
            _log.error("telegram.update_unreadable", update_id=number, parts=sorted(raw), reason=reason)
        if isinstance(number, int):
            self._offset = number + 1

    def _pause_for(self, error: TelegramError, pause: float) -> float:
        """Seconds to wait after `error`; raises when waiting does not help."""
        if isinstance(error, InvalidToken):
            raise self._connection.refused_token() from None
        if isinstance(error, RetryAfter):
            wait = error.retry_after
            return wait if isinstance(wait, int) else wait.total_seconds()
        if isinstance(error, Conflict):
            self._count_conflict(str(error))
            return _CONFLICT_PAUSE
        return pause

    def _count_conflict(self, reason: str) -> None:
        now = time.monotonic()
        self._conflicts.append(now)
        while self._conflicts[0] < now - _CONFLICT_WINDOW:
            self._conflicts.popleft()
        newcomer = self._conflicts[0] - self._began < _NEWCOMER
        most = _NEWCOMERS_CONFLICTS if newcomer else _MOST_CONFLICTS
        if len(self._conflicts) < most:
            return
        if "webhook" in reason.lower():
            raise AnotherListener(
                f"Another program has set a webhook for this Telegram bot, so no messages come here ({reason}). Stop it, "
                "or give this program a bot of its own: its token, from @BotFather, goes into TELEGRAM_BOT_TOKEN."
            )
        raise AnotherListener(
            "Another process is taking this Telegram bot's messages: two cannot listen with one TELEGRAM_BOT_TOKEN. "
            "Stop the other one, or give this one a bot of its own from @BotFather."
        )

    async def _drop_webhook(self) -> None:
        """A webhook that an earlier run has left would refuse every question; what waits there is kept."""
        for pause in growing_pauses():
            try:
                await self._connection.bot.delete_webhook(drop_pending_updates=False)
            except InvalidToken as error:
                # 401 or 404. A small Bot API server of one's own that knows no webhooks answers the latter, and has none.
                if not await self._connection.is_accepted():
                    raise self._connection.refused_token() from None
                _log.info("telegram.webhooks_unknown", reason=self._connection.scrubbed(error))
                return
            except TelegramError as error:
                wait = self._pause_for(error, pause)
                _log.warning("telegram.webhook_not_dropped", reason=self._connection.scrubbed(error), pause=wait)
                await asyncio.sleep(wait)
            else:
                return

    async def _confirm(self) -> None:
        """Tell Telegram what was handed over last, unless the question that was just broken off has told it."""
        if self._offset is None or time.monotonic() - self._asked_at > _REACHED:
            return
        try:
            async with asyncio.timeout(1.0):
                await self._connection.updates(self._offset, wait=0, limit=1)
        except (TelegramError, TimeoutError) as error:
            _log.info("telegram.last_updates_unconfirmed", reason=self._connection.scrubbed(error))
