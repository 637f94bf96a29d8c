"""The speed of a broadcast and its remaining time, from the store's counts at two instants. Pure."""

import datetime as dt
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from bot.store.delivery_counts import DayCounts, Underway

# "Now" is the last half minute: long enough that a pause which a platform asked for is no standstill.
WINDOW_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far what is being sent is. `rate` is in messages a second; both it and `seconds_left` are None when not known.

    `list_day` is the newest of those that are being sent, and the counts are those of all of them: chats but for
    `rejected` and the messages. `messages_left` can be sent now; what was put off for later is not in it.
    """

    list_day: dt.date
    chats: int
    done: int
    waiting: int
    ready: int
    parked: int
    failed: int
    rejected: int
    messages: int
    messages_done: int
    messages_left: int
    rate: float | None = None
    seconds_left: float | None = None


class Pulse:
    """The counts of the last half minute. `at` is in seconds of any clock that only goes forward."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, Underway]] = deque()

    def clear(self) -> None:
        """Forget what was counted: the next counts are another broadcast's."""
        self._samples.clear()

    def progress(self, at: float, counts: Underway) -> Progress | None:
        """How far it is by the newest counts; None when nothing is, and nothing was, being sent."""
        self._samples.append((at, counts))
        while len(self._samples) > 2 and self._samples[1][0] <= at - WINDOW_SECONDS:
            self._samples.popleft()
        if not counts.days:
            return None
        first_at, first = self._samples[0]
        rate = sent_between(first, counts) / (at - first_at) if at > first_at else None
        # Nothing in half a minute is no rate to reckon with, but it is told.
        seconds = counts.messages_left / rate if rate else None
        return Progress(
            **_sums(tuple(counts.days.values())),
            list_day=max(counts.days),
            messages_left=counts.messages_left,
            rate=rate,
            seconds_left=seconds,
        )


def sent_between(earlier: Underway, later: Underway) -> int:
    """How many messages were sent between two counts, of the list days that both know; a day begun anew counts as none."""
    both = earlier.days.keys() & later.days.keys()
    return sum(max(0, later.days[day].messages_done - earlier.days[day].messages_done) for day in both)


def duration(seconds: float) -> str:
    """A time to wait as a person says it: `45 s`, `12 min`, `2 h 05 min`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60:02d} min"


def _sums(days: Sequence[DayCounts]) -> dict[str, int]:
    names = ("chats", "done", "waiting", "ready", "parked", "failed", "rejected", "messages", "messages_done")
    return {name: sum(getattr(day, name) for day in days) for name in names}
