"""What there is on this Discord: servers, channels, people, messages, interactions, and their JSON. No sockets here."""

import asyncio
import datetime as dt
import itertools
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

# discord.com/developers/docs/topics/permissions#permissions-bitwise-permission-flags
ADMINISTRATOR, MANAGE_CHANNELS, MANAGE_GUILD = 1 << 3, 1 << 4, 1 << 5
VIEW_CHANNEL, SEND_MESSAGES, EMBED_LINKS, READ_HISTORY, SEND_IN_THREADS = 1 << 10, 1 << 11, 1 << 14, 1 << 16, 1 << 38
ATTACH_FILES = 1 << 15
USUAL = VIEW_CHANNEL | SEND_MESSAGES | EMBED_LINKS | ATTACH_FILES | READ_HISTORY | SEND_IN_THREADS
# docs/resources/channel#channel-object-channel-types
TEXT, DM, GROUP_DM, NEWS, PUBLIC_THREAD, FORUM = 0, 1, 3, 5, 11, 15
REQUIRE_TAG = 1 << 4
# Where the files of a multipart body stand, beside what its JSON says.
FILES = "files of the body"


def snowflakes() -> Iterator[str]:
    """Ids as docs/reference#snowflakes: their upper bits are milliseconds since 2015."""
    first = (int(dt.datetime.now(dt.UTC).timestamp() * 1000) - 1_420_070_400_000) << 22
    return (str(first + step * 4099) for step in itertools.count(1))


@dataclass(eq=False)
class FakeUser:
    id: str
    name: str
    bot: bool = False

    def json(self) -> dict[str, Any]:
        return {
            "id": self.id, "username": self.name, "discriminator": "0", "global_name": self.name.title(), "avatar": None,
            "bot": self.bot, "public_flags": 0,
        }  # fmt: skip


@dataclass(eq=False)
class Fault:
    """What is to go wrong with one send. `accepted`: after the message was taken."""

    kind: str  # "error", "hang", "reset"
    status: int = 500
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    accepted: bool = False


@dataclass(eq=False)
class FakeMessage:
    """A message as it stands. `sent` is the JSON that the bot gave."""

    id: str
    channel: "FakeChannel"
    sent: dict[str, Any]
    author: FakeUser
    at: float
    interaction: "FakeInteraction | None" = None

    @property
    def content(self) -> str:
        return str(self.sent.get("content") or "")

    @property
    def embeds(self) -> list[dict[str, Any]]:
        return list(self.sent.get("embeds") or [])

    @property
    def files(self) -> dict[str, bytes]:
        """What goes with it, by name."""
        return dict(self.sent.get(FILES) or {})

    @property
    def flags(self) -> int:
        return int(self.sent.get("flags", 0))

    @property
    def silent(self) -> bool:
        return bool(self.flags & 1 << 12)

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & 1 << 6)

    @property
    def nonce(self) -> str:
        return str(self.sent.get("nonce") or "")

    @property
    def buttons(self) -> list[tuple[str, str]]:
        """Labels, and the address of a link or the custom_id of what comes back when it is pressed."""
        rows = self.sent.get("components") or []
        return [
            (part.get("label", ""), part.get("url") or part.get("custom_id", ""))
            for row in rows
            for part in row["components"]
        ]

    @property
    def title(self) -> str:
        """The embed's title, or the first line of the text."""
        return str(self.embeds[0].get("title", "")) if self.embeds else self.content.split("\n", 1)[0]

    @property
    def text(self) -> str:
        """All that a person could read in it, with its Markdown."""
        parts = [self.content]
        for embed in self.embeds:
            parts += [embed.get("title", ""), embed.get("description", ""), embed.get("footer", {}).get("text", "")]
        return "\n".join(filter(None, parts))

    def json(self) -> dict[str, Any]:
        made: dict[str, Any] = {
            "id": self.id, "channel_id": self.channel.id, "type": 0, "author": self.author.json(), "content": self.content,
            "timestamp": dt.datetime.now(dt.UTC).isoformat(), "edited_timestamp": None, "tts": False,
            "mention_everyone": False, "mentions": [], "mention_roles": [], "attachments": _attachments(self.files),
            "embeds": [{"type": "rich"} | embed for embed in self.embeds], "components": self.sent.get("components") or [],
            "pinned": False, "flags": self.flags,
        }  # fmt: skip
        if self.interaction is not None:
            made |= {
                "webhook_id": self.interaction.application_id,
                "interaction_metadata": {"id": self.interaction.id, "type": 2, "user": self.interaction.user.json()},
            }
        return made


def _attachments(files: dict[str, bytes]) -> list[dict[str, Any]]:
    """docs/resources/message#attachment-object."""
    address = "https://cdn.discordapp.com/attachments"
    return [
        {
            "id": str(number),
            "filename": name,
            "size": len(content),
            "url": f"{address}/{name}",
            "proxy_url": f"{address}/{name}",
        }
        for number, (name, content) in enumerate(files.items())
    ]


@dataclass(eq=False)
class FakeChannel:
    """A channel, thread or direct message. `messages` are the bot's, in order, without those that only one person sees."""

    id: str
    type: int
    name: str
    guild: "FakeGuild | None" = None
    parent: "FakeChannel | None" = None
    owner_id: str = ""
    recipient: FakeUser | None = None
    bot_permissions: int = USUAL
    tags: tuple[dict[str, Any], ...] = ()
    applied_tags: tuple[str, ...] = ()
    require_tag: bool = False
    deleted: bool = False
    blocked: bool = False
    foreign: bool = False  # the direct messages of two other people
    typed: int = 0  # how often the bot was shown as typing
    archived: bool = False
    locked: bool = False
    messages: list[FakeMessage] = field(default_factory=list)
    posts: list["FakeChannel"] = field(default_factory=list)
    faults: deque[Fault] = field(default_factory=deque)
    sent_at: deque[float] = field(default_factory=deque)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def is_thread(self) -> bool:
        return self.type == PUBLIC_THREAD

    def json(self) -> dict[str, Any]:
        made: dict[str, Any] = {"id": self.id, "type": self.type, "flags": REQUIRE_TAG if self.require_tag else 0}
        if self.type in (DM, GROUP_DM):
            assert self.recipient
            return made | {"recipients": [self.recipient.json()], "last_message_id": None}
        assert self.guild
        made |= {"name": self.name, "guild_id": self.guild.id, "parent_id": self.parent.id if self.parent else None}
        if self.is_thread:
            meta = {
                "archived": self.archived, "auto_archive_duration": 4320, "locked": self.locked,
                "archive_timestamp": "2024-03-28T00:00:00+00:00", "create_timestamp": "2024-03-28T00:00:00+00:00",
            }  # fmt: skip
            return made | {
                "owner_id": self.owner_id, "message_count": len(self.messages), "member_count": 1, "thread_metadata": meta,
                "total_message_sent": len(self.messages), "rate_limit_per_user": 0, "applied_tags": list(self.applied_tags),
            }  # fmt: skip
        made |= {
            "position": 0,
            "permission_overwrites": self._overwrites(),
            "nsfw": False,
            "topic": None,
            "rate_limit_per_user": 0,
        }
        if self.type == FORUM:
            made |= {"available_tags": list(self.tags), "default_sort_order": None, "default_forum_layout": 0}
        return made

    def _overwrites(self) -> list[dict[str, Any]]:
        """docs/resources/channel#overwrite-object: what the bot, of all members, is not allowed here."""
        denied = USUAL & ~self.bot_permissions
        if not denied or self.guild is None:
            return []
        return [{"id": self.guild.bot_id, "type": 1, "allow": "0", "deny": str(denied)}]

    async def notify(self) -> None:
        async with self.changed:
            self.changed.notify_all()


@dataclass(eq=False)
class FakeGuild:
    id: str
    name: str
    owner: FakeUser
    bot_inside: bool = True
    bot_id: str = ""
    channels: list[FakeChannel] = field(default_factory=list)
    members: set[str] = field(default_factory=set)  # the numbers of people, beside the owner and the bot
    admins: set[str] = field(default_factory=set)  # of those, who have a role of administrators

    @property
    def admin_role(self) -> str:
        return str(int(self.id) + 1)

    def member_json(self, user: FakeUser) -> dict[str, Any] | None:
        """docs/resources/guild#guild-member-object; None for who is not in the server."""
        if user.id not in {self.owner.id, self.bot_id, *self.members, *self.admins}:
            return None
        return {
            "user": user.json(), "roles": [self.admin_role] if user.id in self.admins else [], "nick": None, "avatar": None,
            "joined_at": "2024-03-28T00:00:00+00:00", "premium_since": None, "deaf": False, "mute": False, "flags": 0,
        }  # fmt: skip

    def json(self) -> dict[str, Any]:
        """A GUILD_CREATE: docs/events/gateway-events#guild-create."""
        alive = [channel for channel in self.channels if not channel.deleted]
        return {
            "id": self.id, "name": self.name, "owner_id": self.owner.id, "preferred_locale": "ko", "features": [],
            "channels": [channel.json() for channel in alive if not channel.is_thread],
            "threads": [channel.json() for channel in alive if channel.is_thread],
            "roles": [_role(self.id, "@everyone", 0, USUAL), _role(self.admin_role, "Admins", 1, ADMINISTRATOR)],
            "emojis": [], "stickers": [], "members": [self.member_json(FakeUser(self.bot_id, "daily-papers", bot=True))], "voice_states": [], "presences": [], "stage_instances": [],
            "guild_scheduled_events": [], "soundboard_sounds": [], "member_count": 2, "large": False,
            "joined_at": "2024-03-28T00:00:00+00:00", "verification_level": 0, "default_message_notifications": 0,
            "explicit_content_filter": 0, "mfa_level": 0, "nsfw_level": 0, "premium_tier": 0, "system_channel_flags": 0,
            "icon": None, "afk_timeout": 300, "premium_progress_bar_enabled": False,
        }  # fmt: skip


def _role(number: str, name: str, position: int, permissions: int) -> dict[str, Any]:
    """docs/topics/permissions#role-object."""
    return {
        "id": number, "name": name, "color": 0, "colors": {"primary_color": 0}, "hoist": False, "position": position,
        "permissions": str(permissions), "managed": False, "mentionable": False, "flags": 0,
    }  # fmt: skip


@dataclass(eq=False)
class FakeInteraction:
    """One slash command that a person sent off, or a button that they `pressed`, and what came of it.

    `messages` are the answers, those that only this person sees among them; `edits` counts changes of the pressed message.
    """

    id: str
    token: str
    application_id: str
    channel: FakeChannel
    user: FakeUser
    at: float
    clock: Callable[[], float]
    acknowledged: bool = False
    deferred: bool = False  # "is thinking…" stands there now
    was_deferred: bool = False
    original: FakeMessage | None = None
    original_deleted: bool = False
    messages: list[FakeMessage] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    pressed: FakeMessage | None = None
    edits: int = 0
    completes: bool = False
    choices: list[dict[str, Any]] | None = None
    follow_ups: int = 0

    @property
    def type(self) -> int:
        """docs/interactions/receiving-and-responding#interaction-object-interaction-type."""
        if self.completes:
            return 4
        return 2 if self.pressed is None else 3

    @property
    def carried(self) -> bool:
        """Whether the person brought the app along: the bot itself is not there."""
        return self.channel.foreign or (self.channel.guild is not None and not self.channel.guild.bot_inside)

    async def completed(self, within: float = 10.0) -> dict[str, str]:
        """What is offered for what was typed: values by the labels that are shown."""
        await self._until(lambda: self.choices is not None, within, lambda: "no suggestions came")
        return {one["name"]: one["value"] for one in self.choices or ()}

    async def taken(self, within: float = 10.0) -> None:
        """Until the bot has given its first sign; without one the person reads "This interaction failed"."""
        await self._until(lambda: self.acknowledged, within, lambda: "no first sign came")

    async def edited(self, within: float = 10.0) -> FakeMessage:
        """The message whose button was pressed, once it is another."""
        await self._until(lambda: self.edits > 0, within, lambda: "the message was not edited")
        assert self.pressed is not None
        return self.pressed

    async def answered(self, count: int = 1, within: float = 10.0) -> list[FakeMessage]:
        """The answers, once there are `count` of them."""
        await self._until(
            lambda: len(self.messages) >= count, within, lambda: f"{len(self.messages)} of {count} answers came"
        )
        return self.messages

    async def ended(self, within: float = 10.0) -> None:
        """Until nothing is "thinking" any more: answered, or the sign was taken away."""
        over = lambda: bool(self.messages) or self.original_deleted  # noqa: E731
        await self._until(over, within, lambda: "neither an answer nor an end came")

    async def _until(self, true: Callable[[], bool], within: float, said: Callable[[], str]) -> None:
        async def wait() -> None:
            async with self.changed:
                await self.changed.wait_for(true)

        try:
            await asyncio.wait_for(wait(), within)
        except TimeoutError:
            raise AssertionError(f"within {within} s {said()}") from None

    async def notify(self) -> None:
        async with self.changed:
            self.changed.notify_all()
