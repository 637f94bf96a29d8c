"""Both fakes behind a gate that counts what is under way and remembers what was taken: for tests that stop a broadcast."""

import asyncio
from dataclasses import dataclass, field

from tests.fakes.discord import FakeDiscord
from tests.fakes.telegram import FakeTelegram

# A platform has a message for so long before it takes it, and again so long before it answers: kills fall into both halves.
HALF_SECONDS = 0.006
Message = tuple[str, str, str]  # platform, chat, text


@dataclass
class Gate:
    """What both platforms have under way, and what they have taken, in order."""

    half_seconds: float = HALF_SECONDS
    under_way: int = 0
    taken: list[Message] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    quiet: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self):
        self.under_way += 1
        self.quiet.clear()
        self.begun.set()
        await asyncio.sleep(self.half_seconds)

    async def __aexit__(self, *_):
        await asyncio.sleep(self.half_seconds)
        self.under_way -= 1
        if not self.under_way:
            self.quiet.set()


class GatedTelegram(FakeTelegram):
    def __init__(self, gate):
        super().__init__()
        self.gate = gate

    async def _answer(self, request):
        if request.match_info["method"].lower() not in {"sendmessage", "sendphoto"}:
            return await super()._answer(request)
        await request.read()  # what is cut off on its way was never sent
        async with self.gate:
            before = len(self.messages)
            response = await super()._answer(request)
            for message in self.messages[before:]:
                self.gate.taken.append(("telegram", str(message.chat_id), message.text.split("\n", 1)[0]))
            return response


class GatedDiscord(FakeDiscord):
    def __init__(self, gate):
        super().__init__()
        self.gate = gate
        create_message = self.api.create_message

        async def gated(request):
            await request.read()
            async with gate:
                return await create_message(request)

        self.api.create_message = gated  # type: ignore[method-assign]

    async def show(self, message):
        self.gate.taken.append(("discord", message.channel.id, message.title.strip("*")))
        await super().show(message)
