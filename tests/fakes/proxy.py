"""An HTTP proxy on loopback: CONNECT tunnels and requests in absolute form, with the faults that proxies have."""

import asyncio
import contextlib
from typing import Self
from urllib.parse import urlsplit


class FakeProxy:
    """`async with FakeProxy() as proxy:` serves at `proxy.url`; `proxy.asked` holds the first line of each request."""

    def __init__(self, *, answer: str = "", drop: bool = False) -> None:
        """With `answer` (such as "407 Proxy Authentication Required") that is all it says; `drop` hangs up instead."""
        self.asked: list[str] = []
        self.authorizations: list[str] = []
        self._answer = answer
        self._drop = drop
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for writer in list(self._open):
            writer.close()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await self._answer_one(reader, writer)
        writer.close()
        self._open.discard(writer)

    async def _answer_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        self.asked.append(lines[0])
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
        self.authorizations.append(headers.get("proxy-authorization", ""))
        if self._drop:
            return
        if self._answer:
            writer.write(f"HTTP/1.1 {self._answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            await writer.drain()
            return
        method, target, version = lines[0].split()
        if method == "CONNECT":
            host, _, port = target.rpartition(":")
            first = b""
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            there = urlsplit(target)
            host, port = there.hostname or "", str(there.port or 80)
            kept = [line for line in lines[1:] if not line.lower().startswith("proxy-")]
            first = "\r\n".join([f"{method} {there.path} {version}", *kept]).encode("latin-1")
        far_reader, far_writer = await asyncio.open_connection(host, int(port))
        self._open.add(far_writer)
        far_writer.write(first)
        await asyncio.gather(_pass_on(reader, far_writer), _pass_on(far_reader, writer))
        self._open.discard(far_writer)


async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await source.read(65536):
            target.write(piece)
            await target.drain()
    target.close()
