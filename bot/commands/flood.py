"""Limits how much a person may ask at once, by the generic cell rate algorithm: one number holds rate and burst.

Generous to people, strict with floods: what comes too fast is not answered, and that is said once. Nothing is stored; one
number per person is kept in memory until their allowance is full again.
"""

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import islice
from time import monotonic

from bot.commands.asking import Asking
from bot.message import Message


@dataclass(frozen=True, slots=True)
class Pace:
    """`at_once` requests at a time, then one every `every` seconds."""

    name: str
    at_once: int
    every: float

    @property
    def reserve(self) -> float:
        """How far ahead of the clock a person may be, in seconds."""
        return (self.at_once - 1) * self.every


# Nobody reads faster than this. Buttons are pressed faster than commands are typed; inline mode and forms ask at each
# keystroke.
COMMANDS = Pace("commands", at_once=20, every=3.0)
PRESSES = Pace("presses", at_once=30, every=1.0)
STROKES = Pace("strokes", at_once=60, every=0.3)
# How many people are remembered; those who asked longest ago are forgotten first.
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class TooFast:
    """Too fast: the next request is accepted in `seconds`. `told` if this was said already and is not to be said again."""

    seconds: int
    told: bool


@dataclass(slots=True)
class _Person:
    ahead_until: float
    told: bool = False


class Flood:
    """How fast each person asks. One object for the whole program; `now` is a clock in seconds."""

    def __init__(self, now: Callable[[], float] = monotonic, *, most: int = _MOST) -> None:
        self._now = now
        self._most = most
        self._people: OrderedDict[tuple[Hashable, str], _Person] = OrderedDict()

    def __len__(self) -> int:
        return len(self._people)

    def take(self, who: Hashable, pace: Pace) -> TooFast | None:
        """Count one more request of `who`; None if it may be answered."""
        now, key = self._now(), (who, pace.name)
        person = self._people.pop(key, None) or _Person(now)
        self._forget(now)
        self._people[key] = person
        ahead = max(0.0, person.ahead_until - now)
        if ahead > pace.reserve:
            told, person.told = person.told, True
            return TooFast(math.ceil(ahead - pace.reserve), told)
        if ahead <= pace.reserve / 2:
            # Whoever has slowed down is told anew another time.
            person.told = False
        person.ahead_until = now + ahead + pace.every
        return None

    def _forget(self, now: float) -> None:
        """Who has asked longest ago stands first: those with a full reserve go, and whoever is too many."""
        for key in list(islice(self._people, 2)):
            if self._people[key].ahead_until < now:
                del self._people[key]
        while len(self._people) >= self._most:
            self._people.popitem(last=False)


def too_fast(asking: Asking, verdict: TooFast) -> Sequence[Message]:
    """What is said of it, once."""
    if verdict.told:
        return ()
    return asking.say(
        asking.ngettext(
            "That is faster than I can follow. I answer again in {count} second.",
            "That is faster than I can follow. I answer again in {count} seconds.",
            verdict.seconds,
            count=verdict.seconds,
        ),
        private=True,
    )
