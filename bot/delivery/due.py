"""When a subscription is due, which list day is expected then, which days it is owed. Pure arithmetic."""

import datetime as dt
import zoneinfo
from collections.abc import Collection, Iterable, Sequence

# After an outage at most this many list days are owed, never a flood (docs/architecture.md, "The list day").
OWED_LIMIT = 5
# How long after the due instant an expected day that has not settled is waited for.
WAIT = dt.timedelta(hours=6)


def next_due_at(*, time_zone: str, local_time: dt.time, weekdays: Collection[int], after: dt.datetime) -> dt.datetime:
    """The first instant strictly after `after`, in UTC, at which the clocks of `time_zone` show `local_time` on a weekday
    of `weekdays` (Monday is 0).

    A time that a day skips counts as the first instant after the gap, a time that comes twice as its first coming. A zone
    that this machine's database does not know counts as UTC: late by hours is better than never.

    Raises ValueError when `weekdays` names no weekday, for then there is no such instant.
    """
    if not any(0 <= weekday <= 6 for weekday in weekdays):
        raise ValueError(f"A subscription needs at least one weekday from 0 (Monday) to 6 (Sunday), not {weekdays!r}.")
    zone = zone_of(time_zone)
    # From the day before: a gap that swallows a whole day (Samoa, 2011-12-30) moves that day's time into the next date.
    day = after.astimezone(zone).date() - dt.timedelta(days=1)
    while True:
        if day.weekday() in weekdays:
            instant = _instant(dt.datetime.combine(day, local_time.replace(tzinfo=None)), zone)
            if instant > after:
                return instant
        day += dt.timedelta(days=1)


def begin_of(day: dt.date, time_zone: str) -> dt.datetime:
    """The first instant of `day` by the clocks of `time_zone`, in UTC."""
    return dt.datetime.combine(day, dt.time(), tzinfo=zone_of(time_zone)).astimezone(dt.UTC)


def after_pause(after: dt.datetime, paused_until: dt.date | None, time_zone: str) -> dt.datetime:
    """The instant after which a chat that paused until `paused_until` may be due; `after` if the pause is over."""
    if paused_until is None:
        return after
    # A digest of midnight itself comes: due instants are those after one.
    return max(after, begin_of(paused_until, time_zone) - dt.timedelta(seconds=1))


def expected_day(at: dt.datetime, settle_hour: int) -> dt.date:
    """The list day that should have settled by `at`: the newest weekday whose `settle_hour` (UTC) has come."""
    day = (at.astimezone(dt.UTC) - dt.timedelta(hours=settle_hour)).date()
    while day.weekday() > 4:  # the Hub has no list on weekends
        day -= dt.timedelta(days=1)
    return day


def owed_days(
    list_days: Iterable[dt.date], floor: dt.date | None, had: Collection[dt.date], limit: int = OWED_LIMIT
) -> tuple[Sequence[dt.date], Sequence[dt.date]]:
    """Which of the deliverable `list_days` are owed, and which are too old and skipped; both oldest first.

    Days up to `floor` and those that were `had` do not count. Among the newest `limit` list days they are owed, older ones
    are skipped. Without a floor only the newest is owed and none is skipped: whoever subscribed to an empty store gets no
    history.
    """
    days = sorted(set(list_days))
    if floor is None:
        return [day for day in days[-1:] if day not in had], []
    missing = [day for day in days if day > floor and day not in had]
    recent = set(days[-limit:])
    return [day for day in missing if day in recent], [day for day in missing if day not in recent]


def zone_of(name: str) -> dt.tzinfo:
    """The zone of this name; UTC where the machine's database does not know it (any more)."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return dt.UTC


def is_known_zone(name: str) -> bool:
    """Whether the machine's database knows the zone."""
    return zone_of(name) is not dt.UTC


def _instant(wall: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    first = wall.replace(tzinfo=zone, fold=0).astimezone(dt.UTC)
    if first.astimezone(zone).replace(tzinfo=None) == wall:
        return first
    # In a gap, fold 0 reads the wall time by the offset before it and lands after it; fold 1 the other way round (PEP 495).
    # The clocks jump somewhere between the two: halve until one second is left, for transitions stand on whole seconds.
    before, after = wall.replace(tzinfo=zone, fold=1).astimezone(dt.UTC), first
    offset = after.astimezone(zone).utcoffset()
    while after - before > dt.timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        middle = middle if middle > before else before + dt.timedelta(seconds=1)
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after
