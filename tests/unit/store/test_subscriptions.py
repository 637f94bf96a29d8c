"""Standing orders: kept exactly, found when they are due."""

import datetime as dt

import pytest

from bot.model import Shape
from bot.store import chats, deliveries, subscriptions
from bot.store.connection import open_store
from tests.unit.delivery.scene import NOW, day, order, put_chat

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def connection(tmp_path):
    with open_store(tmp_path / "store.db") as store:
        yield store._writer


def put(connection, chat_id, **changes):
    chat = put_chat(connection, chat_id)
    subscriptions.save(connection, chat.target_id, order(active=True, **changes), now=NOW)
    return chat


def test_a_subscription_comes_back_as_it_was_saved(connection):
    wanted = order(
        active=True,
        time_zone="America/New_York",
        local_time=dt.time(7, 5),
        weekdays=(0, 4),
        shape=Shape.COMPACT,
        top=10,
        min_votes=3,
        floor_day=day("2024-03-27"),
        next_due_at=NOW,
    )
    chat = put_chat(connection)
    subscriptions.save(connection, chat.target_id, order(), now=NOW)
    subscriptions.save(connection, chat.target_id, wanted, now=NOW)
    assert subscriptions.subscription(connection, chat.target_id) == wanted


def test_who_never_subscribed_has_none(connection):
    assert subscriptions.subscription(connection, put_chat(connection).target_id) is None


def test_due_are_the_active_ones_whose_instant_has_come_the_longest_first(connection):
    late = put(connection, "1", next_due_at=NOW)
    early = put(connection, "2", next_due_at=NOW - MINUTE)
    put(connection, "3", next_due_at=NOW + MINUTE)
    left = put_chat(connection, "4")
    subscriptions.save(connection, left.target_id, order(active=False, next_due_at=NOW), now=NOW)
    assert [one.target_id for one in subscriptions.due(connection, NOW, 10)] == [early.target_id, late.target_id]
    assert [one.target_id for one in subscriptions.due(connection, NOW, 1)] == [early.target_id]


def test_the_due_query_goes_by_its_index(connection):
    plan = connection.execute("EXPLAIN QUERY PLAN " + subscriptions._DUE, {"now": "", "only": None, "limit": 1}).fetchall()
    assert any("subscription_due" in row["detail"] for row in plan)


def test_moving_on_sets_the_next_instant_and_the_floor(connection):
    chat = put(connection, "1", next_due_at=NOW)
    subscriptions.move_on(connection, [(chat.target_id, NOW + MINUTE, day("2024-03-28"))])
    subscriptions.move_on(connection, [(chat.target_id, None, day("2024-03-29"))])
    moved = subscriptions.subscription(connection, chat.target_id)
    assert moved is not None
    assert (moved.next_due_at, moved.floor_day) == (NOW + MINUTE, day("2024-03-29"))


def test_without_a_day_are_reachable_ones_that_have_not_had_it(connection):
    had, parked, waiting, fresh = (put(connection, str(number)) for number in range(4))
    wanted = day("2024-03-28")
    deliveries.plan_skipped(connection, [(had.target_id, wanted)], now=NOW)
    deliveries.plan_waiting(connection, [(waiting.target_id, wanted, NOW)], now=NOW)
    chats.park(connection, parked.target_id, "blocked")
    found = subscriptions.without(connection, wanted, after=0, limit=10)
    assert [one.target_id for one in found] == [waiting.target_id, fresh.target_id]
    assert subscriptions.without(connection, wanted, after=fresh.target_id, limit=10) == []
    assert [one.target_id for one in subscriptions.waiting_for(connection, wanted, after=0, limit=10)] == [
        waiting.target_id
    ]
