"""Digests with filters: what passes is sent, and when nothing does, the chat is told once and not day after day."""

import datetime as dt
import json

import pytest

from bot.delivery import plan, subscribing
from bot.model import Filters, ListDayState, Origin, Paper
from bot.ports import SourcePaper
from bot.store import chats, list_days, papers
from tests.unit.delivery.scene import NOW, get_order, order, put_chat

DUE = dt.datetime(2024, 3, 29, 0, 0, tzinfo=dt.UTC)
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
ROBOTS = Filters(having=("robot",))


@pytest.fixture
def planned(store):
    async def plan_at(now):
        return await plan.plan_due(store, now=now, settle_hour=12)

    return plan_at


def put_list(connection, text, titles, now=NOW):
    """A day's list: titles by the end of a paper's id, which is `MMDD.` and that."""
    listed = [Paper(id=f"{text[5:7]}{text[8:]}.{one}", title=title, upvotes=9) for one, title in titles.items()]
    papers.merge_papers(connection, [SourcePaper(paper=paper) for paper in listed], now=now)
    list_days.save_list(
        connection, dt.date.fromisoformat(text), listed, origin=Origin.HUB, state=ListDayState.SETTLED, now=now
    )


def put_subscriber(connection, chat_id="1", **changes):
    found = put_chat(connection, chat_id)
    return subscribing.subscribe(connection, found, order(**changes), now=NOW, settle_hour=12).chat


def told(connection, chat):
    """Day, state and messages of each delivery: "-" for a heading, else the papers."""
    rows = connection.execute(
        "SELECT delivery.list_day, delivery.state, items FROM delivery JOIN selection ON selection.id = selection_id "
        "WHERE target_id = ? ORDER BY delivery.list_day",
        (chat.target_id,),
    )
    return [(row["list_day"][-2:], row["state"], [one.get("id", "-") for one in json.loads(row["items"])]) for row in rows]


async def test_what_passes_is_sent_and_equal_filters_share_a_selection(connection, planned):
    put_list(connection, "2024-03-28", {"1": "Robots", "2": "Images"})
    chat = put_subscriber(connection, filters=ROBOTS)
    other = put_subscriber(connection, "2", filters=Filters(having=("ROBOT",)))
    plain = put_subscriber(connection, "3")
    await planned(DUE)
    assert told(connection, chat) == told(connection, other) == [("28", "ready", ["-", "0328.1"])]
    assert told(connection, plain) == [("28", "ready", ["-", "0328.1", "0328.2"])]
    assert connection.execute("SELECT count(DISTINCT selection_id) FROM delivery").fetchone()[0] == 2


async def test_nothing_left_is_said_once_until_something_passes_again(connection, planned):
    chat = put_subscriber(connection, filters=ROBOTS)
    for at, title in enumerate(["Images", "Images", "Images", "Robots", "Images"]):
        put_list(connection, f"2024-04-0{at + 1}", {"1": title}, NOW + at * DAY)
        await planned(dt.datetime(2024, 4, 2 + at, 0, 0, tzinfo=dt.UTC))
    assert told(connection, chat) == [
        ("01", "ready", ["-"]),
        ("02", "done", []),
        ("03", "done", []),
        ("04", "ready", ["-", "0404.1"]),
        ("05", "ready", ["-"]),
    ]


async def test_days_that_are_owed_together_say_it_once_too(connection, planned):
    chat = put_subscriber(connection, filters=ROBOTS)
    put_list(connection, "2024-03-28", {"1": "Robots"})
    await planned(DUE)
    for text in ("2024-03-29", "2024-04-01", "2024-04-02"):
        put_list(connection, text, {"1": "Images"})
    await planned(DUE + 6 * DAY)
    assert [(state, len(messages)) for _, state, messages in told(connection, chat)[1:]] == [
        ("ready", 1), ("done", 0), ("done", 0),
    ]  # fmt: skip


async def test_other_filters_that_leave_nothing_say_it_again(connection, planned):
    chat = put_subscriber(connection, filters=ROBOTS)
    put_list(connection, "2024-03-28", {"1": "Images"})
    await planned(DUE)
    put_list(connection, "2024-03-29", {"1": "Images"})
    changed = order(filters=Filters(having=("audio",)))
    found = chats.chat(connection, chat.address)
    assert found is not None
    subscribing.change(connection, found, changed, now=DUE + HOUR, settle_hour=12)
    await planned(DUE + DAY)
    assert told(connection, chat) == [("28", "ready", ["-"]), ("29", "ready", ["-"])]


async def test_a_late_paper_comes_if_it_passes_also_for_a_day_of_silence(connection, planned):
    chat = put_subscriber(connection, filters=ROBOTS)
    for at, text in enumerate(("2024-03-28", "2024-03-29")):
        put_list(connection, text, {"1": "Images"}, NOW + at * DAY)
        await planned(DUE + at * DAY)
    late = {"1": "Images", "7": "Robots, late", "8": "Images, late"}
    put_list(connection, "2024-03-29", late, DUE + DAY + HOUR)
    put_list(connection, "2024-03-30", {"1": "Images"}, DUE + DAY + HOUR)
    await planned(DUE + 2 * DAY)
    assert told(connection, chat)[1:] == [("29", "done", []), ("30", "ready", ["-", "0329.7"])]


async def test_a_pause_ends_by_itself_and_what_was_missed_is_owed(connection, planned):
    until = dt.date(2024, 4, 2)
    put_list(connection, "2024-03-27", {"1": "Images"})
    chat = put_subscriber(connection)
    found = chats.chat(connection, chat.address)
    assert found is not None
    subscribing.change(connection, found, order(paused_until=until), now=NOW, settle_hour=12)
    # Seoul's 09:00 of the day until which it is paused.
    assert get_order(connection, chat).next_due_at == dt.datetime(2024, 4, 2, 0, 0, tzinfo=dt.UTC)
    for text in ("2024-03-28", "2024-03-29", "2024-04-01"):
        put_list(connection, text, {"1": "Images"})
    assert await planned(DUE + DAY) == 0
    assert await planned(dt.datetime(2024, 4, 2, 0, 0, tzinfo=dt.UTC)) == 4
    assert [day for day, _, _ in told(connection, chat)] == ["27", "28", "29", "01"]
