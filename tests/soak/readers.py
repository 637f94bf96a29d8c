"""Who reads in a soak: subscribers of every kind, in forty zones, on both platforms; and what each is owed in the end."""

import datetime as dt
import random
import zoneinfo
from dataclasses import dataclass, field

from bot.delivery.subscribing import subscribe
from bot.digest.filters import passes
from bot.model import Address, ChatKind, Filters, Paper, Shape, Subscription
from bot.store import chats
from tests.fakes.discord.world import DM, FORUM

# Of every offset, both hemispheres, halves and quarters of hours, with and without daylight saving.
ZONES = (
    "Asia/Seoul", "Asia/Tokyo", "Asia/Shanghai", "Asia/Singapore", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Dubai",
    "Asia/Tehran", "Asia/Karachi", "Asia/Dhaka", "Asia/Yangon", "Asia/Bangkok", "Asia/Taipei", "Asia/Manila",
    "Australia/Sydney", "Australia/Adelaide", "Australia/Perth", "Australia/Lord_Howe", "Pacific/Auckland",
    "Pacific/Chatham", "Pacific/Kiritimati", "Pacific/Honolulu", "Pacific/Pago_Pago", "America/Anchorage",
    "America/Los_Angeles", "America/Denver", "America/Chicago", "America/New_York", "America/St_Johns", "America/Toronto",
    "America/Sao_Paulo", "America/Argentina/Buenos_Aires", "Europe/London", "Europe/Paris", "Europe/Berlin",
    "Europe/Helsinki", "Europe/Istanbul", "Africa/Cairo", "Africa/Lagos", "UTC",
)  # fmt: skip
LANGUAGES = ("ko", "ko", "ko", "ko", "en", "en", "ja", "zh-Hans")
WEEKDAYS = ((0, 1, 2, 3, 4, 5, 6),) * 12 + ((0, 1, 2, 3, 4),) * 4 + ((0,), (1, 3), (2, 5), (5,))
FILTERS = (
    *(Filters(),) * 8,
    Filters(having=("diffusion", "video")),
    Filters(having=("language model", "agent", "reasoning")),
)
# Of ten readers one has a message for each paper, the others lists.
EACH = 10

Key = tuple[str, str, str]  # platform, chat, topic


@dataclass(eq=False)
class Reader:
    """A chat with its order. `away` are the spans in which it could not be reached."""

    key: Key
    kind: ChatKind
    language: str
    order: Subscription
    place: object  # the fake's own chat
    away: list[tuple[dt.datetime, dt.datetime]] = field(default_factory=list)

    def last_due(self, end: dt.datetime) -> dt.datetime:
        """The last instant before `end` at which its digest was due."""
        zone = zoneinfo.ZoneInfo(self.order.time_zone)
        day = end.astimezone(zone).date()
        while True:
            at = dt.datetime.combine(day, self.order.local_time, tzinfo=zone).astimezone(dt.UTC)
            if day.weekday() in self.order.weekdays and at < end:
                return at
            day -= dt.timedelta(days=1)

    def wants(self, paper: Paper) -> bool:
        """Whether it is owed the paper for certain; what it wants of a day's first few is told by their number alone."""
        return self.order.top is None and (paper.upvotes or 0) >= self.order.min_votes and passes(paper, self.order.filters)

    def could_be_missed(self, list_day: dt.date) -> bool:
        """Whether the digest of that day was due while it could not be reached, or near to that."""
        week = dt.timedelta(days=8)
        begin = dt.datetime.combine(list_day, dt.time(), tzinfo=dt.UTC)
        return any(since - week <= begin <= until + dt.timedelta(days=1) for since, until in self.away)


def make_readers(telegram, discord, count, seed):
    """`count` readers, half of them on each platform, most in private chats and text channels."""
    chance = random.Random(seed)
    made = []
    owner = telegram.person(999, name="Owner")
    guild = None
    for number in range(count):
        if number % 2 == 0:
            key, kind, place = _on_telegram(telegram, owner, number)
        else:
            if guild is None or len(guild.channels) >= 25:
                guild = discord.guild(f"Reading group {number}")
            key, kind, place = _on_discord(discord, guild, number)
        made.append(Reader(key, kind, chance.choice(LANGUAGES), _order(chance, number), place))
    return made, owner


def _on_telegram(telegram, owner, number):
    match number % 40:
        case 10 | 12 | 14 | 16 | 18:
            room, topic, kind = telegram.group(f"Group {number}", admins=(owner,)), "", ChatKind.GROUP
        case 20:
            room = telegram.supergroup(f"Forum {number}", admins=(owner,), topics={77: "Papers"})
            topic, kind = "77", ChatKind.GROUP
        case 22:
            room, topic, kind = telegram.channel(f"Channel {number}", admins=(owner,)), "", ChatKind.CHANNEL
        case _:
            room, topic, kind = telegram.person(100_000 + number), "", ChatKind.PRIVATE
    return ("telegram", str(room.id), topic), kind, room


def _on_discord(discord, guild, number):
    match number % 40:
        case 11 | 13 | 15:
            place, kind = discord.dm(discord.user(f"reader{number}")), ChatKind.PRIVATE
        case 21:
            place, kind = discord.forum(guild, f"forum-{number}"), ChatKind.CHANNEL
        case _:
            place, kind = discord.channel(guild, f"papers-{number}"), ChatKind.CHANNEL
    assert place.type in {DM, FORUM} or place.guild is guild
    return ("discord", place.id, ""), kind, place


def _order(chance, number):
    # A third of them reads at nine, as people do; the others when they like.
    minutes = 9 * 60 if chance.random() < 0.33 else 15 * chance.randrange(96)
    each = number // 2 % EACH == 3
    return Subscription(
        time_zone=ZONES[number % len(ZONES)] if number < len(ZONES) else chance.choice(ZONES),
        local_time=dt.time(minutes // 60, minutes % 60),
        weekdays=chance.choice(WEEKDAYS),
        shape=Shape.EACH if each else Shape.COMPACT,
        top=5 if chance.random() < 0.1 else None,
        min_votes=chance.choice((0, 0, 0, 0, 5, 10)),
        filters=chance.choice(FILTERS),
    )


def put_readers(connection, readers, now):
    """Write them down, as their own commands would have."""
    for one in readers:
        platform, chat_id, topic = one.key
        address = Address(platform, chat_id, topic)
        chat = chats.ensure_chat(connection, address, kind=one.kind, title="", language=one.language, now=now)
        subscribe(connection, chat, one.order, now=now, settle_hour=12)
