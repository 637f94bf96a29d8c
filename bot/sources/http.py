"""HTTP requests to sources: with retries, and politely. What an answer means is in each source's own module."""

import asyncio
import collections
import email.utils
import importlib.metadata
import math
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache

import httpx
import stamina

from bot.errors import SourceUnavailable

_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a server is given, in seconds, before it counts as unavailable."""

    attempts: int = 4
    first_wait: float = 0.5  # doubled after each attempt
    longest_wait: float = 60.0
    # The Hub's window is five minutes (huggingface.co/docs/hub/rate-limits). Who asks for more is not asked again at all:
    # asking before the time that a server has named is what gets a client banned.
    longest_retry_after: float = 310.0
    answer: float = 60.0  # one whole answer, however slowly it drips


class Window:
    """At most `requests` in any `seconds`: who comes too early waits, in the order of coming."""

    def __init__(
        self,
        requests: int,
        seconds: float,
        *,
        time: Callable[[], float] = time.monotonic,
        wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._taken: collections.deque[float] = collections.deque(maxlen=requests)
        self._seconds = seconds
        self._time = time
        self._wait = wait
        self._queue = asyncio.Lock()

    async def turn(self) -> None:
        """Return when the next request may be sent."""
        async with self._queue:
            if len(self._taken) == self._taken.maxlen:
                left = self._taken[0] + self._seconds - self._time()
                if left > 0:
                    await self._wait(left)
            self._taken.append(self._time())


class _TryAgain(Exception):
    """The server asks for, or deserves, another attempt; `after` is its own Retry-After in seconds."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


def make_client(
    *, timeout: httpx.Timeout | None = None, transport: httpx.AsyncBaseTransport | None = None
) -> httpx.AsyncClient:
    """A client that names this project to the servers it asks. Close it, or use it as a context manager."""
    version = importlib.metadata.version("daily-papers-bot")
    return httpx.AsyncClient(
        headers={"User-Agent": f"daily-papers-bot/{version} (a digest of Hugging Face Daily Papers)"},
        timeout=timeout or httpx.Timeout(20.0, connect=8.0),
        transport=transport,
        verify=_certificates(),
        follow_redirects=True,
    )


@cache
def _certificates() -> ssl.SSLContext:
    # httpx's own default, loaded once: it takes 25 ms.
    return httpx.create_ssl_context()


async def ask(
    client: httpx.AsyncClient,
    url: str,
    *,
    name: str,
    window: Window,
    patience: Patience,
    params: Mapping[str, str | int] | None = None,
    headers: Mapping[str, str] | None = None,
    json: object = None,
) -> httpx.Response:
    """The server's answer, whatever it says, unless it says to come again: then it is asked again, with growing pauses.

    `name` is what people call the server. With `json` it is a POST of that, and silence lasts as long as the answer may:
    a language model says nothing while it writes. Raises SourceUnavailable after the last attempt.
    """
    request = (
        client.build_request("GET", url, params=params, headers=headers)
        if json is None
        else client.build_request(
            "POST", url, headers=headers, json=json, timeout=httpx.Timeout(patience.answer, connect=8.0)
        )
    )

    tries = 0

    def pause(error: Exception) -> bool | float:
        nonlocal tries
        if not isinstance(error, _TryAgain):
            return False
        tries += 1
        if error.after is None:
            return True
        return error.after if error.after <= patience.longest_retry_after else False

    try:
        async for attempt in stamina.retry_context(
            pause,
            attempts=patience.attempts,
            timeout=None,
            wait_initial=patience.first_wait,
            wait_max=patience.longest_wait,
            wait_jitter=patience.first_wait / 2,
        ):
            with attempt:
                await window.turn()
                return await _once(client, request, name, patience.answer)
    except _TryAgain as error:
        asked = "once" if tries == 1 else f"{tries} times"
        raise SourceUnavailable(f"{error} It was asked {asked}; try again {_later(error.after)}.") from error.__cause__
    raise AssertionError("stamina ends with an answer or an error")


async def _once(client: httpx.AsyncClient, request: httpx.Request, name: str, seconds: float) -> httpx.Response:
    url = request.url
    try:
        # httpx bounds the wait for each piece of an answer, never the whole.
        async with asyncio.timeout(seconds):
            response = await client.send(request)
    except (httpx.TimeoutException, TimeoutError) as error:
        raise _TryAgain(f"{name} did not answer in time ({url}).") from error
    except httpx.TransportError as error:
        raise _TryAgain(f"{name} could not be reached at {url} ({str(error) or type(error).__name__}).") from error
    except (httpx.InvalidURL, httpx.TooManyRedirects, httpx.DecodingError) as error:
        raise SourceUnavailable(f"{name} could not be asked at {url}: {error}.") from error
    if response.status_code in _AGAIN:
        sentence = f"{name} answered with status {response.status_code} to {url}."
        raise _TryAgain(sentence, _retry_after(response.headers.get("Retry-After")))
    return response


def _later(after: float | None) -> str:
    return "later" if after is None or after < 60 else f"in {math.ceil(after / 60)} minutes"


def _retry_after(text: str | None) -> float | None:
    """Seconds, or a date, as RFC 9110 section 10.2.3 has it; None when it is neither."""
    if text is None:
        return None
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except ValueError:
        return None
