"""The terminal as a chat: prints what is sent, reads commands line by line until the end of input."""

import asyncio
import contextlib
import itertools
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from rich.console import Console, ConsoleDimensions
from rich.rule import Rule

from adapters.terminal.keys import Keys
from adapters.terminal.render import clean, render
from adapters.terminal.waiting import WaitingSign
from bot.message import File, Message
from bot.model import Address, ChatKind
from bot.ports import AdapterContext, Inbox, NotSent, Outcome, Request, Sent, Unreachable

ADDRESS = Address("terminal", "local")
PROMPT = "daily-papers> "
# What people type to leave, beside Ctrl-D.
_LEAVING = frozenset({"/quit", "/exit", "quit", "exit", "/q"})


class TerminalAdapter:
    """One person at one terminal. `open` always works; `send` prints; `listen` reads standard input."""

    platform = ADDRESS.platform

    def __init__(self, console: Console | None = None, typed: TextIO | None = None, folder: Path | None = None) -> None:
        # rich takes 80 columns for a pipe; people who read there have more room.
        width = None if sys.stdout.isatty() else 100
        self.console = console or Console(width=width, highlight=False, emoji=False)
        self._typed = typed or sys.stdin
        self._folder = folder  # where files go; None for the present one
        self._waiting = WaitingSign(self.console)
        self._sent = 0
        # None until somebody can type: a hint that nobody can follow is not shown.
        self._keys: Keys | None = None
        self._closed = asyncio.Event()

    async def open(self) -> None:
        """Nothing to check: the terminal is there."""

    async def send(
        self,
        address: Address,
        message: Message,
        *,
        key: str = "",
        container_id: str = "",
        plain: bool = False,
        in_doubt: bool = False,
    ) -> Outcome:
        """Print one message. Unreachable when the pipe behind standard output was closed, which ends the chat too."""
        del key, container_id, plain, in_doubt
        if address != ADDRESS:
            return Unreachable(f"'{address}' is not this terminal, which is {ADDRESS}")
        if self._closed.is_set():
            return NotSent("the terminal's chat was closed")
        self._waiting.clear()
        try:
            self._print(message)
        except BrokenPipeError:
            self._closed.set()
            return Unreachable("the reader of standard output is gone")
        self._sent += 1
        return Sent(str(self._sent))

    def _print(self, message: Message) -> None:
        if self.console.is_dumb_terminal:
            # rich takes every such terminal for one of 80 columns, and a narrower one would break the lines once more.
            self.console.size = ConsoleDimensions(*shutil.get_terminal_size())
        with self.console.capture() as captured:
            if not message.link and message.heading:
                self.console.print(Rule(style="dim"))
            links = self.console.is_terminal and not self.console.is_dumb_terminal
            hints = self._keys.shown(message) if self._keys else {}
            self.console.print(render(message, links=links, hints=hints), crop=False)
            if message.file is not None:
                self.console.print(f"  {self._keep(message.file)}", markup=False, soft_wrap=True)
        # rich fills columns with spaces up to the right edge, which a pipe's reader has to clean away.
        lines = [line.rstrip() for line in captured.get().splitlines()]
        text = "\n".join(lines) + "\n\n"
        # Not every terminal speaks UTF-8; a character that it has not is no reason to lose a paper.
        encoding = self.console.encoding
        self.console.file.write(text.encode(encoding, "replace").decode(encoding))
        self.console.file.flush()

    def _keep(self, file: File) -> str:
        """Write the file under a name that does not exist yet; gives a line that says where it is, or why it is not."""
        folder = self._folder or Path.cwd()
        name = Path(clean(file.name).replace("\\", "/")).name or "file"
        for number in itertools.count(1):
            path = folder / (name if number == 1 else f"{Path(name).stem}-{number}{Path(name).suffix}")
            try:
                with path.open("xb") as kept:
                    kept.write(file.content)
            except FileExistsError:
                continue
            except OSError as error:
                return f"⚠ {path}: {error.strerror}"
            return f"→ {path}"
        raise AssertionError  # counting never ends

    async def listen(self, inbox: Inbox) -> None:
        """Answer each line typed (or piped in) until Ctrl-D, `/quit`, or `close`."""
        self._keys = self._keys or Keys()
        lines: asyncio.Queue[str | None] = asyncio.Queue()
        wanted = threading.Semaphore(0)
        loop = asyncio.get_running_loop()
        # A daemon thread: nothing can wake a thread that waits in input(), and leaving must not wait for it.
        threading.Thread(
            target=_read_lines, args=(self._typed, loop, lines, wanted), name="terminal-input", daemon=True
        ).start()
        with _restored(self._typed):
            while not self._closed.is_set():
                wanted.release()
                line = await self._next(lines)
                if line is None or line.strip().lower() in _LEAVING:
                    return
                if line.strip():
                    async with self._waiting.shown():
                        await inbox.ask(self._request(line.strip()))

    async def _next(self, lines: "asyncio.Queue[str | None]") -> str | None:
        """The next line, or None when there is no more of them or the chat was closed."""
        reading = asyncio.ensure_future(lines.get())
        closing = asyncio.ensure_future(self._closed.wait())
        try:
            await asyncio.wait({reading, closing}, return_when=asyncio.FIRST_COMPLETED)
            return reading.result() if reading.done() else None
        finally:
            reading.cancel()
            closing.cancel()

    async def close(self) -> None:
        self._closed.set()

    def _request(self, text: str) -> Request:
        async def reply(message: Message) -> Outcome:
            return await self.send(ADDRESS, message)

        async def notice(text: str) -> None:
            await reply(Message(paragraphs=(text,)))

        made = Request(address=ADDRESS, kind=ChatKind.PRIVATE, text=text, reply=reply, person="local", title="terminal")
        action = self._keys.pressed(text) if self._keys else ""
        # What was printed stays; another message in its place is printed below it.
        return replace(made, text="", action=action, edit=reply, notice=notice) if action else made


def _read_lines(
    typed: TextIO, loop: asyncio.AbstractEventLoop, lines: "asyncio.Queue[str | None]", wanted: threading.Semaphore
) -> None:
    read = _prompting() if typed is sys.stdin and typed.isatty() and sys.stdout.isatty() else typed.readline

    def hand_over(line: str | None) -> None:
        # The loop may be closed while this thread still waits for a line that nobody wants any more.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(lines.put_nowait, line)

    line = "\n"
    while line:
        wanted.acquire()
        try:
            line = read()
        except (EOFError, OSError, ValueError):
            line = ""
        hand_over(line or None)


@contextlib.contextmanager
def _restored(typed: TextIO) -> Iterator[None]:
    """Give the terminal back as it was: a thread that waits in input() leaves it without echo."""
    if not typed.isatty():
        yield
        return
    import termios  # noqa: PLC0415 - of POSIX only

    before = termios.tcgetattr(typed.fileno())
    try:
        yield
    finally:
        termios.tcsetattr(typed.fileno(), termios.TCSANOW, before)


def _prompting() -> Callable[[], str]:
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401, PLC0415 - gives input() a history and arrow keys where the system has it
    return lambda: input(PROMPT) + "\n"


def create(context: AdapterContext) -> TerminalAdapter:
    """The factory of the entry point; a terminal needs no token, so it is always there."""
    del context
    return TerminalAdapter()
