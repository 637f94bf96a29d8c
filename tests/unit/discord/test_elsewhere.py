"""Channels of which their admins speak in direct messages with the bot."""

from bot.model import ChatKind
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord.world import SEND_MESSAGES, USUAL
from tests.unit.discord.conftest import Asked, address


async def private_request(fake: FakeDiscord, inbox: Asked, ada):
    dm = fake.dm(ada)
    await fake.says(dm, ada, "/settings")
    await fake.wait_for(dm, len(dm.messages) + 1)
    assert inbox.requests[-1].elsewhere is not None
    return inbox.requests[-1]


async def test_an_admin_speaks_of_a_channel_and_is_answered_in_the_direct_messages(fake: FakeDiscord, inbox: Asked):
    ada, channel = fake.user("ada"), fake.channel()
    assert channel.guild is not None
    channel.guild.admins.add(ada.id)
    request = await private_request(fake, inbox, ada)
    link = f"https://discord.com/channels/{channel.guild.id}/{channel.id}"
    for name in (f"<#{channel.id}>", channel.id, link):
        there = await request.elsewhere(name)
        assert there is not None, name
        assert (there.address, there.kind, there.title) == (address(channel), ChatKind.GROUP, "#papers · Reading group")
        assert (await there.may_change(), await there.may_post()) == (True, True)
        assert (there.reply, there.person) == (request.reply, ada.id)


async def test_the_owner_of_a_server_is_its_admin_and_what_the_bot_may_not_is_known(fake: FakeDiscord, inbox: Asked):
    silent = fake.channel()
    assert silent.guild is not None
    mute = fake.channel(silent.guild, name="mute")
    mute.bot_permissions = USUAL & ~SEND_MESSAGES
    fake._tell("CHANNEL_UPDATE", mute.json(), silent.guild)
    request = await private_request(fake, inbox, silent.guild.owner)
    there = await request.elsewhere(mute.id)
    assert there is not None
    assert not await there.may_post()


async def test_the_forum_is_meant_by_one_of_its_posts(fake: FakeDiscord, inbox: Asked):
    forum = fake.forum()
    assert forum.guild is not None
    post = fake.thread(forum)
    request = await private_request(fake, inbox, forum.guild.owner)
    there = await request.elsewhere(post.id)
    assert there is not None
    assert there.address == address(forum)


async def test_nobody_else_speaks_of_it_nor_anybody_of_what_is_not_there(fake: FakeDiscord, inbox: Asked):
    ada, bo, channel = fake.user("ada"), fake.user("bo"), fake.channel()
    assert channel.guild is not None
    channel.guild.members.add(ada.id)
    for person in (ada, bo):
        request = await private_request(fake, inbox, person)
        for name in (f"<#{channel.id}>", fake.dm(bo).id, "123456789012345678", "papers", f"{channel.id}/../1"):
            assert await request.elsewhere(name) is None, (person.name, name)


async def test_by_a_command_in_direct_messages_too_and_never_in_a_server(fake: FakeDiscord, inbox: Asked):
    ada, channel = fake.user("ada"), fake.channel()
    assert channel.guild is not None
    channel.guild.admins.add(ada.id)
    await (await fake.slash(fake.dm(ada), ada, "today")).answered()
    assert inbox.requests[-1].elsewhere is not None
    there = await inbox.requests[-1].elsewhere(channel.id)
    assert there is not None
    await (await fake.slash(channel, ada, "today")).answered()
    assert inbox.requests[-1].elsewhere is None
