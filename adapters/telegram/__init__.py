"""Telegram, with python-telegram-bot. This only decides whether Telegram is served; the rest is imported if it is."""

import os

from bot.ports import AdapterContext, ChatAdapter

# python-telegram-bot gives `timedelta`s, and warns when asked for the old integers (telegram/_utils/datetime.py).
os.environ.setdefault("PTB_TIMEDELTA", "true")


def create(context: AdapterContext) -> ChatAdapter | None:
    """The adapter, or None when TELEGRAM_BOT_TOKEN is not set. Raises SettingsError for a setting that cannot be used."""
    if not context.environment.get("TELEGRAM_BOT_TOKEN", "").strip():
        return None
    # Late: importing `telegram` takes a third of a second, which commands without Telegram need not wait for.
    from adapters.telegram.adapter import TelegramAdapter  # noqa: PLC0415
    from adapters.telegram.config import TelegramConfig  # noqa: PLC0415

    return TelegramAdapter(TelegramConfig.read(context.environment), commands=context.commands, state=context.state)
