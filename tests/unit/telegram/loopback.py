"""Servers on loopback for the transport's tests: one that answers and remembers, one that says only what it is told."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from aiohttp import web

# A key and a certificate for 127.0.0.1 that nobody signed; of use to nobody but these tests.
SELF_SIGNED = Path(__file__).parents[2] / "fakes" / "self_signed.pem"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrived. A file among `fields` is its name, kind and content."""

    method: str
    path: str
    agent: str
    fields: Mapping[str, Any]


@dataclass(slots=True)
class Served:
    """A running server."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    peers: set[object] = field(default_factory=set)

    @property
    def connections(self) -> int:
        return len(self.peers)


@contextlib.asynccontextmanager
async def served(
    *,
    status: int = 200,
    body: bytes | Callable[[str], bytes] = b'{"ok":true,"result":true}',
    headers: Mapping[str, str] | None = None,
    before: Callable[[], Awaitable[object]] | None = None,
    tls: bool = False,
) -> AsyncIterator[Served]:
    """A server that answers everything alike, after `before()`."""
    made = Served()

    async def answer(request: web.Request) -> web.Response:
        assert request.transport is not None
        made.peers.add(request.transport.get_extra_info("peername"))
        fields = {
            name: (value.filename, value.content_type, value.file.read()) if isinstance(value, web.FileField) else value
            for name, value in (await request.post()).items()
        }
        made.asked.append(Asked(request.method, request.path, request.headers.get("User-Agent", ""), fields))
        if before is not None:
            await before()
        return web.Response(
            status=status,
            body=body(request.path) if callable(body) else body,
            headers={"Content-Type": "application/json", **(headers or {})},
        )

    app = web.Application(client_max_size=64_000_000)
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.05, access_log=None)
    await runner.setup()
    context = None
    if tls:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(SELF_SIGNED)
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    made.url = f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield made
    finally:
        await runner.cleanup()


class Loopback:
    """Takes connections, says `said` once something was asked, then hangs up (`close`) or keeps silent."""

    def __init__(self, said: bytes = b"", *, close: bool = False) -> None:
        self.taken = 0
        self._said = said
        self._close = close
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        # A small buffer: with what the system keeps, some megabytes are "sent" before anybody has read them.
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=1024)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()
        await self._server.wait_closed()

    def hang_up(self) -> None:
        """Close every connection now, without a turn of the event loop."""
        for writer in list(self._open):
            # A copy of the socket is shut down: asyncio itself would wait for its next turn.
            with writer.get_extra_info("socket").dup() as copy:
                copy.shutdown(socket.SHUT_RDWR)

    @property
    def host(self) -> str:
        assert self._server is not None
        return f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.taken += 1
        self._open.add(writer)
        if self._said or self._close:
            await reader.read(1)
            writer.write(self._said)
            if self._close:
                writer.close()
