"""FakeDiscord: starts and stops the servers, and is the hand with which a test moves people, servers and faults."""

import asyncio
from typing import Any, Self

from aiohttp import web

from tests.fakes.discord.api import Api
from tests.fakes.discord.events import check_place, check_shown, interaction_event
from tests.fakes.discord.gateway import DIRECT_MESSAGES, GUILDS, Gateway
from tests.fakes.discord.interactions import Interactions
from tests.fakes.discord.limits import ApiError
from tests.fakes.discord.world import (
    ADMINISTRATOR,
    DM,
    FORUM,
    PUBLIC_THREAD,
    TEXT,
    USUAL,
    FakeChannel,
    FakeGuild,
    FakeInteraction,
    FakeMessage,
    FakeUser,
    Fault,
    snowflakes,
)

# Beyond what a file may have, so that a larger one meets Discord's own refusal.
_MOST_BYTES = 32 << 20


class FakeDiscord:
    """One Discord with one bot. Rate limits are wide unless a test narrows `channel_limit` to (messages, seconds)."""

    def __init__(self, token: str = "fake-discord-token", *, shards: int = 1) -> None:
        self.token = token
        self.shards = shards
        self.ids = snowflakes()
        self.application_id = next(self.ids)
        self.bot = FakeUser(self.application_id, "daily-papers", bot=True)
        self.users: dict[str, FakeUser] = {self.bot.id: self.bot}
        self.guilds: dict[str, FakeGuild] = {}
        self.channels: dict[str, FakeChannel] = {}
        self.interactions: dict[str, FakeInteraction] = {}
        self.commands: list[dict[str, Any]] = []
        self.guild_commands: dict[str, list[dict[str, Any]]] = {}
        self.registrations = 0
        self.requests: list[tuple[str, str, int]] = []
        self.lost_callbacks = 0  # so many answers to interaction callbacks are lost after they were taken
        # Whether people may install the app for themselves (docs/resources/application, integration_types_config). What is
        # refused without it is no page's: the strictest that could be.
        self.user_install = True
        self.refused_host = ""  # a picture from this host makes a message that is not taken
        self.outage: int | None = None  # the status of every answer while it lasts
        self.channel_limit: tuple[int, float] = (1000, 1.0)
        # What /gateway/bot says, as the real one does: only DISCORD_GATEWAY_URL brings a bot to this gateway.
        self.advertised_gateway = "wss://gateway.discord.gg"
        self._shift = 0.0
        self.api = Api(self)
        self.gateway = Gateway(self)
        self._news: list[asyncio.Future[int]] = []
        self._runner: web.AppRunner | None = None
        self._port = 0

    # --- Serving ------------------------------------------------------------------------------------------------------

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self._port}/api/v10"

    @property
    def gateway_url(self) -> str:
        return f"ws://127.0.0.1:{self._port}/gateway-socket"

    def environment(self) -> dict[str, str]:
        """The settings that bring a bot here."""
        return {"DISCORD_BOT_TOKEN": self.token, "DISCORD_API_URL": self.api_url, "DISCORD_GATEWAY_URL": self.gateway_url}

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self.api.middleware], client_max_size=_MOST_BYTES)
        inner = [*self.api.routes(), *Interactions(self).routes()]
        app.add_routes([web.RouteDef(one.method, f"/api/v10{one.path}", one.handler, one.kwargs) for one in inner])
        app.add_routes([web.get("/gateway-socket", self.gateway.handle)])
        self._runner = web.AppRunner(app, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.api.released.set()
        await self._told()
        await self.gateway.drop()
        if self._runner is not None:
            await self._runner.cleanup()

    def time(self) -> float:
        """Seconds on this Discord's clock."""
        return asyncio.get_running_loop().time() + self._shift

    def advance(self, seconds: float) -> None:
        """Let time pass here (and only here): nonces are forgotten, interactions end."""
        self._shift += seconds

    # --- Places and people --------------------------------------------------------------------------------------------

    def user(self, name: str = "ada") -> FakeUser:
        user = FakeUser(next(self.ids), name)
        self.users[user.id] = user
        return user

    def guild(self, name: str = "Reading group") -> FakeGuild:
        guild = FakeGuild(next(self.ids), name, self.user("owner"), bot_id=self.bot.id)
        self.guilds[guild.id] = guild
        self._tell("GUILD_CREATE", guild.json(), guild)
        return guild

    def channel(self, guild: FakeGuild | None = None, name: str = "papers", kind: int = TEXT) -> FakeChannel:
        return self._add(FakeChannel(next(self.ids), kind, name, guild or self._some_guild()))

    def forum(
        self,
        guild: FakeGuild | None = None,
        name: str = "papers-forum",
        *,
        tags: tuple[str, ...] = (),
        require_tag: bool = False,
    ) -> FakeChannel:
        made = tuple({"id": next(self.ids), "name": tag, "moderated": False} for tag in tags)
        return self._add(
            FakeChannel(next(self.ids), FORUM, name, guild or self._some_guild(), tags=made, require_tag=require_tag)
        )

    def thread(self, channel: FakeChannel, name: str = "a thread") -> FakeChannel:
        """A thread of a text channel, or a post that a person began in a forum."""
        assert channel.guild
        return self.new_post(channel, name, channel.guild.owner)

    def dm(self, user: FakeUser) -> FakeChannel:
        """The one direct-message channel of the bot with `user`."""
        for channel in self.channels.values():
            if channel.recipient is user and not channel.foreign:
                return channel
        return self._add(FakeChannel(next(self.ids), DM, "", recipient=user))

    def private_channel(self, other: FakeUser, kind: int = DM) -> FakeChannel:
        """The direct messages of some person with `other` (or a group's): the bot is not there, but an app may be carried."""
        return self._add(FakeChannel(next(self.ids), kind, "", recipient=other, foreign=True))

    def _some_guild(self) -> FakeGuild:
        return next(iter(self.guilds.values()), None) or self.guild()

    def _add(self, channel: FakeChannel) -> FakeChannel:
        self.channels[channel.id] = channel
        if channel.guild is not None:
            channel.guild.channels.append(channel)
            self._tell("THREAD_CREATE" if channel.is_thread else "CHANNEL_CREATE", channel.json(), channel.guild)
        return channel

    def _tell(self, event: str, data: dict[str, Any], guild: FakeGuild) -> None:
        """To a bot that is connected already, before anything that people do next."""
        if self.gateway.sessions and guild.bot_inside:
            self._news.append(asyncio.ensure_future(self.gateway.tell(event, data, intent=GUILDS, guild_id=guild.id)))

    def forget_news(self) -> None:
        """The bot is not told of what was made just now, as after a connection that broke for long."""
        for one in self._news:
            one.cancel()
        self._news = []

    async def _told(self) -> None:
        news, self._news = self._news, []
        await asyncio.gather(*news)

    def new_post(self, parent: FakeChannel, name: str, owner: FakeUser, tags: tuple[str, ...] = ()) -> FakeChannel:
        thread = FakeChannel(
            next(self.ids), PUBLIC_THREAD, name, parent.guild, parent, owner.id,
            bot_permissions=parent.bot_permissions, applied_tags=tags,
        )  # fmt: skip
        parent.posts.append(thread)
        return self._add(thread)

    def new_message(
        self,
        channel: FakeChannel,
        sent: dict[str, Any],
        *,
        message_id: str | None = None,
        interaction: FakeInteraction | None = None,
    ) -> FakeMessage:
        for place, embed in enumerate(sent.get("embeds") or ()):
            if self.refused_host and self.refused_host in embed.get("image", {}).get("url", ""):
                fault = {"code": "URL_TYPE_INVALID_URL", "message": "Not a well formed URL."}
                errors = {"embeds": {str(place): {"image": {"url": {"_errors": [fault]}}}}}
                raise ApiError(400, 50035, "Invalid Form Body", errors)
        return FakeMessage(message_id or next(self.ids), channel, sent, self.bot, self.time(), interaction)

    async def show(self, message: FakeMessage) -> None:
        message.channel.messages.append(message)
        await message.channel.notify()

    async def wait_for(self, channel: FakeChannel, count: int, within: float = 10.0) -> list[FakeMessage]:
        """The messages of `channel` once there are `count` of them."""

        async def wait() -> None:
            async with channel.changed:
                await channel.changed.wait_for(lambda: len(channel.messages) >= count)

        try:
            await asyncio.wait_for(wait(), within)
        except TimeoutError:
            stand = [message.title for message in channel.messages]
            raise AssertionError(f"within {within} s {len(stand)} of {count} messages came: {stand}") from None
        return channel.messages

    # --- What people do -----------------------------------------------------------------------------------------------

    async def slash(
        self,
        channel: FakeChannel,
        user: FakeUser,
        name: str,
        options: dict[str, str] | None = None,
        *,
        admin: bool = False,
        permissions: int | None = None,
        locale: str = "en-US",
        within: float = 10.0,
    ) -> FakeInteraction:
        """`user` types a slash command, as Discord's form lets them: only registered ones, with what they require."""
        # Nothing can be typed in a forum itself: docs/topics/threads#forum-channels ("only contain threads").
        assert channel.type != FORUM, "commands are typed in a forum's posts; use fake.thread(forum)"
        command = await self._registered(name, locale, within, channel)
        await self.gateway.ready(within)
        await self._told()
        allowed = permissions if permissions is not None else USUAL | (ADMINISTRATOR if admin else 0)
        check_place(command, channel)
        check_shown(command, allowed)
        given = options or {}
        known = {option["name"]: option for option in command.get("options", ())}
        assert given.keys() <= known.keys(), f"/{name} has no option {given.keys() - known.keys()}"
        for option in known.values():
            assert not option.get("required") or option["name"] in given, f"/{name} needs {option['name']}"
            values = {choice["value"] for choice in option.get("choices", ())}
            assert not values or option["name"] not in given or given[option["name"]] in values, f"choose one of {values}"
        token = f"interaction-token-{next(self.ids)}"
        one = FakeInteraction(next(self.ids), token, self.application_id, channel, user, self.time(), self.time)
        self.interactions[token] = one
        data = {
            "id": command["id"], "name": command["name"], "type": 1,
            "options": [{"name": key, "type": 3, "value": value} for key, value in given.items()],
        }  # fmt: skip
        event = interaction_event(
            self.application_id,
            one,
            data,
            allowed,
            locale,
        )
        await self.gateway.tell("INTERACTION_CREATE", event, guild_id=channel.guild.id if channel.guild else None)
        return one

    async def completes(
        self,
        channel: FakeChannel,
        user: FakeUser,
        name: str,
        option: str,
        typed: str,
        given: dict[str, str] | None = None,
        *,
        locale: str = "en-US",
        within: float = 10.0,
    ) -> FakeInteraction:
        """`user` types into an option of a command's form: docs/interactions/application-commands#autocomplete."""
        command = await self._registered(name, locale, within, channel)
        await self.gateway.ready(within)
        await self._told()
        check_place(command, channel)
        (known,) = [one for one in command.get("options", ()) if one["name"] == option]
        assert known.get("autocomplete"), f"nothing is suggested for {option} of /{name}"
        token = f"interaction-token-{next(self.ids)}"
        one = FakeInteraction(next(self.ids), token, self.application_id, channel, user, self.time(), self.time)
        one.completes = True
        self.interactions[token] = one
        options = [{"name": key, "type": 3, "value": value} for key, value in (given or {}).items()]
        options.append({"name": option, "type": 3, "value": typed, "focused": True})
        data = {"id": command["id"], "name": command["name"], "type": 1, "options": options}
        event = interaction_event(self.application_id, one, data, USUAL, locale)
        await self.gateway.tell("INTERACTION_CREATE", event, guild_id=channel.guild.id if channel.guild else None)
        return one

    async def presses(
        self,
        message: FakeMessage,
        user: FakeUser,
        button: str,
        *,
        admin: bool = False,
        permissions: int | None = None,
        locale: str = "en-US",
        within: float = 10.0,
    ) -> FakeInteraction:
        """`user` presses a button of a message that the bot wrote, by its label or its custom_id."""
        await self.gateway.ready(within)
        await self._told()
        found = [custom_id for label, custom_id in message.buttons if button in {label, custom_id}]
        assert found, f"no button '{button}' among {message.buttons}"
        assert not found[0].startswith("http"), f"'{button}' opens {found[0]}"
        token, channel = f"interaction-token-{next(self.ids)}", message.channel
        one = FakeInteraction(next(self.ids), token, self.application_id, channel, user, self.time(), self.time)
        one.pressed = message
        self.interactions[token] = one
        # docs/interactions/receiving-and-responding#interaction-object-message-component-data-structure
        data = {"custom_id": found[0], "component_type": 2}
        event = interaction_event(
            self.application_id,
            one,
            data,
            permissions if permissions is not None else USUAL | (ADMINISTRATOR if admin else 0),
            locale,
        )
        await self.gateway.tell("INTERACTION_CREATE", event, guild_id=channel.guild.id if channel.guild else None)
        return one

    def change(self, message: FakeMessage, body: dict[str, Any]) -> None:
        """Edit a message: what `body` does not name stays as it was (docs/resources/message#edit-message)."""
        after = message.sent | body | {"flags": message.flags | body.get("flags", 0)}
        if not any(after.get(part) for part in ("content", "embeds")):
            raise ApiError(400, 50006, "Cannot send an empty message")
        message.sent = after

    async def _registered(self, name: str, locale: str, within: float, channel: FakeChannel) -> dict[str, Any]:
        """The command that people call so: by its name, or by the one that it has in their language."""
        until = asyncio.get_running_loop().time() + within
        while asyncio.get_running_loop().time() < until:
            here = self.guild_commands.get(channel.guild.id, []) if channel.guild else []
            for command in (*here, *self.commands):
                if name in {command["name"], command.get("name_localizations", {}).get(locale)}:
                    return command
            await asyncio.sleep(0.02)
        raise AssertionError(
            f"/{name} was not registered within {within} s; there are {[one['name'] for one in self.commands]}"
        )

    async def says(self, channel: FakeChannel, user: FakeUser, text: str, within: float = 10.0) -> None:
        """`user` writes to the bot, directly: the only messages of which a bot without privileged intents gets the text."""
        assert channel.type == DM
        await self.gateway.ready(within)
        message = FakeMessage(next(self.ids), channel, {"content": text}, user, self.time()).json()
        await self.gateway.tell("MESSAGE_CREATE", message, intent=DIRECT_MESSAGES)

    async def remove_bot(self, guild: FakeGuild) -> None:
        """An admin kicks the bot: docs/events/gateway-events#guild-delete (no `unavailable`)."""
        await self._told()
        guild.bot_inside = False
        await self.gateway.tell("GUILD_DELETE", {"id": guild.id}, intent=GUILDS, guild_id=guild.id)

    async def add_bot(self, guild: FakeGuild) -> None:
        guild.bot_inside = True
        await self.gateway.tell("GUILD_CREATE", guild.json(), intent=GUILDS, guild_id=guild.id)

    async def delete_channel(self, channel: FakeChannel) -> None:
        """Docs/events/gateway-events#channel-delete, #thread-delete."""
        assert channel.guild
        await self._told()
        channel.deleted = True
        event = "THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE"
        await self.gateway.tell(event, channel.json(), intent=GUILDS, guild_id=channel.guild.id)

    # --- What goes wrong ----------------------------------------------------------------------------------------------

    def fail(self, channel: FakeChannel, status: int, body: Any = None, *, accepted: bool = False, times: int = 1) -> None:
        """The next sends to `channel` get `status`; with `accepted` after the message was taken."""
        body = {"message": f"{status}: scripted", "code": 0} if body is None else body
        channel.faults.extend(Fault("error", status, body, accepted=accepted) for _ in range(times))

    def rate_limit(self, channel: FakeChannel, seconds: float, scope: str = "user", *, times: int = 1) -> None:
        """The next sends get 429; `scope` is user, shared or global: docs/topics/rate-limits#header-format."""
        body = {"message": "You are being rate limited.", "retry_after": seconds, "global": scope == "global"}
        headers = {"Via": "1.1 google", "Retry-After": str(int(seconds) + 1), "X-RateLimit-Scope": scope}
        channel.faults.extend(Fault("error", 429, body, headers) for _ in range(times))

    def ban(self, channel: FakeChannel, seconds: int | None = None) -> None:
        """Cloudflare's answer: 429 without JSON and without `Via`: docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans."""
        headers = {} if seconds is None else {"Retry-After": str(seconds)}
        channel.faults.append(Fault("error", 429, "<html>error code: 1015</html>", headers))

    def reset(self, channel: FakeChannel, *, accepted: bool = False, times: int = 1) -> None:
        """The connection breaks before any answer; with `accepted` after the message was taken."""
        channel.faults.extend(Fault("reset", accepted=accepted) for _ in range(times))

    def hang(self, channel: FakeChannel, *, accepted: bool = False) -> None:
        """No answer comes until this Discord stops."""
        channel.faults.append(Fault("hang", accepted=accepted))
