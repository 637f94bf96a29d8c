"""Reads from the store what monitoring asks for again and again, limited to a small part of the time."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from bot.clock import Clock
from bot.store.connection import Store
from bot.store.standing import Holdings, Standing, holdings, standing

# Counting a million chats takes a second: asked each second, it would do nothing else. It may take this part of the time.
_SHARE = 0.05
# How old an answer may be in any case.
_STANDING_SECONDS, _HOLDINGS_SECONDS = 1.0, 60.0

T = TypeVar("T")


class Watching:
    """The state of the store, for monitoring."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.clock = clock
        self._standing = _Kept(lambda: store.read(standing, clock.now()), _STANDING_SECONDS)
        self._holdings = _Kept(lambda: store.read(holdings), _HOLDINGS_SECONDS)

    async def standing(self) -> Standing:
        """What changes by the second. Raises StoreError."""
        return await self._standing.get()

    async def holdings(self) -> Holdings:
        """What changes by the day. Raises StoreError."""
        return await self._holdings.get()


class _Kept(Generic[T]):
    """An answer that is kept for a while; those who ask at once share it."""

    def __init__(self, ask: Callable[[], Awaitable[T]], seconds: float) -> None:
        self._ask, self._seconds = ask, seconds
        self._known: T | None = None
        self._until = 0.0
        self._asking = asyncio.Lock()

    async def get(self) -> T:
        async with self._asking:
            began = time.monotonic()
            if self._known is None or began >= self._until:
                self._known = await self._ask()
                ended = time.monotonic()
                self._until = ended + max(self._seconds, (ended - began) / _SHARE)
            return self._known
