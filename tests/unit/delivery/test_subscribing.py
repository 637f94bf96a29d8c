"""What subscribing says and does: when the first digest comes, which day it holds, and that nothing is repeated."""

import datetime as dt

from bot.clock import to_text
from bot.delivery.subscribing import change, subscribe, unsubscribe
from bot.model import ListDayState, Origin, Shape
from bot.store import chats, deliveries, selections
from tests.unit.delivery.scene import NOW, day, get_chat, get_order, order, put_chat, put_day
from tests.unit.store import planned_rows


def subscribed(connection, chat, now=NOW, **changes):
    return subscribe(connection, chat, order(**changes), now=now, settle_hour=12)


def test_the_first_digest_comes_at_the_next_due_instant_and_holds_the_newest_settled_day(connection):
    put_day(connection, "2024-03-27")
    put_day(connection, "2024-03-28")
    result = subscribed(connection, put_chat(connection))
    assert result.first_at == dt.datetime(2024, 3, 29, 0, 0, tzinfo=dt.UTC)
    assert result.first_day == day("2024-03-28")
    assert not result.edited
    assert result.chat.subscription.active
    assert result.chat.subscription.next_due_at == result.first_at
    assert result.chat.subscription.floor_day == day("2024-03-27")


def test_the_first_digest_holds_the_day_that_is_expected_then(connection):
    put_day(connection, "2024-03-27")
    assert subscribed(connection, put_chat(connection)).first_day == day("2024-03-28")


def test_chats_that_subscribe_alike_are_planned_alike_from_the_first_day_on(connection):
    """Their marks are equal (bot/store/planning.py, `mark`), so that only the first one's settings are read."""

    def marks():
        return [mark for (mark,) in connection.execute("SELECT mark FROM due ORDER BY target_id")]

    put_day(connection, "2024-03-27")
    first, second, other = (put_chat(connection, chat_id) for chat_id in ("1", "2", "3"))
    for chat in (first, second):
        subscribed(connection, chat)
    subscribed(connection, other, local_time=dt.time(7))
    assert None not in marks()
    assert marks()[0] == marks()[1] != marks()[2]
    change(connection, get_chat(connection, other), order(), now=NOW, settle_hour=12)
    assert len(set(marks())) == 1
    chats.set_language(connection, other.target_id, "ko")
    assert marks()[2] is None


def test_with_an_empty_store_the_expected_day_is_named_and_there_is_no_floor(connection):
    result = subscribed(connection, put_chat(connection))
    assert result.first_day == day("2024-03-28")
    assert result.chat.subscription.floor_day is None


def test_neither_the_sample_nor_an_open_day_makes_a_floor(connection):
    put_day(connection, "2024-03-26", origin=Origin.SAMPLE, state=ListDayState.CLOSED)
    put_day(connection, "2024-03-27", state=ListDayState.OPEN)
    assert subscribed(connection, put_chat(connection)).chat.subscription.floor_day is None


def test_a_day_that_is_still_to_come_is_neither_promised_nor_a_floor(connection):
    put_day(connection, "2024-03-28")
    put_day(connection, "2026-08-21", origin=Origin.ARCHIVE, state=ListDayState.CLOSED)
    result = subscribed(connection, put_chat(connection))
    assert result.first_day == day("2024-03-28")
    assert result.chat.subscription.floor_day == day("2024-03-27")


def test_a_day_that_is_known_to_be_empty_is_not_promised(connection):
    put_day(connection, "2024-03-28", ids=(), state=ListDayState.CLOSED)
    result = subscribed(connection, put_chat(connection))
    assert result.first_day == day("2024-03-29")
    assert result.first_at == dt.datetime(2024, 3, 30, 0, 0, tzinfo=dt.UTC)


def test_subscribing_again_edits_and_keeps_the_floor(connection):
    put_day(connection, "2024-03-27")
    chat = subscribed(connection, put_chat(connection)).chat
    put_day(connection, "2024-03-28")
    result = subscribed(connection, chat, local_time=dt.time(20, 30), shape=Shape.COMPACT, top=5)
    assert result.edited
    assert result.first_at == dt.datetime(2024, 3, 29, 11, 30, tzinfo=dt.UTC)
    assert result.chat.subscription.floor_day == day("2024-03-26")
    assert result.chat.choice().top == 5


def test_coming_back_never_repeats_a_day(connection):
    put_day(connection, "2024-03-28")
    chat = subscribed(connection, put_chat(connection)).chat
    planned_rows.plan_skipped(connection, [(chat.target_id, "2024-03-28")], now=NOW)
    assert unsubscribe(connection, chat, now=NOW)
    result = subscribed(connection, get_chat(connection, chat))
    assert result.chat.subscription.floor_day == day("2024-03-28")
    assert result.first_day == day("2024-03-29")


def test_unsubscribing_keeps_the_settings_and_says_whether_there_was_something_to_end(connection):
    chat = subscribed(connection, put_chat(connection), top=3).chat
    assert unsubscribe(connection, chat, now=NOW)
    left = get_order(connection, chat)
    assert (left.active, left.top, left.next_due_at) == (False, 3, None)
    assert not unsubscribe(connection, get_chat(connection, chat), now=NOW)


def test_unsubscribing_ends_a_digest_that_was_begun_and_forgets_one_that_was_not(connection):
    put_day(connection, "2024-03-28")
    chat = subscribed(connection, put_chat(connection)).chat
    selected = selections.DeliverableDay(day("2024-03-28"), 1)
    selection_id, _ = selections.freeze(connection, selected, chat.choice(), "", [{"kind": "heading"}] * 3, now=NOW)
    rows = [(chat.target_id, one, selection_id, 3, to_text(NOW)) for one in ("2024-03-27", "2024-03-28")]
    planned_rows.plan_ready(connection, rows, now=NOW)
    (begun,) = deliveries.claim(connection, "me", ["telegram"], now=NOW, until=NOW, limit=5)
    unsubscribe(connection, chat, now=NOW)
    assert deliveries.held(connection, begun.id, "me") is None
    assert deliveries.had_days(connection, chat.target_id) == {day("2024-03-27")}


def test_settings_of_a_chat_that_is_not_subscribed_change_without_subscribing_it(connection):
    chat = put_chat(connection)
    result = change(connection, chat, order(top=7), now=NOW, settle_hour=12)
    assert not result.edited
    assert not get_order(connection, chat).active
    assert get_order(connection, chat).next_due_at is None
    assert result.chat.choice().top == 7


def test_settings_of_a_subscribed_chat_change_and_keep_it_subscribed(connection):
    put_day(connection, "2024-03-28")
    chat = subscribed(connection, put_chat(connection)).chat
    result = change(connection, chat, order(local_time=dt.time(21)), now=NOW, settle_hour=12)
    assert result.edited
    assert result.first_at == dt.datetime(2024, 3, 29, 12, 0, tzinfo=dt.UTC)
    assert get_order(connection, chat).active
    assert get_order(connection, chat).floor_day == day("2024-03-27")


def test_subscribing_wakes_a_parked_chat(connection):
    chat = put_chat(connection)
    chats.park(connection, chat.target_id, "bot was blocked")
    assert subscribed(connection, get_chat(connection, chat)).chat.parked == ""
