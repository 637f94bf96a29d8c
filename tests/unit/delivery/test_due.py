"""Due instants, expected days and owed days, as tables of known cases and by hypothesis over all zones."""

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.due import expected_day, next_due_at, owed_days

EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)


def utc(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def day(text):
    return dt.date.fromisoformat(text)


def due(zone, local, after, weekdays=EVERY_DAY):
    return next_due_at(time_zone=zone, local_time=dt.time.fromisoformat(local), weekdays=weekdays, after=utc(after))


@pytest.mark.parametrize(
    ("zone", "local", "after", "expected"),
    [
        ("Asia/Seoul", "09:00", "2024-03-28T10:00", "2024-03-29T00:00"),
        ("Asia/Seoul", "09:00", "2024-03-28T23:59:59", "2024-03-29T00:00"),
        ("Asia/Kathmandu", "09:00", "2024-03-28T10:00", "2024-03-29T03:15"),
        ("America/New_York", "09:00", "2024-07-01T00:00", "2024-07-01T13:00"),
        ("America/New_York", "09:00", "2024-12-01T00:00", "2024-12-01T14:00"),
        ("Pacific/Kiritimati", "00:00", "2024-03-28T10:00", "2024-03-29T10:00"),
    ],
)
def test_is_due_when_the_clocks_of_the_zone_show_the_time(zone, local, after, expected):
    assert due(zone, local, after) == utc(expected)


def test_is_due_strictly_after_the_instant_asked_about():
    assert due("Asia/Seoul", "09:00", "2024-03-29T00:00") == utc("2024-03-30T00:00")


def test_weekdays_are_those_of_the_zone_not_of_utc():
    # Monday 07:00 in Auckland is Sunday evening in UTC.
    assert due("Pacific/Auckland", "07:00", "2024-06-14T00:00", weekdays=(0,)) == utc("2024-06-16T19:00")


@pytest.mark.parametrize(
    ("zone", "local", "after", "expected"),
    [
        # 02:00 to 03:00 is skipped on 2024-03-10 in New York; the clocks jump at 07:00 UTC.
        ("America/New_York", "02:30", "2024-03-10T00:00", "2024-03-10T07:00"),
        # Half an hour only: Lord Howe Island, 2024-10-06, at 15:30 UTC of the eve.
        ("Australia/Lord_Howe", "02:15", "2024-10-05T14:00", "2024-10-05T15:30"),
        # Midnight itself is skipped: Beirut, 2024-03-31, at 22:00 UTC of the eve.
        ("Asia/Beirut", "00:30", "2024-03-30T21:00", "2024-03-30T22:00"),
        # Samoa had no 2011-12-30 at all: the first instant after it is midnight of the 31st.
        ("Pacific/Apia", "09:00", "2011-12-29T20:00", "2011-12-30T10:00"),
    ],
)
def test_a_time_that_the_day_skips_is_the_first_instant_after_the_gap(zone, local, after, expected):
    assert due(zone, local, after) == utc(expected)


def test_a_time_that_comes_twice_is_due_at_its_first_coming_only():
    # 01:30 on 2024-11-03 in New York: 05:30 UTC in summer time, and again at 06:30.
    assert due("America/New_York", "01:30", "2024-11-03T00:00") == utc("2024-11-03T05:30")
    assert due("America/New_York", "01:30", "2024-11-03T05:30") == utc("2024-11-04T06:30")


def test_a_zone_that_the_machine_does_not_know_counts_as_utc():
    assert due("Atlantis/Capital", "09:00", "2024-03-28T10:00") == utc("2024-03-29T09:00")


def test_no_weekday_at_all_is_refused():
    with pytest.raises(ValueError, match="at least one weekday"):
        due("Asia/Seoul", "09:00", "2024-03-28T10:00", weekdays=())


def meant_day(shown, local):
    """The day whose time it is: Nuuk skips the last hour of a Saturday, so that Saturday's 23:30 is Sunday's midnight."""
    return shown.date() if shown.time() >= local else shown.date() - dt.timedelta(days=1)


ZONES = sorted(zoneinfo.available_timezones() - {"localtime", "Factory"})
instants = st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2030, 1, 1), timezones=st.just(dt.UTC))
times = st.times().map(lambda time: time.replace(second=0, microsecond=0))


@given(zone=st.sampled_from(ZONES), local=times, after=instants)
def test_every_due_instant_shows_its_time_or_stands_right_after_the_gap_that_holds_it(zone, local, after):
    instant = next_due_at(time_zone=zone, local_time=local, weekdays=EVERY_DAY, after=after)
    shown = instant.astimezone(zoneinfo.ZoneInfo(zone))
    assert dt.timedelta(0) < instant - after <= dt.timedelta(days=2)
    if shown.time() != local:
        eve = (instant - dt.timedelta(seconds=1)).astimezone(zoneinfo.ZoneInfo(zone)).replace(tzinfo=None)
        assert eve < dt.datetime.combine(meant_day(shown, local), local) < shown.replace(tzinfo=None)
    else:
        assert shown.fold == 0


@given(zone=st.sampled_from(ZONES), local=times, after=instants, weekdays=st.sets(st.integers(0, 6), min_size=1))
def test_due_instants_go_forward_one_local_day_each(zone, local, after, weekdays):
    zone_info = zoneinfo.ZoneInfo(zone)
    days = []
    for _ in range(8):
        after = next_due_at(time_zone=zone, local_time=local, weekdays=weekdays, after=after)
        days.append(meant_day(after.astimezone(zone_info), local))
    assert days == sorted(set(days))
    assert {found.weekday() for found in days} <= weekdays


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2024-03-28T11:59:59", "2024-03-27"),
        ("2024-03-28T12:00", "2024-03-28"),
        ("2024-03-29T00:00", "2024-03-28"),
        ("2024-03-30T12:00", "2024-03-29"),  # Saturday
        ("2024-04-01T11:00", "2024-03-29"),  # Monday morning
        ("2024-04-01T12:00", "2024-04-01"),
    ],
)
def test_expected_is_the_newest_weekday_whose_settle_hour_has_come(at, expected):
    assert expected_day(utc(at), 12) == day(expected)


@pytest.mark.parametrize(
    ("zone", "local", "behind"),
    [
        ("Asia/Seoul", "09:00", 1),
        ("Europe/London", "08:00", 1),
        ("Australia/Sydney", "20:00", 1),
        ("America/New_York", "09:00", 0),
        ("America/Los_Angeles", "07:00", 0),
    ],
)
def test_places_read_the_same_list_day_in_every_phase_of_daylight_saving(zone, local, behind):
    after = utc("2024-01-01T00:00")
    for _ in range(366):
        after = due(zone, local, after.replace(tzinfo=None).isoformat())
        today = after.astimezone(zoneinfo.ZoneInfo(zone)).date()
        list_day = today - dt.timedelta(days=behind)
        if list_day.weekday() < 5:
            assert expected_day(after, 12) == list_day


WEEK = [day(f"2024-03-{number}") for number in (20, 21, 22, 25, 26, 27, 28)]


@pytest.mark.parametrize(
    ("floor", "had", "owed", "skipped"),
    [
        (WEEK[-2], [], WEEK[-1:], []),  # a new subscriber
        (WEEK[-4], WEEK[-3:-1], WEEK[-1:], []),  # an ordinary morning
        (WEEK[1], [], WEEK[2:], []),  # exactly five
        (WEEK[0], [], WEEK[2:], WEEK[1:2]),
        (day("2024-01-01"), [], WEEK[2:], WEEK[:2]),
        (day("2024-01-01"), [WEEK[0], WEEK[4]], [WEEK[2], WEEK[3], WEEK[5], WEEK[6]], [WEEK[1]]),
        (WEEK[-1], [], [], []),
        (None, [], WEEK[-1:], []),  # nothing was known at subscribing
        (None, WEEK[-1:], [], []),
    ],
)
def test_owed_are_the_last_five_days_after_the_floor_that_were_not_had(floor, had, owed, skipped):
    assert owed_days(reversed(WEEK), floor, had) == (owed, skipped)


days = st.dates(dt.date(2024, 1, 1), dt.date(2024, 3, 1))


@given(known=st.sets(days), floor=days, had=st.sets(days))
def test_each_day_is_owed_or_skipped_or_had_or_below_the_floor(known, floor, had):
    owed, skipped = owed_days(known, floor, had)
    assert len(owed) <= 5
    assert list(owed) == sorted(owed)
    assert list(skipped) == sorted(skipped)
    assert not skipped or not owed or skipped[-1] < owed[0]
    assert {*owed, *skipped} == {one for one in known if one > floor and one not in had}
