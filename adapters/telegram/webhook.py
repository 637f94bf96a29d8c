"""Webhooks: python-telegram-bot's own server receives what Telegram posts to TELEGRAM_WEBHOOK_URL."""

import asyncio
import re
import secrets
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

import structlog
from telegram import Update
from telegram.error import BadRequest, InvalidToken, TelegramError

from adapters.telegram.config import TelegramConfig
from adapters.telegram.connection import UPDATE_KINDS, Connection
from adapters.telegram.pauses import growing_pauses
from bot.errors import AdapterError

_log = structlog.get_logger(__name__)


async def serve(connection: Connection, take: Callable[[Update], None]) -> None:
    """Take updates until cancelled. The webhook is left set: Telegram keeps what comes until the next start.

    Raises InvalidToken, or AdapterError when Telegram refuses the address or the port is taken.
    """
    # telegram.ext brings the web server along (0.1 s), which polling has no use for.
    from telegram.ext import Updater  # noqa: PLC0415

    posted: asyncio.Queue[object] = asyncio.Queue()
    updater = Updater(connection.bot, posted)
    await updater.initialize()
    try:
        await _start(updater, connection)
        while True:
            _pass_on(await posted.get(), take)
    finally:
        if updater.running:
            await updater.stop()
        # Telegram was told that these arrived.
        while not posted.empty():
            _pass_on(posted.get_nowait(), take)


def _pass_on(posted: object, take: Callable[[Update], None]) -> None:
    if isinstance(posted, Update):
        take(posted)


async def _start(updater: "Updater", connection: Connection) -> None:  # type: ignore[name-defined]  # noqa: F821
    config = connection.config
    for pause in growing_pauses():
        try:
            _try_port(config)
            await updater.start_webhook(
                listen=config.webhook_listen,
                port=config.webhook_port,
                url_path=re.escape(urlsplit(config.webhook_url).path.rstrip("/")),
                webhook_url=config.webhook_url,
                allowed_updates=UPDATE_KINDS,
                # Only who knows this can post here (core.telegram.org/bots/api#setwebhook, secret_token).
                secret_token=secrets.token_urlsafe(32),
                drop_pending_updates=False,
            )
        except OSError as error:
            raise AdapterError(
                f"The webhook's server cannot listen on {config.webhook_listen}:{config.webhook_port} ({error.strerror}). "
                "Set TELEGRAM_WEBHOOK_LISTEN and TELEGRAM_WEBHOOK_PORT to an address that is free."
            ) from error
        except InvalidToken:
            raise connection.refused_token() from None
        except BadRequest as error:
            raise AdapterError(
                f"Telegram refuses TELEGRAM_WEBHOOK_URL '{config.webhook_url}': {connection.scrubbed(error)}. It has to be "
                "an https address that Telegram can reach, on port 443, 80, 88 or 8443."
            ) from None
        except TelegramError as error:
            _log.warning("telegram.webhook_not_set", reason=connection.scrubbed(error), pause=pause)
            await asyncio.sleep(pause)
        else:
            _log.info("telegram.webhook_set", url=config.webhook_url, port=config.webhook_port)
            return


def _try_port(config: TelegramConfig) -> None:
    """Raises OSError when the port is taken: before Telegram is told of it, and tornado would leave its socket open."""
    family = socket.AF_INET6 if ":" in config.webhook_listen else socket.AF_INET
    socket.create_server((config.webhook_listen, config.webhook_port), family=family).close()
