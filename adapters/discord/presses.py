"""Answers one pressed button: acknowledged in time, a notice that only this person sees, another message in its place.

Page: docs/interactions/receiving-and-responding (the three seconds, the types of callbacks, follow-ups).
Nothing is kept between processes: a button's `custom_id` holds its whole meaning, so that it works after any restart.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
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
from adapters.discord.render import EPHEMERAL, SUPPRESS_EMBEDS, render
from adapters.discord.replies import PATIENCE, TOKEN_SECONDS
from adapters.discord.wire import Wire
from bot.message import File, Message
from bot.ports import NotSent, Outcome, Rejected, Sent

# …#interaction-response-object-interaction-callback-type
_CHANNEL_MESSAGE = 4
_DEFERRED_UPDATE = 6
_UPDATE_MESSAGE = 7
_ENDED = (UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK, INVALID_WEBHOOK_TOKEN, UNKNOWN_INTERACTION)

_log = logging.getLogger(__name__)


class _Stage(Enum):
    OPEN = auto()  # Discord waits for the first sign
    TAKEN = auto()  # it has one; what comes now are follow-ups and edits
    DEAD = auto()  # the token is of no use any more
    ELSEWHERE = auto()  # another process with this token has answered


@dataclass(frozen=True, slots=True)
class PressedMessage:
    """Where the button stands. `private` when nobody but the presser reads that channel.

    `member` is false where the bot is none, and nothing but the press itself can be answered.
    """

    channel: str
    message: str
    private: bool
    member: bool = True


class PressReplies:
    """Keeps one press's promises. `to_channel` sends a message to where it was pressed, without the interaction."""

    def __init__(
        self,
        wire: Wire,
        application_id: str,
        interaction_id: str,
        token: str,
        *,
        pressed: PressedMessage,
        to_channel: Callable[[Message], Awaitable[Outcome]],
    ) -> None:
        self._wire = wire
        self._callback = f"/interactions/{interaction_id}/{token}/callback"
        self._webhook = f"/webhooks/{application_id}/{token}"
        self._pressed = pressed
        self._to_channel = to_channel
        self._stage = _Stage.OPEN
        self._turn = asyncio.Lock()
        self._ends_at = asyncio.get_running_loop().time() + TOKEN_SECONDS
        # What the callback carried whose receipt was lost.
        self._in_doubt: dict[str, Any] | None = None

    async def answer(self, asking: Awaitable[None]) -> None:
        """Let the core work, and give Discord its sign in time, whatever the core does."""
        done = asyncio.Event()
        deferring = asyncio.ensure_future(self._defer_unless(done))
        try:
            await asking
        finally:
            done.set()
            await deferring
            await self._defer()

    async def reply(self, message: Message) -> Outcome:
        """`Request.reply`: a message after the one whose button was pressed."""
        async with self._turn:
            became = await self._say(message, plain=False)
            if isinstance(became, Rejected) and self._stage is not _Stage.ELSEWHERE:
                _log.warning("Discord refused an answer, it is sent again as plain text: %s", became.without_quotes)
                became = await self._say(message, plain=True)
            return became

    async def notice(self, text: str) -> None:
        """`Request.notice`: seen by the presser alone; when it is too late for that, only where nobody else reads it."""
        async with self._turn:
            await self._say(Message(paragraphs=(text,), private=True), plain=False)

    async def edit(self, message: Message) -> Outcome:
        """`Request.edit`. An edit says all of the message: what it leaves out would stay as it was."""
        # A picture of our own goes only with new messages.
        text = render(replace(message, image=None))
        payload: dict[str, Any] = {"content": "", "embeds": [], "components": []} | text.payload()
        payload["flags"] = text.flags & SUPPRESS_EMBEDS  # docs/resources/webhook#edit-webhook-message: no other one
        async with self._turn:
            if self._stage is _Stage.OPEN:
                answer = await self._first({"type": _UPDATE_MESSAGE, "data": payload})
                if answer is not None:
                    return _edited(answer, self._pressed.message)
            if self._stage is _Stage.ELSEWHERE:
                return Rejected("another process with the same Discord token has answered this press")
            if self._lives():
                path = f"{self._webhook}/messages/@original"
                answer = await self._wire.request("PATCH", path, payload, authorized=False)
                if not isinstance(answer, Answer) or answer.code not in _ENDED:
                    return _edited(answer, self._pressed.message)
                self._stage = _Stage.DEAD
            if not self._pressed.member:
                return NotSent("it is too late to change a message in a place where the bot is no member")
            # A message of its own the bot may edit at any time: docs/resources/message#edit-message.
            path = f"/channels/{self._pressed.channel}/messages/{self._pressed.message}"
            return _edited(await self._wire.request("PATCH", path, payload), self._pressed.message)

    async def _say(self, message: Message, *, plain: bool) -> Outcome:
        text = render(message, plain=plain)
        payload = text.payload()
        if message.private and not self._pressed.private:
            payload["flags"] = payload.get("flags", 0) | EPHEMERAL
        if self._stage is _Stage.OPEN:
            answer = await self._first({"type": _CHANNEL_MESSAGE, "data": payload}, text.file)
            if answer is not None:
                return Sent(answer.id or "@original") if isinstance(answer, Answer) and answer.ok else outcome(answer)
        if self._stage is _Stage.ELSEWHERE:
            return Rejected("another process with the same Discord token has answered this press")
        if self._lives():
            answer = await self._wire.request("POST", self._webhook, payload, file=text.file, authorized=False)
            if isinstance(answer, Answer) and answer.ok and answer.id:
                return Sent(answer.id)
            if not isinstance(answer, Answer) or answer.code not in _ENDED:
                return outcome(answer)
            self._stage = _Stage.DEAD
        if message.private and not self._pressed.private:
            return NotSent("it was for the presser's eyes only, and it is too late to show it to nobody else")
        return await self._to_channel(message)

    def _lives(self) -> bool:
        """Whether the interaction's token may still be used."""
        if asyncio.get_running_loop().time() > self._ends_at:
            self._stage = _Stage.DEAD
        return self._stage is _Stage.TAKEN

    async def _first(self, body: dict[str, Any], file: File | None = None) -> Answer | NoAnswer | None:
        """Answer the interaction itself. None when it cannot carry this, and the stage says what can."""
        answer = await self._wire.request("POST", self._callback, body, file=file, authorized=False)
        if isinstance(answer, NoAnswer):
            if answer.written:
                self._in_doubt = body
            return answer
        if answer.ok:
            self._stage = _Stage.TAKEN
        elif answer.code == ALREADY_ACKNOWLEDGED:
            ours = self._in_doubt is not None
            self._stage = _Stage.TAKEN if ours else _Stage.ELSEWHERE
            # The same again had arrived the first time; another one follows it.
            return Answer(204) if ours and self._in_doubt == body else None
        elif answer.code == UNKNOWN_INTERACTION:
            # It came too late, after a stall of more than three seconds.
            self._stage = _Stage.DEAD
            return None
        return answer

    async def _defer_unless(self, done: asyncio.Event) -> None:
        try:
            await asyncio.wait_for(done.wait(), PATIENCE)
        except TimeoutError:
            await self._defer()

    async def _defer(self) -> None:
        """Without it "This interaction failed" would stand under the message."""
        async with self._turn:
            if self._stage is _Stage.OPEN:
                await self._first({"type": _DEFERRED_UPDATE})


def _edited(answer: Answer | NoAnswer, message: str) -> Outcome:
    return Sent(message) if isinstance(answer, Answer) and answer.ok else outcome(answer)
