"""Time zones as people name them."""

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands.zones import NoZone, _names, read_zone, zone_label

SPRING = dt.datetime(2024, 3, 28, tzinfo=dt.UTC)
SUMMER = dt.datetime(2024, 7, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Asia/Seoul", "Asia/Seoul"), ("asia/seoul", "Asia/Seoul"), ("ROK", "Asia/Seoul"), ("US/Pacific", "America/Los_Angeles"),
        ("seoul", "Asia/Seoul"), ("서울", "Asia/Seoul"), ("서울시간", "Asia/Seoul"), ("New York", "America/New_York"),
        ("new_york", "America/New_York"), ("뉴욕", "America/New_York"), ("런던", "Europe/London"), ("são paulo", "America/Sao_Paulo"),
        ("콜카타", "Asia/Kolkata"), ("Asia/Calcutta", "Asia/Kolkata"), ("San Francisco", "America/Los_Angeles"),
        ("한국", "Asia/Seoul"), ("대한민국", "Asia/Seoul"), ("일본", "Asia/Tokyo"), ("Germany", "Europe/Berlin"), ("중국", "Asia/Shanghai"),
        ("KST", "Asia/Seoul"), ("jst", "Asia/Tokyo"), ("PST", "America/Los_Angeles"), ("EST", "America/New_York"),
        ("Pacific time", "America/Los_Angeles"), ("UTC", "Etc/UTC"), ("GMT", "Etc/UTC"), ("UTC+0", "Etc/UTC"),
        ("UTC+9", "Etc/GMT-9"), ("GMT+9", "Etc/GMT-9"), ("+09:00", "Etc/GMT-9"), ("utc -5", "Etc/GMT+5"), ("UTC−5", "Etc/GMT+5"),
        ("UTC+5:30", "Asia/Kolkata"), ("utc+0545", "Asia/Kathmandu"),
        ("東京", "Asia/Tokyo"), ("大阪", "Asia/Tokyo"), ("ソウル", "Asia/Seoul"), ("韓国", "Asia/Seoul"), ("ニューヨーク", "America/New_York"),
        ("パリ", "Europe/Paris"), ("サン・パウロ", "America/Sao_Paulo"), ("シドニー", "Australia/Sydney"), ("日本時間", "Asia/Tokyo"),
        ("日本標準時", "Asia/Tokyo"), ("ドイツ", "Europe/Berlin"), ("協定世界時", "Etc/UTC"),
        ("北京", "Asia/Shanghai"), ("上海", "Asia/Shanghai"), ("北京时间", "Asia/Shanghai"), ("首尔", "Asia/Seoul"), ("纽约", "America/New_York"),
        ("伦敦", "Europe/London"), ("旧金山", "America/Los_Angeles"), ("悉尼", "Australia/Sydney"), ("新加坡", "Asia/Singapore"),
        ("台北", "Asia/Taipei"), ("香港", "Asia/Hong_Kong"), ("德国", "Europe/Berlin"), ("中国", "Asia/Shanghai"),
    ],
)  # fmt: skip
def test_zones_are_read(text, zone):
    assert read_zone(text) == zone


@pytest.mark.parametrize(
    ("text", "offer"),
    [
        ("seuol", "Asia/Seoul"),
        ("서을", "Asia/Seoul"),
        ("asia/seul", "Asia/Seoul"),
        ("londn", "Europe/London"),
        ("Nwe York", "America/New_York"),
    ],
)
def test_a_mistyped_zone_offers_the_nearest(text, offer):
    read = read_zone(text)
    assert isinstance(read, NoZone)
    assert read.offers[0] == offer


@pytest.mark.parametrize("text", ["미국", "USA", "United States", "Australia", "米国", "美国"])
def test_a_country_of_several_zones_offers_its_main_ones(text):
    read = read_zone(text)
    assert isinstance(read, NoZone)
    assert len(read.offers) == 4
    assert read.offers[0] in {"America/Chicago", "Australia/Perth"}


@pytest.mark.parametrize("text", ["", "x", "utc+20", "09:00", "asdfqwer", "Factory", "세계"])
def test_other_words_are_no_zone(text):
    assert read_zone(text) == NoZone()


def test_an_offset_that_only_a_shifting_place_has_offers_the_place():
    assert read_zone("UTC-3:30") == NoZone(("America/St_Johns",))


def test_every_name_stands_for_a_zone_that_this_python_has():
    assert set(_names().values()) <= zoneinfo.available_timezones()


@pytest.mark.parametrize(
    ("zone", "language", "at", "label"),
    [
        ("Asia/Seoul", "ko", SPRING, "서울 (Asia/Seoul, UTC+9)"),
        ("Asia/Seoul", "en", SPRING, "Seoul (Asia/Seoul, UTC+9)"),
        ("Europe/London", "en", SPRING, "London (Europe/London, UTC)"),
        ("Europe/London", "en", SUMMER, "London (Europe/London, UTC+1)"),
        ("Asia/Kolkata", "ko", SPRING, "콜카타 (Asia/Kolkata, UTC+5:30)"),
        ("America/New_York", "ko", SUMMER, "뉴욕 (America/New_York, UTC-4)"),
        ("Etc/GMT-9", "en", SPRING, "UTC+9"),
        ("Etc/UTC", "ko", SPRING, "UTC"),
        ("Asia/Tokyo", "ja", SPRING, "東京 (Asia/Tokyo, UTC+9)"),
        ("Asia/Seoul", "zh-Hans", SPRING, "首尔 (Asia/Seoul, UTC+9)"),
    ],
)
def test_a_zone_is_shown_with_its_city_and_offset(zone, language, at, label):
    assert zone_label(zone, language, at) == label


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text):
    read = read_zone(text)
    assert isinstance(read, NoZone) or read in zoneinfo.available_timezones()


@settings(deadline=None)
@given(st.sampled_from(sorted(zoneinfo.available_timezones() - {"Factory", "localtime"})))
def test_every_iana_name_is_read(name):
    read = read_zone(name.lower())
    assert isinstance(read, str)
