"""Days until which something lasts, counted forward."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.dates import DateFault, NoDate
from bot.commands.untils import read_until

TODAY = dt.date(2024, 3, 28)  # a Thursday


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("until 2024-04-05", "2024-04-05"), ("4월 5일까지", "2024-04-05"), ("april 5", "2024-04-05"), ("March 1", "2025-03-01"),
        ("friday", "2024-03-29"), ("until next monday", "2024-04-01"), ("금요일까지", "2024-03-29"), ("다음 주 월요일", "2024-04-01"),
        ("来週の月曜まで", "2024-04-01"), ("到周五", "2024-03-29"), ("tomorrow", "2024-03-29"), ("내일까지", "2024-03-29"),
        ("2 weeks", "2024-04-11"), ("for a week", "2024-04-04"), ("2주", "2024-04-11"), ("사흘", "2024-03-31"), ("3日間", "2024-03-31"),
        ("两周", "2024-04-11"), ("a month", "2024-04-28"), ("3일", "2024-03-31"), ("15일", "2024-04-12"), ("15일간", "2024-04-12"),
        ("15일까지", "2024-04-15"), ("30日", "2024-04-27"), ("30日まで", "2024-03-30"), ("到30日", "2024-03-30"),
        ("31", "2024-03-31"), ("2/29", "2028-02-29"), ("2024-03-01", "2024-03-01"), ("today", "2024-03-28"),
    ],
)  # fmt: skip
def test_a_day_or_a_length_is_the_next_one(text, day):
    assert read_until(text, TODAY) == dt.date.fromisoformat(day)


@pytest.mark.parametrize("text", ["", "until", "whenever", "x" * 50])
def test_what_is_no_day_is_none(text):
    read = read_until(text, TODAY)
    assert isinstance(read, NoDate)
    assert read.fault is DateFault.UNREADABLE


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_day_or_none(text):
    assert isinstance(read_until(text, TODAY), dt.date | NoDate)
