"""Which list days can be delivered, and selections: what is sent of a day, frozen, shared by chats with the same choice."""

import datetime as dt
import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.clock import from_text, to_text
from bot.model import FILTERED, Choice, Shape

# The sample is there for the first look, never to be delivered: its list day is of another year.
_DELIVERABLE = "state IN ('settled', 'closed') AND papers > 0 AND origin <> 'sample'"


@dataclass(frozen=True, slots=True)
class DeliverableDay:
    """A list day that is settled or closed and has papers."""

    day: dt.date
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The frozen messages of a day, in order; bot/digest/select.py says what an item contains.

    `choice` is without the filters; `filtered` is their mark (`Filters.mark`).
    """

    id: int
    list_day: dt.date
    choice: Choice
    filtered: str
    frozen_at: dt.datetime
    items: tuple[dict[str, Any], ...]


def deliverable_days(
    connection: sqlite3.Connection, *, until: dt.date, since: dt.date | None = None
) -> list[DeliverableDay]:
    """The days fit to deliver after `since` (all of them without it) and not after `until`, oldest first."""
    rows = connection.execute(
        f"SELECT day, revision FROM list_day WHERE {_DELIVERABLE} AND day > ? AND day <= ? ORDER BY day",  # noqa: S608
        ("" if since is None else since.isoformat(), until.isoformat()),
    )
    return [DeliverableDay(dt.date.fromisoformat(row["day"]), row["revision"]) for row in rows]


def newest_deliverable(connection: sqlite3.Connection, until: dt.date) -> dt.date | None:
    """The newest day fit to deliver, not after `until`."""
    row = connection.execute(
        f"SELECT max(day) AS day FROM list_day WHERE {_DELIVERABLE} AND day <= ?",  # noqa: S608
        (until.isoformat(),),
    ).fetchone()
    return None if row["day"] is None else dt.date.fromisoformat(row["day"])


def is_deliverable(connection: sqlite3.Connection, day: dt.date) -> bool:
    found = connection.execute(f"SELECT 1 FROM list_day WHERE {_DELIVERABLE} AND day = ?", (day.isoformat(),))  # noqa: S608
    return found.fetchone() is not None


def is_empty(connection: sqlite3.Connection, day: dt.date) -> bool:
    """Whether the day is closed and has no papers: a weekend or a holiday of the Hub."""
    found = connection.execute(
        "SELECT 1 FROM list_day WHERE day = ? AND state = 'closed' AND papers = 0", (day.isoformat(),)
    )
    return found.fetchone() is not None


def selection(connection: sqlite3.Connection, selection_id: int) -> Selection:
    """A frozen selection by its id."""
    row = connection.execute(
        "SELECT list_day, choice, frozen_at, items FROM selection WHERE id = ?", (selection_id,)
    ).fetchone()
    return Selection(
        id=selection_id,
        list_day=dt.date.fromisoformat(row["list_day"]),
        choice=_choice(row["choice"]),
        filtered=next((part.removeprefix(FILTERED) for part in row["choice"].split("|") if part.startswith(FILTERED)), ""),
        frozen_at=from_text(row["frozen_at"]),
        items=tuple(json.loads(row["items"])),
    )


def seen_after(connection: sqlite3.Connection, day: dt.date, instant: dt.datetime) -> set[str]:
    """The papers that stand on a day's list, whoever gave it, and were first seen there after `instant`."""
    rows = connection.execute(
        "SELECT paper.id FROM list_entry JOIN paper ON paper.key = paper_key "
        "WHERE day = ? AND list_entry.first_seen_at > ?",
        (day.isoformat(), to_text(instant)),
    )
    return {row["id"] for row in rows}


def find(connection: sqlite3.Connection, day: DeliverableDay, choice: Choice, variant: str) -> tuple[int, int] | None:
    """Id and number of messages of the selection that was frozen for this day, revision and choice."""
    row = connection.execute(
        "SELECT id, total FROM selection WHERE list_day = ? AND revision = ? AND choice = ? AND previous_id = 0",
        (day.day.isoformat(), day.revision, _key(choice, variant)),
    ).fetchone()
    return None if row is None else (row["id"], row["total"])


def freeze(
    connection: sqlite3.Connection,
    day: DeliverableDay,
    choice: Choice,
    variant: str,
    items: Sequence[Mapping[str, Any]],
    *,
    now: dt.datetime,
) -> tuple[int, int]:
    """Store `items` as what everybody with this day, revision and choice is sent; returns id and number of messages.

    `variant` distinguishes selections of one choice that differ in something else: skipped days that the heading names,
    late papers of earlier days, papers left out because they were sent before; "" for the usual one.
    """
    # Not before what it was chosen from was there: a paper that the list has now is never late for this selection.
    (seen_at,) = connection.execute(
        "SELECT coalesce(max(first_seen_at), '') FROM list_entry WHERE day = ?", (day.day.isoformat(),)
    ).fetchone()
    cursor = connection.execute(
        "INSERT INTO selection (list_day, revision, choice, items, total, frozen_at) VALUES (?, ?, ?, ?, ?, ?)",
        (
            day.day.isoformat(),
            day.revision,
            _key(choice, variant),
            json.dumps(items, ensure_ascii=False, separators=(",", ":")),
            len(items),
            max(to_text(now), seen_at),
        ),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid, len(items)


def _key(choice: Choice, variant: str) -> str:
    return f"{choice.key()}|{variant}" if variant else choice.key()


def _choice(key: str) -> Choice:
    language, shape, top, min_votes, *_ = key.split("|")
    return Choice(
        language=language,
        shape=Shape(shape),
        top=int(top) if top else None,
        min_votes=int(min_votes),
    )
