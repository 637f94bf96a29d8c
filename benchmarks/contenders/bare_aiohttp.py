"""aiohttp alone, for orientation: the same form posted, the answer read as JSON."""

import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp

from benchmarks.contenders.message import BUTTONS, PICTURE, POOL, TEXT, TOKEN


@contextlib.asynccontextmanager
async def opened(url: str) -> AsyncIterator[Callable[[int], Awaitable[object]]]:
    form = {
        "text": TEXT,
        "parse_mode": "HTML",
        "disable_notification": "true",
        "link_preview_options": json.dumps({"url": PICTURE, "prefer_large_media": True, "show_above_text": True}),
        "reply_markup": json.dumps({"inline_keyboard": [[{"text": label, "url": to} for label, to in BUTTONS]]}),
    }
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=POOL)) as session:

        async def send(chat: int) -> object:
            async with session.post(f"{url}/bot{TOKEN}/sendMessage", data={"chat_id": str(chat), **form}) as response:
                return json.loads(await response.read())["result"]

        yield send
