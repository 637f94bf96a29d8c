"""Chats of which their admins speak in the private chat with the bot."""

import pytest

from adapters.telegram.elsewhere import Named, named
from bot.model import Address, ChatKind
from tests.fakes.telegram import FakeTelegram
from tests.unit.telegram.house import RecordingInbox, asked, listening


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("@papers", Named("@papers")),
        ("@papers/17", Named("@papers", "17")),
        ("t.me/papers", Named("@papers")),
        ("https://t.me/papers/17", Named("@papers", "17")),
        ("https://t.me/c/1234567890/17", Named("-1001234567890", "17")),
        ("-1001234567890", Named("-1001234567890")),
        ("-1001234567890/1", Named("-1001234567890")),
        ("papers", None),
        ("@1", None),
        ("1234", None),
        ("https://evil.example/papers", None),
        ("-100&chat_id=7", None),
    ],
)
def test_a_chat_is_named_in_the_ways_that_people_write_it(written, found):
    assert named(written) == found


async def request_of(fake: FakeTelegram, inbox: RecordingInbox):
    await fake.says(fake.person(11), fake.person(11), "/settings")
    (request,) = await asked(fake, inbox)
    assert request.elsewhere is not None
    return request


async def test_an_admin_speaks_of_a_channel_and_is_answered_where_he_is(fake: FakeTelegram):
    minji, inbox = fake.person(11), RecordingInbox()
    channel = fake.channel("Papers", admins=(minji,))
    channel.username = "daily_ones"
    async with listening(fake, inbox):
        request = await request_of(fake, inbox)
        for name in ("@Daily_Ones", f"t.me/c/{str(channel.id)[4:]}", str(channel.id)):
            there = await request.elsewhere(name)
            assert there is not None, name
            assert (there.address, there.kind) == (Address("telegram", str(channel.id)), ChatKind.CHANNEL)
            assert (there.title, there.person) == ("Papers", "11")
            assert (await there.may_change(), await there.may_post()) == (True, True)
            assert there.reply is request.reply
            assert there.elsewhere is None


async def test_a_topic_is_one_of_a_forum(fake: FakeTelegram):
    minji, inbox = fake.person(11), RecordingInbox()
    forum, plain = fake.supergroup(admins=(minji,), topics={17: "Papers"}), fake.supergroup(admins=(minji,))
    async with listening(fake, inbox):
        request = await request_of(fake, inbox)
        there = await request.elsewhere(f"{forum.id}/17")
        assert there is not None
        assert there.address == Address("telegram", str(forum.id), "17")
        assert await request.elsewhere(f"{plain.id}/17") is None


async def test_nobody_else_speaks_of_it_nor_anybody_of_what_is_not_there(fake: FakeTelegram):
    minji, jun, inbox = fake.person(11), fake.person(12), RecordingInbox()
    of_jun, left = fake.channel(admins=(jun,)), fake.channel(admins=(minji,), bot="kicked")
    async with listening(fake, inbox):
        request = await request_of(fake, inbox)
        for name in (str(of_jun.id), str(left.id), "@nobody_has_it", "-1009999999999", str(jun.id), "words"):
            assert await request.elsewhere(name) is None, name


async def test_in_a_group_nobody_speaks_of_others(fake: FakeTelegram):
    minji, inbox = fake.person(11), RecordingInbox()
    lab = fake.supergroup(admins=(minji,))
    async with listening(fake, inbox):
        await fake.says(lab, minji, "/settings")
        (request,) = await asked(fake, inbox)
    assert request.elsewhere is None
