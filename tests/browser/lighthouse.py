"""Lighthouse's own checks of accessibility and best practices, of every kind of page: `make lighthouse`.

`python -m tests.browser.lighthouse PATH-OF-LIGHTHOUSE`; exit status 1 when a page has less than 100. Pictures come from a
server of this machine that stands for their hosts, so that no page has one that is missing.
"""

import json
import ssl
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from bot.digest.media import PICTURE_HOSTS
from tests.browser.scene import fill, png, served
from tests.chromium import CHROMIUM

CERTIFICATE = Path(__file__).parent.parent / "fakes" / "self_signed.pem"
CATEGORIES = ("accessibility", "best-practices")
PAGES = (
    "/ko/",
    "/en/2024-03-28",
    "/paper/2404.00001",
    "/ja/calendar",
    "/month/2024-04",
    "/zh-Hans/search?q=vitar",
    "/en/feeds",
    "/trends",
)
# The day's page again, in the dark.
DARK = "--blink-settings=preferredColorScheme=0"


@contextmanager
def pictures() -> Iterator[int]:
    """A server that has the same picture for every address; gives its port."""
    picture = png()

    class Picture(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.send_header("Content-Length", str(len(picture)))
            self.end_headers()
            self.wfile.write(picture)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Picture)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()


def checked(lighthouse: str, url: str, port: int, *flags: str) -> dict[str, dict[str, object]]:
    """The report of one page."""
    rules = ", ".join(f"MAP {host} 127.0.0.1:{port}" for host in sorted(PICTURE_HOSTS))
    chrome = [
        "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--ignore-certificate-errors",
        f"--host-resolver-rules='{rules}'", *flags,
    ]  # fmt: skip
    finished = subprocess.run(
        [
            lighthouse,
            url,
            f"--only-categories={','.join(CATEGORIES)}",
            "--output=json",
            "--quiet",
            f"--chrome-flags={' '.join(chrome)}",
        ],
        env={"CHROME_PATH": str(CHROMIUM), "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": tempfile.gettempdir()},
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    )
    report: dict[str, dict[str, object]] = json.loads(finished.stdout)
    return report


def faults(report: dict[str, dict[str, object]]) -> list[str]:
    """The checks that failed."""
    return [
        f"{name}: {audit['title']}"
        for name, audit in report["audits"].items()
        if isinstance(audit, dict) and audit["score"] is not None and audit["score"] < 1
    ]


def main() -> int:
    if CHROMIUM is None:
        print("There is no Chromium on this machine: apt-get install chromium.", file=sys.stderr)
        return 2
    least = 100
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder) / "daily-papers.db")
        with served(Path(folder)) as url, pictures() as port:
            for path, *flags in [*((path,) for path in PAGES), ("/ko/", DARK)]:
                report = checked(sys.argv[1], f"{url}{path}", port, *flags)
                scores = {name: round(100 * float(report["categories"][name]["score"])) for name in CATEGORIES}  # type: ignore[index]
                said = ", ".join(f"{name} {score}" for name, score in scores.items())
                print(f"{path}{' in the dark' if flags else ''}: {said}", flush=True)
                for fault in faults(report):
                    print(f"    {fault}")
                least = min(least, *scores.values())
    return 0 if least == 100 else 1


if __name__ == "__main__":
    sys.exit(main())
