"""Writes down what platforms tell of chats: that the bot was invited, turned out, that a chat has a new address.

A platform tells it once. While the store cannot be written it is kept here, and written in its order when it can.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable

import structlog

from bot.errors import StoreError
from bot.model import Address
from bot.store.connection import Store

log = structlog.get_logger()

Change = Callable[[sqlite3.Connection], object]


class ChatChanges:
    """Changes that are written in the order in which they were told."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: deque[tuple[str, Address, Change]] = deque()
        self._writing = asyncio.Lock()

    @property
    def waiting(self) -> int:
        """How many could not be written yet."""
        return len(self._waiting)

    async def put(self, event: str, address: Address, change: Change) -> None:
        """Write `change` after those that wait; if it cannot be written it waits, too. Never raises.

        It returns for how many targets it counts; that, `event` and `address` are for the log.
        """
        self._waiting.append((event, address, change))
        await self.write()

    async def write(self) -> None:
        """Write what waits. To be called now and then."""
        async with self._writing:
            while self._waiting:
                event, address, change = self._waiting[0]
                try:
                    changed = await self._store.write(change)
                except StoreError as error:
                    log.warning("chat changed, to be written later", change=event, chat=str(address), error=str(error))
                    return
                except Exception:
                    log.exception("chat changed, and it could not be written", change=event, chat=str(address))
                else:
                    log.info("chat changed", change=event, chat=str(address), targets=changed)
                self._waiting.popleft()
