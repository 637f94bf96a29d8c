"""The calendar of list days: when a day is settled and closed, and which are asked for."""

import dataclasses
import datetime as dt

import pytest

from bot.digest.list_days import days_to_refresh, gaps, is_complete, is_due_again, state_after_fetch
from bot.model import ListDay, ListDayState, Origin

DAY = dt.date(2024, 3, 28)


def at(text):
    return dt.datetime.fromisoformat(f"2024-{text}:00+00:00")


@pytest.mark.parametrize(
    ("papers", "instant", "hour", "state"),
    [
        (10, "03-27T22:00", 12, ListDayState.OPEN),
        (10, "03-28T11:59", 12, ListDayState.OPEN),
        (10, "03-28T12:00", 12, ListDayState.SETTLED),
        (10, "03-28T07:00", 7, ListDayState.SETTLED),
        (10, "03-29T02:59", 12, ListDayState.SETTLED),
        (10, "03-29T03:00", 12, ListDayState.CLOSED),
        (0, "03-28T12:00", 12, ListDayState.OPEN),
        (0, "03-29T02:59", 12, ListDayState.OPEN),
        (0, "03-29T03:00", 12, ListDayState.CLOSED),
        (10, "05-01T00:00", 12, ListDayState.CLOSED),
    ],
)
def test_what_a_day_is_after_a_complete_fetch(papers, instant, hour, state):
    assert state_after_fetch(DAY, papers, at(instant), hour) is state


def known(day, state, origin=Origin.HUB, fetched_at=None):
    return ListDay(day=day, state=state, origin=origin, papers=1, fetched_at=fetched_at)


@pytest.mark.parametrize(
    ("one", "complete"),
    [
        (None, False),
        (known(DAY, ListDayState.WANTED), False),
        (known(DAY, ListDayState.SETTLED, fetched_at=at("03-28T13:00")), False),
        (known(DAY, ListDayState.CLOSED, fetched_at=at("03-29T03:00")), True),
        (known(DAY, ListDayState.CLOSED), False),
        (known(DAY, ListDayState.CLOSED, Origin.ARCHIVE), False),
        (known(DAY, ListDayState.CLOSED, Origin.SAMPLE), False),
        (known(DAY, ListDayState.CLOSED, Origin.ARCHIVE, fetched_at=at("03-28T13:00")), False),
        (known(DAY, ListDayState.CLOSED, Origin.ARCHIVE, fetched_at=at("03-29T13:00")), True),
    ],
)
def test_when_the_hub_has_nothing_more_to_say_of_a_day(one, complete):
    assert is_complete(one) is complete


def days(*numbers):
    return [dt.date(2024, 3, number) for number in numbers]


def test_a_new_store_asks_for_today_and_the_last_three_days():
    assert days_to_refresh(at("03-28T08:50"), []) == days(28, 27, 26, 25)


def test_what_is_complete_is_not_asked_for_again_but_today_always_is():
    closed = [known(day, ListDayState.CLOSED, fetched_at=at("03-28T08:00")) for day in days(28, 27, 25)]
    assert days_to_refresh(at("03-28T08:50"), closed) == days(28, 26)


def test_gaps_are_filled_back_to_the_first_day_that_was_fetched():
    fetched = [known(dt.date(2024, 3, 20), ListDayState.OPEN, fetched_at=at("03-20T08:00"))]
    assert days_to_refresh(at("03-28T08:50"), fetched) == days(28, 27, 26, 25, 24, 23, 22, 21, 20)


def test_gaps_are_filled_at_most_fourteen_days_back():
    fetched = [known(dt.date(2024, 3, 1), ListDayState.CLOSED, fetched_at=at("03-02T08:00"))]
    assert days_to_refresh(at("03-28T08:50"), fetched)[-1] == dt.date(2024, 3, 14)


def test_imported_days_and_the_sample_are_no_start():
    imported = [
        known(dt.date(2024, 3, 20), ListDayState.CLOSED),
        known(dt.date(2024, 3, 21), ListDayState.CLOSED, Origin.ARCHIVE),
        known(dt.date(2024, 3, 22), ListDayState.CLOSED, Origin.SAMPLE),
    ]
    assert days_to_refresh(at("03-28T08:50"), imported) == days(28, 27, 26, 25)


def test_a_closed_list_is_asked_for_again_one_two_four_and_seven_days_later_and_then_no_more():
    asked = []
    one = known(DAY, ListDayState.CLOSED, fetched_at=at("03-29T03:50"))
    for hour in range(24 * 14):
        now = at("03-29T03:50") + dt.timedelta(hours=hour)
        if DAY in days_to_refresh(now, [one]) and now.date() != DAY:
            asked.append(now.strftime("%m-%d %H:%M"))
            one = known(DAY, ListDayState.CLOSED, fetched_at=now)
    assert asked == ["03-30 03:50", "03-31 03:50", "04-02 03:50", "04-05 03:50"]


def test_an_empty_weekend_is_not_asked_for_again():
    saturday = dataclasses.replace(known(dt.date(2024, 3, 30), ListDayState.CLOSED, fetched_at=at("03-31T03:50")), papers=0)
    assert not is_due_again(saturday, at("04-02T03:50"))


def test_gaps_are_days_since_the_first_fetch_of_which_the_hub_has_not_said_its_last_word():
    every = [
        known(dt.date(2024, 3, 22), ListDayState.CLOSED, fetched_at=at("03-23T08:00")),
        known(dt.date(2024, 3, 25), ListDayState.SETTLED, fetched_at=at("03-25T13:00")),
        known(dt.date(2024, 3, 26), ListDayState.CLOSED, Origin.ARCHIVE),
        known(dt.date(2024, 3, 27), ListDayState.WANTED),
    ]
    assert gaps(at("03-28T08:50"), every) == days(27, 26, 25, 24, 23)
    assert gaps(at("03-28T08:50"), every, 2) == days(27, 26)
    assert gaps(at("03-28T08:50"), []) == []
