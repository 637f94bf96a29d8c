"""The budget for language models: prices, the cost of a call, a day's limit. Pure; what was spent: bot/store/usage.py."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """The price of a million tokens, input and output, in the operator's currency."""

    read: float
    written: float

    def of(self, tokens_in: int, tokens_out: int) -> float:
        """The cost of a call with these numbers of tokens."""
        return (tokens_in * self.read + tokens_out * self.written) / _MILLION


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What calls have used; can be added with `+`."""

    calls: int = 0
    failures: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    money: float = 0.0

    @property
    def tokens(self) -> int:
        return self.tokens_in + self.tokens_out

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(
            calls=self.calls + other.calls,
            failures=self.failures + other.failures,
            tokens_in=self.tokens_in + other.tokens_in,
            tokens_out=self.tokens_out + other.tokens_out,
            money=self.money + other.money,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What may be used in a day (UTC); None for no limit."""

    money: float | None = None
    tokens: int | None = None

    def allow(self, spent: Spent, planned: Spent) -> bool:
        """Whether `planned` still fits into the day on top of `spent`."""
        whole = spent + planned
        fits_money = self.money is None or whole.money <= self.money
        return fits_money and (self.tokens is None or whole.tokens <= self.tokens)


def price_of(model: str, prices: Mapping[str, tuple[float, float]]) -> Price:
    """The price of a model in LLM_PRICES; zero for one that is not there (a self-hosted server)."""
    return Price(*prices.get(model, (0.0, 0.0)))


def tokens_of(text: str) -> int:
    """About how many tokens a text has: one for four Latin characters, one for each CJK sign (tokenizers take 0.5 to 1)."""
    wide = sum(sign >= "\u1100" for sign in text)
    return wide + math.ceil((len(text) - wide) / 4)
