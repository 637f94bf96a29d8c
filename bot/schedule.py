"""Schedules a handful of jobs: APScheduler, on the program's own clock. There are no jobs for single subscribers."""

import asyncio
import contextlib
import datetime as dt
from collections.abc import Awaitable, Callable
from functools import wraps

from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.clock import Clock

# Minute 50 of each hour: Seoul's 09:00 is the change of the UTC day, and its list is fetched just before.
FETCH_MINUTE = 50
TICK_SECONDS = 2
# By a clock that runs faster ticks come as much more often, but not more often than this.
SHORTEST_TICK = 0.2
# Once a day, at an hour when no large zone reads.
UPKEEP_HOUR = 21
_HALF_SECOND = dt.timedelta(seconds=0.5)


class ShiftedTrigger(BaseTrigger):  # type: ignore[misc]  # APScheduler 3 has no types
    """A trigger that fires by the program's `Clock`, though APScheduler itself looks at the machine's."""

    def __init__(self, trigger: BaseTrigger, clock: Clock) -> None:
        self.trigger = trigger
        self._speed = clock.speed
        self._real = dt.datetime.now(dt.UTC)
        self._ours = self._real + clock.offset()

    def get_next_fire_time(self, previous_fire_time: dt.datetime | None, now: dt.datetime) -> dt.datetime | None:
        previous, ours = None, self._at(now)
        if previous_fire_time is not None:
            # Cron fires at whole seconds. What came out a microsecond early would fire for the same instant again.
            previous = (self._at(previous_fire_time) + _HALF_SECOND).replace(microsecond=0)
            ours = max(ours, previous) if previous - ours < _HALF_SECOND else ours
        following = self.trigger.get_next_fire_time(previous, ours)
        return None if following is None else self._real + (following - self._ours) / self._speed

    def _at(self, real: dt.datetime) -> dt.datetime:
        return self._ours + (real - self._real) * self._speed


class _Executor(AsyncIOExecutor):  # type: ignore[misc]  # APScheduler 3 has no types
    """APScheduler's own, to which the end of the program is no fault of a job that has not begun yet."""

    def _run_job_error(self, job_id: str, exc: BaseException, traceback: object = None) -> None:
        if isinstance(exc, asyncio.CancelledError):
            self._run_job_success(job_id, [])
        else:
            super()._run_job_error(job_id, exc, traceback)


def make_scheduler(
    clock: Clock,
    *,
    fetch: Callable[[], Awaitable[None]],
    tick: Callable[[], Awaitable[None]],
    upkeep: Callable[[], Awaitable[None]],
) -> AsyncIOScheduler:
    """A scheduler with its three jobs, not started. A job that is late runs once, late; none runs beside itself."""
    scheduler = AsyncIOScheduler(
        executors={"default": _Executor()},
        timezone=dt.UTC,
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    hourly = CronTrigger(minute=FETCH_MINUTE, timezone=dt.UTC)
    daily = CronTrigger(hour=UPKEEP_HOUR, minute=20, timezone=dt.UTC)
    ticks = max(TICK_SECONDS / clock.speed, min(TICK_SECONDS, SHORTEST_TICK))
    scheduler.add_job(_job(fetch), ShiftedTrigger(hourly, clock), id="fetch")
    scheduler.add_job(_job(tick), _every(ticks), id="tick")
    scheduler.add_job(_job(upkeep), ShiftedTrigger(daily, clock), id="upkeep")
    return scheduler


async def follow_clock(
    scheduler: AsyncIOScheduler,
    *,
    every: float = TICK_SECONDS,
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
) -> None:
    """Set the jobs' next runs anew when the machine's clock is set back, until cancelled.

    APScheduler alone would wait until the clock shows the instants again that it had in mind: a day long, perhaps.
    """
    before = now()
    while True:
        await asyncio.sleep(every)
        after = now()
        if after < before:
            for job in scheduler.get_jobs():
                # An interval begins anew: its own beginning lies in the future now.
                job.reschedule(_every(job.trigger.interval_length) if job.id == "tick" else job.trigger)
        before = after


def _job(work: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    """`work`, which APScheduler cancels when it stops in the middle of it; it would log that as a fault."""

    @wraps(work)
    async def run() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await work()

    return run


def _every(seconds: float) -> IntervalTrigger:
    return IntervalTrigger(seconds=seconds, timezone=dt.UTC)
