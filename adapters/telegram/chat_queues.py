"""Runs work by chat: in order within a chat, concurrently between chats. Knows nothing of Telegram."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

import structlog

_log = structlog.get_logger(__name__)

Work = Callable[[], Awaitable[None]]


class ChatQueues:
    """Runs the work put for a chat in order, in a task per chat that lives while there is work."""

    def __init__(self, *, longest: int = 50) -> None:
        """`longest` is how many pieces of work may wait in one chat; further ones are dropped."""
        self._longest = longest
        self._waiting: dict[str, deque[Work]] = {}
        self._workers: dict[str, asyncio.Task[None]] = {}

    def put(self, chat: str, work: Work, *, always: bool = False) -> bool:
        """Queue `work` for `chat`; returns False if too much is waiting there already, unless `always`."""
        waiting = self._waiting.setdefault(chat, deque())
        if len(waiting) >= self._longest and not always:
            return False
        waiting.append(work)
        if chat not in self._workers:
            self._workers[chat] = asyncio.create_task(self._run(chat), name=f"telegram chat {chat}")
        return True

    async def finish(self, seconds: float) -> None:
        """Wait up to `seconds` for everything that was put, then cancel the rest."""
        workers = list(self._workers.values())
        if not workers:
            return
        _, late = await asyncio.wait(workers, timeout=seconds)
        for worker in late:
            worker.cancel()
        if late:
            _log.warning("telegram.requests_cut_off", chats=len(late))
            await asyncio.wait(late)

    async def _run(self, chat: str) -> None:
        waiting = self._waiting[chat]
        try:
            while waiting:
                try:
                    await waiting.popleft()()
                except Exception:  # noqa: BLE001 - one piece's fault is not the next one's: the chat goes on
                    _log.exception("telegram.request_failed", chat=chat)
        finally:
            # No await between the last look at `waiting` and here, so nothing can have been put in between.
            del self._workers[chat], self._waiting[chat]
