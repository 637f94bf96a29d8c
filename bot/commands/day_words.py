"""The words for days in Korean, English, Japanese and Chinese; the grammar is in bot/commands/dates.py."""

import re
from collections.abc import Iterable
from functools import cache

from babel.dates import get_day_names, get_month_names

from bot.locales import LANGUAGES, locale

# Days counted from the present one.
OFFSETS = {
    "today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1,
    "day before yesterday": -2, "day after tomorrow": 2,
    "오늘": 0, "금일": 0, "어제": -1, "작일": -1, "그제": -2, "그저께": -2, "엊그제": -2, "그끄저께": -3,
    "내일": 1, "모레": 2,
    "今日": 0, "きょう": 0, "本日": 0, "昨日": -1, "きのう": -1, "さくじつ": -1, "一昨日": -2, "おととい": -2,
    "おとつい": -2, "一昨々日": -3, "さきおととい": -3, "明日": 1, "あした": 1, "あす": 1, "明後日": 2, "あさって": 2,
    "今天": 0, "昨天": -1, "前天": -2, "大前天": -3, "明天": 1, "后天": 2, "後天": 2, "大后天": 3,
}  # fmt: skip

# Korean counts days with words of their own, English with `a` and small numbers.
COUNTS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10,
    "일": 1, "이": 2, "삼": 3, "한": 1, "두": 2, "세": 3, "석": 3, "네": 4, "넉": 4,
}  # fmt: skip
KOREAN_DAYS = {"하루": 1, "이틀": 2, "사흘": 3, "나흘": 4, "닷새": 5, "엿새": 6, "이레": 7, "열흘": 10, "보름": 15}
LATER = frozenset({"later", "from now", "후", "뒤", "後", "后", "之后", "之後", "以后", "以後"})

# The week in which a weekday is looked for, counted from the present one. Blanks, の and 个 are left out.
WEEKS = {
    "lastweek": -1, "thisweek": 0, "nextweek": 1,
    "지지난주": -2, "지난주": -1, "저번주": -1, "이번주": 0, "다음주": 1,
    "先々週": -2, "先週": -1, "今週": 0, "来週": 1, "再来週": 2,
    "上上": -2, "上": -1, "这": 0, "這": 0, "本": 0, "下": 1, "下下": 2,
}  # fmt: skip
NEXT = frozenset({"next", "coming", "다음", "次", "今度"})
LAST = frozenset({"last", "past", "previous", "지난", "저번", "前", "この前", "前回"})

# Units of more than a day: days for weeks, months for the others.
_MONTHS = re.compile(r"month|달|개월|[ヶヵカケか箇个個]月")
_YEARS = re.compile(r"year|년|해|年")
_WEEKS = re.compile(r"week|주|週|周|[个個]?(?:星期|礼拜|禮拜)")


def unit_length(unit: str) -> tuple[int, int]:
    """The days and the months of a unit as people write it: weeks (7, 0), 개월 (0, 1), 天 (1, 0)."""
    if _WEEKS.match(unit):
        return 7, 0
    if _MONTHS.match(unit):
        return 0, 1
    return (0, 12) if _YEARS.match(unit) else (1, 0)


@cache
def months() -> dict[str, int]:
    """The months that have names; those of Korean, Japanese and Chinese are numbers."""
    names = {name.casefold(): number for number, name in get_month_names("wide", locale="en").items()}
    return names | {name[:3]: number for name, number in names.items()} | {"sept": 9}


@cache
def weekdays() -> dict[str, int]:
    """Every name of a weekday that is a word of its own; 월 and 月 alone are not."""
    names: dict[str, int] = {}
    for language in LANGUAGES:
        for number, name in get_day_names("wide", locale=locale(language)).items():
            names[name.casefold()] = number
    short = {name[:3]: number for name, number in names.items() if name.isascii()}
    short |= {name[0] + "욜": number for name, number in names.items() if name.endswith("요일")}
    short |= {name[:2]: number for name, number in names.items() if name.endswith("曜日")}
    return names | short | _chinese_weekdays() | {"tues": 1, "thur": 3, "thurs": 3}


def _chinese_weekdays() -> dict[str, int]:
    signs = {sign: number for number, sign in enumerate("一二三四五六日")} | {"天": 6}
    weeks = ("周", "週", "星期", "礼拜", "禮拜")
    return {week + sign: number for week in weeks for sign, number in signs.items()}


def one_of(words: Iterable[str]) -> str:
    """A pattern for any of `words`, the longest first."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


@cache
def weekday_ornament() -> "re.Pattern[str]":
    """A weekday that stands beside a date: `Thursday,`, `(목)`, `木曜日`, `(周四)`."""
    spaced = [name for name in weekdays() if name.isascii() or "요" in name or "욜" in name]
    unspaced = [name for name in weekdays() if name not in spaced]
    return re.compile(
        rf"\(?\b(?:{one_of([*spaced, *'월화수목금토일'])})\b\.?\)?"
        rf"|\(?(?:{one_of(unspaced)})\)?|\([月火水木金土日一二三四五六]\)?"
    )
