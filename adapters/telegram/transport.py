"""The transport of requests to Telegram: python-telegram-bot's BaseRequest over aiohttp. Knows no method of the Bot API.

The library's own transport, on httpx, scans all its connections at each request and collapses under concurrency
(`make bench`). Timeouts, proxies, certificates and files are treated as in that one.
"""

import asyncio
import re
import select
import ssl
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, cast
from urllib.request import getproxies, proxy_bypass
from weakref import WeakSet

import aiohttp
import httpx
from aiohttp import ClientRequest, ClientTimeout
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

from adapters.telegram.bodies import Form, body_of

if TYPE_CHECKING:
    from aiohttp.tracing import Trace
    from telegram._utils.types import ODVInput

# Seconds after which a connection that nobody uses is closed from here: of a message written just when Telegram closes
# it, nobody can say whether it arrived.
_KEPT = 15.0
# "/bot123:abc/sendMessage", "/file/bot123:abc/photos/1.jpg".
_TOKEN = re.compile(r"(?<=/bot)\d+(?::|%3A)[\w-]+")


class NeverConnected(aiohttp.ClientConnectionError):
    """The cause of an error after which nothing can have arrived: no byte of the request was written."""


class Broken(Exception):
    """The cause of an error after which the request may have arrived."""


class AiohttpRequest(BaseRequest):
    """Timeouts are in seconds, None for no end. `proxy` is a URL; without one the environment's HTTPS_PROXY and so on."""

    def __init__(
        self,
        connections: int,
        *,
        connect_timeout: float | None = 5.0,
        read_timeout: float | None = 5.0,
        write_timeout: float | None = 5.0,
        pool_timeout: float | None = 1.0,
        media_write_timeout: float | None = 20.0,
        proxy: str | None = None,
        certificates: ssl.SSLContext | None = None,
    ) -> None:
        """The defaults are those of the library's own transport (telegram/request/_httpxrequest.py)."""
        self._free = asyncio.Semaphore(connections)
        self._connect, self._read, self._write, self._pool = connect_timeout, read_timeout, write_timeout, pool_timeout
        self._media_write = media_write_timeout
        self._proxy = proxy
        self._certificates = certificates
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """See BaseRequest."""
        return self._read

    async def initialize(self) -> None:
        """See BaseRequest; may be called again after `shutdown`."""
        if self._session is not None and not self._session.closed:
            return
        self._session = aiohttp.ClientSession(
            connector=_Connector(self._certificates or default_certificates()),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self.USER_AGENT},
        )

    async def shutdown(self) -> None:
        """See BaseRequest. What is under way ends with a NetworkError."""
        if self._session is not None:
            await self._session.close()

    async def call(self, url: str, form: Form) -> Any:
        """The `result` of the method at `url`, asked with a form that is ready; raises TelegramError as a Bot does."""
        # `post` hands its second argument to `do_request` and looks at nothing of it.
        return await self.post(url, cast("RequestData", form))

    async def do_request(  # noqa: PLR0917 - as BaseRequest calls it
        self,
        url: str,
        method: str,
        request_data: RequestData | Form | None = None,
        read_timeout: "ODVInput[float]" = BaseRequest.DEFAULT_NONE,
        write_timeout: "ODVInput[float]" = BaseRequest.DEFAULT_NONE,
        connect_timeout: "ODVInput[float]" = BaseRequest.DEFAULT_NONE,
        pool_timeout: "ODVInput[float]" = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """See BaseRequest. Raises TimedOut or NetworkError without the token, caused by NeverConnected or Broken."""
        to = _parsed(url)
        body = body_of(request_data, _given(write_timeout, self._write), _given(write_timeout, self._media_write))
        timeout = _timeout(_given(connect_timeout, self._connect), _given(read_timeout, self._read))
        await self._take(_given(pool_timeout, self._pool))
        try:
            if self._session is None or self._session.closed:
                raise NeverConnected("the line to Telegram is closed")
            proxy = _usable(self._proxy or environment_proxy(to.scheme, to.host or ""))
            async with self._session.request(
                method, to, data=body, timeout=timeout, proxy=proxy, allow_redirects=False
            ) as response:
                return response.status, await response.read()
        except (aiohttp.ClientError, OSError) as error:  # TimeoutError is an OSError
            raise _failure(error) from _cause(error)
        finally:
            self._free.release()

    async def _take(self, seconds: float | None) -> None:
        """One of the connections; it is given back by `self._free.release()`."""
        if not self._free.locked():
            await self._free.acquire()
            return
        try:
            async with asyncio.timeout(seconds):
                await self._free.acquire()
        except TimeoutError:
            reason = f"All connections to Telegram were in use for {seconds} s, so the request was not sent."
            raise TimedOut(reason) from NeverConnected(reason)


class _Connector(aiohttp.TCPConnector):
    """Aiohttp's, which knows when nothing was sent: whatever fails in here, at a proxy too, comes before the request."""

    def __init__(self, certificates: ssl.SSLContext) -> None:
        # The connections are counted by AiohttpRequest, so that waiting for one has a timeout of its own.
        super().__init__(limit=0, keepalive_timeout=_KEPT, ssl=certificates)
        self._used: WeakSet[ResponseHandler] = WeakSet()

    async def connect(self, req: ClientRequest, traces: "list[Trace]", timeout: ClientTimeout) -> Connection:  # noqa: ASYNC109 - as aiohttp calls it
        while True:
            try:
                connection = await super().connect(req, traces, timeout)
            except TimeoutError:
                raise  # aiohttp makes its ConnectionTimeoutError of it
            except (aiohttp.ClientError, OSError, ValueError) as error:
                raise NeverConnected(_scrubbed(error)) from error
            protocol = connection.protocol
            assert protocol is not None
            if protocol not in self._used:
                self._used.add(protocol)
                return connection
            if not _has_something_to_say(connection):
                return connection
            # A server says nothing between two requests but that it has closed.
            connection.close()


def _has_something_to_say(connection: Connection) -> bool:
    where = connection.transport.get_extra_info("socket") if connection.transport else None
    if where is None or not hasattr(select, "poll"):  # Windows
        return False
    poll = select.poll()
    poll.register(where, select.POLLIN)
    return bool(poll.poll(0))


@cache
def default_certificates() -> ssl.SSLContext:
    """Whom to trust, loaded once (30 ms): certifi's list, or SSL_CERT_FILE and SSL_CERT_DIR, as for the other sources."""
    trusted = httpx.create_ssl_context()
    trusted.set_alpn_protocols(["http/1.1"])
    return trusted


@cache
def environment_proxy(scheme: str, host: str) -> str | None:
    """What HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY say, read once: aiohttp would read them at each request."""
    found = getproxies()
    proxy = found.get(scheme) or found.get("all")
    if not proxy or proxy_bypass(host):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _usable(proxy: str | None) -> str | None:
    if proxy and not proxy.startswith(("http://", "https://")):
        raise NeverConnected(
            f"the proxy is a '{proxy.partition('://')[0]}' one, but only proxies of http and https are understood: "
            "set HTTPS_PROXY to an address that begins with http://"
        )
    return proxy


@lru_cache(maxsize=64)
def _parsed(url: str) -> URL:
    return URL(url)


@lru_cache(maxsize=64)
def _timeout(connect: float | None, read: float | None) -> ClientTimeout:
    return ClientTimeout(total=None, connect=connect, sock_read=read)


def _given(seconds: "ODVInput[float]", default: float | None) -> float | None:
    return default if seconds is BaseRequest.DEFAULT_NONE else cast("float | None", seconds)


def _never_connected(error: Exception) -> bool:
    return isinstance(error, NeverConnected | aiohttp.ConnectionTimeoutError | aiohttp.InvalidURL)


def _cause(error: Exception) -> Exception:
    # Made anew: aiohttp's own errors hold the address, and with it the token, which a traceback would show.
    return (NeverConnected if _never_connected(error) else Broken)(_scrubbed(error))


def _failure(error: Exception) -> NetworkError:
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return TimedOut("Timed out while connecting, so the request was not sent")
    if isinstance(error, TimeoutError):
        return TimedOut()
    return NetworkError(_scrubbed(error))


def _scrubbed(error: Exception) -> str:
    if isinstance(error, NeverConnected):
        return str(error)
    return _TOKEN.sub("<token>", f"{type(error).__name__}: {error}")
