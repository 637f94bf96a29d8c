"""A channel that its admin names in direct messages with the bot: found by mention or number, its rights computed.

Channels and their roles' permissions come from the library's cache of the gateway; who somebody is in a server is asked of
Discord each time (docs/resources/guild#get-guild-member).
"""

import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace

import aiohttp
import discord

from adapters.discord.permissions import can_post, is_admin
from bot.model import Address, ChatKind
from bot.ports import Request

# docs/reference#message-formatting; and what "Copy Link" gives: …/channels/SERVER/CHANNEL.
_NAMED = re.compile(
    r"(?:<#(?P<mention>\d{1,19})>|(?P<number>\d{15,19})|"
    r"(?:https://)?(?:\w+\.)?discord\.com/channels/\d{1,19}/(?P<link>\d{1,19}))",
    re.ASCII,
)
_FAULTS = (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError, TimeoutError)

_log = logging.getLogger(__name__)

Speak = discord.TextChannel | discord.ForumChannel | discord.VoiceChannel | discord.Thread


class Elsewhere:
    """Gives requests that speak of other channels, of the servers where `client` is."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def of(self, here: Request, user: int, written: str) -> Request | None:
        """`Request.elsewhere` of the request `here`, which `user` made."""
        channel = self._channel(written)
        if channel is None or self._client.user is None:
            return None
        person = await _member(channel.guild, user)
        if person is None or not is_admin(channel.permissions_for(person)):
            return None
        itself = channel.guild.me or await _member(channel.guild, self._client.user.id)
        posts = itself is not None and can_post(channel.permissions_for(itself), thread=isinstance(channel, discord.Thread))
        return replace(
            here,
            address=Address(here.address.platform, str(channel.id)),
            kind=ChatKind.GROUP,
            title=f"#{channel.name} · {channel.guild.name}",
            may_change=_always(value=True),
            may_post=_always(value=posts),
            elsewhere=None,
        )

    def _channel(self, written: str) -> Speak | None:
        """The channel that is named; the forum itself for one of its posts, as where a command is typed."""
        match = _NAMED.fullmatch(written.strip())
        if match is None:
            return None
        found = self._client.get_channel(int(match[match.lastgroup or 0]))
        if isinstance(found, discord.Thread) and isinstance(found.parent, discord.ForumChannel):
            return found.parent
        return found if isinstance(found, Speak) else None


async def _member(guild: discord.Guild, user: int) -> discord.Member | None:
    try:
        return await guild.fetch_member(user)
    except _FAULTS as error:
        _log.info("Discord does not say who %s is in a server: %s", user, error)
        return None


def _always(*, value: bool) -> Callable[[], Awaitable[bool]]:
    async def answer() -> bool:
        return value

    return answer
