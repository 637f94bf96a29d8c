"""A Discord on loopback and an adapter that talks to it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence

import pytest

from adapters.discord.adapter import DiscordAdapter
from bot.message import Button, Message, Names
from bot.model import Address, ChatKind
from bot.ports import AdapterContext, ArgumentSpec, Cards, CommandSpec, Completion, Lookup, Request, Suggestion
from tests.fakes.discord import FakeChannel, FakeDiscord

COMMANDS = (
    CommandSpec(name="today", description={"en": "The newest day", "ko": "가장 새로운 날"}),
    CommandSpec(
        name="day",
        description={"en": "A day's papers", "ko": "하루의 논문"},
        arguments=(ArgumentSpec(name="date", description={"en": "The day", "ko": "날짜"}, required=True),),
    ),
    CommandSpec(
        name="settings",
        description={"en": "Settings", "ko": "설정"},
        arguments=(
            ArgumentSpec(name="value", description={"en": "Its value", "ko": "값"}),
            ArgumentSpec(
                name="name",
                description={"en": "Which", "ko": "무엇"},
                required=True,
                choices={"lang": {"en": "Language", "ko": "언어"}, "top": {"en": "Top", "ko": "상위"}},
            ),
        ),
    ),
)

PAPER = Message(
    heading="Jamba: A Hybrid Transformer-Mamba Language Model",
    link="https://arxiv.org/abs/2403.19887",
    picture="https://cdn-uploads.huggingface.co/a.png",
    facts="👍 96",
    authors=Names(label="Authors", shown=("Opher Lieber", "Barak Lenz"), total=22, more="and {count} more"),
    bullets=("It mixes attention and state spaces.", "It fits into one GPU."),
    footer="Summary: by Hugging Face's model",
    buttons=(Button("arXiv", "https://arxiv.org/abs/2403.19887"),),
    silent=True,
)
HEADING = Message(heading="Daily Papers · 2024-03-28", paragraphs=("10 papers",))


class KeptState:
    """The KeyValueStore port over a dict."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    async def get(self, key: str) -> str | None:
        return self.values.get(key)

    async def set(self, key: str, value: str) -> None:
        self.values[key] = value


class Asked:
    """An Inbox that answers each request with what a test says, and remembers everything."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.events: list[tuple[str, str]] = []
        self.answer: Callable[[Request], Awaitable[object]] | None = None
        self.changed = asyncio.Condition()

    async def ask(self, request: Request) -> None:
        self.requests.append(request)
        await self._notify()
        if self.answer is not None:
            await self.answer(request)
        else:
            await request.reply(HEADING)

    async def joined(self, address: Address, kind: ChatKind, title: str, language: str | None) -> None:
        self.events.append(("joined", address.chat_id))
        await self._notify()

    async def present(self, platform: str, chat_ids: Collection[str]) -> None: ...

    async def left(self, address: Address, reason: str) -> None:
        self.events.append(("left", address.chat_id))
        await self._notify()

    async def cards(self, lookup: Lookup) -> Cards:
        return Cards()

    async def suggestions(self, completion: Completion) -> Sequence[Suggestion]:
        return ()

    async def moved(self, old: Address, new: Address) -> None:
        raise AssertionError("Discord moves no chats")

    async def until(self, true: Callable[[], bool], within: float = 5.0) -> None:
        async def wait() -> None:
            async with self.changed:
                await self.changed.wait_for(true)

        await asyncio.wait_for(wait(), within)

    async def _notify(self) -> None:
        async with self.changed:
            self.changed.notify_all()


def address(channel: FakeChannel) -> Address:
    return Address("discord", channel.id)


def adapter_for(fake: FakeDiscord, state: KeptState | None = None, **environment: str) -> DiscordAdapter:
    context = AdapterContext(environment=fake.environment() | environment, commands=COMMANDS, state=state)
    return DiscordAdapter(context)


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as discord:
        yield discord


@pytest.fixture
async def adapter(fake: FakeDiscord) -> AsyncIterator[DiscordAdapter]:
    """Open, not listening."""
    made = adapter_for(fake)
    await made.open()
    yield made
    await made.close()


@contextlib.asynccontextmanager
async def listening(made: DiscordAdapter, inbox: Asked) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.ensure_future(made.listen(inbox))
    try:
        yield task
    finally:
        await made.close()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def inbox(fake: FakeDiscord, adapter: DiscordAdapter) -> AsyncIterator[Asked]:
    """What the adapter hears, once it is at the gateway."""
    asked = Asked()
    async with listening(adapter, asked):
        await fake.gateway.ready()
        yield asked
