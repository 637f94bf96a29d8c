"""The calendar of list days: how far a day is known after a fetch, and which days to fetch now. Pure.

The rules and their reasons are in DESIGN, "The list day". What a day's list holds is in bot/store/list_days.py.
"""

import datetime as dt
from collections.abc import Iterable, Iterator

from bot.model import ListDay, ListDayState

# The Hub's list of D is complete some hours after D ends in UTC.
CLOSING = dt.time(3, 0)
# The hourly job looks at the last days in any case, and further back at those that it has once begun, or missed.
RECENT_DAYS = 3
GAP_DAYS = 14
# Longer than any holiday, at which the Hub's list rests.
BACKWARDS_DAYS = 10


def closes_at(day: dt.date) -> dt.datetime:
    """The instant from which a complete answer is the day's last word."""
    return dt.datetime.combine(day + dt.timedelta(days=1), CLOSING, tzinfo=dt.UTC)


def settles_at(day: dt.date, settle_hour: int) -> dt.datetime:
    """The instant from which a complete, non-empty answer is fit to deliver."""
    return dt.datetime.combine(day, dt.time(settle_hour), tzinfo=dt.UTC)


def state_after_fetch(day: dt.date, papers: int, fetched_at: dt.datetime, settle_hour: int) -> ListDayState:
    """How far a day is known after a complete answer of `papers` papers at `fetched_at`."""
    if fetched_at >= closes_at(day):
        return ListDayState.CLOSED
    if papers and fetched_at >= settles_at(day, settle_hour):
        return ListDayState.SETTLED
    return ListDayState.OPEN


def is_complete(known: ListDay | None) -> bool:
    """Whether the Hub has nothing more to say of a day. An archive's list is no answer of the Hub."""
    if known is None:
        return False
    # Of a recording nobody knows when it was made; of an archive's day the Hub may have had no papers when it was asked.
    return known.fetched_at is not None and known.fetched_at >= closes_at(known.day)


def days_to_refresh(now: dt.datetime, known: Iterable[ListDay]) -> list[dt.date]:
    """The days that the hourly job asks for, the newest first: today, and each recent one that is not complete.

    Recent are the last three, and up to fourteen back those not before the first day that was fetched from the Hub:
    gaps (the machine was off) are filled so. What was imported is no such start.
    """
    today = now.date()
    by_day = {one.day: one for one in known}
    fetched = [one.day for one in by_day.values() if one.fetched_at is not None]
    start = min(fetched, default=today)
    oldest = max(today - dt.timedelta(days=GAP_DAYS), min(start, today - dt.timedelta(days=RECENT_DAYS)))
    days = [day for day in days_between(oldest, today) if day == today or not is_complete(by_day.get(day))]
    return days[::-1]


def days_between(since: dt.date, until: dt.date) -> Iterator[dt.date]:
    """Every day from `since` to `until`, both included."""
    for offset in range((until - since).days + 1):
        yield since + dt.timedelta(days=offset)
