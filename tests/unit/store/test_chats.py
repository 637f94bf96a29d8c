"""Targets: made once, parked and woken, moved and merged without a day coming twice."""

import datetime as dt

import pytest

from bot.model import Address, ChatKind
from bot.store import chats, deliveries, subscriptions
from tests.new_store import new_store
from tests.unit.delivery.scene import NOW, day, order, put_chat
from tests.unit.store import planned_rows

OLD, NEW = Address("telegram", "-5"), Address("telegram", "-1005")


@pytest.fixture
def connection(tmp_path):
    with new_store(tmp_path / "store.db") as store:
        yield store._writer


def subscribed(connection, address, *, active=True, top=None):
    chat = chats.ensure_chat(connection, address, kind=ChatKind.GROUP, title="", language="ko", now=NOW)
    subscriptions.save(connection, chat.target_id, order(active=active, top=top), now=NOW)
    return chat


def had(connection, chat, *texts):
    planned_rows.plan_skipped(connection, [(chat.target_id, text) for text in texts], now=NOW)


def test_a_chat_that_was_never_spoken_with_is_not_there(connection):
    assert chats.chat(connection, OLD) is None


def test_a_chat_is_made_once_and_keeps_its_language(connection):
    first = chats.ensure_chat(connection, OLD, kind=ChatKind.GROUP, title="Papers", language="ko", now=NOW)
    chats.set_language(connection, first.target_id, "en")
    again = chats.ensure_chat(connection, OLD, kind=ChatKind.GROUP, title="Our papers", language="ko", now=NOW)
    assert (again.target_id, again.language, again.title) == (first.target_id, "en", "Our papers")
    assert again.subscription is None


def test_a_title_that_is_not_given_does_not_wipe_the_one_that_is_known(connection):
    chats.ensure_chat(connection, OLD, kind=ChatKind.GROUP, title="Papers", language="ko", now=NOW)
    again = chats.ensure_chat(connection, OLD, kind=ChatKind.CHANNEL, title="", language="ko", now=NOW)
    assert (again.title, again.kind) == ("Papers", ChatKind.CHANNEL)


def test_topics_of_a_chat_are_targets_of_their_own(connection):
    ids = {put_chat(connection, "-5", topic=topic).target_id for topic in ("", "7", "8")}
    assert len(ids) == 3


def test_parking_a_chat_parks_every_topic_once_and_waking_wakes_them(connection):
    for topic in ("", "7"):
        put_chat(connection, "-5", topic=topic)
    put_chat(connection, "-6")
    assert chats.park_chat(connection, "telegram", "-5", "kicked") == 2
    assert chats.park_chat(connection, "telegram", "-5", "kicked again") == 0
    parked = chats.chat(connection, Address("telegram", "-5", "7"))
    assert parked is not None
    assert parked.parked == "kicked"
    assert chats.wake_chat(connection, "telegram", "-5") == 2
    assert chats.wake_chat(connection, "telegram", "-5") == 0


def test_subscribers_are_counted_by_platform_without_those_that_left_or_are_parked(connection):
    for number in range(3):
        subscribed(connection, Address("telegram", str(number)))
    subscribed(connection, Address("discord", "1"))
    subscribed(connection, Address("discord", "2"), active=False)
    chats.park_chat(connection, "telegram", "0", "blocked")
    assert chats.counts_by_platform(connection) == {"discord": 1, "telegram": 2}


def test_a_chat_that_moves_takes_its_topics_subscription_and_history_along(connection):
    chat = subscribed(connection, OLD, top=5)
    put_chat(connection, "-5", topic="7")
    had(connection, chat, "2024-03-28")
    chats.move_chat(connection, OLD, NEW, now=NOW)
    moved = chats.chat(connection, NEW)
    assert chats.chat(connection, OLD) is None
    assert moved is not None
    assert moved.target_id == chat.target_id
    assert moved.choice().top == 5
    assert chats.chat(connection, Address("telegram", "-1005", "7")) is not None


@pytest.mark.parametrize(
    ("old_active", "new_active", "top"),
    [(True, False, 1), (False, True, 2), (True, True, 2), (False, False, 1)],
)
def test_two_that_become_one_keep_the_active_subscription_and_the_days_of_both(connection, old_active, new_active, top):
    old = subscribed(connection, OLD, active=old_active, top=1)
    new = subscribed(connection, NEW, active=new_active, top=2)
    had(connection, old, "2024-03-26", "2024-03-27")
    had(connection, new, "2024-03-27", "2024-03-28")
    chats.move_chat(connection, OLD, NEW, now=NOW)
    merged = chats.chat(connection, NEW)
    assert merged is not None
    assert merged.choice().top == top
    assert merged.subscription is not None
    assert merged.subscription.active == (old_active or new_active)
    days = {day(f"2024-03-{number}") for number in (26, 27, 28)}
    assert deliveries.had_days(connection, merged.target_id) == days
    assert connection.execute("SELECT count(*) FROM target").fetchone()[0] == 1
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_day_that_both_were_being_sent_goes_on_where_the_further_one_was(connection):
    old, new = subscribed(connection, OLD), subscribed(connection, NEW, active=False)
    for chat, cursor in ((old, 2), (new, 5)):
        connection.execute(
            "INSERT INTO delivery (target_id, list_day, cursor, total, state, not_before, planned_at) "
            "VALUES (?, '2024-03-28', ?, 11, 'ready', '', '')",
            (chat.target_id, cursor),
        )
    chats.move_chat(connection, OLD, NEW, now=NOW)
    assert [row["cursor"] for row in connection.execute("SELECT cursor FROM delivery")] == [5]


def test_moving_to_where_it_is_changes_nothing(connection):
    chat = subscribed(connection, OLD)
    chats.move_chat(connection, OLD, Address("telegram", "-5", "9"), now=NOW)
    kept = chats.chat(connection, OLD)
    assert kept is not None
    assert kept.target_id == chat.target_id


def test_a_moved_chat_is_reachable_again(connection):
    chat = subscribed(connection, OLD)
    chats.park(connection, chat.target_id, "group was upgraded", now=NOW + dt.timedelta(hours=1))
    chats.move_chat(connection, OLD, NEW, now=NOW)
    moved = chats.chat(connection, NEW)
    assert moved is not None
    assert moved.parked == ""
