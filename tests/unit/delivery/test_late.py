"""Papers that come late to a list: on top of the chat's next digest, marked, and no paper twice."""

import datetime as dt
import json

import pytest

from bot.delivery import plan
from bot.delivery.subscribing import subscribe
from bot.model import DeliveryState, ListDayState, Origin, Paper, Shape
from bot.ports import SourcePaper
from bot.store import chats, deliveries, list_days, papers
from tests.unit.delivery.scene import NOW, order, put_chat, put_day

DUE = dt.datetime(2024, 3, 29, 0, 0, tzinfo=dt.UTC)  # Seoul's 09:00 after the list day of 2024-03-28
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
FIRST, SECOND, THIRD = "2024-03-27", "2024-03-28", "2024-03-29"


@pytest.fixture
def planned(store):
    async def plan_at(now):
        return await plan.plan_due(store, now=now, settle_hour=12)

    return plan_at


def put_list(connection, text, votes, now):
    """A day's list as the Hub gives it at `now`: papers by id, with their votes."""
    listed = [Paper(id=one, title=f"Paper {one}", upvotes=count) for one, count in votes.items()]
    papers.merge_papers(connection, [SourcePaper(paper=paper) for paper in listed], now=now)
    day = dt.date.fromisoformat(text)
    list_days.save_list(connection, day, listed, origin=Origin.HUB, state=ListDayState.SETTLED, now=now)


def put_subscriber(connection, chat_id="1", now=NOW, **changes):
    return subscribe(connection, put_chat(connection, chat_id), order(**changes), now=now, settle_hour=12).chat


def items(connection, chat, text):
    row = connection.execute(
        "SELECT items FROM delivery JOIN selection ON selection.id = selection_id WHERE target_id = ? AND delivery.list_day = ?",
        (chat.target_id, text),
    ).fetchone()
    return json.loads(row["items"])


def sent(connection, chat, text):
    """The papers in the digest of a day, each with the day that it is marked with."""
    found = []
    for item in items(connection, chat, text):
        ids = [item["id"]] if item["kind"] == "paper" else item.get("ids", [])
        found += [(one, item.get("late", {}).get(one, "")) for one in ids]
    return found


def all_sent(connection, chat):
    rows = connection.execute("SELECT list_day FROM delivery WHERE target_id = ? ORDER BY list_day", (chat.target_id,))
    return [one for row in rows.fetchall() for one, _ in sent(connection, chat, row["list_day"])]


async def test_a_late_paper_goes_on_top_of_the_next_digest_marked_with_its_day(connection, planned):
    put_list(connection, SECOND, {"2403.1": 5, "2403.2": 3}, DUE - 4 * HOUR)
    chat = put_subscriber(connection)
    await planned(DUE)
    put_list(connection, SECOND, {"2403.1": 9, "2403.3": 1, "2403.2": 30}, DUE + HOUR)
    put_list(connection, THIRD, {"2403.4": 7}, DUE + 20 * HOUR)
    await planned(DUE + DAY)
    assert sent(connection, chat, SECOND) == [("2403.1", ""), ("2403.2", "")]
    # 2403.2 only rose in votes.
    assert sent(connection, chat, THIRD) == [("2403.3", SECOND), ("2403.4", "")]
    assert items(connection, chat, THIRD)[0]["late"] == {"2403.3": SECOND}


async def test_it_goes_once_however_often_the_list_is_fetched(connection, planned):
    put_list(connection, SECOND, {"2403.1": 5}, DUE - 4 * HOUR)
    chat = put_subscriber(connection)
    await planned(DUE)
    put_list(connection, SECOND, {"2403.1": 5, "2403.3": 1}, DUE + HOUR)
    for number in (1, 2, 3):
        text = (dt.date(2024, 3, 28) + number * DAY).isoformat()
        put_list(connection, text, {f"2403.9{number}": 7}, DUE + number * DAY - 4 * HOUR)
        put_list(connection, SECOND, {"2403.1": 5, "2403.3": 40}, DUE + number * DAY - 3 * HOUR)
        await planned(DUE + number * DAY)
    assert all_sent(connection, chat) == ["2403.1", "2403.3", "2403.91", "2403.92", "2403.93"]


async def test_it_stands_beside_the_top_and_must_have_the_votes(connection, planned):
    put_list(connection, SECOND, {"2403.1": 5}, DUE - 4 * HOUR)
    top, votes = put_subscriber(connection, "1", top=1), put_subscriber(connection, "2", min_votes=2)
    await planned(DUE)
    put_list(connection, SECOND, {"2403.1": 5, "2403.2": 4, "2403.3": 1}, DUE + HOUR)
    put_list(connection, THIRD, {"2403.4": 7, "2403.5": 6}, DUE + 20 * HOUR)
    await planned(DUE + DAY)
    assert [one for one, _ in sent(connection, top, THIRD)] == ["2403.2", "2403.3", "2403.4"]
    assert [one for one, _ in sent(connection, votes, THIRD)] == ["2403.2", "2403.4", "2403.5"]


async def test_what_was_below_the_top_is_not_late(connection, planned):
    put_list(connection, SECOND, {"2403.1": 5, "2403.2": 3}, DUE - 4 * HOUR)
    chat = put_subscriber(connection, top=1)
    await planned(DUE)
    put_list(connection, SECOND, {"2403.1": 5, "2403.2": 30}, DUE + HOUR)
    put_list(connection, THIRD, {"2403.4": 7}, DUE + 20 * HOUR)
    await planned(DUE + DAY)
    assert sent(connection, chat, THIRD) == [("2403.4", "")]


async def test_a_paper_that_stands_on_two_lists_belongs_to_the_first(connection, planned):
    put_list(connection, SECOND, {"2403.1": 5, "2403.2": 3}, DUE - 4 * HOUR)
    chat = put_subscriber(connection)
    await planned(DUE)
    # It comes late to the first day, and stands on the second as well.
    put_list(connection, SECOND, {"2403.1": 5, "2403.2": 3, "2403.3": 1}, DUE + 19 * HOUR)
    put_list(connection, THIRD, {"2403.1": 5, "2403.3": 1, "2403.4": 7}, DUE + 20 * HOUR)
    await planned(DUE + DAY)
    assert sent(connection, chat, THIRD) == [("2403.3", SECOND), ("2403.4", "")]


async def test_a_paper_that_was_sent_with_a_later_day_does_not_come_again_with_an_earlier_one(connection, planned):
    put_list(connection, "2024-03-26", {"2403.9": 5}, DUE - 2 * DAY - 4 * HOUR)
    chat = put_subscriber(connection, now=DUE - 3 * DAY)
    put_list(connection, SECOND, {"2403.1": 5, "2403.2": 3}, DUE - 4 * HOUR)
    await planned(DUE)
    # The day between could not be fetched until now.
    put_list(connection, FIRST, {"2403.2": 3, "2403.3": 2}, DUE + HOUR)
    put_list(connection, THIRD, {"2403.4": 7}, DUE + 20 * HOUR)
    await planned(DUE + DAY)
    assert sorted(all_sent(connection, chat)) == ["2403.1", "2403.2", "2403.3", "2403.4", "2403.9"]


async def test_after_days_off_late_papers_open_the_oldest_digest(connection, planned):
    put_list(connection, FIRST, {"2403.1": 5}, DUE - DAY - 4 * HOUR)
    chat = put_subscriber(connection, now=DUE - 2 * DAY)
    await planned(DUE - DAY)
    put_list(connection, FIRST, {"2403.1": 5, "2403.2": 2}, DUE - HOUR)
    put_list(connection, SECOND, {"2403.3": 7}, DUE)
    put_list(connection, THIRD, {"2403.4": 7}, DUE)
    await planned(DUE + DAY)
    assert sent(connection, chat, SECOND) == [("2403.2", FIRST), ("2403.3", "")]
    assert sent(connection, chat, THIRD) == [("2403.4", "")]


async def test_a_paper_of_a_list_that_is_looked_at_for_the_last_time_still_comes(connection, planned):
    """A Monday's list is fetched for the last time on the Tuesday of the week after, at 03:50."""
    monday = dt.datetime(2024, 3, 25, 20, 0, tzinfo=dt.UTC)
    put_list(connection, "2024-03-25", {"2403.1": 5}, monday)
    chat = put_subscriber(connection, now=monday)
    for number in range(10):
        day = monday + number * DAY
        if day.weekday() < 5 and number:
            put_list(connection, day.date().isoformat(), {f"2403.9{number}": 5}, day)
        if number == 8:
            put_list(connection, "2024-03-25", {"2403.1": 5, "2403.2": 1}, monday + 7 * DAY + 8 * HOUR)
        await planned(day + 4 * HOUR)
    assert all_sent(connection, chat) == [
        "2403.1",
        *(f"2403.9{n}" for n in (1, 2, 3, 4, 7)),
        "2403.2",
        "2403.98",
        "2403.99",
    ]


async def test_a_list_that_was_half_fetched_before_days_off_is_mended_after_others_and_loses_nothing(connection, planned):
    """Gaps are filled from the newest day back, and a slow Hub does not keep digests waiting for the oldest."""
    monday = dt.datetime(2024, 3, 11, 20, 0, tzinfo=dt.UTC)
    put_list(connection, "2024-03-11", {"2403.1": 5}, monday)
    chat = put_subscriber(connection, now=monday)
    await planned(monday + 4 * HOUR)
    back = monday + 14 * DAY
    for number in range(1, 15):
        if (monday + number * DAY).weekday() < 5:
            put_list(connection, (monday + number * DAY).date().isoformat(), {f"2403.9{number:02d}": 5}, back)
    await planned(back + HOUR)
    put_list(connection, "2024-03-11", {"2403.1": 5, "2403.2": 1}, back + 2 * HOUR)
    put_list(connection, "2024-03-26", {"2403.3": 5}, back + 20 * HOUR)
    await planned(back + DAY + 4 * HOUR)
    assert sent(connection, chat, "2024-03-26") == [("2403.2", "2024-03-11"), ("2403.3", "")]


async def test_what_is_taken_up_again_stays_as_it_was_frozen_and_late_papers_go_on_top_of_the_next(connection, planned):
    put_list(connection, SECOND, {"2403.1": 5}, DUE - 4 * HOUR)
    chat = put_subscriber(connection)
    await planned(DUE)
    chats.park(connection, chat.target_id, "blocked")
    connection.execute("UPDATE delivery SET state = 'parked'")
    chats.wake(connection, chat.target_id)
    put_list(connection, SECOND, {"2403.1": 5, "2403.2": 2}, DUE + HOUR)
    put_list(connection, THIRD, {"2403.4": 7}, DUE + 20 * HOUR)
    await planned(DUE + DAY)
    assert sent(connection, chat, SECOND) == [("2403.1", "")]
    assert sent(connection, chat, THIRD) == [("2403.2", SECOND), ("2403.4", "")]
    parked = deliveries.find(connection, chat.target_id, dt.date(2024, 3, 28))
    assert parked is not None
    assert parked.state is DeliveryState.READY


async def test_a_withdrawn_paper_is_in_no_new_digest_and_stays_in_a_frozen_one(connection, planned):
    put_list(connection, SECOND, {"2403.1": 5, "2403.2": 3}, DUE - 4 * HOUR)
    early, late = put_subscriber(connection, "1"), put_subscriber(connection, "2", local_time=dt.time(10))
    await planned(DUE)
    put_list(connection, SECOND, {"2403.1": 5}, DUE + HOUR / 2)
    await planned(DUE + HOUR)
    assert sent(connection, early, SECOND) == [("2403.1", ""), ("2403.2", "")]
    assert sent(connection, late, SECOND) == [("2403.1", "")]


async def test_chats_with_the_same_choice_and_the_same_late_papers_share_a_selection(connection, planned):
    put_list(connection, SECOND, {"2403.1": 5}, DUE - 4 * HOUR)
    for number in range(3):
        put_subscriber(connection, str(number))
    put_subscriber(connection, "later", now=DUE + HOUR)
    await planned(DUE)
    put_list(connection, SECOND, {"2403.1": 5, "2403.2": 2}, DUE + 2 * HOUR)
    put_list(connection, THIRD, {"2403.4": 7}, DUE + 20 * HOUR)
    await planned(DUE + DAY)
    counts = connection.execute(
        "SELECT count(*) AS chats FROM delivery WHERE list_day = ? GROUP BY selection_id ORDER BY 1", (THIRD,)
    )
    # Who came later has had nothing to which a paper could be late.
    assert [row["chats"] for row in counts] == [1, 3]


async def test_a_compact_digest_has_late_papers_first_in_the_same_list(connection, planned):
    put_list(connection, SECOND, {"2403.1": 5}, DUE - 4 * HOUR)
    chat = put_subscriber(connection, shape=Shape.COMPACT)
    await planned(DUE)
    put_list(connection, SECOND, {"2403.1": 5, "2403.2": 2}, DUE + HOUR)
    put_list(connection, THIRD, {"2403.4": 7}, DUE + 20 * HOUR)
    await planned(DUE + DAY)
    (item,) = items(connection, chat, THIRD)
    assert (item["ids"], item["late"], item["shown"]) == (["2403.2", "2403.4"], {"2403.2": SECOND}, 1)


async def test_a_paper_that_came_while_the_digest_was_being_planned_is_not_late(connection, planned):
    put_day(connection, SECOND, ("2403.1", "2403.2"), now=DUE + HOUR / 60)
    chat = put_subscriber(connection, top=1)
    await planned(DUE)
    put_list(connection, THIRD, {"2403.4": 7}, DUE + 20 * HOUR)
    await planned(DUE + DAY)
    assert sent(connection, chat, THIRD) == [("2403.4", "")]
