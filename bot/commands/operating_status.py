"""/status: how everything stands, in a dozen lines, for an operator's chat. `daily-papers status` says more."""

import datetime as dt
import shutil
from collections.abc import Sequence
from pathlib import Path

from bot.commands.asking import Asking
from bot.delivery import alarm_keeping, alarm_texts
from bot.delivery.status import Status
from bot.delivery.status import status as read_status
from bot.locales import thousands
from bot.message import Message, shortened
from bot.model import ListDayState
from bot.store import announcements, backup_outcomes, usage
from bot.store.announcements import called
from bot.store.standing import Standing, standing

# The last troubles are enough for a look; all of them stand in the log.
_FAULTS = 3
_MEGABYTE = 1_000_000


async def show_status(asking: Asking) -> Sequence[Message]:
    """One message; what is wrong stands first."""
    store, now = asking.store, asking.now
    found = await store.read(read_status, today=now.date())
    stands = await store.read(standing, now)
    open_alarms = [alarm for alarm in await store.read(alarm_keeping.known) if not alarm.over]
    troubles = [f"⚠ {alarm_texts.text(alarm, asking.language).heading}" for alarm in open_alarms]
    if found.paused.everything:
        since = _instant(found.paused.everything)
        troubles.insert(0, f"⏸ {asking.gettext('Everything has been paused since {at}.', at=since)}")
    lines = [
        _newest(asking, found),
        *_subscribers(asking, found),
        # What is paused is in no queue.
        *([] if found.paused.everything else [_queue(asking, stands)]),
        *await _announcement(asking),
        await _backup(asking),
        *await _model(asking),
        _store(asking, asking.settings.database),
    ]
    faults = [
        f"{fault.address}, {called(fault.list_day)}: {shortened(fault.error, 120)}" for fault in found.last_errors[:_FAULTS]
    ]
    heading = asking.gettext("Something is wrong") if troubles else asking.gettext("All is well")
    if faults:
        faults.insert(0, asking.gettext("Chats that last gave trouble:"))
    return [
        Message(
            heading=heading,
            paragraphs=tuple("\n".join(part) for part in (troubles, lines, faults) if part),
            footer=asking.gettext("On the machine, `daily-papers status` and `daily-papers doctor` tell more."),
        )
    ]


def _newest(asking: Asking, found: Status) -> str:
    day = found.newest_day
    if day is None:
        return asking.gettext("There is no list yet.")
    still = day.state in {ListDayState.OPEN, ListDayState.WANTED}
    papers = thousands(day.papers, asking.language)
    if still:
        return asking.ngettext(
            "Newest list: {day}, {count} paper, still filling.", "Newest list: {day}, {count} papers, still filling.",
            day.papers, day=day.day, count=papers,
        )  # fmt: skip
    return asking.ngettext(
        "Newest list: {day}, {count} paper.", "Newest list: {day}, {count} papers.", day.papers, day=day.day, count=papers
    )


def _subscribers(asking: Asking, found: Status) -> list[str]:
    if not found.subscribers:
        return [asking.gettext("No chat is subscribed yet.")]
    lines = []
    for platform, (reachable, parked) in sorted(found.subscribers.items()):
        line = asking.ngettext(
            "{platform}: {count} chat subscribed", "{platform}: {count} chats subscribed",
            reachable, platform=platform.capitalize(), count=thousands(reachable, asking.language),
        )  # fmt: skip
        if parked:
            gone = asking.gettext("{count} unreachable", count=thousands(parked, asking.language))
            line = f"{line} · {gone}"
        lines.append(line)
    return lines


def _queue(asking: Asking, found: Standing) -> str:
    if not found.deliveries:
        if found.waiting:
            return asking.ngettext(
                "{count} chat waits for its list.", "{count} chats wait for their list.",
                found.waiting, count=thousands(found.waiting, asking.language),
            )  # fmt: skip
        return asking.gettext("Nothing is waiting to be sent.")
    minutes = int(found.lag.total_seconds()) // 60
    if not minutes:
        return asking.ngettext(
            "To send: {messages} messages to {count} chat.", "To send: {messages} messages to {count} chats.",
            found.deliveries,
            messages=thousands(found.messages, asking.language), count=thousands(found.deliveries, asking.language),
        )  # fmt: skip
    return asking.ngettext(
        "To send: {messages} messages to {count} chat; the longest waits for {minutes} min.",
        "To send: {messages} messages to {count} chats; the longest waits for {minutes} min.",
        found.deliveries,
        messages=thousands(found.messages, asking.language),
        count=thousands(found.deliveries, asking.language),
        minutes=thousands(minutes, asking.language),
    )


async def _announcement(asking: Asking) -> list[str]:
    newest = await asking.store.read(announcements.newest)
    if newest is None:
        return []
    reached = await asking.store.read(announcements.reached, newest.day)
    told = asking.gettext(
        "Last announcement: {done} of {chats} chats have it, {waiting} wait for it.",
        done=thousands(reached.done, asking.language),
        chats=thousands(reached.chats, asking.language),
        waiting=thousands(reached.waiting, asking.language),
    )
    return [told]


async def _backup(asking: Asking) -> str:
    last = await asking.store.read(backup_outcomes.last)
    if last is None:
        return asking.gettext("No backup was made yet.")
    if last.error:
        return asking.gettext("The last backup failed, at {at}.", at=_instant(last.at))
    return asking.gettext("Last backup: {at}.", at=_instant(last.at))


async def _model(asking: Asking) -> list[str]:
    """What the language model took today; nothing where none is set."""
    if not asking.settings.llm_api_url:
        return []
    today = await asking.store.read(usage.every, asking.now.date())
    told = asking.gettext(
        "Language model today: {calls} requests, {failures} of them in vain, at a cost of {money}.",
        calls=thousands(sum(one.calls for one in today), asking.language),
        failures=thousands(sum(one.failures for one in today), asking.language),
        money=f"{sum(one.money for one in today):.2f}",
    )
    return [told]


def _store(asking: Asking, database: Path) -> str:
    size = sum(_size(path) for path in (database, database.with_name(f"{database.name}-wal")))
    return asking.gettext(
        "Store: {size} MB, {free} MB free on its disk.",
        size=thousands(-(-size // _MEGABYTE), asking.language),
        free=thousands(shutil.disk_usage(database.absolute().parent).free // _MEGABYTE, asking.language),
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _instant(instant: dt.datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"
