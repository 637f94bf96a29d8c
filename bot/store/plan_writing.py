"""Writes the rows of planning. A plan is stored once, and becomes everybody's rows in a few statements per chunk.

The rows never pass through Python: plans are kept in temporary tables of the connection (docs/decisions/014). Who is owed
what is decided in bot/delivery/planner.py, from what bot/store/planning.py reads.
"""

import datetime as dt
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.clock import to_text
from bot.store.due_instants import to_number

_TABLES = (
    # The first floor is the subscription's, for those who had none; `at`, `floor_day` and `mark` are as in `due`.
    """CREATE TEMP TABLE IF NOT EXISTS plan (
        number INTEGER PRIMARY KEY, at INTEGER, floor_day TEXT, mark INTEGER, first_floor TEXT)""",
    """CREATE TEMP TABLE IF NOT EXISTS plan_day (
        plan INTEGER, state TEXT, list_day TEXT, selection_id INTEGER, total INTEGER, until TEXT,
        PRIMARY KEY (plan, state, list_day)) WITHOUT ROWID""",
    # Which plan targets with a mark get, without reading their outlines.
    """CREATE TEMP TABLE IF NOT EXISTS plan_of_mark (
        mark INTEGER, at INTEGER, plan INTEGER, PRIMARY KEY (mark, at)) WITHOUT ROWID""",
)

# Target and plan: of those whose mark and due instant are known; or as they are given, in one number: pairs in JSON would
# cost a microsecond more, for each of them and each statement.
_PLAN_BITS = 32
_BY_MARKS = """(
    SELECT target_id AS target, plan FROM json_each(:targets) CROSS JOIN due ON target_id = value
    CROSS JOIN temp.plan_of_mark ON plan_of_mark.mark = due.mark AND plan_of_mark.at = due.at WHERE due.at <= :due_by)"""
_AS_GIVEN = f"""(
    SELECT value >> {_PLAN_BITS} AS target, value & {2**_PLAN_BITS - 1} AS plan FROM json_each(:targets))"""  # noqa: S608

# Not where the statements below would take the mark before the last of them has looked for it.
_KNOW = f"""
INSERT OR IGNORE INTO temp.plan_of_mark (mark, at, plan)
SELECT mark, at, plan FROM {_AS_GIVEN} AS chunk CROSS JOIN due ON target_id = target
WHERE mark IS NOT NULL AND NOT EXISTS (SELECT 1 FROM temp.plan_day WHERE plan_day.plan = chunk.plan AND state = 'waiting')
"""  # noqa: S608


class Kind(StrEnum):
    """The statements of a chunk, in their order."""

    FIRST_FLOOR = "first floor"
    SKIPPED = "skipped"
    WAITING = "waiting"
    READY = "ready"
    MOVED = "moved"  # the last of all, for what changes before takes marks


_FIRST_FLOOR = """
UPDATE subscription SET floor_day = first_floor FROM {targets} CROSS JOIN temp.plan ON number = plan
WHERE target_id = target AND first_floor IS NOT NULL
"""

# A parked delivery is taken up again where it was; one that waited gets its selection. Anything else was had already.
# That its message may stand there already is not forgotten: so much of the attempts stays.
# One without a message is done at once: its filters take everything away, and the chat has been told so before.
# WHERE with ON: without it SQLite takes ON for a join's (sqlite.org/lang_upsert.html, "Parsing Ambiguity").
_READY = """
INSERT INTO delivery (target_id, list_day, selection_id, total, state, not_before, planned_at, ended_at)
SELECT target, list_day, selection_id, total, iif(total > 0, 'ready', 'done'), until, :now, iif(total > 0, NULL, :now)
FROM {targets} CROSS JOIN temp.plan_day USING (plan) WHERE state = 'ready'
ON CONFLICT (target_id, list_day) DO UPDATE SET
    total = CASE WHEN selection_id IS NULL THEN excluded.total ELSE total END,
    selection_id = coalesce(selection_id, excluded.selection_id),
    state = iif(selection_id IS NULL, excluded.state, iif(total > cursor, 'ready', 'done')),
    not_before = excluded.not_before, planned_at = excluded.planned_at, lapses_at = NULL,
    ended_at = iif(selection_id IS NULL, excluded.ended_at, iif(total > cursor, NULL, coalesce(ended_at, :now))),
    attempts = min(attempts, 1), last_error = ''
    WHERE state IN ('waiting', 'parked')
"""

_WAITING = """
INSERT INTO delivery (target_id, list_day, state, lapses_at, planned_at)
SELECT target, list_day, 'waiting', until, :now FROM {targets} CROSS JOIN temp.plan_day USING (plan) WHERE state = 'waiting'
ON CONFLICT (target_id, list_day) DO UPDATE SET
    state = 'waiting', lapses_at = excluded.lapses_at, planned_at = excluded.planned_at, ended_at = NULL, last_error = ''
    WHERE state = 'parked' AND selection_id IS NULL
"""

_SKIPPED = """
INSERT INTO delivery (target_id, list_day, state, planned_at, ended_at)
SELECT target, list_day, 'skipped', :now, :now FROM {targets} CROSS JOIN temp.plan_day USING (plan) WHERE state = 'skipped'
ON CONFLICT (target_id, list_day) DO UPDATE SET state = 'skipped', ended_at = excluded.ended_at
    WHERE state IN ('waiting', 'parked')
"""

# The order of the instants is brought after it by bot/store/due_instants.py, `follow`.
_MOVED = """
UPDATE due SET at = plan.at, floor_day = plan.floor_day, mark = plan.mark
FROM {targets} AS chunk CROSS JOIN temp.plan ON number = chunk.plan WHERE due.target_id = target
"""

_STATEMENTS = {
    Kind.FIRST_FLOOR: _FIRST_FLOOR,
    Kind.SKIPPED: _SKIPPED,
    Kind.WAITING: _WAITING,
    Kind.READY: _READY,
    Kind.MOVED: _MOVED,
}


@dataclass(frozen=True, slots=True)
class Plan:
    """The rows of everybody with one outline, without the target; texts as the store writes them."""

    # The next due instant, never an earlier one; the floor up to which nothing is looked at any more; the mark of what is
    # known then. None where a row of `due` is to stay as it is.
    moved: tuple[int, str | None, int | None] | None = None
    ready: tuple[tuple[str, int, int, str], ...] = ()  # list day, selection, number of messages, not before
    waiting: tuple[tuple[str, str], ...] = ()  # list day, until when
    skipped: tuple[str, ...] = ()
    first_floor: str | None = None  # the subscription's, for those who had none

    def kinds(self) -> set[Kind]:
        """The statements that it needs."""
        needed = {
            Kind.FIRST_FLOOR: self.first_floor,
            Kind.SKIPPED: self.skipped,
            Kind.WAITING: self.waiting,
            Kind.READY: self.ready,
            Kind.MOVED: self.moved,
        }
        return {kind for kind, rows in needed.items() if rows}


@dataclass(frozen=True, slots=True)
class Written:
    """How many deliveries are ready to be sent now, and how many targets are due at another instant."""

    ready: int
    moved: int


def newest_plan(connection: sqlite3.Connection) -> int | None:
    """The number of the plan that was kept last on this connection; None for none."""
    for table in _TABLES:
        connection.execute(table)
    newest: int | None = connection.execute("SELECT max(number) FROM temp.plan").fetchone()[0]
    return newest


def forget_plans(connection: sqlite3.Connection) -> None:
    """Forget all plans that were kept."""
    for table in ("plan", "plan_day", "plan_of_mark"):
        connection.execute(f"DELETE FROM temp.{table}")  # noqa: S608


def keep_plan(connection: sqlite3.Connection, number: int, plan: Plan) -> None:
    """Keep a plan under a number."""
    at, floor_day, mark = plan.moved or (None, None, None)
    connection.execute("INSERT INTO temp.plan VALUES (?, ?, ?, ?, ?)", (number, at, floor_day, mark, plan.first_floor))
    rows = [
        *((number, "ready", *row) for row in plan.ready),
        *((number, "waiting", day, None, None, until) for day, until in plan.waiting),
        *((number, "skipped", day, None, None, None) for day in plan.skipped),
    ]
    connection.executemany("INSERT INTO temp.plan_day VALUES (?, ?, ?, ?, ?, ?)", rows)


def know_marks(connection: sqlite3.Connection, plans: Mapping[int, int]) -> None:
    """By target its plan's number: the plan is everybody's who has that target's mark and due instant, as they are now."""
    connection.execute(_KNOW, {"targets": _as_numbers(plans)})


def write_by_marks(
    connection: sqlite3.Connection, targets: Sequence[int], kinds: Iterable[Kind], *, now: dt.datetime
) -> Written:
    """Write the rows of those of `targets` that are due by now and whose mark is known; of others nothing."""
    return _write(connection, _BY_MARKS, json.dumps(targets), kinds, now)


def write(connection: sqlite3.Connection, plans: Mapping[int, int], kinds: Iterable[Kind], *, now: dt.datetime) -> Written:
    """Write the rows of these targets, by each the number of its plan."""
    return _write(connection, _AS_GIVEN, _as_numbers(plans), kinds, now)


def _as_numbers(plans: Mapping[int, int]) -> str:
    return json.dumps([target << _PLAN_BITS | plan for target, plan in plans.items()])


def _write(connection: sqlite3.Connection, source: str, targets: str, kinds: Iterable[Kind], now: dt.datetime) -> Written:
    values = {"targets": targets, "now": to_text(now), "due_by": to_number(now)}
    wanted = set(kinds)
    counts = {
        kind: connection.execute(statement.format(targets=source), values).rowcount
        for kind, statement in _STATEMENTS.items()
        if kind in wanted
    }
    return Written(counts.get(Kind.READY, 0), counts.get(Kind.MOVED, 0))
