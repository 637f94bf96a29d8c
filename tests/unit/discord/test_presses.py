"""Pressed buttons on Discord: what reaches the core, who sees what follows, and the three seconds."""

import asyncio
import functools
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

import adapters.discord.presses
from adapters.discord.render import render
from bot.message import Button, Message
from bot.model import ChatKind
from bot.ports import NotSent, Outcome, Request, Sent
from tests.fakes.discord import FakeDiscord, FakeMessage
from tests.fakes.discord.limits import ApiError, check_message
from tests.fakes.discord.world import FakeChannel
from tests.unit.discord.conftest import HEADING, PAPER, Asked, adapter_for, address, listening

REPORT = Button("Wrong?", action="w:2403.19887:ko:1a2b3c4d")
WITH_BUTTON = replace(PAPER, buttons=(*PAPER.buttons, REPORT))
NEXT = Message(heading="Page 2", paragraphs=("More.",), buttons=(Button("Back", action="p:1"),))
# What became of what a test's core did.
outcomes: list[Outcome] = []


@pytest.fixture(autouse=True)
def _nothing_done() -> None:
    outcomes.clear()


def noticing(text: str = "Thank you.", after: float = 0) -> Callable[[Request], Awaitable[None]]:
    async def answer(request: Request) -> None:
        await asyncio.sleep(after)
        assert request.notice is not None
        await request.notice(text)

    return answer


async def edit(request: Request, after: float = 0) -> None:
    await asyncio.sleep(after)
    assert request.edit is not None
    outcomes.append(await request.edit(NEXT))


async def sent(fake: FakeDiscord, inbox: Asked, channel: FakeChannel, adapter: object) -> FakeMessage:
    assert isinstance(await adapter.send(address(channel), WITH_BUTTON), Sent)  # type: ignore[attr-defined]
    return channel.messages[-1]


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sign comes after 20 ms instead of 800."""
    monkeypatch.setattr(adapters.discord.presses, "PATIENCE", 0.02)


@pytest.fixture
async def standing(fake: FakeDiscord, inbox: Asked, adapter) -> FakeMessage:
    """A paper with a button in a server's channel."""
    return await sent(fake, inbox, fake.channel(), adapter)


async def test_an_action_is_a_secondary_button_in_a_row_below_the_links(standing: FakeMessage):
    links, actions = standing.sent["components"]
    assert links["components"] == [{"type": 2, "style": 5, "label": "arXiv", "url": "https://arxiv.org/abs/2403.19887"}]
    assert actions["components"] == [{"type": 2, "style": 2, "label": "Wrong?", "custom_id": REPORT.action}]


def test_rows_are_kept_and_broken_after_five_and_end_after_the_fifth():
    buttons = tuple(Button(f"{row}.{at}", action=f"{row}:{at}", row=row) for row in range(6) for at in range(7 - row))
    rows = render(Message(heading="Paper", buttons=buttons)).payload()["components"]
    labels = [[part["label"] for part in row["components"]] for row in rows]
    assert labels == [
        ["0.0", "0.1", "0.2", "0.3", "0.4"],
        ["0.5", "0.6"],
        ["1.0", "1.1", "1.2", "1.3", "1.4"],
        ["1.5"],
        ["2.0", "2.1", "2.2", "2.3", "2.4"],
    ]


async def test_a_press_is_a_request_with_its_action(fake: FakeDiscord, inbox: Asked, standing: FakeMessage):
    ada = fake.user("ada")
    inbox.answer = noticing()
    press = await fake.presses(standing, ada, "Wrong?", locale="ko")
    await press.taken()
    (request,) = inbox.requests
    assert (request.action, request.text) == (REPORT.action, "")
    assert (request.person, request.language) == (ada.id, "ko")
    assert (request.address, request.kind) == (address(standing.channel), ChatKind.GROUP)
    assert request.addressed
    assert not await request.may_change()


async def test_an_admin_who_presses_may_change(fake: FakeDiscord, inbox: Asked, standing: FakeMessage):
    inbox.answer = noticing()
    await (await fake.presses(standing, fake.user(), "Wrong?", admin=True)).taken()
    assert await inbox.requests[0].may_change()


async def test_a_press_in_a_direct_message_is_private(fake: FakeDiscord, inbox: Asked, adapter):
    ada = fake.user("ada")
    inbox.answer = noticing()
    message = await sent(fake, inbox, fake.dm(ada), adapter)
    (notice,) = await (await fake.presses(message, ada, "Wrong?")).answered()
    assert (inbox.requests[0].kind, await inbox.requests[0].may_change()) == (ChatKind.PRIVATE, True)
    assert notice.text == "Thank you."


async def test_a_press_in_a_forums_post_is_of_the_forum(fake: FakeDiscord, inbox: Asked, adapter):
    forum = fake.forum()
    inbox.answer = noticing()
    await adapter.send(address(forum), WITH_BUTTON)
    (post,) = forum.posts
    await (await fake.presses(post.messages[0], fake.user(), "Wrong?")).taken()
    assert inbox.requests[0].address == address(forum)


@pytest.mark.parametrize("after", [0, 0.1])
async def test_a_notice_is_for_the_presser_alone(
    fake: FakeDiscord, inbox: Asked, standing: FakeMessage, after: float, hasty
):
    inbox.answer = noticing("Thank you. <@1> **bold**", after)
    (notice,) = await (await fake.presses(standing, fake.user(), "Wrong?")).answered()
    assert notice.ephemeral
    assert "Thank you." in notice.text
    assert "**bold**" not in notice.text  # what is said is plain, and escaped
    assert standing.channel.messages == [standing]


@pytest.mark.parametrize("after", [0, 0.1])
async def test_an_edit_takes_the_messages_place_with_all_of_it(
    fake: FakeDiscord, inbox: Asked, standing: FakeMessage, after: float, hasty
):
    inbox.answer = functools.partial(edit, after=after)
    press = await fake.presses(standing, fake.user(), "Wrong?")
    assert (await press.edited()) is standing
    assert standing.title == "Page 2"
    assert standing.buttons == [("Back", "p:1")]
    assert len(standing.channel.messages) == 1
    await asyncio.sleep(0.05)
    assert outcomes == [Sent(standing.id)]
    assert press.messages == []


async def test_a_message_of_words_alone_takes_the_place_of_one_with_everything(
    fake: FakeDiscord, inbox: Asked, standing: FakeMessage
):
    async def answer(request: Request) -> None:
        assert request.edit is not None
        outcomes.append(await request.edit(HEADING))

    inbox.answer = answer
    await (await fake.presses(standing, fake.user(), "Wrong?")).edited()
    assert (standing.embeds, standing.buttons) == ([], [])
    assert standing.text == "**Daily Papers · 2024-03-28**\n10 papers"


async def test_edit_notice_and_reply_may_follow_each_other(fake: FakeDiscord, inbox: Asked, standing: FakeMessage):
    async def answer(request: Request) -> None:
        await edit(request)
        await noticing("Done.")(request)
        outcomes.append(await request.reply(PAPER))

    inbox.answer = answer
    press = await fake.presses(standing, fake.user(), "Wrong?")
    notice, reply = await press.answered(2)
    assert (notice.ephemeral, reply.ephemeral, standing.title) == (True, False, "Page 2")
    assert standing.channel.messages == [standing, reply]


async def test_a_core_without_a_word_still_gives_a_sign(fake: FakeDiscord, inbox: Asked, standing: FakeMessage):
    async def answer(_: Request) -> None: ...

    inbox.answer = answer
    press = await fake.presses(standing, fake.user(), "Wrong?")
    await press.taken(1)
    assert (press.messages, press.edits) == ([], 0)


async def test_a_core_that_fails_still_gives_a_sign(fake: FakeDiscord, inbox: Asked, standing: FakeMessage):
    async def answer(_: Request) -> None:
        raise ValueError("a fault")

    inbox.answer = answer
    await (await fake.presses(standing, fake.user(), "Wrong?")).taken(1)


async def test_an_old_messages_button_works_in_another_process(fake: FakeDiscord):
    channel = fake.channel()
    first = adapter_for(fake)
    await first.open()
    await first.send(address(channel), WITH_BUTTON)
    await first.close()
    fake.advance(400 * 24 * 3600)
    second, asked = adapter_for(fake), Asked()
    await second.open()
    asked.answer = edit
    async with listening(second, asked):
        press = await fake.presses(channel.messages[0], fake.user(), "Wrong?")
        await press.edited()
    assert asked.requests[0].action == REPORT.action


async def test_a_receipt_that_is_lost_does_not_say_it_twice(fake: FakeDiscord, inbox: Asked, standing: FakeMessage):
    fake.lost_callbacks = 1
    inbox.answer = noticing()
    press = await fake.presses(standing, fake.user(), "Wrong?")
    await press.answered()
    await asyncio.sleep(0.05)
    assert len(press.messages) == 1


async def test_what_comes_after_three_seconds_is_edited_without_the_interaction(
    fake: FakeDiscord, inbox: Asked, standing: FakeMessage
):
    async def answer(request: Request) -> None:
        fake.advance(4)
        await edit(request)
        outcomes.append(await request.reply(HEADING))

    inbox.answer = answer
    await fake.presses(standing, fake.user(), "Wrong?")
    await fake.wait_for(standing.channel, 2)
    await asyncio.sleep(0.05)
    assert standing.title == "Page 2"
    assert [type(one) for one in outcomes] == [Sent, Sent]


async def test_a_notice_that_comes_too_late_is_not_shown_to_everybody(
    fake: FakeDiscord, inbox: Asked, standing: FakeMessage
):
    async def answer(request: Request) -> None:
        fake.advance(4)
        await noticing()(request)
        outcomes.append(await request.reply(Message(paragraphs=("For you.",), private=True)))

    inbox.answer = answer
    press = await fake.presses(standing, fake.user(), "Wrong?")
    await inbox.until(lambda: bool(inbox.requests))
    await asyncio.sleep(0.1)
    assert (press.messages, standing.channel.messages) == ([], [standing])
    assert isinstance(outcomes[0], NotSent)


async def test_an_edit_after_a_quarter_of_an_hour_goes_to_the_message_itself(
    fake: FakeDiscord, inbox: Asked, standing: FakeMessage, hasty
):
    async def answer(request: Request) -> None:
        await asyncio.sleep(0.05)
        fake.advance(16 * 60)
        await edit(request)

    inbox.answer = answer
    await fake.presses(standing, fake.user(), "Wrong?")
    await asyncio.sleep(0.15)
    assert (standing.title, outcomes) == ("Page 2", [Sent(standing.id)])


@pytest.mark.parametrize(
    "buttons",
    [
        [{"type": 2, "style": 2, "label": "a", "custom_id": "x" * 101}],
        [{"type": 2, "style": 2, "label": "a"}],
        [{"type": 2, "style": 2, "label": "a", "custom_id": "x"}, {"type": 2, "style": 2, "label": "b", "custom_id": "x"}],
        [{"type": 2, "style": 2, "label": "a", "custom_id": "x", "url": "https://example.org"}],
        [{"type": 2, "style": 9, "label": "a", "custom_id": "x"}],
    ],
)
def test_the_fake_refuses_what_discord_refuses(buttons: list[dict[str, object]]):
    with pytest.raises(ApiError, match="50035"):
        check_message({"content": "x", "components": [{"type": 1, "components": buttons}]})


async def test_what_discord_would_refuse_is_no_button(fake: FakeDiscord, adapter):
    channel = fake.channel()
    buttons = (REPORT, replace(REPORT, label="Again"), Button("long", action="x" * 65), Button("neither"))
    assert isinstance(await adapter.send(address(channel), replace(PAPER, buttons=buttons)), Sent)
    assert channel.messages[0].buttons == [("Wrong?", REPORT.action)]
