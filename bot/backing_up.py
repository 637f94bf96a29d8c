"""The running bot's own backup, once a day, into `BACKUP_FOLDER`: for whoever installs the bot and forgets about it.

It runs `daily-papers backup` as a separate process: answers and digests never wait for it, and stopping the bot ends it.
"""

import asyncio
import contextlib
import datetime as dt
import os
import signal
import sqlite3
import sys
from pathlib import Path

import structlog

from bot.clock import Clock
from bot.errors import DailyPapersError
from bot.settings import Settings
from bot.store import backup_outcomes
from bot.store.backup_outcomes import BackupOutcome
from bot.store.connection import Store

# After the upkeep of 21:20 (bot/schedule.py), at an hour when no large zone reads.
HOUR_UTC = dt.time(21, 40)
# What failed is tried again after so long: a disk may be mounted again, or have been cleared.
AGAIN = dt.timedelta(hours=1)
# A last backup that is further ahead than this was made while the clock was wrong, and counts for nothing.
_AHEAD = dt.timedelta(days=1)
LOOK_SECONDS = 60.0
# A hundred gigabytes take an hour to a slow disk; what takes longer waits for one that does not answer, a share's mostly.
LONGEST_SECONDS = 6 * 3600.0
_KILL_SECONDS = 1.0

log = structlog.get_logger()


def is_due(last: BackupOutcome | None, now: dt.datetime) -> bool:
    """Whether a backup is to be made at `now`: none was since the last HOUR_UTC, or that one failed AGAIN ago."""
    if last is None or last.at - now > _AHEAD:
        return True
    if last.error:
        return now - last.at >= AGAIN
    hour = dt.datetime.combine(now.astimezone(dt.UTC), HOUR_UTC, dt.UTC)
    return last.at < (hour if hour <= now else hour - dt.timedelta(days=1))


class BackingUp:
    """Looks each minute whether a backup is due. An outcome is kept in the store, for alarms, the doctor and restarts."""

    def __init__(self, store: Store, clock: Clock, settings: Settings, longest: float = LONGEST_SECONDS) -> None:
        """`longest`: a backup that takes more seconds than this has failed."""
        self._store, self._clock, self._settings, self._longest = store, clock, settings, longest
        # Where the store cannot be written the outcome is only here: on a full disk, copies may go to another one.
        self._tried: BackupOutcome | None = None

    async def run(self) -> None:
        """Look again and again, until cancelled; returns at once where BACKUP_FOLDER is not set."""
        folder = self._settings.backup_folder
        while folder is not None:
            try:
                await self.look(folder)
            except (DailyPapersError, OSError) as error:
                log.warning("no backup", error=str(error))
            except Exception:
                # Nobody would notice for months that no backup is made any more.
                log.exception("no backup")
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self, folder: Path) -> None:
        """Make a backup into `folder` if one is due. Raises StoreError, and OSError where no process can be started."""
        outcomes = (await self._store.read(backup_outcomes.last_own), self._tried)
        if all(is_due(one, self._clock.now()) for one in outcomes):
            await self._back_up(folder)

    async def _back_up(self, folder: Path) -> None:
        began = self._clock.now()
        # -P: this program, not what may be called `bot` in the folder in which it was started.
        command = [sys.executable, "-P", "-m", "bot", "backup", f"{folder}{os.sep}"]
        command += ["--keep", str(self._settings.backup_keep)]
        # This store, even if .env has named another one since.
        environment = os.environ | {"DATABASE": str(self._settings.database)}
        if self._settings.clock is not None:
            # A clock that was set begins anew in each process; this one has gone on since.
            environment["CLOCK"] = began.isoformat()
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=pipe,
            stderr=pipe,
            env=environment,
            # Ctrl-C reaches the bot alone, which ends it; else it would be taken for a failure.
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(self._longest):
                output, errors = await process.communicate()
        except TimeoutError:
            said = f"It had not ended after {self._longest / 3600:.0f} hours: does the disk of {folder} answer?"
            output, errors = b"", said.encode()
        finally:
            if process.returncode is None:
                # The service stops. What was written so far goes before a later backup (bot/store/backup.py, `sweep`).
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                # What waits for a disk that does not answer cannot be ended, and does not hold the stop up.
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(process.wait(), _KILL_SECONDS)
        if process.returncode == -signal.SIGTERM:
            # systemd stops all processes of a unit at once: the bot is about to stop too, and nothing has failed.
            self._tried = BackupOutcome(began, "It was stopped.")
            log.info("backup stopped")
            return
        reason = ""
        if process.returncode == 0:
            log.info("backup", said=output.decode(errors="replace").partition("\n")[0])
        else:
            said = errors.decode(errors="replace").strip().removeprefix("Error: ")
            reason = said or f"It ended with status {process.returncode}."
            log.warning("backup failed", error=reason)
        self._tried = BackupOutcome(began, reason)
        await self._store.write(_keep, self._tried)


def _keep(connection: sqlite3.Connection, own: BackupOutcome) -> None:
    backup_outcomes.put_own(connection, own)
    last = backup_outcomes.last(connection)
    if own.error and (last is None or last.at < own.at or not last.error):
        # It came to nothing before it could say so itself.
        backup_outcomes.put(connection, own)
