"""Rate and time to go from counts."""

import datetime as dt

import pytest

from bot.delivery.progress import Pulse, duration, sent_between
from bot.store.delivery_counts import DayCounts, Underway

DAY, EVE = dt.date(2024, 3, 28), dt.date(2024, 3, 27)
EMPTY = Underway(chats_left=0, messages_left=0, days={})


def counts(done, *, of=100, day=DAY, **more):
    chats = {"chats": 10, "done": done // 10, "waiting": 0, "ready": 10 - done // 10, "parked": 0, "failed": 0}
    one = DayCounts(**{**chats, "rejected": 0, "messages": of, "messages_done": done, **more})
    return Underway(chats_left=one.ready, messages_left=of - done, days={day: one})


def test_nothing_is_being_sent():
    assert Pulse().progress(0, EMPTY) is None


def test_one_look_gives_no_rate():
    progress = Pulse().progress(0, counts(20))
    assert progress is not None
    assert (progress.messages_done, progress.messages, progress.messages_left) == (20, 100, 80)
    assert (progress.rate, progress.seconds_left) == (None, None)


def test_two_looks_give_a_rate_and_the_time_to_go():
    pulse = Pulse()
    pulse.progress(0, counts(20))
    progress = pulse.progress(4, counts(40))
    assert progress is not None
    assert (progress.rate, progress.seconds_left) == (5.0, 12.0)


def test_the_rate_is_that_of_the_last_half_minute():
    pulse = Pulse()
    for second in range(0, 100, 10):
        pulse.progress(second, counts(0 if second < 60 else second - 60))
    progress = pulse.progress(100, counts(40))
    assert progress is not None
    assert progress.rate == pytest.approx(1.0)


def test_a_standstill_has_no_time_to_go():
    pulse = Pulse()
    pulse.progress(0, counts(20))
    progress = pulse.progress(10, counts(20))
    assert progress is not None
    assert (progress.rate, progress.seconds_left) == (0, None)


def test_a_list_day_that_comes_in_between_is_no_leap():
    both = Underway(chats_left=1, messages_left=1, days={**counts(30).days, **counts(90, day=EVE).days})
    assert sent_between(counts(20), both) == 10
    assert sent_between(counts(90), counts(0)) == 0  # begun anew


def test_several_list_days_are_told_as_one():
    both = Underway(chats_left=1, messages_left=1, days={**counts(30).days, **counts(90, day=EVE, parked=2).days})
    progress = Pulse().progress(0, both)
    assert progress is not None
    assert (progress.list_day, progress.messages_done, progress.parked) == (DAY, 120, 2)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (12.4, "12 s"), (89, "89 s"), (660, "11 min"), (7200, "2 h 00 min"), (366000, "101 h 40 min")],
)
def test_a_time_to_go_as_a_person_says_it(seconds, said):
    assert duration(seconds) == said
