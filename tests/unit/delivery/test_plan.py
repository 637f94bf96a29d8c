"""Who gets which list day when: owed days, waiting for an expected one, what was missed in an outage."""

import datetime as dt
import json

import pytest

from bot.delivery import plan
from bot.delivery.planner import Planner
from bot.delivery.subscribing import subscribe, unsubscribe
from bot.errors import UsageError
from bot.model import ListDayState, Origin, Shape
from bot.store import chats, deliveries
from bot.store.selections import DeliverableDay
from tests.unit.delivery.scene import NOW, TEN, day, get_chat, get_order, ids_of, order, put_chat, put_day

DUE = dt.datetime(2024, 3, 29, 0, 0, tzinfo=dt.UTC)  # Seoul's 09:00, for which 2024-03-28 is expected
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def planned(store):
    async def plan_at(now):
        return await plan.plan_due(store, now=now, settle_hour=12)

    return plan_at


def put_subscriber(connection, chat_id="1", now=NOW, **changes):
    return subscribe(connection, put_chat(connection, chat_id), order(**changes), now=now, settle_hour=12).chat


def rows(connection, chat):
    found = connection.execute(
        "SELECT delivery.list_day, delivery.state, choice, items, not_before FROM delivery LEFT JOIN selection "
        "ON selection.id = selection_id WHERE target_id = ? ORDER BY delivery.list_day",
        (chat.target_id,),
    )
    return found.fetchall()


def states(connection, chat):
    return [(row["list_day"], row["state"]) for row in rows(connection, chat)]


async def test_nobody_is_due_before_the_time(connection, planned):
    put_day(connection, "2024-03-28")
    chat = put_subscriber(connection)
    assert await planned(DUE - HOUR) == 0
    assert states(connection, chat) == []


async def test_a_new_subscriber_gets_the_newest_day_and_is_due_again_tomorrow(connection, planned):
    put_day(connection, "2024-03-27")
    put_day(connection, "2024-03-28")
    chat = put_subscriber(connection)
    assert await planned(DUE) == 1
    assert states(connection, chat) == [("2024-03-28", "ready")]
    assert get_order(connection, chat).next_due_at == DUE + 24 * HOUR
    assert await planned(DUE + HOUR) == 0


async def test_the_messages_are_frozen_in_order_heading_first(connection, planned):
    put_day(connection, "2024-03-28")
    chat = put_subscriber(connection)
    await planned(DUE)
    items = json.loads(rows(connection, chat)[0]["items"])
    assert [item["kind"] for item in items] == ["heading"] + ["paper"] * 10
    assert [item["id"] for item in items[1:]] == list(TEN)


async def test_equal_choices_share_a_selection_and_others_do_not(connection, planned):
    put_day(connection, "2024-03-28")
    for number in range(4):
        put_subscriber(connection, str(number), top=None if number % 2 else 3)
    await planned(DUE)
    totals = connection.execute("SELECT total FROM selection ORDER BY total").fetchall()
    assert [row["total"] for row in totals] == [4, 11]


async def test_what_was_missed_comes_oldest_first_and_compact_the_newest_in_the_chats_own_shape(connection, planned):
    put_day(connection, "2024-03-25")
    chat = put_subscriber(connection, now=NOW - 72 * HOUR)
    for text in ("2024-03-26", "2024-03-27", "2024-03-28"):
        put_day(connection, text)
    await planned(DUE)
    assert [(row["list_day"], row["choice"]) for row in rows(connection, chat)] == [
        ("2024-03-25", "en|compact||0"),
        ("2024-03-26", "en|compact||0"),
        ("2024-03-27", "en|compact||0"),
        ("2024-03-28", "en|each||0"),
    ]


async def test_older_than_five_list_days_is_skipped_and_named_in_the_first_heading(connection, planned):
    put_day(connection, "2024-03-18")
    chat = put_subscriber(connection, now=NOW - 240 * HOUR)
    week = ["2024-03-19", "2024-03-20", "2024-03-22", "2024-03-25", "2024-03-26", "2024-03-27", "2024-03-28"]
    for text in week:
        put_day(connection, text)
    await planned(DUE)
    found = rows(connection, chat)
    assert [row["state"] for row in found] == ["skipped"] * 3 + ["ready"] * 5
    heading, listed = json.loads(found[3]["items"])
    assert heading == {"kind": "heading", "shown": 10, "total": 10, "skipped": ["2024-03-18", "2024-03-19", "2024-03-20"]}
    assert listed["kind"] == "list"
    assert "skipped" not in json.loads(found[-1]["items"])[0]
    # The floor stays where late papers are looked for, and follows from there.
    assert get_order(connection, chat).floor_day == day("2024-03-17")
    following = ["2024-03-29", "2024-04-01", "2024-04-02", "2024-04-03", "2024-04-04"]
    for text in following:
        assert get_order(connection, chat).floor_day == day("2024-03-17")
        put_day(connection, text)
        await planned(DUE + (day(text) - day("2024-03-28")))
    assert [row["list_day"] for row in rows(connection, chat) if row["state"] == "ready"][5:] == following
    assert get_order(connection, chat).floor_day == day("2024-03-18")


async def test_many_skipped_days_are_named_by_the_first_and_the_last(connection, planned):
    put_day(connection, "2024-01-01")
    chat = put_subscriber(connection, now=NOW - dt.timedelta(days=85))
    for number in range(1, 60):
        text = (day("2024-01-29") + dt.timedelta(days=number)).isoformat()
        put_day(connection, text, ids_of(text, TEN[:1]))
    await planned(DUE)
    first = next(row for row in rows(connection, chat) if row["state"] == "ready")
    assert json.loads(first["items"])[0]["skipped"] == ["2024-01-01", "…", "2024-03-23"]


async def test_who_reads_on_mondays_gets_the_week(connection, planned):
    put_day(connection, "2024-03-15")
    chat = put_subscriber(connection, now=dt.datetime(2024, 3, 16, tzinfo=dt.UTC), weekdays=(0,))
    monday = dt.datetime(2024, 3, 18, 0, 0, tzinfo=dt.UTC)
    assert await planned(monday) == 1
    week = [f"2024-03-{number}" for number in range(18, 23)]
    for text in week:
        put_day(connection, text)
    assert await planned(monday + 6 * 24 * HOUR) == 0
    assert await planned(monday + 7 * 24 * HOUR) == 5
    assert [one for one, _ in states(connection, chat)] == ["2024-03-15", *week]


async def test_an_expected_day_that_is_not_there_is_waited_for_and_sent_when_it_settles(connection, planned):
    put_day(connection, "2024-03-27")
    chat = put_subscriber(connection, now=NOW - 24 * HOUR)
    put_day(connection, "2024-03-28", state=ListDayState.OPEN)
    await planned(DUE)
    assert states(connection, chat) == [("2024-03-27", "ready"), ("2024-03-28", "waiting")]
    put_day(connection, "2024-03-28")
    assert await planned(DUE + 5 * HOUR) == 1
    assert states(connection, chat) == [("2024-03-27", "ready"), ("2024-03-28", "ready")]


async def test_after_six_hours_the_waiting_ends_and_the_day_comes_at_the_next_due_instant(connection, planned):
    put_day(connection, "2024-03-27")
    chat = put_subscriber(connection)
    await planned(DUE)
    await planned(DUE + 6 * HOUR)
    assert states(connection, chat) == [("2024-03-27", "ready")]
    put_day(connection, "2024-03-28")
    await planned(DUE + 7 * HOUR)
    assert states(connection, chat) == [("2024-03-27", "ready")]
    await planned(DUE + 24 * HOUR)
    assert states(connection, chat)[1] == ("2024-03-28", "ready")


async def test_a_holiday_ends_the_waiting_quietly(connection, planned):
    chat = put_subscriber(connection)
    await planned(DUE)
    assert states(connection, chat) == [("2024-03-28", "waiting")]
    put_day(connection, "2024-03-28", (), state=ListDayState.CLOSED)
    await planned(DUE + 4 * HOUR)
    assert states(connection, chat) == []
    await planned(DUE + 24 * HOUR)
    assert states(connection, chat) == [("2024-03-29", "waiting")]


async def test_a_machine_that_slept_past_the_six_hours_does_not_wait_any_more(connection, planned):
    chat = put_subscriber(connection)
    await planned(DUE + 7 * HOUR)
    assert states(connection, chat) == []


async def test_with_nothing_known_at_subscribing_history_that_is_imported_later_is_not_owed(connection, planned):
    chat = put_subscriber(connection)
    for text in ("2024-03-20", "2024-03-21", "2024-03-27"):
        put_day(connection, text, origin=Origin.ARCHIVE, state=ListDayState.CLOSED)
    await planned(DUE)
    assert states(connection, chat) == [("2024-03-27", "ready"), ("2024-03-28", "waiting")]


async def test_the_sample_is_never_delivered(connection, planned):
    chat = put_subscriber(connection)
    put_day(connection, "2024-03-28", origin=Origin.SAMPLE, state=ListDayState.CLOSED)
    await planned(DUE)
    assert ("2024-03-28", "ready") not in states(connection, chat)


async def test_a_parked_chat_gets_nothing_and_goes_on_where_it_was_when_it_wakes(connection, planned):
    put_day(connection, "2024-03-28")
    chat = put_subscriber(connection)
    await planned(DUE)
    (taken,) = deliveries.claim(connection, "me", ["telegram"], now=DUE, until=DUE + HOUR, limit=1)
    deliveries.record(connection, taken, external_id="m1", now=DUE)
    chats.park_chat(connection, "telegram", "1", "bot was blocked")
    put_day(connection, "2024-03-29")
    await planned(DUE + 24 * HOUR)
    assert states(connection, chat) == [("2024-03-28", "parked")]
    assert chats.wake_chat(connection, "telegram", "1") == 1
    await planned(DUE + 48 * HOUR)
    assert states(connection, chat) == [("2024-03-28", "ready"), ("2024-03-29", "ready")]
    assert connection.execute("SELECT cursor, total FROM delivery ORDER BY id").fetchone()[:] == (1, 11)


async def test_who_has_left_is_not_planned(connection, planned):
    put_day(connection, "2024-03-28")
    chat = put_subscriber(connection)
    unsubscribe(connection, chat, now=NOW)
    assert await planned(DUE) == 0


async def test_changed_settings_count_from_the_next_digest(connection, planned):
    put_day(connection, "2024-03-28")
    chat = put_subscriber(connection)
    await planned(DUE)
    subscribe(connection, get_chat(connection, chat), order(shape=Shape.COMPACT), now=DUE, settle_hour=12)
    put_day(connection, "2024-03-29")
    await planned(DUE + 24 * HOUR)
    assert [row["choice"] for row in rows(connection, chat)] == ["en|each||0", "en|compact||0"]


async def test_two_thousand_subscribers_are_planned_in_chunks(connection, planned):
    put_day(connection, "2024-03-28")
    for number in range(1201):
        put_subscriber(connection, str(number))
    assert await planned(DUE) == 1201
    assert connection.execute("SELECT count(*) FROM selection").fetchone()[0] == 1


async def test_one_day_can_be_planned_for_everybody_who_has_not_had_it(store, connection, planned):
    put_day(connection, "2024-03-28")
    first = put_subscriber(connection)
    await planned(DUE)
    second = put_subscriber(connection, "2")
    put_day(connection, "2023-05-04", state=ListDayState.CLOSED)
    assert await plan.plan_day(store, day("2023-05-04"), now=DUE) == 2
    assert await plan.plan_day(store, day("2024-03-28"), now=DUE) == 1
    assert states(connection, first) == states(connection, second)


async def test_a_day_without_papers_cannot_be_planned(store):
    with pytest.raises(UsageError, match="no papers of 2023-05-04"):
        await plan.plan_day(store, day("2023-05-04"), now=DUE)


def test_who_plans_something_else_in_between_changes_nothing(connection):
    for text in ("2024-03-27", "2024-03-28"):
        put_day(connection, text)
    first, between, second = (put_subscriber(connection, chat_id) for chat_id in "123")
    planner, other = Planner(DUE, 12), Planner(DUE, 12)
    planner.plan_due(connection, [first.target_id])
    # What it plans for the same outline is another day.
    other.begin(connection)
    ((target, text),) = other.outlines([between.target_id]).items()
    other.write({target: other.one_day(text, DeliverableDay(day("2024-03-27"), 1))})
    planner.plan_due(connection, [second.target_id])
    assert states(connection, between) == [("2024-03-27", "ready")]
    assert states(connection, first) == states(connection, second) == [("2024-03-28", "ready")]


def test_a_mark_that_was_met_needs_no_outline(connection):
    put_day(connection, "2024-03-28")
    targets = [put_subscriber(connection, chat_id).target_id for chat_id in "123"]
    Planner(DUE, 12).plan_due(connection, targets)
    tomorrow = DUE + 24 * HOUR
    put_day(connection, "2024-03-29", now=tomorrow - HOUR)
    planner = Planner(tomorrow, 12)
    assert [planner.plan_due(connection, [target]) for target in targets[:2]] == [1, 1]
    assert not planner.reads
    chats.set_language(connection, targets[2], "ja")
    assert planner.plan_due(connection, targets[2:]) == 1
    assert planner.reads


@pytest.mark.parametrize("when", ["before the chunk that was written meanwhile", "after it", "never"])
def test_what_was_read_ahead_counts_only_when_nobody_has_written_since(connection, when):
    put_day(connection, "2024-03-28")
    first, second, third, last = (put_subscriber(connection, chat_id).target_id for chat_id in "1234")
    planner = Planner(DUE, 12)
    planner.plan_due(connection, [first])
    planner.plan_due(connection, [second])
    assert planner.alone
    ahead = planner.read_ahead(connection, [last])
    if when.startswith("before"):
        chats.set_language(connection, last, "ja")
    planner.plan_due(connection, [third])
    if when.startswith("after"):
        chats.set_language(connection, last, "ja")
    assert planner.plan_due(connection, [last], ahead) == 1
    choice = connection.execute(
        "SELECT choice FROM delivery JOIN selection ON selection.id = selection_id WHERE target_id = ?", (last,)
    ).fetchone()[0]
    assert choice.startswith("en" if when == "never" else "ja")
