"""Proxies: the one that is given, those of the environment, and what is told when a proxy does not do its work."""

import asyncio
import base64
import ssl
from collections.abc import Callable

import pytest

from adapters.telegram.transport import AiohttpRequest, environment_proxy
from tests.fakes.proxy import FakeProxy
from tests.unit.telegram.loopback import SELF_SIGNED, Loopback, served
from tests.unit.telegram.test_transport import PATH, failed, may_have_arrived, surely_not_sent, transport


def trusting(proxy: str | None) -> AiohttpRequest:
    return AiohttpRequest(8, proxy=proxy, certificates=ssl.create_default_context(cafile=str(SELF_SIGNED)))


async def test_https_goes_through_a_tunnel():
    async with served(tls=True) as server, FakeProxy() as proxy, trusting(proxy.url) as request:
        assert await request.post(server.url + PATH) is True
        assert await request.post(server.url + PATH) is True
    assert proxy.asked == [f"CONNECT {server.url.removeprefix('https://')} HTTP/1.1"]


async def test_http_goes_to_the_proxy_with_its_whole_address():
    async with served() as server, FakeProxy() as proxy, transport(proxy=proxy.url) as request:
        assert await request.post(server.url + PATH) is True
    assert proxy.asked == [f"POST {server.url}{PATH} HTTP/1.1"]


async def test_name_and_password_of_the_proxy_are_given_to_the_proxy_alone():
    async with served(tls=True) as server, FakeProxy() as proxy:
        named = proxy.url.replace("//", "//reader:pass%20word@")
        async with trusting(named) as request:
            assert await request.post(server.url + PATH) is True
    assert proxy.authorizations == [f"basic {base64.b64encode(b'reader:pass word').decode()}".lower()]


async def test_the_proxy_of_the_environment_is_taken(monkeypatch: pytest.MonkeyPatch, forget: Callable[[], None]):
    async with served(tls=True) as server, FakeProxy() as proxy, trusting(None) as request:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "")
        forget()
        assert await request.post(server.url + PATH) is True
        assert len(proxy.asked) == 1


@pytest.mark.parametrize(
    ("environment", "proxy"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "http://proxy:3128"}, "http://proxy:3128"),
        ({"https_proxy": "proxy:3128"}, "http://proxy:3128"),
        ({"ALL_PROXY": "http://proxy:3128"}, "http://proxy:3128"),
        ({"HTTP_PROXY": "http://proxy:3128"}, None),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "localhost,telegram.org"}, None),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "*"}, None),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "huggingface.co"}, "http://proxy:3128"),
    ],
)
def test_which_proxy_the_environment_names(
    monkeypatch: pytest.MonkeyPatch, forget: Callable[[], None], environment: dict[str, str], proxy: str | None
):
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    forget()
    assert environment_proxy("https", "api.telegram.org") == proxy


@pytest.mark.parametrize("answer", ["407 Proxy Authentication Required", "403 Forbidden", "502 Bad Gateway"])
async def test_a_proxy_that_makes_no_tunnel_surely_sent_nothing(answer: str):
    async with FakeProxy(answer=answer) as proxy, transport(proxy=proxy.url) as request:
        assert surely_not_sent(await failed(request.post(f"https://127.0.0.1:1{PATH}")))


async def test_a_proxy_that_hangs_up_before_the_tunnel_surely_sent_nothing():
    async with FakeProxy(drop=True) as proxy, transport(proxy=proxy.url) as request:
        assert surely_not_sent(await failed(request.post(f"https://127.0.0.1:1{PATH}")))


async def test_a_proxy_that_hangs_up_on_a_plain_request_may_have_passed_it_on():
    async with FakeProxy(drop=True) as proxy, transport(proxy=proxy.url) as request:
        assert may_have_arrived(await failed(request.post(f"http://127.0.0.1:1{PATH}")))


async def test_a_proxy_that_is_silent_surely_sent_nothing(silent: Loopback):
    async with transport(proxy=f"http://{silent.host}", connect_timeout=0.05) as request, asyncio.timeout(2):
        assert surely_not_sent(await failed(request.post(f"https://127.0.0.1:1{PATH}")))


async def test_a_proxy_that_is_not_there_surely_sent_nothing():
    async with FakeProxy() as proxy:
        gone = proxy.url
    async with transport(proxy=gone) as request:
        assert surely_not_sent(await failed(request.post(f"https://127.0.0.1:1{PATH}")))


async def test_a_proxy_of_another_kind_is_named_with_what_to_do():
    async with transport(proxy="socks5://reader:password@127.0.0.1:1080") as request:
        error = await failed(request.post(f"https://127.0.0.1:1{PATH}"))
    assert surely_not_sent(error)
    assert "socks5" in str(error)
    assert "HTTPS_PROXY" in str(error)
    assert "password" not in str(error)
