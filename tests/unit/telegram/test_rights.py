"""Who may change a subscription, where the bot may post, and being added, removed, moved."""

import json

import pytest

from bot.model import ChatKind
from tests.fakes.telegram import Fail, FakeTelegram
from tests.unit.telegram.house import RecordingInbox, asked, listening, telegram


async def test_members_may_not_change_and_admins_may(fake: FakeTelegram):
    minji, jun = fake.person(11), fake.person(12, name="Jun")
    lab, inbox = fake.supergroup(admins=(jun,)), RecordingInbox()
    async with listening(fake, inbox):
        await fake.says(lab, minji, "/subscribe")
        await fake.says(lab, jun, "/subscribe")
        of_minji, of_jun = await asked(fake, inbox, 2)
        assert not await of_minji.may_change()
        assert await of_jun.may_change()


async def test_an_anonymous_admin_may_change(fake: FakeTelegram):
    lab, inbox = fake.supergroup(), RecordingInbox()
    async with listening(fake, inbox):
        await fake.says(lab, None, "/subscribe", anonymous=True)
        (request,) = await asked(fake, inbox)
        assert await request.may_change()
    assert request.person == str(lab.id)
    assert fake.count_calls("getChatMember") == 0


async def test_who_writes_in_the_name_of_another_channel_may_not_change(fake: FakeTelegram):
    lab, other, inbox = fake.supergroup(), fake.channel("Mine"), RecordingInbox()
    async with listening(fake, inbox):
        await fake.says(lab, None, "/subscribe", in_name_of=other)
        (request,) = await asked(fake, inbox)
        assert not await request.may_change()
    assert request.person == str(other.id)


async def test_an_admin_is_asked_for_once_in_a_while_and_a_member_again(fake: FakeTelegram):
    minji, jun = fake.person(11), fake.person(12)
    lab, inbox = fake.supergroup(admins=(jun,)), RecordingInbox()
    async with listening(fake, inbox):
        for person in (jun, jun, minji):
            await fake.says(lab, person, "/subscribe")
        requests = await asked(fake, inbox, 3)
        assert [await request.may_change() for request in requests] == [True, True, False]
        assert fake.count_calls("getChatMember") == 2
        lab.admins.add(11)
        assert await requests[2].may_change()


async def test_when_telegram_does_not_say_nobody_may_change_or_post(fake: FakeTelegram):
    minji, lab, inbox = fake.person(11), fake.supergroup(), RecordingInbox()
    async with listening(fake, inbox):
        await fake.says(lab, minji, "/subscribe")
        (request,) = await asked(fake, inbox)
        await fake.down()
        assert not await request.may_change()
        assert not await request.may_post()
        await fake.up()


@pytest.mark.parametrize(
    ("kind", "status", "may_post", "members_may_post", "expected"),
    [
        ("supergroup", "member", True, True, True),
        ("supergroup", "member", True, False, False),
        ("supergroup", "administrator", True, False, True),
        ("supergroup", "restricted", True, True, True),
        ("supergroup", "restricted", False, True, False),
        ("channel", "administrator", True, True, True),
        ("channel", "administrator", False, True, False),
        ("channel", "member", True, True, False),
    ],
)
async def test_whether_the_bot_may_post_is_asked_of_telegram(
    fake: FakeTelegram, kind: str, status: str, may_post: bool, members_may_post: bool, expected: bool
):
    minji, inbox = fake.person(11), RecordingInbox()
    room = fake.channel(bot=status) if kind == "channel" else fake.supergroup(bot=status)
    room.bot_may_post, room.members_may_post = may_post, members_may_post
    async with listening(fake, inbox):
        await fake.says(room, minji, "/subscribe")
        (request,) = await asked(fake, inbox)
        assert await request.may_post() == expected


USER = {"id": 12, "is_bot": False, "first_name": "Jun"}


def answers(result: object) -> Fail:
    """Not what the real Bot API says today, but what an older or a smaller server of one's own says."""
    return Fail(200, body=json.dumps({"ok": True, "result": result}))


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ({"status": "creator", "user": USER}, True),
        ({"status": "administrator", "user": USER}, True),
        ({"status": "member"}, False),
        ({"status": "emperor"}, False),
        ({"status": ["creator"]}, False),
        ({}, False),
        (True, False),
        (None, False),
        ([{"status": "creator"}], False),
    ],
)
async def test_an_admin_is_known_by_the_status_alone(fake: FakeTelegram, result: object, expected: bool):
    jun = fake.person(12)
    lab, inbox = fake.supergroup(), RecordingInbox()
    async with listening(fake, inbox):
        await fake.says(lab, jun, "/subscribe")
        (request,) = await asked(fake, inbox)
        fake.fail_method("getChatMember", answers(result))
        assert await request.may_change() == expected


@pytest.mark.parametrize(
    ("kind", "result", "expected"),
    [
        ("supergroup", {"status": "restricted", "is_member": True, "can_send_messages": True}, True),
        ("supergroup", {"status": "restricted", "can_send_messages": False}, False),
        ("supergroup", {"status": "restricted"}, True),
        ("supergroup", {"status": "left"}, False),
        ("supergroup", {"status": "kicked"}, False),
        ("supergroup", {"status": "emperor"}, True),
        ("supergroup", {"status": ["member"]}, True),
        ("supergroup", True, True),
        ("supergroup", None, True),
        ("channel", {"status": "administrator"}, True),
        ("channel", {"status": "administrator", "can_post_messages": False}, False),
        ("channel", {"status": "creator"}, True),
        ("channel", {"status": "member"}, False),
    ],
)
async def test_only_a_clear_no_keeps_the_bot_from_posting(fake: FakeTelegram, kind: str, result: object, expected: bool):
    minji, inbox = fake.person(11), RecordingInbox()
    room = fake.channel() if kind == "channel" else fake.supergroup()
    async with listening(fake, inbox):
        await fake.says(room, minji, "/subscribe")
        (request,) = await asked(fake, inbox)
        fake.fail_method("getChatMember", answers(result))
        assert await request.may_post() == expected


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (answers(True), True),
        (answers({}), True),
        (answers({"permissions": True}), True),
        (answers({"permissions": {"can_invite_users": True}}), True),
        (answers({"permissions": {"can_send_messages": False}}), False),
        (Fail(404, "Not Found"), True),
        (Fail(400, "Bad Request: chat not found"), True),
        (Fail(200, body="<html>"), True),
    ],
)
async def test_a_group_whose_permissions_cannot_be_read_has_no_known_restriction(
    fake: FakeTelegram, failure: Fail, expected: bool
):
    minji, inbox = fake.person(11), RecordingInbox()
    lab = fake.supergroup()
    async with listening(fake, inbox):
        await fake.says(lab, minji, "/subscribe")
        (request,) = await asked(fake, inbox)
        fake.fail_method("getChat", failure)
        assert await request.may_post() == expected


async def test_a_server_that_knows_nothing_of_members_has_no_admins_and_lets_the_bot_post(fake: FakeTelegram):
    minji, inbox = fake.person(11), RecordingInbox()
    lab = fake.supergroup()
    async with listening(fake, inbox):
        await fake.says(lab, minji, "/subscribe")
        (request,) = await asked(fake, inbox)
        fake.fail_method("getChatMember", Fail(404, "Not Found: method not found"), Fail(404, "Not Found"))
        assert not await request.may_change()
        assert await request.may_post()


async def test_being_added_removed_blocked_and_unblocked_is_told(fake: FakeTelegram):
    minji, inbox = fake.person(11, language="en", name="Minji"), RecordingInbox()
    group, lab, channel = fake.group("Readers", bot="left"), fake.supergroup("Lab"), fake.channel("Papers", bot="left")
    async with listening(fake, inbox):
        fake.set_bot(group, "member", by=minji)
        fake.set_bot(channel, "administrator", by=minji)
        fake.set_bot(lab, "administrator", by=minji)  # promoted: it may write now, whatever members may
        fake.set_bot(lab, "member", by=minji)
        fake.set_bot(lab, "kicked", by=minji)
        fake.block(minji)
        fake.unblock(minji)
        await fake.until(lambda: len(inbox.events) == 6)
    by_chat = {event[1].chat_id: [one for one in inbox.events if one[1] == event[1]] for event in inbox.events}
    assert by_chat == {
        str(group.id): [("joined", telegram(group.id), ChatKind.GROUP, "Readers", "en")],
        str(channel.id): [("joined", telegram(channel.id), ChatKind.CHANNEL, "Papers", "en")],
        str(lab.id): [
            ("joined", telegram(lab.id), ChatKind.GROUP, "Lab", "en"),
            ("left", telegram(lab.id), "the bot was removed from the group"),
        ],
        "11": [
            ("left", telegram(11), "the person blocked the bot"),
            ("joined", telegram(11), ChatKind.PRIVATE, "Minji", "en"),
        ],
    }


@pytest.mark.parametrize(("kind", "status"), [("supergroup", "restricted"), ("channel", "administrator")])
async def test_a_right_to_write_that_was_given_back_is_told_and_one_that_was_taken_is_not(
    fake: FakeTelegram, kind: str, status: str
):
    minji, inbox = fake.person(11, language="en"), RecordingInbox()
    room = getattr(fake, kind)("Lab", bot=status)
    async with listening(fake, inbox):
        fake.set_may_post(room, may_post=False, by=minji)
        fake.set_may_post(room, may_post=True, by=minji)
        fake.set_bot(room, "kicked", by=minji)
        await fake.until(lambda: len(inbox.events) == 2)
    assert [event[0] for event in inbox.events] == ["joined", "left"]


async def test_a_topic_that_is_opened_again_is_told(fake: FakeTelegram):
    minji, inbox = fake.person(11, language="en"), RecordingInbox()
    forum = fake.supergroup("Lab", topics={5: "Papers"})
    async with listening(fake, inbox):
        fake.close_topic(forum, 5, by=minji)
        fake.reopen_topic(forum, 5, by=minji)
        await fake.until(lambda: len(inbox.events) == 1)
    assert inbox.events == [("joined", telegram(forum.id, 5), ChatKind.GROUP, "Lab", "en")]


async def test_a_group_that_becomes_a_supergroup_is_told_from_both_sides(fake: FakeTelegram):
    group, inbox = fake.group(), RecordingInbox()
    async with listening(fake, inbox):
        new = fake.upgrade(group)
        await fake.until(lambda: len(inbox.events) == 2)
    assert inbox.events == [("moved", telegram(group.id), telegram(new.id))] * 2
