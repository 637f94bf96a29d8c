"""The gateway's side of a websocket: HELLO, IDENTIFY, READY, heartbeats, RESUME, and events to those who asked for them."""

import asyncio
import json
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

if TYPE_CHECKING:
    from tests.fakes.discord.server import FakeDiscord

# docs/events/gateway#list-of-intents
GUILDS, DIRECT_MESSAGES = 1 << 0, 1 << 12
PRIVILEGED = 1 << 1 | 1 << 8 | 1 << 15
ALL_INTENTS = (1 << 17) - 1 | 1 << 20 | 1 << 21 | 1 << 24 | 1 << 25
# docs/topics/opcodes-and-status-codes#gateway-gateway-opcodes
DISPATCH, HEARTBEAT, IDENTIFY, RESUME, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 0, 1, 2, 6, 9, 10, 11


@dataclass(eq=False)
class Session:
    """One identified shard; `events` are kept for a RESUME."""

    id: str
    shard: int
    shards: int
    intents: int
    events: list[dict[str, Any]] = field(default_factory=list)
    socket: "Socket | None" = None


@dataclass(eq=False)
class Socket:
    """One websocket; compresses the whole stream when its address asks (docs/events/gateway#transport-compression)."""

    ws: web.WebSocketResponse
    compressor: Any = None

    async def send(self, payload: dict[str, Any]) -> None:
        text = json.dumps(payload)
        if self.compressor is None:
            await self.ws.send_str(text)
            return
        data = self.compressor.compress(text.encode()) + self.compressor.flush(zlib.Z_SYNC_FLUSH)
        await self.ws.send_bytes(data)


class Gateway:
    """All websockets and sessions of one FakeDiscord."""

    def __init__(self, fake: "FakeDiscord") -> None:
        self.fake = fake
        self.sessions: dict[str, Session] = {}
        self.identified: list[dict[str, Any]] = []
        self.resumed = 0
        self.token = fake.token  # another one here: the gateway alone refuses the bot
        self.silent = False  # hears nothing after IDENTIFY, and answers no goodbye
        self.changed = asyncio.Condition()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        compress = request.query.get("compress")
        if (
            request.query.get("v") != "10"
            or request.query.get("encoding") != "json"
            or compress not in {None, "zlib-stream"}
        ):
            raise web.HTTPNotImplemented(text="this gateway speaks v=10, encoding=json, compress=zlib-stream or none")
        ws = web.WebSocketResponse(timeout=1.0)
        await ws.prepare(request)
        socket = Socket(ws, zlib.compressobj() if compress else None)
        await socket.send({"op": HELLO, "d": {"heartbeat_interval": 41250}, "s": None, "t": None})
        session: Session | None = None
        async for message in ws:
            if message.type is not WSMsgType.TEXT:
                await ws.close(code=4002)  # decode error
                break
            payload = json.loads(message.data)
            op, data = payload.get("op"), payload.get("d")
            if op == HEARTBEAT:
                await socket.send({"op": HEARTBEAT_ACK, "d": None, "s": None, "t": None})
            elif op == IDENTIFY:
                if session is not None:
                    await ws.close(code=4005)  # already authenticated
                    break
                session = await self._identify(socket, data)
                if self.silent:
                    await self.fake.api.released.wait()
                    break
            elif op == RESUME:
                session = await self._resume(socket, data)
            elif session is None:
                await ws.close(code=4003)  # not authenticated
        if session is not None and session.socket is socket:
            session.socket = None
        return ws

    async def _identify(self, socket: Socket, data: dict[str, Any]) -> Session | None:
        """Close codes: docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes."""
        self.identified.append(data)
        shard, shards = data.get("shard", [0, 1])
        intents = data.get("intents", 0)
        code = None
        if data.get("token") != self.token:
            code = 4004  # authentication failed
        elif not 0 <= shard < shards:
            code = 4010  # invalid shard
        elif intents & ~ALL_INTENTS:
            code = 4013  # invalid intents
        elif intents & PRIVILEGED:
            code = 4014  # disallowed intents: not enabled for this application
        if code:
            await socket.ws.close(code=code)
            return None
        session = Session(f"session-{next(self.fake.ids)}", shard, shards, intents, socket=socket)
        self.sessions[session.id] = session
        guilds = [
            guild for guild in self.fake.guilds.values() if guild.bot_inside and self._shard(guild.id, shards) == shard
        ]
        await self._dispatch(session, "READY", {
            "v": 10, "user": self.fake.bot.json(), "guilds": [{"id": guild.id, "unavailable": True} for guild in guilds],
            "session_id": session.id, "resume_gateway_url": self.fake.gateway_url, "shard": [shard, shards],
            "application": {"id": self.fake.application_id, "flags": 0},
        })  # fmt: skip
        if intents & GUILDS:
            for guild in guilds:
                await self._dispatch(session, "GUILD_CREATE", guild.json() | {"unavailable": False})
        await self._notify()
        return session

    async def _resume(self, socket: Socket, data: dict[str, Any]) -> Session | None:
        """docs/events/gateway#resuming."""
        session = self.sessions.get(data.get("session_id", ""))
        if session is None or data.get("token") != self.fake.token:
            await socket.send({"op": INVALID_SESSION, "d": False, "s": None, "t": None})
            return None
        session.socket = socket
        self.resumed += 1
        for event in session.events[data.get("seq") or 0 :]:
            await socket.send(event)
        await self._dispatch(session, "RESUMED", {})
        await self._notify()
        return session

    async def _notify(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    async def tell(self, event: str, data: dict[str, Any], *, intent: int = 0, guild_id: str | None = None) -> int:
        """Dispatch to the shard of the guild, direct messages and the like to shard 0; gives how many sessions heard it."""
        heard = 0
        for session in list(self.sessions.values()):
            mine = session.shard == (self._shard(guild_id, session.shards) if guild_id else 0)
            if mine and session.intents & intent == intent:
                await self._dispatch(session, event, data)
                heard += session.socket is not None
        return heard

    async def _dispatch(self, session: Session, event: str, data: dict[str, Any]) -> None:
        payload = {"op": DISPATCH, "t": event, "s": len(session.events) + 1, "d": data}
        session.events.append(payload)
        if session.socket is not None:
            try:
                await session.socket.send(payload)
            except ConnectionError:
                session.socket = None

    async def ready(self, within: float = 10.0) -> None:
        """Until a bot is identified and connected."""

        async def wait() -> None:
            async with self.changed:
                await self.changed.wait_for(lambda: any(one.socket is not None for one in self.sessions.values()))

        try:
            await asyncio.wait_for(wait(), within)
        except TimeoutError:
            raise AssertionError(f"no bot came to the gateway within {within} s") from None

    async def drop(self, *, code: int = 4000, forget: bool = False) -> None:
        """End every connection (4000: "try reconnecting"); with `forget` no session can be resumed."""
        for session in list(self.sessions.values()):
            if session.socket is not None:
                socket, session.socket = session.socket, None
                await socket.ws.close(code=code)
        if forget:
            self.sessions.clear()

    @staticmethod
    def _shard(guild_id: str, shards: int) -> int:
        """docs/events/gateway#sharding."""
        return (int(guild_id) >> 22) % shards
