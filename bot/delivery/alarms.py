"""When an alarm begins and when it is over. Pure; sending is in bot/alarming.py.

An alarm is sent once, and once more when it is over, whatever happens in between, including restarts.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from bot.delivery.due import expected_day
from bot.digest.list_days import settles_at
from bot.model import ListDay, ListDayState
from bot.summaries.health import ModelHealth

# What is late for this long does not recover by itself; a long broadcast, or an hour's outage of a platform, does.
PATIENCE = dt.timedelta(hours=2)

# A model is asked for what is missing once an hour: then it has failed twice.
MODEL_FAILURES, MODEL_PATIENCE = 3, dt.timedelta(hours=1)
# Now and then somebody blocks the bot. At least this many chats, and this part of all, within this time are an alarm.
RISE, RISE_PART, RISE_TIME = 5, 0.02, dt.timedelta(days=1)
# The disk alarm ends only with this factor more free space: a temporary file does not start and end it again and again.
_ROOM_AGAIN = 1.2

DELIVERIES, FETCH, MISSING, PLATFORM = "deliveries", "fetch", "missing", "platform:"
BUDGET, MODEL, BACKUP, DISK, CHATS = "budget", "model", "backup", "disk", "parked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A platform that failed; `refused` if its token was refused."""

    reason: str
    refused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """How things stand. `behind` counts deliveries that were planned PATIENCE ago and are still to be sent.

    `undisturbed_since` is when this process began, or when a pause ended: what waited before was no fault. `expected` is
    the list day that should be there now, `listed` what is known of it. `missing` is the one that must be there by the hour
    that the operator sets, `missing_listed` what is known of it, `asked_at` when any list was last asked for.
    `budget_spent`: language models are not asked any more today; `model` is what is known of the one that is set.
    `backup_error` is "" when the last backup was made, None when there was none. Of the disk so many bytes are free, and
    `least_free` should be. `parked` chats have become unreachable within RISE_TIME, of so many `subscribers`, 0 when that
    was not counted. `platforms` has those that were opened.
    """

    now: dt.datetime
    undisturbed_since: dt.datetime
    paused: bool
    behind: int
    behind_reason: str
    expected: dt.date
    settle_hour: int
    listed: ListDay | None
    missing: dt.date | None = None
    missing_listed: ListDay | None = None
    asked_at: dt.datetime | None = None
    budget_spent: bool = False
    model: ModelHealth | None = None
    backup_error: str | None = None
    disk_free: int | None = None
    least_free: int = 0
    parked: int = 0
    parked_reason: str = ""
    subscribers: int = 0
    platforms: Mapping[str, Trouble | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something that the operator is told about. `told`: the chats that know that it began, and not that it is over."""

    name: str
    since: dt.datetime
    detail: Mapping[str, str]
    over: bool = False
    told: frozenset[str] = frozenset()


def begun(facts: Facts) -> dict[str, dict[str, str]]:
    """The alarms that the facts give reason for, each with its details."""
    found: dict[str, dict[str, str]] = {}
    if facts.behind and not facts.paused and facts.now - facts.undisturbed_since >= PATIENCE:
        found[DELIVERIES] = {"count": str(facts.behind), "reason": facts.behind_reason}
    listed = facts.listed
    if listed is not None and listed.last_error and not _is_there(listed):
        waited = facts.now - settles_at(facts.expected, facts.settle_hour)
        still_failing = listed.failed_at is not None and facts.now - listed.failed_at < PATIENCE
        long_silent = listed.fetched_at is None or facts.now - listed.fetched_at >= PATIENCE
        if waited >= PATIENCE and still_failing and long_silent:
            found[FETCH] = {"day": facts.expected.isoformat(), "reason": listed.last_error}
    if facts.missing is not None and _is_missing(facts):
        found[MISSING] = {"day": facts.missing.isoformat(), "reason": ""}
    for name, trouble in facts.platforms.items():
        if trouble is not None:
            refused = "yes" if trouble.refused else ""
            found[PLATFORM + name] = {"platform": name, "reason": trouble.reason, "refused": refused}
    if facts.budget_spent:
        found[BUDGET] = {"day": facts.now.date().isoformat(), "reason": ""}
    if facts.model is not None and _fails(facts.model, facts.now):
        found[MODEL] = {"reason": facts.model.reason, "refused": "yes" if facts.model.refused else ""}
    if facts.backup_error:
        found[BACKUP] = {"reason": facts.backup_error}
    if facts.disk_free is not None and facts.disk_free < facts.least_free:
        found[DISK] = {"megabytes": str(facts.disk_free // 1_000_000), "reason": ""}
    if facts.parked >= max(RISE, RISE_PART * facts.subscribers):
        found[CHATS] = {"count": str(facts.parked), "of": str(facts.subscribers), "reason": facts.parked_reason}
    return found


def ended(facts: Facts) -> set[str]:
    """The alarms that are certainly over; those neither here nor in `begun` stay as they are."""
    found = {PLATFORM + name for name, trouble in facts.platforms.items() if trouble is None}
    if not facts.behind and not facts.paused:
        found.add(DELIVERIES)
    if facts.listed is not None and (_is_there(facts.listed) or not facts.listed.last_error):
        found.add(FETCH)
    if facts.missing_listed is not None and _has_come(facts.missing_listed):
        found.add(MISSING)
    if not facts.budget_spent:
        found.add(BUDGET)
    if facts.model is None or facts.model.works:
        found.add(MODEL)
    if facts.backup_error == "":
        found.add(BACKUP)
    if facts.disk_free is not None and facts.disk_free >= facts.least_free * _ROOM_AGAIN:
        found.add(DISK)
    if facts.parked < max(RISE, RISE_PART * facts.subscribers) / 2:
        found.add(CHATS)
    return found


def step(known: Iterable[Alarm], facts: Facts, admins: Collection[str]) -> dict[str, Alarm]:
    """The alarms after these facts, including those that are over and not told yet."""
    alarms = {alarm.name: alarm for alarm in known}
    for name, detail in begun(facts).items():
        before = alarms.get(name)
        if before is None:
            alarms[name] = Alarm(name=name, since=facts.now, detail=detail)
        elif before.over:
            alarms[name] = replace(before, over=False)
    for name in ended(facts) & alarms.keys():
        alarms[name] = replace(alarms[name], over=True)
    return {name: alarm for name, alarm in alarms.items() if not is_closed(alarm, admins)}


def to_tell(alarm: Alarm, admins: Collection[str]) -> list[str]:
    """The chats that are to be told about it now: that it began, or that it is over."""
    return [chat for chat in admins if (chat in alarm.told) == alarm.over]


def after_telling(alarm: Alarm, chat: str) -> Alarm:
    """The alarm when this chat has been told."""
    return replace(alarm, told=alarm.told - {chat} if alarm.over else alarm.told | {chat})


def is_closed(alarm: Alarm, admins: Collection[str]) -> bool:
    """Whether it is over and nobody is left to be told so."""
    return alarm.over and not alarm.told & set(admins)


def expected(now: dt.datetime, settle_hour: int) -> dt.date:
    """The list day that should be there at `now`, as `Facts.expected`."""
    return expected_day(now, settle_hour)


def _fails(model: ModelHealth, now: dt.datetime) -> bool:
    """Whether the model will not recover by itself: it is configured wrongly, or has failed for long."""
    if model.refused:
        return True
    return model.since is not None and model.failures >= MODEL_FAILURES and now - model.since >= MODEL_PATIENCE


def _is_missing(facts: Facts) -> bool:
    """Whether the Hub was asked lately, answered, and had no list. If it does not answer, that is another alarm."""
    listed = facts.missing_listed
    if listed is not None and (_has_come(listed) or listed.last_error):
        return False
    return facts.asked_at is not None and facts.now - facts.asked_at < PATIENCE


def _has_come(day: ListDay) -> bool:
    """Whether the list has papers, or is certainly a holiday of the Hub's."""
    return day.papers > 0 or _is_there(day)


def _is_there(day: ListDay) -> bool:
    return day.state in {ListDayState.SETTLED, ListDayState.CLOSED}
