"""Callback queries of the fake: what was pressed, and how the bot answered (core.telegram.org/bots/api#callbackquery)."""

import itertools
import re
import time
from collections.abc import Mapping

from tests.fakes.telegram.failures import bad_request

# The page names no time; bots are refused after some ten seconds (github.com/eternnoir/pyTelegramBotAPI/issues/1615).
LIFE = 10.0


class Presses:
    """The queries of one bot."""

    def __init__(self, username: str) -> None:
        self.answers: dict[str, str] = {}
        self.opened: dict[str, str] = {}
        self._opens = re.compile(rf"https://t\.me/{username}\?start=([A-Za-z0-9_-]{{1,64}})", re.IGNORECASE)
        self.alerts: set[str] = set()
        self.life = LIFE
        self._begun: dict[str, float] = {}
        self._ids = itertools.count(4_382_004_119_000_001)

    def begin(self) -> str:
        query = str(next(self._ids))
        self._begun[query] = time.monotonic()
        return query

    def answer(self, arguments: Mapping[str, str]) -> bool:
        """core.telegram.org/bots/api#answercallbackquery."""
        query, text = arguments.get("callback_query_id", ""), arguments.get("text", "")
        if query not in self._begun or query in self.answers or time.monotonic() - self._begun[query] > self.life:
            # Client.cpp, fail_query_with_error, for QUERY_ID_INVALID
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        if len(text) > 200:  # core.telegram.org/method/messages.setBotCallbackAnswer, possible errors
            raise bad_request("MESSAGE_TOO_LONG")
        url = arguments.get("url", "")
        if url:
            # core.telegram.org/bots/api#answercallbackquery, url: a game's, or a deep link of the bot, t.me/BOT?start=PARAMETER;
            # core.telegram.org/method/messages.setBotCallbackAnswer, possible errors: URL_INVALID.
            found = self._opens.fullmatch(url)
            if found is None:
                raise bad_request("URL_INVALID")
            self.opened[query] = found[1]
        self.answers[query] = text
        if arguments.get("show_alert", "").lower() == "true":
            self.alerts.add(query)
        return True
