"""Makes docs/chat.svg: a recording of `daily-papers run` in a terminal of its own, typed into as a person would.

Run by `make picture`. The program runs without network, on the sample day.
"""

import argparse
import html
import itertools
import os
import re
import sys
import tempfile
from io import StringIO
from pathlib import Path

import pexpect
from rich.cells import cell_len
from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI
from rich.text import Text

HERE = Path(__file__).resolve().parent
COLUMNS, LINES = 96, 60
PROMPT = "daily-papers> "


def record(command: str, lines: list[str]) -> str:
    """What the terminal shows after `lines` were typed, ANSI codes included."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {"PATH": os.environ["PATH"], "HOME": folder, "TERM": "xterm-256color", "LANG": "C.UTF-8"}
        # Port 9 discards; nothing listens there, so the Hub is unreachable at once.
        settings |= {"HF_API_URL": "http://127.0.0.1:9", "CLOCK": "2024-03-29T00:00:00Z"}
        terminal = pexpect.spawn(
            command, ["chat"], cwd=folder, env=settings, dimensions=(LINES, COLUMNS), encoding="utf-8", timeout=60
        )
        shown = StringIO()
        terminal.logfile_read = shown
        for line in lines:
            terminal.expect_exact(PROMPT)
            terminal.sendline(line)
        terminal.expect_exact(PROMPT)
        terminal.sendeof()
        terminal.expect(pexpect.EOF)
        terminal.close()
    return shown.getvalue()


def picture(shown: str, title: str) -> str:
    """`shown` as SVG, with the fonts of the reader's system."""
    # Cursor movements and bracketed paste say nothing in a still picture.
    shown = re.sub(r"\x1b\[\?[0-9;]*[a-zA-Z]", "", shown).replace("\r", "")
    console = Console(record=True, width=COLUMNS, file=StringIO(), force_terminal=True)
    console.print(Text.from_ansi(shown))
    svg = console.export_svg(title=title, theme=DIMMED_MONOKAI)
    svg = re.sub(r"@font-face \{.*?\}\n", "", svg, flags=re.DOTALL)
    svg = re.sub(r'<text ([^>]*?)x="([\d.]+)"([^>]*?)textLength="[\d.]+"([^>]*)>([^<]*)</text>', _on_the_grid, svg)
    return svg.replace("Fira Code", "D2Coding, Noto Sans Mono CJK KR, ui-monospace")


def _on_the_grid(match: re.Match[str]) -> str:
    """A text in pieces of equally wide characters, each where its first cell is.

    rich counts characters here, of which Korean ones take two cells; a cell is 12.2 units wide in its export_svg.
    """
    before, x, between, after, text = match.groups()
    pieces, cells = [], 0
    for wide, run in itertools.groupby(html.unescape(text), key=lambda ch: cell_len(ch) > 1):
        piece = "".join(run)
        width = cell_len(piece)
        place = f'x="{float(x) + 12.2 * cells:.1f}"{between}textLength="{12.2 * width:.1f}"{after}'
        # At the size of the Latin letters a syllable leaves a fifth of its two cells empty, and words fall apart.
        size = ' style="font-size: 23.5px"' if wide else ""
        pieces.append(f"<text {before}{place}{size}>{html.escape(piece)}</text>")
        cells += width
    return "".join(pieces)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=HERE / "chat.svg")
    parser.add_argument("--check", action="store_true", help="compare with the file instead of writing it")
    options = parser.parse_args()
    command = str(Path(sys.executable).parent / "daily-papers")
    shown = record(command, ["/paper 2403.18361", "/subscribe 08:30 Seoul", "/search 가우시안"])
    # From the first command on: what comes before is the start of the program.
    first, last = shown.index(PROMPT), shown.rindex(PROMPT)
    svg = picture(shown[first:last].rstrip() + "\n", "daily-papers")
    if options.check:
        if options.to.read_text(encoding="utf-8") != svg:
            sys.exit(f"{options.to} is not what the program shows now; run `make picture` and look at it.")
        return
    options.to.write_text(svg, encoding="utf-8")
    sys.stdout.write(f"Wrote {options.to}\n")


if __name__ == "__main__":
    main()
