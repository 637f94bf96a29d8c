"""Operators' commands: in the menus of the servers whose channels ADMIN_CHATS names, and of no others.

In a server a bot without privileged intents hears slash commands alone, and those must be registered; in direct messages
they are typed. Rules: discord.com/developers/docs/interactions/application-commands#registering-a-command.
"""

import json
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from adapters.discord.commands import in_a_server
from adapters.discord.outcomes import Answer
from adapters.discord.wire import Wire
from bot.ports import CommandSpec, KeyValueStore

if TYPE_CHECKING:
    from adapters.discord.gateway import GatewayClient

_log = logging.getLogger(__name__)


class OperatorCommands:
    """Registers `commands` in the servers of the channels `chats` (their numbers), and takes them out of all others."""

    def __init__(
        self, wire: Wire, chats: Sequence[str], commands: Sequence[CommandSpec], state: KeyValueStore | None
    ) -> None:
        self._wire, self._chats, self._commands, self._state = wire, chats, commands, state

    async def register(self, client: "GatewayClient") -> None:
        """Never raises: without them alarms still come, and everything can be typed in direct messages."""
        name = f"operators:{client.application_id}"
        before = set(json.loads((self._state and await self._state.get(name)) or "[]"))
        servers, complete = await self._servers()
        gone = before - servers if complete else set()
        # At each start: whether they outlive the bot's leaving a server no page says. What is the same does not count for
        # the limit of 200 new ones a day.
        done = {server for server in sorted(servers) if await self._put(client, server, self._commands)}
        for server in sorted(gone):
            await self._put(client, server, ())
        if self._state is not None and (kept := (before | done) - gone) != before:
            await self._state.set(name, json.dumps(sorted(kept)))

    async def _servers(self) -> tuple[set[str], bool]:
        """The servers' numbers, and whether every channel could be looked up."""
        found, complete = set(), True
        for chat in self._chats:
            answer = await self._wire.request("GET", f"/channels/{chat}")
            if isinstance(answer, Answer) and answer.ok and isinstance(answer.body, dict):
                # Direct messages are of no server.
                found |= {str(server) for server in (answer.body.get("guild_id"),) if server}
            else:
                complete = False
        return found, complete

    async def _put(self, client: "GatewayClient", server: str, commands: Sequence[CommandSpec]) -> bool:
        import aiohttp  # noqa: PLC0415
        import discord  # noqa: PLC0415 - 0.6 s, and only listening needs it

        try:
            await client.http.bulk_upsert_guild_commands(
                client.application_id or 0, int(server), payload=in_a_server(commands)
            )
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            _log.warning("Discord does not take the operators' commands for server %s: %s", server, error)
            return False
        return True
