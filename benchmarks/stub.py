"""A Telegram that costs next to nothing: the same right answer to every sendMessage, in a process of its own.

nginx where it is installed, else fifty lines of asyncio. `with telegram_stub() as url:` gives the address to use as
TELEGRAM_API_URL; `python -m benchmarks.stub PORT` serves the small one.
"""

import asyncio
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.contenders.message import BUTTONS, PICTURE, TEXT

ME = {"id": 4242, "is_bot": True, "first_name": "Daily Papers", "username": "DailyPapersBot"}
_SENT = {
    "message_id": 17,
    "from": ME,
    "chat": {"id": 1, "first_name": "Minji", "type": "private"},
    "date": 1711584000,
    "text": TEXT,
    "entities": [
        {"offset": 0, "length": 60, "type": "bold"},
        {"offset": 0, "length": 60, "type": "text_link", "url": "https://arxiv.org/abs/2403.18814"},
    ],
    "link_preview_options": {"url": PICTURE, "prefer_large_media": True, "show_above_text": True},
    "reply_markup": {"inline_keyboard": [[{"text": label, "url": url} for label, url in BUTTONS]]},
}


def _answer(result: object) -> str:
    return json.dumps({"ok": True, "result": result}, separators=(",", ":"))


SENT, WHO = _answer(_SENT), _answer(ME)

_NGINX = """
worker_processes 1; daemon off; master_process off; pid {folder}/pid; error_log stderr crit; {user}
events {{ worker_connections 2048; }}
http {{
  access_log off; default_type application/json; keepalive_requests 1000000000; keepalive_timeout 600s;
  client_body_buffer_size 64k; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{port} backlog=2048;
    location / {{ return 200 '{sent}'; }}
    location ~* /getMe$ {{ return 200 '{me}'; }}
  }}
}}
"""


@contextlib.contextmanager
def telegram_stub() -> Iterator[str]:
    """The address of a stub that runs until the block ends."""
    port = _free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = _nginx(Path(folder), port) or [sys.executable, "-m", "benchmarks.stub", str(port)]
        process = subprocess.Popen(command)
        try:
            _wait(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(5)


def kind() -> str:
    """What serves, for the table."""
    return "nginx" if _program() else "a small asyncio server (nginx is not installed)"


def _program() -> str | None:
    # Debian keeps it where people's PATH does not look.
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


def _nginx(folder: Path, port: int) -> list[str] | None:
    program = _program()
    if program is None:
        return None
    # Started by root, it would become somebody who may not write into the folder.
    user = "user root;" if os.name == "posix" and os.geteuid() == 0 else ""
    # The answers stand in single quotes there: "\\" and "'" are escaped, and a "$" would be a variable.
    assert "$" not in SENT
    config = folder / "nginx.conf"
    sent = SENT.replace("\\", "\\\\").replace("'", "\\'")
    config.write_text(_NGINX.format(folder=folder, port=port, sent=sent, me=WHO, user=user))
    return [program, "-c", str(config), "-e", "stderr"]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(200):
        if process.poll() is not None:
            raise RuntimeError(f"The stub server ended with status {process.returncode} before it served.")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise RuntimeError("The stub server did not begin to serve within four seconds.")


class Small(asyncio.Protocol):
    """Answers as soon as a request is whole, and reads nothing of it but its length and the method's name."""

    def __init__(self) -> None:
        self._waiting = b""

    def connection_made(self, transport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        while (end := self._waiting.find(b"\r\n\r\n")) >= 0:
            head = self._waiting[:end].lower()
            length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
            whole = end + 4 + int(length or 0)
            if len(self._waiting) < whole:
                return
            self._waiting = self._waiting[whole:]
            self._transport.write(_WHO if b"/getme" in head.partition(b"\r\n")[0] else _SENT_WHOLE)


def _http(body: str) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body.encode())}\r\n\r\n"
    return head.encode() + body.encode()


_SENT_WHOLE, _WHO = _http(SENT), _http(WHO)


async def serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Small, "127.0.0.1", port, backlog=2048)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
