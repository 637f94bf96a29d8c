"""The words after /subscribe."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands.hours import NoHour
from bot.commands.orders import Misread, Order, read_order
from bot.commands.zones import NoZone


@pytest.mark.parametrize(
    ("text", "time", "zone"),
    [
        ("", None, None), ("9", "09:00", None), ("00:00", "00:00", None), ("서울", None, "Asia/Seoul"), ("Europe/London", None, "Europe/London"),
        ("09:00 Seoul", "09:00", "Asia/Seoul"), ("Seoul 09:00", "09:00", "Asia/Seoul"), ("9am, seoul", "09:00", "Asia/Seoul"),
        ("New York 8 am", "08:00", "America/New_York"), ("8 am New York", "08:00", "America/New_York"),
        ("오후 9시 30분 뉴욕", "21:30", "America/New_York"), ("뉴욕 오후 9시 반", "21:30", "America/New_York"),
        ("UTC+9 9", "09:00", "Etc/GMT-9"), ("9 UTC+9", "09:00", "Etc/GMT-9"), ("9:00 KST", "09:00", "Asia/Seoul"),
        ("東京 午前9時", "09:00", "Asia/Tokyo"), ("午後9時半 東京", "21:30", "Asia/Tokyo"), ("東京夜9時", "21:00", "Asia/Tokyo"),
        ("毎日9時", "09:00", None), ("日本時間", None, "Asia/Tokyo"),
        ("上午9点 北京", "09:00", "Asia/Shanghai"), ("晚上九点半，纽约", "21:30", "America/New_York"), ("上午9点北京", "09:00", "Asia/Shanghai"),
        ("北京时间上午9点", "09:00", "Asia/Shanghai"), ("每天早上8点", "08:00", None),
    ],
)  # fmt: skip
def test_an_hour_and_a_zone_are_read_in_either_order_or_alone(text, time, zone):
    assert read_order(text) == Order(dt.time.fromisoformat(time) if time else None, zone)


def test_a_mistyped_zone_is_told_apart_from_the_hour_beside_it():
    assert read_order("9 Seuol") == Misread("Seuol", NoZone(("Asia/Seoul",)), Order(time=dt.time(9)))


def test_an_impossible_hour_is_told_apart_from_the_zone_beside_it():
    read = read_order("24:00 Seoul")
    assert read == Misread("24:00", NoHour(impossible=True, offer=dt.time(0)), Order(zone="Asia/Seoul"))


@pytest.mark.parametrize(
    ("text", "fault"), [("25:00", NoHour), ("hello", NoZone), ("utc+20", NoZone), ("9 utc+20", NoZone), ("x " * 50, NoZone)]
)
def test_what_is_neither_is_told(text, fault):
    read = read_order(text)
    assert isinstance(read, Misread)
    assert isinstance(read.fault, fault)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    assert isinstance(read_order(text), Order | Misread)
