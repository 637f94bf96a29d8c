"""The program's time: real, or running from the instant that `CLOCK` names. No other module asks the system."""

import datetime as dt
import time
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Clock:
    """Gives the present instant in UTC.

    With `start`, time runs from that instant, by the monotonic clock, from the moment this object is made, `speed` seconds
    of it in each real one; without, it is the operating system's.
    """

    start: dt.datetime | None = None
    speed: float = 1.0
    _made: float = field(default_factory=time.monotonic)

    def now(self) -> dt.datetime:
        """The present instant, aware, in UTC."""
        if self.start is None:
            return dt.datetime.now(dt.UTC)
        return self.start.astimezone(dt.UTC) + dt.timedelta(seconds=(time.monotonic() - self._made) * self.speed)

    def offset(self) -> dt.timedelta:
        """What has to be added to the operating system's time to get the program's now (zero without `start`)."""
        return dt.timedelta(0) if self.start is None else self.now() - dt.datetime.now(dt.UTC)


def to_text(instant: dt.datetime) -> str:
    """An aware instant as the store writes it: UTC, `2024-03-28T12:00:00.000Z`, so that text order is time order."""
    return instant.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant.microsecond // 1000:03d}Z"


def from_text(text: str) -> dt.datetime:
    """The inverse of `to_text`; reads any ISO 8601 instant, as UTC when it names no offset. Raises ValueError."""
    instant = dt.datetime.fromisoformat(text)
    try:
        return instant.replace(tzinfo=dt.UTC) if instant.tzinfo is None else instant.astimezone(dt.UTC)
    except OverflowError:
        raise ValueError(f"'{text}' is outside the years 1 to 9999 in UTC") from None
