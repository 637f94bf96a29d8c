"""discord.py's client: passes on what it hears as requests and events; commands and buttons go through `interactions`."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Awaitable
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket, KeepAliveHandler
from discord.http import Route
from discord.voice_client import VoiceClient

from adapters.discord.elsewhere import Elsewhere
from adapters.discord.interactions import PLATFORM, Interactions, language_of, title_of
from adapters.discord.typing_sign import typing
from adapters.discord.wire import Wire
from bot.message import Message
from bot.model import Address, ChatKind
from bot.ports import CommandSpec, Inbox, Outcome, Rejected, Request

# How long the gateway has to say goodbye; discord.py alone would wait 30 seconds for it (http.py, ws_connect).
GOODBYE = 1.5

_log = logging.getLogger(__name__)


class ToChannel(Protocol):
    """Sends to an address without an interaction."""

    def __call__(self, address: Address, message: Message, *, plain: bool = False) -> Awaitable[Outcome]: ...


def move(api_url: str | None, gateway_url: str | None) -> None:
    """Point the library to other addresses, for tests and proxies. As class attributes they affect the process."""
    if api_url:
        Route.BASE = api_url
    if gateway_url:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)


class GatewayClient(discord.AutoShardedClient):
    """Hears slash commands, direct messages, and channels that appear and disappear; caches nothing that it need not."""

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
        self._to_channel = to_channel
        self._gateway_url = gateway_url
        self._elsewhere = Elsewhere(self)
        self._interactions = Interactions(inbox, wire, commands, self._say, self._elsewhere)
        self._at_work: set[asyncio.Task[Any]] = set()
        self.heard = False

    async def launch_shard(self, gateway: yarl.URL, shard_id: int, *, initial: bool = False) -> None:
        """As the library's; the setting stands over the address that the API gave."""
        moved = yarl.URL(self._gateway_url) if self._gateway_url else gateway
        await super().launch_shard(moved, shard_id, initial=initial)

    async def leave(self) -> None:
        """Close the gateway within GOODBYE seconds, and end what is still being answered."""
        closing = asyncio.ensure_future(self.close())
        await asyncio.wait({closing, *self._at_work}, timeout=GOODBYE)
        late = {task for task in (closing, *self._at_work) if not task.done()}
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=GOODBYE)
        if closing.cancelled() or closing.exception() is not None:  # never logged in, or no goodbye came
            await self.http.close()
        await _stop_hearts()

    def _schedule_event(self, *args: Any, **kwargs: Any) -> asyncio.Task[Any]:
        """As the library's, which forgets the task that it gives an event; `leave` waits for it while the store is open."""
        task = super()._schedule_event(*args, **kwargs)
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)
        return task

    # --- What the library calls ---------------------------------------------------------------------------------------

    async def on_connect(self) -> None:
        self.heard = True

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002 - the library's
        _log.exception("Discord's event %s was not handled", event_method)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        await self._interactions.take(interaction)

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
            language=self._interactions.language_of(message.author.id),
        )
        request = replace(request, elsewhere=partial(self._elsewhere.of, request, message.author.id))
        async with typing(self._wire, request.address.chat_id):
            await self._inbox.ask(request)

    async def on_ready(self) -> None:
        present = {
            str(channel.id)
            for guild in self.guilds
            for channel in (*guild.channels, *guild.threads)
            if _may_write(
                channel.permissions_for(guild.me or guild.default_role), in_thread=isinstance(channel, discord.Thread)
            )
        }
        await self._inbox.present(PLATFORM, present)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        for channel in (*guild.channels, *guild.threads):
            if not isinstance(channel, discord.CategoryChannel):
                address = Address(PLATFORM, str(channel.id))
                await self._inbox.joined(
                    address, ChatKind.GROUP, title_of(channel.name, guild), language_of(guild.preferred_locale)
                )

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        for channel in (*guild.channels, *guild.threads):
            await self._inbox.left(Address(PLATFORM, str(channel.id)), "the bot was removed from the server")

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        await self._inbox.left(Address(PLATFORM, str(channel.id)), "the channel was deleted")

    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        await self._inbox.left(Address(PLATFORM, str(payload.thread_id)), "the thread was deleted")

    async def _say(self, address: Address, message: Message) -> Outcome:
        """An answer without an interaction; what Discord refuses is tried once more as plain text."""
        became = await self._to_channel(address, message)
        return await self._to_channel(address, message, plain=True) if isinstance(became, Rejected) else became


def _may_write(allowed: discord.Permissions, *, in_thread: bool) -> bool:
    return allowed.view_channel and (allowed.send_messages_in_threads if in_thread else allowed.send_messages)


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
