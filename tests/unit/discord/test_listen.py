"""What people do on Discord reaches the core as requests and events."""

import asyncio

import pytest

from adapters.discord.adapter import DiscordAdapter
from bot.errors import AdapterError, InvalidToken
from bot.message import Button, Message
from bot.model import Address, ChatKind
from bot.ports import AdapterContext, CommandSpec, Request
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord.world import EMBED_LINKS, MANAGE_GUILD, SEND_IN_THREADS, SEND_MESSAGES, USUAL
from tests.unit.discord.conftest import HEADING, Asked, KeptState, adapter_for, address, listening


async def test_a_slash_command_is_asked_as_a_line_and_answered_where_it_was_typed(fake: FakeDiscord, inbox: Asked):
    channel, ada = fake.channel(), fake.user("ada")
    typed = await fake.slash(channel, ada, "day", {"date": "2024-03-28"}, locale="ko")
    (message,) = await typed.answered()
    (request,) = inbox.requests
    assert (request.text, request.language, request.person) == ("/day 2024-03-28", "ko", ada.id)
    assert (request.address, request.kind) == (address(channel), ChatKind.GROUP)
    assert request.title == "#papers · Reading group"
    assert message.text == "**Daily Papers · 2024-03-28**\n10 papers"


async def test_options_stand_in_the_cores_order_and_missing_ones_are_left_out(fake: FakeDiscord, inbox: Asked):
    channel, ada = fake.channel(), fake.user("ada")
    await (await fake.slash(channel, ada, "settings", {"name": "top", "value": "5"})).answered()
    await (await fake.slash(channel, ada, "settings", {"name": "lang"})).answered()
    await (await fake.slash(channel, ada, "today")).answered()
    assert [request.text for request in inbox.requests] == ["/settings 5 top", "/settings lang", "/today"]


async def test_a_direct_message_is_a_request_too(fake: FakeDiscord, inbox: Asked):
    ada = fake.user("ada")
    dm = fake.dm(ada)
    await fake.says(dm, ada, "attention is all you need")
    await fake.wait_for(dm, 1)
    (request,) = inbox.requests
    assert (request.text, request.kind, request.address) == ("attention is all you need", ChatKind.PRIVATE, address(dm))
    assert await request.may_change()
    assert await request.may_post()


async def test_what_a_bot_says_in_a_direct_message_is_not_heard(fake: FakeDiscord, inbox: Asked):
    dm = fake.dm(fake.user("ada"))
    await fake.says(dm, fake.bot, "an answer")
    await fake.slash(dm, fake.user("ada"), "today")
    await inbox.until(lambda: bool(inbox.requests))
    assert [request.text for request in inbox.requests] == ["/today"]


async def test_a_slash_command_works_in_a_direct_message(fake: FakeDiscord, inbox: Asked):
    ada = fake.user("ada")
    typed = await fake.slash(fake.dm(ada), ada, "today")
    await typed.answered()
    (request,) = inbox.requests
    assert (request.kind, request.title, request.address) == (ChatKind.PRIVATE, "Ada", address(fake.dm(ada)))
    assert await request.may_change()


async def test_only_those_who_run_the_server_or_its_channels_may_change(fake: FakeDiscord, inbox: Asked):
    channel, ada = fake.channel(), fake.user("ada")
    for permissions in (USUAL, USUAL | MANAGE_GUILD):
        await (await fake.slash(channel, ada, "today", permissions=permissions)).answered()
    await (await fake.slash(channel, ada, "today", admin=True)).answered()
    assert [await request.may_change() for request in inbox.requests] == [False, True, True]


async def test_whether_the_bot_may_post_is_known_from_what_it_may_do_there(fake: FakeDiscord, inbox: Asked):
    channel, thread_channel, ada = fake.channel(), fake.channel(), fake.user("ada")
    thread = fake.thread(thread_channel)
    for place, permissions in (
        (channel, USUAL),
        (channel, USUAL & ~EMBED_LINKS),
        (channel, USUAL & ~SEND_MESSAGES),
        (thread, USUAL & ~SEND_MESSAGES),
        (thread, USUAL & ~SEND_IN_THREADS),
    ):
        place.bot_permissions = permissions
        await (await fake.slash(place, ada, "today")).answered()
    assert [await request.may_post() for request in inbox.requests] == [True, False, False, True, False]


async def test_a_thread_of_a_text_channel_is_a_chat_of_its_own(fake: FakeDiscord, inbox: Asked):
    thread = fake.thread(fake.channel(), "transformers")
    typed = await fake.slash(thread, fake.user(), "today")
    await typed.answered()
    assert inbox.requests[0].address == address(thread)
    assert len(thread.messages) == 1


async def test_what_is_asked_in_a_forums_post_is_about_the_forum_and_answered_in_the_post(fake: FakeDiscord, inbox: Asked):
    forum = fake.forum(name="daily")
    post = fake.thread(forum, "how does this work?")
    await (await fake.slash(post, fake.user(), "today")).answered()
    (request,) = inbox.requests
    assert (request.address, request.title) == (address(forum), "#daily · Reading group")
    assert len(post.messages) == 1


async def test_a_post_whose_forum_the_library_does_not_know_is_about_the_forum_too(fake: FakeDiscord, inbox: Asked):
    forum = fake.forum()
    post = fake.thread(forum)
    fake.forget_news()
    await (await fake.slash(post, fake.user(), "today")).answered()
    assert inbox.requests[0].address == address(forum)


async def test_a_removed_bot_leaves_every_channel_and_a_new_invitation_joins_them(fake: FakeDiscord, inbox: Asked):
    guild = fake.guild()
    channel, forum = fake.channel(guild), fake.forum(guild)
    thread = fake.thread(channel)
    everywhere = {channel.id, forum.id, thread.id}
    await asyncio.sleep(0.15)  # the library's start is over then
    await fake.remove_bot(guild)
    await inbox.until(lambda: {("left", one) for one in everywhere} <= set(inbox.events))
    await fake.add_bot(guild)
    await inbox.until(lambda: {("joined", one) for one in everywhere} <= set(inbox.events))


class SlowInbox(Asked):
    """Writes as on a slow disk."""

    begun = False

    async def left(self, address: Address, reason: str) -> None:
        self.begun = True
        await self._notify()
        await asyncio.sleep(0.1)
        await super().left(address, reason)


async def test_what_happens_to_a_server_during_the_stop_is_told_before_its_end(fake: FakeDiscord, adapter: DiscordAdapter):
    guild, inbox = fake.guild(), SlowInbox()
    channels = {fake.channel(guild).id for _ in range(3)}
    async with listening(adapter, inbox):
        await fake.gateway.ready()
        await asyncio.sleep(0.15)  # the library's start is over then
        await fake.remove_bot(guild)
        await inbox.until(lambda: inbox.begun)
        await adapter.close()
        assert {one for _, one in inbox.events} == channels


async def test_a_deleted_channel_or_thread_is_left(fake: FakeDiscord, inbox: Asked):
    channel, thread = fake.channel(), fake.thread(fake.channel())
    await fake.delete_channel(channel)
    await fake.delete_channel(thread)
    await inbox.until(lambda: {("left", channel.id), ("left", thread.id)} <= set(inbox.events))


async def test_a_long_answer_to_one_never_delays_another(fake: FakeDiscord, inbox: Asked):
    channel, ada = fake.channel(), fake.user()
    free = asyncio.Event()

    async def answer(request):
        if request.text == "/day slow":
            await free.wait()
        await request.reply(HEADING)

    inbox.answer = answer
    slow = await fake.slash(channel, ada, "day", {"date": "slow"})
    await (await fake.slash(channel, ada, "today")).answered()
    assert not slow.messages
    free.set()
    await slow.answered()


async def test_only_the_intents_that_are_needed_are_asked_for_none_of_them_privileged(fake: FakeDiscord, inbox: Asked):
    (identified,) = fake.gateway.identified
    assert identified["intents"] == 1 << 0 | 1 << 12  # guilds, direct messages


async def test_every_shard_is_served(fake: FakeDiscord):
    fake.shards = 2
    fake.advertised_gateway = fake.gateway_url
    made, asked = adapter_for(fake, DISCORD_GATEWAY_URL=""), Asked()
    await made.open()
    async with listening(made, asked):
        await asked_until(lambda: len(fake.gateway.sessions) == 1)
        assert fake.gateway.identified[0]["shard"] == [0, 2]


async def asked_until(true):
    while not true():
        await asyncio.sleep(0.01)


async def test_a_broken_gateway_connection_is_resumed(fake: FakeDiscord, inbox: Asked):
    channel, ada = fake.channel(), fake.user()
    await fake.gateway.drop()
    await (await fake.slash(channel, ada, "today")).answered()
    assert fake.gateway.resumed == 1


async def test_commands_are_registered_once_and_again_only_when_they_change(fake: FakeDiscord):
    state = KeptState()
    for _ in range(2):
        made = adapter_for(fake, state)
        await made.open()
        async with listening(made, Asked()):
            await fake.gateway.ready()
        fake.gateway.sessions.clear()
    assert fake.registrations == 1
    context = AdapterContext(
        environment=fake.environment(), commands=(CommandSpec(name="help", description={"en": "Help"}),), state=state
    )
    made = DiscordAdapter(context)
    await made.open()
    async with listening(made, Asked()):
        await fake.gateway.ready()
    assert (fake.registrations, [command["name"] for command in fake.commands]) == (2, ["help"])


async def test_commands_that_discord_refuses_end_the_listening_with_a_sentence(fake: FakeDiscord):
    context = AdapterContext(
        environment=fake.environment(), commands=(CommandSpec(name="two words", description={"en": "?"}),), state=None
    )
    made = DiscordAdapter(context)
    await made.open()
    with pytest.raises(AdapterError, match="refuses the bot's commands"):
        await made.listen(Asked())
    await made.close()


async def test_a_token_that_is_refused_is_said_so_at_opening_and_listening(fake: FakeDiscord):
    made = adapter_for(fake, DISCORD_BOT_TOKEN="another")
    with pytest.raises(InvalidToken, match="DISCORD_BOT_TOKEN"):
        await made.open()
    with pytest.raises(InvalidToken, match="DISCORD_BOT_TOKEN"):
        await made.listen(Asked())
    await made.close()


async def test_a_discord_that_cannot_be_reached_is_said_so():
    async with FakeDiscord() as fake:
        made = adapter_for(fake)
    with pytest.raises(AdapterError, match="could not be reached"):
        await made.open()
    await made.close()


async def test_closing_takes_little_time_even_when_the_gateway_says_no_goodbye(fake: FakeDiscord):
    fake.gateway.silent = True
    made = adapter_for(fake)
    await made.open()
    task = asyncio.ensure_future(made.listen(Asked()))
    await fake.gateway.ready()
    await asyncio.sleep(0.05)
    began = asyncio.get_running_loop().time()
    await made.close()
    await made.close()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert asyncio.get_running_loop().time() - began < 3


async def test_what_is_for_the_asker_alone_stays_where_nobody_else_reads(fake: FakeDiscord, inbox: Asked):
    ada = fake.user("ada")
    alone = Message(paragraphs=("For you.",), buttons=(Button("Again", action="x:1"),), private=True)

    async def answer(request: Request) -> None:
        await request.reply(alone)

    inbox.answer = answer
    for channel, hidden in ((fake.channel(), True), (fake.dm(ada), False)):
        (message,) = await (await fake.slash(channel, ada, "today")).answered()
        assert message.ephemeral is hidden
        (message,) = await (await fake.presses(message, ada, "Again")).answered()
        assert message.ephemeral is hidden


async def test_a_direct_message_is_in_the_language_in_which_its_writer_has_discord(fake: FakeDiscord, inbox: Asked):
    ada, eve = fake.user("ada"), fake.user("eve")
    await (await fake.slash(fake.channel(), ada, "today", locale="ja")).answered()
    for person in (ada, eve):
        await fake.says(fake.dm(person), person, "hello")
        await fake.wait_for(fake.dm(person), 1)
    assert [request.language for request in inbox.requests] == ["ja", "ja", None]
