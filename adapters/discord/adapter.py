"""The adapter: opens, listens, closes. Sending is in `send`, listening in `gateway`."""

import asyncio
import logging
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from adapters.discord.commands import fingerprint, registration
from adapters.discord.operators import OperatorCommands
from adapters.discord.outcomes import NoAnswer
from adapters.discord.send import Sender
from adapters.discord.wire import DEFAULT_API_URL, Wire
from bot.errors import AdapterError, InvalidToken, SettingsError
from bot.message import Message
from bot.model import Address
from bot.ports import AdapterContext, Inbox, NotSent, Outcome

if TYPE_CHECKING:
    from adapters.discord.gateway import GatewayClient

# Waits between attempts to reach the gateway when Discord or the network is away.
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
_BAD_TOKEN = "Discord does not accept DISCORD_BOT_TOKEN; copy the bot's token again from discord.com/developers."  # noqa: S105

_log = logging.getLogger(__name__)


class DiscordAdapter:
    """One bot on Discord. `open` and `send` need HTTP only; the gateway and discord.py come with `listen`."""

    platform = "discord"

    def __init__(self, context: AdapterContext) -> None:
        environment = context.environment
        self._token = environment["DISCORD_BOT_TOKEN"].strip()
        self._api_url = _url(environment.get("DISCORD_API_URL", ""), "DISCORD_API_URL", ("https", "http"))
        self._gateway_url = _url(environment.get("DISCORD_GATEWAY_URL", ""), "DISCORD_GATEWAY_URL", ("wss", "ws"))
        self._context = context
        self._commands = (*context.commands, *context.operator_commands)
        self._wire = Wire(self._token, self._api_url or DEFAULT_API_URL)
        self._sender = Sender(self._wire)
        self._client: GatewayClient | None = None
        chats = [address.chat_id for address in context.operator_chats if address.platform == self.platform]
        self._operators = OperatorCommands(self._wire, chats, context.operator_commands, context.state)
        self._closed = asyncio.Event()

    async def open(self) -> None:
        """As the port's. One request: who am I."""
        self._wire.open()
        answer = await self._wire.request("GET", "/users/@me")
        if isinstance(answer, NoAnswer):
            await self._wire.close()
            raise AdapterError(f"Discord could not be reached: {answer.reason}. Try again when the network is there.")
        if answer.ok and isinstance(answer.body, dict) and "id" in answer.body:
            self._sender.me = str(answer.body["id"])
            return
        await self._wire.close()
        if answer.status == 401:
            raise InvalidToken(_BAD_TOKEN)
        said = "something else" if answer.ok else answer.status
        raise AdapterError(f"Discord answered {said} when asked who the bot is; try again later.")

    async def send(
        self,
        address: Address,
        message: Message,
        *,
        key: str = "",
        container_id: str = "",
        plain: bool = False,
        in_doubt: bool = False,
    ) -> Outcome:
        """As the port's. A forum gets a post for the first message; `container_id` of that carries the others into it."""
        if not self._sender.me:
            return NotSent("the connection to Discord was not opened")
        return await self._sender.send(address, message, key=key, container_id=container_id, plain=plain, in_doubt=in_doubt)

    async def listen(self, inbox: Inbox) -> None:
        """As the port's. Outages are waited for; only a refused token, intents or commands end it."""
        import aiohttp  # noqa: PLC0415
        import discord  # noqa: PLC0415 - 0.6 s, and only listening needs it

        from adapters.discord.gateway import GatewayClient, move  # noqa: PLC0415

        move(self._api_url, self._gateway_url)
        pause = _FIRST_PAUSE
        while not self._closed.is_set():
            self._client = client = GatewayClient(inbox, self._wire, self._commands, self.send, self._gateway_url)
            try:
                await client.login(self._token)
                await self._register(client)
                await self._operators.register(client)
                await client.connect()
            except discord.LoginFailure:
                raise InvalidToken(_BAD_TOKEN) from None
            except discord.PrivilegedIntentsRequired as error:
                raise AdapterError(f"Discord refuses what the bot asks to hear: {error}") from None
            except discord.ConnectionClosed as error:
                if error.code == 4004:  # docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
                    raise InvalidToken(_BAD_TOKEN) from None
                reason: object = error
            except (discord.HTTPException, discord.GatewayNotFound, aiohttp.ClientError, OSError, TimeoutError) as error:
                reason = error
            else:
                reason = "the connection ended"
            finally:
                await client.leave()
            if self._closed.is_set():
                return
            pause = _FIRST_PAUSE if client.heard else min(pause * 2, _LONGEST_PAUSE)
            _log.warning("Discord is not heard (%s); trying again in %.0f s", reason, pause)
            try:
                await asyncio.wait_for(self._closed.wait(), pause)
            except TimeoutError:
                continue

    async def close(self) -> None:
        """As the port's, within about three seconds."""
        self._closed.set()
        if self._client is not None:
            await self._client.leave()
        await self._wire.close()

    async def _register(self, client: "GatewayClient") -> None:
        """Tell Discord the commands, when they are not those that it was told last.

        Raises AdapterError when Discord refuses them, for then nobody could type any.
        """
        import discord  # noqa: PLC0415

        application, state = str(client.application_id), self._context.state
        wanted = registration(self._context.commands)
        name, mark = f"commands:{application}", fingerprint(application, wanted)
        if state is not None and await state.get(name) == mark:
            return
        try:
            try:
                await client.http.bulk_upsert_global_commands(client.application_id or 0, payload=wanted)
            except discord.HTTPException as error:
                if error.status != 400:
                    raise
                # An application that is set up only for servers may refuse to be installed by people.
                _log.warning("Discord refuses the commands, they are offered to servers alone: %s", error)
                alone = registration(self._context.commands, carried=False)
                await client.http.bulk_upsert_global_commands(client.application_id or 0, payload=alone)
        except discord.HTTPException as error:
            if error.status in (400, 403, 404):
                raise AdapterError(f"Discord refuses the bot's commands: {error}") from None
            raise
        if state is not None:
            await state.set(name, mark)


def _url(written: str, name: str, schemes: tuple[str, ...]) -> str:
    """The setting without a last slash, "" when it is not set."""
    url = written.strip().rstrip("/")
    parts = urlsplit(url)
    if url and (parts.scheme not in schemes or not parts.hostname):
        raise SettingsError(f"{name} is '{url}', which is not an address that begins with {schemes[0]}://.")
    return url
