"""Records the use of language models in the store, and refuses further requests when the day's budget is spent."""

import asyncio
import datetime as dt
import sqlite3
from collections.abc import Mapping

import structlog

from bot.clock import Clock
from bot.errors import BudgetSpent
from bot.store import usage
from bot.store.connection import Store
from bot.store.usage import Usage
from bot.summaries.budget import Limits, Spent, price_of

log = structlog.get_logger()


class StoreLedger:
    """The `Ledger` of one model. Other processes' calls count too; calls under way hold room for what they may take."""

    def __init__(
        self, store: Store, clock: Clock, model: str, limits: Limits, prices: Mapping[str, tuple[float, float]]
    ) -> None:
        self._store, self._clock, self._model, self._limits = store, clock, model, limits
        self._price = price_of(model, prices)
        self._held = Spent()
        self._freed = asyncio.Event()
        self._begun = False

    async def admit(self, planned: Spent) -> None:
        """Reserve budget for a call. Raises BudgetSpent if there is none left, and remembers that for the operator."""
        day = self._clock.now().date()
        priced = self._priced(planned)
        while True:
            freed = self._freed
            # Held before the store is asked, so that two who ask at once do not both get the last room.
            before, self._held = self._held, self._held + priced
            spent = await self._store.read(_spent, day.isoformat())
            if self._limits.allow(spent + before, priced):
                await self._begin(day)
                return
            self._give_back(priced)
            if not before.calls or not self._limits.allow(spent, priced):
                break
            # Calls under way hold the room: they may take less of it than they asked for.
            await freed.wait()
        # Asked in one transaction: several requests are refused at the same moment, and told once.
        if not await self._store.read(usage.is_stopped, day) and await self._store.write(usage.stop, day):
            log.warning("the day's budget for language models is spent", day=day.isoformat(), money=spent.money)
        raise BudgetSpent(
            f"The budget of {day} for language models is spent ({spent.tokens} tokens, {spent.money:.4f}); "
            "raise LLM_DAILY_BUDGET or LLM_DAILY_TOKENS, or wait for tomorrow (UTC)."
        )

    async def record(self, planned: Spent, used: Spent) -> None:
        """Record what a call has used, and release its reservation."""
        counted = self._priced(used)
        day = self._clock.now().date()
        row = Usage(
            day=day,
            model=self._model,
            calls=counted.calls,
            failures=counted.failures,
            tokens_in=counted.tokens_in,
            tokens_out=counted.tokens_out,
            money=counted.money,
        )
        try:
            await self._store.write(usage.add, row)
        finally:
            # Only when it is counted: in between it would be neither.
            self._give_back(self._priced(planned))
            self._freed.set()
            self._freed = asyncio.Event()

    async def _begin(self, day: dt.date) -> None:
        """At the first call of this process: a budget that was spent before has been raised."""
        if not self._begun and await self._store.read(usage.is_stopped, day):
            await self._store.write(usage.go_on)
        self._begun = True

    def _priced(self, spent: Spent) -> Spent:
        money = self._price.of(spent.tokens_in, spent.tokens_out)
        return Spent(
            calls=spent.calls,
            failures=spent.failures,
            tokens_in=spent.tokens_in,
            tokens_out=spent.tokens_out,
            money=money,
        )

    def _give_back(self, held: Spent) -> None:
        left = self._held
        self._held = Spent(
            calls=left.calls - held.calls,
            tokens_in=left.tokens_in - held.tokens_in,
            tokens_out=left.tokens_out - held.tokens_out,
            # Sums of floats do not come back to zero by themselves.
            money=left.money - held.money if left.calls > held.calls else 0.0,
        )


def _spent(connection: sqlite3.Connection, day: str) -> Spent:
    row = connection.execute(
        "SELECT coalesce(sum(tokens_in), 0) AS tokens_in, coalesce(sum(tokens_out), 0) AS tokens_out, "
        "coalesce(sum(money), 0) AS money FROM model_usage WHERE day = ?",
        (day,),
    ).fetchone()
    return Spent(tokens_in=row["tokens_in"], tokens_out=row["tokens_out"], money=row["money"])
