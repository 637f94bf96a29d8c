"""Inline mode: `@bot words` in any chat finds papers while somebody types, and sends one there as a card.

Page: core.telegram.org/bots/api#inline-mode. Telegram asks at each keystroke, and only the newest query is of use.
"""

import asyncio
import json
from typing import Any

import structlog
from telegram.error import BadRequest, TelegramError

from adapters.telegram.bodies import Form, encoded
from adapters.telegram.connection import Connection
from adapters.telegram.links import https_url
from adapters.telegram.render import line, rendered
from adapters.telegram.send import keyboard_of, preview_of
from adapters.telegram.updates import PLATFORM, Typed
from bot.message import shortened
from bot.ports import Card, Cards, Inbox, Lookup, Rejected

_log = structlog.get_logger(__name__)

# Seconds for which Telegram may give the same person the same answer: votes and lists change in the course of a day.
_CACHED = 60
_MOST_RESULTS = 50  # core.telegram.org/bots/api#answerinlinequery
_TITLE, _DESCRIPTION = 200, 250
# What `/start` carries when the button above the results is pressed: 1 to 64 of A-Z, a-z, 0-9, _ and -.
_START = "inline"


class InlineAnswers:
    """Answers what people type, one question a person at a time; those that a newer one has overtaken are let go."""

    def __init__(self, connection: Connection, inbox: Inbox) -> None:
        self._connection = connection
        self._inbox = inbox
        self._newest: dict[int, Typed] = {}
        self._workers: dict[int, asyncio.Task[None]] = {}

    def take(self, typed: Typed) -> None:
        """Answer `typed` next, in the place of what its person has typed before it."""
        person = typed.user_id
        self._newest[person] = typed
        if person not in self._workers:
            self._workers[person] = asyncio.create_task(self._run(person), name=f"telegram inline {person}")

    async def close(self) -> None:
        """Let go of everything: who types on asks again."""
        for worker in self._workers.values():
            worker.cancel()
        if self._workers:
            await asyncio.wait(set(self._workers.values()))

    async def _run(self, person: int) -> None:
        try:
            while (typed := self._newest.pop(person, None)) is not None:
                found = await self._inbox.cards(_lookup(typed))
                if person not in self._newest:
                    await self._answer(typed, found)
        except Exception:  # noqa: BLE001 - one person's question is nobody else's
            _log.exception("telegram.inline_failed")
        finally:
            # No await between the last look at `_newest` and here, so nothing can have been put in between.
            self._newest.pop(person, None)
            del self._workers[person]

    async def _answer(self, typed: Typed, found: Cards) -> None:
        for plain in (False, True):
            try:
                await self._connection.answer_inline_query(Form(_written(typed, found, plain=plain)))
            except BadRequest as error:
                reason = self._connection.scrubbed(error)
                if "query is too old" in reason.lower():
                    return
                # One result that is refused refuses all of them.
                _log.warning("telegram.inline_refused", reason=Rejected(reason).without_quotes, plain=plain)
                continue
            except TelegramError as error:
                _log.info("telegram.inline_unanswered", reason=self._connection.scrubbed(error))
            return


def _lookup(typed: Typed) -> Lookup:
    return Lookup(
        platform=PLATFORM, person=str(typed.user_id), text=typed.text, language=typed.language, offset=typed.offset
    )


def _written(typed: Typed, found: Cards, *, plain: bool) -> str:
    parameters = {
        "inline_query_id": typed.query,
        "results": json.dumps([result_of(card, plain=plain) for card in found.cards[:_MOST_RESULTS]], ensure_ascii=False),
        "cache_time": str(_CACHED),
        "is_personal": "true",
        "next_offset": found.offset,
    }
    if found.opens:
        parameters["button"] = json.dumps({"text": found.opens, "start_parameter": _START}, ensure_ascii=False)
    return encoded(parameters)


def result_of(card: Card, *, plain: bool = False) -> dict[str, Any]:
    """An InlineQueryResultArticle; the message that it puts into a chat has the form of every other one."""
    text = rendered(card.message, plain=plain)
    content: dict[str, Any] = {
        "message_text": text.text,
        "link_preview_options": preview_of(text.picture).to_dict(),
    }
    if text.html:
        content["parse_mode"] = "HTML"
    made: dict[str, Any] = {
        "type": "article",
        "id": card.id,
        "title": shortened(line(card.title), _TITLE) or "…",
        "description": shortened(line(card.description), _DESCRIPTION),
        "input_message_content": content,
    }
    if text.keyboard:
        made["reply_markup"] = keyboard_of(text).to_dict()
    picture = None if plain else https_url(card.picture)
    if picture:
        made["thumbnail_url"] = picture
    return made
