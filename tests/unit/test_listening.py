"""Platforms beside each other: one that ends stops no other, is left in peace for a while, and comes back."""

import asyncio
from typing import Any, cast

import pytest

from bot import listening
from bot.errors import AdapterError, AnotherListener, InvalidToken
from bot.listening import Platforms
from bot.message import Message
from bot.model import Address
from bot.ports import Inbox, NotSent, Outcome, Sent

ADDRESS = Address("one", "7")
REFUSED = NotSent("the token is refused", token_refused=True)
INBOX = cast("Inbox", None)


class Adapter:
    """An adapter by its port: its token can be taken away, and its listener ended."""

    def __init__(self, platform: str) -> None:
        self.platform = platform
        self.on_open: list[Exception] = []
        self.outcomes: list[Outcome] = []
        self.sent = self.listened = 0
        self.ending: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def open(self) -> None:
        if self.on_open:
            raise self.on_open.pop(0)

    async def listen(self, inbox: Inbox) -> None:
        self.listened += 1
        ending = self.ending
        try:
            await ending
        finally:
            self.ending = asyncio.get_running_loop().create_future()

    async def close(self) -> None:
        pass

    async def send(self, address: Address, message: Message, **rest: Any) -> Outcome:
        self.sent += 1
        return self.outcomes.pop(0) if self.outcomes else Sent(str(self.sent))


@pytest.fixture
async def pair(monkeypatch):
    """Two platforms that are being served; whatever waits does so for a moment."""
    monkeypatch.setattr(listening, "_ENDED_PAUSES", (0.05, 0.1))
    monkeypatch.setattr(listening, "_OPENING_PAUSES", (0.02,))
    monkeypatch.setattr(listening, "_HEARD_SECONDS", 0.05)
    one, other = Adapter("one"), Adapter("other")
    platforms = Platforms({"one": one, "other": other})
    serving = asyncio.create_task(platforms.serve(INBOX))
    await until(lambda: one.listened and other.listened)
    yield one, other, platforms, serving
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


async def until(true):
    async with asyncio.timeout(2):
        while not true():
            await asyncio.sleep(0.005)


def send(platforms, address=ADDRESS):
    return platforms[address.platform].send(address, Message(heading="x"))


async def test_one_that_ends_is_heard_again_later_and_the_other_goes_on(pair):
    one, other, platforms, serving = pair
    one.ending.set_exception(AnotherListener("two listen"))
    await until(lambda: platforms.every["one"].trouble)
    # It is not heard, but what is sent arrives.
    assert sorted(platforms) == ["one", "other"]
    await until(lambda: one.listened == 2)
    await until(lambda: not platforms.every["one"].trouble)
    assert (other.listened, serving.done()) == (1, False)


async def test_nothing_is_sent_where_the_token_is_refused_until_it_is_time_to_see_again(pair):
    one, _, platforms, _ = pair
    one.ending.set_exception(InvalidToken("refused"))
    await until(lambda: platforms.every["one"].refused)
    assert list(platforms) == ["other"]
    assert await send(platforms) == NotSent("refused", token_refused=True)
    assert one.sent == 0
    await until(lambda: "one" in list(platforms))
    assert isinstance(await send(platforms), Sent)
    assert not platforms.every["one"].trouble


async def test_a_token_that_only_sends_find_refused_is_one(pair):
    one, _, platforms, _ = pair
    one.outcomes = [REFUSED, REFUSED]
    assert await send(platforms) == REFUSED
    assert list(platforms) == ["other"]
    await until(lambda: "one" in list(platforms))
    await send(platforms)
    assert (one.sent, list(platforms)) == (2, ["other"])  # and for longer now


async def test_the_last_one_ends_it_all_with_its_sentence(pair):
    one, other, platforms, serving = pair
    one.ending.set_exception(InvalidToken("first"))
    await until(lambda: platforms.every["one"].trouble)
    other.ending.set_exception(InvalidToken("second"))
    with pytest.raises(InvalidToken, match="second"):
        await serving


async def test_an_end_in_peace_ends_it_all(pair):
    one, _, _, serving = pair
    one.ending.set_result(None)
    assert await serving is None


async def test_a_token_that_is_refused_at_the_start_ends_it_at_once_where_there_is_no_other_platform():
    one = Adapter("one")
    one.on_open = [InvalidToken("wrong")]
    with pytest.raises(InvalidToken, match="wrong"):
        await Platforms({"one": one}).serve(INBOX)


async def test_a_token_that_is_refused_at_the_start_stops_no_other_platform():
    one, other = Adapter("one"), Adapter("other")
    one.on_open = [InvalidToken("wrong")]
    platforms = Platforms({"one": one, "other": other})
    serving = asyncio.create_task(platforms.serve(INBOX))
    await until(lambda: other.listened and platforms.every["one"].trouble == "wrong")
    assert list(platforms) == ["other"]
    assert not serving.done()
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


async def test_tokens_that_are_all_refused_at_the_start_end_it():
    one, other = Adapter("one"), Adapter("other")
    one.on_open, other.on_open = [InvalidToken("wrong")], [InvalidToken("wrong too")]
    with pytest.raises(InvalidToken, match="wrong too"):
        await Platforms({"one": one, "other": other}).serve(INBOX)


async def test_a_platform_that_cannot_be_reached_at_the_start_is_waited_for_and_holds_up_no_other(monkeypatch):
    monkeypatch.setattr(listening, "_OPENING_PAUSES", (0.05,))
    one, other = Adapter("one"), Adapter("other")
    one.on_open = [AdapterError("away")] * 2
    platforms = Platforms({"one": one, "other": other})
    serving = asyncio.create_task(platforms.serve(INBOX))
    await until(lambda: other.listened)
    assert list(platforms) == ["other"]
    await until(lambda: one.listened)
    assert list(platforms) == ["one", "other"]
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
