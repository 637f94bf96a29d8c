"""Answers to slash commands keep Discord's three seconds and fifteen minutes, whatever the core does."""

import asyncio
from dataclasses import replace

import pytest

from adapters.discord import replies
from adapters.discord.adapter import DiscordAdapter
from bot.message import Message
from bot.ports import Outcome, Request, Sent, Unknown, Unreachable
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord.world import SEND_MESSAGES, USUAL
from tests.unit.discord.conftest import HEADING, PAPER, Asked, address

PRIVATE = Message(paragraphs=("Only admins change the subscription.",), private=True)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replies, "PATIENCE", 0.02)


def answering(*messages: Message, after: float = 0.0, outcomes: list[Outcome] | None = None):
    async def answer(request: Request) -> None:
        await asyncio.sleep(after)
        for message in messages:
            outcome = await request.reply(message)
            if outcomes is not None:
                outcomes.append(outcome)

    return answer


async def test_a_quick_answer_is_the_response_itself(fake: FakeDiscord, inbox: Asked):
    outcomes: list[Outcome] = []
    inbox.answer = answering(HEADING, outcomes=outcomes)
    typed = await fake.slash(fake.channel(), fake.user(), "today")
    (message,) = await typed.answered()
    await asyncio.sleep(0.01)
    assert not typed.was_deferred
    assert outcomes == [Sent(message.id)]


async def test_a_slow_answer_is_announced_and_takes_the_announcements_place(fake: FakeDiscord, inbox: Asked, hasty):
    inbox.answer = answering(HEADING, PAPER, after=0.1)
    channel = fake.channel()
    typed = await fake.slash(channel, fake.user(), "today")
    first, second = await typed.answered(2)
    assert typed.was_deferred
    assert first is typed.original
    assert channel.messages == [first, second]


async def test_many_messages_come_in_order_the_first_as_response_the_rest_as_follow_ups(fake: FakeDiscord, inbox: Asked):
    inbox.answer = answering(HEADING, *(replace(PAPER, heading=f"Paper {number}") for number in range(12)))
    channel = fake.channel()
    await (await fake.slash(channel, fake.user(), "today")).answered(13)
    assert [message.title for message in channel.messages][1:] == [f"Paper {number}" for number in range(12)]


async def test_a_private_answer_is_seen_by_the_asker_alone(fake: FakeDiscord, inbox: Asked):
    inbox.answer = answering(PRIVATE)
    channel = fake.channel()
    (message,) = await (await fake.slash(channel, fake.user(), "today")).answered()
    assert message.ephemeral
    assert channel.messages == []


async def test_a_core_with_nothing_to_say_leaves_nothing_thinking(fake: FakeDiscord, inbox: Asked):
    inbox.answer = answering()
    channel = fake.channel()
    typed = await fake.slash(channel, fake.user(), "today")
    await typed.ended()
    assert typed.acknowledged
    assert (typed.original_deleted, channel.messages) == (True, [])


async def test_after_fifteen_minutes_the_answer_goes_to_the_channel(fake: FakeDiscord, inbox: Asked, hasty):
    waiting, go = asyncio.Event(), asyncio.Event()
    outcomes: list[Outcome] = []

    async def answer(request: Request) -> None:
        waiting.set()
        await go.wait()
        outcomes.append(await request.reply(HEADING))

    inbox.answer = answer
    channel = fake.channel()
    typed = await fake.slash(channel, fake.user(), "today")
    await waiting.wait()
    await asyncio.sleep(0.1)
    fake.advance(16 * 60)
    go.set()
    (message,) = await fake.wait_for(channel, 1)
    await asyncio.sleep(0.01)
    assert message.interaction is None
    assert outcomes == [Sent(message.id)]
    assert typed.messages == []


async def test_an_interaction_that_is_heard_too_late_is_answered_in_the_channel(fake: FakeDiscord, inbox: Asked, hasty):
    inbox.answer = answering(HEADING, after=0.1)
    channel = fake.channel()
    typed = await fake.slash(channel, fake.user(), "today")
    fake.advance(5)
    (message,) = await fake.wait_for(channel, 1)
    assert (message.interaction, typed.acknowledged) == (None, False)


async def test_in_a_channel_where_the_bot_may_not_post_commands_are_answered_all_the_same(fake: FakeDiscord, inbox: Asked):
    channel = fake.channel()
    channel.bot_permissions = USUAL & ~SEND_MESSAGES
    await (await fake.slash(channel, fake.user(), "today")).answered()


async def test_an_answer_that_discord_refuses_comes_as_plain_text(fake: FakeDiscord, inbox: Asked):
    outcomes: list[Outcome] = []
    fake.refused_host = "cdn-uploads.huggingface.co"
    inbox.answer = answering(PAPER, outcomes=outcomes)
    (message,) = await (await fake.slash(fake.channel(), fake.user(), "today")).answered()
    assert not message.embeds
    assert PAPER.heading in message.content


async def test_a_command_that_another_process_answers_is_not_answered_twice(fake: FakeDiscord, inbox: Asked):
    inbox.answer = answering(HEADING, after=0.05)
    channel = fake.channel()
    typed = await fake.slash(channel, fake.user(), "today")
    typed.acknowledged = True
    await asyncio.sleep(0.15)
    assert (typed.messages, channel.messages) == ([], [])


async def test_a_deleted_first_answer_does_not_end_the_rest(
    fake: FakeDiscord, adapter: DiscordAdapter, inbox: Asked, hasty
):
    outcomes: list[Outcome] = []
    inbox.answer = answering(HEADING, after=0.1, outcomes=outcomes)
    channel = fake.channel()
    typed = await fake.slash(channel, fake.user(), "today")
    await asyncio.sleep(0.06)
    typed.original_deleted = True  # a moderator removes "is thinking…"
    (message,) = await fake.wait_for(channel, 1)
    assert message.interaction is None


async def test_a_first_answer_whose_receipt_was_lost_is_not_given_twice(fake: FakeDiscord, inbox: Asked):
    outcomes: list[Outcome] = []
    inbox.answer = answering(HEADING, HEADING, PAPER, outcomes=outcomes)  # the core repeats what is unknown
    fake.lost_callbacks = 1
    typed = await fake.slash(fake.channel(), fake.user(), "today")
    await typed.answered(2)
    assert [type(outcome) for outcome in outcomes[:2]] == [Unknown, Sent]
    assert [message.title for message in typed.messages] == ["**Daily Papers · 2024-03-28**", PAPER.heading]


async def test_a_sign_whose_receipt_was_lost_is_known_again(fake: FakeDiscord, inbox: Asked, hasty):
    inbox.answer = answering(HEADING, after=0.1)
    fake.lost_callbacks = 1
    channel = fake.channel()
    await fake.slash(channel, fake.user(), "today")
    (message,) = await fake.wait_for(channel, 1)
    assert message.title == "**Daily Papers · 2024-03-28**"


async def test_an_answer_in_a_direct_message_can_fail_and_says_so(fake: FakeDiscord, inbox: Asked):
    outcomes: list[Outcome] = []
    inbox.answer = answering(HEADING, outcomes=outcomes)
    ada = fake.user()
    dm = fake.dm(ada)
    dm.blocked = True
    await fake.says(dm, ada, "hello")
    await inbox.until(lambda: bool(inbox.requests))
    await asyncio.sleep(0.05)
    assert isinstance(outcomes[0], Unreachable)
    assert inbox.requests[0].address == address(dm)
