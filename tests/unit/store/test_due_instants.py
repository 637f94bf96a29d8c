"""Due instants: the rows and their order, what takes a mark, and what is left when planning is cut off."""

import datetime as dt

import pytest

from bot.clock import to_text
from bot.store import chats, deliveries, due_instants, planning, subscriptions
from bot.store.due_instants import FIRST, follow, from_number, to_number
from tests.new_store import new_store
from tests.unit.delivery.scene import NOW, day, order, put_chat
from tests.unit.store import planned_rows

HOUR, MARK = dt.timedelta(hours=1), 77
TOMORROW = NOW + 24 * HOUR


@pytest.fixture
def connection(tmp_path):
    with new_store(tmp_path / "store.db") as store:
        yield store._writer


def put(connection, number=1, at=NOW, **changes):
    chat = put_chat(connection, str(number))
    order_now = order(active=True, floor_day=day("2024-03-20"), next_due_at=at, **changes)
    subscriptions.save(connection, chat.target_id, order_now, now=NOW)
    return chat.target_id


def in_order(connection):
    return [
        (row["target_id"], from_number(row["at"])) for row in connection.execute("SELECT * FROM due_order ORDER BY 1, 2")
    ]


def planned(connection, target, at=TOMORROW):
    """As planning leaves a row."""
    planned_rows.move_on(connection, target, at=to_number(at), floor="2024-03-21", mark=MARK, now=NOW)


def mark(connection, target):
    return connection.execute("SELECT mark FROM due WHERE target_id = ?", (target,)).fetchone()[0]


def test_an_instant_comes_back_as_it_was():
    at = dt.datetime(2024, 3, 28, 12, 30, 15, 123000, tzinfo=dt.UTC)
    assert from_number(to_number(at)) == at


def test_the_order_goes_with_every_change_but_planning(connection):
    target = put(connection)
    assert in_order(connection) == [(target, NOW)]
    for at in (NOW + 3 * HOUR, NOW - HOUR):
        put(connection, at=at)
        assert in_order(connection) == [(target, at)]
        due_instants.move(connection, [(target, at + HOUR)])
        assert in_order(connection) == [(target, at + HOUR)]
    subscriptions.save(connection, target, order(active=False), now=NOW)
    assert in_order(connection) == []


def test_the_order_follows_planning_in_parts_of_any_size(connection):
    targets = [put(connection, number, at=NOW - number * HOUR) for number in range(5)]
    later = put(connection, 9, at=TOMORROW)
    for target in targets:
        planned(connection, target)
    assert planning.due(connection, NOW, 10) == targets[::-1], "cut off here, they are named, and have no outline"
    assert planning.outlines(connection, targets, None, due_by=NOW) == {}
    after: tuple[int, int] | None = FIRST
    parts = 0
    while after is not None:
        after = follow(connection, after, NOW, limit=2)
        parts += 1
    assert parts == 3
    assert in_order(connection) == [(target, TOMORROW) for target in (*targets, later)]


def test_who_stays_due_stays_in_the_order_and_what_leads_nowhere_goes(connection):
    paused, moved, gone = (put(connection, number, at=NOW - HOUR) for number in range(3))
    planned(connection, moved)
    # As a target whose row of the order was an earlier one.
    connection.execute("DELETE FROM due WHERE target_id = ?", (gone,))
    connection.execute("INSERT INTO due_order VALUES (?, ?)", (to_number(NOW - 2 * HOUR), gone))
    assert follow(connection, FIRST, NOW, limit=10) is None
    assert in_order(connection) == [(paused, NOW - HOUR), (moved, TOMORROW)]


def test_an_earlier_instant_is_in_the_order_whoever_writes_it(connection):
    target = put(connection, at=TOMORROW)
    connection.execute("UPDATE due SET at = ?", (to_number(NOW),))
    assert planning.due(connection, NOW, 10) == [target]


def test_the_raised_floor_is_the_subscriptions_until_it_is_saved_again(connection):
    target = put(connection)
    planned(connection, target)
    found = subscriptions.subscription(connection, target)
    assert found is not None
    assert found.floor_day == day("2024-03-21")
    put(connection)
    found = subscriptions.subscription(connection, target)
    assert found is not None
    assert found.floor_day == day("2024-03-20")


def test_a_mark_stands_for_the_outline_until_something_changes(connection):
    target = put(connection)
    planned(connection, target, at=NOW)
    assert planning.outlines(connection, [target], None, unmarked=True) == {}
    (text,) = planning.outlines(connection, [target], None).values()
    assert planning.read_outline(text).order.floor_day == day("2024-03-21")
    subscriptions.save(connection, target, order(active=True, top=3, next_due_at=NOW), now=NOW)
    (text,) = planning.outlines(connection, [target], None, unmarked=True).values()
    assert planning.read_outline(text).order.top == 3


def _begin_anew(connection, target):
    connection.execute("UPDATE delivery SET state = 'done'")
    planned(connection, target)
    (number,) = connection.execute("SELECT id FROM delivery").fetchone()
    deliveries.begin_anew(connection, number)


def _merge(connection, target):
    other = put_chat(connection, "2").target_id
    connection.execute("UPDATE delivery SET target_id = ? WHERE target_id = ?", (other, target))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda c, target: chats.set_language(c, target, "ja"), id="another language"),
        pytest.param(lambda c, target: chats.park(c, target, "blocked"), id="parked"),
        pytest.param(lambda c, target: put(c, target, top=3), id="another choice"),
        pytest.param(lambda c, target: planned_rows.set_floor(c, target, "2024-03-25", now=NOW), id="a floor"),
        pytest.param(lambda c, target: deliveries.stop(c, target, now=NOW), id="a digest that was not begun is forgotten"),
        pytest.param(_begin_anew, id="a day sent again"),
        pytest.param(_merge, id="a digest that becomes another chat's"),
    ],
)
def test_what_planning_knew_is_forgotten_with_every_change_of_it(connection, change):
    target = put(connection)
    planned_rows.plan_ready(connection, [(target, "2024-03-28", None, 3, to_text(NOW))], now=NOW)
    planned(connection, target)
    assert mark(connection, target) == MARK
    change(connection, target)
    assert mark(connection, target) is None


@pytest.mark.parametrize("state", ["done", "failed", "skipped"])
def test_however_a_digest_ends_planning_knows_the_same(connection, state):
    target = put(connection)
    planned_rows.plan_ready(connection, [(target, "2024-03-28", None, 3, to_text(NOW))], now=NOW)
    planned(connection, target)
    connection.execute("UPDATE delivery SET state = ?, cursor = 3", (state,))
    assert mark(connection, target) == MARK
