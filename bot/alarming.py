"""Sends alarms to the operator's chats (ADMIN_CHATS): once when something is wrong, and once more when it is over.

What is an alarm is decided in bot/delivery/alarms.py; this module gathers the facts and sends the messages.
"""

import asyncio
import contextlib
import shutil
import sqlite3
from collections import Counter
from functools import partial
from pathlib import Path

import structlog

from bot.delivery import alarm_keeping, alarms
from bot.delivery.alarm_texts import text
from bot.delivery.alarms import Alarm, Facts, Trouble
from bot.delivery.answers import send_answers
from bot.delivery.pace import Pace
from bot.errors import DailyPapersError
from bot.listening import Platforms
from bot.model import TERMINAL, Address
from bot.parts import Parts
from bot.settings import address_of
from bot.store import backup_outcomes, chats, delivery_counts, list_days, pauses, usage

LOOK_SECONDS = 60.0
MEGABYTE = 1_000_000
# After this many failures, an alarm is no longer sent to a chat.
_TRIES = 5

log = structlog.get_logger()


class Alarming:
    """Looks each minute, and at once when a platform ended or came back."""

    def __init__(self, parts: Parts, platforms: Platforms, pace: Pace) -> None:
        self._store, self._clock, self._settings = parts.store, parts.clock, parts.settings
        self._platforms, self._pace, self._observer = platforms, pace, parts.observer
        self._summaries = parts.summaries
        self._started_at = self._clock.now()
        self._admins = tuple(map(str, self._settings.told_chats))
        self._tries: Counter[tuple[str, bool, str]] = Counter()

    async def run(self) -> None:
        """Look again and again, until cancelled. At a terminal alone alarms would stand between the answers."""
        if set(self._platforms.every) == {TERMINAL}:
            return
        while True:
            try:
                await self.look()
            except DailyPapersError as error:
                log.warning("alarms are not known", error=str(error))
            except Exception:
                log.exception("alarms are not known")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._platforms.changed.wait()

    async def look(self) -> None:
        """Look once, and tell what is to be told."""
        self._platforms.changed.clear()
        facts = await self._store.read(self._facts)
        known = await self._store.read(alarm_keeping.known)
        # There is nothing to say about a platform whose token was removed from the settings.
        served = [one for one in known if one.detail.get("platform", "") in {"", *self._platforms.every}]
        now_known = alarms.step(served, facts, self._admins)
        if list(now_known.values()) != known:
            await self._store.write(alarm_keeping.keep, now_known.values())
        _log_changes({alarm.name: alarm for alarm in known}, now_known)
        for alarm in now_known.values():
            await self._tell(alarm)

    async def _tell(self, alarm: Alarm) -> None:
        silent = []
        for chat in alarms.to_tell(alarm, self._admins):
            address = address_of(chat)
            platform = self._platforms.every.get(address.platform)
            if platform is None or platform.refused:
                silent.append(chat)
            if platform is None or platform.refused or not platform.opened:
                continue
            message = text(alarm, await self._store.read(_language, address, self._settings.default_language))
            tried = alarm.name, alarm.over, chat
            self._tries[tried] += 1
            send = partial(platform.send, address)
            if await send_answers(send, address, [message], self._pace, self._observer) or self._tries[tried] >= _TRIES:
                del self._tries[tried]
                alarm = alarms.after_telling(alarm, chat)
                await self._store.write(alarm_keeping.keep_one, alarm, self._admins)
        unheard = alarm.name, alarm.over, ""
        if silent and not alarm.over and not self._tries[unheard]:
            self._tries[unheard] += 1
            log.error("these admin chats cannot be told now", alarm=alarm.name, chats=silent, **alarm.detail)

    def _facts(self, connection: sqlite3.Connection) -> Facts:
        now, settle_hour = self._clock.now(), self._settings.settle_hour_utc
        count, _, reason = delivery_counts.behind(connection, now - alarms.PATIENCE)
        day = alarms.expected(now, settle_hour)
        missing = alarms.expected(now, self._settings.missing_hour_utc)
        backup = backup_outcomes.last(connection)
        parked, parked_reason = chats.parked_since(connection, now - alarms.RISE_TIME)
        return Facts(
            now=now,
            undisturbed_since=max(self._started_at, pauses.resumed_at(connection) or self._started_at),
            paused=pauses.everything_paused(connection),
            behind=count,
            behind_reason=reason,
            expected=day,
            settle_hour=settle_hour,
            listed=list_days.list_day(connection, day),
            missing=missing,
            missing_listed=list_days.list_day(connection, missing),
            asked_at=list_days.asked_at(connection),
            budget_spent=usage.is_stopped(connection, now.date()),
            model=self._summaries.health if self._summaries.has_model else None,
            backup_error=None if backup is None else backup.error,
            disk_free=_free(self._settings.database),
            least_free=self._settings.least_free_mb * MEGABYTE,
            parked=parked,
            parked_reason=parked_reason,
            # Counts whole tables, so only when it matters.
            subscribers=sum(map(sum, delivery_counts.subscribers(connection).values())) if parked >= alarms.RISE else 0,
            platforms={
                name: Trouble(reason=one.trouble, refused=one.refused) if one.trouble else None
                for name, one in self._platforms.every.items()
                if one.opened or one.trouble
            },
        )


def _free(database: Path) -> int | None:
    """Room on the store's disk in bytes; None when nobody can tell."""
    try:
        return shutil.disk_usage(database.absolute().parent).free
    except OSError:
        return None


def _log_changes(before: dict[str, Alarm], after: dict[str, Alarm]) -> None:
    for name, alarm in after.items():
        if not alarm.over and (name not in before or before[name].over):
            log.error("alarm", alarm=name, **alarm.detail)
    for name, alarm in before.items():
        if not alarm.over and (name not in after or after[name].over):
            log.info("alarm is over", alarm=name, since=alarm.since.isoformat())


def _language(connection: sqlite3.Connection, address: Address, default: str) -> str:
    found = chats.chat(connection, address)
    return default if found is None else found.language
