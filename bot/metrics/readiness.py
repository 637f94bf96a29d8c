"""Judges whether the bot does its work, and if not, why. Pure."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.delivery.alarms import PATIENCE
from bot.store.standing import Standing

# A tick comes each two seconds; planning for a million chats takes some, a machine that is busy with others some more.
TICK_PATIENCE = dt.timedelta(minutes=2)
# After so long without a tick nothing helps but a new start.
TICK_HOPELESS = dt.timedelta(minutes=15)
# Lists are fetched each hour: after the third time in vain somebody should look.
FETCH_PATIENCE = dt.timedelta(hours=3, minutes=10)
# A first fetch of a fresh installation, which has nothing to serve before it.
START_PATIENCE = dt.timedelta(minutes=5)


class PlatformState(StrEnum):
    OPENING = "opening"
    WORKS = "works"
    TROUBLE = "trouble"
    REFUSED = "token refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The running process: when it began, when its last tick began and whether it failed, the state of its platforms."""

    started_at: dt.datetime
    ticked_at: dt.datetime | None
    platforms: Mapping[str, PlatformState]
    tick_failed: bool = False


def is_alive(work: Work, now: dt.datetime) -> bool:
    """Whether the process is still alive, even if it achieves nothing; if not, only a restart helps."""
    return now - (work.ticked_at or work.started_at) < TICK_HOPELESS


def reasons(work: Work, found: Standing, now: dt.datetime) -> list[str]:
    """Why the bot is not ready, a sentence each; none when it is."""
    said = []
    if work.tick_failed:
        # Why is in the log: an error may name what is nobody's business here.
        said.append("It fails at looking for who is due; the log says why.")
    elif work.ticked_at is None:
        said.append("It has just been started, and has not looked for who is due yet.")
    elif now - work.ticked_at > TICK_PATIENCE:
        said.append(f"It last looked for who is due {_ago(now - work.ticked_at)} ago, and should each two seconds.")
    if found.fetched_at is None:
        said.append("No list was ever fetched from Hugging Face.")
    elif now - found.fetched_at > FETCH_PATIENCE and now - work.started_at > START_PATIENCE:
        said.append(f"The last list was fetched {_ago(now - found.fetched_at)} ago, and one should be each hour.")
    if found.lag > PATIENCE:
        said.append(f"A digest has been waiting to be sent for {_ago(found.lag)}.")
    troubled = [name for name, one in work.platforms.items() if one in {PlatformState.TROUBLE, PlatformState.REFUSED}]
    # One that works is worth being ready for; the other is an alarm.
    if troubled and len(troubled) == len(work.platforms):
        said.append(f"No platform works: {', '.join(f'{name} ({work.platforms[name]})' for name in troubled)}.")
    return said


def _ago(time: dt.timedelta) -> str:
    minutes = int(time.total_seconds()) // 60
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"
