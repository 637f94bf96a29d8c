"""Where a story of Telegram happens: its chats and topics, with what has happened to each that its verdict must know."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.model import Address, ChatKind
from tests.fakes.telegram import FakeTelegram, Person, Room, SentMessage


@dataclass
class Place:
    """A chat, or a topic of one, with whoever rules there."""

    room: Person | Room
    admin: Person
    topic: int | None = None
    before: Room | None = None  # the group that became `room`
    paired: bool = False  # group and supergroup were both subscribed
    gone: bool = False  # nothing can ever be sent here again
    muted: bool = False  # at any time; when that is over bots are not told, so an admin sends /start at the end
    unsubscribed: bool = False
    ever_unsubscribed: bool = False
    forgotten: int | None = None  # the last message before it was
    again: set[dt.date] = field(default_factory=set)  # days that the operator ordered
    quiet: int | None = None  # the message that said that nothing more would come

    @property
    def numbers(self) -> set[int]:
        return {self.room.id} | ({self.before.id} if self.before else set())

    @property
    def address(self) -> Address:
        return Address("telegram", str(self.room.id), "" if self.topic is None else str(self.topic))

    @property
    def kind(self) -> ChatKind:
        if isinstance(self.room, Person):
            return ChatKind.PRIVATE
        return ChatKind.CHANNEL if self.room.type == "channel" else ChatKind.GROUP

    def holds(self, message: SentMessage) -> bool:
        return message.chat_id in self.numbers and message.thread_id == self.topic


def _person(_: FakeTelegram, admin: Person) -> list[Place]:
    return [Place(admin, admin)]


def _group(fake: FakeTelegram, admin: Person) -> list[Place]:
    return [Place(fake.group(admins=(admin,)), admin)]


def _pair(fake: FakeTelegram, admin: Person) -> list[Place]:
    old = fake.group(admins=(admin,))
    return [Place(fake.supergroup(admins=(admin,)), admin, before=old, paired=True)]


def _supergroup(fake: FakeTelegram, admin: Person) -> list[Place]:
    return [Place(fake.supergroup(admins=(admin,)), admin)]


def _forum(fake: FakeTelegram, admin: Person) -> list[Place]:
    room = fake.supergroup(admins=(admin,), topics={5: "Papers", 6: "Talk"})
    return [Place(room, admin, topic=5), Place(room, admin, topic=6)]


def _channel(fake: FakeTelegram, admin: Person) -> list[Place]:
    return [Place(fake.channel(admins=(admin,)), admin)]


# Each kind of place, and how one is made on the fake.
KINDS: tuple[Callable[[FakeTelegram, Person], list[Place]], ...] = (_person, _group, _pair, _supergroup, _forum, _channel)
