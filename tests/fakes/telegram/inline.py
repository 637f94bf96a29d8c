"""Inline queries of the fake: what is typed after `@bot`, the bot's results, and the messages that people make of them.

Refusals are those of core.telegram.org/method/messages.setInlineBotResults and of TDLib's InlineQueriesManager.cpp.
"""

import itertools
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.telegram import html
from tests.fakes.telegram.failures import bad_request
from tests.fakes.telegram.keyboards import checked_keyboard, checked_preview

_START_WORD = re.compile(r"[A-Za-z0-9_-]{1,64}")
# The page names no time; clients stop waiting for an answer much sooner.
LIFE = 10.0


@dataclass
class InlineAnswer:
    """What was shown to who typed; `button` leads to the bot."""

    results: list[dict[str, Any]]
    next_offset: str
    button: dict[str, str] | None
    cache_time: int
    personal: bool


@dataclass
class InlineMessage:
    """A result that a person has put into a chat where the bot may not be."""

    id: str
    text: str
    entities: list[dict[str, Any]]
    keyboard: tuple[tuple[dict[str, str], ...], ...]
    preview: dict[str, Any] | None

    @property
    def links(self) -> list[str]:
        return [entity["url"] for entity in self.entities if entity["type"] == "text_link"]

    @property
    def buttons(self) -> dict[str, str]:
        """Where each leads: the address of a link, or what comes back when it is pressed."""
        return {one["text"]: one.get("url") or one["callback_data"] for row in self.keyboard for one in row}


@dataclass
class Inline:
    """The queries of one bot."""

    answers: dict[str, InlineAnswer] = field(default_factory=dict)
    messages: dict[str, InlineMessage] = field(default_factory=dict)
    _begun: dict[str, float] = field(default_factory=dict)
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(5_912_004_119_000_001))

    def begin(self) -> str:
        query = str(next(self._ids))
        self._begun[query] = time.monotonic()
        return query

    def answer(self, arguments: Mapping[str, str]) -> bool:
        """core.telegram.org/bots/api#answerinlinequery."""
        query = arguments.get("inline_query_id", "")
        if query not in self._begun or time.monotonic() - self._begun[query] > LIFE:
            # Client.cpp, fail_query_with_error, for QUERY_ID_INVALID
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        results = json.loads(arguments.get("results", "[]"))
        if len(results) > 50:
            raise bad_request("RESULTS_TOO_MUCH")  # setInlineBotResults
        if len(arguments.get("next_offset", "").encode()) > 64:
            raise bad_request("NEXT_OFFSET_INVALID")  # setInlineBotResults
        numbers = [one.get("id") for one in results]
        if len(set(numbers)) != len(numbers):
            raise bad_request("RESULT_ID_DUPLICATE")  # setInlineBotResults
        for one in results:
            _check(one)
        button = json.loads(arguments.get("button") or "null")
        if button is not None:
            if not button.get("text"):
                raise bad_request("SWITCH_PM_TEXT_EMPTY")  # setInlineBotResults
            if not _START_WORD.fullmatch(button.get("start_parameter", "")):
                raise bad_request("START_PARAM_INVALID")  # setInlineBotResults
        personal = arguments.get("is_personal", "").lower() == "true"
        offset, cached = arguments.get("next_offset", ""), int(arguments.get("cache_time", "300"))
        self.answers[query] = InlineAnswer(results, offset, button, cached, personal)
        return True

    def take(self, result: Mapping[str, Any]) -> InlineMessage:
        """The message that a client makes of a result, with everything that Telegram reads in it."""
        text, entities = _content(result["input_message_content"])
        made = InlineMessage(
            id=f"AgAAAK{next(self._ids)}",
            text=text,
            entities=entities,
            keyboard=checked_keyboard(_forms(result)),
            preview=checked_preview(_forms(result["input_message_content"])),
        )
        # core.telegram.org/bots/api#choseninlineresult: "Available only if there is an inline keyboard attached".
        if made.keyboard:
            self.messages[made.id] = made
        return made


def _check(result: Mapping[str, Any]) -> None:
    if result.get("type") != "article":
        raise bad_request("RESULT_TYPE_INVALID")  # only articles are played here
    if not 1 <= len(str(result.get("id", "")).encode()) <= 64:
        # core.telegram.org/bots/api#inlinequeryresultarticle: "Unique identifier for this result, 1-64 Bytes"
        raise bad_request("RESULT_ID_INVALID")
    if not result.get("title"):
        raise bad_request("ARTICLE_TITLE_EMPTY")  # setInlineBotResults
    if "thumbnail_url" in result and not re.match(r"https?://\S+", result["thumbnail_url"]):
        raise bad_request("WEBDOCUMENT_URL_INVALID")  # setInlineBotResults
    _content(result.get("input_message_content") or {})
    checked_keyboard(_forms(result))
    checked_preview(_forms(result["input_message_content"]))


def _content(content: Mapping[str, Any]) -> html.Parsed:
    text, mode = content.get("message_text", ""), content.get("parse_mode", "")
    if not text:
        raise bad_request("message text is empty")  # Client.cpp, get_input_message_text
    parsed, entities = html.parse_html(text) if mode else (text, [])
    return html.accepted(parsed, entities)


def _forms(body: Mapping[str, Any]) -> dict[str, str]:
    """Parts that are objects in an answer, as the JSON texts that they are in a form."""
    return {name: json.dumps(value) for name, value in body.items() if isinstance(value, dict)}
