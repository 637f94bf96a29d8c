"""Both fakes with a memory of what they took, light enough for a hundred thousand messages."""

import asyncio
import json
import re
import sys
import time
from collections import deque
from dataclasses import dataclass, field

from aiohttp import web

from tests.fakes.discord import FakeDiscord
from tests.fakes.discord.api import NONCE_SECONDS
from tests.fakes.discord.world import FORUM, FakeMessage
from tests.fakes.telegram import FakeTelegram, Hang, Reset
from tests.soak.readers import Key

# As far as the bot looks back in Discord's channels.
_KEPT = 100
_ABSTRACT = re.compile(r"https://arxiv\.org/abs/([0-9]{4}\.[0-9]{4,5})")
_LISTING = "Daily Papers · "


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that a platform took: which papers it is about, and its number, which grows over all chats."""

    key: Key
    number: int
    papers: tuple[str, ...]
    is_listing: bool
    heading: str
    at: float  # the monotonic clock


@dataclass
class Record:
    """What both platforms took. While `half_seconds` is set each message waits so long before it is taken, and after."""

    taken: list[Taken] = field(default_factory=list)
    doubtful: set[int] = field(default_factory=set)  # taken, and the bot was told otherwise, or nothing
    half_seconds: float = 0.0
    under_way: int = 0

    async def __aenter__(self):
        self.under_way += 1
        if self.half_seconds:
            await asyncio.sleep(self.half_seconds)

    async def __aexit__(self, *_):
        if self.half_seconds:
            await asyncio.sleep(self.half_seconds)
        self.under_way -= 1

    def take(self, key, number, text, links):
        is_listing = text.lstrip("*").startswith(_LISTING)
        papers = [found[1] for link in links if (found := _ABSTRACT.match(link))]
        # A paper's own message begins with its link; others in its words are no news of them.
        papers = papers if is_listing else papers[:1]
        heading = text.partition("\n")[0].strip("*")
        self.taken.append(Taken(key, number, tuple(papers), is_listing, sys.intern(heading), time.monotonic()))


async def _whole(request):
    """What is cut off on its way was never sent. A body with files is read where its parts are."""
    if not request.content_type.startswith("multipart/"):
        await request.read()


class _Watched(list):  # type: ignore[type-arg]
    """The fake's messages, of which none is kept."""

    def __init__(self, record):
        super().__init__()
        self.record = record

    def append(self, one):
        key = ("telegram", str(one.chat_id), str(one.thread_id or ""))
        self.record.take(key, one.message_id, one.text, one.links)


class SoakTelegram(FakeTelegram):
    def __init__(self, record):
        super().__init__()
        self.record = record
        self.methods.messages = _Watched(record)
        self._hung: set[int] = set()

    async def _answer(self, request):
        self.calls.clear()
        if not request.match_info["method"].lower().startswith("send"):
            return await super()._answer(request)
        await _whole(request)
        async with self.record:
            response = await super()._answer(request)
        if id(request) in self._hung:
            self._hung.discard(id(request))
            if isinstance(response, web.Response) and response.text and response.status == 200:
                self.record.doubtful.add(json.loads(response.text)["result"]["message_id"])
        return response

    async def _scripted(self, request, method, arguments):
        waiting = self._failures.get(int(arguments.get("chat_id") or 0)) if method.startswith("send") else None
        fault = waiting[0] if waiting else None
        if isinstance(fault, Hang):
            self._hung.add(id(request))
        before = len(self.record.taken)
        response = await super()._scripted(request, method, arguments)
        if isinstance(fault, Reset):
            self.record.doubtful.update(one.number for one in self.record.taken[before:])
        return response


class SoakDiscord(FakeDiscord):
    def __init__(self, record):
        super().__init__()
        self.record = record
        self._nonces: deque[FakeMessage] = deque()
        self._by_nonce: dict[str, FakeMessage] = {}
        create_message = self.api.create_message

        async def gated(request):
            await _whole(request)
            async with record:
                return await create_message(request)

        self.api.create_message = gated  # type: ignore[method-assign]
        self.api._same_nonce = self._remembered  # type: ignore[method-assign]

    async def show(self, message):
        place = message.channel
        if place.parent is not None and place.parent.type == FORUM:
            place = place.parent
        links = [embed.get("url", "") for embed in message.embeds] + _ABSTRACT_LINKS.findall(message.text)
        self.record.take(("discord", place.id, ""), int(message.id), message.title, dict.fromkeys(links))
        if message.nonce:
            self._by_nonce[message.nonce] = message
            self._nonces.append(message)
        await super().show(message)
        del message.channel.messages[:-_KEPT]
        self.requests.clear()

    def _remembered(self, nonce):
        """As the fake's own, without looking through every message of every channel."""
        while self._nonces and self.time() - self._nonces[0].at >= NONCE_SECONDS:
            self._by_nonce.pop(self._nonces.popleft().nonce, None)
        return self._by_nonce.get(nonce)


_ABSTRACT_LINKS = re.compile(_ABSTRACT.pattern.replace("(", "(?:"))
