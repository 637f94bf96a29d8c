"""A message that the core sends comes to Discord once, and the core learns what truly became of it."""

import asyncio
import time
from dataclasses import replace

import pytest

from adapters.discord import send, wire
from adapters.discord.adapter import DiscordAdapter
from bot.message import Message
from bot.model import Address
from bot.ports import NotSent, Rejected, RetryAfter, Scope, Sent, Unknown, Unreachable
from tests.fakes.discord import FakeChannel, FakeDiscord
from tests.fakes.discord.world import SEND_MESSAGES, USUAL, VIEW_CHANNEL
from tests.unit.discord.conftest import HEADING, PAPER, adapter_for, address


async def test_a_paper_comes_as_an_embed_with_picture_and_link_buttons_silently(fake: FakeDiscord, adapter: DiscordAdapter):
    channel = fake.channel()
    outcome = await adapter.send(address(channel), PAPER, key="d1-1")
    (message,) = channel.messages
    assert outcome == Sent(message.id)
    (embed,) = message.embeds
    assert (embed["title"], embed["url"]) == (r"Jamba: A Hybrid Transformer-Mamba Language Model", PAPER.link)
    assert embed["image"] == {"url": PAPER.picture}
    assert "👍 96" in embed["description"]
    assert "Opher Lieber, Barak Lenz and 20 more" in embed["description"]
    assert "- It fits into one GPU." in embed["description"]
    assert message.buttons == [("arXiv", "https://arxiv.org/abs/2403.19887")]
    assert message.silent
    assert message.sent["allowed_mentions"] == {"parse": []}


async def test_a_heading_comes_as_text_which_a_notification_can_show(fake: FakeDiscord, adapter: DiscordAdapter):
    channel = fake.channel()
    await adapter.send(address(channel), HEADING)
    (message,) = channel.messages
    assert (message.content, message.embeds, message.silent) == ("**Daily Papers · 2024-03-28**\n10 papers", [], False)


async def test_a_repeated_key_gives_back_the_first_message(fake: FakeDiscord, adapter: DiscordAdapter):
    channel = fake.channel()
    first = await adapter.send(address(channel), PAPER, key="d1-1")
    assert await adapter.send(address(channel), PAPER, key="d1-1") == first
    assert len(channel.messages) == 1


async def test_a_direct_message_and_a_thread_are_channels_as_others(fake: FakeDiscord, adapter: DiscordAdapter):
    dm, thread = fake.dm(fake.user()), fake.thread(fake.channel())
    thread.archived = True
    for place in (dm, thread):
        assert isinstance(await adapter.send(address(place), PAPER), Sent)
        assert len(place.messages) == 1
    assert not thread.archived


# --- Forums -----------------------------------------------------------------------------------------------------------


async def test_a_forum_gets_one_post_called_as_the_heading_and_the_papers_in_it(fake: FakeDiscord, adapter: DiscordAdapter):
    forum = fake.forum()
    heading = await adapter.send(address(forum), HEADING, key="d1-0")
    (post,) = forum.posts
    assert heading == Sent(post.id, container_id=post.id)
    assert post.name == "Daily Papers · 2024-03-28"
    for position in (1, 2):
        outcome = await adapter.send(address(forum), PAPER, key=f"d1-{position}", container_id=post.id)
        assert isinstance(outcome, Sent)
    assert [message.title for message in post.messages] == ["**Daily Papers · 2024-03-28**", PAPER.heading, PAPER.heading]


async def test_a_forum_that_wants_a_tag_gets_its_first(fake: FakeDiscord, adapter: DiscordAdapter):
    forum = fake.forum(tags=("news", "help"), require_tag=True)
    assert isinstance(await adapter.send(address(forum), HEADING, key="d1-0"), Sent)
    assert forum.posts[0].applied_tags == (forum.tags[0]["id"],)


async def test_a_forum_post_whose_answer_was_lost_is_found_not_made_again(fake: FakeDiscord, adapter: DiscordAdapter):
    forum = fake.forum()
    fake.reset(forum, accepted=True)  # for the message that finds out that it is a forum
    fake.reset(forum, accepted=True)  # for the post
    outcome = await adapter.send(address(forum), HEADING, key="d1-0")
    while isinstance(outcome, Unknown):
        outcome = await adapter.send(address(forum), HEADING, key="d1-0")
    (post,) = forum.posts
    assert outcome == Sent(post.id, container_id=post.id)


async def test_a_deleted_post_refuses_the_rest_of_its_day_and_not_the_forum(fake: FakeDiscord, adapter: DiscordAdapter):
    forum = fake.forum()
    sent = await adapter.send(address(forum), HEADING, key="d1-0")
    assert isinstance(sent, Sent)
    forum.posts[0].deleted = True
    for position in (1, 2):
        outcome = await adapter.send(address(forum), PAPER, key=f"d1-{position}", container_id=sent.container_id)
        assert isinstance(outcome, Rejected)
    assert isinstance(await adapter.send(address(forum), replace(HEADING, heading="Tomorrow"), key="d2-0"), Sent)


async def test_a_channel_that_takes_neither_messages_nor_posts_is_unreachable(fake: FakeDiscord, adapter: DiscordAdapter):
    channel = fake.channel()
    fake.fail(channel, 400, {"message": "Cannot send messages in a non-text channel", "code": 50008})
    assert isinstance(await adapter.send(address(channel), HEADING), Unreachable)


# --- What goes wrong --------------------------------------------------------------------------------------------------


def gone(fake: FakeDiscord, channel: FakeChannel) -> None:
    channel.deleted = True


def kicked(fake: FakeDiscord, channel: FakeChannel) -> None:
    assert channel.guild
    channel.guild.bot_inside = False


def hidden(fake: FakeDiscord, channel: FakeChannel) -> None:
    channel.bot_permissions = USUAL & ~VIEW_CHANNEL


@pytest.mark.parametrize("happens", [gone, kicked, hidden])
async def test_a_channel_that_is_gone_is_unreachable_firmly(fake: FakeDiscord, adapter: DiscordAdapter, happens):
    channel = fake.channel()
    happens(fake, channel)
    outcome = await adapter.send(address(channel), PAPER, key="d1-1")
    assert isinstance(outcome, Unreachable)
    assert not outcome.vague


async def test_a_person_who_blocked_the_bot_is_unreachable(fake: FakeDiscord, adapter: DiscordAdapter):
    dm = fake.dm(fake.user())
    dm.blocked = True
    assert isinstance(await adapter.send(address(dm), PAPER), Unreachable)


async def test_a_missing_permission_is_a_vague_refusal_for_it_may_be_given_tomorrow(
    fake: FakeDiscord, adapter: DiscordAdapter
):
    channel = fake.channel()
    channel.bot_permissions = USUAL & ~SEND_MESSAGES
    outcome = await adapter.send(address(channel), HEADING)
    assert isinstance(outcome, Unreachable)
    assert outcome.vague


async def test_an_address_that_is_no_number_is_never_pasted_into_a_url(fake: FakeDiscord, adapter: DiscordAdapter):
    assert isinstance(await adapter.send(Address("discord", "../users/@me"), PAPER), Unreachable)
    assert not any("messages" in path for _, path, _ in fake.requests)


@pytest.mark.parametrize(("scope", "meant"), [("user", Scope.CHAT), ("shared", Scope.CHAT), ("global", Scope.TOKEN)])
async def test_a_wish_to_wait_is_told_at_once_with_whom_it_means(fake: FakeDiscord, adapter: DiscordAdapter, scope, meant):
    channel = fake.channel()
    fake.rate_limit(channel, 7.5, scope)
    assert await adapter.send(address(channel), PAPER) == RetryAfter(7.5, meant)


async def test_cloudflares_ban_means_the_whole_token(fake: FakeDiscord, adapter: DiscordAdapter):
    channel = fake.channel()
    fake.ban(channel, 1800)
    assert await adapter.send(address(channel), PAPER) == RetryAfter(1800, Scope.TOKEN)


async def test_a_used_up_window_is_waited_for_before_the_next_message(fake: FakeDiscord, adapter: DiscordAdapter):
    channel = fake.channel()
    fake.channel_limit = (2, 0.1)
    outcomes = [await adapter.send(address(channel), PAPER) for _ in range(6)]
    assert all(isinstance(outcome, Sent) for outcome in outcomes)
    assert 429 not in {status for *_, status in fake.requests}


async def test_a_window_that_opens_much_later_is_told_to_the_core_without_asking(
    fake: FakeDiscord, adapter: DiscordAdapter
):
    channel = fake.channel()
    fake.channel_limit = (1, 60.0)
    await adapter.send(address(channel), PAPER)
    asked = len(fake.requests)
    outcome = await adapter.send(address(channel), PAPER)
    assert isinstance(outcome, RetryAfter)
    assert 50 < outcome.seconds <= 60
    assert len(fake.requests) == asked


@pytest.mark.parametrize("accepted", [False, True])
async def test_a_broken_connection_leaves_it_unknown_and_the_repetition_comes_once(
    fake: FakeDiscord, adapter: DiscordAdapter, accepted
):
    channel = fake.channel()
    fake.reset(channel, accepted=accepted)
    assert isinstance(await adapter.send(address(channel), PAPER, key="d1-1"), Unknown)
    assert isinstance(await adapter.send(address(channel), PAPER, key="d1-1"), Sent)
    assert len(channel.messages) == 1


async def test_a_server_error_is_unknown_and_made_once(fake: FakeDiscord, adapter: DiscordAdapter):
    channel = fake.channel()
    fake.fail(channel, 502, accepted=True)
    assert isinstance(await adapter.send(address(channel), PAPER, key="d1-1"), Unknown)
    assert [status for *_, status in fake.requests].count(502) == 1


async def test_doubt_of_some_minutes_is_settled_by_looking_not_by_the_nonce(
    fake: FakeDiscord, adapter: DiscordAdapter, monkeypatch
):
    channel = fake.channel()
    fake.reset(channel, accepted=True)
    assert isinstance(await adapter.send(address(channel), HEADING, key="d1-0"), Unknown)
    fake.advance(600)  # the nonce is forgotten there,
    monkeypatch.setattr(send, "NONCE_SECONDS", -1.0)  # and long ago here
    assert await adapter.send(address(channel), HEADING, key="d1-0") == Sent(channel.messages[0].id)
    assert len(channel.messages) == 1


@pytest.mark.parametrize("asleep", ["while the answer was waited for", "after it"])
async def test_time_in_which_the_machine_slept_counts_though_the_monotonic_clock_stood_still(
    fake: FakeDiscord, adapter: DiscordAdapter, monkeypatch, asleep: str
):
    channel, shown = fake.channel(), fake.show

    def sleep(seconds: float = 600.0):
        fake.advance(seconds)
        monkeypatch.setattr(send, "wall_clock", lambda: time.time() + seconds)

    async def show(message):
        await shown(message)
        if asleep.startswith("while"):
            sleep()

    fake.show = show  # type: ignore[method-assign]
    fake.reset(channel, accepted=True)
    assert isinstance(await adapter.send(address(channel), PAPER, key="d1-1"), Unknown)
    if asleep == "after it":
        sleep()
    assert await adapter.send(address(channel), PAPER, key="d1-1") == Sent(channel.messages[0].id)
    assert len(channel.messages) == 1


async def test_a_text_is_known_again_though_discord_has_put_a_preview_of_its_address_below(
    fake: FakeDiscord, adapter: DiscordAdapter
):
    channel, news = fake.channel(), Message(heading="News", paragraphs=("Read https://huggingface.co/blog/papers today.",))
    fake.reset(channel, accepted=True)
    assert isinstance(await adapter.send(address(channel), news, key="d1-0"), Unknown)
    fake.advance(600)
    (message,) = channel.messages
    # docs/resources/message#embed-object-embed-types: "article" and "link" are made from addresses.
    message.sent["embeds"] = [{"type": "article", "url": "https://huggingface.co/blog/papers", "title": "Daily Papers"}]
    again = adapter_for(fake)
    await again.open()
    assert await again.send(address(channel), news, key="d1-0", in_doubt=True) == Sent(message.id)
    await again.close()


async def test_a_process_that_goes_on_in_the_middle_of_a_digest_looks_first(fake: FakeDiscord):
    channel = fake.channel()
    for in_doubt in (False, True):  # killed after the send and before the record; started again ten minutes later
        adapter = adapter_for(fake)
        await adapter.open()
        outcome = await adapter.send(address(channel), PAPER, key="d1-3", in_doubt=in_doubt)
        await adapter.close()
        fake.advance(600)
    (message,) = channel.messages
    assert outcome == Sent(message.id)


async def test_what_a_command_has_answered_does_not_count_as_sent(fake: FakeDiscord, adapter: DiscordAdapter, inbox):
    channel = fake.channel()
    inbox.answer = lambda request: request.reply(PAPER)
    await (await fake.slash(channel, fake.user(), "today")).answered()
    await adapter.send(address(channel), PAPER, key="d1-1")
    assert len(channel.messages) == 2


async def test_a_message_that_discord_refuses_is_rejected_with_the_place_and_goes_as_plain_text(
    fake: FakeDiscord, adapter: DiscordAdapter
):
    channel = fake.channel()
    fake.refused_host = "cdn-uploads.huggingface.co"
    outcome = await adapter.send(address(channel), PAPER, key="d1-1")
    assert isinstance(outcome, Rejected)
    assert "embeds.0.image.url" in outcome.reason
    assert isinstance(await adapter.send(address(channel), PAPER, key="d1-1", plain=True), Sent)
    (message,) = channel.messages
    assert not message.embeds
    assert str(PAPER.link) in message.content


async def test_a_token_that_was_withdrawn_is_asked_with_once_a_minute_at_most(fake: FakeDiscord, adapter: DiscordAdapter):
    channel = fake.channel()
    fake.token = "a new one"
    for _ in range(3):
        outcome = await adapter.send(address(channel), PAPER)
        assert isinstance(outcome, NotSent)
        assert "DISCORD_BOT_TOKEN" in outcome.reason
    assert [status for *_, status in fake.requests].count(401) == 1


async def test_no_connection_is_surely_not_sent():
    async with FakeDiscord() as fake:
        adapter, channel = adapter_for(fake), fake.channel()
        await adapter.open()
    assert isinstance(await adapter.send(address(channel), PAPER), NotSent)
    await adapter.close()


async def test_closing_lets_each_send_in_flight_know_how_far_it_came(fake: FakeDiscord, monkeypatch):
    monkeypatch.setattr(wire, "GRACE", 0.1)
    adapter = adapter_for(fake)
    await adapter.open()
    hanging, waiting = fake.channel(), fake.channel()
    fake.hang(hanging)
    fake.rate_limit(waiting, 4.0)
    await adapter.send(address(waiting), PAPER)
    sends = [asyncio.ensure_future(adapter.send(address(one), PAPER)) for one in (hanging, waiting)]
    await asyncio.sleep(0.05)
    await adapter.close()
    unknown, not_sent = await asyncio.gather(*sends)
    assert isinstance(unknown, Unknown)
    assert isinstance(not_sent, NotSent)
    assert isinstance(await adapter.send(address(waiting), PAPER), NotSent)


async def test_a_caller_that_is_cancelled_is_cancelled(fake: FakeDiscord, adapter: DiscordAdapter):
    channel = fake.channel()
    fake.hang(channel)
    task = asyncio.ensure_future(adapter.send(address(channel), PAPER))
    await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_sending_before_opening_is_not_sent(fake: FakeDiscord):
    assert isinstance(await adapter_for(fake).send(Address("discord", "1"), Message(heading="x")), NotSent)
