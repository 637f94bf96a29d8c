"""The program's time: the machine's, or from an instant on, at the usual speed or a faster one."""

import datetime as dt
import time

from bot.clock import Clock

NIGHT = dt.datetime(2024, 3, 28, 23, 49, tzinfo=dt.UTC)


def test_from_an_instant_on_it_runs_at_the_usual_speed():
    clock = Clock(NIGHT)
    assert dt.timedelta(0) <= clock.now() - NIGHT < dt.timedelta(minutes=1)


def test_a_faster_clock_passes_so_many_seconds_in_a_real_one():
    before = time.monotonic()
    clock = Clock(NIGHT, 86400.0)
    time.sleep(0.01)
    passed = clock.now() - NIGHT
    # A day a second: by the real time that was measured around it.
    assert dt.timedelta(days=0.01) <= passed <= dt.timedelta(days=time.monotonic() - before)
