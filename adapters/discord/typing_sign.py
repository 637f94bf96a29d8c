"""The typing indicator, for direct messages; slash commands and buttons have an indicator of Discord's own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from adapters.discord.wire import Wire

# Seconds. Most answers need no sign; it goes out by itself after ten (docs/resources/channel#trigger-typing-indicator).
_AFTER, _EVERY = 0.8, 8.0


@contextlib.asynccontextmanager
async def typing(wire: Wire, channel: str) -> AsyncIterator[None]:
    """Show "… is typing" in `channel` while the block takes its time."""
    sign = asyncio.create_task(_show(wire, channel))
    try:
        yield
    finally:
        sign.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await sign


async def _show(wire: Wire, channel: str) -> None:
    await asyncio.sleep(_AFTER)
    while True:
        answer = await wire.request("POST", f"/channels/{channel}/typing")
        if not answer.ok:
            return  # a refusal is the answer's to meet; the sign is only a courtesy
        await asyncio.sleep(_EVERY)
