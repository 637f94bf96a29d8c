"""A process that is killed with -9 in the middle of a broadcast and started again: lost 0, recorded ones never again, in order."""

import asyncio
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

from bot.delivery.subscribing import subscribe
from bot.store.connection import open_store
from tests.fakes.loopback_platform import PLATFORM, LoopbackPlatform
from tests.unit.delivery.scene import NOW, TEN, order, put_chat, put_day

CHATS, KILLS = 60, 6
DIGEST = ["Daily Papers · 2024-03-28 (Thu)", *(f"Paper {one}" for one in TEN)]
ROOT = Path(__file__).parents[2]


class KillingPlatform(LoopbackPlatform):
    """Kills the process that sends, when the message of a chosen number has arrived and has not been answered."""

    def __init__(self, at):
        super().__init__(delay=0.005)
        self.at = sorted(at, reverse=True)
        self.process: subprocess.Popen[bytes] | None = None
        self.kills = 0

    async def arrived(self, message):
        if self.at and len(self.received) >= self.at[-1] and self.process is not None:
            self.at.pop()
            self.process.send_signal(signal.SIGKILL)
            self.process = None  # what else it had on the wire kills nobody
            self.kills += 1


async def run(platform, path):
    """Deliver in a process of its own; gives its exit status."""
    command = [sys.executable, "-m", "tests.integration.delivering", str(path), platform.url, "2024-03-29T00:00:00Z"]
    platform.process = process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    return await asyncio.to_thread(process.wait)


def recorded(path):
    with open_store(path) as store:
        rows = store.read_now(
            lambda connection: connection.execute(
                "SELECT chat_id, position FROM delivery_message JOIN delivery ON delivery.id = delivery_id "
                "JOIN target ON target.id = target_id"
            ).fetchall()
        )
    return {(row["chat_id"], DIGEST[row["position"]]) for row in rows}


async def test_killed_in_mid_send_and_started_again_nothing_is_lost_and_nothing_recorded_comes_again(tmp_path):
    path = tmp_path / "store.db"
    with open_store(path) as store:
        store.write_now(put_day, "2024-03-28")

        def put(connection):
            for number in range(CHATS):
                chat = put_chat(connection, str(number), platform=PLATFORM)
                subscribe(connection, chat, order(), now=NOW, settle_hour=12)

        store.write_now(put)
    chosen = random.Random(20240328)
    total = CHATS * len(DIGEST)
    async with KillingPlatform(chosen.sample(range(5, total - 5), KILLS)) as platform:
        twice_allowed: set[tuple[str, str]] = set()
        stood: set[tuple[str, str]] = set()
        for _ in range(KILLS + 1):
            before = len(platform.received)
            status = await run(platform, path)
            # What was on the wire has been taken by now, or never will be.
            await asyncio.sleep(0.05)
            came = {(one.chat, one.text) for one in platform.received[before:]}
            assert not came & stood, "a message that was recorded came again"
            stood = recorded(path)
            twice_allowed |= {(one.chat, one.text) for one in platform.received} - stood
            if status == 0:
                break
        assert status == 0
        assert platform.kills == KILLS
        times = Counter((one.chat, one.text) for one in platform.received)
        assert len(times) == total, "lost"
        assert {message for message, count in times.items() if count > 1} <= twice_allowed
        for number in range(CHATS):
            texts = platform.texts(str(number))
            assert list(dict.fromkeys(texts)) == DIGEST
            # One that comes twice comes twice in a row: order holds even then.
            assert texts == sorted(texts, key=DIGEST.index)
        print(f"{KILLS} kills in mid-send, {total} messages: lost 0, sent twice {sum(times.values()) - total}")


async def test_the_lease_of_a_killed_process_holds_nobody_up(tmp_path):
    path = tmp_path / "store.db"
    with open_store(path) as store:
        store.write_now(put_day, "2024-03-28", TEN[:3])

        def put(connection):
            subscribe(connection, put_chat(connection, "1", platform=PLATFORM), order(), now=NOW, settle_hour=12)

        store.write_now(put)
    async with KillingPlatform([2]) as platform:
        assert await run(platform, path) == -signal.SIGKILL
        assert await run(platform, path) == 0
        # The dead one's lease, good for a minute and a half, was taken back by its start time.
        assert list(dict.fromkeys(platform.texts("1"))) == DIGEST[:4]
