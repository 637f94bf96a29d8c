"""The words after /subscribe, an hour and a zone in either order, read into both. Pure."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.commands.hours import NoHour, read_hour
from bot.commands.zones import NoZone, read_zone

# `오후 9시 30분 New York` has five words; what is longer than this is no order.
_MOST_WORDS = 10


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
    """`09:00 Seoul`, `뉴욕 오전 8시`, `9`, `Europe/London`, or nothing at all."""
    words = text.replace(",", " ").split()
    if not words:
        return Order()
    misread: Misread | None = None
    if len(words) <= _MOST_WORDS:
        for hour, zone in _splits(words):
            read_time = read_hour(hour) if hour else None
            read_place = read_zone(zone) if zone else None
            time = read_time if isinstance(read_time, dt.time) else None
            place = read_place if isinstance(read_place, str) else None
            if bool(hour) == (time is not None) and bool(zone) == (place is not None):
                return Order(time, place)
            # The half that was read the longest tells what the other was meant to be.
            if time is not None and isinstance(read_place, NoZone):
                misread = _better(misread, Misread(zone, read_place, Order(time=time)))
            elif place is not None and isinstance(read_time, NoHour):
                misread = _better(misread, Misread(hour, read_time, Order(zone=place)))
    return misread or _whole(" ".join(words))


def _splits(words: list[str]) -> Iterator[tuple[str, str]]:
    """Each way to cut the words in two: (hour, zone), in both orders, one of them empty at the ends."""
    for cut in range(len(words) + 1):
        left, right = " ".join(words[:cut]), " ".join(words[cut:])
        yield left, right
        yield right, left


def _better(known: Misread | None, other: Misread) -> Misread:
    return other if known is None or len(other.written) < len(known.written) else known


def _whole(text: str) -> Misread:
    hour = read_hour(text)
    if isinstance(hour, NoHour) and (hour.impossible or hour.offer is not None or re.match(r"\d", text)):
        return Misread(text, hour)
    zone = read_zone(text)
    return Misread(text, zone if isinstance(zone, NoZone) else NoZone())
