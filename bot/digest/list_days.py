"""The calendar of list days: how far a day is known after a fetch, and which days to fetch now. Pure.

The rules and their reasons are in docs/architecture.md, "The list day". The lists themselves are in bot/store/list_days.py.
"""

import datetime as dt
from collections.abc import Iterable, Iterator

from bot.model import ListDay, ListDayState

# The Hub's list of D is complete some hours after D ends in UTC.
CLOSING = dt.time(3, 0)
# The hourly job looks at the last days in any case, and further back at those that it has once begun, or missed.
RECENT_DAYS = 3
GAP_DAYS = 14
# A closed list is asked for again when it has been closed for so long: votes go on rising for a week, a paper may still
# come or go, titles and links are mended. One request a page each time, where papers one by one would be thirty.
YOUNG = tuple(dt.timedelta(days=days) for days in (1, 2, 4, 7))
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
    # Nobody knows when a recording was made; and for an archive's day the Hub may have had no papers yet when it was asked.
    return known.fetched_at is not None and known.fetched_at >= closes_at(known.day)


def is_due_again(known: ListDay | None, now: dt.datetime) -> bool:
    """Whether a complete list has reached an age of YOUNG since it was fetched. Of weekends nothing new is to be heard."""
    if known is None or known.fetched_at is None or (not known.papers and known.day.weekday() >= 5):
        return False
    if now - closes_at(known.day) > YOUNG[-1] + RECENT_DAYS * dt.timedelta(days=1):
        return False
    return any(known.fetched_at < closes_at(known.day) + age <= now for age in YOUNG)


def first_wanted(now: dt.datetime, known: Iterable[ListDay], gap_days: int = GAP_DAYS) -> dt.date | None:
    """The first day that must not be missing: the first that was fetched from the Hub, at most `gap_days` back.

    None when none was ever fetched. What was imported is no such start.
    """
    fetched = [one.day for one in known if one.fetched_at is not None]
    return max(now.date() - dt.timedelta(days=gap_days), min(fetched)) if fetched else None


def gaps(now: dt.datetime, known: Iterable[ListDay], gap_days: int = GAP_DAYS) -> list[dt.date]:
    """The days before today that must not be missing and of which the Hub has not said its last word, the newest first."""
    by_day = {one.day: one for one in known}
    start = first_wanted(now, by_day.values(), gap_days)
    if start is None:
        return []
    return [day for day in days_between(start, now.date() - dt.timedelta(days=1)) if not is_complete(by_day.get(day))][::-1]


def days_to_refresh(now: dt.datetime, known: Iterable[ListDay], gap_days: int = GAP_DAYS) -> list[dt.date]:
    """The days that the hourly job asks for, the newest first: today, the last three that are not complete, gaps (the
    machine was off), and what is closed and still young.
    """
    by_day = {one.day: one for one in known}
    today = now.date()
    recent = [today - dt.timedelta(days=back) for back in range(1, RECENT_DAYS + 1)]
    wanted = {day for day in recent if not is_complete(by_day.get(day))}
    wanted |= {today, *gaps(now, by_day.values(), gap_days)}
    wanted |= {day for day, one in by_day.items() if is_complete(one) and is_due_again(one, now)}
    return sorted(wanted, reverse=True)


def days_between(since: dt.date, until: dt.date) -> Iterator[dt.date]:
    """Every day from `since` to `until`, both included."""
    for offset in range((until - since).days + 1):
        yield since + dt.timedelta(days=offset)
