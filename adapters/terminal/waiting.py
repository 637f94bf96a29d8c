"""Dots on the terminal while an answer is on its way: they appear after a moment and go when the answer comes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from rich.console import Console

# Seconds. Most answers are there sooner, and nothing should flicker.
_AFTER, _EVERY = 1.5, 0.5
_DOTS = (".  ", ".. ", "...")
# To the beginning of the line, and erase it (ECMA-48, EL).
_ERASED = "\r\x1b[2K"


class WaitingSign:
    """Shows nothing where the output is no terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._stands = False

    @contextlib.asynccontextmanager
    async def shown(self) -> AsyncIterator[None]:
        """While the block takes its time."""
        if not self._console.is_terminal or self._console.is_dumb_terminal:
            yield
            return
        moving = asyncio.create_task(self._move())
        try:
            yield
        finally:
            moving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await moving
            self.clear()

    def clear(self) -> None:
        """Make room for what is printed next."""
        if self._stands:
            self._write(_ERASED)
            self._stands = False

    async def _move(self) -> None:
        await asyncio.sleep(_AFTER)
        turn = 0
        while True:
            self._write(f"\r{_DOTS[turn % len(_DOTS)]}")
            self._stands = True
            turn += 1
            await asyncio.sleep(_EVERY)

    def _write(self, text: str) -> None:
        # A closed pipe is the answer's to meet.
        with contextlib.suppress(OSError, ValueError):
            self._console.file.write(text)
            self._console.file.flush()
