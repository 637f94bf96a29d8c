"""Pausing, and one chat's day once more, in the store."""

import datetime as dt

import pytest

from bot.delivery import control, plan
from bot.delivery.subscribing import subscribe
from bot.errors import UsageError
from bot.model import Address
from bot.store import chats, deliveries, delivery_counts, pauses, subscriptions
from tests.unit.delivery.scene import NOW, day, order, put_chat, put_day

DUE = dt.datetime(2024, 3, 29, 0, 0, tzinfo=dt.UTC)
LATER = DUE + dt.timedelta(minutes=1)
DAY = day("2024-03-28")


def subscriber(connection, chat_id="1", *, topic=""):
    chat = put_chat(connection, chat_id, topic=topic)
    return subscribe(connection, chat, order(), now=NOW, settle_hour=12).chat


def take(connection, now=LATER, limit=10):
    return deliveries.claim(connection, "me", ["telegram"], now=now, until=now + dt.timedelta(minutes=1), limit=limit)


@pytest.fixture
async def planned(store):
    """Two chats, one of them a topic, whose digest is to be sent."""
    store.write_now(put_day, "2024-03-28")
    found = [store.write_now(subscriber, "1"), store.write_now(subscriber, "-2", topic="5")]
    assert await plan.plan_due(store, now=DUE, settle_hour=12) == 2
    return found


async def test_nothing_is_taken_while_everything_is_paused(store, connection, planned):
    assert pauses.pause(connection, None, now=NOW)
    assert not pauses.pause(connection, None, now=LATER)
    assert take(connection) == []
    assert pauses.pauses(connection).everything == NOW
    assert pauses.resume(connection, None, now=LATER)
    assert not pauses.resume(connection, None, now=LATER)
    assert len(take(connection)) == 2
    assert pauses.resumed_at(connection) == LATER


@pytest.mark.parametrize(("address", "left"), [("telegram:1", "telegram:-2/5"), ("telegram:-2/5", "telegram:1")])
async def test_a_paused_chat_is_passed_over(connection, planned, address, left):
    platform, _, rest = address.partition(":")
    chat, _, topic = rest.partition("/")
    pauses.pause(connection, Address(platform, chat, topic), now=NOW)
    assert [str(one.address) for one in take(connection)] == [left]


async def test_who_sends_is_told_to_stop_and_the_lease_is_theirs_until_they_give_it_back(connection, planned):
    one, _ = take(connection)
    pauses.pause(connection, one.address, now=NOW)
    assert deliveries.held(connection, one.id, "me") is None
    pauses.resume(connection, one.address, now=NOW)
    # Resumed before the message on its way was recorded: nobody else may take it, and it goes on.
    assert take(connection) == []
    assert deliveries.held(connection, one.id, "me") is not None


async def test_a_pause_goes_along_when_the_chat_moves(connection, planned):
    pauses.pause(connection, Address("telegram", "1"), now=NOW)
    chats.move_chat(connection, Address("telegram", "1"), Address("telegram", "-100"), now=NOW)
    assert list(pauses.pauses(connection).chats) == ["telegram:-100"]


async def test_a_pause_of_days_ends_as_an_outage_does(store, connection, planned):
    first, _ = planned
    pauses.pause(connection, first.address, now=LATER)
    for offset in range(1, 9):
        store.write_now(put_day, f"2024-04-{offset:02d}")
    end = dt.datetime(2024, 4, 9, 0, 30, tzinfo=dt.UTC)
    await plan.plan_due(store, now=end, settle_hour=12)
    assert deliveries.had_days(connection, first.target_id) == {DAY}
    pauses.resume(connection, first.address, now=end)
    await plan.plan_due(store, now=end, settle_hour=12)
    states = dict(
        connection.execute("SELECT list_day, state FROM delivery WHERE target_id = ?", (first.target_id,)).fetchall()
    )
    assert [one for one, state in states.items() if state == "ready"] == [
        "2024-03-28",
        *(f"2024-04-0{n}" for n in range(4, 9)),
    ]
    assert [one for one, state in states.items() if state == "skipped"] == [f"2024-04-0{n}" for n in range(1, 4)]


async def test_what_is_paused_counts_neither_as_to_be_sent_nor_as_behind(connection, planned):
    hours_later = DUE + dt.timedelta(hours=5)
    assert delivery_counts.underway(connection, LATER).chats_left == 2
    assert delivery_counts.behind(connection, hours_later)[0] == 2
    pauses.pause(connection, Address("telegram", "1"), now=NOW)
    assert delivery_counts.underway(connection, LATER).chats_left == 1
    assert delivery_counts.behind(connection, hours_later)[0] == 1


# --- One chat ---------------------------------------------------------------------------------------------------------


async def test_an_unknown_chat_is_named_with_the_topics_that_are_known(connection, planned):
    with pytest.raises(UsageError, match=r"No chat telegram:-2 is known. Of that chat these are known: telegram:-2/5"):
        control.known_chat(connection, Address("telegram", "-2"))


async def test_who_gets_no_digests_is_refused_with_the_reason(connection, planned):
    first, second = planned
    put_chat(connection, "3")
    with pytest.raises(UsageError, match="telegram:3 has no subscription"):
        control.subscriber(connection, Address("telegram", "3"))
    chats.park(connection, first.target_id, "bot was blocked", now=NOW)
    with pytest.raises(UsageError, match=r"telegram:1 cannot be reached \(bot was blocked\)"):
        control.subscriber(connection, first.address)
    pauses.pause(connection, second.address, now=NOW)
    with pytest.raises(UsageError, match="telegram:-2/5 is paused; first: daily-papers resume --chat telegram:-2/5"):
        control.subscriber(connection, second.address)


async def test_due_is_planned_for_one_chat_alone(store, connection):
    store.write_now(put_day, "2024-03-28")
    first, second = (store.write_now(subscriber, chat_id) for chat_id in ("1", "2"))
    assert await plan.plan_due(store, now=DUE, settle_hour=12, only=second.target_id) == 1
    assert [one.target_id for one in take(connection)] == [second.target_id]
    found = subscriptions.subscription(connection, first.target_id)
    assert found is not None
    assert found.next_due_at == DUE


async def test_a_day_begins_anew_under_another_id(store, connection, planned):
    first, _ = planned
    (one,) = [found for found in take(connection) if found.target_id == first.target_id]
    with pytest.raises(UsageError, match="telegram:1 is just being sent 2024-03-28: 0 of 11 messages stand there"):
        await control.plan_once(store, first, DAY, again=True, now=LATER)
    assert await control.plan_once(store, first, DAY, again=False, now=LATER) == 0
    connection.execute("UPDATE delivery SET state = 'done', cursor = total, lease_owner = NULL WHERE id = ?", (one.id,))
    with pytest.raises(UsageError, match=r"has had 2024-03-28 \(11 messages\); add --again"):
        await control.plan_once(store, first, DAY, again=False, now=LATER)
    assert await control.plan_once(store, first, DAY, again=True, now=LATER) == 1
    (anew,) = take(connection)
    assert (anew.target_id, anew.list_day, anew.cursor, anew.total) == (first.target_id, DAY, 0, 11)
    assert anew.id > one.id
    assert not connection.execute(
        "SELECT 1 FROM delivery_message WHERE delivery_id IN (?, ?)", (one.id, anew.id)
    ).fetchall()


async def test_a_day_without_papers_is_not_begun_anew(store, connection, planned):
    first, _ = planned
    connection.execute("UPDATE delivery SET list_day = '2024-03-20', state = 'done', cursor = total")
    with pytest.raises(UsageError, match="There are no papers of 2024-03-20"):
        await control.plan_once(store, first, day("2024-03-20"), again=True, now=LATER)
    found = deliveries.find(connection, first.target_id, day("2024-03-20"))
    assert found is not None
    assert found.state == "done"
