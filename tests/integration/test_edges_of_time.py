"""Clocks that jump, machines that sleep, zones that change: nobody is sent a day twice, nobody a flood, nobody is forgotten."""

import datetime as dt
from dataclasses import replace

import pytest

from bot.commands.conversation import Conversation
from bot.delivery import subscribing, timekeeping
from bot.delivery.timekeeping import FARTHEST, moved_instant, zone_database
from bot.model import Address, ChatKind, Shape
from bot.ports import Request, Sent
from bot.settings import Settings
from bot.store import due_instants, key_values, pauses
from bot.store.due_instants import DueInstant
from tests.fakes.telegram import Fail, FakeTelegram
from tests.integration.broadcast import DUE, FOUR, HEADING, broadcasting
from tests.unit.telegram.house import adapter_for

DIGEST = [HEADING, *(f"Paper {one}" for one in FOUR)]


@pytest.fixture
async def fake():
    async with FakeTelegram() as one:
        one.person(7)
        yield one


@pytest.fixture
async def cast(fake, tmp_path):
    async with broadcasting(tmp_path / "store.db", adapter_for(fake)) as one:
        yield one


def texts(fake, number=7):
    return [message.text.split("\n", 1)[0] for message in fake.in_chat(number)]


def headings(fake):
    return [text.removeprefix("Daily Papers · ")[:10] for text in texts(fake) if text.startswith("Daily Papers")]


def next_due(cast):
    return cast.chat(7).subscription.next_due_at


# --- The machine sleeps ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("restarted", [True, False], ids=["restarted", "asleep"])
async def test_after_an_outage_at_most_five_list_days_come_oldest_first_and_the_older_are_named_in_one_line(
    fake, cast, restarted
):
    cast.subscriber(7)
    await cast.run(DUE)
    before = len(texts(fake))
    for number in range(1, 15):
        cast.day(f"2024-04-{number:02}")
    if restarted:
        await cast.restart()
    await cast.run(dt.datetime(2024, 4, 15, 3, 0, tzinfo=dt.UTC))
    # Four compact lists, and the newest in the chat's own mode; the first opens with a line of its own.
    assert headings(fake)[1:] == [f"2024-04-{number}" for number in (10, 10, 11, 12, 13, 14)]
    said = fake.in_chat(7)[before].text
    assert "2024-04-01" in said
    assert "2024-04-09" in said
    assert "/day" in said
    assert len(texts(fake)) - before == 1 + 4 + 5
    states = list(cast.days(7).values())
    assert (states.count("done"), states.count("skipped")) == (6, 9)
    await cast.run(hours=30)
    assert len(texts(fake)) - before == 10


async def test_a_machine_that_sleeps_in_mid_digest_goes_on_with_it_when_it_is_recent(fake, cast):
    cast.subscriber(7)
    fake.fail(7, *[Fail(500, "Internal Server Error")])
    await cast.run(DUE)
    assert texts(fake) == []
    await cast.run(hours=7)
    assert texts(fake) == DIGEST


@pytest.mark.parametrize("why", ["asleep", "restarted", "held back"])
async def test_what_was_begun_before_an_outage_of_two_weeks_is_skipped_and_named_with_the_others(fake, cast, why):
    cast.subscriber(7, shape=Shape.COMPACT)
    fake.fail(7, Fail(500, "Internal Server Error"))
    await cast.run(DUE)
    if why == "held back":
        cast.store.write_now(pauses.pause, None, now=DUE)
        await cast.run(hours=1)
    for number in range(1, 15):
        cast.day(f"2024-04-{number:02}")
    if why == "restarted":
        await cast.restart()
    end = dt.datetime(2024, 4, 15, 3, 0, tzinfo=dt.UTC)
    if why == "held back":
        await cast.run(end - dt.timedelta(hours=2))
        assert texts(fake) == []
        cast.store.write_now(pauses.resume, None, now=end)
    await cast.run(end)
    assert cast.days(7)["2024-03-28"] == "skipped"
    assert headings(fake) == [f"2024-04-{number}" for number in (10, 10, 11, 12, 13, 14)]
    said = fake.in_chat(7)[0].text
    assert "2024-03-28" in said
    assert "2024-04-09" in said


# --- The clock jumps ------------------------------------------------------------------------------------------------------


async def test_a_clock_that_jumps_back_sends_no_day_twice_and_is_due_again_as_it_shows(fake, cast):
    cast.subscriber(7)
    await cast.run(DUE)
    for at in (DUE - dt.timedelta(days=2), DUE - dt.timedelta(hours=1), DUE, DUE + dt.timedelta(minutes=1)):
        await cast.run(at)
    assert texts(fake) == DIGEST
    assert next_due(cast) == DUE + dt.timedelta(days=1)


async def test_a_clock_that_was_a_year_ahead_and_is_set_right_forgets_nobody(fake, cast):
    cast.subscriber(7)
    await cast.run(DUE + dt.timedelta(days=365))
    assert texts(fake) == DIGEST
    assert next_due(cast) > DUE + dt.timedelta(days=365)
    await cast.run(DUE + dt.timedelta(hours=1))
    assert next_due(cast) == DUE + dt.timedelta(days=1)
    cast.day("2024-03-29")
    await cast.run(DUE + dt.timedelta(days=1))
    assert headings(fake) == ["2024-03-28", "2024-03-29"]


async def test_what_was_put_off_by_a_clock_that_was_ahead_is_sent_when_it_is_right(fake, cast):
    cast.subscriber(7)
    fake.fail(7, Fail(500, "Internal Server Error"))
    await cast.run(DUE + dt.timedelta(days=365))
    assert texts(fake) == []
    await cast.run(DUE)
    assert texts(fake) == DIGEST


# --- Zones change -----------------------------------------------------------------------------------------------------------


def set_due(cast, at):
    def change(connection):
        targets = [row[0] for row in connection.execute("SELECT target_id FROM due")]
        due_instants.move(connection, [(target, at) for target in targets])

    cast.store.write_now(change)


async def test_due_instants_follow_a_new_zone_database_at_the_next_start(fake, cast):
    cast.subscriber(7)
    await cast.engine.tick()
    # As the old database had it: an hour later than the new one says.
    set_due(cast, DUE + dt.timedelta(hours=1))
    await cast.restart()
    await cast.engine.tick()
    assert next_due(cast) == DUE + dt.timedelta(hours=1), "the same database: nothing to think about"
    cast.store.write_now(key_values.put, "delivery", "zone database", "an older one")
    await cast.restart()
    await cast.engine.tick()
    assert next_due(cast) == DUE
    assert cast.store.read_now(key_values.get, "delivery", "zone database") == zone_database()


async def test_what_is_overdue_when_the_database_changes_is_still_sent(fake, cast):
    cast.subscriber(7)
    await cast.engine.tick()
    cast.store.write_now(key_values.put, "delivery", "zone database", "an older one")
    await cast.restart()
    await cast.run(DUE + dt.timedelta(hours=2))
    assert texts(fake) == DIGEST


def test_a_day_whose_time_the_new_rules_put_into_the_past_is_not_skipped():
    one = DueInstant(1, "Asia/Seoul", dt.time(9), tuple(range(7)), DUE + dt.timedelta(hours=1))
    # 09:30 in Seoul: by the new rules today's nine has gone by, by the old ones it is still to come.
    assert moved_instant(one, DUE + dt.timedelta(minutes=30)) == one.at
    assert moved_instant(one, DUE - dt.timedelta(minutes=30)) == DUE


async def test_every_due_instant_is_followed_however_many_there_are(fake, cast, monkeypatch):
    monkeypatch.setattr(timekeeping, "CHUNK", 4)
    for number in range(10):
        cast.subscriber(100 + number, local_time=dt.time(10))
    set_due(cast, DUE)
    cast.store.write_now(key_values.put, "delivery", "zone database", "an older one")
    assert await timekeeping.follow_zones(cast.store, cast.clock.now()) == 10
    assert {cast.chat(100 + number).subscription.next_due_at for number in range(10)} == {DUE + dt.timedelta(hours=1)}
    set_due(cast, DUE + FARTHEST)
    assert await timekeeping.follow_clock(cast.store, cast.clock.now()) == 10


# --- Somebody pauses --------------------------------------------------------------------------------------------------------


def pause(cast, until):
    def change(connection):
        chat = cast.chat(7)
        wanted = replace(chat.subscription, paused_until=dt.date.fromisoformat(until))
        subscribing.change(connection, chat, wanted, now=cast.clock.now(), settle_hour=12)

    cast.store.write_now(change)


@pytest.mark.parametrize("until", ["2024-04-12", "2024-06-28", "2025-03-28"])
async def test_who_pauses_for_weeks_is_no_sign_of_a_clock_that_was_ahead(fake, cast, until, capsys):
    cast.subscriber(7)
    pause(cast, until)
    end = dt.datetime.combine(dt.date.fromisoformat(until), dt.time(), dt.UTC)
    await cast.run(DUE)
    await cast.run(DUE + dt.timedelta(days=1))
    assert next_due(cast) == end
    assert texts(fake) == []
    assert "the clock was set back" not in capsys.readouterr().out
    await cast.run(end)
    assert texts(fake) == DIGEST


async def test_a_new_zone_database_moves_the_hour_and_not_the_end_of_a_pause(fake, cast):
    cast.subscriber(7)
    pause(cast, "2024-04-12")
    end = next_due(cast)
    set_due(cast, end + dt.timedelta(hours=1))
    assert await timekeeping.follow_zones(cast.store, cast.clock.now()) == 1
    assert next_due(cast) == end


async def test_what_a_clock_that_was_ahead_has_left_behind_a_pause_is_brought_back_to_its_end(fake, cast):
    cast.subscriber(7)
    pause(cast, "2024-04-12")
    end = next_due(cast)
    set_due(cast, end + dt.timedelta(days=365))
    await cast.run(DUE)
    assert next_due(cast) == end


async def test_a_zone_that_vanished_from_the_database_counts_as_utc_is_named_and_can_be_changed(fake, cast, capsys):
    cast.subscriber(7, time_zone="Atlantis/Capital")
    await cast.run(DUE)
    assert "Atlantis/Capital" in capsys.readouterr().out
    await cast.run(dt.datetime(2024, 3, 29, 9, 0, tzinfo=dt.UTC))
    assert texts(fake) == DIGEST
    said = []

    async def reply(message):
        said.append(message)
        return Sent("1")

    conversation = Conversation(cast.store, cast.clock, Settings(), None, None)  # type: ignore[arg-type]
    address = Address("telegram", "7")
    for text in ("/settings", "/subscribe 09:00 Asia/Seoul"):
        request = Request(address=address, kind=ChatKind.PRIVATE, text=text, reply=reply)
        answer = await conversation.answer(request)
        assert answer, text
        assert not any("went wrong" in paragraph for one in answer for paragraph in (one.heading, *one.paragraphs))
    assert cast.chat(7).subscription.time_zone == "Asia/Seoul"
