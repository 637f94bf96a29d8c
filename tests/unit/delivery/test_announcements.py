"""An announcement goes to every reader once, whatever happens while it is planned, and gets in no list's way."""

import datetime as dt
from dataclasses import replace

import pytest

from bot.delivery import plan
from bot.delivery.subscribing import change, subscribe, unsubscribe
from bot.digest.compose import compose_item
from bot.model import DeliveryState
from bot.store import announcements, chats, deliveries, delivery_counts, history, pauses, selections
from tests.new_store import new_store
from tests.unit.delivery.scene import NOW, day, get_chat, order, put_chat, put_day

DUE = dt.datetime(2024, 3, 29, 0, 0, tzinfo=dt.UTC)


@pytest.fixture
def store(tmp_path):
    with new_store(tmp_path / "store.db") as opened:
        opened.write_now(put_day, "2024-03-28")
        yield opened


def put_reader(connection, chat_id, **more):
    chat = put_chat(connection, chat_id, **more)
    subscribe(connection, chat, order(), now=NOW, settle_hour=12)
    return get_chat(connection, chat)


def announced(connection, text="The bot moves tonight."):
    number = announcements.draft(connection, text, now=NOW)
    assert announcements.confirm(connection, number, now=NOW)
    return number


def planned(connection):
    rows = connection.execute(
        "SELECT chat_id, list_day, state FROM delivery JOIN target ON target.id = target_id ORDER BY chat_id, list_day"
    )
    return [tuple(row) for row in rows]


async def test_it_is_planned_for_readers_alone_and_for_each_once(store):
    def put(connection):
        for number in range(1, 6):
            put_reader(connection, str(number))
        put_chat(connection, "never subscribed")
        unsubscribe(connection, get_chat(connection, put_chat(connection, "2")), now=NOW)
        chats.park_chat(connection, "telegram", "3", "blocked", now=NOW)
        away = replace(get_chat(connection, put_chat(connection, "4")).subscription, paused_until=day("2024-05-01"))
        change(connection, get_chat(connection, put_chat(connection, "4")), away, now=NOW, settle_hour=12)
        return announcements.count_readers(connection, NOW.date()), announced(connection)

    count, number = store.write_now(put)
    assert count == 2
    for _ in range(3):
        await plan.plan_announcements(store, now=NOW)
    assert store.read_now(planned) == [("1", "0001-01-01", "ready"), ("5", "0001-01-01", "ready")]
    assert store.read_now(announcements.unplanned) == []
    assert store.read_now(announcements.reached, day("0001-01-01")) == announcements.Reached(2, 0, 2)
    assert not store.write_now(announcements.confirm, number, now=NOW)


def test_planning_that_was_cut_off_goes_on_where_it_was_and_leaves_nobody_out(store):
    def put(connection):
        for number in range(7):
            put_reader(connection, str(number))
        return announced(connection)

    number = store.write_now(put)
    assert store.write_now(announcements.plan_chunk, number, now=NOW, limit=3)
    assert len(store.read_now(planned)) == 3
    while store.write_now(announcements.plan_chunk, number, now=NOW, limit=3):
        pass
    assert [chat for chat, *_ in store.read_now(planned)] == list("0123456")


@pytest.mark.parametrize("before", ["confirmed twice", "dropped"])
def test_a_draft_is_confirmed_once_and_not_after_it_was_dropped(store, before):
    number = store.write_now(announcements.draft, "x", now=NOW)
    assert store.write_now(announcements.confirm if before == "confirmed twice" else drop, number, now=NOW)
    assert not store.write_now(announcements.confirm, number, now=NOW)
    assert not store.write_now(announcements.drop, number)


def drop(connection, number, *, now):
    del now
    return announcements.drop(connection, number)


async def test_each_language_has_its_own_heading_over_the_same_words(store):
    def put(connection):
        put_reader(connection, "1", language="en")
        put_reader(connection, "2", language="ko")
        announced(connection, "One.\n\nTwo.")

    store.write_now(put)
    await plan.plan_announcements(store, now=NOW)
    found = [store.read_now(selections.selection, number) for number in (1, 2)]
    said = {one.choice.language: compose_item(one.items[0], one.list_day, {}, one.choice) for one in found}
    assert said["en"].heading == "📢 From the operator of this bot"
    assert said["ko"].heading == "📢 봇 운영자가 알려 드립니다"
    assert said["en"].paragraphs == said["ko"].paragraphs == ("One.", "Two.")


async def test_an_announcement_waits_for_a_digest_that_is_under_way_and_the_next_digest_for_it(store):
    def claim(connection):
        found = deliveries.claim(connection, "me", ["telegram"], now=DUE, until=DUE, limit=9)
        return [(one.address.chat_id, announcements.number_of(one.list_day)) for one in found]

    store.write_now(put_reader, "1")
    await plan.plan_due(store, now=DUE, settle_hour=12)
    assert store.write_now(claim) == [("1", None)]
    store.write_now(announced)
    store.write_now(put_reader, "2")
    await plan.plan_announcements(store, now=DUE)
    assert store.write_now(claim) == [("2", 1)]
    store.write_now(deliveries.release, "me")
    assert sorted(store.write_now(claim)) == [("1", 1), ("2", 1)]


async def test_it_is_no_list_day_for_whoever_counts_or_owes_list_days(store):
    chat = store.write_now(put_reader, "1")
    store.write_now(announced)
    await plan.plan_announcements(store, now=NOW)
    store.write_now(lambda connection: connection.execute("UPDATE delivery SET state = 'done', cursor = 1"))
    assert store.read_now(history.days_had, chat.target_id, limit=9) == (0, [])
    assert store.read_now(delivery_counts.newest_broadcast) is None
    assert store.read_now(deliveries.had_days, chat.target_id) == set()
    assert await plan.plan_due(store, now=DUE, settle_hour=12) == 1


async def test_who_unsubscribes_or_pauses_before_it_came_does_not_get_it(store):
    chat = store.write_now(put_reader, "1")
    store.write_now(announced)
    await plan.plan_announcements(store, now=NOW)
    store.write_now(unsubscribe, chat, now=NOW)
    assert store.read_now(planned) == []


async def test_while_everything_is_paused_it_waits(store):
    store.write_now(put_reader, "1")
    store.write_now(announced)
    store.write_now(pauses.pause, None, now=NOW)
    await plan.plan_announcements(store, now=NOW)
    claim = {"now": DUE, "until": DUE, "limit": 9}
    assert store.write_now(deliveries.claim, "me", ["telegram"], **claim) == []
    store.write_now(pauses.resume, None, now=NOW)
    (one,) = store.write_now(deliveries.claim, "me", ["telegram"], **claim)
    assert (one.state, one.total) == (DeliveryState.READY, 1)


def test_numbers_and_days_stand_for_each_other():
    assert [announcements.number_of(day(one)) for one in ("0001-01-01", "0002-01-01", "2023-05-04")] == [1, 366, None]
    assert announcements.called(day("0001-01-03")) == "announcement 3"
    assert announcements.called(day("2024-03-28")) == "2024-03-28"
