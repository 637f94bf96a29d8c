"""Whom planning is for, and what it is told of them."""

import datetime as dt

import pytest

from bot.model import DeliveryState, Shape
from bot.store import chats, pauses, planning, subscriptions
from bot.store.due_instants import to_number
from bot.store.planning import Had
from tests.new_store import new_store
from tests.unit.delivery.scene import NOW, day, order, put_chat
from tests.unit.store import planned_rows

MINUTE = dt.timedelta(minutes=1)
DAY, TOMORROW = day("2024-03-28"), dt.datetime(2024, 3, 29, tzinfo=dt.UTC)


@pytest.fixture
def connection(tmp_path):
    with new_store(tmp_path / "store.db") as store:
        yield store._writer


def put(connection, chat_id, **changes):
    chat = put_chat(connection, chat_id)
    subscriptions.save(connection, chat.target_id, order(active=True, **changes), now=NOW)
    return chat.target_id


def test_due_are_the_active_ones_whose_instant_has_come_the_longest_first(connection):
    late = put(connection, "1", next_due_at=NOW)
    early = put(connection, "2", next_due_at=NOW - MINUTE)
    put(connection, "3", next_due_at=NOW + MINUTE)
    left = put_chat(connection, "4")
    subscriptions.save(connection, left.target_id, order(active=False, next_due_at=NOW), now=NOW)
    assert planning.due(connection, NOW, 10) == [early, late]
    assert planning.due(connection, NOW, 1) == [early]
    assert planning.due(connection, NOW, 10, only=late) == [late]


def test_who_is_paused_is_not_due(connection):
    held, free = (put(connection, str(number), next_due_at=NOW) for number in range(2))
    pauses.pause(connection, put_chat(connection, "0").address, now=NOW)
    assert planning.due(connection, NOW, 10) == [free]
    pauses.pause(connection, None, now=NOW)
    assert planning.due(connection, NOW, 10) == []
    for address in (None, put_chat(connection, "0").address):
        pauses.resume(connection, address, now=NOW)
    assert planning.due(connection, NOW, 10) == [held, free]


def test_the_due_query_goes_by_the_order_of_the_instants(connection):
    for join, condition in (("", "1"), ("CROSS JOIN target ON target.id = target_id", pauses.NOT_PAUSED)):
        sql = planning._DUE.format(table="due_order", join=join, condition=condition)
        plan = connection.execute("EXPLAIN QUERY PLAN " + sql, {"now": "", "only": None, "limit": 1}).fetchall()
        assert any(row["detail"].startswith("SEARCH due USING PRIMARY KEY (at<?)") for row in plan)
        assert not any("TEMP B-TREE" in row["detail"] for row in plan)


def test_an_outline_says_all_that_planning_asks_of_a_subscriber(connection):
    target = put(connection, "1", weekdays=(0, 4), shape=Shape.COMPACT, top=3, min_votes=2, floor_day=DAY, next_due_at=NOW)
    planned_rows.plan_skipped(connection, [(target, "2024-03-28"), (target, "2024-03-29")], now=NOW)
    planned_rows.plan_waiting(connection, [(target, "2024-04-01", "2024-04-02")], now=NOW)
    chats.park(connection, target, "blocked")
    ((found, text),) = planning.outlines(connection, [target], None).items()
    outline = planning.read_outline(text)
    assert found == target
    assert outline.order == subscriptions.subscription(connection, target)
    assert (outline.language, outline.parked) == ("en", True)
    # What was had up to the floor does not matter.
    assert outline.had == {day("2024-03-29"): Had(DeliveryState.SKIPPED), day("2024-04-01"): Had(DeliveryState.PARKED)}


def test_of_one_without_a_floor_what_was_had_counts_from_the_newest_day_on(connection):
    target = put(connection, "1", next_due_at=NOW)
    planned_rows.plan_skipped(connection, [(target, "2024-03-27"), (target, "2024-03-28")], now=NOW)
    (text,) = planning.outlines(connection, [target], DAY).values()
    assert planning.read_outline(text).had == {DAY: Had(DeliveryState.SKIPPED)}


def test_chats_that_want_the_same_have_the_same_outline(connection):
    targets = [put(connection, str(number), next_due_at=NOW) for number in range(20)]
    found = planning.outlines(connection, targets, DAY)
    assert list(found) == targets
    assert len(set(found.values())) == 1


def test_who_has_unsubscribed_or_is_no_longer_due_has_no_outline(connection):
    gone, later, due = (put(connection, str(number), next_due_at=NOW) for number in range(3))
    subscriptions.save(connection, gone, order(active=False), now=NOW)
    planned_rows.move_on(connection, later, at=to_number(TOMORROW), now=NOW)
    assert list(planning.outlines(connection, [gone, later, due], DAY, due_by=NOW)) == [due]


def test_without_a_day_are_reachable_ones_that_have_not_had_it(connection):
    had, parked, waiting, fresh = (put(connection, str(number)) for number in range(4))
    planned_rows.plan_skipped(connection, [(had, "2024-03-28")], now=NOW)
    planned_rows.plan_waiting(connection, [(waiting, "2024-03-28", "2024-03-29")], now=NOW)
    chats.park(connection, parked, "blocked")
    assert planning.without(connection, DAY, after=0, limit=10) == [waiting, fresh]
    assert planning.without(connection, DAY, after=fresh, limit=10) == []
    assert planning.waiting_for(connection, DAY, after=0, limit=10) == [waiting]
