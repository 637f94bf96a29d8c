"""The web server in the program's own event loop: binds its port, serves, and stops cleanly. It serves app.py."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import structlog
import uvicorn
from starlette.types import ASGIApp

from bot.errors import WebPortUnusable

log = structlog.get_logger(__name__)

# How long requests under way have when the server stops; a page takes some milliseconds.
_LAST_ANSWER_SECONDS = 2
# With more connections than this the server answers that it is too busy (503), instead of letting people wait.
_CONNECTIONS = 1000
# Phones on slow networks reuse a connection for the next page.
_KEEP_ALIVE_SECONDS = 30


class _Uvicorn(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the service's: it stops this server with everything else."""
        yield


class WebServer:
    """Serves `app` on one address, in the loop that runs `serve`."""

    def __init__(self, app: ASGIApp, host: str, port: int) -> None:
        """`port` 0 takes any free one. Nothing is bound before `open`."""
        self._app, self._host, self._port = app, host, port
        self._socket: socket.socket | None = None

    @property
    def url(self) -> str:
        """Where it listens; of a port 0, known from `open` on."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    def open(self) -> None:
        """Bind the port, so that a taken one is said at the start. Raises WebPortUnusable."""
        try:
            family = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)[0][0]
            self._socket = socket.create_server((self._host, self._port), family=family, backlog=256)
        except OSError as error:
            raise WebPortUnusable(
                f"WEB_PORT: the web pages cannot be served at {self.url} ({error.strerror or error}). "
                "Set WEB_PORT to a free port, or end what listens there."
            ) from None
        # What it accepts has it too. asyncio sets it only where the socket was made with its protocol's name; without it
        # the head and the body of an answer are 40 ms apart (Nagle's algorithm against delayed acknowledgements).
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._port = self._socket.getsockname()[1]

    async def serve(self) -> None:
        """Serve until cancelled; answers that are under way are given to their end."""
        if self._socket is None:
            self.open()
        assert self._socket is not None
        config = uvicorn.Config(
            self._app,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
            limit_concurrency=_CONNECTIONS,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=_LAST_ANSWER_SECONDS,
        )
        server = _Uvicorn(config)
        serving = asyncio.create_task(server.serve(sockets=[self._socket]), name="uvicorn")
        log.info("web pages are served", url=self.url)
        try:
            await asyncio.shield(serving)
        except Exception:
            # The chats are served all the same.
            log.exception("web pages are no longer served")
        finally:
            server.should_exit = True
            with contextlib.suppress(asyncio.CancelledError):
                await serving
            self._socket = None
