"""Parses days as people write them, in any language of the interface. Pure: today is given.

A grammar of our own, for three reasons found with dateparser 1.2: it does not read 그제, 지난 금요일 or 20240328; it takes
`may` for a day; and it cannot distinguish a day that does not exist from a text that is not a day, which a person has to
be told.
"""

import calendar
import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from bot.commands.day_words import (
    COUNTS,
    KOREAN_DAYS,
    LAST,
    LATER,
    NEXT,
    OFFSETS,
    WEEKS,
    months,
    one_of,
    unit_length,
    weekday_ornament,
    weekdays,
)
from bot.commands.nearest import nearest
from bot.commands.numerals import in_digits

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
        read = _by_rules(_tidied(weekday_ornament().sub(" ", written)), today)
    if read is not None:
        return read
    return NoDate(DateFault.UNREADABLE, _offers(written, today))


def _tidied(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", folded)
    folded = re.sub(r"\b(?:the|on|of|for)\b", " ", folded)
    folded = folded.replace("−", "-").replace("–", "-")
    folded = re.sub(r"[\s,、]+", " ", folded).strip(" .。!?~'\"`()[]「」“”")
    # 昨日の論文, 昨天的论文
    folded = re.sub(r"(?<=.)[の的] ?(?:論文|论文|リスト|一覧|列表)?$", "", folded)
    return re.sub(r"令和 ?(元|\d{1,2}) ?年", _of_reiwa, in_digits(folded))


def _of_reiwa(year: "re.Match[str]") -> str:
    return f"{2018 + (1 if year[1] == '元' else int(year[1]))}年"


Read = dt.date | NoDate
Reader = Callable[["re.Match[str]", dt.date], Read]


def _by_rules(written: str, today: dt.date) -> Read | None:
    if written in OFFSETS:
        return _shifted(today, days=OFFSETS[written])
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


def _month(written: str) -> int:
    return int(written) if written.isdigit() else months()[written]


# --- Days counted from the present one --------------------------------------------------------------------------------


def _shifted(today: dt.date, *, days: int = 0, months: int = 0) -> Read:
    try:
        if months:
            year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
            today = dt.date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))
        return today + dt.timedelta(days=days)
    except (ValueError, OverflowError):
        return NoDate(DateFault.IMPOSSIBLE)


def _counted(match: "re.Match[str]", today: dt.date) -> Read:
    written, (days, months_) = match["n"], unit_length(match["unit"])
    count = int(written) if written.isdigit() else COUNTS[written]
    count = count if match["way"] in LATER else -count
    return _shifted(today, days=days * count, months=months_ * count)


def _korean_days(match: "re.Match[str]", today: dt.date) -> Read:
    count = KOREAN_DAYS[match["n"]]
    return _shifted(today, days=-count if match["way"] == "전" else count)


def _weekday(match: "re.Match[str]", today: dt.date) -> Read:
    wanted, how = weekdays()[match["w"]], re.sub("[ 个個]", "", match["how"]).removesuffix("の")
    if how in WEEKS:
        return _shifted(today, days=wanted - today.weekday() + 7 * WEEKS[how])
    back = (today.weekday() - wanted) % 7
    if how in NEXT:
        return _shifted(today, days=7 - back)
    if how in LAST and back == 0:
        back = 7
    return _shifted(today, days=-back)


# --- The rules, the first that fits -----------------------------------------------------------------------------------


_UNITS = "日間?|天|週間?|周|[个個]?(?:星期|礼拜|禮拜)|[ヶヵカケか箇个個]月|年"


@cache
def _rules() -> tuple[tuple["re.Pattern[str]", Reader], ...]:
    month = rf"(?P<m>{one_of(months())})\.?"
    weekday = rf"(?P<w>{one_of(weekdays())})"
    count = rf"(?P<n>\d{{1,5}}|{one_of(COUNTS)})"
    written: list[tuple[str, Reader]] = [
        (r"(?P<y>\d{4}) ?[-./년年 ] ?(?P<m>\d{1,2}) ?[-./월月 ] ?(?P<d>\d{1,2}) ?[일日号號]?", _year_month_day),
        (r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)", _year_month_day),
        (r"(?P<y>\d{4}) ?[-./년年] ?(?P<m>\d{1,2}) ?[월月]?", _month_alone),
        (r"(?P<m>\d{1,2}) ?[월月] ?(?P<d>\d{1,2}) ?[일日号號]?", _month_day),
        (r"(?P<m>\d{1,2})[-./](?P<d>\d{1,2})", _month_day),
        (r"(?P<d>\d{1,2}) ?[일日号號]?", _day_of_month),
        (r"(?P<a>\d\d)(?P<b>\d\d)(?P<c>\d\d)", _three_numbers),
        (r"(?P<a>\d{1,2}) ?[-./년年] ?(?P<b>\d{1,2}) ?[-./월月] ?(?P<c>\d{4}|\d{1,2}) ?[일日号號]?", _three_numbers),
        (rf"(?P<d>\d{{1,2}})[ -]?{month}[ -](?P<y>\d{{4}})", _year_month_day),
        (rf"{month} ?(?P<d>\d{{1,2}}) (?P<y>\d{{4}})", _year_month_day),
        (rf"(?P<y>\d{{4}})[ -]{month}[ -](?P<d>\d{{1,2}})", _year_month_day),
        (rf"{month} (?P<y>\d{{4}})", _month_alone),
        (rf"(?P<d>\d{{1,2}}) ?{month}", _month_day),
        (rf"{month} ?(?P<d>\d{{1,2}})", _month_day),
        (rf"{count} ?(?P<unit>days?|weeks?|months?|years?) (?P<way>ago|before|later|from now)", _counted),
        (rf"{count} ?(?P<unit>일|주일|주|달|개월|년|해) ?(?P<way>전|후|뒤)", _counted),
        (rf"(?P<n>{one_of(KOREAN_DAYS)}) ?(?P<way>전|후|뒤)", _korean_days),
        (rf"(?P<n>\d{{1,5}}) ?(?P<unit>{_UNITS}) ?(?P<way>前|之前|以前|{one_of(LATER)})", _counted),
        (rf"(?P<how>last week|this week|next week|last|past|previous|this|next|coming|) ?{weekday}", _weekday),
        (rf"{weekday} (?P<how>last week|this week|next week)", _weekday),
        (rf"(?P<how>(?:지지난|지난|저번|이번|다음) ?주|지난|저번|이번|다음) ?{weekday}", _weekday),
        (rf"(?P<how>(?:先々週|先週|今週|来週|再来週)の?|(?:この前|前回|前|次|今度)の) ?{weekday}", _weekday),
        (rf"(?P<how>(?:上上|上|这|這|本|下下|下) ?[个個]?) ?(?:(?:周|週|星期|礼拜|禮拜) ?的? ?)?{weekday}", _weekday),
    ]
    return tuple((re.compile(pattern), reader) for pattern, reader in written)


def _offers(written: str, today: dt.date) -> tuple[dt.date, ...]:
    """Days that an unreadable text may have meant: one that stands in it, or what it says when its words are mended."""
    inside = re.search(r"\d{4}[-./]\d{1,2}[-./]\d{1,2}", written)
    if inside:
        read = _by_rules(inside[0], today)
        return (read,) if isinstance(read, dt.date) else getattr(read, "offers", ())
    vocabulary = [*OFFSETS, *weekdays(), *months(), *KOREAN_DAYS, "last", "ago", "days", "week", "지난", "저번", "이번"]
    words = [word if re.search(r"\d", word) else nearest(word, vocabulary) or word for word in written.split(" ")]
    mended = _by_rules(" ".join(words), today)
    return (mended,) if isinstance(mended, dt.date) else ()
