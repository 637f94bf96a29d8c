"""SIGTERM and Ctrl-C during a long command: the first ends it in an orderly way, the second at once."""

import asyncio
import contextlib
import signal
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

_SIGNALS = (signal.SIGTERM, signal.SIGINT)

Result = TypeVar("Result")


@contextlib.contextmanager
def stop_signals() -> Iterator[asyncio.Event]:
    """An event that is set by the first signal; from then on, signals do what the system makes of them."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()

    def first() -> None:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
            # Python's own answer to Ctrl-C would end the loop in order once more, which may be what hangs.
            signal.signal(number, signal.SIG_DFL)
        stop.set()

    for number in _SIGNALS:
        loop.add_signal_handler(number, first)
    try:
        yield stop
    finally:
        if not stop.is_set():
            for number in _SIGNALS:
                loop.remove_signal_handler(number)


async def unless(stop: asyncio.Event, work: Coroutine[Any, Any, Result]) -> Result | None:
    """What `work` comes to; None when `stop` was set before, and `work` is broken off."""
    working = asyncio.create_task(work)
    if await stopped_before(stop, working):
        working.cancel()
        await asyncio.wait({working})
        return None
    return working.result()


async def stopped_before(stop: asyncio.Event, working: "asyncio.Task[Any]") -> bool:
    """Whether `stop` is set before `working` ends; waits for either."""
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
    return not working.done()
