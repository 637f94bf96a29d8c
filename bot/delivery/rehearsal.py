"""What a delivery would send, and to whom, found by planning in a copy of the store: nothing is sent or written.

The copy is made by SQLite's own backup while others write, so that the result is exactly what planning would do.
"""

import contextlib
import datetime as dt
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.clock import to_text
from bot.delivery import control, plan
from bot.model import Address, Chat
from bot.store import papers, selections
from bot.store.connection import Store, open_store
from bot.store.pauses import NOT_PAUSED

# How many titles are shown to identify a digest.
TITLES = 3

_INTENDED = f"""
SELECT platform, chat_id, topic_id, title, list_day, selection_id, cursor, total
FROM delivery JOIN target ON target.id = target_id
WHERE state = 'ready' AND not_before <= :now AND (:day IS NULL OR list_day = :day) AND (:only IS NULL OR target_id = :only)
    AND {NOT_PAUSED}
ORDER BY platform, target_id, list_day
"""  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class Intended:
    """A digest that would be sent: `messages` of `total` are left, and `titles` are the first papers in them."""

    address: Address
    chat_title: str
    list_day: dt.date
    messages: int
    total: int
    titles: tuple[str, ...]


@contextlib.contextmanager
def copy_of(store: Store) -> Iterator[Store]:
    """A copy of the store, until the end of the block."""
    with TemporaryDirectory(prefix="daily-papers-") as folder:
        path = Path(folder) / "copy.db"
        store.read_now(_copy, path)
        with open_store(path) as copy:
            yield copy


async def intended(
    copy: Store, day: dt.date | None, chat: Chat | None, *, again: bool, now: dt.datetime, settle_hour: int
) -> list[Intended]:
    """What would be sent now, of all that is due or of one list day, by planning in `copy`. Raises what planning raises."""
    only = None if chat is None else chat.target_id
    if day is None:
        await plan.plan_due(copy, now=now, settle_hour=settle_hour, only=only)
    elif chat is not None:
        await control.plan_once(copy, chat, day, again=again, now=now)
    else:
        await plan.plan_day(copy, day, now=now)
    return await copy.read(_read, None if day is None else day.isoformat(), only, to_text(now))


def _copy(connection: sqlite3.Connection, path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as target:
        connection.backup(target)


def _read(connection: sqlite3.Connection, day: str | None, only: int | None, now: str) -> list[Intended]:
    titles: dict[tuple[int, int], tuple[str, ...]] = {}
    found = []
    for row in connection.execute(_INTENDED, {"day": day, "only": only, "now": now}).fetchall():
        key = row["selection_id"], row["cursor"]
        if key not in titles:
            titles[key] = _titles(connection, *key)
        found.append(
            Intended(
                address=Address(row["platform"], row["chat_id"], row["topic_id"]),
                chat_title=row["title"],
                list_day=dt.date.fromisoformat(row["list_day"]),
                messages=row["total"] - row["cursor"],
                total=row["total"],
                titles=titles[key],
            )
        )
    return found


def _titles(connection: sqlite3.Connection, selection_id: int, cursor: int) -> tuple[str, ...]:
    """The first papers of a selection from a message on."""
    ids: list[str] = []
    for item in selections.selection(connection, selection_id).items[cursor:]:
        ids.extend([item["id"]] if item["kind"] == "paper" else item.get("ids", []))
        if len(ids) >= TITLES:
            break
    known = papers.papers(connection, ids[:TITLES])
    return tuple(known[one].title for one in ids[:TITLES] if one in known)
