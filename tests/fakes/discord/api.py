"""The HTTP API v10 of channels and messages. What is refused here is refused by the page that each comment names."""

import asyncio
import contextlib
import json
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fakes.discord.limits import ApiError, check_commands, check_message
from tests.fakes.discord.world import (
    ATTACH_FILES,
    DM,
    EMBED_LINKS,
    FILES,
    FORUM,
    PUBLIC_THREAD,
    READ_HISTORY,
    SEND_IN_THREADS,
    SEND_MESSAGES,
    VIEW_CHANNEL,
    FakeChannel,
    FakeMessage,
    Fault,
)

if TYPE_CHECKING:
    from tests.fakes.discord.server import FakeDiscord

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
# "In the past few minutes": docs/resources/message#create-message, enforce_nonce.
NONCE_SECONDS = 180.0


def answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """JSON with the content type that discord.py compares letter by letter (http.py, json_or_text)."""
    if status == 204:
        return web.Response(status=204, headers=headers)
    data = json.dumps(body, ensure_ascii=False).encode()
    return web.Response(body=data, status=status, headers={"Content-Type": "application/json"} | (headers or {}))


async def read_json(request: web.Request) -> Any:
    """The JSON of a body, and its files as FILES where it has some: docs/reference#uploading-files."""
    if request.content_type == "multipart/form-data":
        return await _read_form(request)
    try:
        return json.loads(await request.text())
    except ValueError:
        raise ApiError(400, 50109, "The request body contains invalid JSON.") from None


async def _read_form(request: web.Request) -> Any:
    form = await request.post()
    files: dict[str, bytes] = {}
    for name, part in form.items():
        if not isinstance(part, web.FileField):
            continue
        # Same page: "Each file parameter should be in the format files[n]"
        assert re.fullmatch(r"files\[\d\]", name), f"a file called {name} is lost"
        # "The filename … only alphanumeric characters, underscores, dashes, and dots"
        files[re.sub(r"[^\w.-]", "_", part.filename, flags=re.ASCII)] = part.file.read()
    # "The default limit is 10 MiB for all users" (docs/reference#uploading-files; discord.py, utils.DEFAULT_FILE_SIZE_LIMIT_BYTES)
    if any(len(content) > 10_485_760 for content in files.values()):
        raise ApiError(413, 40005, "Request entity too large")
    written = form.get("payload_json") or "{}"
    assert isinstance(written, str | bytes | bytearray)
    body = json.loads(written)
    # Of an interaction's callback they belong to the message in it.
    place = body["data"] if isinstance(body.get("data"), dict) else body.get("message", body)
    place[FILES] = files
    return body


class Api:
    """Handlers over one FakeDiscord."""

    def __init__(self, fake: "FakeDiscord") -> None:
        self.fake = fake
        self.released = asyncio.Event()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/users/@me", self.me),
            web.get("/applications/@me", self.application),
            web.get("/oauth2/applications/@me", self.application),
            web.get("/gateway", self.gateway),
            web.get("/gateway/bot", self.gateway),
            web.post("/users/@me/channels", self.open_dm),
            web.get("/channels/{channel}", self.channel),
            web.get("/channels/{channel}/messages", self.history),
            web.post("/channels/{channel}/messages", self.create_message),
            web.post("/channels/{channel}/typing", self.typing),
            web.patch("/channels/{channel}/messages/{message}", self.edit_message),
            web.post("/channels/{channel}/threads", self.create_post),
            web.get("/guilds/{guild}/threads/active", self.active_threads),
            web.get("/channels/{channel}/threads/archived/public", self.archived_threads),
            web.get("/guilds/{guild}/members/{user}", self.member),
            web.put("/applications/{application}/commands", self.register),
            web.put("/applications/{application}/guilds/{guild}/commands", self.register_in_guild),
        ]

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Authorization, user agent, errors in Discord's form, and the record of requests."""
        try:
            self._let_in(request)
            response = await handler(request)
        except ApiError as error:
            response = answer(error.body, error.status)
        except web.HTTPNotFound:
            response = answer({"message": "404: Not Found", "code": 0}, 404)
        self.fake.requests.append((request.method, request.path, response.status))
        return response

    def _let_in(self, request: web.Request) -> None:
        if self.fake.outage:
            raise ApiError(self.fake.outage, 0, f"{self.fake.outage}: scripted")
        path = request.path.removeprefix("/api/v10")
        if path == "/gateway-socket":
            return
        # "Clients using the HTTP API must provide a valid User Agent": docs/reference#user-agent
        if not request.headers.get("User-Agent", "").startswith("DiscordBot ("):
            raise ApiError(403, 40333, "internal network error")
        # An interaction's token is in the path; everything else needs the bot's: docs/reference#authentication
        if (
            not path.startswith(("/interactions/", "/webhooks/"))
            and request.headers.get("Authorization") != f"Bot {self.fake.token}"
        ):
            raise ApiError(401, 0, "401: Unauthorized")

    # --- The bot itself -----------------------------------------------------------------------------------------------

    async def me(self, _: web.Request) -> web.Response:
        return answer(
            self.fake.bot.json() | {"verified": True, "mfa_enabled": False, "locale": "en-US", "flags": 0, "email": None}
        )

    async def application(self, _: web.Request) -> web.Response:
        return answer({
            "id": self.fake.application_id, "name": "Daily Papers", "description": "", "icon": None, "bot_public": True,
            "bot_require_code_grant": False, "verify_key": "00", "flags": 0, "owner": self.fake.bot.json() | {"bot": False},
            "team": None, "summary": "",
        })  # fmt: skip

    async def gateway(self, _: web.Request) -> web.Response:
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        return answer({"url": self.fake.advertised_gateway, "shards": self.fake.shards, "session_start_limit": limit})

    async def register(self, request: web.Request) -> web.Response:
        """docs/interactions/application-commands#bulk-overwrite-global-application-commands."""
        if request.match_info["application"] != self.fake.application_id:
            raise ApiError(404, 10002, "Unknown Application")
        commands = await read_json(request)
        check_commands(commands)
        if not self.fake.user_install and any(1 in (one.get("integration_types") or ()) for one in commands):
            fault = {"code": "APPLICATION_COMMAND_INVALID_INTEGRATION_TYPES", "message": "Not among the application's"}
            raise ApiError(400, 50035, "Invalid Form Body", {"0": {"integration_types": {"_errors": [fault]}}})
        self.fake.commands = [
            {"id": next(self.fake.ids), "application_id": self.fake.application_id, "version": "1", "type": 1} | command
            for command in commands
        ]
        self.fake.registrations += 1
        return answer(self.fake.commands)

    async def register_in_guild(self, request: web.Request) -> web.Response:
        """docs/interactions/application-commands#bulk-overwrite-guild-application-commands."""
        guild = self.fake.guilds.get(request.match_info["guild"])
        if request.match_info["application"] != self.fake.application_id:
            raise ApiError(404, 10002, "Unknown Application")
        if guild is None or not guild.bot_inside:
            raise ApiError(403, 50001, "Missing Access")
        commands = await read_json(request)
        check_commands(commands)
        # …#application-command-object: both are "only for globally-scoped commands".
        if any(one.keys() & {"contexts", "integration_types"} for one in commands):
            raise ApiError(400, 50035, "Invalid Form Body")
        self.fake.guild_commands[guild.id] = [
            {"id": next(self.fake.ids), "application_id": self.fake.application_id, "version": "1", "type": 1}
            | {"guild_id": guild.id}
            | command
            for command in commands
        ]
        return answer(self.fake.guild_commands[guild.id])

    # --- Channels -----------------------------------------------------------------------------------------------------

    async def open_dm(self, request: web.Request) -> web.Response:
        user = self.fake.users.get(str((await read_json(request)).get("recipient_id")))
        if user is None:
            raise ApiError(400, 50033, "Invalid Recipient(s)")
        return answer(self.fake.dm(user).json())

    async def channel(self, request: web.Request) -> web.Response:
        return answer(self._visible(request).json())

    async def history(self, request: web.Request) -> web.Response:
        """docs/resources/message#get-channel-messages: without READ_MESSAGE_HISTORY "no messages will be returned"."""
        channel = self._visible(request)
        if not channel.bot_permissions & READ_HISTORY:
            return answer([])
        limit = int(request.query.get("limit", "50"))
        if not 1 <= limit <= 100:  # "Max number of messages to return (1-100)"
            fault = {"code": "NUMBER_TYPE_MAX", "message": "int value should be less than or equal to 100."}
            raise ApiError(400, 50035, "Invalid Form Body", {"limit": {"_errors": [fault]}})
        return answer([message.json() for message in reversed(channel.messages)][:limit])

    async def typing(self, request: web.Request) -> web.Response:
        """docs/resources/channel#trigger-typing-indicator."""
        channel = self._visible(request)
        self._may_send(channel, {})
        channel.typed += 1
        await channel.notify()
        return answer(None, 204)

    async def active_threads(self, request: web.Request) -> web.Response:
        """docs/resources/guild#list-active-guild-threads."""
        guild = self.fake.guilds.get(request.match_info["guild"])
        if guild is None or not guild.bot_inside:
            raise ApiError(403, 50001, "Missing Access")
        threads = [one.json() for one in guild.channels if one.is_thread and not one.archived and not one.deleted]
        return answer({"threads": threads, "members": []})

    async def archived_threads(self, request: web.Request) -> web.Response:
        """docs/resources/channel#list-public-archived-threads: "requires the READ_MESSAGE_HISTORY permission"."""
        channel = self._visible(request)
        if not channel.bot_permissions & READ_HISTORY:
            raise ApiError(403, 50013, "Missing Permissions")
        threads = [one.json() for one in reversed(channel.posts) if one.archived and not one.deleted]
        limit = int(request.query.get("limit", "50"))
        return answer({"threads": threads[:limit], "members": [], "has_more": len(threads) > limit})

    async def member(self, request: web.Request) -> web.Response:
        """docs/resources/guild#get-guild-member; codes of docs/topics/opcodes-and-status-codes#json."""
        guild = self.fake.guilds.get(request.match_info["guild"])
        if guild is None or not guild.bot_inside:
            raise ApiError(403, 50001, "Missing Access")
        number = request.match_info["user"]
        user = self.fake.bot if number == self.fake.bot.id else self.fake.users.get(number)
        if user is None:
            raise ApiError(404, 10013, "Unknown User")
        member = guild.member_json(user)
        if member is None:
            raise ApiError(404, 10007, "Unknown Member")
        return answer(member)

    def _visible(self, request: web.Request) -> FakeChannel:
        channel = self.fake.channels.get(request.match_info["channel"])
        if channel is None or channel.deleted:
            raise ApiError(404, 10003, "Unknown Channel")
        if channel.foreign:
            raise ApiError(403, 50001, "Missing Access")
        inside = channel.type == DM or (channel.guild is not None and channel.guild.bot_inside)
        if not inside or not channel.bot_permissions & VIEW_CHANNEL:
            raise ApiError(403, 50001, "Missing Access")
        return channel

    # --- Messages -----------------------------------------------------------------------------------------------------

    async def create_message(self, request: web.Request) -> web.StreamResponse:
        """docs/resources/message#create-message."""
        channel = self._visible(request)

        async def take() -> web.Response:
            body = await read_json(request)
            check_message(body)
            if channel.type == FORUM:
                # "Messages cannot be sent directly in forum channels": docs/topics/threads#forum-channels
                raise ApiError(400, 50008, "Cannot send messages in a non-text channel")
            self._may_send(channel, body)
            nonce = str(body.get("nonce") or "")
            stands = self._same_nonce(nonce) if body.get("enforce_nonce") else None
            if stands is None:
                channel.archived = False  # a message un-archives a thread: docs/topics/threads#unarchiving-a-thread
                stands = self.fake.new_message(channel, body)
                await self.fake.show(stands)
            return answer(stands.json() | ({"nonce": nonce} if nonce else {}))

        return await self._limited(request, channel, take)

    async def edit_message(self, request: web.Request) -> web.Response:
        """docs/resources/message#edit-message: a bot edits what it wrote itself, whenever it likes."""
        channel, number = self._visible(request), request.match_info["message"]
        for message in channel.messages:
            if message.id == number:
                body = await read_json(request)
                check_message(body, edit=True)
                self.fake.change(message, body)
                await channel.notify()
                return answer(message.json())
        raise ApiError(404, 10008, "Unknown Message")

    async def create_post(self, request: web.Request) -> web.StreamResponse:
        """docs/resources/channel#start-thread-in-forum-or-media-channel. Threads in text channels are not made here."""
        forum = self._visible(request)

        async def take() -> web.Response:
            body = await read_json(request)
            if forum.type != FORUM:
                raise ApiError(400, 50024, "Cannot execute action on this channel type")
            name = body.get("name")
            if not isinstance(name, str) or not 1 <= len(name) <= 100:  # "1-100 character channel name"
                fault = {"code": "BASE_TYPE_BAD_LENGTH", "message": "Must be between 1 and 100 in length."}
                raise ApiError(400, 50035, "Invalid Form Body", {"name": {"_errors": [fault]}})
            message = body.get("message") or {}
            check_message(message)
            if "nonce" in message or "nonce" in body:  # not among the params of a forum thread's message
                raise AssertionError("a forum post has no nonce")
            self._may_send(forum, message)
            tags = tuple(body.get("applied_tags") or ())
            if not set(tags) <= {tag["id"] for tag in forum.tags}:
                raise ApiError(400, 10087, "Unknown Tag")
            if forum.require_tag and not tags:
                raise ApiError(400, 40067, "A tag is required to create a forum post in this channel")
            thread = self.fake.new_post(forum, name, self.fake.bot, tags)
            first = self.fake.new_message(thread, message, message_id=thread.id)  # "has the same ID as the thread"
            await self.fake.show(first)
            await forum.notify()
            return answer(thread.json() | {"message": first.json()}, 201)

        return await self._limited(request, forum, take)

    def _may_send(self, channel: FakeChannel, body: dict[str, Any]) -> None:
        if channel.type == DM:
            if channel.blocked:
                raise ApiError(403, 50007, "Cannot send messages to this user")
            return
        if channel.locked:
            raise ApiError(403, 160005, "Thread is locked")
        # "Creating a thread in a thread-only channel only requires SEND_MESSAGES", messages in threads SEND_MESSAGES_IN_THREADS:
        # docs/topics/threads#permissions
        needed = SEND_IN_THREADS if channel.type == PUBLIC_THREAD else SEND_MESSAGES
        if body.get("embeds"):
            needed |= EMBED_LINKS
        if body.get(FILES):
            needed |= ATTACH_FILES
        if channel.bot_permissions & needed != needed:
            raise ApiError(403, 50013, "Missing Permissions")

    def _same_nonce(self, nonce: str) -> FakeMessage | None:
        """ "If another message was created by the same author with the same nonce, that message will be returned"."""
        for channel in self.fake.channels.values():
            for message in reversed(channel.messages):
                if message.nonce == nonce and self.fake.time() - message.at < NONCE_SECONDS:
                    return message
        return None

    # --- What goes wrong ----------------------------------------------------------------------------------------------

    async def _limited(
        self, request: web.Request, channel: FakeChannel, take: Callable[[], Awaitable[web.Response]]
    ) -> web.StreamResponse:
        """The rate limit of docs/topics/rate-limits around `take`, and the fault that a test has scripted."""
        fault = channel.faults.popleft() if channel.faults else None
        if fault and not fault.accepted:
            return await self._fail(request, fault)
        limit, per = self.fake.channel_limit
        now, times = self.fake.time(), channel.sent_at
        while times and now - times[0] >= per:
            times.popleft()
        reset_after = per - (now - times[0]) if times else per
        headers = {
            "X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": str(max(0, limit - len(times) - 1)),
            "X-RateLimit-Reset-After": f"{reset_after:.3f}", "X-RateLimit-Bucket": f"messages-{channel.id}",
        }  # fmt: skip
        if len(times) >= limit:
            return self._too_many(reset_after, "user", headers)
        times.append(now)
        try:
            response = await take()
        except ApiError:
            if fault:  # what is refused was not taken: the next that is meets the fault
                channel.faults.appendleft(fault)
            raise
        response.headers.update(headers)
        return await self._fail(request, fault) if fault else response

    def _too_many(self, seconds: float, scope: str, headers: dict[str, str]) -> web.Response:
        """`Via` is what discord.py tells Discord from Cloudflare by (http.py, HTTPClient.request)."""
        body = {"message": "You are being rate limited.", "retry_after": seconds, "global": scope == "global"}
        more = {"Via": "1.1 google", "Retry-After": str(int(seconds) + 1), "X-RateLimit-Scope": scope}
        return answer(body, 429, headers | more)

    async def _fail(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.kind == "hang":
            # Until the caller hangs up, or this Discord stops.
            while request.transport is not None and not self.released.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.released.wait(), 0.1)
        if fault.kind in {"hang", "reset"}:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        if isinstance(fault.body, str):
            return web.Response(text=fault.body, status=fault.status, content_type="text/html", headers=fault.headers)
        return answer(fault.body, fault.status, fault.headers)
