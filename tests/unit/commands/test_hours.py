"""Hours of the day as people write them."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands.hours import NoHour, read_hour


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("9", "09:00"), ("09:00", "09:00"), ("9:05", "09:05"), ("21", "21:00"), ("0", "00:00"), ("9.30", "09:30"),
        ("0930", "09:30"), ("930", "09:30"), ("2130", "21:30"), ("12:34:56", "12:34"), ("２１：３０", "21:30"),
        ("9am", "09:00"), ("9 a.m.", "09:00"), ("9:30 PM", "21:30"), ("12am", "00:00"), ("12 pm", "12:00"),
        ("at 9", "09:00"), ("9 o'clock", "09:00"), ("noon", "12:00"), ("midnight", "00:00"),
        ("21시", "21:00"), ("9시에", "09:00"), ("9시 반", "09:30"), ("9시30분", "09:30"), ("매일 9시", "09:00"),
        ("오전 9시", "09:00"), ("오후 9시 30분", "21:30"), ("오후9시반", "21:30"), ("오후 9:30", "21:30"),
        ("오전 12시", "00:00"), ("오후 12시", "12:00"), ("아홉 시", "09:00"), ("열두시 반", "12:30"),
        ("아침 8시", "08:00"), ("새벽 5시", "05:00"), ("저녁 7시", "19:00"), ("밤 9시", "21:00"), ("밤 12시", "00:00"),
        ("밤 1시", "01:00"), ("낮 12시", "12:00"), ("낮 1시", "13:00"), ("정오", "12:00"), ("자정", "00:00"),
        ("오후 21시", "21:00"), ("21:00 PM", "21:00"),
    ],
)  # fmt: skip
def test_hours_are_read(text, time):
    assert read_hour(text) == dt.time.fromisoformat(time)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("午前9時", "09:00"), ("午後9時", "21:00"), ("午後9時半", "21:30"), ("21時", "21:00"), ("9時半", "09:30"), ("9時30分", "09:30"),
        ("九時", "09:00"), ("２１時３０分", "21:30"), ("朝8時", "08:00"), ("夜9時", "21:00"), ("夜の9時", "21:00"), ("深夜1時", "01:00"),
        ("夕方6時", "18:00"), ("昼の1時", "13:00"), ("正午", "12:00"), ("毎日9時", "09:00"), ("毎日 午前9時に", "09:00"), ("午前0時", "00:00"),
        ("午後0時", "12:00"), ("午後9:30", "21:30"),
        ("上午9点", "09:00"), ("下午3点", "15:00"), ("晚上9点半", "21:30"), ("早上8点", "08:00"), ("中午12点", "12:00"), ("中午1点", "13:00"),
        ("凌晨5点", "05:00"), ("21点", "21:00"), ("9点30分", "09:30"), ("9点30", "09:30"), ("九点三十", "09:30"), ("二十一点", "21:00"),
        ("晚上九点一刻", "21:15"), ("九点三刻", "09:45"), ("两点", "02:00"), ("9点钟", "09:00"), ("每天上午9点", "09:00"), ("9點", "09:00"),
        ("傍晚6点", "18:00"), ("半夜12点", "00:00"), ("上午9:30", "09:30"), ("零点", "00:00"),
    ],
)  # fmt: skip
def test_hours_of_japanese_and_chinese_are_read(text, time):
    assert read_hour(text) == dt.time.fromisoformat(time)


@pytest.mark.parametrize(
    ("text", "offer"),
    [
        ("深夜25時", "01:00"),
        ("上午13点", "13:00"),
        ("24:00", "00:00"),
        ("24시", "00:00"),
        ("25:30", "01:30"),
        ("9:75", "09:00"),
        ("오전 13시", "13:00"),
        ("13am", "13:00"),
    ],
)
def test_an_hour_that_no_clock_has_offers_the_nearest(text, offer):
    assert read_hour(text) == NoHour(impossible=True, offer=dt.time.fromisoformat(offer))


def test_an_hour_inside_a_sentence_is_offered():
    assert read_hour("maybe around 9:30?") == NoHour(offer=dt.time(9, 30))


@pytest.mark.parametrize("text", ["", "nine", "Seoul", "-1", "12345", "시", "am", "時", "半", "毎日", "北京"])
def test_other_words_are_no_hour(text):
    assert read_hour(text) == NoHour()


def test_an_hour_far_beyond_the_day_offers_nothing():
    assert read_hour("99:00") == NoHour(impossible=True)


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text):
    assert isinstance(read_hour(text), dt.time | NoHour)


PIECES = [
    "午前",
    "午後",
    "上午",
    "晚上",
    "夜",
    "の",
    "時",
    "时",
    "点",
    "分",
    "半",
    "刻",
    "一",
    "十",
    "百",
    "〇",
    "3",
    "21",
    ":",
    "毎日",
    "每天",
    "に",
    "钟",
    "零",
    "两",
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_any_mix_of_signs_is_read_or_refused(text):
    assert isinstance(read_hour(text), dt.time | NoHour)


@settings(deadline=None)
@given(st.times())
def test_every_minute_is_read_back(time):
    minute = time.replace(second=0, microsecond=0)
    assert read_hour(f"{minute:%H:%M}") == minute
    assert read_hour(f"{minute:%I:%M %p}") == minute
    assert read_hour(f"{minute.hour}시 {minute.minute}분") == minute
    assert read_hour(f"{minute.hour}時{minute.minute}分") == minute
    assert read_hour(f"{minute.hour}点{minute.minute}分") == minute
