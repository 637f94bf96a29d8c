"""An app that a person carries along: into servers without the bot, and into others' direct messages."""

import asyncio

import pytest

import adapters.discord.typing_sign
from bot.message import Button, Message
from bot.model import ChatKind
from bot.ports import Outcome, Request, Sent
from tests.fakes.discord import FakeChannel, FakeDiscord
from tests.fakes.discord.world import GROUP_DM
from tests.unit.discord.conftest import Asked, adapter_for, address, listening

PAGE = Message(heading="Page 1", buttons=(Button("›", action="p:s:1:x:y"),))
NEXT = Message(heading="Page 2", buttons=(Button("‹", action="p:s:0:x:y"),))


def without_the_bot(fake: FakeDiscord) -> FakeChannel:
    guild = fake.guild("Somewhere")
    guild.bot_inside = False
    return fake.channel(guild)


def of_others(fake: FakeDiscord) -> FakeChannel:
    return fake.private_channel(fake.user("eve"))


def of_a_group(fake: FakeDiscord) -> FakeChannel:
    return fake.private_channel(fake.user("eve"), GROUP_DM)


PLACES = pytest.mark.parametrize("place", [without_the_bot, of_others, of_a_group])


@PLACES
async def test_a_command_there_is_asked_for_one_message(fake: FakeDiscord, inbox: Asked, place):
    channel, ada = place(fake), fake.user("ada")
    typed = await fake.slash(channel, ada, "today", admin=True, locale="ko")
    await typed.answered()
    (request,) = inbox.requests
    assert request.single
    assert (request.kind, request.address, request.language) == (ChatKind.GROUP, address(channel), "ko")
    assert not await request.may_change(), "nothing can be sent there on another day"
    assert not await request.may_post()


async def test_where_the_bot_is_there_may_be_many_messages(fake: FakeDiscord, inbox: Asked):
    ada = fake.user("ada")
    for channel in (fake.channel(), fake.dm(ada)):
        await (await fake.slash(channel, ada, "today")).answered()
    assert [request.single for request in inbox.requests] == [False, False]


@PLACES
async def test_buttons_work_there_and_nothing_but_the_press_itself_is_used(fake: FakeDiscord, inbox: Asked, place):
    channel, ada = place(fake), fake.user("ada")
    became: list[Outcome] = []
    ended = asyncio.Event()

    async def answer(request: Request) -> None:
        if not request.action:
            await request.reply(PAGE)
            return
        assert request.edit is not None
        became.append(await request.edit(NEXT))
        became.extend([await request.reply(PAGE) for _ in range(6)])
        ended.set()

    inbox.answer = answer
    (page,) = await (await fake.slash(channel, ada, "today")).answered()
    await fake.presses(page, ada, "›")
    await asyncio.wait_for(ended.wait(), 5)
    assert page.title == "Page 2"
    assert inbox.requests[1].single
    # An edit and five follow-ups: Discord takes no more of them.
    assert [isinstance(one, Sent) for one in became] == [True] * 6 + [False]
    assert not [path for _, path, _ in fake.requests if "/channels/" in path]


@PLACES
async def test_when_its_time_is_over_no_other_way_is_tried(fake: FakeDiscord, inbox: Asked, place):
    channel, ada = place(fake), fake.user("ada")
    became: list[Outcome] = []
    ended = asyncio.Event()

    async def answer(request: Request) -> None:
        fake.advance(16 * 60)
        became.append(await request.reply(PAGE))
        ended.set()

    inbox.answer = answer
    await fake.slash(channel, ada, "today")
    await asyncio.wait_for(ended.wait(), 5)
    assert not isinstance(became[0], Sent)
    assert not [path for _, path, _ in fake.requests if "/channels/" in path]


async def test_an_application_for_servers_alone_offers_its_commands_there(fake: FakeDiscord):
    fake.user_install = False
    adapter, inbox = adapter_for(fake), Asked()
    await adapter.open()
    async with listening(adapter, inbox):
        await (await fake.slash(fake.channel(), fake.user("ada"), "today")).answered()
    assert all(command["integration_types"] == [0] and command["contexts"] == [0, 1] for command in fake.commands)


async def test_a_slow_answer_in_direct_messages_is_seen_to_be_typed(fake: FakeDiscord, inbox: Asked, monkeypatch):
    monkeypatch.setattr(adapters.discord.typing_sign, "_AFTER", 0.01)
    ada = fake.user("ada")
    dm = fake.dm(ada)

    async def answer(request: Request) -> None:
        async with dm.changed:
            await dm.changed.wait_for(lambda: dm.typed > 0)
        await request.reply(PAGE)

    inbox.answer = answer
    await fake.says(dm, ada, "hello")
    await fake.wait_for(dm, 1)
    assert dm.typed == 1
