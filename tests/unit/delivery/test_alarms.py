"""When an operator is told, and that it happens once: a table, and any sequence of facts."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.alarm_texts import text
from bot.delivery.alarms import (
    DELIVERIES,
    FETCH,
    Alarm,
    Facts,
    Trouble,
    after_telling,
    begun,
    ended,
    is_closed,
    step,
    to_tell,
)
from bot.locales import LANGUAGES
from bot.model import ListDay, ListDayState, Origin

DAY = dt.date(2024, 3, 28)
NOON = dt.datetime(2024, 3, 28, 12, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
ADMINS = ("telegram:1", "discord:2")

FINE = Facts(
    now=NOON + 3 * HOUR, undisturbed_since=NOON - 10 * HOUR, paused=False, behind=0, behind_reason="", expected=DAY,
    settle_hour=12, listed=None, platforms={"telegram": None, "discord": None},
)  # fmt: skip
DEAD = {"discord": Trouble(reason="401", refused=True), "telegram": None}


def listed(*, failed_ago=None, fetched_ago=None, state=ListDayState.WANTED, now=FINE.now):
    return ListDay(
        day=DAY, state=state, origin=Origin.HUB, papers=0, last_error="503" if failed_ago is not None else "",
        failed_at=None if failed_ago is None else now - failed_ago, fetched_at=None if fetched_ago is None else now - fetched_ago,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "alarm"),
    [
        (FINE, None),
        (replace(FINE, behind=3), DELIVERIES),
        (replace(FINE, behind=3, paused=True), None),
        (replace(FINE, behind=3, undisturbed_since=FINE.now - HOUR), None),  # started, or resumed, an hour ago
        (replace(FINE, listed=listed(failed_ago=HOUR / 2)), FETCH),
        (replace(FINE, listed=listed(failed_ago=HOUR / 2, fetched_ago=4 * HOUR, state=ListDayState.OPEN)), FETCH),
        (replace(FINE, listed=listed(failed_ago=HOUR / 2, fetched_ago=HOUR, state=ListDayState.OPEN)), None),
        (replace(FINE, listed=listed(failed_ago=5 * HOUR)), None),  # nobody has asked since: the machine was off
        (replace(FINE, listed=listed(failed_ago=HOUR / 2, state=ListDayState.SETTLED)), None),
        (replace(FINE, now=NOON + HOUR, listed=listed(failed_ago=HOUR / 2, now=NOON + HOUR)), None),  # it may settle yet
        (replace(FINE, platforms=DEAD), "platform:discord"),
        (replace(FINE, platforms={}), None),
    ],
)
def test_there_is_reason_for_an_alarm(facts, alarm):
    assert list(begun(facts)) == ([] if alarm is None else [alarm])
    assert not begun(facts).keys() & ended(facts)


def test_what_is_neither_begun_nor_ended_stays_through_a_restart_and_a_pause():
    known = step([], replace(FINE, behind=3), ADMINS)
    for facts in (
        replace(FINE, behind=3, undisturbed_since=FINE.now),
        replace(FINE, behind=0, paused=True),
        replace(FINE, behind=5),
    ):
        assert step(known.values(), facts, ADMINS) == known


def test_each_chat_is_told_once_that_it_began_and_once_that_it_is_over():
    alarm = step([], replace(FINE, platforms=DEAD), ADMINS)["platform:discord"]
    assert to_tell(alarm, ADMINS) == list(ADMINS)
    alarm = after_telling(alarm, "telegram:1")
    assert to_tell(alarm, ADMINS) == ["discord:2"]
    alarm = step([alarm], FINE, ADMINS)["platform:discord"]
    # Who was never told that it began is not told that it is over.
    assert to_tell(alarm, ADMINS) == ["telegram:1"]
    alarm = after_telling(alarm, "telegram:1")
    assert is_closed(alarm, ADMINS)
    assert step([alarm], FINE, ADMINS) == {}


def test_an_alarm_that_comes_again_before_its_end_was_told_is_the_same_one():
    alarm = after_telling(step([], replace(FINE, behind=3), ADMINS)[DELIVERIES], "telegram:1")
    over = step([alarm], FINE, ADMINS)
    again = step(over.values(), replace(FINE, behind=3), ADMINS)
    assert again == {DELIVERIES: alarm}


def test_an_alarm_that_nobody_was_told_of_ends_in_silence():
    known = step([], replace(FINE, behind=3), ())
    assert step(known.values(), FINE, ()) == {}
    told = after_telling(known[DELIVERIES], "telegram:1")
    assert step([told], FINE, ("discord:2",)) == {}  # who was told is no operator's chat any more


@given(st.lists(st.tuples(st.integers(0, 2), st.booleans(), st.booleans(), st.booleans())))
def test_nobody_is_told_twice_in_a_row_that_it_began_or_that_it_is_over(history):
    known: dict[str, Alarm] = {}
    heard: dict[str, list[bool]] = {chat: [] for chat in ADMINS}
    for behind, paused, restarted, sends in history:
        since = FINE.now if restarted else FINE.undisturbed_since
        facts = replace(FINE, behind=behind, paused=paused, undisturbed_since=since)
        known = step(known.values(), facts, ADMINS)
        for name, alarm in list(known.items()):
            for chat in to_tell(alarm, ADMINS) if sends else ():
                heard[chat].append(alarm.over)
                known[name] = after_telling(known[name], chat)
    for told in heard.values():
        assert told == [bool(at % 2) for at in range(len(told))]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "facts",
    [
        replace(FINE, behind=1200, behind_reason="503"),
        replace(FINE, listed=listed(failed_ago=HOUR)),
        replace(FINE, platforms=DEAD),
    ],
)
def test_an_alarm_reads_as_a_sentence_with_its_reason(facts, language):
    (alarm,) = step([], facts, ADMINS).values()
    message = text(alarm, language)
    assert any(word in message.heading for word in ("1200", "2024-03-28", "Discord"))
    assert any("503" in line or "401" in line for line in message.paragraphs)
    assert text(replace(alarm, over=True), language).heading.startswith(
        {"ko": "해결됨", "en": "Over: ", "ja": "解決：", "zh-Hans": "已恢复："}[language]
    )
