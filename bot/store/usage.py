"""The use and cost of language models, by UTC day and model. The budget: bot/summaries/budget.py."""

import datetime as dt
import sqlite3
from dataclasses import dataclass

from bot.store import key_values

_ADD = """
INSERT INTO model_usage (day, model, calls, failures, tokens_in, tokens_out, money) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (day, model) DO UPDATE SET calls = calls + excluded.calls, failures = failures + excluded.failures,
    tokens_in = tokens_in + excluded.tokens_in, tokens_out = tokens_out + excluded.tokens_out,
    money = money + excluded.money
"""
_OWNER, _STOPPED = "usage", "budget_spent_on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """The calls of a day to a model. Money is in the currency of LLM_PRICES; `failures` had no usable answer."""

    day: dt.date
    model: str
    calls: int = 0
    failures: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    money: float = 0.0


def add(connection: sqlite3.Connection, used: Usage) -> None:
    """Add calls to the counts."""
    numbers = (used.calls, used.failures, used.tokens_in, used.tokens_out, used.money)
    connection.execute(_ADD, (used.day.isoformat(), used.model, *numbers))


def every(connection: sqlite3.Connection, day: dt.date | None = None) -> list[Usage]:
    """All that is counted, of one day or of all, the newest first."""
    rows = connection.execute(
        "SELECT * FROM model_usage WHERE ?1 IS NULL OR day = ?1 ORDER BY day DESC, model",
        (None if day is None else day.isoformat(),),
    )
    return [_as_usage(row) for row in rows]


def by_model(connection: sqlite3.Connection) -> dict[str, Usage]:
    """The total for each model; `day` is the last day with a call."""
    rows = connection.execute(
        "SELECT model, max(day) AS day, sum(calls) AS calls, sum(failures) AS failures, sum(tokens_in) AS tokens_in, "
        "sum(tokens_out) AS tokens_out, sum(money) AS money FROM model_usage GROUP BY model ORDER BY model"
    )
    return {row["model"]: _as_usage(row) for row in rows}


def stop(connection: sqlite3.Connection, day: dt.date) -> bool:
    """Remember that the budget of `day` refused a request; whether that was the first one."""
    if is_stopped(connection, day):
        return False
    key_values.put(connection, _OWNER, _STOPPED, day.isoformat())
    return True


def go_on(connection: sqlite3.Connection) -> None:
    """Forget that the budget was spent, because it has changed."""
    connection.execute("DELETE FROM key_value WHERE owner = ? AND key = ?", (_OWNER, _STOPPED))


def is_stopped(connection: sqlite3.Connection, day: dt.date) -> bool:
    """Whether the budget of `day` is spent."""
    return key_values.get(connection, _OWNER, _STOPPED) == day.isoformat()


def _as_usage(row: sqlite3.Row) -> Usage:
    return Usage(
        day=dt.date.fromisoformat(row["day"]),
        model=row["model"],
        calls=row["calls"],
        failures=row["failures"],
        tokens_in=row["tokens_in"],
        tokens_out=row["tokens_out"],
        money=row["money"],
    )
