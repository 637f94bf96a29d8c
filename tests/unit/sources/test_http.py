"""How long a server is waited for."""

import asyncio
import datetime as dt
import email.utils
import socket
import struct
import time

import pytest

from bot.errors import SourceUnavailable
from bot.sources.http import Patience, Window, ask, make_client
from tests.fakes.hub import Hub


@pytest.fixture
async def hub():
    async with Hub() as running:
        yield running


async def asked(hub, **patience):
    async with make_client() as client:
        started = time.monotonic()
        response = await ask(
            client,
            f"{hub.url}/api/daily_papers",
            name="The Hub",
            window=Window(100, 1),
            patience=Patience(**({"first_wait": 0.0} | patience)),
        )
        return response, time.monotonic() - started


async def test_retry_after_is_obeyed(hub):
    hub.fail(429, retry_after="0.15")
    response, seconds = await asked(hub)
    assert response.status_code == 200
    assert 0.15 <= seconds < 1


async def test_a_date_in_retry_after_is_obeyed(hub):
    at = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=5)
    hub.fail(429, retry_after=email.utils.format_datetime(at, usegmt=True))
    response, _ = await asked(hub)
    assert response.status_code == 200


async def test_a_retry_after_is_never_cut_short(hub):
    hub.fail(429, retry_after="0.2")
    _, seconds = await asked(hub, longest_wait=0.01)
    assert seconds >= 0.2


async def test_a_retry_after_of_hours_is_neither_slept_through_nor_passed_over(hub):
    hub.fail(429, retry_after="7200")
    with pytest.raises(SourceUnavailable, match="It was asked once; try again in 120 minutes"):
        await asked(hub)
    assert len(hub.requests) == 1


async def test_a_connection_that_breaks_without_a_word_is_named():
    """`could not be reached at … ()` told nobody anything."""

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        linger = struct.pack("ii", 1, 0)  # a reset instead of a farewell
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, make_client() as client:
        with pytest.raises(SourceUnavailable, match=r"could not be reached at http://127\.0\.0\.1:\d+ \(\w"):
            await ask(
                client,
                f"http://127.0.0.1:{port}",
                name="The Hub",
                window=Window(100, 1),
                patience=Patience(attempts=1, first_wait=0.0),
            )


@pytest.mark.parametrize("written", ["soon", "", "-5"])
async def test_a_retry_after_without_meaning_is_passed_over(hub, written):
    hub.fail(429, retry_after=written)
    response, _ = await asked(hub)
    assert response.status_code == 200


async def test_attempts_are_bounded(hub):
    hub.fail(429, 99, retry_after="0")
    with pytest.raises(SourceUnavailable, match="The Hub answered with status 429"):
        await asked(hub, attempts=2)
    assert len(hub.requests) == 2


@pytest.mark.parametrize("status", [400, 401, 404, 418])
async def test_an_answer_that_would_not_change_is_not_asked_again(hub, status):
    hub.fail(status, 99)
    response, _ = await asked(hub)
    assert response.status_code == status
    assert len(hub.requests) == 1
