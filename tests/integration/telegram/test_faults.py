"""Every answer of Telegram's, over HTTP through the real adapter: what the store holds after it, and that others got theirs."""

import datetime as dt

import pytest

from bot.delivery.subscribing import unsubscribe
from bot.model import ChatKind
from tests.fakes.telegram import Fail, Hang, Migrate, Reset, TooManyRequests
from tests.integration.broadcast import DUE, broadcasting, until
from tests.integration.telegram.inbox import serving
from tests.integration.telegram.scene import DIGEST, TAKEN, texts
from tests.unit.telegram.house import adapter_for

# --- The table ----------------------------------------------------------------------------------------------------------

# What the store holds when two messages were taken and the third met the fault: (state, cursor, strikes, attempts, seconds
# until it is sent again), and what it says.
GONE = ("parked", 2, 0, 0, None)
CLOSED = ("ready", 2, 1, 1, 6 * 3600)
AGAIN = ("ready", 2, 0, 1, 1)
PLAIN = ("done", 5, 0, 0, None)  # taken at the second asking, as plain text

FAULTS = [
    # Its people turned the bot out, or the chat is no more (telegram-bot-api, Client.cpp; core.telegram.org/api/errors).
    (Fail(403, "Forbidden: bot was blocked by the user"), GONE),
    (Fail(403, "Forbidden: user is deactivated"), GONE),
    (Fail(403, "Forbidden: bot can't initiate conversation with a user"), GONE),
    (Fail(403, "Forbidden: bot was kicked from the group chat"), GONE),
    (Fail(403, "Forbidden: bot was kicked from the supergroup chat"), GONE),
    (Fail(403, "Forbidden: bot was kicked from the channel chat"), GONE),
    (Fail(403, "Forbidden: bot is not a member of the channel chat"), GONE),
    (Fail(403, "Forbidden: bot is not a member of the supergroup chat"), GONE),
    (Fail(403, "Forbidden: the group chat was deleted"), GONE),
    (Fail(400, "Bad Request: group chat was deactivated"), GONE),
    (Fail(400, "Bad Request: message thread not found"), GONE),
    (Fail(400, "Bad Request: TOPIC_DELETED"), GONE),
    (Fail(400, "Bad Request: USER_IS_BLOCKED"), GONE),
    (Fail(400, "Bad Request: INPUT_USER_DEACTIVATED"), GONE),
    (Fail(400, "Bad Request: CHANNEL_PRIVATE"), GONE),
    # An admin may undo it, or the token may be another bot's: asked again over days.
    (Fail(400, "Bad Request: chat not found"), CLOSED),
    (Fail(400, "Bad Request: PEER_ID_INVALID"), CLOSED),
    (Fail(400, "Bad Request: TOPIC_CLOSED"), CLOSED),
    (Fail(400, "Bad Request: not enough rights to send text messages to the chat"), CLOSED),
    (Fail(400, "Bad Request: have no rights to send a message"), CLOSED),
    (Fail(400, "Bad Request: need administrator rights in the channel chat"), CLOSED),
    (Fail(400, "Bad Request: CHAT_WRITE_FORBIDDEN"), CLOSED),
    (Fail(403, "Forbidden: CHAT_WRITE_FORBIDDEN"), CLOSED),
    (Fail(400, "Bad Request: CHAT_RESTRICTED"), CLOSED),
    (Fail(400, "Bad Request: CHAT_ADMIN_REQUIRED"), CLOSED),
    (Fail(403, "Forbidden: CHAT_SEND_PLAIN_FORBIDDEN"), CLOSED),
    (Fail(400, "Bad Request: CHAT_GUEST_SEND_FORBIDDEN"), CLOSED),
    (Fail(400, "Bad Request: USER_BANNED_IN_CHANNEL"), CLOSED),
    (Fail(403, "Forbidden: ALLOW_PAYMENT_REQUIRED_5"), CLOSED),
    (Fail(403, "Forbidden: PRIVACY_PREMIUM_REQUIRED"), CLOSED),
    (Fail(403, "Forbidden: a sentence that nobody has read yet"), CLOSED),
    (Fail(400, "Bad Request: group chat was upgraded to a supergroup chat"), CLOSED),  # without the new number
    # The message, not the chat.
    (Fail(400, "Bad Request: can't parse entities: Unsupported start tag"), PLAIN),
    (Fail(400, "Bad Request: message is too long"), PLAIN),
    (Fail(400, "Bad Request: BUTTON_URL_INVALID"), PLAIN),
    (Fail(400, "Bad Request: WEBPAGE_CURL_FAILED"), PLAIN),
    (Fail(413, "Request Entity Too Large"), PLAIN),
    (Fail(500, "Internal Server Error: sent message was immediately deleted"), PLAIN),
    # Waiting, as long as asked.
    (TooManyRequests(3), ("ready", 2, 0, 0, 3)),
    (TooManyRequests(400), ("ready", 2, 0, 0, 400)),
    # It did not arrive, or may not have: again after a second.
    (Fail(500, "Internal Server Error"), AGAIN),
    (Fail(502, body="<html>502 Bad Gateway</html>"), AGAIN),
    (Fail(503, body=""), AGAIN),
    (Fail(504, "Gateway Timeout"), AGAIN),
    (Fail(401, "Unauthorized"), AGAIN),
    (Fail(404, "Not Found"), AGAIN),
    (Fail(409, "Conflict: terminated by other getUpdates request"), AGAIN),
    (Reset(taken=False), AGAIN),
    (Fail(200, body="<html>Please sign in to this network</html>"), AGAIN),
    # A proxy's or a captive network's own refusal says nothing of the chat nor of the message.
    (Fail(403, body="<html>403 Forbidden</html>"), AGAIN),
    (Fail(400, body="<html>400 Bad Request</html>"), AGAIN),
    (Fail(404, body="<html>404 Not Found</html>"), AGAIN),
]


@pytest.mark.parametrize(("fault", "left"), FAULTS, ids=[f"{fault}" for fault, _ in FAULTS])
async def test_a_fault_in_the_middle_leaves_this_behind_and_the_other_chat_gets_everything(fake, cast, fault, left):
    hurt, other = fake.person(7), fake.person(8)
    fake.fail(hurt, TAKEN, TAKEN, fault)
    cast.subscriber(7)
    cast.subscriber(8)
    await cast.run(DUE)
    row = cast.row(7)
    state, cursor, strikes, attempts, waits = left
    assert (row["state"], row["cursor"], row["strikes"], row["attempts"]) == (state, cursor, strikes, attempts)
    assert row["lease_owner"] is None
    assert bool(row["parked"]) == (state == "parked")
    assert cast.chat(7).subscription.active
    if state == "ready":
        assert row["waits"] == waits
    if state != "done":
        assert row["last_error"]
        assert fake.token not in row["last_error"]
        assert texts(fake, hurt) == DIGEST[:2]
    assert cast.recorded(7) == list(range(cursor))
    # When what was wrong has passed, the rest comes, and nothing of it twice.
    if state == "ready":
        # A new engine, for the old one obeys a wait by the machine's own clock.
        await cast.restart()
        await cast.run(seconds=waits)
    if state != "parked":
        assert texts(fake, hurt) == DIGEST
        assert cast.row(7)["state"] == "done"
        assert cast.row(7)["strikes"] == 0
    assert texts(fake, other) == DIGEST
    assert cast.row(8)["state"] == "done"


async def test_a_429_from_before_telegram_means_everybody_for_a_moment(fake, cast, monkeypatch):
    monkeypatch.setattr("adapters.telegram.outcomes._GATEWAY_PAUSE", 0.1)
    hurt, other = fake.person(7), fake.person(8)
    fake.fail(hurt, TAKEN, TooManyRequests(0))
    cast.subscriber(7)
    cast.subscriber(8)
    await cast.run(DUE)
    row = cast.row(7)
    assert (row["state"], row["cursor"], row["attempts"]) == ("ready", 1, 0)
    await cast.run(seconds=1)
    assert texts(fake, hurt) == texts(fake, other) == DIGEST


async def test_an_answer_that_is_lost_after_the_message_was_taken_sends_it_twice_and_loses_none(fake, cast):
    """Telegram has no nonce: rarely twice, never lost (docs/operating.md, "Why nothing comes twice")."""
    hurt = fake.person(7)
    fake.fail(hurt, TAKEN, TAKEN, Reset(taken=True))
    cast.subscriber(7)
    await cast.run(DUE)
    assert (cast.row(7)["cursor"], cast.row(7)["attempts"], cast.row(7)["waits"]) == (2, 1, 1)
    await cast.run(seconds=1)
    assert texts(fake, hurt) == [*DIGEST[:3], *DIGEST[2:]]


async def test_a_telegram_that_is_away_is_waited_for_ever_longer_and_counts_nobody_as_gone(fake, cast):
    people = [fake.person(number) for number in (7, 8, 9)]
    for person in people:
        cast.subscriber(person.id)
    await fake.down()
    await cast.run(DUE)
    pauses = []
    for _ in range(4):
        pauses.append(cast.row(7)["waits"])
        await cast.run(seconds=pauses[-1])
    assert pauses == [1, 2, 4, 8]
    assert {(cast.row(person.id)["state"], cast.row(person.id)["strikes"]) for person in people} == {("ready", 0)}
    await fake.up()
    await cast.run(seconds=16)
    assert all(texts(fake, person) == DIGEST for person in people)


async def test_what_no_form_of_is_taken_is_passed_over_and_named(fake, cast):
    hurt = fake.person(7)
    fake.fail(hurt, TAKEN, TAKEN, *[Fail(400, "Bad Request: message is too long")] * 2)
    cast.subscriber(7)
    await cast.run(DUE)
    row = cast.row(7)
    assert (row["state"], row["cursor"], row["rejected"]) == ("done", 5, 1)
    assert "too long" in row["last_error"]
    assert texts(fake, hurt) == DIGEST[:2] + DIGEST[3:]
    assert cast.recorded(7) == [0, 1, 3, 4]


# --- Over days ------------------------------------------------------------------------------------------------------------


async def test_rights_that_are_missing_for_three_days_park_the_group_and_its_settings_stay(fake, cast):
    group = fake.supergroup()
    group.members_may_post = False
    other = fake.person(8)
    cast.subscriber(group.id, kind=ChatKind.GROUP)
    cast.subscriber(8)
    await cast.run(DUE)
    seen = []
    for _ in range(9):
        seen.append((cast.row(group.id)["state"], cast.row(group.id)["strikes"]))
        await cast.run(hours=6)
    assert seen == [("ready", 1)] * 4 + [("ready", 2)] * 4 + [("parked", 2)]
    assert "ot enough rights" in cast.chat(group.id).parked
    assert cast.chat(group.id).subscription.active
    assert texts(fake, other) == DIGEST
    assert texts(fake, group) == []


async def test_a_right_that_is_given_back_in_time_forgets_the_strikes(fake, cast):
    channel = fake.channel()
    channel.bot_may_post = False
    cast.subscriber(channel.id, kind=ChatKind.CHANNEL)
    await cast.run(DUE)
    await cast.run(hours=24)
    assert cast.row(channel.id)["strikes"] == 2
    channel.bot_may_post = True
    await cast.run(hours=6)
    assert (cast.row(channel.id)["state"], cast.row(channel.id)["strikes"]) == ("done", 0)
    assert texts(fake, channel) == DIGEST


async def test_a_closed_topic_is_asked_again_and_a_deleted_one_parks_without_falling_into_general(fake, cast):
    forum = fake.supergroup(topics={5: "Papers", 6: "Talk"})
    forum.closed_topics.add(5)
    cast.subscriber(forum.id, topic=5, kind=ChatKind.GROUP)
    await cast.run(DUE)
    assert (cast.row(forum.id)["state"], cast.row(forum.id)["strikes"]) == ("ready", 1)
    del forum.topics[5]
    await cast.run(hours=6)
    assert cast.chat(forum.id, 5).parked
    assert cast.row(forum.id)["state"] == "parked"
    assert fake.in_chat(forum) == []


# --- Supergroups ----------------------------------------------------------------------------------------------------------


async def test_a_group_that_became_a_supergroup_gets_the_rest_there(fake, cast):
    group = fake.group()
    supergroup = fake.supergroup()
    fake.fail(group, TAKEN, TAKEN, Migrate(supergroup.id))
    cast.subscriber(group.id, kind=ChatKind.GROUP)
    await cast.run(DUE)
    assert texts(fake, group) == DIGEST[:2]
    assert texts(fake, supergroup) == DIGEST[2:]
    assert cast.chat(group.id) is None
    assert cast.chat(supergroup.id).subscription.active
    assert cast.row(supergroup.id)["state"] == "done"


async def test_the_two_subscriptions_of_a_group_and_its_supergroup_become_one_and_no_day_comes_twice(fake, cast):
    group = fake.group()
    supergroup = fake.supergroup()
    # Somebody was quick and subscribed in the new one; the old one is due an hour later.
    cast.subscriber(supergroup.id, kind=ChatKind.GROUP)
    cast.subscriber(group.id, kind=ChatKind.GROUP, local_time=dt.time(10))
    await cast.run(DUE)
    assert texts(fake, supergroup) == DIGEST
    group.migrated_to = supergroup.id
    await cast.run(hours=1)
    assert cast.chat(group.id) is None
    assert texts(fake, supergroup) == DIGEST
    assert cast.days(supergroup.id) == {"2024-03-28": "done"}
    cast.day("2024-03-29")
    await cast.run(hours=24)
    assert texts(fake, supergroup)[5:] == [
        one.replace("03-28 (Thu)", "03-29 (Fri)").replace("2403.18", "2403.29") for one in DIGEST
    ]


# --- People in the middle of it -------------------------------------------------------------------------------------------


async def test_unsubscribing_in_mid_delivery_stops_it(fake, cast):
    hurt = fake.person(7)
    chat = cast.subscriber(7)
    call, sent = fake.methods.call, 0

    async def leave_at_the_third(method, arguments):
        nonlocal sent
        answer = await call(method, arguments)
        sent += method.lower() == "sendmessage"
        if sent == 3:
            await cast.store.write(unsubscribe, chat, now=cast.clock.now())
        return answer

    fake.methods.call = leave_at_the_third
    await cast.run(DUE)
    assert texts(fake, hurt) == DIGEST[:3]
    assert (cast.row(7)["state"], cast.row(7)["cursor"]) == ("skipped", 3)
    assert cast.recorded(7) == [0, 1, 2]


async def test_who_blocks_the_bot_is_parked_and_start_wakes_them_with_the_rest_of_the_digest(fake, cast):
    minji = fake.person(7)
    minji.blocked = True
    cast.subscriber(7)
    await cast.run(DUE)
    assert "blocked" in cast.chat(7).parked
    assert cast.row(7)["state"] == "parked"
    minji.blocked = False
    async with serving(cast, fake):
        await fake.says(minji, minji, "/start")
        await until(lambda: not cast.chat(7).parked)
        # It was waiting in the chat's own order: at the next due instant what it missed comes.
        await fake.wait_for(minji, 1)
        spoken = len(fake.in_chat(minji))
        await cast.run(hours=24)
        assert texts(fake, minji)[spoken:] == DIGEST


async def test_my_chat_member_parks_a_group_that_removed_the_bot_and_wakes_it_when_it_is_back(fake, cast):
    admin = fake.person(7)
    group = fake.supergroup(admins=(admin,))
    cast.subscriber(group.id, kind=ChatKind.GROUP)
    async with serving(cast, fake):
        fake.set_bot(group, "left", admin)
        await until(lambda: bool(cast.chat(group.id).parked))
        await cast.run(DUE)
        assert cast.days(group.id) == {}
        assert fake.count_calls("sendMessage") == 0  # nobody knocks at a door that was closed
        fake.set_bot(group, "member", admin)
        await until(lambda: not cast.chat(group.id).parked)
        await cast.run(hours=24)
    assert texts(fake, group) == DIGEST


async def test_a_person_who_unblocks_the_bot_is_woken_without_a_word(fake, cast):
    minji = fake.person(7)
    cast.subscriber(7)
    async with serving(cast, fake):
        fake.block(minji)
        await until(lambda: bool(cast.chat(7).parked))
        fake.unblock(minji)
        await until(lambda: not cast.chat(7).parked)


async def test_a_group_that_tells_of_its_move_takes_its_subscription_along_before_anything_is_sent(fake, cast):
    group = fake.group()
    cast.subscriber(group.id, kind=ChatKind.GROUP)
    async with serving(cast, fake):
        supergroup = fake.upgrade(group)
        await until(lambda: cast.chat(supergroup.id) is not None)
        assert cast.chat(group.id) is None
        await cast.run(DUE)
    assert texts(fake, supergroup) == DIGEST


async def test_a_wait_that_ends_before_the_answer_is_of_unknown_fate(fake, tmp_path, monkeypatch):
    """The message may stand there, so it is sent again; nothing is counted against the chat."""
    monkeypatch.setattr("adapters.telegram.connection._READ", 0.1)
    async with broadcasting(tmp_path / "store.db", adapter_for(fake)) as cast:
        minji = fake.person(7)
        fake.fail(minji, TAKEN, Hang(0.4))
        cast.subscriber(7)
        await cast.run(DUE)
        assert (cast.row(7)["state"], cast.row(7)["cursor"], cast.row(7)["attempts"]) == ("ready", 1, 1)
        assert cast.row(7)["strikes"] == 0
        await cast.run(seconds=1)
        assert cast.row(7)["state"] == "done"
        assert list(dict.fromkeys(texts(fake, minji))) == DIGEST
