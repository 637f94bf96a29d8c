"""Delivery rows: one a target and day, taken by one owner, recorded message by message."""

import datetime as dt
from typing import Any

import pytest

from bot.clock import to_text
from bot.model import Choice
from bot.store import deliveries, selections
from bot.store.selections import DeliverableDay
from tests.new_store import new_store
from tests.unit.delivery.scene import NOW, day, put_chat
from tests.unit.store import planned_rows

LATER = NOW + dt.timedelta(minutes=1)
DAYS = [day(f"2024-03-{number}") for number in (26, 27, 28)]


@pytest.fixture
def connection(tmp_path):
    with new_store(tmp_path / "store.db") as store:
        yield store._writer


@pytest.fixture
def chat(connection):
    return put_chat(connection)


def plan(connection, chat, *days, total=3, at=NOW):
    selection_id, _ = selections.find(connection, selections.DeliverableDay(days[0], 1), Choice(), "") or selections.freeze(
        connection, selections.DeliverableDay(days[0], 1), Choice(), "", [{"kind": "heading"}] * total, now=NOW
    )
    rows = [(chat.target_id, one.isoformat(), selection_id, total, to_text(at)) for one in days]
    return planned_rows.plan_ready(connection, rows, now=NOW)


def claim(connection, owner="me", now=NOW, limit=10, platforms=("telegram",)):
    return deliveries.claim(connection, owner, platforms, now=now, until=LATER, limit=limit)


def only(connection):
    (row,) = connection.execute("SELECT * FROM delivery").fetchall()
    return dict(row)


def test_a_day_is_planned_once_a_target(connection, chat):
    assert plan(connection, chat, DAYS[0]) == 1
    assert plan(connection, chat, DAYS[0]) == 0


def test_the_oldest_open_day_of_a_chat_alone_is_taken(connection, chat):
    plan(connection, chat, *reversed(DAYS))
    (first,) = claim(connection)
    assert first.list_day == DAYS[0]
    assert claim(connection, "other") == []
    for _ in range(3):
        held = deliveries.held(connection, first.id, "me")
        assert held is not None
        deliveries.record(connection, held, external_id="1", now=NOW)
    assert [one.list_day for one in claim(connection)] == [DAYS[1]]


def test_nothing_is_taken_before_its_time_nor_for_a_platform_that_is_not_served(connection, chat):
    plan(connection, chat, DAYS[0], at=LATER)
    assert claim(connection) == []
    assert claim(connection, now=LATER, platforms=("discord",)) == []
    assert len(claim(connection, now=LATER)) == 1


def test_those_that_have_been_due_longest_are_taken_first(connection):
    for number in range(4):
        plan(connection, put_chat(connection, str(number)), DAYS[0], at=NOW - dt.timedelta(minutes=number))
    assert [one.address.chat_id for one in claim(connection, limit=2)] == ["3", "2"]


def test_taking_goes_by_the_index_of_what_is_ready(connection):
    values = {"now": "", "platforms": "[]", "limit": 1}
    found = connection.execute(
        "EXPLAIN QUERY PLAN " + deliveries._CLAIMABLE, values | {"only": None, "sending": "[]"}
    ).fetchall()
    assert "delivery_ready" in found[0]["detail"]
    assert not any("SORT" in row["detail"] or "B-TREE" in row["detail"] for row in found)


def test_recording_moves_the_cursor_and_the_last_message_ends_it(connection, chat):
    plan(connection, chat, DAYS[0], total=2)
    (taken,) = claim(connection)
    deliveries.record(connection, taken, external_id="a", container_id="post", now=NOW)
    held = deliveries.held(connection, taken.id, "me")
    assert held is not None
    assert (held.cursor, held.container_id) == (1, "post")
    deliveries.record(connection, held, external_id="b", now=LATER)
    assert deliveries.held(connection, taken.id, "me") is None
    row = only(connection)
    assert (row["state"], row["cursor"], row["lease_owner"], row["container_id"]) == ("done", 2, None, "post")
    assert row["ended_at"] is not None


def test_recording_a_message_twice_counts_it_once(connection, chat):
    plan(connection, chat, DAYS[0])
    (taken,) = claim(connection)
    for external_id in ("a", "b"):
        deliveries.record(connection, taken, external_id=external_id, now=NOW)
    assert only(connection)["cursor"] == 1
    assert [row["external_id"] for row in connection.execute("SELECT external_id FROM delivery_message")] == ["a"]


def test_who_has_lost_the_lease_records_what_is_true_and_learns_that_it_is_over(connection, chat):
    plan(connection, chat, DAYS[0])
    (taken,) = claim(connection, "slow")
    deliveries.release_overdue(connection, "slow", LATER + dt.timedelta(seconds=1))
    (again,) = claim(connection, "other")
    deliveries.record(connection, taken, external_id="a", now=NOW)
    assert deliveries.held(connection, taken.id, "slow") is None
    held = deliveries.held(connection, again.id, "other")
    assert held is not None
    assert held.cursor == 1


def test_recording_for_a_delivery_that_is_gone_does_nothing(connection, chat):
    plan(connection, chat, DAYS[0])
    (taken,) = claim(connection)
    connection.execute("DELETE FROM delivery")
    deliveries.record(connection, taken, external_id="a", now=NOW)
    assert connection.execute("SELECT count(*) FROM delivery_message").fetchone()[0] == 0


def test_putting_off_gives_the_lease_back_and_keeps_the_reason(connection, chat):
    plan(connection, chat, DAYS[0])
    (taken,) = claim(connection)
    deliveries.put_off(connection, taken, "other", not_before=LATER, attempts=9, error="not mine")
    assert deliveries.held(connection, taken.id, "me") is not None
    deliveries.put_off(connection, taken, "me", not_before=LATER, attempts=2, error="503")
    assert claim(connection) == []
    (again,) = claim(connection, now=LATER)
    assert (again.attempts, again.last_error) == (2, "503")


def test_giving_up_ends_it(connection, chat):
    plan(connection, chat, DAYS[0])
    (taken,) = claim(connection)
    deliveries.fail(connection, taken, "me", "for two days", now=NOW)
    assert (only(connection)["state"], only(connection)["lease_owner"]) == ("failed", None)


def test_renewed_leases_are_not_overdue(connection, chat):
    plan(connection, chat, DAYS[0])
    claim(connection)
    deliveries.renew(connection, "me", LATER + dt.timedelta(minutes=5))
    assert deliveries.release_overdue(connection, "me", LATER + dt.timedelta(minutes=1)) == 0
    assert deliveries.lease_owners(connection) == ["me"]
    assert deliveries.release(connection, "me") == 1
    assert deliveries.lease_owners(connection) == []


def test_a_selection_comes_back_as_it_was_frozen(connection):
    choice, chosen_day = Choice(language="en", top=3, min_votes=2), selections.DeliverableDay(DAYS[0], 4)
    items: list[dict[str, Any]] = [{"kind": "heading", "skipped": ["2024-03-01"]}, {"kind": "paper", "id": "2403.18361"}]
    made = selections.freeze(connection, chosen_day, choice, "skipped:2024-03-01", items, now=NOW)
    assert selections.find(connection, chosen_day, choice, "skipped:2024-03-01") == made
    assert selections.find(connection, chosen_day, choice, "") is None
    frozen = selections.selection(connection, made[0])
    assert (frozen.list_day, frozen.choice, list(frozen.items)) == (DAYS[0], choice, items)


def test_pruning_goes_on_in_chunks_and_leaves_what_is_open_or_new(connection):
    def end(chat_id, sent_at, *, ends=True):
        chat = put_chat(connection, chat_id)
        selection, _ = selections.freeze(connection, DeliverableDay(day("2024-03-28"), 1), Choice(), chat_id, [], now=NOW)
        rows = [(chat.target_id, "2024-03-28", selection, 1 if ends else 2, to_text(sent_at))]
        planned_rows.plan_ready(connection, rows, now=sent_at)
        (taken,) = deliveries.claim(connection, "me", ["telegram"], now=sent_at, until=sent_at, limit=1)
        deliveries.record(connection, taken, external_id=chat_id, now=sent_at)
        return taken.id

    old = [end(str(number), NOW) for number in range(5)]
    opened = end("6", NOW, ends=False)
    new = end("7", NOW + dt.timedelta(days=20))
    now = NOW + dt.timedelta(days=31)
    assert deliveries.prune(connection, now=now, limit=3) == (3, old[2])
    assert deliveries.prune(connection, old[2], now=now, limit=3) == (2, opened)
    assert deliveries.prune(connection, opened, now=now, limit=3) == (0, None)
    left = [row[0] for row in connection.execute("SELECT delivery_id FROM delivery_message ORDER BY delivery_id")]
    assert left == [opened, new]
    assert connection.execute("SELECT count(*) FROM delivery").fetchone()[0] == 7
