"""A broadcast over both platforms, killed with -9 at random instants and started again each time.

Lost: none. Out of order: none. Recorded and sent again: none. Twice: on Telegram only what was in flight when it was killed,
on Discord nothing, even when the restart comes after an hour. `make kills` runs the long one and prints its table.
"""

import asyncio
import datetime as dt
import json
import random
import signal
import statistics
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.clock import to_text
from bot.delivery.subscribing import subscribe
from bot.store.connection import open_store
from tests.integration.broadcast import DUE
from tests.integration.gate import HALF_SECONDS, Gate, GatedDiscord, GatedTelegram, Message
from tests.unit.delivery.scene import NOW, order, put_chat, put_day

ROOT = Path(__file__).parents[2]
FIRST_DAY = dt.date(2024, 3, 28)
PAPERS = 9  # with the heading ten messages
# The kill comes at a random instant within this after the first message of a run.
LATEST_KILL = 0.15
# Each so-manyth restart comes after an hour, when Discord has forgotten every nonce.
HOUR_EVERY = 4


@dataclass
class Kill:
    under_way: int  # messages that the platforms had and had not answered
    unrecorded: set[Message]  # taken by a platform, and not written down


class Kills:
    """Rounds of a list day each, until there were enough kills."""

    def __init__(self, path, chats, seed):
        self.path, self.random = path, random.Random(seed)
        self.gate = Gate()
        self.telegram, self.discord = GatedTelegram(self.gate), GatedDiscord(self.gate)
        self.kills: list[Kill] = []
        self.idle_kills = self.hours = 0
        self.unrecorded: set[Message] = set()  # taken, and not written down, at any of the kills
        self.again: set[Message] = set()  # recorded, and came all the same
        self.chats = chats
        self.addresses: list[tuple[str, str]] = []

    def digest(self, day):
        return [f"Daily Papers · {day:%Y-%m-%d} ({day:%a})", *(f"Paper {one}" for one in self.ids(day))]

    def ids(self, day):
        return [f"{day:%y%m}.{day.day:02}{number:03}" for number in range(PAPERS)]

    def prepare(self):
        people = [self.telegram.person(1000 + number) for number in range(self.chats // 2)]
        channels = [self.discord.channel() for _ in range(self.chats - len(people))]
        self.addresses = [("telegram", str(one.id)) for one in people] + [("discord", one.id) for one in channels]

        def put(connection):
            put_day(connection, FIRST_DAY.isoformat(), self.ids(FIRST_DAY))
            for platform, chat_id in self.addresses:
                subscribe(connection, put_chat(connection, chat_id, platform=platform), order(), now=NOW, settle_hour=12)

        with open_store(self.path) as store:
            store.write_now(put)

    def recorded(self, day):
        digest = self.digest(day)
        with open_store(self.path) as store:
            rows = store.read_now(
                lambda connection: connection.execute(
                    "SELECT platform, chat_id, position FROM delivery_message JOIN delivery ON delivery.id = delivery_id "
                    "JOIN target ON target.id = target_id WHERE list_day = ?",
                    (day.isoformat(),),
                ).fetchall()
            )
        return {(row["platform"], row["chat_id"], digest[row["position"]]) for row in rows}

    def start(self, instant):
        environment = self.discord.environment() | {
            "TELEGRAM_BOT_TOKEN": self.telegram.token,
            "TELEGRAM_API_URL": self.telegram.url,
        }
        command = [sys.executable, "-m", "tests.integration.broadcaster"]
        arguments = [str(self.path), to_text(instant), json.dumps(environment)]
        with self.path.with_suffix(".log").open("ab") as log:
            return subprocess.Popen([*command, *arguments], cwd=ROOT, stdout=log, stderr=log)

    async def run(self, instant, *, kill):
        """Deliver in a process of its own; gives its exit status."""
        self.gate.begun.clear()
        process = self.start(instant)
        ended = asyncio.create_task(asyncio.to_thread(process.wait))
        try:
            if kill:
                begun = asyncio.create_task(self.gate.begun.wait())
                # A lease of the killed one that held somebody up would hold them up for a minute and a half.
                await asyncio.wait({begun, ended}, timeout=45, return_when=asyncio.FIRST_COMPLETED)
                assert begun.done() or ended.done(), "nothing was sent after a restart"
                begun.cancel()
                await asyncio.sleep(self.random.uniform(0, LATEST_KILL))
                under_way = self.gate.under_way
                process.send_signal(signal.SIGKILL)
                if await ended == -signal.SIGKILL:
                    self.kills.append(Kill(under_way, set()))
            return await asyncio.wait_for(ended, 120)
        finally:
            process.kill()
            # What was on the wire has been taken by now, or never will be.
            await asyncio.sleep(3 * HALF_SECONDS)
            await self.gate.quiet.wait()

    async def round(self, day, wanted):
        """One list day to everybody, with kills as long as `wanted` are not reached."""
        instant = DUE + (day - FIRST_DAY)
        stood: set[Message] = set()
        for restart in range(10_000):
            before = len(self.gate.taken)
            kills = len(self.kills)
            status = await self.run(instant, kill=kills < wanted)
            came = set(self.gate.taken[before:])
            # Discord gives a repeated one back, so nothing of it is taken; Telegram takes whatever comes.
            self.again |= came & stood
            stood = self.recorded(day)
            if status == 0:
                return
            assert status == -signal.SIGKILL
            digest = set(self.digest(day))
            self.kills[-1].unrecorded = {one for one in self.gate.taken if one[2] in digest} - stood
            self.unrecorded |= self.kills[-1].unrecorded
            if not self.kills[-1].under_way:
                # The platforms had answered everything: it proves less than the others.
                self.kills.pop()
                self.idle_kills += 1
            instant += dt.timedelta(seconds=20)
            if restart % HOUR_EVERY == HOUR_EVERY - 1:
                self.hours += 1
                instant += dt.timedelta(hours=1)
                self.discord.advance(3600)

    def judge(self, days):
        """Counts by platform, as a table's columns."""
        digests = [text for day in days for text in self.digest(day)]
        columns = {}
        for platform in ("telegram", "discord"):
            taken = [one for one in self.gate.taken if one[0] == platform]
            times = Counter(taken)
            wanted = {(*address, text) for address in self.addresses if address[0] == platform for text in digests}
            twice = {one for one, count in times.items() if count > 1}
            unordered = 0
            for address in (one for one in self.addresses if one[0] == platform):
                texts = [one[2] for one in taken if one[:2] == address]
                # One that comes twice comes twice in a row: order holds even then.
                unordered += texts != sorted(texts, key=digests.index)
            columns[platform] = {
                "chats": sum(address[0] == platform for address in self.addresses),
                "messages": len(wanted),
                "taken": len(taken),
                "lost": len(wanted - times.keys()),
                "chats out of order": unordered,
                "recorded, and sent again": len({one for one in self.again if one[0] == platform}),
                "sent twice": len(taken) - len(times),
                "of these not in flight when killed": len(twice - self.unrecorded),
                "taken, not recorded, at the kills": sum(
                    one[0] == platform for kill in self.kills for one in kill.unrecorded
                ),
            }
        return columns

    def table(self, columns):
        under_way = [kill.under_way for kill in self.kills]
        lines = [
            f"kills in mid-send {len(self.kills)}; restarts after an hour {self.hours}",
            f"kills that met no send, not counted: {self.idle_kills}",
            f"in flight at a kill: least {min(under_way)}, median {statistics.median(under_way):g}, most {max(under_way)}",
            f"{'':36}{'telegram':>10}{'discord':>10}",
        ]
        lines += [f"{name:36}{columns['telegram'][name]:>10}{columns['discord'][name]:>10}" for name in columns["discord"]]
        return "\n".join(lines)


async def killed(path, *, chats, kills, seed):
    one = Kills(path, chats, seed)
    async with one.telegram, one.discord:
        one.prepare()
        days = [FIRST_DAY]
        await one.round(FIRST_DAY, kills)
        while len(one.kills) < kills:
            assert len(days) < 40, "the rounds end before the kills do"
            days.append(days[-1] + dt.timedelta(days=1))
            with open_store(path) as store:
                store.write_now(put_day, days[-1].isoformat(), one.ids(days[-1]))
            one.discord.advance(86400)
            await one.round(days[-1], kills)
        columns = one.judge(days)
        print("\n" + one.table(columns))
        assert len(one.kills) == kills
        for platform, column in columns.items():
            assert column["lost"] == 0, platform
            assert column["chats out of order"] == 0, platform
            assert column["recorded, and sent again"] == 0, platform
            assert column["of these not in flight when killed"] == 0, platform
        assert columns["discord"]["sent twice"] == 0
        for channel in one.discord.channels.values():
            assert [message.title.strip("*") for message in channel.messages] == [
                text for day in days for text in one.digest(day)
            ]


async def test_killed_in_mid_send_and_started_again_over_both_platforms(tmp_path):
    await killed(tmp_path / "store.db", chats=60, kills=8, seed=20240328)


@pytest.mark.long
async def test_a_hundred_kills_among_three_hundred_chats(tmp_path):
    await killed(tmp_path / "store.db", chats=300, kills=100, seed=1999)
