"""What the Telegram tests share: an Inbox that remembers, and an adapter that listens to the fake."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from typing import Any

from adapters.telegram import create
from bot.model import Address, ChatKind
from bot.ports import AdapterContext, Cards, ChatAdapter, Completion, Lookup, Request, Suggestion
from tests.fakes.telegram import FakeTelegram


class RecordingInbox:
    """Keeps everything it is told; `answer` is run for each request."""

    def __init__(self, answer: Callable[[Request], Awaitable[None]] | None = None) -> None:
        self.asked: list[Request] = []
        self.events: list[tuple[Any, ...]] = []
        self._answer = answer

    async def ask(self, request: Request) -> None:
        self.asked.append(request)
        if self._answer is not None:
            await self._answer(request)

    async def joined(self, address: Address, kind: ChatKind, title: str, language: str | None) -> None:
        self.events.append(("joined", address, kind, title, language))

    async def present(self, platform: str, chat_ids: Collection[str]) -> None: ...

    async def left(self, address: Address, reason: str) -> None:
        self.events.append(("left", address, reason))

    async def cards(self, lookup: Lookup) -> Cards:
        return Cards()

    async def suggestions(self, completion: Completion) -> Sequence[Suggestion]:
        return ()

    async def moved(self, old: Address, new: Address) -> None:
        self.events.append(("moved", old, new))


class MemoryState:
    """A KeyValueStore in memory."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    async def get(self, key: str) -> str | None:
        return self.values.get(key)

    async def set(self, key: str, value: str) -> None:
        self.values[key] = value


def adapter_for(fake: FakeTelegram, **context: Any) -> ChatAdapter:
    """The adapter as the service makes it, for the fake."""
    settings = {"TELEGRAM_BOT_TOKEN": fake.token, "TELEGRAM_API_URL": fake.url} | context.pop("environment", {})
    made = create(AdapterContext(environment=settings, **context))
    assert made is not None
    return made


@contextlib.asynccontextmanager
async def listening(fake: FakeTelegram, inbox: RecordingInbox, **context: Any) -> AsyncIterator[ChatAdapter]:
    """An open adapter that listens, until the block ends."""
    adapter = adapter_for(fake, **context)
    await adapter.open()
    task = asyncio.create_task(adapter.listen(inbox))
    try:
        updates = fake.methods.updates
        await fake.until(lambda: updates.polls > 0 or updates.webhook is not None)
        yield adapter
    finally:
        await adapter.close()
        await task


async def asked(fake: FakeTelegram, inbox: RecordingInbox, count: int = 1) -> list[Request]:
    """What the inbox was asked, once there are `count` requests."""
    await fake.until(lambda: len(inbox.asked) >= count)
    return inbox.asked


def telegram(chat_id: int, topic: int | None = None) -> Address:
    return Address("telegram", str(chat_id), "" if topic is None else str(topic))
