"""Parses the words after /subscribe: an hour and a zone, in either order. Pure."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.commands.day_words import one_of
from bot.commands.hours import HALVES_OF_HAN, NoHour, read_hour
from bot.commands.zones import NoZone, known_zone, read_zone

# `오후 9시 30분 New York` has five words; what is longer than this is no order.
_MOST_WORDS = 10
# Japanese and Chinese write no blank between an hour and a place. 北京時間 is no hour: no number stands before its 時.
_UNSPACED_HOUR = re.compile(
    rf"(?:{one_of(HALVES_OF_HAN)})? ?の?(?:\d{{1,2}}|[一二三四五六七八九十两零]{{1,3}}) ?[時时点點][鐘钟]?"
    r"(?:\d{1,2}分?|半|[一二三四五六七八九十]{1,3}分|[一三13]刻)?"
)


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for; None for what was not named."""

    time: dt.time | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Misread:
    """The part that could not be read, why, and what was read beside it."""

    written: str
    fault: NoHour | NoZone
    beside: Order = Order()


def read_order(text: str) -> Order | Misread:
    """`09:00 Seoul`, `뉴욕 오전 8시`, `東京午前9時`, `上午9点北京`, `9`, `Europe/London`, or nothing at all."""
    words = _UNSPACED_HOUR.sub(r" \g<0> ", re.sub("[,，、]", " ", text)).split()
    if not words:
        return Order()
    # The half that was read the longest tells what the other was meant to be.
    half: tuple[str, Order] | None = None
    if len(words) <= _MOST_WORDS:
        for hour, zone in _splits(words):
            read_time = read_hour(hour) if hour else None
            time = read_time if isinstance(read_time, dt.time) else None
            place = known_zone(zone) if zone else None
            if bool(hour) == (time is not None) and bool(zone) == (place is not None):
                return Order(time, place)
            unread = zone if time is not None else hour if place is not None else None
            if unread is not None and (half is None or len(unread) < len(half[0])):
                half = (unread, Order(time, place))
    if half is None:
        return _whole(" ".join(words))
    unread, beside = half
    return Misread(unread, _zone_fault(unread) if beside.time is not None else _hour_fault(unread), beside)


def _splits(words: list[str]) -> Iterator[tuple[str, str]]:
    """Each way to cut the words in two: (hour, zone), in both orders, one of them empty at the ends."""
    for cut in range(len(words) + 1):
        left, right = " ".join(words[:cut]), " ".join(words[cut:])
        yield left, right
        yield right, left


def _whole(text: str) -> Misread:
    hour = _hour_fault(text)
    if hour.impossible or hour.offer is not None or re.match(r"\d", text):
        return Misread(text, hour)
    return Misread(text, _zone_fault(text))


def _hour_fault(text: str) -> NoHour:
    read = read_hour(text)
    return read if isinstance(read, NoHour) else NoHour()


def _zone_fault(text: str) -> NoZone:
    read = read_zone(text)
    return read if isinstance(read, NoZone) else NoZone()
