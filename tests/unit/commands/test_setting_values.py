"""Settings and their values as people write them."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands.setting_values import (
    SETTINGS,
    NoValue,
    Setting,
    nearest_setting,
    read_setting,
    setting_name,
    split_setting,
)
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
        ("時刻", "time"),
        ("タイムゾーン", "zone"),
        ("曜日", "weekdays"),
        ("语言", "language"),
        ("形式", "shape"),
        ("篇数", "top"),
        ("票数", "votes"),
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
        ("月-金", WORKDAYS), ("月〜金", WORKDAYS), ("月曜から金曜まで", WORKDAYS), ("月曜日から金曜日", WORKDAYS), ("平日", WORKDAYS), ("週末", (5, 6)),
        ("毎日", (0, *WORKDAYS[1:], 5, 6)), ("月水金", (0, 2, 4)), ("月・水・金", (0, 2, 4)), ("月水金曜日", (0, 2, 4)), ("月曜と金曜", (0, 4)),
        ("毎週金曜日", (4,)), ("土日", (5, 6)), ("日", (6,)),
        ("周一到周五", WORKDAYS), ("周一至周五", WORKDAYS), ("周一到五", WORKDAYS), ("星期一-星期五", WORKDAYS), ("工作日", WORKDAYS), ("周末", (5, 6)),
        ("每天", (0, *WORKDAYS[1:], 5, 6)), ("周一三五", (0, 2, 4)), ("一三五", (0, 2, 4)), ("周一、周三和周五", (0, 2, 4)), ("每周五", (4,)),
        ("星期天", (6,)), ("周日", (6,)),
    ],
)  # fmt: skip
def test_weekdays_are_read(text, days):
    assert read_setting("weekdays", text) == Setting("weekdays", days)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("time", "8시", dt.time(8)), ("zone", "서울", "Asia/Seoul"),
        ("time", "午前8時", dt.time(8)), ("time", "晚上9点半", dt.time(21, 30)), ("zone", "東京", "Asia/Tokyo"), ("zone", "北京", "Asia/Shanghai"),
        ("language", "日本語", "ja"), ("language", "일본어", "ja"), ("language", "Japanese", "ja"), ("language", "ja-JP", "ja"),
        ("language", "中文", "zh-Hans"), ("language", "简体中文", "zh-Hans"), ("language", "zh", "zh-Hans"), ("language", "zh-CN", "zh-Hans"),
        ("language", "ZH_hans", "zh-Hans"), ("language", "중국어", "zh-Hans"), ("language", "Simplified Chinese", "zh-Hans"),
        ("language", "中国語", "zh-Hans"), ("language", "fr", "fr"), ("language", "français", "fr"), ("language", "프랑스어", "fr"), ("language", "ドイツ語", "de"), ("language", "西班牙语", "es"), ("language", "pt-br", "pt-BR"), ("language", "sr_Latn_rs", "sr-Latn-RS"), ("language", "韓国語", "ko"), ("language", "英语", "en"),
        ("shape", "一覧", Shape.COMPACT), ("shape", "個別", Shape.EACH), ("shape", "列表", Shape.COMPACT), ("shape", "逐篇", Shape.EACH),
        ("top", "上位10本", 10), ("top", "すべて", None), ("top", "前十篇", 10), ("top", "全部", None), ("votes", "5票以上", 5), ("votes", "不限", 0),
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
        ("weekdays", "munday", "monday"), ("weekdays", "", None), ("language", "englsh", "en"), ("language", "qqqq", None),
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


@pytest.mark.parametrize(
    ("written", "name", "value"),
    [
        ("time 08:00", "time", "08:00"), ("top=5", "top", "5"), ("Time zone New York", "Time zone", "New York"),
        ("최소 추천 수 5", "최소 추천 수", "5"), ("하루 편수 전체", "하루 편수", "전체"), ("语言：中文", "语言", "中文"), ("votes", "votes", ""),
        ("something else entirely", "something", "else entirely"), ("", "", ""),
    ],
)  # fmt: skip
def test_a_setting_is_told_apart_from_its_value(written, name, value):
    assert split_setting(written) == (name, value)
