"""Parses times of day as people write them, in any language of the interface. Pure."""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

from bot.commands.numerals import in_digits


@dataclass(frozen=True, slots=True)
class NoHour:
    """A text that names no hour of the day, and the one that was perhaps meant.

    `impossible` when it is written as an hour that no clock has: 24:00, 9:75, 13 PM.
    """

    impossible: bool = False
    offer: dt.time | None = None


_WORDS = {
    "noon": dt.time(12), "midday": dt.time(12), "정오": dt.time(12), "正午": dt.time(12), "中午": dt.time(12),
    "midnight": dt.time(0), "자정": dt.time(0), "午夜": dt.time(0), "半夜": dt.time(0),
}  # fmt: skip

# How Korean counts hours.
_KOREAN_HOURS = {
    "한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9, "열": 10, "열한": 11,
    "열두": 12,
}  # fmt: skip

# The halves of the day, and the words for parts of it that Korean, Japanese and Chinese say instead.
_MORNING = (
    "am", "a.m", "a.m.", "오전", "아침", "새벽", "午前", "早朝", "朝", "未明",
    "上午", "早上", "早晨", "清晨", "凌晨",
)  # fmt: skip
_EVENING = ("pm", "p.m", "p.m.", "오후", "저녁", "午後", "夕方", "下午", "傍晚")
# From evening over midnight: 밤 9시 is 21:00, 밤 12시 is 0:00, 밤 1시 is 1:00.
_NIGHT = ("밤", "夜", "晩", "深夜", "夜中", "晚上", "晚", "夜里", "夜裡", "半夜")
_NOON = ("낮", "昼", "お昼", "中午")  # 낮 12시 is 12:00, 낮 1시 is 13:00
_HALVES = (*_MORNING, *_EVENING, *_NIGHT, *_NOON)
# Those that Japanese and Chinese join to the hour without a blank.
HALVES_OF_HAN = tuple(half for half in _HALVES if re.match("[お\u4e00-\u9fff]", half))

_HALF = "|".join(map(re.escape, sorted(_HALVES, key=len, reverse=True)))
_HOUR = r"\d{1,2}|" + "|".join(sorted(_KOREAN_HOURS, key=len, reverse=True))
_O_CLOCK = "시|時|时|点钟|點鐘|点|點"
_MINUTES = r"(?:(?P<minute>\d{1,2}) ?[분分]?|(?P<thirty>[반半])|(?P<quarters>[13])刻)"
_FORMS = (
    rf"(?P<half>{_HALF})? ?(?P<hour>\d{{1,2}}) ?[:.] ?(?P<minute>\d\d)(?: ?: ?\d\d)? ?(?P<after>{_HALF})?",
    rf"(?P<half>{_HALF})? ?の? ?(?P<hour>{_HOUR}) ?(?:{_O_CLOCK}) ?{_MINUTES}? ?(?P<after>{_HALF})?",
    rf"(?P<half>{_HALF})? ?(?P<hour>\d{{1,2}}) ?(?P<after>{_HALF})?",
    rf"(?P<half>{_HALF})? ?(?P<hour>\d{{1,2}})(?P<minute>\d\d) ?(?P<after>{_HALF})?",
    r"(?P<hour>\d{1,2}) ?(?:h|hours?|o'?clock)(?P<half>)(?P<after>)",
)
_PATTERNS = tuple(re.compile(form) for form in _FORMS)
_BEFORE = re.compile("^(?:at |every day at |매일 |毎日 ?|每天 ?|每日 ?)")


def read_hour(text: str) -> dt.time | NoHour:
    """The hour that `text` names: `9`, `9:30 PM`, `오후 9시 30분`, `9시 반`, `午後9時半`, `晚上九点半`, `0930`."""
    written = unicodedata.normalize("NFKC", text).casefold()
    written = _BEFORE.sub("", " ".join(written.split())).strip(" ,!?。、")
    written = re.sub(r"[에に]$", "", in_digits(written, anywhere=True))
    if written in _WORDS:
        return _WORDS[written]
    for pattern in _PATTERNS:
        match = pattern.fullmatch(written)
        if match is not None:
            parts = match.groupdict()
            hour = _KOREAN_HOURS.get(parts["hour"]) or int(parts["hour"])
            return _time(hour, _minute(parts), parts["half"] or parts["after"] or "")
    return NoHour(offer=_hour_inside(written))


def _minute(parts: dict[str, str | None]) -> int:
    if parts.get("thirty"):
        return 30
    return 15 * int(parts.get("quarters") or "0") + int(parts.get("minute") or "0")


def _time(hour: int, minute: int, half: str) -> dt.time | NoHour:
    if minute > 59:
        return NoHour(impossible=True, offer=_nearest(hour, 0, half))
    fits = hour <= 23 if not half else hour <= 12 or (half not in _MORNING and hour <= 23)
    if not fits:
        return NoHour(impossible=True, offer=_nearest(hour, minute, half))
    return dt.time(_of_day(hour, half), minute)


def _of_day(hour: int, half: str) -> int:
    """The hour of 24 for an hour that was said in a half of the day."""
    if half in _MORNING or half in _NIGHT:
        midnight = hour == 12
        evening = half in _NIGHT and 6 <= hour < 12
        return 0 if midnight else hour + 12 if evening else hour
    if half in _EVENING or half in _NOON:
        return hour + 12 if hour < (12 if half in _EVENING else 6) else hour
    return hour


def _nearest(hour: int, minute: int, half: str) -> dt.time | None:
    if hour <= 12:
        return dt.time(_of_day(hour, half), minute)
    # 오전 13시 is a wrong half; 24:00 and 25:30 are how some write the small hours of the day after.
    return dt.time(hour % 24, minute) if hour <= 29 else None


def _hour_inside(written: str) -> dt.time | None:
    for inside in re.finditer(r"\d{1,2}:\d\d|\d{1,2} ?(?:시|時|时|点|點)|\d{1,2} ?[ap]m", written):
        read = read_hour(inside[0])
        if isinstance(read, dt.time):
            return read
    return None
