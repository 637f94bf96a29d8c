"""The state of the installation in numbers, as monitoring asks for it again and again. Reads only."""

import datetime as dt
import sqlite3
from dataclasses import dataclass

from bot.clock import from_text
from bot.store import delivery_counts, pauses, usage
from bot.store.pauses import NOT_PAUSED

# By the index of what is ready. A chat that refuses vaguely is its own trouble: it makes nobody else late.
_QUEUE = f"""
SELECT count(*) AS deliveries, coalesce(sum(total - cursor), 0) AS messages, count(lease_owner) AS leased,
    min(CASE WHEN strikes = 0 THEN planned_at END) AS oldest
FROM delivery JOIN target ON target.id = target_id WHERE state = 'ready' AND {NOT_PAUSED}
"""  # noqa: S608
_WAITING = "SELECT count(*) FROM delivery WHERE state = 'waiting'"
_FETCHED = "SELECT max(fetched_at) FROM list_day"
_ALARMS = "SELECT key FROM key_value WHERE owner = 'alarms' AND NOT json_extract(value, '$.over') ORDER BY key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What changes by the second. `lag` is how long the delivery that waits longest has been planned, zero for none.

    `deliveries` are to be sent (their `messages` too), of which `leased` are being sent; `waiting` wait for their list.
    What is paused is in none of these. `fetched_at` is the Hub's last complete answer; `alarms` are the open ones.
    """

    lag: dt.timedelta
    deliveries: int
    messages: int
    leased: int
    waiting: int
    paused: bool
    fetched_at: dt.datetime | None
    alarms: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What changes by the day. `subscribers` gives for each platform the active ones, reachable and parked.

    `summaries` are counted by source and language, `usage` by model over all days. `size` is the file's in bytes, of which
    `unused` hold nothing.
    """

    subscribers: dict[str, tuple[int, int]]
    papers: int
    list_days: int
    summaries: dict[tuple[str, str], int]
    usage: dict[str, usage.Usage]
    size: int
    unused: int


def standing(connection: sqlite3.Connection, now: dt.datetime) -> Standing:
    """How things stand at `now`."""
    queue = connection.execute(_QUEUE).fetchone()
    (waiting,) = connection.execute(_WAITING).fetchone()
    (fetched,) = connection.execute(_FETCHED).fetchone()
    oldest = now if queue["oldest"] is None else from_text(queue["oldest"])
    return Standing(
        lag=max(dt.timedelta(), now - oldest),
        deliveries=queue["deliveries"],
        messages=queue["messages"],
        leased=queue["leased"],
        waiting=waiting,
        paused=pauses.everything_paused(connection),
        fetched_at=None if fetched is None else from_text(fetched),
        alarms=tuple(row["key"] for row in connection.execute(_ALARMS)),
    )


def holdings(connection: sqlite3.Connection) -> Holdings:
    """What there is. Counts whole tables: a large store takes a good part of a second."""
    summaries = connection.execute("SELECT source, language, count(*) AS count FROM summary GROUP BY source, language")
    (papers,) = connection.execute("SELECT count(*) FROM paper").fetchone()
    (list_days,) = connection.execute("SELECT count(*) FROM list_day WHERE papers > 0").fetchone()
    pages, unused, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
    )
    return Holdings(
        subscribers=delivery_counts.subscribers(connection),
        papers=papers,
        list_days=list_days,
        summaries={(row["source"], row["language"]): row["count"] for row in summaries},
        usage=usage.by_model(connection),
        size=pages * size,
        unused=unused * size,
    )
