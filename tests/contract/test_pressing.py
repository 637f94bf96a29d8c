"""Buttons that come back, on every platform that knows them: what reaches the core, what it may do, and after a restart."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.message import ACTION_BYTES, Button, Message
from bot.model import ChatKind
from bot.ports import Outcome, Request, Sent
from tests.contract.messages import PAPER
from tests.contract.platforms import NETWORKS, PRESSABLE, Network, Platform, Pressable
from tests.contract.test_listening import Inbox, listening

# As long as an action may be, in characters of three bytes and one.
ACTION = "가" * (ACTION_BYTES // 3) + "x"
REPORT = Button("요약 오류 신고", action=ACTION)
WITH_BUTTON = replace(PAPER, buttons=(*PAPER.buttons, REPORT))
NEXT = Message(heading="Page 2", buttons=(Button("Back", action="p:1"),))


@pytest.fixture(params=PRESSABLE)
async def board(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Pressable]:
    """Each platform with buttons that come back, its adapter open."""
    async with PRESSABLE[request.param](tmp_path) as one:
        await one.adapter.open()
        yield one
        await one.adapter.close()


@pytest.fixture(params=NETWORKS)
async def far(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Network]:
    """Those whose messages outlive the process."""
    async with NETWORKS[request.param](tmp_path) as one:
        await one.adapter.open()
        yield one


@contextlib.asynccontextmanager
async def shown(board: Pressable, inbox: Inbox) -> AsyncIterator[None]:
    """The adapter listens, and the paper stands there."""
    async with listening(board, inbox):
        await asyncio.sleep(0.02)  # a terminal shows what can be typed once somebody reads what is typed
        assert isinstance(await board.adapter.send(board.chats[0], WITH_BUTTON), Sent)
        await board.shown(1)
        yield


async def test_a_pressed_button_arrives_with_its_action_and_who_pressed_it(board: Pressable):
    inbox = Inbox()
    async with shown(board, inbox):
        await board.presses(REPORT.label)
        request = await inbox.next()
        assert await request.may_change()
    assert (request.action, request.text) == (ACTION, "")
    assert (request.address, request.kind) == (board.chats[0], ChatKind.PRIVATE)
    assert request.person
    assert request.addressed
    assert request.edit is not None
    assert request.notice is not None


async def test_what_is_typed_has_no_action_and_nothing_to_edit(board: Pressable):
    inbox = Inbox()
    async with listening(board, inbox):
        await board.says("/today")
        request = await inbox.next()
    assert (request.action, request.edit, request.notice) == ("", None, None)


async def test_a_notice_reaches_the_one_who_pressed(board: Pressable):
    async def answer(request: Request) -> None:
        assert request.notice is not None
        await request.notice("알려 주셔서 감사합니다.")

    async with shown(board, Inbox(answer)):
        notice = await board.presses(REPORT.label)
        assert "알려 주셔서 감사합니다." in await notice()


async def test_an_edit_is_seen_and_its_own_buttons_work(board: Pressable):
    outcomes: list[Outcome] = []

    async def answer(request: Request) -> None:
        assert request.edit is not None
        outcomes.append(await request.edit(NEXT if request.action == ACTION else PAPER))

    inbox = Inbox(answer)
    async with shown(board, inbox):
        await board.presses(REPORT.label)
        await _until(board, "Page 2")
        await board.presses("Back")
        await _until(board, PAPER.heading)
        assert [(await inbox.next()).action for _ in range(2)] == [ACTION, "p:1"]
        await asyncio.sleep(0.02)
    assert [type(one) for one in outcomes] == [Sent, Sent]


async def test_an_answer_to_a_press_stands_below(board: Pressable):
    async def answer(request: Request) -> None:
        await request.reply(Message(heading="Below"))

    async with shown(board, Inbox(answer)):
        await board.presses(REPORT.label)
        assert (await board.shown(2))[1].says("Below")


async def test_a_button_works_after_a_restart(far: Network):
    async def answer(request: Request) -> None:
        assert request.notice is not None
        await request.notice("Thank you.")

    inbox = Inbox(answer)
    assert isinstance(await far.adapter.send(far.chats[0], WITH_BUTTON), Sent)
    await far.restarts()
    async with listening(far, inbox):
        notice = await far.presses(REPORT.label)
        assert await notice() == "Thank you."
        assert (await inbox.next()).action == ACTION


async def test_an_adapter_that_knows_no_actions_shows_the_rest(chat: Platform):
    assert isinstance(await chat.adapter.send(chat.chats[0], WITH_BUTTON), Sent)
    (shown,) = await chat.shown(1)
    assert shown.says(PAPER.heading)
    assert {button.url for button in PAPER.buttons} <= set(shown.links) | {PAPER.link}


async def _until(board: Pressable, heading: str) -> None:
    async with asyncio.timeout(5):
        while not (await board.shown(1))[-1].says(heading):
            await asyncio.sleep(0.02)
