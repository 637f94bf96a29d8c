"""Makes docs/pictures/*.svg: recordings of the program in a terminal as narrow as a phone, typed into as a person would.

Run by `make pictures`; with --check it compares instead, as a test does. The program runs without network, on the sample
day, at an hour of its own, so that each run gives the same bytes.
"""

import argparse
import html
import itertools
import os
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

import pexpect
from rich.cells import cell_len
from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI
from rich.text import Text

FOLDER = Path(__file__).resolve().parent / "pictures"
COLUMNS, LINES = 70, 60
PROMPT = "daily-papers> "
# As long as the name of a temporary folder, so that lines break where they broke.
_SHOWN_FOLDER = "/home/you/papers"
_DOTS = re.compile(r"(?:\r\.[. ]{2})+\r\x1b\[2K")
_ANSI = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b\]8;.*?(?:\x07|\x1b\\)")


@dataclass(frozen=True, slots=True)
class Press:
    """Type what stands behind this button."""

    label: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """`lines` are typed one after another; of an answer longer than `most` lines the beginning is shown."""

    lines: Sequence[str | Press]
    most: int = 60
    settings: Mapping[str, str] = field(default_factory=dict)


CONVERSATIONS = {
    "today": Conversation(["/today"], most=53),
    "search": Conversation(
        ["/search model votes:>10 -image", "1", "/search 가우시안 스플래팅"], settings={"DEFAULT_LANGUAGE": "en"}
    ),
    "subscribe": Conversation(["/subscribe", ">", Press("08:00"), Press("완료"), "/filter -diffusion votes:>5"]),
    "saved": Conversation(
        ["/similar 2403.18795", "1", Press("Save"), "/saved", "/saved bibtex"], settings={"DEFAULT_LANGUAGE": "en"}
    ),
    "languages": Conversation(
        ["/author Jia Jiaya", "/settings language 日本語", "/検索 画像", "/设置 语言 中文", "/今天"], most=15
    ),
}


def record(command: str, conversation: Conversation) -> str:
    """What the terminal shows of a conversation, ANSI codes included, from the first line typed on."""
    shortest = "/tmp" if os.path.isdir("/tmp") else None  # noqa: S108, PTH112 - for the length of its name alone
    with tempfile.TemporaryDirectory(dir=shortest) as folder:
        # Port 9 discards; nothing listens there, so neither the Hub nor arXiv is reachable.
        nowhere = dict.fromkeys(("HF_API_URL", "ARXIV_API_URL"), "http://127.0.0.1:9")
        settings = {"PATH": os.environ["PATH"], "HOME": folder, "TERM": "xterm-256color", "LANG": "C.UTF-8"} | nowhere
        settings |= {"CLOCK": "2024-03-29T00:00:00Z", "LOG_LEVEL": "error"} | dict(conversation.settings)
        terminal: pexpect.spawn[str] = pexpect.spawn(
            command, ["chat"], cwd=folder, env=settings, dimensions=(LINES, COLUMNS), encoding="utf-8", timeout=60
        )
        answers = []
        terminal.expect_exact(PROMPT)
        for line in conversation.lines:
            terminal.sendline(_typed(line, answers))
            terminal.expect_exact(PROMPT)
            # The dots of a slow answer come on slow machines only, and are erased when it is there.
            shown = _DOTS.sub("", terminal.before or "")
            answers.append(shown.replace(folder, _SHOWN_FOLDER))
        terminal.sendeof()
        terminal.expect(pexpect.EOF)
        terminal.close()
    return "".join(PROMPT + _beginning(answer, conversation.most) for answer in answers)


def _typed(line: str | Press, answers: Sequence[str]) -> str:
    if isinstance(line, str):
        return line
    found = re.findall(rf"{re.escape(line.label)}: (\S+)", _ANSI.sub("", answers[-1]))
    if not found:
        raise SystemExit(f"There is no button '{line.label}' in:\n{answers[-1]}")
    return str(found[-1])


def _beginning(answer: str, most: int) -> str:
    lines = answer.splitlines(keepends=True)
    return answer if len(lines) <= most else "".join(lines[:most]) + "\x1b[0m\x1b[2m  ⋮\x1b[0m\n\n"


def picture(shown: str, title: str) -> str:
    """`shown` as SVG, with the fonts of the reader's system."""
    # Cursor movements and bracketed paste say nothing in a still picture.
    shown = re.sub(r"\x1b\[\?[0-9;]*[a-zA-Z]", "", shown).replace("\r", "")
    console = Console(record=True, width=COLUMNS, file=StringIO(), force_terminal=True)
    console.print(Text.from_ansi(shown.rstrip() + "\n"))
    svg = console.export_svg(title=title, theme=DIMMED_MONOKAI, unique_id="chat")
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
    parser.add_argument("--check", action="store_true", help="compare with the files instead of writing them")
    options = parser.parse_args()
    command = str(Path(sys.executable).parent / "daily-papers")
    others = []
    for name, conversation in CONVERSATIONS.items():
        svg, file = picture(record(command, conversation), "daily-papers"), FOLDER / f"{name}.svg"
        if options.check:
            if not file.is_file() or file.read_text(encoding="utf-8") != svg:
                others.append(f"docs/pictures/{file.name}")
            continue
        file.write_text(svg, encoding="utf-8")
        sys.stdout.write(f"Wrote {file}\n")
    if others:
        sys.exit(f"{', '.join(others)}: not what the program shows now. Run `make pictures`, and look at what it made.")


if __name__ == "__main__":
    main()
