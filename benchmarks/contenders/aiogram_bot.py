"""aiogram, the fastest peer: its Bot.send_message over its own session. Its Python is the one of requirements.txt here."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions

from benchmarks.contenders.message import BUTTONS, PICTURE, POOL, TEXT, TOKEN


@contextlib.asynccontextmanager
async def opened(url: str) -> AsyncIterator[Callable[[int], Awaitable[object]]]:
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text=label, url=to) for label, to in BUTTONS]])
    preview = LinkPreviewOptions(url=PICTURE, prefer_large_media=True, show_above_text=True)
    session = AiohttpSession(api=TelegramAPIServer.from_base(url), limit=POOL)
    async with Bot(TOKEN, session=session) as bot:

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
