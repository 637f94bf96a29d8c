"""Answers to one slash command: the response, follow-ups, then plain messages once Discord's token for it has expired."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from enum import Enum, auto
from typing import Any

from adapters.discord.outcomes import (
    ALREADY_ACKNOWLEDGED,
    INVALID_WEBHOOK_TOKEN,
    UNKNOWN_INTERACTION,
    UNKNOWN_MESSAGE,
    UNKNOWN_WEBHOOK,
    Answer,
    NoAnswer,
    outcome,
)
from adapters.discord.render import EPHEMERAL, SUPPRESS_EMBEDS, DiscordText, render
from adapters.discord.wire import Wire
from bot.message import Message
from bot.ports import Outcome, Rejected, Sent

# Discord wants a first sign within 3 seconds (docs/interactions/receiving-and-responding). Whether an answer is for the
# asker's eyes only must be said in that first sign, and most answers are ready at once: so a moment is waited for one.
PATIENCE = 0.8
# The token of an interaction lives for 15 minutes (same page); half a minute is left for the request itself.
TOKEN_SECONDS = 14.5 * 60
# docs/interactions/receiving-and-responding#interaction-response-object-interaction-callback-type
_CHANNEL_MESSAGE = 4
_DEFERRED = 5

_log = logging.getLogger(__name__)


class _Stage(Enum):
    OPEN = auto()  # nothing was said yet
    DEFERRED = auto()  # "is thinking…" stands there
    ANSWERED = auto()
    DEAD = auto()  # the token is of no use any more; messages go to the channel
    ELSEWHERE = auto()  # another process with this token answers


class InteractionReplies:
    """Keeps one interaction's promises. `to_channel` sends a message to where it was asked, without the interaction."""

    def __init__(
        self,
        wire: Wire,
        application_id: str,
        interaction_id: str,
        token: str,
        to_channel: Callable[[Message], Awaitable[Outcome]],
        *,
        private: bool = False,
    ) -> None:
        """`private`: nobody but the asker reads that channel."""
        self._wire = wire
        self._private = private
        self._callback = f"/interactions/{interaction_id}/{token}/callback"
        self._webhook = f"/webhooks/{application_id}/{token}"
        self._to_channel = to_channel
        self._stage = _Stage.OPEN
        self._turn = asyncio.Lock()
        self._ends_at = asyncio.get_running_loop().time() + TOKEN_SECONDS
        # What the callback carried whose receipt was lost: a message, or {} for "is thinking…".
        self._in_doubt: dict[str, Any] | None = None

    async def answer(self, asking: Awaitable[None]) -> None:
        """Let the core work, and show the person a sign in time, whatever it does."""
        done = asyncio.Event()
        deferring = asyncio.ensure_future(self._defer_unless(done))
        try:
            await asking
        finally:
            done.set()
            await deferring
            await self._finish()

    async def reply(self, message: Message) -> Outcome:
        """`Request.reply`. What Discord refuses is tried once more as plain text, as `to_channel` does too."""
        async with self._turn:
            became = await self._say(message, render(message))
            if isinstance(became, Rejected) and self._stage is not _Stage.ELSEWHERE:
                _log.warning("Discord refused an answer, it is sent again as plain text: %s", became.without_quotes)
                became = await self._say(message, render(message, plain=True))
            return became

    async def _say(self, message: Message, text: DiscordText) -> Outcome:
        if self._stage in (_Stage.OPEN, _Stage.DEFERRED, _Stage.ANSWERED):
            if asyncio.get_running_loop().time() > self._ends_at:
                self._stage = _Stage.DEAD
            else:
                became = await self._by_interaction(message, text)
                if became is not None:
                    return became
        if self._stage is _Stage.ELSEWHERE:
            return Rejected("another process with the same Discord token has answered this command")
        return await self._to_channel(message)

    async def _by_interaction(self, message: Message, text: DiscordText) -> Outcome | None:
        """None when the interaction cannot carry it and the stage says who can."""
        payload = text.payload()
        if message.private and not self._private:
            # Where nobody else reads, it would only vanish when Discord is opened anew.
            payload["flags"] = payload.get("flags", 0) | EPHEMERAL
        if self._stage is _Stage.OPEN:
            return await self._first(message, text, payload)
        if self._stage is _Stage.DEFERRED:
            # "Is thinking…" was shown to everybody and cannot become private any more, nor silent: an edit takes no other
            # flag (docs/resources/webhook#edit-webhook-message).
            payload["flags"] = payload.get("flags", 0) & SUPPRESS_EMBEDS
            answer = await self._wire.request(
                "PATCH", f"{self._webhook}/messages/@original", payload, file=text.file, authorized=False
            )
            if isinstance(answer, Answer) and answer.ok:
                self._stage = _Stage.ANSWERED
        else:
            answer = await self._wire.request("POST", self._webhook, payload, file=text.file, authorized=False)
        if isinstance(answer, Answer):
            if answer.ok and answer.id:
                return Sent(answer.id)
            if answer.code in (UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK, INVALID_WEBHOOK_TOKEN, UNKNOWN_INTERACTION):
                self._stage = _Stage.DEAD
                return None
        return outcome(answer)

    async def _first(self, message: Message, text: DiscordText, payload: dict[str, Any]) -> Outcome | None:
        answer = await self._wire.request(
            "POST",
            self._callback,
            {"type": _CHANNEL_MESSAGE, "data": payload},
            query={"with_response": "true"},
            file=text.file,
            authorized=False,
        )
        if isinstance(answer, Answer):
            if answer.ok:
                self._stage = _Stage.ANSWERED
                resource = answer.body.get("resource", {}) if isinstance(answer.body, dict) else {}
                return Sent(str(resource.get("message", {}).get("id", "@original")))
            if answer.code == ALREADY_ACKNOWLEDGED and self._in_doubt is not None:
                # Our own request had arrived. The same message again, or one in the place of "is thinking…", edits what
                # stands there; another one follows it.
                same = self._in_doubt in ({}, payload)
                self._stage = _Stage.DEFERRED if same else _Stage.ANSWERED
                return await self._by_interaction(message, text)
        if self._refused_first(answer):
            return None
        if isinstance(answer, NoAnswer) and answer.written:
            self._in_doubt = payload
        return outcome(answer)

    async def _defer_unless(self, done: asyncio.Event) -> None:
        try:
            await asyncio.wait_for(done.wait(), PATIENCE)
        except TimeoutError:
            async with self._turn:
                await self._defer()

    async def _defer(self) -> None:
        if self._stage is not _Stage.OPEN:
            return
        answer = await self._wire.request("POST", self._callback, {"type": _DEFERRED}, authorized=False)
        if isinstance(answer, NoAnswer):
            if answer.written and self._in_doubt is None:
                self._in_doubt = {}
        elif answer.ok:
            self._stage = _Stage.DEFERRED
        elif answer.code == ALREADY_ACKNOWLEDGED and self._in_doubt is not None:
            self._stage = _Stage.ANSWERED if self._in_doubt else _Stage.DEFERRED
        else:
            self._refused_first(answer)

    def _refused_first(self, answer: Answer | NoAnswer) -> bool:
        """Whether the interaction is over for this process before it began."""
        if isinstance(answer, NoAnswer):
            return False
        if answer.code == ALREADY_ACKNOWLEDGED:
            self._stage = _Stage.ELSEWHERE
            return True
        if answer.code == UNKNOWN_INTERACTION:
            # It came too late, after a stall of more than three seconds; the person is still answered, in the channel.
            self._stage = _Stage.DEAD
            return True
        return False

    async def _finish(self) -> None:
        """Leave no "is thinking…" and no "did not respond" behind when the core had nothing to say."""
        async with self._turn:
            await self._defer()
            if self._stage is _Stage.DEFERRED:
                await self._wire.request("DELETE", f"{self._webhook}/messages/@original", authorized=False)
