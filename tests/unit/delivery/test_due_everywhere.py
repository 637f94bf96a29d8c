"""Every jump that the clocks of any zone make in ten years: no day is left out there, and none has two due instants."""

import datetime as dt
import zoneinfo
from importlib import resources
from pathlib import Path

from bot.delivery.due import next_due_at
from tests.unit.delivery.test_due import EVERY_DAY, ZONES, meant_day

FIRST, LAST = dt.datetime(2020, 1, 1, tzinfo=dt.UTC), dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)


def different_zones():
    """One name of each zone: half of the six hundred are other names of another, with the same file."""
    by_file: dict[bytes, str] = {}
    for name in ZONES:
        for folder in zoneinfo.TZPATH:
            if (path := Path(folder) / name).is_file():
                by_file.setdefault(path.read_bytes(), name)
                break
        else:
            *packages, last = name.split("/")
            package = ".".join(["tzdata.zoneinfo", *packages])
            by_file.setdefault(resources.files(package).joinpath(last).read_bytes(), name)
    return list(by_file.values())


def jumps(zone):
    """Instants at which the zone's clocks jump, with the offsets before and after."""
    at, offset = FIRST, FIRST.astimezone(zone).utcoffset()
    while at < LAST:
        following = at + DAY
        found = following.astimezone(zone).utcoffset()
        if found != offset:
            low, high = at, following
            while high - low > MINUTE:
                middle = (low + (high - low) / 2).replace(second=0)
                low, high = (middle, high) if middle.astimezone(zone).utcoffset() == offset else (low, middle)
            yield high, offset, found
        at, offset = following, found


def touched(at, before, after):
    """Local times that the jump skips or shows twice, at its edges and inside, and one minute off them."""
    walls = sorted([(at + before).replace(tzinfo=None), (at + after).replace(tzinfo=None)])
    middle = (walls[0] + (walls[1] - walls[0]) / 2).replace(second=0)
    return {wall.time() for wall in (walls[0] - MINUTE, walls[0], middle, walls[1] - MINUTE, walls[1])}


def test_around_every_jump_of_every_zone_in_ten_years_each_day_has_one_due_instant():
    checked = 0
    for name in different_zones():
        zone = zoneinfo.ZoneInfo(name)
        for at, before, after in jumps(zone):
            gap = after > before
            for local in touched(at, before, after):
                first = instant = at - 3 * DAY
                days = []
                while instant < at + 3 * DAY:
                    instant = next_due_at(time_zone=name, local_time=local, weekdays=EVERY_DAY, after=instant)
                    shown = instant.astimezone(zone)
                    day = meant_day(shown, local)
                    days.append(day)
                    # An hour that comes twice: its first coming; one that is skipped: the jump itself.
                    assert shown.time() == local or (gap and instant == at), (name, local, instant)
                    assert shown.time() != local or not shown.fold, (name, local, instant)
                whole = [days[0] + dt.timedelta(days=number) for number in range(len(days))]
                assert days == whole, (name, local, first, days)
                checked += len(days)
    assert checked > 50_000
