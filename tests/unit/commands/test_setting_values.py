"""Settings and their values as people write them."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands.setting_values import SETTINGS, NoValue, Setting, nearest_setting, read_setting, setting_name
from bot.model import Shape

WORKDAYS = (0, 1, 2, 3, 4)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("time", "time"),
        ("시간대", "zone"),
        ("요일", "weekdays"),
        ("언어", "language"),
        ("형태", "shape"),
        ("개수", "top"),
        ("추천수", "votes"),
        ("VOTES", "votes"),
    ],
)
def test_settings_are_known_by_their_names(typed, name):
    assert setting_name(typed) == name


@pytest.mark.parametrize(
    ("typed", "name"), [("tmie", "time"), ("langauge", "language"), ("요알", "weekdays"), ("qqq", None)]
)
def test_a_mistyped_setting_offers_the_nearest(typed, name):
    assert setting_name(typed) is None
    assert nearest_setting(typed) == name


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon-fri", WORKDAYS), ("Monday to Friday", WORKDAYS), ("월-금", WORKDAYS), ("월~금", WORKDAYS), ("월요일부터 금요일까지", WORKDAYS),
        ("weekdays", WORKDAYS), ("평일", WORKDAYS), ("주말", (5, 6)), ("매일", (0, *WORKDAYS[1:], 5, 6)), ("every day", (0, *WORKDAYS[1:], 5, 6)),
        ("월수금", (0, 2, 4)), ("Mon, Wed and Fri", (0, 2, 4)), ("every friday", (4,)), ("fri-mon", (0, 4, 5, 6)), ("일", (6,)),
    ],
)  # fmt: skip
def test_weekdays_are_read(text, days):
    assert read_setting("weekdays", text) == Setting("weekdays", days)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("time", "8시", dt.time(8)), ("zone", "서울", "Asia/Seoul"),
        ("language", "Korean", "ko"), ("language", "한국어", "ko"), ("language", "영어", "en"), ("language", "EN", "en"),
        ("shape", "each", Shape.EACH), ("shape", "하나씩", Shape.EACH), ("shape", "한 편씩", Shape.EACH), ("shape", "목록", Shape.COMPACT),
        ("top", "10", 10), ("top", "상위 10편", 10), ("top", "all", None), ("top", "전체", None), ("top", "0", None),
        ("votes", "5", 5), ("votes", "5표 이상", 5), ("votes", "≥5", 5), ("votes", "없음", 0),
    ],
)  # fmt: skip
def test_values_are_read(name, text, value):
    assert read_setting(name, text) == Setting(name, value)


@pytest.mark.parametrize(
    ("name", "text", "offer"),
    [
        ("weekdays", "munday", "monday"), ("weekdays", "", None), ("language", "englsh", "en"), ("language", "Latin", None),
        ("shape", "compat", "compact"), ("shape", "목룍", "compact"), ("top", "1000", "all"), ("top", "-3", None), ("votes", "many", None),
        ("votes", "999999", "100000"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_offers_the_nearest(name, text, offer):
    assert read_setting(name, text) == NoValue(name, offer)


@settings(deadline=None)
@given(st.sampled_from(list(SETTINGS)), st.text(max_size=40))
def test_any_text_is_read_or_refused(name, text):
    assert isinstance(read_setting(name, text), Setting | NoValue)
    setting_name(text)
    nearest_setting(text)
