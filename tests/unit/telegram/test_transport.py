"""The transport over loopback: what arrives, each kind of timeout, what surely did not arrive and what may have."""

import asyncio
import contextlib
import io
import ssl
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Bot, InputFile
from telegram.error import BadRequest, NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, HTTPXRequest

from adapters.telegram.bodies import Form, encoded
from adapters.telegram.transport import AiohttpRequest, Broken, NeverConnected
from tests.unit.telegram.loopback import SELF_SIGNED, Loopback, served

PATH = "/bot4242:secret-token/sendMessage"
OK = b'{"ok":true,"result":true}'


@contextlib.asynccontextmanager
async def transport(connections: int = 8, **options: Any) -> AsyncIterator[AiohttpRequest]:
    one = AiohttpRequest(connections, **options)
    async with one:
        yield one


async def failed(request: Awaitable[object]) -> TelegramError:
    """What `request` raised; nothing that a log could print of it holds the token."""
    with pytest.raises(TelegramError) as caught:
        await request
    assert "secret-token" not in "".join(traceback.format_exception(caught.value))
    return caught.value


def surely_not_sent(error: TelegramError) -> bool:
    return isinstance(error, NetworkError) and isinstance(error.__cause__, NeverConnected)


def may_have_arrived(error: TelegramError) -> bool:
    return isinstance(error, NetworkError) and isinstance(error.__cause__, Broken)


# --- What arrives -----------------------------------------------------------------------------------------------------


async def test_an_answer_is_its_status_and_its_bytes():
    async with served() as server, transport() as request:
        assert await request.do_request(server.url + PATH, "POST") == (200, OK)
    assert server.asked[0].method == "POST"
    assert server.asked[0].agent.startswith("python-telegram-bot v")


async def test_a_form_that_is_ready_is_sent_as_it_is():
    async with served() as server, transport() as request:
        assert await request.call(server.url + PATH, Form("chat_id=7&text=%ED%95%9C")) is True
    assert server.asked[0].fields == {"chat_id": "7", "text": "한"}


@given(st.dictionaries(st.text(min_size=1), st.text(), min_size=1))
def test_whatever_is_in_a_form_is_read_as_it_was(parameters: dict[str, str]):
    written = encoded(parameters)
    assert written.isascii()
    assert dict(parse_qsl(written, keep_blank_values=True, max_num_fields=None)) == parameters


async def test_a_refusal_is_raised_as_the_library_raises_it():
    refusal = b'{"ok":false,"error_code":400,"description":"Bad Request: no"}'
    async with served(status=400, body=refusal) as server, transport() as request:
        error = await failed(request.call(server.url + PATH, Form("chat_id=7")))
    assert isinstance(error, BadRequest)


async def test_a_redirection_is_not_followed():
    async with served(status=302, headers={"Location": "/elsewhere"}) as server, transport() as request:
        await failed(request.post(server.url + PATH))
    assert len(server.asked) == 1


@pytest.mark.parametrize("kept_open", [False, True], ids=["bytes", "a file that is read while it is sent"])
async def test_a_file_arrives_as_over_the_transport_of_the_library(kept_open: bool):
    message = b'{"ok":true,"result":{"message_id":1,"date":0,"chat":{"id":7,"type":"private"}}}'
    content = bytes(range(256)) * 4096  # 1 MiB

    async def upload(request: BaseRequest) -> None:
        file = io.BytesIO(content)
        async with Bot("4242:secret-token", base_url=f"{server.url}/bot", request=request) as bot:
            document = InputFile(file, filename="요약.pdf", read_file_handle=not kept_open)
            await bot.send_document(7, document, caption="논문 & 요약", disable_notification=True)

    me = b'{"ok":true,"result":{"id":4242,"is_bot":true,"first_name":"Papers"}}'
    async with served(body=lambda path: me if path.endswith("getMe") else message) as server:
        await upload(HTTPXRequest())
        await upload(AiohttpRequest(8))
    theirs, ours = (asked.fields for asked in server.asked if asked.path.endswith("sendDocument"))
    assert ours == theirs
    assert ours["document"] == ("요약.pdf", "application/pdf", content)
    assert ours["caption"] == "논문 & 요약"


async def test_fifty_requests_are_under_way_at_the_same_time():
    everybody = asyncio.Barrier(50)

    async def all_here() -> None:
        await everybody.wait()

    async with served(before=all_here) as server, transport(64) as request:
        answers = await asyncio.gather(*(request.post(f"{server.url}{PATH}") for _ in range(50)))
    assert answers == [True] * 50


async def test_connections_are_kept_and_used_again():
    async with served() as server, transport() as request:
        for _ in range(5):
            await request.post(server.url + PATH)
    assert server.connections == 1


# --- Timeouts ---------------------------------------------------------------------------------------------------------


async def test_no_connection_in_time_is_surely_not_sent(silent: Loopback):
    # TCP connects, the greeting of TLS is never answered.
    async with transport(connect_timeout=0.05) as request:
        error = await failed(request.post(f"https://{silent.host}{PATH}"))
    assert isinstance(error, TimedOut)
    assert surely_not_sent(error)


async def test_no_answer_in_time_may_have_arrived(silent: Loopback):
    async with transport(read_timeout=0.05) as request:
        error = await failed(request.post(f"http://{silent.host}{PATH}"))
    assert isinstance(error, TimedOut)
    assert may_have_arrived(error)


async def test_a_file_that_nobody_takes_ends_by_its_own_timeout(silent: Loopback):
    async with transport(read_timeout=30, write_timeout=30, media_write_timeout=0.1) as request:
        async with asyncio.timeout(2):
            bot = Bot("4242:secret-token", base_url=f"http://{silent.host}/bot", request=request)
            error = await failed(bot.send_document(7, InputFile(bytes(32_000_000), filename="a.bin")))
    assert isinstance(error, TimedOut)
    assert may_have_arrived(error)


async def test_no_free_connection_in_time_is_surely_not_sent(silent: Loopback):
    async with transport(1, read_timeout=0.2, pool_timeout=0.05) as request:
        first = asyncio.create_task(failed(request.post(f"http://{silent.host}{PATH}")))
        await asyncio.sleep(0)
        error = await failed(request.post(f"http://{silent.host}{PATH}"))
        await first
    assert isinstance(error, TimedOut)
    assert surely_not_sent(error)


async def test_a_connection_that_becomes_free_is_waited_for():
    async with served(before=lambda: asyncio.sleep(0.02)) as server, transport(1, pool_timeout=1) as request:
        assert await asyncio.gather(*(request.post(server.url + PATH) for _ in range(3))) == [True] * 3
    assert server.connections == 1


async def test_a_timeout_of_one_request_goes_before_the_usual_one(silent: Loopback):
    async with transport(read_timeout=30) as request, asyncio.timeout(2):
        assert isinstance(await failed(request.post(f"http://{silent.host}{PATH}", read_timeout=0.05)), TimedOut)
    assert request.read_timeout == 30


async def test_none_is_a_wait_without_end():
    async with served(before=lambda: asyncio.sleep(0.15)) as server, transport(read_timeout=0.05) as request:
        assert await request.post(server.url + PATH, read_timeout=None) is True


# --- What breaks ------------------------------------------------------------------------------------------------------


async def test_a_refused_connection_is_surely_not_sent():
    async with served() as server:
        gone = server.url
    async with transport() as request:
        assert surely_not_sent(await failed(request.post(gone + PATH)))


async def test_a_host_without_an_address_is_surely_not_sent():
    async with transport(connect_timeout=2) as request:
        assert surely_not_sent(await failed(request.post(f"http://nowhere.invalid{PATH}")))


@pytest.mark.parametrize(
    "said", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"], ids=["nothing", "half an answer"]
)
async def test_a_connection_that_breaks_after_the_request_may_have_arrived(said: bytes):
    async with Loopback(said, close=True) as server, transport() as request:
        assert may_have_arrived(await failed(request.post(f"http://{server.host}{PATH}")))


async def test_what_is_no_http_may_have_arrived():
    async with Loopback(b"220 mail ready\r\n\r\n", close=True) as server, transport() as request:
        assert may_have_arrived(await failed(request.post(f"http://{server.host}{PATH}")))


async def test_a_kept_connection_that_the_server_has_closed_is_not_written_to():
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\n" + OK
    async with Loopback(answer) as server, transport() as request:
        assert await request.post(f"http://{server.host}{PATH}") is True
        server.hang_up()
        # No turn of the event loop in between: that the server has closed is known to the system alone.
        assert await request.post(f"http://{server.host}{PATH}") is True
    assert server.taken == 2


async def test_a_cancelled_request_gives_its_connection_back(silent: Loopback):
    async with served() as server, transport(1, pool_timeout=0.05) as request:
        waiting = asyncio.create_task(request.post(f"http://{silent.host}{PATH}"))
        await asyncio.sleep(0.02)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert await request.post(server.url + PATH) is True


# --- Certificates -----------------------------------------------------------------------------------------------------


async def test_a_certificate_that_nobody_signed_is_refused_and_nothing_is_sent():
    async with served(tls=True) as server, transport() as request:
        error = await failed(request.post(server.url + PATH))
    assert surely_not_sent(error)
    assert "self-signed" in str(error) or "self signed" in str(error)
    assert server.asked == []


async def test_a_certificate_that_is_trusted_is_taken():
    trusted = ssl.create_default_context(cafile=str(SELF_SIGNED))
    async with served(tls=True) as server, transport(certificates=trusted) as request:
        assert await request.post(server.url + PATH) is True


async def test_ssl_cert_file_names_whom_to_trust(monkeypatch: pytest.MonkeyPatch, forget: Callable[[], None]):
    monkeypatch.setenv("SSL_CERT_FILE", str(SELF_SIGNED))
    forget()
    async with served(tls=True) as server, transport() as request:
        assert await request.post(server.url + PATH) is True


# --- Closing ----------------------------------------------------------------------------------------------------------


async def test_before_opening_and_after_closing_nothing_is_sent():
    request = AiohttpRequest(8)
    async with served() as server:
        assert surely_not_sent(await failed(request.post(server.url + PATH)))
        await request.initialize()
        await request.initialize()
        await request.shutdown()
        await request.shutdown()
        assert surely_not_sent(await failed(request.post(server.url + PATH)))
        assert server.asked == []
        await request.initialize()
        assert await request.post(server.url + PATH) is True
        await request.shutdown()


async def test_what_is_under_way_when_it_closes_may_have_arrived(silent: Loopback):
    async with transport() as request:
        sending = asyncio.create_task(failed(request.post(f"http://{silent.host}{PATH}")))
        await asyncio.sleep(0.02)
        await request.shutdown()
        assert may_have_arrived(await sending)
