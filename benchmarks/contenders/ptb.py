"""python-telegram-bot over a transport: its Bot.send_message, as a bot would call it."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.request import BaseRequest, HTTPXRequest

from benchmarks.contenders.message import BUTTONS, PICTURE, POOL, TEXT, TOKEN

Send = Callable[[int], Awaitable[object]]


@contextlib.asynccontextmanager
async def opened_over(request: BaseRequest, url: str) -> AsyncIterator[Send]:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton(label, url=to) for label, to in BUTTONS]])
    preview = LinkPreviewOptions(url=PICTURE, prefer_large_media=True, show_above_text=True)
    async with Bot(TOKEN, base_url=f"{url}/bot", request=request) as bot:

        async def send(chat: int) -> object:
            return await bot.send_message(
                chat,
                TEXT,
                parse_mode="HTML",
                disable_notification=True,
                link_preview_options=preview,
                reply_markup=keyboard,
            )

        yield send


def opened(url: str) -> contextlib.AbstractAsyncContextManager[Send]:
    """The library's own transport as its documents say for many messages at once: a pool as large, HTTP 1.1, sniffio."""
    import sniffio  # noqa: F401, PLC0415 - httpcore tries to import it at each request, and is slower without

    return opened_over(HTTPXRequest(connection_pool_size=POOL, http_version="1.1", pool_timeout=30), url)
