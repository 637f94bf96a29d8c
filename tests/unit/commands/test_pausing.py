"""/pause and /resume."""

import datetime as dt

import pytest

from tests.unit.commands.conftest import GROUP, no
from tests.unit.commands.taps import tapping


@pytest.fixture
async def reader(scene):
    await scene.fetched("2024-03-28")
    await scene.ask("/subscribe 09:00 Seoul")
    return scene


def order_of(scene):
    return scene.chat().subscription


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("until 2024-04-05", "2024-04-05"),
        ("2 weeks", "2024-04-12"),
        ("다음 주 월요일까지", "2024-04-01"),
        ("friday", "2024-04-05"),
    ],
)
async def test_nothing_comes_until_the_day(reader, text, until):
    words = await reader.words(f"/pause {text}")
    assert "Paused; the next digest comes on" in words
    assert "five lists at most" in words
    day = dt.date.fromisoformat(until)
    assert order_of(reader).paused_until == day
    # Nine in Seoul is midnight in UTC.
    assert order_of(reader).next_due_at == dt.datetime.combine(day, dt.time(), dt.UTC)
    assert "Paused; the next digest comes on" in await reader.words("/settings")


async def test_a_pause_is_ended_before_its_day(reader):
    taps = await tapping(reader, "/pause 2 weeks")
    words = await taps.tap("End the pause")
    assert "Subscribed; the next digest comes on Fri, Mar 29, 09:00 (Seoul time)" in words
    assert order_of(reader).paused_until is None
    await reader.ask("/pause 2 weeks")
    assert "The pause is over." in await reader.words("/resume")
    assert "There is no pause." in await reader.words("/resume")


async def test_the_hour_is_changed_while_it_is_paused_and_the_pause_stays(reader):
    await reader.ask("/pause until 2024-04-05")
    await reader.ask("/settings time 21:00")
    assert order_of(reader).next_due_at == dt.datetime(2024, 4, 5, 12, 0, tzinfo=dt.UTC)


async def test_subscribing_again_and_unsubscribing_end_a_pause(reader):
    await reader.ask("/pause 2 weeks")
    await reader.ask("/subscribe 09:00 Seoul")
    assert order_of(reader).paused_until is None
    await reader.ask("/pause 2 weeks")
    await reader.ask("/unsubscribe")
    assert order_of(reader).paused_until is None


async def test_with_nothing_said_lengths_are_offered(reader):
    taps = await tapping(reader, "/pause")
    await taps.tap("7 days")
    assert order_of(reader).paused_until == dt.date(2024, 4, 5)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("until 2024-01-01", "2024-01-01 (Mon) is over already."),
        ("3 years", "A pause lasts a year at most."),
        ("whenever", "I cannot read “whenever” as a day."),
        ("until 2024-02-30", "The calendar has no day"),
    ],
)
async def test_a_day_that_cannot_be_has_its_own_sentence(reader, text, said):
    assert said in await reader.words(f"/pause {text}")
    assert order_of(reader).paused_until is None


async def test_who_is_not_subscribed_has_nothing_to_pause(scene):
    assert "not subscribed" in await scene.words("/pause 2 weeks")
    assert "not subscribed" in await scene.words("/resume")
    assert scene.chat() is None


async def test_in_a_group_only_admins_pause(reader):
    await reader.in_group("/subscribe")
    for text in ("/pause 2 weeks", "/resume"):
        (message,) = await reader.in_group(text, may_change=no)
        assert "Only the admins" in message.paragraphs[0]
    assert reader.chat(GROUP).subscription.paused_until is None
