"""The sign of a slow answer on a terminal."""

import asyncio
import io

import pytest
from rich.console import Console

import adapters.terminal.waiting
from adapters.terminal.waiting import WaitingSign

ERASED = "\r\x1b[2K"


class Written(io.StringIO):
    """Tells when something was written."""

    def __init__(self) -> None:
        super().__init__()
        self.news = asyncio.Event()

    def write(self, text: str) -> int:
        self.news.set()
        return super().write(text)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapters.terminal.waiting, "_AFTER", 0.0)
    monkeypatch.setattr(adapters.terminal.waiting, "_EVERY", 0.0)


def sign(written: io.StringIO, *, terminal: bool) -> WaitingSign:
    return WaitingSign(Console(file=written, force_terminal=terminal))


async def test_dots_stand_there_until_something_is_printed():
    written = Written()
    waiting = sign(written, terminal=True)
    async with waiting.shown():
        await asyncio.wait_for(written.news.wait(), 5)
        waiting.clear()
        assert written.getvalue().startswith("\r.")
        assert written.getvalue().endswith(ERASED)
        written.write("the answer\n")
    after = written.getvalue().split("the answer\n")[1]
    assert after in {"", ERASED} or after.endswith(ERASED)


async def test_a_quick_answer_leaves_no_trace(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(adapters.terminal.waiting, "_AFTER", 60.0)
    written = Written()
    async with sign(written, terminal=True).shown():
        pass
    assert written.getvalue() == ""


async def test_a_pipe_gets_no_dots():
    written = Written()
    async with sign(written, terminal=False).shown():
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert written.getvalue() == ""
