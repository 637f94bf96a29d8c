"""The jobs' clock: when they run by the program's time, though the machine's is another."""

import asyncio
import datetime as dt

from bot.clock import Clock
from bot.schedule import SHORTEST_TICK, TICK_SECONDS, follow_clock, make_scheduler

NIGHT = dt.datetime(2024, 3, 28, 23, 49, tzinfo=dt.UTC)


async def nothing() -> None: ...


def next_runs(job: str, clock: Clock, count: int) -> list[dt.datetime]:
    """The next instants of a job, by the program's clock."""
    scheduler = make_scheduler(clock, fetch=nothing, tick=nothing, upkeep=nothing)
    trigger = scheduler.get_job(job).trigger
    runs: list[dt.datetime] = []
    previous, now = None, dt.datetime.now(dt.UTC)
    while len(runs) < count:
        previous = trigger.get_next_fire_time(previous, now)
        now = previous
        runs.append((previous + clock.offset()).replace(microsecond=0))
    return runs


def test_lists_are_fetched_at_minute_50_of_each_hour_of_the_programs_clock():
    runs = next_runs("fetch", Clock(NIGHT), 3)
    # Within a second: the clock runs on while this is asked.
    assert [(run + dt.timedelta(seconds=1)).strftime("%d %H:%M") for run in runs] == ["28 23:50", "29 00:50", "29 01:50"]


def test_without_a_clock_of_its_own_the_program_goes_by_the_machines():
    (run,) = next_runs("fetch", Clock(), 1)
    assert run.minute == 50
    assert dt.timedelta(0) <= run - dt.datetime.now(dt.UTC) + dt.timedelta(seconds=1) <= dt.timedelta(hours=1, seconds=1)


def test_by_a_clock_that_runs_faster_each_hour_has_its_one_fetch():
    clock = Clock(NIGHT, 1440)
    trigger = make_scheduler(clock, fetch=nothing, tick=nothing, upkeep=nothing).get_job("fetch").trigger
    previous = trigger.get_next_fire_time(None, dt.datetime.now(dt.UTC))
    for _ in range(1000):
        following = trigger.get_next_fire_time(previous, previous)
        # An hour of 2.5 seconds.
        assert abs(following - previous - dt.timedelta(seconds=2.5)) <= dt.timedelta(microseconds=2)
        previous = following


def test_ticks_too_come_more_often_by_a_clock_that_runs_faster():
    seconds = {
        speed: make_scheduler(Clock(NIGHT, speed), fetch=nothing, tick=nothing, upkeep=nothing)
        .get_job("tick")
        .trigger.interval_length
        for speed in (1.0, 4.0, 1440.0)
    }
    assert seconds == {1.0: TICK_SECONDS, 4.0: TICK_SECONDS / 4, 1440.0: SHORTEST_TICK}


def test_upkeep_comes_once_a_day():
    first, second = next_runs("upkeep", Clock(dt.datetime(2024, 3, 28, tzinfo=dt.UTC)), 2)
    assert second - first in {dt.timedelta(days=1), dt.timedelta(days=1, seconds=1), dt.timedelta(days=1, seconds=-1)}


def test_a_job_that_is_late_runs_once_and_never_beside_itself():
    scheduler = make_scheduler(Clock(), fetch=nothing, tick=nothing, upkeep=nothing)
    defaults = scheduler._job_defaults
    assert defaults == {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}


async def test_a_clock_that_is_set_back_makes_no_job_wait_until_it_is_there_again():
    scheduler = make_scheduler(Clock(), fetch=nothing, tick=nothing, upkeep=nothing)
    scheduler.start(paused=True)
    real = dt.datetime.now(dt.UTC)
    for job in scheduler.get_jobs():
        # As the jobs stand when the clock was a day ahead until just now.
        job.trigger.start_date = real + dt.timedelta(days=1)
        job.modify(next_run_time=real + dt.timedelta(days=1))
    seen = iter([real + dt.timedelta(days=1), real, real + dt.timedelta(seconds=1)])
    following = asyncio.create_task(
        follow_clock(scheduler, every=0.01, now=lambda: next(seen, real + dt.timedelta(hours=1)))
    )
    await asyncio.sleep(0.1)
    following.cancel()
    assert scheduler.get_job("tick").next_run_time <= dt.datetime.now(dt.UTC) + dt.timedelta(seconds=TICK_SECONDS)
    scheduler.shutdown(wait=False)


async def test_cron_jobs_too_run_by_the_new_time_of_a_clock_that_was_set_back():
    scheduler = make_scheduler(Clock(), fetch=nothing, tick=nothing, upkeep=nothing)
    scheduler.start(paused=True)
    real = dt.datetime.now(dt.UTC)
    scheduler.get_job("fetch").modify(next_run_time=real + dt.timedelta(days=1))
    seen = iter([real, real - dt.timedelta(hours=1)])
    following = asyncio.create_task(follow_clock(scheduler, every=0.01, now=lambda: next(seen, real)))
    await asyncio.sleep(0.1)
    following.cancel()
    assert scheduler.get_job("fetch").next_run_time <= real + dt.timedelta(hours=1, seconds=2)
    scheduler.shutdown(wait=False)


async def test_a_job_that_is_under_way_at_the_end_is_cancelled_and_no_fault(caplog):
    begun, ended = asyncio.Event(), asyncio.Event()

    async def long() -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    scheduler = make_scheduler(Clock(NIGHT, 1440), fetch=nothing, tick=long, upkeep=nothing)
    scheduler.start()
    await asyncio.wait_for(begun.wait(), 10)
    scheduler.shutdown(wait=False)
    await asyncio.wait_for(ended.wait(), 10)
    await asyncio.sleep(0)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_a_job_that_is_cancelled_before_its_first_step_is_no_fault_either(caplog):
    scheduler = make_scheduler(Clock(NIGHT), fetch=nothing, tick=nothing, upkeep=nothing)
    scheduler.start(paused=True)
    executor = scheduler._lookup_executor("default")
    executor.submit_job(scheduler.get_job("tick"), [dt.datetime.now(dt.UTC)])
    executor.shutdown()
    await asyncio.sleep(0.01)
    scheduler.shutdown(wait=False)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
