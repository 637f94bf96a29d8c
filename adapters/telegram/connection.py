"""The connection to Telegram: the client with its timeouts, the check of the token, and keeping the token out of logs."""

import json
import logging
import re
from typing import Any
from urllib.parse import urlencode

from telegram import Bot, User
from telegram.error import InvalidToken as TelegramInvalidToken
from telegram.error import TelegramError

from adapters.telegram.bodies import Form
from adapters.telegram.config import TelegramConfig
from adapters.telegram.photos import Photos
from adapters.telegram.transport import AiohttpRequest
from bot.errors import AdapterError, InvalidToken

# core.telegram.org/bots/api#authorizing-your-bot: "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11".
_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")

# Seconds. The pace of sending keeps far fewer messages in flight than there are connections, so a wait for one is a fault.
_CONNECT, _READ, _WRITE, _POOL = 10.0, 20.0, 10.0, 10.0
_CONNECTIONS = 256

# What the bot is told of. Edited messages are not among them: an edited command is not a new one.
UPDATE_KINDS = ("message", "channel_post", "my_chat_member", "callback_query", "inline_query")


class _Bot(Bot):
    def __repr__(self) -> str:
        """Without the token: tracebacks that show local variables print this."""
        return f"{type(self).__name__}()"


class Connection:
    """One token's way to Telegram: `bot` for everything, and a line of its own for the long poll."""

    def __init__(self, config: TelegramConfig) -> None:
        """Not yet connected. Raises InvalidToken when the token cannot be one at all."""
        # Telegram's URLs hold the token, and python-telegram-bot logs them at DEBUG (telegram/_bot.py).
        for name in ("aiohttp", "telegram"):
            library = logging.getLogger(name)
            library.setLevel(max(library.level, logging.WARNING))
        if not _TOKEN.fullmatch(config.token):
            raise InvalidToken(
                "TELEGRAM_BOT_TOKEN is not a bot token: one is digits, a colon, then letters, digits, '_' and '-'. "
                "Copy it again from @BotFather (/mybots, API Token)."
            )
        self.config = config
        self.photos = Photos()
        self._updates = _request(2)
        self._sends = _request(_CONNECTIONS)
        self.bot: Bot = _Bot(
            config.token,
            base_url=f"{config.api_url}/bot",
            base_file_url=f"{config.api_url}/file/bot",
            request=self._sends,
            get_updates_request=self._updates,
        )

    async def open(self) -> User:
        """Who the bot is, by Telegram. Raises InvalidToken, or AdapterError when Telegram cannot be reached."""
        try:
            await self.bot.initialize()
        except TelegramInvalidToken:
            # `from None`: the library's own sentence holds the token (telegram/_bot.py, initialize).
            raise self.refused_token() from None
        except TelegramError as error:
            raise AdapterError(
                f"Telegram cannot be reached at {self.config.api_url} ({self.scrubbed(error)}). "
                "Check the network, and TELEGRAM_API_URL if it is set."
            ) from None
        return self.bot.bot

    async def close(self) -> None:
        await self.bot.shutdown()

    async def is_accepted(self) -> bool:
        """Whether Telegram still accepts the token; true when it does not say."""
        try:
            await self.bot.get_me()
        except TelegramInvalidToken:
            return False
        except TelegramError:
            return True
        return True

    async def updates(self, offset: int | None, *, wait: int, limit: int = 100) -> list[dict[str, Any]]:
        """The updates from `offset` on, as Telegram gives them, after at most `wait` seconds; raises TelegramError.

        `Bot.get_updates` would read all of them at once: one that the library cannot read would stop the bot for good.
        """
        asked = {"timeout": wait, "limit": limit, "allowed_updates": json.dumps(UPDATE_KINDS)}
        if offset is not None:
            asked["offset"] = offset
        url = f"{self.bot.base_url}/getUpdates?{urlencode(asked)}"
        answer = await self._updates.post(url, read_timeout=wait + _READ)
        if not isinstance(answer, list):
            raise TelegramError("Invalid server response")
        return answer

    async def send_message(self, form: Form) -> int:
        """The number of the message that Telegram took; raises TelegramError.

        `Bot.send_message` would build the same parameters anew for each chat, and an object of what Telegram answers, of
        which only the number is of use: three times the processor time of this.
        """
        return await self._number_of("sendMessage", form)

    async def send_photo(self, form: Form) -> int:
        """As `send_message`, of a picture that Telegram has already."""
        return await self._number_of("sendPhoto", form)

    async def _number_of(self, method: str, form: Form) -> int:
        answer = await self._sends.call(f"{self.bot.base_url}/{method}", form)
        number = answer.get("message_id") if isinstance(answer, dict) else None
        if not isinstance(number, int):
            raise TelegramError("Invalid server response")
        return number

    async def edit_message(self, form: Form) -> None:
        """Edit a message of the bot's own; raises TelegramError. What it answers is of no use."""
        await self._sends.call(f"{self.bot.base_url}/editMessageText", form)

    async def answer_inline_query(self, form: Form) -> None:
        """Show somebody who types `@bot …` what was found; raises TelegramError."""
        await self._sends.call(f"{self.bot.base_url}/answerInlineQuery", form)

    def refused_token(self) -> InvalidToken:
        """The sentence for a token that Telegram refuses."""
        number = self.config.token.partition(":")[0]
        return InvalidToken(
            f"Telegram does not accept TELEGRAM_BOT_TOKEN (the one of bot number {number}): it was revoked or mistyped. "
            "Copy it again from @BotFather (/mybots, API Token)."
        )

    def scrubbed(self, error: BaseException | str) -> str:
        """The text of `error` without the token, whatever library wrote it."""
        return str(error).replace(self.config.token, "<token>")


class _Request(AiohttpRequest):
    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """As the library's, which fails with a KeyError when something between answers JSON that is not Telegram's."""
        read = AiohttpRequest.parse_json_payload(payload)
        if not isinstance(read, dict) or ("result" not in read and read.get("ok") is not False):
            raise TelegramError("Invalid server response")
        return read


def _request(connections: int) -> AiohttpRequest:
    return _Request(connections, connect_timeout=_CONNECT, read_timeout=_READ, write_timeout=_WRITE, pool_timeout=_POOL)
