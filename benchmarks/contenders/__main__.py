"""Measures one contender: fifty messages in flight, first to warm up, then for the given seconds."""

import asyncio
import importlib
import itertools
import json
import sys
import time

IN_FLIGHT = 50
WARM_UP = 0.7


async def measure(name: str, url: str, seconds: float) -> dict[str, float]:
    """Messages, seconds and the processor's seconds of this process."""
    numbers = itertools.count(1)

    async def send_until(end: float) -> int:
        sent = 0
        while time.perf_counter() < end:
            await send(next(numbers))
            sent += 1
        return sent

    async def all_until(end: float) -> int:
        return sum(await asyncio.gather(*(send_until(end) for _ in range(IN_FLIGHT))))

    async with importlib.import_module(f"benchmarks.contenders.{name}").opened(url) as send:
        await all_until(time.perf_counter() + WARM_UP)
        began, used = time.perf_counter(), time.process_time()
        messages = await all_until(began + seconds)
        return {
            "messages": messages,
            "seconds": time.perf_counter() - began,
            "processor": time.process_time() - used,
        }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure(sys.argv[1], sys.argv[2], float(sys.argv[3])))))
