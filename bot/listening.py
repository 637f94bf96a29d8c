"""Serves the platforms: opens and listens to each; when one fails, the others go on, and that one is tried again.

Talking to a platform is its adapter's task; telling the operator is in bot/alarming.py.
"""

import asyncio
import sys
import time
from collections.abc import Iterator, Mapping

import structlog

from bot.errors import AdapterError, InvalidToken
from bot.message import Message
from bot.metrics.readiness import PlatformState
from bot.model import Address
from bot.ports import ChatAdapter, Inbox, NotSent, Outcome, Sent

log = structlog.get_logger()

# A platform that cannot be reached when the bot starts is asked again after these pauses, the last one for ever.
_OPENING_PAUSES = (1, 2, 5, 15, 60)
# For a platform that failed while others go on: perhaps its token was changed, and the bot has to be restarted with it.
_ENDED_PAUSES = (30, 60, 300, 900)
# After listening for this long a platform counts as working again.
_HEARD_SECONDS = 20


class Platform:
    """An adapter, and whether its platform still takes what it sends. To whoever sends it looks like the adapter."""

    def __init__(self, adapter: ChatAdapter, changed: asyncio.Event) -> None:
        self.adapter, self.platform = adapter, adapter.platform
        self.opened = False
        self.trouble = ""  # why it is not heard, or nothing is sent there; "" when all is well
        self.refused = False  # the token is
        self._changed = changed
        self._troubles = 0
        self._again_at = 0.0

    @property
    def state(self) -> PlatformState:
        """Its state, for monitoring."""
        if self.refused:
            return PlatformState.REFUSED
        if self.trouble:
            return PlatformState.TROUBLE
        return PlatformState.WORKS if self.opened else PlatformState.OPENING

    @property
    def takes(self) -> bool:
        """Whether to send anything there: it is open, and its token is not refused, or it is time to try again."""
        return self.opened and (not self.refused or time.monotonic() >= self._again_at)

    def fail(self, reason: str, *, refused: bool) -> float:
        """It failed, or its token was refused; returns the seconds until the next try."""
        if not self.trouble or time.monotonic() >= self._again_at:
            pause = _ENDED_PAUSES[min(self._troubles, len(_ENDED_PAUSES) - 1)]
            self._troubles += 1
            self._again_at = time.monotonic() + pause
            log.error("platform stopped", platform=self.platform, error=reason, again_in_seconds=pause)
        self.trouble, self.refused = reason, self.refused or refused
        self._changed.set()
        return self._again_at - time.monotonic()

    def recover(self) -> None:
        """It works."""
        if self.trouble:
            log.info("platform works again", platform=self.platform)
            self.trouble, self.refused, self._troubles = "", False, 0
            self._changed.set()

    async def send(
        self,
        address: Address,
        message: Message,
        *,
        key: str = "",
        container_id: str = "",
        plain: bool = False,
        in_doubt: bool = False,
    ) -> Outcome:
        """As the adapter's; a platform that refuses the token is not asked with each message."""
        if self.refused and not self.takes:
            return NotSent(self.trouble, token_refused=True)
        outcome = await self.adapter.send(
            address, message, key=key, container_id=container_id, plain=plain, in_doubt=in_doubt
        )
        if isinstance(outcome, NotSent) and outcome.token_refused:
            self.fail(outcome.reason, refused=True)
        elif self.refused and isinstance(outcome, Sent):
            self.recover()
        return outcome

    async def open(self) -> None:
        """As the adapter's, waiting for a platform that cannot be reached yet; once only."""
        if not self.opened:
            await open_patiently(self.adapter)
            self.opened = True
            self._changed.set()

    async def listen(self, inbox: Inbox) -> None:
        heard = asyncio.get_running_loop().call_later(_HEARD_SECONDS, self.recover)
        try:
            await self.adapter.listen(inbox)
        finally:
            heard.cancel()

    async def close(self) -> None:
        await self.adapter.close()


class Platforms(Mapping[str, ChatAdapter]):
    """Every platform by its name; only those that take messages are gone through: what is for others waits."""

    def __init__(self, adapters: Mapping[str, ChatAdapter]) -> None:
        self.changed = asyncio.Event()
        self.every = {name: Platform(adapter, self.changed) for name, adapter in adapters.items()}

    def __getitem__(self, name: str) -> ChatAdapter:
        return self.every[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name, one in self.every.items() if one.takes)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    async def serve(self, inbox: Inbox) -> None:
        """Listen on every platform until one ends normally (the person at the terminal leaves), or none is left.

        One that fails, even by a refused token at the very start, stops no other. Raises the AdapterError of the last one.
        """
        if not self.every:
            # Only the web pages are served: there is nobody to hear, and nothing to end.
            await asyncio.get_running_loop().create_future()
        up = set(self.every)
        tasks = [asyncio.create_task(self._serve(one, inbox, up), name=name) for name, one in self.every.items()]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, one: Platform, inbox: Inbox, up: set[str]) -> None:
        while True:
            try:
                await one.open()
                up.add(one.platform)
                log.info("listening", platform=one.platform)
                await one.listen(inbox)
                return
            except AdapterError as error:
                up.discard(one.platform)
                if not up:
                    raise
                pause = one.fail(str(error), refused=isinstance(error, InvalidToken))
            await asyncio.sleep(pause)


async def open_patiently(adapter: ChatAdapter) -> None:
    """Open `adapter`, waiting for a platform that cannot be reached yet. Raises InvalidToken at once."""
    for attempt in range(sys.maxsize):
        try:
            await adapter.open()
            return
        except InvalidToken:
            raise
        except AdapterError as error:
            pause = _OPENING_PAUSES[min(attempt, len(_OPENING_PAUSES) - 1)]
            log.warning("platform not reached", platform=adapter.platform, error=str(error), again_in_seconds=pause)
            await asyncio.sleep(pause)
