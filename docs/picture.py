"""Makes docs/chat.svg: a recording of `daily-papers run` in a terminal of its own, typed into as a person would.

Run by `make picture`. Standard library and rich only; the program runs without network, on the sample day.
"""

import argparse
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from fcntl import ioctl
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI
from rich.text import Text

HERE = Path(__file__).resolve().parent
COLUMNS, LINES = 96, 60
PROMPT = "daily-papers> "


class Terminal:
    """The program in a pseudo-terminal, and everything that it has written there."""

    def __init__(self, command: list[str], folder: str) -> None:
        self.master, slave = pty.openpty()
        ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        environment = {"PATH": os.environ["PATH"], "HOME": folder, "TERM": "xterm-256color", "LANG": "C.UTF-8"}
        # Port 9 discards; nothing listens there, so the Hub is unreachable at once.
        environment |= {"HF_API_URL": "http://127.0.0.1:9", "CLOCK": "2024-03-29T00:00:00Z"}
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            command, stdin=slave, stdout=slave, stderr=slave, cwd=folder, env=environment, start_new_session=True
        )
        os.close(slave)
        self.written = ""

    def wait_for(self, text: str, seconds: float = 60) -> None:
        """Read until `text` is written. Raises TimeoutError with what was there instead."""
        start, deadline = len(self.written), time.monotonic() + seconds
        while text not in self.written[start:]:
            if time.monotonic() > deadline:
                raise TimeoutError(f"'{text}' did not come within {seconds} seconds; this did:\n{self.written[start:]}")
            if select.select([self.master], [], [], 0.1)[0]:
                self.written += os.read(self.master, 65536).decode("utf-8", "replace")

    def type(self, line: str) -> None:
        os.write(self.master, f"{line}\n".encode())

    def close(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        os.close(self.master)


def record(command: list[str], lines: list[str]) -> str:
    """What the terminal shows after `lines` were typed, ANSI codes included."""
    with tempfile.TemporaryDirectory() as folder:
        terminal = Terminal(command, folder)
        try:
            terminal.wait_for(PROMPT)
            for line in lines:
                terminal.type(line)
                terminal.wait_for(PROMPT)
        finally:
            terminal.close()
    return terminal.written


def picture(shown: str, title: str) -> str:
    """`shown` as SVG, with the fonts of the reader's system."""
    # Cursor movements and bracketed paste say nothing in a still picture.
    shown = re.sub(r"\x1b\[\?[0-9;]*[a-zA-Z]", "", shown).replace("\r", "")
    console = Console(record=True, width=COLUMNS, file=StringIO(), force_terminal=True)
    console.print(Text.from_ansi(shown))
    svg = console.export_svg(title=title, theme=DIMMED_MONOKAI)
    svg = re.sub(r"@font-face \{.*?\}\n", "", svg, flags=re.DOTALL)
    return svg.replace("Fira Code", "D2Coding, Noto Sans Mono CJK KR, ui-monospace")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=HERE / "chat.svg")
    parser.add_argument("--check", action="store_true", help="compare with the file instead of writing it")
    options = parser.parse_args()
    command = [str(Path(sys.executable).parent / "daily-papers"), "chat"]
    shown = record(command, ["/paper 2403.18361", "/subscribe 08:30 Seoul", "/search 가우시안"])
    # From the first command on: what comes before is the start of the program.
    first = shown.index(PROMPT)
    svg = picture(shown[first:].removesuffix(PROMPT).rstrip() + "\n", "daily-papers")
    if options.check:
        if options.to.read_text(encoding="utf-8") != svg:
            sys.exit(f"{options.to} is not what the program shows now; run `make picture` and look at it.")
        return
    options.to.write_text(svg, encoding="utf-8")
    sys.stdout.write(f"Wrote {options.to}\n")


if __name__ == "__main__":
    main()
