"""Plans become rows: by the marks of whom they are for, or as they are given."""

import datetime as dt
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from bot.store import chats, plan_writing, subscriptions
from bot.store.due_instants import from_number, to_number
from bot.store.plan_writing import Kind, Plan, Written
from tests.new_store import new_store
from tests.unit.delivery.scene import NOW, day, order, put_chat
from tests.unit.store import planned_rows

MARK, NEXT_MARK = 77, 78
TOMORROW = NOW + dt.timedelta(days=1)
LAST, FOLLOWING = to_number(NOW), to_number(TOMORROW)
# No selection: these rows are looked at, and never sent.
READY: Any = ("2024-03-28", None, 3, "2024-03-28T20:00:00.000Z")
MOVED = (FOLLOWING, "2024-03-27", NEXT_MARK)

numbers = count(1)


@pytest.fixture
def connection(tmp_path):
    with new_store(tmp_path / "store.db") as store:
        plan_writing.newest_plan(store._writer)
        yield store._writer


def put(connection, number, *, at=NOW, mark: int | None = MARK):
    """A subscriber who is due, as planning left it the last time."""
    chat = put_chat(connection, str(number))
    subscriptions.save(connection, chat.target_id, order(active=True, floor_day=day("2024-03-20"), next_due_at=at), now=NOW)
    connection.execute("UPDATE due SET mark = ? WHERE target_id = ?", (mark, chat.target_id))
    return chat.target_id


def keep(connection, plan):
    number = next(numbers)
    plan_writing.keep_plan(connection, number, plan)
    return number


def rows(connection):
    return [
        tuple(row)
        for row in connection.execute("SELECT target_id, list_day, state, total FROM delivery ORDER BY target_id, list_day")
    ]


def due(connection, target):
    return tuple(connection.execute("SELECT at, floor_day, mark FROM due WHERE target_id = ?", (target,)).fetchone())


def test_a_plan_is_everybodys_with_the_same_mark_and_instant(connection):
    first, same = put(connection, 1), put(connection, 2)
    others = [
        put(connection, 3, mark=MARK + 5), put(connection, 4, mark=None), put(connection, 5, at=NOW - dt.timedelta(hours=1)),
    ]  # fmt: skip
    later = put(connection, 6, at=TOMORROW)
    everybody = [first, same, *others, later]
    before = [due(connection, target) for target in (*others, later)]
    assert plan_writing.write_by_marks(connection, everybody, Kind, now=NOW) == Written(0, 0)
    plan_writing.know_marks(connection, {first: keep(connection, Plan(MOVED, ready=(READY,)))})
    assert plan_writing.write_by_marks(connection, everybody, Kind, now=NOW) == Written(2, 2)
    assert rows(connection) == [(first, "2024-03-28", "ready", 3), (same, "2024-03-28", "ready", 3)]
    assert {due(connection, target) for target in (first, same)} == {MOVED}
    assert [due(connection, target) for target in (*others, later)] == before


def test_nobody_is_planned_for_before_the_instant_that_a_mark_was_known_at(connection):
    later = put(connection, 1, at=TOMORROW)
    plan_writing.know_marks(connection, {later: keep(connection, Plan(MOVED, ready=(READY,)))})
    assert plan_writing.write_by_marks(connection, [later], Kind, now=NOW) == Written(0, 0)
    assert plan_writing.write_by_marks(connection, [later], Kind, now=TOMORROW) == Written(1, 1)


def test_who_is_to_wait_is_never_written_by_its_mark(connection):
    """Waiting again for a day that was stopped takes the mark, by which the rest of the plan would be found."""
    target = put(connection, 1)
    planned_rows.plan_waiting(connection, [(target, "2024-03-29", "2024-03-29T06:00:00.000Z")], now=NOW)
    chats.park(connection, target, "blocked", now=NOW)
    chats.wake(connection, target)
    connection.execute("UPDATE due SET mark = ? WHERE target_id = ?", (MARK, target))
    plan = Plan((FOLLOWING, None, None), ready=(READY,), waiting=(("2024-03-29", "2024-03-29T12:00:00.000Z"),))
    number = keep(connection, plan)
    plan_writing.know_marks(connection, {target: number})
    assert plan_writing.write_by_marks(connection, [target], Kind, now=NOW) == Written(0, 0)
    assert plan_writing.write(connection, {target: number}, Kind, now=NOW) == Written(1, 1)
    assert rows(connection) == [(target, "2024-03-28", "ready", 3), (target, "2024-03-29", "waiting", 0)]
    assert due(connection, target) == (FOLLOWING, None, None)


def test_each_target_gets_the_plan_that_it_is_given(connection):
    one, two = put(connection, 1), put(connection, 2)
    plans = {
        one: keep(connection, Plan(MOVED, ready=(READY,), skipped=("2024-03-21", "2024-03-22"))),
        two: keep(connection, Plan((FOLLOWING, None, None), waiting=(("2024-03-28", "2024-03-29T06:00:00.000Z"),))),
    }
    assert plan_writing.write(connection, plans, Kind, now=NOW) == Written(1, 2)
    assert rows(connection) == [
        (one, "2024-03-21", "skipped", 0),
        (one, "2024-03-22", "skipped", 0),
        (one, "2024-03-28", "ready", 3),
        (two, "2024-03-28", "waiting", 0),
    ]
    assert (due(connection, one), due(connection, two)) == (MOVED, (FOLLOWING, None, None))


def test_large_numbers_of_targets_and_plans_stay_apart(connection):
    target, plan = 2**31 - 1, 2**31 - 2
    connection.execute("UPDATE target SET id = ? WHERE id = ?", (target, put_chat(connection, "1").target_id))
    subscriptions.save(connection, target, order(active=True, next_due_at=NOW), now=NOW)
    plan_writing.keep_plan(connection, plan, Plan(MOVED, ready=(READY,)))
    assert plan_writing.write(connection, {target: plan}, Kind, now=NOW) == Written(1, 1)
    assert rows(connection) == [(target, "2024-03-28", "ready", 3)]


def test_a_plan_needs_only_the_statements_of_what_is_in_it():
    assert Plan().kinds() == set()
    assert Plan(MOVED).kinds() == {Kind.MOVED}
    assert Plan(MOVED, ready=(READY,), first_floor="2024-03-20").kinds() == {Kind.FIRST_FLOOR, Kind.READY, Kind.MOVED}
    assert Plan(waiting=(("2024-03-28", ""),), skipped=("2024-03-27",)).kinds() == {Kind.WAITING, Kind.SKIPPED}


def test_plans_that_are_forgotten_are_nobodys(connection):
    target = put(connection, 1)
    number = keep(connection, Plan(MOVED, ready=(READY,)))
    plan_writing.know_marks(connection, {target: number})
    assert plan_writing.newest_plan(connection) == number
    plan_writing.forget_plans(connection)
    assert plan_writing.newest_plan(connection) is None
    assert plan_writing.write_by_marks(connection, [target], Kind, now=NOW) == Written(0, 0)


def test_moving_on_sets_the_next_instant_and_the_floor(connection):
    target = put_chat(connection, "1").target_id
    subscriptions.save(connection, target, order(active=True, next_due_at=NOW), now=NOW)
    planned_rows.set_floor(connection, target, "2024-03-28", now=NOW)
    planned_rows.move_on(connection, target, at=FOLLOWING, now=NOW)
    moved = subscriptions.subscription(connection, target)
    assert moved is not None
    assert (moved.next_due_at, moved.floor_day) == (from_number(FOLLOWING), day("2024-03-28"))
    planned_rows.move_on(connection, target, at=FOLLOWING, floor="2024-03-29", now=NOW)
    assert subscriptions.subscription(connection, target) == replace(moved, floor_day=day("2024-03-29"))
