"""How every chat adapter listens: what people type arrives, answers stand where it was asked, and the end is an end."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from typing import Any

import pytest

import adapters.discord.gateway
import adapters.discord.wire
import adapters.telegram.adapter
from bot.message import Message
from bot.model import Address, ChatKind
from bot.ports import Cards, Completion, Lookup, NotSent, Outcome, Request, Sent, Suggestion, Unknown
from tests.contract.messages import HEADING, PAPER
from tests.contract.platforms import Network, Platform


class Inbox:
    """The core, as an adapter sees it: `answer` is run for each request."""

    def __init__(self, answer: Callable[[Request], Awaitable[object]] | None = None) -> None:
        self.asked: asyncio.Queue[Request] = asyncio.Queue()
        self._answer = answer

    async def ask(self, request: Request) -> None:
        self.asked.put_nowait(request)
        if self._answer is not None:
            await self._answer(request)

    async def joined(self, address: Address, kind: ChatKind, title: str, language: str | None) -> None: ...

    async def present(self, platform: str, chat_ids: Collection[str]) -> None: ...

    async def left(self, address: Address, reason: str) -> None: ...

    async def cards(self, lookup: Lookup) -> Cards:
        return Cards()

    async def suggestions(self, completion: Completion) -> Sequence[Suggestion]:
        return ()

    async def moved(self, old: Address, new: Address) -> None: ...

    async def next(self) -> Request:
        async with asyncio.timeout(5):
            return await self.asked.get()


@contextlib.asynccontextmanager
async def listening(chat: Platform, inbox: Inbox) -> AsyncIterator["asyncio.Task[None]"]:
    task = asyncio.create_task(chat.adapter.listen(inbox))
    try:
        yield task
    finally:
        await chat.adapter.close()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize(
    "text", ["/day 2024-03-28", "/search 비전 트랜스포머 <b>&amp; `x`", "hello", "/subscribe 09:00 Asia/Seoul"]
)
async def test_what_a_person_types_arrives_as_it_was_typed(chat: Platform, text: str):
    inbox = Inbox()
    async with listening(chat, inbox):
        await chat.says(text)
        request = await inbox.next()
    assert request.text == text
    assert request.address == chat.chats[0]
    assert request.kind is ChatKind.PRIVATE
    assert request.addressed
    assert await request.may_change()
    assert await request.may_post()


async def test_answers_stand_where_it_was_asked_in_their_order(chat: Platform):
    outcomes: list[Outcome] = []

    async def answer(request: Request) -> None:
        outcomes.extend([await request.reply(HEADING), await request.reply(PAPER)])

    async with listening(chat, Inbox(answer)):
        await chat.says("/today")
        shown = await chat.shown(2)
    assert shown[0].says(HEADING.heading)
    assert shown[1].says(PAPER.heading)
    assert all(isinstance(outcome, Sent) for outcome in outcomes)


async def test_what_is_asked_is_asked_in_order_and_once(chat: Platform):
    inbox = Inbox()
    async with listening(chat, inbox):
        for number in range(5):
            await chat.says(f"/paper {number}")
        assert [(await inbox.next()).text for _ in range(5)] == [f"/paper {number}" for number in range(5)]
    assert inbox.asked.empty()


async def test_a_slow_answer_in_one_chat_keeps_no_other_chat_waiting(network: Network):
    gate = asyncio.Event()

    async def answer(request: Request) -> None:
        if request.address == network.chats[0]:
            await gate.wait()
        await request.reply(Message(heading="Here"))

    inbox = Inbox(answer)
    async with listening(network, inbox):
        await network.says("slow", 0)
        assert (await inbox.next()).address == network.chats[0]
        await network.says("fast", 1)
        assert (await network.shown(1, 1))[0].says("Here")
        assert await network.shown(0, 0) == []
        gate.set()
        await network.shown(1, 0)


async def test_digests_are_sent_while_it_listens_and_while_it_answers(chat: Platform):
    gate = asyncio.Event()
    inbox = Inbox(lambda _: gate.wait())
    async with listening(chat, inbox):
        await chat.says("/today")
        await inbox.next()
        assert isinstance(await chat.adapter.send(chat.chats[0], PAPER), Sent)
        gate.set()


async def test_listening_ends_when_it_is_closed(chat: Platform):
    inbox = Inbox()
    task = asyncio.create_task(chat.adapter.listen(inbox))
    await chat.says("/today")
    await inbox.next()
    await chat.adapter.close()
    await asyncio.wait_for(task, 3)


async def test_closed_before_it_listens_it_ends_at_once(chat: Platform):
    await chat.adapter.close()
    with contextlib.suppress(Exception):  # it may say that it was closed, but not hang
        await asyncio.wait_for(chat.adapter.listen(Inbox()), 3)


async def test_an_answer_that_never_ends_does_not_hold_up_the_close(chat: Platform, monkeypatch: pytest.MonkeyPatch):
    hurried(monkeypatch)
    inbox = Inbox(lambda _: asyncio.Event().wait())
    async with listening(chat, inbox):
        await chat.says("/today")
        await inbox.next()
        await asyncio.wait_for(chat.adapter.close(), 3)


async def test_a_send_that_hangs_is_given_back_as_unknown_when_it_is_closed(
    network: Network, monkeypatch: pytest.MonkeyPatch
):
    hurried(monkeypatch)
    network.hangs()
    sending = asyncio.create_task(network.adapter.send(network.chats[0], HEADING, key="k"))
    await asyncio.sleep(0.1)
    await asyncio.wait_for(network.adapter.close(), 3)
    assert isinstance(await asyncio.wait_for(sending, 3), Unknown | NotSent)


@pytest.mark.parametrize("after", ["at once", "while it waits", "while it answers"])
async def test_cancelled_it_leaves_nothing_running(chat: Platform, after: str, monkeypatch: pytest.MonkeyPatch):
    hurried(monkeypatch)
    before = asyncio.all_tasks()
    inbox = Inbox(lambda _: asyncio.sleep(30 if after == "while it answers" else 0))
    task = asyncio.create_task(chat.adapter.listen(inbox))
    if after == "at once":
        await asyncio.sleep(0)
    else:
        await chat.says("/today")
        await inbox.next()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await chat.adapter.close()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(3):
            # The platform's own end of a connection needs a moment to notice.
            while asyncio.all_tasks() - before:
                await asyncio.sleep(0.01)
    assert asyncio.all_tasks() - before == set()


def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is under way is given two tenths of a second at the end, where the program gives it some seconds."""
    module: Any
    for module, name in (
        (adapters.telegram.adapter, "_LAST_SECONDS"),
        (adapters.discord.wire, "GRACE"),
        (adapters.discord.gateway, "GOODBYE"),
    ):
        monkeypatch.setattr(module, name, 0.2)
