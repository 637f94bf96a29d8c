"""An event loop whose clock jumps to the next timer instead of waiting, so that minutes of pacing are tested at once."""

import asyncio
import selectors


class _Jumping(selectors.SelectSelector):
    def __init__(self):
        super().__init__()
        self.seconds = 1000.0

    def select(self, timeout=None):
        # Only timers are waited for in these tests; asked to wait for ever, the test has hung.
        assert timeout is not None, "nothing left to wait for"
        self.seconds += max(timeout, 0)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self):
        self._clock = _Jumping()
        super().__init__(self._clock)

    def time(self):
        return self._clock.seconds


def run(coroutine):
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(coroutine)
