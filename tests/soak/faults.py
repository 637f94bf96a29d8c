"""What goes wrong in a soak, sprinkled by a seed: a plan of instants and deeds, and the faults of single messages."""

import asyncio
import datetime as dt
import random
from collections import Counter
from functools import partial

from bot.model import ChatKind
from tests.fakes.discord.world import DM, SEND_MESSAGES, Fault
from tests.fakes.telegram import Fail, Hang, Reset, TooManyRequests

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
# docs/topics/opcodes-and-status-codes#json-json-error-codes
GONE = {"code": 50001, "message": "Missing Access"}
# Of those who read once a week many would pile up, and the pauses between as many attempts be longer than the soak's end.
MOST_WAITING = 4
# Longer than the bot waits for Telegram's answer.
HANGS = 21.0


class Sprinkler:
    """Puts faults before the next messages of a few chats, each simulated hour."""

    def __init__(self, telegram, discord, hub, readers, seed, times=1):
        """A five-hundredth of the readers each hour, `times` over."""
        self.telegram, self.discord, self.hub, self.readers = telegram, discord, hub, readers
        self.each_hour = max(1, times * len(readers) // 500)
        self.chance = random.Random(seed)
        self.counts: Counter[str] = Counter()
        self._hours = 0

    def hour(self):
        self._hours += 1
        for reader in self.chance.sample(self.readers, self.each_hour):
            if len(self._waiting(reader)) < MOST_WAITING:
                (self._telegram if reader.key[0] == "telegram" else self._discord)(reader)
        if self._hours % 7 == 0:
            self.hub.fail(self.chance.choice((429, 500, 503, 504)), 1, retry_after="1")
            self.counts["Hub: single refusals"] += 1

    def _waiting(self, reader):
        """The faults that this reader has not met yet."""
        if reader.key[0] == "discord":
            return reader.place.faults
        return self.telegram._failures.get(getattr(reader.place, "id", None), ())

    def _telegram(self, reader):
        room = getattr(reader.place, "id", None)
        kind = self.chance.choices(
            ("429", "5xx", "gateway's page", "dropped before", "dropped after", "timeout"), (25, 25, 10, 20, 18, 2)
        )[0]
        self.counts[f"Telegram: {kind}"] += 1
        fault = {
            "429": TooManyRequests(1),
            "5xx": Fail(self.chance.choice((500, 503)), "Internal Server Error"),
            "gateway's page": Fail(502, body="<html>Bad Gateway</html>"),
            "dropped before": Reset(taken=False),
            "dropped after": Reset(taken=True),
            "timeout": Hang(HANGS),
        }[kind]
        self.telegram.fail(room, fault)

    def _discord(self, reader):
        kind = self.chance.choices(
            ("429", "5xx before", "5xx after", "dropped before", "dropped after", "timeout"), (25, 20, 15, 20, 19, 1)
        )[0]
        self.counts[f"Discord: {kind}"] += 1
        place = reader.place
        match kind:
            case "429":
                self.discord.rate_limit(place, 0.5)
            case "5xx before" | "5xx after":
                self.discord.fail(place, self.chance.choice((500, 502, 503)), accepted=kind.endswith("after"))
            case "timeout":
                self.discord.hang(place, accepted=self.chance.random() < 0.5)
            case _:
                self.discord.reset(place, accepted=kind.endswith("after"))


class Deeds:
    """What people and servers do to the bot at an instant; each is a `(instant, what, doing)` of `plan`."""

    def __init__(self, telegram, discord, hub, readers, owner, counts, now):
        self.telegram, self.discord, self.hub, self.owner = telegram, discord, hub, owner
        self.readers, self.counts, self.now = readers, counts, now
        self.moved = {}

    def plan(self, begin, days, seed):
        """Blocks and returns, kicks, lost permissions, moved groups, outages of the Hub; none in the last five days."""
        chance = random.Random(seed)
        last = max(1, days - 5)
        many = max(1, len(self.readers) // 100)
        people = [one for one in self.readers if one.key[0] == "telegram" and one.kind is ChatKind.PRIVATE]
        groups = [one for one in self.readers if one.key[0] == "telegram" and int(one.key[1]) < 0]
        basic = [one for one in groups if int(one.key[1]) > -1_000_000]
        channels = [one for one in self.readers if one.key[0] == "discord" and one.place.type != DM]
        chance.shuffle(basic)
        planned = []

        def at(latest=last):
            return begin + chance.uniform(0.2, latest) * DAY

        def during(reader, what, shut, opened, longest):
            since = at(max(0.3, last - longest))
            until = since + chance.uniform(longest / 2, longest) * DAY
            reader.away.append((since, until))
            planned.extend([(since, what, lambda: shut(reader)), (until, f"{what}, over", lambda: opened(reader))])

        for one in chance.sample(people, min(len(people), 2 * many)):
            during(one, "blocked", self.block, self.unblock, min(3, last / 2))
        for one in basic[: max(1, many // 2)]:
            during(one, "kicked", self.kick, self.invite, min(2, last / 2))
        moving = basic[max(1, many // 2) :][:many]
        planned.extend((at(), "group became a supergroup", partial(self.upgrade, one)) for one in moving)
        for one in chance.sample(channels, min(len(channels), many)):
            during(one, "permission lost", self.mute, self.unmute, min(0.7, last / 2))
        for _ in range(max(1, days // 8)):
            since = at()
            planned.append((since, "Hub down", self.hub_down))
            planned.append((since + chance.uniform(2, 5) * HOUR, "Hub up again", self.hub.failures.clear))
        guilds = sorted({one.place.guild.id for one in channels})
        for number in chance.sample(guilds, min(len(guilds), max(1, days // 8))):
            longest = min(2, last / 2)
            self._turned_out(number, channels, planned, at(max(0.3, last - longest)), chance.uniform(0.1, longest) * DAY)
        return planned

    def _turned_out(self, number, channels, planned, since, time_out):
        """The bot is turned out of a server, just after a message of which it never heard, and is invited again."""
        guild, until = self.discord.guilds[number], since + time_out
        those = [one for one in channels if one.place.guild is guild]
        for one in those:
            one.away.append((since, until))

        def out():
            for one in those:
                one.place.faults.extend([Fault("reset", accepted=True), Fault("error", 403, GONE)])

        async def back():
            for one in those:
                one.place.faults.clear()
            # Discord tells of an invitation only who is connected, and the library takes one of the start for none.
            await self.discord.gateway.ready(20)
            await asyncio.sleep(0.5)
            await self.discord.remove_bot(guild)
            await self.discord.add_bot(guild)

        planned.extend([(since, "turned out of a server", out), (until, "turned out of a server, over", back)])

    async def done(self, what, doing):
        self.counts[what] += 1
        result = doing()
        if result is not None:
            await result

    def block(self, reader):
        self.telegram.block(reader.place)

    async def unblock(self, reader):
        self.telegram.unblock(reader.place)
        await self.telegram.says(reader.place, reader.place, "/start")

    def kick(self, reader):
        self.telegram.set_bot(reader.place, "kicked", self.owner)

    def invite(self, reader):
        self.telegram.set_bot(reader.place, "member", self.owner)

    def upgrade(self, reader):
        new = self.telegram.upgrade(reader.place)
        self.moved["telegram", str(new.id), ""] = reader.key
        reader.place = new

    def mute(self, reader):
        reader.place.bot_permissions &= ~SEND_MESSAGES

    def unmute(self, reader):
        reader.place.bot_permissions |= SEND_MESSAGES

    def hub_down(self):
        self.hub.fail(503, 1_000_000)
