"""Plots of how often topics appeared in the lists: ordered here, drawn by plotting.py in a process of its own."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections import OrderedDict
from dataclasses import asdict, dataclass
from pathlib import Path

import structlog

# matplotlib takes one or two seconds to load, and on a small machine that does other things, several.
SECONDS = 25.0
KEPT = 64
# If this many are waiting already, the answer goes without a picture: the text says the same.
MOST_WAITING = 4
# A plot has some tens of kilobytes.
_MOST_BYTES = 4 << 20
# What the process is given of the environment: no token.
_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "XDG_CACHE_HOME", "SYSTEMROOT")

# -P: nothing of the folder in which the bot was started.
_PLOTTING = ("-P", "-m", "bot.pictures.plotting")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Series:
    """A topic and its share of each span's papers, from 0 to 1."""

    name: str
    shares: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """What is drawn. `labels` are those of the spans, in one line or two; an empty one is not written.

    `places` are where the spans stand, side by side when it is empty. `unfinished`: the last span goes on.
    """

    language: str
    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    places: tuple[int, ...] = ()
    unfinished: bool = False
    form: str = "png"  # or "svg"
    dark: bool = True


class Plots:
    """Plots by what they show. Used from one event loop."""

    def __init__(self, *, seconds: float = SECONDS, rest: float = 0.0, python: str = sys.executable) -> None:
        """`seconds` is what anybody waits at most; between the end of one drawing and the next, `rest` seconds pass."""
        self._seconds, self._rest, self._python = seconds, rest, python
        self._rests_until = 0.0
        self._kept: OrderedDict[Plot, bytes] = OrderedDict()
        # One at a time: it takes a processor for a second, and a hundred megabytes.
        self._turn = asyncio.Semaphore(1)
        self._waiting = 0

    async def drawn(self, plot: Plot) -> bytes | None:
        """The plot as PNG or SVG; None when it cannot be had in time. Never raises but CancelledError."""
        if plot in self._kept:
            self._kept.move_to_end(plot)
            return self._kept[plot]
        if self._waiting >= MOST_WAITING:
            return None
        self._waiting += 1
        try:
            async with asyncio.timeout(self._seconds), self._turn:
                found = self._kept.get(plot) or await self._rested(plot)
        except (TimeoutError, OSError) as error:
            log.warning("a plot could not be drawn", error=str(error) or f"it took more than {self._seconds:g} s")
            return None
        finally:
            self._waiting -= 1
        if found:
            self._kept[plot] = found
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return found or None

    async def _rested(self, plot: Plot) -> bytes | None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, self._rests_until - loop.time()))
        try:
            return await self._process(plot)
        finally:
            self._rests_until = loop.time() + self._rest

    async def _process(self, plot: Plot) -> bytes | None:
        process = await asyncio.create_subprocess_exec(
            self._python,
            *_PLOTTING,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=_environment(),
        )
        try:
            output, errors = await process.communicate(json.dumps(asdict(plot)).encode())
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if process.returncode or not 0 < len(output) <= _MOST_BYTES:
            log.warning(
                "a plot could not be drawn", status=process.returncode, error=errors.decode(errors="replace")[-500:]
            )
            return None
        return output


def drawn_now(plot: Plot, *, seconds: float = SECONDS) -> bytes | None:
    """The plot for who has nothing else to do meanwhile; None when it cannot be had in time."""
    try:
        finished = subprocess.run(  # noqa: S603 - this program itself, given data alone
            [sys.executable, *_PLOTTING],
            input=json.dumps(asdict(plot)).encode(),
            env=_environment(),
            capture_output=True,
            check=True,
            timeout=seconds,
        )
    except (subprocess.SubprocessError, OSError) as error:
        log.warning("a plot could not be drawn", error=str(error))
        return None
    return finished.stdout or None


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    # It lists the machine's fonts once, which takes seconds; where it cannot keep that at home, it keeps it here.
    home = Path(kept.get("XDG_CACHE_HOME") or Path(kept.get("HOME", "/nonexistent"), ".cache"))
    if not os.access(home if home.exists() else home.parent, os.W_OK):
        kept["MPLCONFIGDIR"] = str(Path(tempfile.gettempdir(), f"daily-papers-matplotlib-{os.getuid()}"))
    return kept
