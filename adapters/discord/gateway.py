"""discord.py's client: the only place where the library is imported. What it hears is handed on as requests and events."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket, KeepAliveHandler
from discord.http import Route
from discord.voice_client import VoiceClient

from adapters.discord.commands import command_line
from adapters.discord.outcomes import FORUM_TYPES
from adapters.discord.presses import PressedMessage, PressReplies
from adapters.discord.replies import InteractionReplies
from adapters.discord.wire import Wire
from bot.message import Message
from bot.model import Address, ChatKind
from bot.ports import CommandSpec, Inbox, Outcome, Rejected, Request

PLATFORM = "discord"
# How long the gateway has to say goodbye; discord.py alone would wait 30 seconds for it (http.py, ws_connect).
GOODBYE = 1.5

_log = logging.getLogger(__name__)


class ToChannel(Protocol):
    """Sends to an address without an interaction."""

    def __call__(self, address: Address, message: Message, *, plain: bool = False) -> Awaitable[Outcome]: ...


def move(api_url: str | None, gateway_url: str | None) -> None:
    """Point the library elsewhere, for tests and proxies. Its addresses belong to its classes, so to the whole process."""
    if api_url:
        Route.BASE = api_url
    if gateway_url:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)


class GatewayClient(discord.AutoShardedClient):
    """Hears slash commands, direct messages, and channels that come and go; keeps nothing that it need not."""

    def __init__(
        self,
        inbox: Inbox,
        wire: Wire,
        commands: tuple[CommandSpec, ...],
        to_channel: ToChannel,
        gateway_url: str | None,
    ) -> None:
        # Neither of these is privileged; the text of direct messages to the bot comes without `message_content`
        # (docs/events/gateway#message-content-intent).
        intents = discord.Intents.none()
        intents.guilds = True
        intents.dm_messages = True
        VoiceClient.warn_nacl = VoiceClient.warn_dave = False  # no voice here, and nobody should wonder about it
        super().__init__(
            intents=intents,
            max_messages=None,
            chunk_guilds_at_startup=False,
            # Until so long after the last server of the start, the library takes an invitation for a part of the start
            # (state.py, _delay_shard_ready); its own two seconds are for those who wait for `ready`.
            guild_ready_timeout=0.1,
            member_cache_flags=discord.MemberCacheFlags.none(),
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=30.0,  # the least that the library takes; longer waits raise RateLimited
        )
        self._inbox = inbox
        self._wire = wire
        self._commands = commands
        self._to_channel = to_channel
        self._gateway_url = gateway_url
        self._at_work: set[asyncio.Task[Any]] = set()
        self.heard = False

    async def launch_shard(self, gateway: yarl.URL, shard_id: int, *, initial: bool = False) -> None:
        """As the library's; the setting stands over the address that the API gave."""
        moved = yarl.URL(self._gateway_url) if self._gateway_url else gateway
        await super().launch_shard(moved, shard_id, initial=initial)

    async def leave(self) -> None:
        """Close the gateway within GOODBYE seconds, and end what is still being answered."""
        closing = asyncio.ensure_future(self.close())
        _, late = await asyncio.wait({closing, *self._at_work}, timeout=GOODBYE)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=GOODBYE)
        if closing.cancelled() or closing.exception() is not None:  # never logged in, or no goodbye came
            await self.http.close()
        await _stop_hearts()

    # --- What the library calls ---------------------------------------------------------------------------------------

    async def on_connect(self) -> None:
        self.heard = True

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002 - the library's
        _log.exception("Discord's event %s was not handled", event_method)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        if not interaction.data:
            return
        if interaction.type is discord.InteractionType.application_command:
            await self._tracked(self._command(interaction))
        elif interaction.type is discord.InteractionType.component:
            await self._tracked(self._press(interaction))

    async def on_message(self, message: discord.Message) -> None:
        # Only direct messages are heard at all; the bot's own are among them.
        if message.guild is not None or message.author.bot or not message.content.strip():
            return
        address = Address(PLATFORM, str(message.channel.id))
        request = Request(
            address=address,
            kind=ChatKind.PRIVATE,
            text=message.content.strip(),
            reply=lambda answer: self._say(address, answer),
            person=str(message.author.id),
            title=message.author.display_name,
        )
        await self._tracked(self._inbox.ask(request))

    async def on_guild_join(self, guild: discord.Guild) -> None:
        for channel in (*guild.channels, *guild.threads):
            if not isinstance(channel, discord.CategoryChannel):
                address = Address(PLATFORM, str(channel.id))
                await self._inbox.joined(
                    address, ChatKind.GROUP, _title(channel.name, guild), _language(guild.preferred_locale)
                )

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        for channel in (*guild.channels, *guild.threads):
            await self._inbox.left(Address(PLATFORM, str(channel.id)), "the bot was removed from the server")

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        await self._inbox.left(Address(PLATFORM, str(channel.id)), "the channel was deleted")

    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        await self._inbox.left(Address(PLATFORM, str(payload.thread_id)), "the thread was deleted")

    # --- Slash commands and buttons ------------------------------------------------------------------------------------

    async def _command(self, interaction: discord.Interaction) -> None:
        channel: Any = interaction.channel
        if channel is None:
            return
        asked_in = Address(PLATFORM, str(channel.id))
        replies = InteractionReplies(
            self._wire,
            str(interaction.application_id),
            str(interaction.id),
            interaction.token,
            to_channel=lambda message: self._say(asked_in, message),
        )
        # Whatever takes time happens inside: "is thinking…" must stand there before Discord's three seconds are over.
        await replies.answer(self._ask(interaction, channel, replies))

    async def _press(self, interaction: discord.Interaction) -> None:
        channel, message = interaction.channel, interaction.message
        if channel is None or message is None:
            return
        pressed_in = Address(PLATFORM, str(channel.id))
        replies = PressReplies(
            self._wire,
            str(interaction.application_id),
            str(interaction.id),
            interaction.token,
            pressed=PressedMessage(str(channel.id), str(message.id), private=interaction.guild_id is None),
            to_channel=lambda answer: self._say(pressed_in, answer),
        )
        await replies.answer(self._ask(interaction, channel, replies))

    async def _ask(
        self, interaction: discord.Interaction, channel: Any, replies: InteractionReplies | PressReplies
    ) -> None:
        data: Any = interaction.data
        pressed = replies if isinstance(replies, PressReplies) else None
        home, name = await self._home(channel)
        guild = interaction.guild if interaction.guild_id is not None else None
        private = interaction.guild_id is None
        request = Request(
            address=home,
            kind=ChatKind.PRIVATE if private else ChatKind.GROUP,
            text="" if pressed else command_line(str(data["name"]), data.get("options", ()), self._commands),
            reply=replies.reply,
            person=str(interaction.user.id),
            title=interaction.user.display_name if private else _title(name, guild),
            language=_language(interaction.locale),
            may_change=_always(private or _is_admin(interaction.permissions)),
            may_post=_always(
                private or _can_post(interaction.app_permissions, in_thread=isinstance(channel, discord.Thread))
            ),
            action=str(data["custom_id"]) if pressed else "",
            edit=pressed.edit if pressed else None,
            notice=pressed.notice if pressed else None,
        )
        await self._inbox.ask(request)

    async def _say(self, address: Address, message: Message) -> Outcome:
        """An answer without an interaction; what Discord refuses is tried once more as plain text."""
        became = await self._to_channel(address, message)
        return await self._to_channel(address, message, plain=True) if isinstance(became, Rejected) else became

    async def _home(self, channel: Any) -> tuple[Address, str]:
        """Where the chat's digests go, and its name: the forum for what is asked in one of its posts, else the channel.

        Commands cannot be typed in a forum, only in its posts; a digest a day belongs beside them, not into one.
        """
        if isinstance(channel, discord.Thread):
            parent = channel.parent
            if isinstance(parent, discord.ForumChannel):
                return Address(PLATFORM, str(parent.id)), parent.name
            if parent is None and await self._is_forum(channel.parent_id):
                return Address(PLATFORM, str(channel.parent_id)), channel.name
        return Address(PLATFORM, str(channel.id)), getattr(channel, "name", None) or ""

    async def _is_forum(self, channel_id: int) -> bool:
        """For a channel that the library has not cached; a channel that the bot cannot see counts as none."""
        answer = await self._wire.request("GET", f"/channels/{channel_id}")
        body = getattr(answer, "body", None)
        return isinstance(body, dict) and body.get("type") in FORUM_TYPES

    async def _tracked(self, work: Awaitable[None]) -> None:
        """Await `work` in this task (the library gives each event its own), known to `leave`."""
        task = asyncio.current_task()
        assert task is not None
        self._at_work.add(task)
        try:
            await work
        finally:
            self._at_work.discard(task)


async def _stop_hearts() -> None:
    """Stop the threads that keep connections alive, and close what they hold.

    Of a connection that broke, or was broken off while it began, the library forgets both; its heart would go on to beat,
    into a loop that is closed by then.
    """
    loop = asyncio.get_running_loop()
    for thread in threading.enumerate():
        if isinstance(thread, KeepAliveHandler) and not thread._stop_ev.is_set() and thread.ws.loop is loop:  # noqa: SLF001
            thread.stop()
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                await asyncio.wait_for(thread.ws.socket.close(), GOODBYE)


def _title(channel: str, guild: discord.Guild | None) -> str:
    return f"#{channel} · {guild.name}" if guild is not None and guild.name else f"#{channel}"


def _language(locale: object) -> str | None:
    return str(getattr(locale, "value", "") or "") or None


def _is_admin(permissions: discord.Permissions) -> bool:
    return permissions.administrator or permissions.manage_guild or permissions.manage_channels


def _can_post(permissions: discord.Permissions, *, in_thread: bool) -> bool:
    speaks = permissions.send_messages_in_threads if in_thread else permissions.send_messages
    return permissions.administrator or (permissions.view_channel and speaks and permissions.embed_links)


def _always(value: bool) -> Callable[[], Awaitable[bool]]:
    async def answer() -> bool:
        return value

    return answer
