"""Shares work in progress: several callers that want the same thing at the same time wait for one execution."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Shared(Generic[K, V]):
    """Runs `work` once per key for all who wait for it at the time; it goes on if a waiting caller is cancelled."""

    def __init__(self, work: Callable[[K], Awaitable[V]]) -> None:
        self._work = work
        self._tasks: dict[K, asyncio.Future[V]] = {}

    def __len__(self) -> int:
        return len(self._tasks)

    def __contains__(self, key: K) -> bool:
        return key in self._tasks

    async def get(self, key: K) -> V:
        """The result of the work for `key`, or its exception."""
        task = self._tasks.get(key)
        if task is None:
            task = self._tasks[key] = asyncio.ensure_future(self._work(key))
            task.add_done_callback(lambda done: self._ended(key, done))
        return await asyncio.shield(task)

    def _ended(self, key: K, done: "asyncio.Future[V]") -> None:
        self._tasks.pop(key, None)
        if not done.cancelled():
            # Retrieved, so that asyncio does not warn of an exception that nobody was waiting for any more.
            done.exception()

    async def close(self) -> None:
        """Cancel what is under way, and wait until it has ended."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
