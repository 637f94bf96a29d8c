"""Simulated days with many subscribers, faults, kills and a stop: each owed paper comes once, and nothing piles up.

`make soak` runs them and prints their tables; another SOAK_SEED makes other readers, faults and instants.
"""

import os

import pytest

from tests.soak.soak import Soak

# aiohttp's own reading of a body with files, in the fakes.
pytestmark = pytest.mark.filterwarnings("ignore:unread_data:DeprecationWarning")

SEED = int(os.environ.get("SOAK_SEED", "20241021"))
# Lines of the log that the faults deserve; everything else from a warning on is unexpected.
EXPECTED = {
    ("warning", "list not fetched"),
    ("warning", "fetch failed"),
    ("warning", "parked"),
    ("warning", "took over from a process that has died"),
    ("warning", "Discord asks to wait: …"),
    # Days off leave list days behind that are too old to be sent (DESIGN: five at most); who misses one that it was owed is counted.
    ("warning", "given up what was left from long ago"),
    # An answer to somebody's /start met the fault.
    ("warning", "answer may have arrived"),
    # discord.py notes when it has sent a heartbeat; on loopback the answer can be there before, and counts from the last one.
    ("warning", "Can't keep up, …"),
    # Each of the alarms is also written to the log: the Hub's outages are longer than their patience.
    ("error", "alarm"),
    # python-telegram-bot's own line for a gateway's page.
    ("error", "Can not load invalid JSON data: …"),
    # An hour of this clock is shorter than the pauses before the Hub is asked again.
    ("warning", "Execution of job …"),
}


async def soaked(folder, **wanted):
    soak = Soak(folder, **wanted)
    verdict = await soak.run()
    print("", *soak.lines(), *verdict.lines(soak.speed), sep="\n")
    faults = {name: count for name, count in verdict.faults.items() if count}
    if faults:
        print("", *verdict.found(), sep="\n")
    assert faults == {}
    assert set(soak.log()) <= EXPECTED
    assert verdict.owed > len(soak.readers)
    return soak, verdict


@pytest.mark.long
async def test_two_days_of_forty_readers(tmp_path):
    await soaked(tmp_path, readers=40, days=2, speed=4320, kills=1, days_off=0, seed=SEED)


@pytest.mark.long
async def test_eight_days_in_which_much_goes_wrong(tmp_path):
    await soaked(tmp_path, readers=200, days=8, speed=4320, kills=6, days_off=2, faults=25, seed=SEED)


@pytest.mark.long
async def test_thirty_days_of_two_thousand_readers(tmp_path):
    soak, verdict = await soaked(tmp_path, readers=2000, days=30, speed=2160, kills=6, days_off=2, seed=SEED)
    assert soak.behind == 0
    assert verdict.silent == 0
    sizes = soak.last_process()
    assert len(sizes) > 10
    # Flat: the last days need no more than the first of the same process, but for what its caches fill.
    assert max(sizes[-3:]) < 1.2 * max(sizes[:3])
