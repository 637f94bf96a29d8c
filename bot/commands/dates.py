"""Days as people write them, Korean and English, read into a date. Pure: the present day is given.

A grammar of our own, for three reasons measured with dateparser 1.2: it does not read 그제, 지난 금요일 or 20240328; it
takes `may` for a day; and it cannot tell a day that does not exist from a text that is no day, which is what a person
has to be told.
"""

import calendar
import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from babel.dates import get_day_names, get_month_names

from bot.commands.nearest import nearest

# Hugging Face's first list.
FIRST_LIST_DAY = dt.date(2023, 5, 4)


class DateFault(StrEnum):
    UNREADABLE = "unreadable"  # no form that is known
    IMPOSSIBLE = "impossible"  # a known form, but the calendar has no such day
    AMBIGUOUS = "ambiguous"  # two days are meant equally likely: 03/04/2024


@dataclass(frozen=True, slots=True)
class NoDate:
    """Why a text is no day, and the days that were perhaps meant, the likeliest first."""

    fault: DateFault
    offers: tuple[dt.date, ...] = ()


def read_date(text: str, today: dt.date) -> dt.date | NoDate:
    """The day that `text` names, where `today` is the reader's present day.

    A day without a year is the last one that was, `금요일` too (today's Friday counts, `지난 금요일` is before today).
    """
    written = _tidied(text)
    read = _by_rules(written, today)
    if read is None:
        # `Thursday, 28 March 2024` and `2024년 3월 28일 (목)`: the weekday is an ornament.
        read = _by_rules(_tidied(_WEEKDAY_ORNAMENT().sub(" ", written)), today)
    if read is not None:
        return read
    return NoDate(DateFault.UNREADABLE, _offers(written, today))


def _tidied(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", folded)
    folded = re.sub(r"\b(?:the|on|of|for)\b", " ", folded)
    folded = folded.replace("−", "-").replace("–", "-")
    return re.sub(r"[\s,]+", " ", folded).strip(" .!?~'\"`()[]")


Read = dt.date | NoDate
Reader = Callable[["re.Match[str]", dt.date], Read]


def _by_rules(written: str, today: dt.date) -> Read | None:
    if written in _OFFSETS:
        return _shifted(today, days=_OFFSETS[written])
    for pattern, reader in _rules():
        match = pattern.fullmatch(written)
        if match is not None:
            return reader(match, today)
    return None


# --- Days of the calendar ---------------------------------------------------------------------------------------------


def _day(year: int, month: int, day: int) -> Read:
    try:
        return dt.date(year, month, day)
    except ValueError:
        pass
    month = min(max(month, 1), 12)
    if not FIRST_LIST_DAY.year <= year <= 9999:
        return NoDate(DateFault.IMPOSSIBLE)
    return NoDate(DateFault.IMPOSSIBLE, (dt.date(year, month, min(max(day, 1), calendar.monthrange(year, month)[1])),))


def _year_month_day(match: "re.Match[str]", _: dt.date) -> Read:
    return _day(int(match["y"]), _month(match["m"]), int(match["d"]))


def _month_day(match: "re.Match[str]", today: dt.date) -> Read:
    month, day = _month(match["m"]), int(match["d"])
    # A day ahead is let through: where it still is the 27th, the list of the 28th may stand already.
    latest = today + dt.timedelta(days=1)
    years = [year for year in range(latest.year, latest.year - 8, -1) if _exists(year, month, day)]
    for year in years:
        if dt.date(year, month, day) <= latest:
            return dt.date(year, month, day)
    return _day(latest.year, month, day)


def _exists(year: int, month: int, day: int) -> bool:
    return year >= 1 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


def _day_of_month(match: "re.Match[str]", today: dt.date) -> Read:
    day = int(match["d"])
    if not 1 <= day <= 31:
        return _day(today.year, today.month, day)
    first = today.replace(day=1)
    while not (_exists(first.year, first.month, day) and first.replace(day=day) <= today):
        first = (first - dt.timedelta(days=1)).replace(day=1)
    return first.replace(day=day)


def _three_numbers(match: "re.Match[str]", today: dt.date) -> Read:
    """Two-digit years, and days before months: whatever reading gives a day that can have a list; two are told."""
    a, b, c = (int(match[name]) for name in "abc")
    orders = [(a, b, c), (c, b, a), (c, a, b)] if a < 100 and c < 100 else [(c, b, a), (c, a, b)]
    days = []
    for year, month, day in orders:
        full = year + 2000 if year < 100 else year
        if _exists(full, month, day) and dt.date(full, month, day) not in days:
            days.append(dt.date(full, month, day))
    likely = [day for day in days if FIRST_LIST_DAY <= day <= today + dt.timedelta(days=1)] or days
    if len(likely) == 1:
        return likely[0]
    if likely:
        return NoDate(DateFault.AMBIGUOUS, tuple(likely))
    year, month, day = orders[0]
    return _day(year + 2000 if year < 100 else year, month, day)


def _month_alone(match: "re.Match[str]", _: dt.date) -> Read:
    read = _day(int(match["y"]), _month(match["m"]), 1)
    return NoDate(DateFault.UNREADABLE, (read,)) if isinstance(read, dt.date) else read


@cache
def _months() -> dict[str, int]:
    names = {name.casefold(): number for number, name in get_month_names("wide", locale="en").items()}
    return names | {name[:3]: number for name, number in names.items()} | {"sept": 9}


def _month(written: str) -> int:
    return int(written) if written.isdigit() else _months()[written]


# --- Days counted from the present one --------------------------------------------------------------------------------

_OFFSETS = {
    "today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1,
    "day before yesterday": -2, "day after tomorrow": 2,
    "오늘": 0, "금일": 0, "어제": -1, "작일": -1, "그제": -2, "그저께": -2, "엊그제": -2, "그끄저께": -3,
    "내일": 1, "모레": 2,
}  # fmt: skip

# Korean counts days with words of their own, English with `a` and small numbers.
_COUNTS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10,
    "일": 1, "이": 2, "삼": 3, "한": 1, "두": 2, "세": 3, "석": 3, "네": 4, "넉": 4,
}  # fmt: skip
_KOREAN_DAYS = {"하루": 1, "이틀": 2, "사흘": 3, "나흘": 4, "닷새": 5, "엿새": 6, "이레": 7, "열흘": 10, "보름": 15}


def _shifted(today: dt.date, *, days: int = 0, months: int = 0) -> Read:
    try:
        if months:
            year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
            today = dt.date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))
        return today + dt.timedelta(days=days)
    except (ValueError, OverflowError):
        return NoDate(DateFault.IMPOSSIBLE)


def _counted(match: "re.Match[str]", today: dt.date) -> Read:
    written, unit = match["n"], match["unit"]
    count = int(written) if written.isdigit() else _COUNTS[written]
    count = count if match["way"] in {"later", "from now", "후", "뒤"} else -count
    if unit.startswith(("week", "주")):
        return _shifted(today, days=7 * count)
    if unit.startswith(("month", "달", "개월")):
        return _shifted(today, months=count)
    if unit.startswith(("year", "년", "해")):
        return _shifted(today, months=12 * count)
    return _shifted(today, days=count)


def _korean_days(match: "re.Match[str]", today: dt.date) -> Read:
    count = _KOREAN_DAYS[match["n"]]
    return _shifted(today, days=-count if match["way"] == "전" else count)


@cache
def _weekdays() -> dict[str, int]:
    names: dict[str, int] = {}
    for language in ("en", "ko"):
        for number, name in get_day_names("wide", locale=language).items():
            names[name.casefold()] = number
    names |= {name[:3]: number for name, number in names.items() if name.isascii()}
    names |= {name[0] + "욜": number for name, number in names.items() if name.endswith("요일")}
    return names | {"tues": 1, "thur": 3, "thurs": 3}


def _weekday(match: "re.Match[str]", today: dt.date) -> Read:
    wanted, how = _weekdays()[match["w"]], match["how"].replace(" ", "")
    monday = today - dt.timedelta(days=today.weekday())
    if how in {"lastweek", "지난주", "저번주"}:
        return _shifted(monday, days=wanted - 7)
    if how in {"thisweek", "이번주"}:
        return _shifted(monday, days=wanted)
    if how in {"nextweek", "다음주"}:
        return _shifted(monday, days=wanted + 7)
    back = (today.weekday() - wanted) % 7
    if how in {"next", "다음", "coming"}:
        return _shifted(today, days=7 - back)
    if how in {"last", "past", "previous", "지난", "저번"} and back == 0:
        back = 7
    return _shifted(today, days=-back)


# --- The rules, the first that fits -----------------------------------------------------------------------------------


def _one_of(words: Sequence[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


@cache
def _rules() -> tuple[tuple["re.Pattern[str]", Reader], ...]:
    month = rf"(?P<m>{_one_of(list(_months()))})\.?"
    weekday = rf"(?P<w>{_one_of(list(_weekdays()))})"
    count = rf"(?P<n>\d{{1,5}}|{_one_of(list(_COUNTS))})"
    written: list[tuple[str, Reader]] = [
        (r"(?P<y>\d{4}) ?[-./년 ] ?(?P<m>\d{1,2}) ?[-./월 ] ?(?P<d>\d{1,2}) ?일?", _year_month_day),
        (r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)", _year_month_day),
        (r"(?P<y>\d{4}) ?[-./년] ?(?P<m>\d{1,2}) ?월?", _month_alone),
        (r"(?P<m>\d{1,2}) ?월 ?(?P<d>\d{1,2}) ?일?", _month_day),
        (r"(?P<m>\d{1,2})[-./](?P<d>\d{1,2})", _month_day),
        (r"(?P<d>\d{1,2}) ?일?", _day_of_month),
        (r"(?P<a>\d\d)(?P<b>\d\d)(?P<c>\d\d)", _three_numbers),
        (r"(?P<a>\d{1,2}) ?[-./년] ?(?P<b>\d{1,2}) ?[-./월] ?(?P<c>\d{4}|\d{1,2}) ?일?", _three_numbers),
        (rf"(?P<d>\d{{1,2}})[ -]?{month}[ -](?P<y>\d{{4}})", _year_month_day),
        (rf"{month} ?(?P<d>\d{{1,2}}) (?P<y>\d{{4}})", _year_month_day),
        (rf"(?P<y>\d{{4}})[ -]{month}[ -](?P<d>\d{{1,2}})", _year_month_day),
        (rf"{month} (?P<y>\d{{4}})", _month_alone),
        (rf"(?P<d>\d{{1,2}}) ?{month}", _month_day),
        (rf"{month} ?(?P<d>\d{{1,2}})", _month_day),
        (rf"{count} ?(?P<unit>days?|weeks?|months?|years?) (?P<way>ago|before|later|from now)", _counted),
        (rf"{count} ?(?P<unit>일|주일|주|달|개월|년|해) ?(?P<way>전|후|뒤)", _counted),
        (rf"(?P<n>{_one_of(list(_KOREAN_DAYS))}) ?(?P<way>전|후|뒤)", _korean_days),
        (rf"(?P<how>last week|this week|next week|last|past|previous|this|next|coming|) ?{weekday}", _weekday),
        (rf"{weekday} (?P<how>last week|this week|next week)", _weekday),
        (rf"(?P<how>(?:지난|저번|이번|다음) ?주|지난|저번|이번|다음) ?{weekday}", _weekday),
    ]
    return tuple((re.compile(pattern), reader) for pattern, reader in written)


@cache
def _WEEKDAY_ORNAMENT() -> "re.Pattern[str]":  # noqa: N802 - a constant that is built when first used
    return re.compile(rf"\(?\b(?:{_one_of([*_weekdays(), *'월화수목금토일'])})\b\.?\)?")


def _offers(written: str, today: dt.date) -> tuple[dt.date, ...]:
    """Days that an unreadable text may have meant: one that stands in it, or what it says when its words are mended."""
    inside = re.search(r"\d{4}[-./]\d{1,2}[-./]\d{1,2}", written)
    if inside:
        read = _by_rules(inside[0], today)
        return (read,) if isinstance(read, dt.date) else getattr(read, "offers", ())
    vocabulary = [*_OFFSETS, *_weekdays(), *_months(), *_KOREAN_DAYS, "last", "ago", "days", "week", "지난", "저번", "이번"]
    words = [word if re.search(r"\d", word) else nearest(word, vocabulary) or word for word in written.split(" ")]
    mended = _by_rules(" ".join(words), today)
    return (mended,) if isinstance(mended, dt.date) else ()
