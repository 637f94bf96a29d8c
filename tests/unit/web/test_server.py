"""The web server lives in the program's loop: it says where it listens, and ends when it is told to."""

import asyncio
import socket

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.errors import WebPortUnusable
from bot.web.server import WebServer


async def hello(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


APP = Starlette(routes=[Route("/", hello)])


async def test_it_serves_on_a_free_port_until_it_is_cancelled():
    server = WebServer(APP, "127.0.0.1", 0)
    server.open()
    serving = asyncio.create_task(server.serve())
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(server.url)).text == "hello"
        serving.cancel()
        await asyncio.wait({serving})
        with pytest.raises(httpx.ConnectError):
            await client.get(server.url)


async def test_what_is_under_way_when_it_stops_is_answered():
    begun = asyncio.Event()

    async def slow(_request: Request) -> PlainTextResponse:
        begun.set()
        await asyncio.sleep(0.05)
        return PlainTextResponse("to the end")

    server = WebServer(Starlette(routes=[Route("/", slow)]), "127.0.0.1", 0)
    server.open()
    serving = asyncio.create_task(server.serve())
    async with httpx.AsyncClient(trust_env=False) as client:
        asked = asyncio.create_task(client.get(server.url))
        await begun.wait()
        serving.cancel()
        assert (await asked).text == "to the end"
        await asyncio.wait({serving})


def test_answers_are_not_held_back_for_acknowledgements():
    server = WebServer(APP, "127.0.0.1", 0)
    server.open()
    assert server._socket is not None
    with server._socket as listening, socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_port_that_is_taken_is_said_in_a_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(WebPortUnusable, match=rf"WEB_PORT: .*127\.0\.0\.1:{port}.* free port"):
            WebServer(APP, "127.0.0.1", port).open()
