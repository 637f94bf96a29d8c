"""Parses spans of days into two dates: a week, a month, `2024-03`. Pure: today is given.

Single days are in bot/commands/dates.py.
"""

import calendar
import datetime as dt
import re
import unicodedata

from bot.commands.day_words import months
from bot.commands.numerals import in_digits

Span = tuple[dt.date, dt.date]

# Words for the days up to now, and for the whole week or month before; folded, without blanks.
_WEEK = frozenset({
    "week", "weekly", "thisweek", "lastweek", "pastweek", "7days", "last7days",
    "주간", "이번주", "지난주", "저번주", "주", "일주일", "한주", "최근일주일",
    "週間", "今週", "先週", "週", "1週間", "一週間", "本周", "这周", "上周", "上个星期", "周", "一周", "每周",
})  # fmt: skip
_MONTH = frozenset({
    "month", "monthly", "thismonth", "pastmonth", "30days", "last30days",
    "월간", "이번달", "달", "한달", "최근한달",
    "月間", "今月", "月", "1か月", "1ヶ月", "一か月", "本月", "这个月", "一个月", "每月",
})  # fmt: skip
_MONTH_BEFORE = frozenset({"lastmonth", "previousmonth", "지난달", "저번달", "先月", "上个月", "上月"})

_YEAR_MONTH = re.compile(r"(?P<y>\d{4})[-./年년]?(?P<m>\d{1,2})[月월]?")
_MONTH_ALONE = re.compile(r"(?P<m>\d{1,2})[月월]")


def read_span(text: str, today: dt.date) -> Span | None:
    """The first and the last day that `text` names; a week and a month end today. None when it names no span."""
    folded = re.sub(r"[\s,]+", "", unicodedata.normalize("NFKC", text).casefold()).strip(".!?~'\"`()[]")
    if not folded or folded in _WEEK:
        return today - dt.timedelta(days=6), today
    if folded in _MONTH:
        return today - dt.timedelta(days=29), today
    if folded in _MONTH_BEFORE:
        last = today.replace(day=1) - dt.timedelta(days=1)
        return last.replace(day=1), last
    return _month(in_digits(folded), today)


def _month(folded: str, today: dt.date) -> Span | None:
    if match := _YEAR_MONTH.fullmatch(folded):
        return _of(int(match["y"]), int(match["m"]))
    if match := _MONTH_ALONE.fullmatch(folded):
        return _latest(int(match["m"]), today)
    name, year = re.sub(r"\d+", "", folded).strip("-./"), re.sub(r"\D+", "", folded)
    number = months().get(name)
    if number is None:
        return None
    return _of(int(year), number) if len(year) == 4 else None if year else _latest(number, today)


def _latest(month: int, today: dt.date) -> Span | None:
    """The month of this number that began last."""
    return _of(today.year if month <= today.month else today.year - 1, month)


def _of(year: int, month: int) -> Span | None:
    if not (1 <= year <= 9999 and 1 <= month <= 12):
        return None
    return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])
