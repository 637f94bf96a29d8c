"""Days as people write them."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands.dates import DateFault, NoDate, read_date

SATURDAY = dt.date(2024, 3, 30)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-03-28", "2024-03-28"),
        ("2024.3.28", "2024-03-28"),
        ("2024. 3. 28.", "2024-03-28"),
        ("2024/03/28", "2024-03-28"),
        ("2024 3 28", "2024-03-28"),
        ("20240328", "2024-03-28"),
        ("240328", "2024-03-28"),
        ("24.3.28", "2024-03-28"),
        ("28/03/2024", "2024-03-28"),
        ("3/28/24", "2024-03-28"),
        ("２０２４－０３－２８", "2024-03-28"),
        ("2024년 3월 28일", "2024-03-28"),
        ("2024년 3월 28일 (목)", "2024-03-28"),
        ("2024-03-28 (Thu)", "2024-03-28"),
        ("Thursday, 28 March 2024", "2024-03-28"),
        ("28 March 2024", "2024-03-28"),
        ("March 28, 2024", "2024-03-28"),
        ("2024 Mar 28", "2024-03-28"),
    ],
)
def test_whole_dates_are_read(text, day):
    assert read_date(text, SATURDAY) == dt.date.fromisoformat(day)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("3월 28일", "2024-03-28"),
        ("3월28일", "2024-03-28"),
        ("March 28", "2024-03-28"),
        ("mar 28th", "2024-03-28"),
        ("28 March", "2024-03-28"),
        ("3/28", "2024-03-28"),
        ("12월 25일", "2023-12-25"),
        ("Dec 25", "2023-12-25"),
        ("2월 29일", "2024-02-29"),
        ("3월 31일", "2024-03-31"),  # tomorrow's list may stand already, east of here
        ("28일", "2024-03-28"),
        ("31일", "2024-01-31"),
        ("28th", "2024-03-28"),
    ],
)
def test_a_date_without_a_year_is_the_last_one_that_was(text, day):
    assert read_date(text, SATURDAY) == dt.date.fromisoformat(day)


@pytest.mark.parametrize(
    ("text", "days_ago"),
    [
        ("오늘", 0), ("today", 0), ("어제", 1), ("Yesterday", 1), ("그제", 2), ("그저께", 2), ("the day before yesterday", 2),
        ("내일", -1), ("tomorrow", -1), ("3 days ago", 3), ("3일 전", 3), ("3일전", 3), ("이틀 전", 2), ("하루 전", 1),
        ("a week ago", 7), ("일주일 전", 7), ("2주 전", 14), ("two weeks ago", 14), ("in no way", None),
        ("a month ago", 30), ("한 달 전", 30), ("1년 전", 366), ("a year ago", 366), ("0 days ago", 0), ("3일 뒤", -3),
    ],
)  # fmt: skip
def test_relative_words_count_from_the_present_day(text, days_ago):
    read = read_date(text, SATURDAY)
    if days_ago is None:
        assert isinstance(read, NoDate)
    else:
        assert read == SATURDAY - dt.timedelta(days=days_ago)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024年3月28日", "2024-03-28"), ("２０２４年３月２８日（木）", "2024-03-28"), ("2024年3月28日木曜日", "2024-03-28"),
        ("令和6年3月28日", "2024-03-28"), ("令和元年五月一日", "2019-05-01"), ("二〇二四年三月二十八日", "2024-03-28"),
        ("3月28日", "2024-03-28"), ("12月25日", "2023-12-25"), ("28日", "2024-03-28"), ("3月28日の論文", "2024-03-28"),
        ("今日", "2024-03-30"), ("きょう", "2024-03-30"), ("昨日", "2024-03-29"), ("昨日の論文", "2024-03-29"), ("一昨日", "2024-03-28"),
        ("おととい", "2024-03-28"), ("明日", "2024-03-31"), ("3日前", "2024-03-27"), ("三日前", "2024-03-27"), ("一週間前", "2024-03-23"),
        ("2か月前", "2024-01-30"), ("1年前", "2023-03-30"), ("2日後", "2024-04-01"),
        ("金曜日", "2024-03-29"), ("金曜", "2024-03-29"), ("先週の金曜日", "2024-03-22"), ("先週金曜", "2024-03-22"),
        ("先々週の月曜日", "2024-03-11"), ("今週の月曜", "2024-03-25"), ("来週の月曜日", "2024-04-01"), ("この前の土曜日", "2024-03-23"),
        ("次の月曜日", "2024-04-01"),
    ],
)  # fmt: skip
def test_japanese_days_are_read(text, day):
    assert read_date(text, SATURDAY) == dt.date.fromisoformat(day)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024年3月28日", "2024-03-28"), ("2024年3月28日星期四", "2024-03-28"), ("2024年3月28日（周四）", "2024-03-28"),
        ("二零二四年三月二十八日", "2024-03-28"), ("3月28号", "2024-03-28"), ("十一月三日", "2023-11-03"), ("28号", "2024-03-28"),
        ("今天", "2024-03-30"), ("昨天", "2024-03-29"), ("昨天的论文", "2024-03-29"), ("前天", "2024-03-28"), ("大前天", "2024-03-27"),
        ("明天", "2024-03-31"), ("3天前", "2024-03-27"), ("三天之前", "2024-03-27"), ("两周前", "2024-03-16"), ("一个星期前", "2024-03-23"),
        ("一个月前", "2024-02-29"), ("两天后", "2024-04-01"),
        ("周五", "2024-03-29"), ("星期五", "2024-03-29"), ("礼拜天", "2024-03-24"), ("週五", "2024-03-29"), ("上周五", "2024-03-22"),
        ("上个星期五", "2024-03-22"), ("上上周五", "2024-03-15"), ("这周一", "2024-03-25"), ("本周一", "2024-03-25"), ("下周一", "2024-04-01"),
        ("上周的周五", "2024-03-22"),
    ],
)  # fmt: skip
def test_chinese_days_are_read(text, day):
    assert read_date(text, SATURDAY) == dt.date.fromisoformat(day)


@pytest.mark.parametrize(
    ("text", "today", "day"),
    [
        ("friday", "2024-03-30", "2024-03-29"),
        ("금요일", "2024-03-30", "2024-03-29"),
        ("금요일", "2024-03-29", "2024-03-29"),
        ("last friday", "2024-03-30", "2024-03-29"),
        ("last friday", "2024-03-29", "2024-03-22"),
        ("지난 금요일", "2024-03-29", "2024-03-22"),
        ("지난주 금요일", "2024-03-30", "2024-03-22"),
        ("friday last week", "2024-03-30", "2024-03-22"),
        ("이번 주 월요일", "2024-03-30", "2024-03-25"),
        ("next friday", "2024-03-29", "2024-04-05"),
        ("다음 주 금요일", "2024-03-29", "2024-04-05"),
        ("Last Fri.", "2024-03-30", "2024-03-29"),
    ],
)
def test_weekdays_are_read(text, today, day):
    assert read_date(text, dt.date.fromisoformat(today)) == dt.date.fromisoformat(day)


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("2024-02-30", "2024-02-29"),
        ("2023년 2월 29일", "2023-02-28"),
        ("2024-13-01", "2024-12-01"),
        ("3월 32일", "2024-03-31"),
        ("2024-04-00", "2024-04-01"),
        ("20240231", "2024-02-29"),
        ("31/31/2024", "2024-12-31"),
        ("40일", "2024-03-31"),
        ("2月30日", "2024-02-29"),
        ("四月三十一日", "2024-04-30"),
    ],
)
def test_a_day_that_the_calendar_has_not_is_told_apart_with_the_nearest_that_it_has(text, nearest):
    assert read_date(text, SATURDAY) == NoDate(DateFault.IMPOSSIBLE, (dt.date.fromisoformat(nearest),))


@pytest.mark.parametrize("text", ["99999 years ago", "0000-01-01", "9999-99-99"])
def test_days_out_of_all_time_are_impossible(text):
    read = read_date(text, SATURDAY)
    assert isinstance(read, NoDate)
    assert read.fault is DateFault.IMPOSSIBLE


def test_a_date_that_can_be_two_days_offers_both():
    read = read_date("03/04/2024", dt.date(2024, 6, 1))
    assert read == NoDate(DateFault.AMBIGUOUS, (dt.date(2024, 4, 3), dt.date(2024, 3, 4)))


def test_of_two_readings_the_one_that_has_been_is_taken():
    assert read_date("03/04/2024", SATURDAY) == dt.date(2024, 3, 4)


@pytest.mark.parametrize(
    ("text", "offers"),
    [
        ("yesterdy", ["2024-03-29"]),
        ("어재", ["2024-03-29"]),
        ("last firday", ["2024-03-29"]),
        ("지난 금요알", ["2024-03-29"]),
        ("papers of 2024-3-28 please", ["2024-03-28"]),
        ("the list from 2024-02-30", ["2024-02-29"]),
        ("March 2024", ["2024-03-01"]),
        ("2024년 3월", ["2024-03-01"]),
        ("2024年3月", ["2024-03-01"]),
        ("may", []),
        ("hello", []),
        ("", []),
    ],
)
def test_an_unreadable_date_offers_what_was_perhaps_meant(text, offers):
    assert read_date(text, SATURDAY) == NoDate(DateFault.UNREADABLE, tuple(map(dt.date.fromisoformat, offers)))


@settings(deadline=None)
@given(st.text(max_size=60), st.dates())
def test_any_text_is_read_or_refused(text, today):
    assert isinstance(read_date(text, today), dt.date | NoDate)


# What the rules are made of, in any order: text by chance seldom comes near them.
PIECES = "今 昨 日 月 年 火 金曜 曜日 先週 来週 の 前 后 後 上 下 个 周 星期 礼拜 一 二 十 百 〇 令和 元 號 天 ヶ月 か 1 28 2024 ( ) - 、 的 論文"


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES.split()), max_size=8).map("".join), st.dates())
def test_any_mix_of_signs_is_read_or_refused(text, today):
    assert isinstance(read_date(text, today), dt.date | NoDate)


@settings(deadline=None)
@given(
    st.dates(dt.date(2023, 5, 4), dt.date(2099, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%Y.%m.%d", "%Y%m%d", "%d %B %Y", "%Y年%m月%d日", "%Y년 %m월 %d일"]),
)
def test_every_date_is_read_back_from_how_it_is_written(day, form):
    assert read_date(day.strftime(form), SATURDAY) == day
