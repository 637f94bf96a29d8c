"""A chat platform of our own on loopback, over real HTTP, and its adapter: for tests of deliveries, which know no platform.

It answers each outcome that the ports name, as a chat is told to, and remembers every message that reached it.
"""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from bot.message import Message
from bot.model import Address
from bot.ports import Moved, NotSent, Outcome, Rejected, RetryAfter, Scope, Sent, Unknown, Unreachable

PLATFORM = "loopback"


@dataclass(frozen=True)
class Received:
    chat: str
    text: str
    key: str
    container: str
    plain: bool
    silent: bool


@dataclass
class LoopbackPlatform:
    """`answers[chat]` holds what the chat's next messages are answered with; then they are taken."""

    answers: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    received: list[Received] = field(default_factory=list)
    delay: float = 0.0
    url: str = ""
    refuses_from: str = ""  # a text that is refused unless it is plain

    async def __aenter__(self):
        app = web.Application()
        app.router.add_post("/send", self._send)
        # No access log; and what a killed client leaves behind is not waited for.
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_):
        await self._runner.cleanup()

    def texts(self, chat):
        return [one.text for one in self.received if one.chat == chat]

    async def _send(self, request):
        body = await request.json()
        message = Received(**body)
        answer = self.answers[message.chat].pop(0) if self.answers[message.chat] else {"outcome": "sent"}
        if self.refuses_from and message.text == self.refuses_from:
            answer = {"outcome": "rejected", "reason": "unsupported start tag"}
        if answer["outcome"] in {"sent", "drop"}:
            self.received.append(message)
            await self.arrived(message)
        if self.delay:
            await asyncio.sleep(self.delay)
        if answer["outcome"] in {"drop", "drop-before"}:
            request.transport.abort()
        return web.json_response(answer | {"id": str(len(self.received))})

    async def arrived(self, message):
        """A message has been taken and not been answered yet."""


class LoopbackAdapter:
    """Outcomes from the platform's answers, as a real adapter maps errors."""

    platform = PLATFORM

    def __init__(self, url):
        self._url = url
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

    async def listen(self, inbox) -> None:
        await asyncio.Event().wait()

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

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
        assert self._session is not None
        assert 0 < len(key) <= 25
        body = {
            "chat": address.chat_id,
            "text": message.heading,
            "key": key,
            "container": container_id,
            "plain": plain,
            "silent": message.silent,
        }
        try:
            async with self._session.post(f"{self._url}/send", json=body) as response:
                answer = await response.json()
        except aiohttp.ClientConnectorError as error:
            return NotSent(str(error))
        except aiohttp.ClientError as error:
            return Unknown(str(error) or type(error).__name__)
        match answer["outcome"]:
            case "sent":
                return Sent(answer["id"], answer.get("container", ""))
            case "retry":
                return RetryAfter(answer["seconds"], Scope(answer["scope"]))
            case "unreachable":
                return Unreachable(answer["reason"], answer.get("vague", False))
            case "moved":
                return Moved(Address(PLATFORM, answer["to"]))
            case "rejected":
                return Rejected(answer["reason"])
            case "not sent":
                return NotSent(answer["reason"])
            case other:
                raise AssertionError(other)
