"""What goes wrong in a soak, sprinkled by a seed: a plan of instants and deeds, and the faults of single messages."""

import datetime as dt
import random
from collections import Counter
from functools import partial

from bot.model import ChatKind
from tests.fakes.discord.world import DM, SEND_MESSAGES
from tests.fakes.telegram import Fail, Hang, Reset, TooManyRequests

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
# Longer than the bot waits for Telegram's answer.
HANGS = 21.0


class Sprinkler:
    """Puts faults before the next messages of a few chats, each simulated hour."""

    def __init__(self, telegram, discord, hub, readers, seed):
        self.telegram, self.discord, self.hub, self.readers = telegram, discord, hub, readers
        self.chance = random.Random(seed)
        self.counts: Counter[str] = Counter()
        self._hours = 0

    def hour(self):
        self._hours += 1
        for reader in self.chance.sample(self.readers, max(1, len(self.readers) // 500)):
            (self._telegram if reader.key[0] == "telegram" else self._discord)(reader)
        if self._hours % 7 == 0:
            self.hub.fail(self.chance.choice((429, 500, 503, 504)), 1, retry_after="1")
            self.counts["Hub: single refusals"] += 1

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
        return planned

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
