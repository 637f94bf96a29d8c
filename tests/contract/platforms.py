"""Every chat platform with one bot on it, as the suite meets it: an adapter, chats, people who type, and what they see."""

import asyncio
import contextlib
import functools
import io
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from rich.console import Console

import adapters.discord
import adapters.telegram
from adapters.terminal.chat import ADDRESS, TerminalAdapter
from bot.clock import Clock
from bot.model import Address
from bot.plugins import load_adapters
from bot.ports import AdapterContext, ChatAdapter
from bot.settings import Settings
from tests.contract.reading import Shown, of_discord, of_lines, of_telegram
from tests.fakes.discord import FakeChannel, FakeDiscord
from tests.fakes.telegram import Fail, Failure, FakeTelegram, Hang, Person, Reset, TooManyRequests
from tests.new_store import new_store


class Platform(Protocol):
    """One platform. `chats` are where its people are; no chat has the id `nowhere`."""

    @property
    def adapter(self) -> ChatAdapter: ...

    @property
    def chats(self) -> Sequence[Address]: ...

    @property
    def nowhere(self) -> str: ...

    async def says(self, text: str, chat: int = 0) -> None:
        """A person types `text`."""

    async def shown(self, count: int, chat: int = 0) -> list[Shown]:
        """Everything that stands in the chat, once there are `count` messages."""


Notice = Callable[[], Awaitable[str]]


class Pressable(Platform, Protocol):
    """A platform that knows buttons that come back."""

    async def presses(self, label: str, chat: int = 0) -> Notice:
        """A person presses the button `label` of the newest message that has it; gives a way to wait for the notice."""


async def _once(found: Callable[[], list[Shown]], count: int) -> list[Shown]:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(5):
            while len(found()) < count:
                await asyncio.sleep(0.02)
    shown = found()
    assert len(shown) >= count, f"{len(shown)} of {count} messages came: {shown}"
    return shown


# --- Without a network ------------------------------------------------------------------------------------------------


class _Screen(io.TextIOWrapper):
    """A strict UTF-8 stream that knows where each message ended: the adapter flushes there."""

    def __init__(self) -> None:
        self.written = io.BytesIO()
        super().__init__(self.written, encoding="utf-8", newline="\n")
        self.ends: list[int] = []

    def flush(self) -> None:
        super().flush()
        if not self.closed:
            self.ends.append(self.written.tell())

    def messages(self) -> list[Shown]:
        written = self.written.getvalue()
        parts = [written[begin:end].decode() for begin, end in zip([0, *self.ends], self.ends, strict=False)]
        return [of_lines(part) for part in parts if part]


@dataclass
class TerminalPlatform:
    adapter: ChatAdapter
    screen: _Screen
    keyboard: int
    folder: Path
    chats: Sequence[Address] = (ADDRESS,)
    nowhere: str = "elsewhere"

    async def says(self, text: str, chat: int = 0) -> None:
        os.write(self.keyboard, f"{text}\n".encode())

    async def shown(self, count: int, chat: int = 0) -> list[Shown]:
        return await _once(self.screen.messages, count)

    async def presses(self, label: str, chat: int = 0) -> Notice:
        stands = self.screen.messages()
        hints = [found[1] for one in stands if (found := re.search(rf"{re.escape(label)}: (/!\d+)", one.text))]
        await self.says(hints[-1])

        async def notice() -> str:
            return (await self.shown(len(stands) + 1))[-1].text

        return notice


@contextlib.asynccontextmanager
async def terminal(folder: Path) -> AsyncIterator[TerminalPlatform]:
    """A pipe on both sides, wide enough that what stands in columns is not broken into lines."""
    read, write = os.pipe()
    with os.fdopen(read, encoding="utf-8") as typed, _Screen() as screen:
        console = Console(file=screen, width=1000, highlight=False, emoji=False)
        try:
            files = folder / "files"
            files.mkdir()
            yield TerminalPlatform(TerminalAdapter(console, typed, files), screen, write, files)
        finally:
            os.close(write)  # the end of input, which ends the thread that reads it
            await asyncio.sleep(0.01)


@dataclass
class NotebookPlatform:
    adapter: ChatAdapter
    file: Path
    chats: Sequence[Address]
    nowhere: str = "lost.txt"

    async def says(self, text: str, chat: int = 0) -> None:
        with self.file.with_suffix(".in").open("a", encoding="utf-8") as typed:
            typed.write(f"{text}\n")

    async def shown(self, count: int, chat: int = 0) -> list[Shown]:
        return await _once(lambda: notebook_pages(self.file), count)


def notebook_pages(file: Path) -> list[Shown]:
    written = file.read_bytes().decode() if file.exists() else ""
    return [of_lines(page) for page in written.split("\n\f\n")[:-1]]


@contextlib.asynccontextmanager
async def notebook(folder: Path) -> AsyncIterator[NotebookPlatform]:
    """The installed package of a stranger, found by its entry point."""
    file = folder / "notebook.txt"
    with new_store(folder / "adapters.db") as store:
        settings = Settings(environment={"NOTEBOOK_FILE": str(file)})
        found = load_adapters(settings, store, Clock().now, ())
        yield NotebookPlatform(found["notebook"], file, (Address("notebook", file.name),))


# --- Over a network ---------------------------------------------------------------------------------------------------


class Network(Pressable, Protocol):
    """A platform that can fail between the bot and itself. Each fault is for the next message to the first chat."""

    def resets(self, *, taken: bool) -> None: ...

    def hangs(self) -> None: ...

    def answers(self, fault: str) -> None:
        """One of FAULTS, in the platform's own form."""

    def blocks(self) -> None:
        """The person of the first chat blocks the bot."""

    async def restarts(self) -> None:
        """The adapter is closed, and another one, as of a new process, takes its place; it is open."""

    async def goes_down(self) -> None:
        """Nobody listens at the platform's address any more."""


FAULTS = ("an error of the server", "a gateway's page", "a page of a hotel's network", "an empty answer", "a refused token")


@dataclass
class TelegramPlatform:
    adapter: ChatAdapter
    fake: FakeTelegram
    chats: Sequence[Address]
    nowhere: str = "404"

    async def says(self, text: str, chat: int = 0) -> None:
        person = self._person(chat)
        await self.fake.says(person, person, text)

    async def shown(self, count: int, chat: int = 0) -> list[Shown]:
        number = int(self.chats[chat].chat_id)
        messages = await self.fake.wait_for(number, count) if count else self.fake.in_chat(number)
        return [
            of_telegram(one.text, one.entities, one.buttons.values(), silent=one.silent, number=one.message_id)
            for one in messages
        ]

    async def presses(self, label: str, chat: int = 0) -> Notice:
        person = self._person(chat)
        message = [one for one in self.fake.in_chat(person) if label in one.buttons][-1]
        query = await self.fake.presses(person, person, message, label)
        return functools.partial(self.fake.answer_to, query)

    async def restarts(self) -> None:
        await self.adapter.close()
        self.adapter = _telegram_adapter(self.fake)
        await self.adapter.open()

    def resets(self, *, taken: bool) -> None:
        self._next(Reset(taken))

    def hangs(self) -> None:
        self._next(Hang(30))

    def answers(self, fault: str) -> None:
        failures: dict[str, Failure] = {
            "an error of the server": Fail(500, "Internal Server Error"),
            "a gateway's page": Fail(502, body="<html>Bad Gateway</html>"),
            "a page of a hotel's network": Fail(200, body="<html>Welcome! Your room number, please</html>"),
            "an empty answer": Fail(200, body=""),
            "a refused token": Fail(401, "Unauthorized"),
            "wait": TooManyRequests(7),
            "bad format": Fail(400, "Bad Request: can't parse entities: Unexpected end tag"),
        }
        self._next(failures[fault])

    def blocks(self) -> None:
        self._person(0).blocked = True

    async def goes_down(self) -> None:
        await self.fake.down()

    def _next(self, failure: Failure) -> None:
        self.fake.fail(self._person(0), failure)

    def _person(self, chat: int) -> Person:
        person = self.fake.methods.chats[int(self.chats[chat].chat_id)]
        assert isinstance(person, Person)
        return person


@contextlib.asynccontextmanager
async def telegram(folder: Path) -> AsyncIterator[TelegramPlatform]:
    async with FakeTelegram() as fake:
        people = [fake.person(number) for number in (7, 8)]
        yield TelegramPlatform(_telegram_adapter(fake), fake, [Address("telegram", str(person.id)) for person in people])


def _telegram_adapter(fake: FakeTelegram) -> ChatAdapter:
    environment = {"TELEGRAM_BOT_TOKEN": fake.token, "TELEGRAM_API_URL": fake.url}
    adapter = adapters.telegram.create(AdapterContext(environment=environment))
    assert adapter is not None
    return adapter


@dataclass
class DiscordPlatform:
    adapter: ChatAdapter
    fake: FakeDiscord
    chats: Sequence[Address]
    nowhere: str = "404"

    async def says(self, text: str, chat: int = 0) -> None:
        channel = self.fake.channels[self.chats[chat].chat_id]
        assert channel.recipient is not None
        await self.fake.says(channel, channel.recipient, text)

    async def shown(self, count: int, chat: int = 0) -> list[Shown]:
        messages = await self.fake.wait_for(self.fake.channels[self.chats[chat].chat_id], count)
        return [of_discord(one.sent, external_id=one.id) for one in messages]

    async def presses(self, label: str, chat: int = 0) -> Notice:
        channel = self.fake.channels[self.chats[chat].chat_id]
        assert channel.recipient is not None
        message = [one for one in channel.messages if label in dict(one.buttons)][-1]
        press = await self.fake.presses(message, channel.recipient, label)

        async def notice() -> str:
            return (await press.answered())[0].text

        return notice

    async def restarts(self) -> None:
        await self.adapter.close()
        self.adapter = _discord_adapter(self.fake)
        await self.adapter.open()

    def resets(self, *, taken: bool) -> None:
        self.fake.reset(self._first, accepted=taken)

    def hangs(self) -> None:
        self.fake.hang(self._first)

    def answers(self, fault: str) -> None:
        if fault == "wait":
            self.fake.rate_limit(self._first, 7)
            return
        refused = {"message": "Invalid Form Body", "code": 50035, "errors": {}}
        status, body = {
            "an error of the server": (500, None),
            "a gateway's page": (502, "<html>Bad Gateway</html>"),
            "a page of a hotel's network": (200, "<html>Welcome! Your room number, please</html>"),
            "an empty answer": (200, ""),
            "a refused token": (401, None),
            "bad format": (400, refused),
        }[fault]
        self.fake.fail(self._first, status, body)

    def blocks(self) -> None:
        self._first.blocked = True

    async def goes_down(self) -> None:
        await self.fake.__aexit__()

    @property
    def _first(self) -> FakeChannel:
        return self.fake.channels[self.chats[0].chat_id]


@contextlib.asynccontextmanager
async def discord(folder: Path) -> AsyncIterator[DiscordPlatform]:
    async with FakeDiscord() as fake:
        channels = [fake.dm(fake.user(name)) for name in ("ada", "bo")]
        yield DiscordPlatform(_discord_adapter(fake), fake, [Address("discord", channel.id) for channel in channels])


def _discord_adapter(fake: FakeDiscord) -> ChatAdapter:
    adapter = adapters.discord.create(AdapterContext(environment=fake.environment()))
    assert adapter is not None
    return adapter


NETWORKS: Mapping[str, Callable[[Path], AbstractAsyncContextManager[Network]]] = {"telegram": telegram, "discord": discord}
PLATFORMS: Mapping[str, Callable[[Path], AbstractAsyncContextManager[Platform]]] = {
    "terminal": terminal,
    "notebook": notebook,
    **NETWORKS,
}
# The stranger's notebook knows no buttons that come back; nothing is asked of it but that it does not mind them.
PRESSABLE: Mapping[str, Callable[[Path], AbstractAsyncContextManager[Pressable]]] = {"terminal": terminal, **NETWORKS}
