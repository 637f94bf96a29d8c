"""What follows from the outcome of a message: every rule of retrying, parking and giving up. Pure."""

import datetime as dt
import math
from dataclasses import dataclass

from bot.model import Address, Delivery
from bot.ports import Moved, NotSent, Outcome, Rejected, RetryAfter, Sent, Unknown, Unreachable

# Pauses after a message that did not arrive, or may not have: 1, 2, 4, … seconds, at most this.
LONGEST_PAUSE = dt.timedelta(minutes=5)
# Given up after this many failures in a row: 9 growing pauses of 511 s together, then 300 s each, are 48 hours.
MOST_ATTEMPTS = 9 + math.ceil((48 * 3600 - 511) / 300)
# A vague refusal is tried again after this, and parks the chat when it came on this many different days.
STRIKE_PAUSE = dt.timedelta(hours=6)
STRIKES = 3
# A platform that asks for a longer wait is tried again after LONGEST_WAIT, as the number may be nonsense. One that asks for
# no wait at all, again and again, is not tried in a loop without a pause.
SHORTEST_WAIT, LONGEST_WAIT = dt.timedelta(seconds=0.25), dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Arrived:
    """The message arrived: record it and go on with the next."""

    external_id: str
    container_id: str


@dataclass(frozen=True, slots=True)
class AsPlain:
    """Send the same message once more, at once, without any format."""

    reason: str


@dataclass(frozen=True, slots=True)
class PassedOver:
    """The platform refuses this message in any form: record that and go on with the next."""

    reason: str


@dataclass(frozen=True, slots=True)
class Later:
    """Send the same message again, not before `not_before`. `attempts` counts failures since the last success."""

    not_before: dt.datetime
    attempts: int
    reason: str


@dataclass(frozen=True, slots=True)
class Struck:
    """Like `Later`; and the chat has now given vague refusals on `strikes` different days."""

    strikes: int
    not_before: dt.datetime
    attempts: int
    reason: str


@dataclass(frozen=True, slots=True)
class Relocated:
    """The chat has moved: move its target, then send the same message there."""

    to: Address
    attempts: int


@dataclass(frozen=True, slots=True)
class Parked:
    """The chat cannot be reached: send nothing there until it wakes up."""

    reason: str


@dataclass(frozen=True, slots=True)
class GivenUp:
    """It failed for two days: end the delivery as failed."""

    reason: str


Next = Arrived | AsPlain | PassedOver | Later | Struck | Relocated | Parked | GivenUp


def decide(
    outcome: Outcome,
    delivery: Delivery,
    now: dt.datetime,
    *,
    plain: bool = False,
    strikes: int = 0,
    struck_at: dt.datetime | None = None,
) -> Next:
    """The next state of `delivery` after `outcome` of the message at its cursor, which was sent as `plain` text or not.

    `strikes` is the target's number of days with vague refusals so far, `struck_at` the last refusal.
    """
    match outcome:
        case Sent(external_id, container_id):
            return Arrived(external_id, container_id)
        case RetryAfter(seconds):
            # Obeyed, and no failure: a busy token must not make anyone's digest give up.
            return Later(now + _bounded(seconds), delivery.attempts, f"The platform asks to wait {seconds:g} seconds.")
        case Rejected(reason):
            return PassedOver(reason) if plain else AsPlain(reason)
        case Unreachable(reason, vague=False):
            return Parked(reason)
        case Unreachable(reason):
            return _vague(reason, delivery, now, strikes, struck_at)
        case Moved(to) if to != delivery.address:
            if delivery.attempts >= MOST_ATTEMPTS:
                return GivenUp(f"The chat moved on and on, at last to {to}.")
            return Relocated(to, delivery.attempts + 1)
        case Moved(to):
            return _again(f"The platform says that {to} moved to itself.", delivery, now)
        case NotSent(reason) | Unknown(reason):
            # Unknown is sent again: rarely twice, never lost (docs/operating.md, "Why nothing comes twice").
            return _again(reason, delivery, now)


def _again(reason: str, delivery: Delivery, now: dt.datetime) -> Next:
    attempts = delivery.attempts + 1
    if attempts > MOST_ATTEMPTS:
        return GivenUp(reason)
    # The exponent is bounded, because 2 ** 583 seconds do not fit into a timedelta.
    pause = min(LONGEST_PAUSE, dt.timedelta(seconds=2 ** min(attempts - 1, 16)))
    return Later(now + pause, attempts, reason)


def _vague(reason: str, delivery: Delivery, now: dt.datetime, strikes: int, struck_at: dt.datetime | None) -> Next:
    if struck_at is None or struck_at.astimezone(dt.UTC).date() != now.astimezone(dt.UTC).date():
        strikes += 1
    if strikes >= STRIKES:
        return Parked(reason)
    attempts = delivery.attempts + 1
    return GivenUp(reason) if attempts > MOST_ATTEMPTS else Struck(strikes, now + STRIKE_PAUSE, attempts, reason)


def _bounded(seconds: float) -> dt.timedelta:
    if not math.isfinite(seconds):
        return LONGEST_WAIT
    return dt.timedelta(seconds=min(max(seconds, SHORTEST_WAIT.total_seconds()), LONGEST_WAIT.total_seconds()))
