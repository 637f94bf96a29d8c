"""The rate limits of everything that is sent: per token, per chat, per group. Answers to people go first."""

import asyncio
import heapq
import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from bot.model import Address
from bot.ports import RetryAfter, Scope
from bot.settings import Settings

# Turns may come this much early, to make up for timers that woke late. The window of `Allowance` holds all the same.
_CATCH_UP_SECONDS = 0.1
# How many of a group's turns per minute are reserved for answers: a digest of thirty papers must not silence /today.
_KEPT_FOR_ANSWERS = 3
# After a platform asked the whole token to wait, the rate falls to the first part of itself, never below the second part of
# the full rate, and recovers within this many seconds.
_SLOWED, _SLOWEST, _RECOVERY_SECONDS = 0.75, 0.1, 120.0
# Telegram does not say whether its 429 is about the chat or the token. When this many chats are asked to wait within a
# second, the token itself is too fast: the rate falls, after a short stop. The stop is not as long as they were asked to
# wait, because each of them may be in slow mode by chance.
_MANY_CHATS, _AT_ONE_TIME_SECONDS, _SHORT_STOP_SECONDS = 3, 1.0, 1.0
# A broadcast lets an answer to the same chat go first, and looks again after this.
_YIELD_SECONDS = 0.02
_SWEEP_FROM = 1024
_ANSWER, _BROADCAST = 0, 1


class Allowance:
    """At most `count` turns in any `window` seconds. Instants are in seconds of any monotonic clock."""

    def __init__(self, count: int, window: float) -> None:
        self.count, self.window = count, window
        self._turns: deque[float] = deque(maxlen=count)

    def ready_at(self, spare: int = 0) -> float:
        """The first instant at which a turn leaves room for `spare` others in its window."""
        count = max(1, self.count - spare)
        return self._turns[-count] + self.window if len(self._turns) >= count else -math.inf

    def take(self, now: float) -> None:
        self._turns.append(now)

    def idle(self, now: float) -> bool:
        return not self._turns or self._turns[-1] + self.window <= now


class Spacing:
    """A token's turns: evenly spaced (GCRA), no window of a second over the rate, slower for a while after a refusal."""

    def __init__(self, rate: float) -> None:
        self._allowance = _allowance(rate)
        self._interval = 1 / rate
        self._even_at = -math.inf  # when the next turn is, were all of them evenly spaced
        self._closed_until = -math.inf
        self._part, self._slowed_at = 1.0, -math.inf

    def ready_at(self) -> float:
        return max(self._closed_until, self._allowance.ready_at(), self._even_at - _CATCH_UP_SECONDS)

    def take(self, now: float) -> None:
        self._allowance.take(now)
        self._even_at = max(self._even_at, now) + self._interval / self._part_at(now)

    def close(self, now: float, seconds: float) -> None:
        # Everything in flight is refused together; that is one refusal.
        if now >= self._closed_until:
            self._part, self._slowed_at = max(_SLOWEST, self._part_at(now) * _SLOWED), now
        self._closed_until = max(self._closed_until, now + seconds)

    def _part_at(self, now: float) -> float:
        return min(1.0, self._part + (now - self._slowed_at) / _RECOVERY_SECONDS)


@dataclass(frozen=True, slots=True)
class Limits:
    """A platform's limits: messages per second for a token and a chat, per minute for a group; None for no limit of ours.

    Telegram: 30 a second, 1 a second in a chat, 20 a minute in a group (core.telegram.org/bots/faq, "My bot is hitting
    limits"). Discord: 50 a second (discord.com/developers/docs/topics/rate-limits, "Global Rate Limit"); the limits of
    each channel are kept by discord.py.
    """

    token: float | None = None
    chat: float | None = None
    group_minute: float | None = None


class Pace:
    """Gives turns to send. Used from one event loop; forgets chats that have been silent for a minute."""

    def __init__(self, limits: Mapping[str, Limits]) -> None:
        """`limits` by platform; one that is not in it has none of ours."""
        self._limits = limits
        self._lines: dict[str, _Line] = {}

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """The pace from the settings. These are starting values: waits that a platform asks for are obeyed as well."""
        telegram = Limits(settings.telegram_rate, settings.telegram_chat_rate, settings.telegram_group_rate)
        return cls({"telegram": telegram, "discord": Limits(settings.discord_rate)})

    async def turn(self, address: Address, *, answer: bool = False) -> None:
        """Wait until one message may go to `address`. Answers to people go before everything else."""
        await self._line(address).turn(address.chat_id, answer=answer)

    def obey(self, address: Address, asked: RetryAfter) -> None:
        """A platform asked to wait: give no turn in that scope before."""
        chat_id = address.chat_id if asked.scope is Scope.CHAT else None
        self._line(address).close(chat_id, max(0.0, asked.seconds))

    def _line(self, address: Address) -> "_Line":
        if address.platform not in self._lines:
            self._lines[address.platform] = _Line(self._limits.get(address.platform, Limits()))
        return self._lines[address.platform]


@dataclass(slots=True)
class _Chat:
    own: Allowance | None
    group: Allowance | None
    closed_until: float = -math.inf
    waiting: int = 0
    answers: int = 0

    def ready_at(self, *, answer: bool) -> float:
        at = self.closed_until
        if self.own is not None:
            at = max(at, self.own.ready_at())
        if self.group is not None:
            spare = 0 if answer else min(_KEPT_FOR_ANSWERS, self.group.count // 2)
            at = max(at, self.group.ready_at(spare))
        return at

    def take(self, now: float) -> None:
        if self.own is not None:
            self.own.take(now)
        if self.group is not None:
            self.group.take(now)

    def idle(self, now: float) -> bool:
        return (
            not self.waiting
            and self.closed_until <= now
            and (self.own is None or self.own.idle(now))
            and (self.group is None or self.group.idle(now))
        )


@dataclass(order=True, slots=True)
class _Waiter:
    rank: int
    number: int
    turn: asyncio.Future[bool] = field(compare=False)
    chat: _Chat = field(compare=False)


class _Line:
    """Those who wait for a turn of one token: answers first, then in order of arrival."""

    def __init__(self, bounds: Limits) -> None:
        self._bounds = bounds
        self._spacing = None if bounds.token is None else Spacing(bounds.token)
        self._closed_until = -math.inf
        self._waiters: list[_Waiter] = []
        self._number = 0
        self._timer: asyncio.TimerHandle | None = None
        self._chats: dict[str, _Chat] = {}
        self._asked_to_wait: dict[str, float] = {}  # which chats, and when, within the last second
        self._sweep_from = _SWEEP_FROM

    async def turn(self, chat_id: str, *, answer: bool) -> None:
        chat = self._chat(chat_id)
        chat.waiting += 1
        chat.answers += answer
        try:
            while not await self._try(chat, _ANSWER if answer else _BROADCAST):
                pass
        finally:
            chat.waiting -= 1
            chat.answers -= answer

    def close(self, chat_id: str | None, seconds: float) -> None:
        now = _now()
        if chat_id is not None:
            chat = self._chat(chat_id)
            chat.closed_until = max(chat.closed_until, now + seconds)
            self._suspect_the_token(chat_id, now, seconds)
        elif self._spacing is not None:
            self._spacing.close(now, seconds)
        else:
            self._closed_until = max(self._closed_until, now + seconds)

    def _suspect_the_token(self, chat_id: str, now: float, seconds: float) -> None:
        asked = self._asked_to_wait
        asked[chat_id] = now
        for silent in [other for other, at in asked.items() if at <= now - _AT_ONE_TIME_SECONDS]:
            del asked[silent]
        if self._spacing is not None and len(asked) >= _MANY_CHATS:
            self._spacing.close(now, min(seconds, _SHORT_STOP_SECONDS))

    async def _try(self, chat: _Chat, rank: int) -> bool:
        # The chat is waited for outside the line, so that a slow chat never stands before the others.
        if (pause := chat.ready_at(answer=rank == _ANSWER) - _now()) > 0:
            await asyncio.sleep(pause)
            return False
        if chat.answers and rank == _BROADCAST:
            await asyncio.sleep(_YIELD_SECONDS)
            return False
        if not self._waiters and self._ready_at() <= (now := _now()):
            self._take(chat, now)
            return True
        self._number += 1
        waiter = _Waiter(rank, self._number, asyncio.get_running_loop().create_future(), chat)
        heapq.heappush(self._waiters, waiter)
        if self._timer is None:
            self._serve()
        return await waiter.turn

    def _serve(self) -> None:
        self._timer = None
        while self._waiters:
            now = _now()
            if (at := self._ready_at()) > now:
                self._timer = asyncio.get_running_loop().call_later(at - now, self._serve)
                return
            waiter = heapq.heappop(self._waiters)
            if waiter.turn.done():  # cancelled while it waited
                continue
            free = waiter.chat.ready_at(answer=waiter.rank == _ANSWER) <= now
            if free:
                self._take(waiter.chat, now)
            waiter.turn.set_result(free)

    def _ready_at(self) -> float:
        return self._closed_until if self._spacing is None else self._spacing.ready_at()

    def _take(self, chat: _Chat, now: float) -> None:
        chat.take(now)
        if self._spacing is not None:
            self._spacing.take(now)

    def _chat(self, chat_id: str) -> _Chat:
        if chat_id not in self._chats:
            if len(self._chats) >= self._sweep_from:
                now = _now()
                self._chats = {key: chat for key, chat in self._chats.items() if not chat.idle(now)}
                # Twice what is left, so that sweeping costs each chat a constant.
                self._sweep_from = max(_SWEEP_FROM, 2 * len(self._chats))
            self._chats[chat_id] = self._new_chat(chat_id)
        return self._chats[chat_id]

    def _new_chat(self, chat_id: str) -> _Chat:
        bounds = self._bounds
        own = None if bounds.chat is None else _allowance(bounds.chat)
        # Telegram's groups, supergroups and channels have negative ids (core.telegram.org/api/bots/ids).
        is_group = bounds.group_minute is not None and chat_id.startswith("-")
        group = Allowance(max(1, int(bounds.group_minute)), 60.0) if is_group and bounds.group_minute else None
        return _Chat(own, group)


def _allowance(per_second: float) -> Allowance:
    # 30.0 is 30 in a second, 0.5 is 1 in two seconds.
    count = max(1, int(per_second))
    return Allowance(count, max(1.0, count / per_second))


def _now() -> float:
    # The event loop's clock: what its timers go by.
    return asyncio.get_running_loop().time()
