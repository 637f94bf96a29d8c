"""The values that the settings' buttons carry, and parsing them. No texts, no store.

A change is a letter and its value: `t0830`, `zAsia/Seoul`, `w0` (toggles), `W01234`, `lko`, `fc`, `n10` (0 for
all), `v5`, `xlm` (toggles a topic), `p7` (days; 0 ends it). Like every action it keeps its meaning for ever.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace

from bot.commands.setting_values import MOST_PAPERS, MOST_VOTES
from bot.commands.zones import known_zone
from bot.digest import topics
from bot.model import ALL_WEEKDAYS, Shape, Subscription

HOURS = (7, 8, 9, 10, 12, 18, 20, 22)
# Where many read papers; any other place is typed.
ZONES = (
    "Asia/Seoul", "Asia/Tokyo", "Asia/Shanghai", "Asia/Kolkata", "Europe/London", "Europe/Berlin", "America/New_York",
    "America/Los_Angeles",
)  # fmt: skip
TOPS = (3, 5, 10, 20, 0)
VOTES = (0, 5, 10, 20, 50)
PAUSES = (1, 3, 7, 14, 30)
SHAPES = {"e": Shape.EACH, "c": Shape.COMPACT}
_LONGEST_PAUSE = 366

Decide = Callable[[Subscription], Subscription]


def time_code(time: dt.time) -> str:
    return f"t{time:%H%M}"


def read_change(code: str, today: dt.date) -> Decide | None:
    """What an order becomes by a change, but for the language, which is the chat's; None when it is none."""
    letter, value = code[:1], code[1:]
    reader = _READERS.get(letter)
    return reader(value, today) if reader is not None else None


def _time(value: str, _: dt.date) -> Decide | None:
    if not re.fullmatch(r"([01]\d|2[0-3])[0-5]\d", value, re.ASCII):
        return None
    return lambda order: replace(order, local_time=dt.time(int(value[:2]), int(value[2:])))


def _zone(value: str, _: dt.date) -> Decide | None:
    zone = known_zone(value)
    return None if zone is None else lambda order: replace(order, time_zone=zone)


def _weekday(value: str, _: dt.date) -> Decide | None:
    if not re.fullmatch("[0-6]", value, re.ASCII):
        return None
    return lambda order: replace(order, weekdays=_other_way(order.weekdays, int(value)))


def _weekdays(value: str, _: dt.date) -> Decide | None:
    if not re.fullmatch("[0-6]{1,7}", value, re.ASCII):
        return None
    return lambda order: replace(order, weekdays=tuple(sorted(set(map(int, value)))))


def _shape(value: str, _: dt.date) -> Decide | None:
    shape = SHAPES.get(value)
    return None if shape is None else lambda order: replace(order, shape=shape)


def _top(value: str, _: dt.date) -> Decide | None:
    count = _number(value, MOST_PAPERS)
    return None if count is None else lambda order: replace(order, top=count or None)


def _votes(value: str, _: dt.date) -> Decide | None:
    count = _number(value, MOST_VOTES)
    return None if count is None else lambda order: replace(order, min_votes=count)


def _pause(value: str, today: dt.date) -> Decide | None:
    days = _number(value, _LONGEST_PAUSE)
    if days is None:
        return None
    return lambda order: replace(order, paused_until=today + dt.timedelta(days=days) if days else None)


def _topic(value: str, _: dt.date) -> Decide | None:
    one = topics.topic(value)
    if one is None:
        return None
    return lambda order: replace(
        order, filters=replace(order.filters, having=topics.toggled(order.filters.having, one.terms))
    )


def _other_way(weekdays: tuple[int, ...], day: int) -> tuple[int, ...]:
    """With `day` or without it; one day always stays."""
    left = set(weekdays) ^ {day}
    return tuple(sorted(left)) if left else weekdays


def _number(value: str, most: int) -> int | None:
    if not re.fullmatch(r"\d{1,6}", value, re.ASCII):
        return None
    return int(value) if int(value) <= most else None


_READERS: dict[str, Callable[[str, dt.date], Decide | None]] = {
    "t": _time, "z": _zone, "w": _weekday, "W": _weekdays, "f": _shape, "n": _top, "v": _votes, "p": _pause, "x": _topic,
}  # fmt: skip
EVERY_DAY = "".join(map(str, ALL_WEEKDAYS))
WORKDAYS = EVERY_DAY[:5]
