"""The engine end to end, beside bare loops: planned, composed, paced without a limit, sent, recorded, committed.

(a) is `Engine` over this project's Telegram adapter and a file on this disk; every chat's next message waits until the one
before it is committed. (b) and (c) are those of benchmarks/transport.py, measured in the same run against the same stub.
`python -m benchmarks.engine [CHATS]`.
"""

import asyncio
import json
import logging
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import structlog

from adapters.telegram import create
from benchmarks.contenders.message import TOKEN
from benchmarks.crowd import DUE, crowded
from benchmarks.stub import kind, telegram_stub
from benchmarks.transport import CONTENDERS, ROOT, Figure, measured
from bot.clock import Clock
from bot.delivery.engine import Engine
from bot.delivery.pace import Pace
from bot.message import Message
from bot.model import Address
from bot.ports import AdapterContext, ChatAdapter, Inbox, Outcome
from bot.settings import Settings

CHATS, PAPERS = 1500, 10
WARM_UP_CHATS = 100
ROUNDS = 2
# Of the bare loops: (a) is to reach this many times (b), and this part of (c).
TIMES_B, PART_OF_C = 6.0, 0.7


class Watched:
    """An adapter, and how many of its messages are on their way."""

    def __init__(self, adapter: ChatAdapter) -> None:
        self._adapter = adapter
        self.platform = adapter.platform
        self.now = self.sent = self.sum = 0

    async def open(self) -> None:
        await self._adapter.open()

    async def listen(self, inbox: Inbox) -> None:
        await self._adapter.listen(inbox)

    async def close(self) -> None:
        await self._adapter.close()

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
        self.now += 1
        self.sum += self.now
        try:
            return await self._adapter.send(
                address, message, key=key, container_id=container_id, plain=plain, in_doubt=in_doubt
            )
        finally:
            self.now -= 1
            self.sent += 1


async def broadcast(adapter: Watched, chats: int, folder: Path) -> dict[str, float]:
    """Deliver a day to `chats`; messages, seconds, the processor's seconds, and how many were in flight on average."""
    with crowded(folder / f"{chats}.db", chats=chats, papers=PAPERS, platform=adapter.platform) as store:
        engine = Engine(store, {adapter.platform: adapter}, Clock(DUE), Pace({}), Settings())
        adapter.sent = adapter.sum = 0
        began, used = time.perf_counter(), time.process_time()
        await engine.tick()
        await engine.idle()
        found = {
            "messages": adapter.sent,
            "seconds": time.perf_counter() - began,
            "processor": time.process_time() - used,
            "in_flight": adapter.sum / adapter.sent,
        }
        await engine.stop()
        recorded = store.read_now(lambda c: c.execute("SELECT count(*) FROM delivery_message").fetchone()[0])
        assert recorded == adapter.sent == chats * (PAPERS + 1), "not everything was sent and recorded once"
    return found


async def measure_here(url: str, chats: int) -> dict[str, float]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    made = create(AdapterContext(environment={"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": url}))
    assert made is not None
    adapter = Watched(made)
    await adapter.open()
    with tempfile.TemporaryDirectory() as folder:
        await broadcast(adapter, WARM_UP_CHATS, Path(folder))
        found = await broadcast(adapter, chats, Path(folder))
    await adapter.close()
    return found


def measure(chats: int = CHATS) -> tuple[dict[str, Figure], float]:
    """The best round of (a), (b) and (c), and the messages that (a) had in flight on average."""
    best: dict[str, Figure] = {}
    in_flight = 0.0
    with telegram_stub() as url:
        for _ in range(ROUNDS):
            command = [sys.executable, "-m", "benchmarks.engine", "--here", url, str(chats)]
            found = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
            figures = {"a": Figure(found["messages"] / found["seconds"], found["processor"] / found["messages"] * 1e6)}
            if "a" not in best or figures["a"].rate > best["a"].rate:
                in_flight = found["in_flight"]
            for contender in CONTENDERS:
                if contender.mark in {"b", "c", "c2"} and (figure := measured(contender, url)):
                    figures[contender.mark] = figure
            for mark, figure in figures.items():
                if mark not in best or figure.rate > best[mark].rate:
                    best[mark] = figure
    return best, in_flight


def show(figures: dict[str, Figure], in_flight: float) -> None:
    a, b, c = (figures[mark] for mark in "abc")
    print(
        f"against {kind()}; the best of {ROUNDS} rounds; the engine had {in_flight:.0f} in flight on average, the loops 50"
    )
    titles = {one.mark: one.title for one in CONTENDERS} | {"a": "the engine, end to end, every message committed"}
    for mark in sorted(figures):
        figure = figures[mark]
        print(
            f"({mark})".ljust(5) + titles[mark].ljust(55) + f"{figure.rate:>7,.0f} messages/s{figure.cost:>8,.0f} µs each"
        )
    for name, ratio, wanted in (("(b)", a.rate / b.rate, TIMES_B), ("(c)", a.rate / c.rate, PART_OF_C)):
        print(f"(a) to {name}: {ratio:.2f}, to reach {wanted}: {'reached' if ratio >= wanted else 'MISSED'}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--here"]:
        print(json.dumps(asyncio.run(measure_here(sys.argv[2], int(sys.argv[3])))))
    else:
        show(*measure(int(sys.argv[1]) if len(sys.argv) > 1 else CHATS))
