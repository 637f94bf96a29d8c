"""Sends answers to people: at once, before the broadcast, and with retries for a while. What to say is in bot/commands."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from bot.delivery.pace import Pace
from bot.message import Message
from bot.model import TERMINAL, Address
from bot.observing import NOBODY, Observer, Purpose
from bot.ports import Moved, NotSent, Outcome, Rejected, RetryAfter, Unknown, Unreachable

# Somebody who has waited longer than this for the next message has asked again or gone away.
PATIENCE_SECONDS = 60.0
_PAUSES = (0.5, 1.0, 2.0, 4.0)

log = structlog.get_logger()

Reply = Callable[[Message], Awaitable[Outcome]]


async def send_answers(
    reply: Reply, address: Address, messages: Sequence[Message], pace: Pace, observer: Observer = NOBODY
) -> bool:
    """Send `messages` in order through `reply`; true if all of them arrived.

    If the platform rejects a message, only its heading and link are sent, and then the rest. One that did not arrive is
    tried again for a while, one that may have arrived is not: the person can ask again. If the chat cannot be reached, the
    rest is dropped. Never raises for anything that a platform does.
    """
    whole = True
    for message in messages:
        outcome = await _sent(reply, address, message, pace, observer)
        if isinstance(outcome, Rejected):
            whole = False
            log.warning("answer rejected", address=str(address), reason=outcome.without_quotes)
            # Both may hold what a person typed.
            log.debug("rejected", address=str(address), heading=message.heading, reason=outcome.reason)
            outcome = await _sent(reply, address, _bare(message), pace, observer)
        if isinstance(outcome, Unreachable | Moved | RetryAfter | NotSent):
            # Whoever reads the terminal through `head` has seen enough: that is no fault.
            tell = log.debug if address.platform == TERMINAL else log.warning
            tell("answer not sent", address=str(address), outcome=repr(outcome))
            return False
        if isinstance(outcome, Unknown):
            log.warning("answer may have arrived", address=str(address), reason=outcome.reason)
    return whole


def _bare(message: Message) -> Message:
    return Message(heading=message.heading or "…", link=message.link, silent=message.silent, private=message.private)


async def _sent(reply: Reply, address: Address, message: Message, pace: Pace, observer: Observer) -> Outcome:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + PATIENCE_SECONDS
    pauses = iter(_PAUSES)
    while True:
        try:
            async with asyncio.timeout_at(deadline):
                await pace.turn(address, answer=True)
        except TimeoutError:
            return NotSent("no turn came in time")
        outcome = await reply(message)
        observer.sent(address.platform, Purpose.ANSWER, outcome)
        match outcome:
            case RetryAfter(seconds):
                pace.obey(address, outcome)
                if loop.time() + seconds > deadline:
                    return outcome
            case NotSent():
                pause = next(pauses, None)
                if pause is None or loop.time() + pause > deadline:
                    return outcome
                await asyncio.sleep(pause)
            case _:
                return outcome
