"""One HTTP request to Discord's API, and what really became of it. What a failure means for a message is in `outcomes`.

discord.py's own client is not used for sending: it sleeps on 429 and 5xx and retries by itself (so that a forum post, which
has no nonce, may be made twice), and after the last request of a rate limit's window it sleeps although it has the answer
(http.py, Ratelimit.__aexit__), so that a process killed meanwhile has sent what it never recorded. Here every request is
made once, waits come before it, and the caller learns at once what came back.
"""

import asyncio
import io
import json
import logging
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import aiohttp

from adapters.discord.outcomes import Answer, NoAnswer
from bot.message import File

DEFAULT_API_URL = "https://discord.com/api/v10"
# The form is demanded: discord.com/developers/docs/reference#user-agent
USER_AGENT = f"DiscordBot (https://huggingface.co/papers, {version('daily-papers-bot')})"
# A window that opens later than this is told to the core, which has other chats to serve meanwhile.
LONGEST_WAIT = 5.0
# How long `close` lets requests finish that were written already.
GRACE = 1.5
# After a 401 nothing is asked for so long: refused requests are counted, and 10,000 in ten minutes get a bot banned
# (discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans).
UNAUTHORIZED_PAUSE = 60.0
_TIMEOUT = aiohttp.ClientTimeout(total=30, sock_connect=10)

_log = logging.getLogger(__name__)


class _Request:
    """One request under way; `written` from when it may have reached Discord."""

    written = False


class Wire:
    """Requests with one bot's token. `open` before the first; `close` may be called at any time."""

    def __init__(self, token: str, api_url: str = DEFAULT_API_URL) -> None:
        self._token = token
        self._api_url = api_url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None
        self._under_way: dict[asyncio.Task[Answer | NoAnswer], _Request] = {}
        self._ended = False
        # When a rate limit's window opens again, by method and path, in the loop's time.
        self._opens_at: dict[str, float] = {}
        self._unauthorized_until = 0.0

    def open(self) -> None:
        # The core decides how much is in flight; a limit here would only hide a queue from it.
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            timeout=_TIMEOUT,
            headers={"User-Agent": USER_AGENT},
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        self._ended = False

    async def close(self) -> None:
        """Give written requests a moment to finish, cancel the rest; each caller learns how far its own came."""
        self._ended = True
        for task, request in self._under_way.items():
            if not request.written:
                task.cancel()
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=GRACE)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)
        if self._session is not None:
            await self._session.close()

    async def request(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        file: File | None = None,
        authorized: bool = True,
    ) -> Answer | NoAnswer:
        """Make one request. Raises only CancelledError, if the caller itself is cancelled. `file` goes with the body.

        `authorized` is false for the addresses of an interaction, whose token is in the path: as discord.py does it.
        """
        if self._session is None or self._is_ended():
            return NoAnswer("the connection to Discord is closed here", written=False)
        state = _Request()
        task = asyncio.ensure_future(
            self._ask(self._session, state, method, path, body=body, query=query, file=file, authorized=authorized)
        )
        self._under_way[task] = state
        task.add_done_callback(lambda done: self._under_way.pop(done, None))
        try:
            return await task
        except asyncio.CancelledError:
            caller = asyncio.current_task()
            # Cancelled by `close`, not from outside: the caller goes on, and is told.
            if self._is_ended() and not (caller and caller.cancelling()):
                return NoAnswer("the program stopped before Discord answered", written=state.written)
            raise

    async def _ask(
        self,
        session: aiohttp.ClientSession,
        state: _Request,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None,
        query: Mapping[str, str] | None,
        file: File | None,
        authorized: bool,
    ) -> Answer | NoAnswer:
        loop = asyncio.get_running_loop()
        if authorized and loop.time() < self._unauthorized_until:
            return Answer(401, {"message": "401: Unauthorized", "code": 0})
        window = f"{method} {path}"
        wait = self._opens_at.get(window, 0.0) - loop.time()
        if wait > LONGEST_WAIT:
            return Answer(429, {"message": "You are being rate limited.", "retry_after": wait, "global": False})
        if wait > 0:
            await asyncio.sleep(wait)
        headers = {"Authorization": f"Bot {self._token}"} if authorized else {}
        data = _form(body or {}, file) if file is not None else json.dumps(body).encode() if body is not None else None
        if isinstance(data, bytes):
            headers["Content-Type"] = "application/json"
        state.written = True
        try:
            async with session.request(
                method, self._api_url + path, data=data, params=query, headers=headers, allow_redirects=False
            ) as response:
                text = await response.text(encoding="utf-8", errors="replace")
                answer = Answer(
                    response.status, _parsed(text), {name.lower(): value for name, value in response.headers.items()}
                )
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            return NoAnswer(f"Discord cannot be reached ({error})", written=False)
        except TimeoutError:
            return NoAnswer("Discord did not answer in time", written=True)
        except aiohttp.ClientError as error:
            return NoAnswer(f"the connection to Discord broke ({type(error).__name__}: {error})", written=True)
        self._learn(window, answer, loop.time(), authorized=authorized)
        return answer

    def _is_ended(self) -> bool:
        return self._ended

    def _learn(self, window: str, answer: Answer, now: float, *, authorized: bool) -> None:
        """Remember when the next request of this window may be made: discord.com/developers/docs/topics/rate-limits."""
        if answer.status == 401 and authorized:
            self._unauthorized_until = now + UNAUTHORIZED_PAUSE
        if answer.status == 429:
            _log.warning("Discord asks to wait: %s answered 429 %s", window.split(" ", maxsplit=1)[0], answer.body)
        if answer.headers.get("x-ratelimit-remaining") == "0" or answer.status == 429:
            if len(self._opens_at) > 10_000:
                self._opens_at = {name: at for name, at in self._opens_at.items() if at > now}
            body = answer.body if isinstance(answer.body, dict) else {}
            after = body.get("retry_after") if answer.status == 429 else None
            after = after if after is not None else answer.headers.get("x-ratelimit-reset-after")
            try:
                self._opens_at[window] = now + float(str(after))
            except ValueError:
                self._opens_at.pop(window, None)
        else:
            self._opens_at.pop(window, None)


def _form(body: Mapping[str, Any], file: File) -> aiohttp.FormData:
    """A body with a file beside it: discord.com/developers/docs/reference#uploading-files."""
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("payload_json", json.dumps(body), content_type="application/json")
    # A stream goes out in pieces; of bytes as long as this aiohttp warns that everything waits for them.
    form.add_field("files[0]", io.BytesIO(file.content), filename=file.name, content_type=file.media_type)
    return form


def _parsed(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text
