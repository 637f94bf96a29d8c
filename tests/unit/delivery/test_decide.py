"""Every rule of retrying, parking and giving up, as a table; and that no state neither ends nor waits."""

import datetime as dt
import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delivery.decide import (
    LONGEST_PAUSE,
    LONGEST_WAIT,
    MOST_ATTEMPTS,
    SHORTEST_WAIT,
    STRIKE_PAUSE,
    Arrived,
    AsPlain,
    GivenUp,
    Later,
    Parked,
    PassedOver,
    Relocated,
    Struck,
    decide,
)
from bot.model import Address, Delivery, DeliveryState
from bot.ports import Moved, NotSent, Rejected, RetryAfter, Scope, Sent, Unknown, Unreachable
from tests.unit.delivery.scene import NOW, day

HERE, THERE = Address("telegram", "1"), Address("telegram", "-1001")
DELIVERY = Delivery(
    id=1,
    target_id=1,
    address=HERE,
    list_day=day("2024-03-28"),
    selection_id=1,
    cursor=3,
    total=11,
    state=DeliveryState.READY,
)


def seconds(count):
    return NOW + dt.timedelta(seconds=count)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Sent("77", "post-5"), Arrived("77", "post-5")),
        (RetryAfter(12.5, Scope.CHAT), Later(seconds(12.5), 0, "The platform asks to wait 12.5 seconds.")),
        (RetryAfter(-1, Scope.TOKEN), Later(NOW + SHORTEST_WAIT, 0, "The platform asks to wait -1 seconds.")),
        (RetryAfter(0, Scope.CHAT), Later(NOW + SHORTEST_WAIT, 0, "The platform asks to wait 0 seconds.")),
        (RetryAfter(float("inf"), Scope.TOKEN), Later(NOW + LONGEST_WAIT, 0, "The platform asks to wait inf seconds.")),
        (Rejected("can't parse entities"), AsPlain("can't parse entities")),
        (Unreachable("bot was blocked by the user"), Parked("bot was blocked by the user")),
        (Unreachable("forbidden", vague=True), Struck(1, NOW + STRIKE_PAUSE, 1, "forbidden")),
        (Moved(THERE), Relocated(THERE, 1)),
        (Moved(HERE), Later(seconds(1), 1, "The platform says that telegram:1 moved to itself.")),
        (NotSent("no connection"), Later(seconds(1), 1, "no connection")),
        (Unknown("timed out"), Later(seconds(1), 1, "timed out")),
    ],
)
def test_each_outcome_has_its_next_state(outcome, expected):
    assert decide(outcome, DELIVERY, NOW) == expected


def test_what_is_rejected_as_plain_text_too_is_passed_over():
    assert decide(Rejected("too long"), DELIVERY, NOW, plain=True) == PassedOver("too long")


def test_pauses_double_up_to_five_minutes():
    pauses = []
    for attempts in range(12):
        step = decide(NotSent("no connection"), replace(DELIVERY, attempts=attempts), NOW)
        assert isinstance(step, Later)
        pauses.append((step.not_before - NOW).total_seconds())
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]


def test_two_days_of_failures_in_a_row_end_it():
    total, attempts = dt.timedelta(0), 0
    while isinstance(step := decide(Unknown("timed out"), replace(DELIVERY, attempts=attempts), NOW), Later):
        total, attempts = total + (step.not_before - NOW), step.attempts
    assert step == GivenUp("timed out")
    assert dt.timedelta(hours=48) <= total < dt.timedelta(hours=48) + LONGEST_PAUSE


def test_waiting_because_the_platform_asks_never_ends_it():
    step = decide(RetryAfter(3, Scope.TOKEN), replace(DELIVERY, attempts=MOST_ATTEMPTS), NOW)
    assert isinstance(step, Later)
    assert step.attempts == MOST_ATTEMPTS


@pytest.mark.parametrize(
    ("strikes", "days_ago", "expected"),
    [
        (0, None, Struck(1, NOW + STRIKE_PAUSE, 1, "forbidden")),
        (1, 0, Struck(1, NOW + STRIKE_PAUSE, 1, "forbidden")),  # the same day counts once
        (1, 1, Struck(2, NOW + STRIKE_PAUSE, 1, "forbidden")),
        (2, 0, Struck(2, NOW + STRIKE_PAUSE, 1, "forbidden")),
        (2, 1, Parked("forbidden")),
    ],
)
def test_vague_refusals_park_on_the_third_day(strikes, days_ago, expected):
    struck_at = None if days_ago is None else NOW - dt.timedelta(days=days_ago)
    step = decide(Unreachable("forbidden", vague=True), DELIVERY, NOW, strikes=strikes, struck_at=struck_at)
    assert step == expected


reasons = st.text(max_size=9)
outcomes = st.one_of(
    st.builds(Sent, reasons, reasons),
    st.builds(RetryAfter, st.floats(), st.sampled_from(Scope)),
    st.builds(Unreachable, reasons, st.booleans()),
    st.builds(Moved, st.sampled_from([HERE, THERE])),
    st.builds(Rejected, reasons),
    st.builds(NotSent, reasons),
    st.builds(Unknown, reasons),
)


@given(
    outcome=outcomes,
    attempts=st.integers(0, MOST_ATTEMPTS + 5),
    plain=st.booleans(),
    strikes=st.integers(0, 5),
    struck_at=st.none() | st.datetimes(dt.datetime(2024, 3, 1), dt.datetime(2024, 3, 28), timezones=st.just(dt.UTC)),
)
def test_every_state_goes_on_or_ends_or_waits_for_an_instant(outcome, attempts, plain, strikes, struck_at):
    delivery = replace(DELIVERY, attempts=attempts)
    match decide(outcome, delivery, NOW, plain=plain, strikes=strikes, struck_at=struck_at):
        case Arrived() | PassedOver() | Parked() | GivenUp():
            pass
        case AsPlain():
            assert not plain  # so the next step is another one
        case Later(not_before, after):
            assert NOW + SHORTEST_WAIT <= not_before <= NOW + LONGEST_WAIT
            # What the platform asks for is no failure; a failure always counts, so that it ends some day.
            assert after == attempts if isinstance(outcome, RetryAfter) else attempts < after <= MOST_ATTEMPTS
        case Struck(count, not_before, after):
            assert NOW < not_before <= NOW + LONGEST_WAIT
            assert strikes <= count < 3
            assert after > attempts
        case Relocated(to, after):
            assert to != delivery.address
            assert after > attempts


failures = st.one_of(
    st.builds(RetryAfter, st.floats(-1, 1e6), st.sampled_from(Scope)),
    st.builds(Unreachable, reasons, st.booleans()),
    st.builds(Moved, st.sampled_from([HERE, THERE, Address("telegram", "-1002")])),
    st.builds(Rejected, reasons),
    st.builds(NotSent, reasons),
    st.builds(Unknown, reasons),
)


@given(circle=st.lists(failures, min_size=1, max_size=5))
@settings(max_examples=200, deadline=None)
def test_whatever_comes_round_and_round_a_message_ends_or_waits_and_never_turns_in_a_circle(circle):
    """As the engine does it. A platform that asks to wait for ever is obeyed for ever; all else ends within days."""
    delivery, now, plain, strikes, struck_at = DELIVERY, NOW, False, 0, None
    patient = any(isinstance(one, RetryAfter) for one in circle)
    most, waits = 200 if patient else (MOST_ATTEMPTS + 2) * 2 * len(circle), 0
    for sends, outcome in enumerate(itertools.cycle(circle)):
        if sends == most:
            assert patient, "it never ends"
            # In each round it waits at least once, and each wait takes time.
            assert waits >= most // len(circle)
            assert now - NOW >= waits * SHORTEST_WAIT
            return
        step = decide(outcome, delivery, now, plain=plain, strikes=strikes, struck_at=struck_at)
        plain = isinstance(step, AsPlain)
        match step:
            case Arrived() | PassedOver() | Parked() | GivenUp():
                return
            case Relocated(to, attempts):
                delivery = replace(delivery, address=to, attempts=attempts)
            case Struck(count, not_before, attempts, _):
                strikes, struck_at, waits = count, now, waits + 1
                delivery, now = replace(delivery, attempts=attempts), not_before
            case Later(not_before, attempts, _):
                delivery, now, waits = replace(delivery, attempts=attempts), not_before, waits + 1
