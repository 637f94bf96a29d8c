"""What people wait for /today while a broadcast to 10,000 chats runs, and when the last of 3,000 chats has its digest.

Through the real engine, conversation, pace and Telegram adapter, against the stub. The first part keeps Telegram's own
limits, 30 messages a second, for twenty seconds out of the hour that such a broadcast takes. The second is the bare
arithmetic, messages divided by rate, at ten times Telegram's rates, so that it takes 20 seconds and not 200.
"""

import asyncio
import contextlib
import itertools
import logging
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any, cast

import structlog

from adapters.telegram import create
from benchmarks.contenders.message import TOKEN
from benchmarks.crowd import DUE, crowded
from benchmarks.engine import Watched
from benchmarks.stub import telegram_stub
from bot.clock import Clock
from bot.commands.conversation import Conversation
from bot.delivery.answers import send_answers
from bot.delivery.engine import Engine
from bot.delivery.pace import Pace
from bot.message import Message
from bot.model import Address, ChatKind
from bot.ports import AdapterContext, Outcome, Request
from bot.settings import Settings
from bot.store.connection import Store

CHATS, PAPERS = 10_000, 10
SECONDS = 20.0
# With their answers' ten messages in private chats, two thirds of what the token may send.
ASKED_A_SECOND = 6
LAST_CHATS, FASTER = 3_000, 10
P99_SECONDS, MOST_OF_ARITHMETIC = 1.0, 1.03


async def ask(talk: Conversation, adapter: Watched, pace: Pace, number: int, waits: list[float]) -> None:
    """One person says /today; three of four in groups, which are answered by a list."""
    is_group = number % 4 != 0
    address = Address("telegram", f"{'-' if is_group else ''}{900_000_000 + number}")
    began = time.perf_counter()
    answered = False

    async def reply(message: Message) -> Outcome:
        nonlocal answered
        outcome = await adapter.send(address, message)
        if not answered:
            answered = True
            waits.append(time.perf_counter() - began)
        return outcome

    kind = ChatKind.GROUP if is_group else ChatKind.PRIVATE
    messages = await talk.answer(Request(address=address, kind=kind, text="/today", reply=reply, language="ko"))
    await send_answers(reply, address, messages, pace)


async def asked_during_a_broadcast(store: Store, adapter: Watched) -> None:
    settings = Settings()
    pace, clock = Pace.from_settings(settings), Clock(DUE)
    engine = Engine(store, {"telegram": adapter}, clock, pace, settings)
    talk = Conversation(store, clock, settings, cast("Any", None), cast("Any", None))
    await engine.tick()
    await asyncio.sleep(1)
    waits: list[float] = []
    asking: set[asyncio.Task[None]] = set()
    chance, ends = random.Random(20240328), time.perf_counter() + SECONDS
    for number in itertools.count():
        asking.add(asyncio.create_task(ask(talk, adapter, pace, number, waits)))
        await asyncio.sleep(chance.expovariate(ASKED_A_SECOND))
        if time.perf_counter() > ends:
            break
    sent = adapter.sent
    # Whoever has no answer by now has waited longer than everybody may.
    await asyncio.sleep(2)
    assert len(waits) == len(asking), "somebody was not answered"
    await engine.stop()
    for task in asking:
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*asking, return_exceptions=True)
    p99 = statistics.quantiles(waits, n=100)[98]
    median = statistics.median(waits)
    print(f"{CHATS:,} chats, {sent / (SECONDS + 1):.1f} messages/s in all; /today was asked {len(asking)} times")
    print(f"    the first message came after {median * 1000:.0f} ms in the median, {p99 * 1000:.0f} ms at p99")
    print(f"    p99 to reach {P99_SECONDS:.1f} s: {'reached' if p99 <= P99_SECONDS else 'MISSED'}")


async def last_message(store: Store, adapter: Watched) -> None:
    usual = Settings()
    settings = Settings(telegram_rate=usual.telegram_rate * FASTER, telegram_chat_rate=usual.telegram_chat_rate * FASTER)
    engine = Engine(store, {"telegram": adapter}, Clock(DUE), Pace.from_settings(settings), settings)
    adapter.sent = 0
    began = time.perf_counter()
    await engine.tick()
    await engine.idle()
    took = time.perf_counter() - began
    await engine.stop()
    bare = adapter.sent / settings.telegram_rate
    print(f"{LAST_CHATS:,} chats at {settings.telegram_rate:.0f}/s: {adapter.sent:,} messages in {took:.2f} s")
    reached = "reached" if took <= MOST_OF_ARITHMETIC * bare else "MISSED"
    print(f"    {took / bare:.3f} of the bare {bare:.1f} s, to reach {MOST_OF_ARITHMETIC}: {reached}")


async def measure() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with telegram_stub() as url, tempfile.TemporaryDirectory() as folder:
        made = create(AdapterContext(environment={"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": url}))
        assert made is not None
        adapter = Watched(made)
        await adapter.open()
        with crowded(Path(folder) / "a.db", chats=CHATS, papers=PAPERS, platform="telegram") as store:
            await asked_during_a_broadcast(store, adapter)
        with crowded(Path(folder) / "b.db", chats=LAST_CHATS, papers=1, platform="telegram") as store:
            await last_message(store, adapter)
        await adapter.close()


if __name__ == "__main__":
    asyncio.run(measure())
