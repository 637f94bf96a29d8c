"""What a chat was sent: its list days, with how much of each arrived. Kept for ever, unlike the messages' numbers."""

import datetime as dt
import json
import sqlite3
from dataclasses import dataclass

from bot.clock import from_text
from bot.model import DeliveryState

_DAYS = """
SELECT delivery.list_day, state, cursor, ended_at, items FROM delivery LEFT JOIN selection ON selection.id = selection_id
WHERE target_id = ? AND delivery.list_day >= '1901' ORDER BY delivery.list_day DESC LIMIT ? OFFSET ?
"""
_ONE = """
SELECT cursor, items FROM delivery JOIN selection ON selection.id = selection_id
WHERE target_id = ? AND delivery.list_day = ?
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayHad:
    """One list day of a target. `papers` is how many of it came; `at` is when it was completed, None while it goes on."""

    day: dt.date
    state: DeliveryState
    papers: int
    at: dt.datetime | None


def days_had(connection: sqlite3.Connection, target_id: int, *, limit: int, offset: int = 0) -> tuple[int, list[DayHad]]:
    """How many list days this target has had or is owed, and a part of them, the newest first."""
    # Announcements have days of long ago (bot/store/announcements.py).
    counted = "SELECT count(*) FROM delivery WHERE target_id = ? AND list_day >= '1901'"
    (total,) = connection.execute(counted, (target_id,)).fetchone()
    return total, [
        DayHad(
            day=dt.date.fromisoformat(row["list_day"]),
            state=DeliveryState(row["state"]),
            papers=len(_sent(row)),
            at=None if row["ended_at"] is None else from_text(row["ended_at"]),
        )
        for row in connection.execute(_DAYS, (target_id, limit, offset))
    ]


def papers_had(connection: sqlite3.Connection, target_id: int, day: str) -> list[str]:
    """The ids of the papers that this target was sent of a list day (`2024-03-28`), late ones of others among them."""
    row = connection.execute(_ONE, (target_id, day)).fetchone()
    return [] if row is None else _sent(row)


def _sent(row: sqlite3.Row) -> list[str]:
    """The papers of the messages before the cursor (bot/digest/select.py says what an item holds)."""
    sent = json.loads(row["items"] or "[]")[: row["cursor"]]
    return [paper_id for item in sent for paper_id in (item.get("ids") or filter(None, [item.get("id")]))]
