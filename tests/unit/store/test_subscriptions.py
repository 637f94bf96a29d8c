"""Standing orders: kept exactly, found when they are due."""

import datetime as dt

import pytest

from bot.model import Shape
from bot.store import subscriptions
from tests.new_store import new_store
from tests.unit.delivery.scene import NOW, day, order, put_chat

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def connection(tmp_path):
    with new_store(tmp_path / "store.db") as store:
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
