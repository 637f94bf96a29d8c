"""The least that any planner could do: the same rows into the same tables, in as many transactions, without a thought.

Rows are there already, in a table beside: nothing is read of any subscriber, nothing is decided, nobody speaks in between,
and the order of the due instants is left as it is.
"""

import contextlib
import sqlite3
import time
from pathlib import Path

from bot.store.connection import open_store

_COLUMNS = "target_id, list_day, selection_id, total, state, not_before, planned_at, ended_at"
_SELECTIONS = "INSERT INTO selection SELECT * FROM planned.selection WHERE id NOT IN (SELECT id FROM selection)"
_DELIVERIES = f"""
CREATE TABLE bare_delivery AS SELECT {_COLUMNS} FROM planned.delivery WHERE id > (SELECT coalesce(max(id), 0) FROM delivery)
ORDER BY id
"""
_INSTANTS = """
CREATE TABLE bare_due AS SELECT moved.* FROM planned.due AS moved JOIN due ON due.target_id = moved.target_id
WHERE moved.at <> due.at ORDER BY moved.target_id
"""
_INSERT = f"INSERT INTO delivery ({_COLUMNS}) SELECT {_COLUMNS} FROM bare_delivery WHERE rowid > ? AND rowid <= ?"
_MOVE = """
UPDATE due SET at = bare_due.at, floor_day = bare_due.floor_day, mark = bare_due.mark
FROM bare_due WHERE bare_due.target_id = due.target_id AND bare_due.rowid > ? AND bare_due.rowid <= ?
"""


def copy(source: Path, target: Path) -> None:
    """A copy of a store, as it is now."""
    target.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(source)) as here, contextlib.closing(sqlite3.connect(target)) as there:
        here.backup(there)


def write_bare(copied: Path, planned: Path, chunk: int) -> tuple[int, float, float]:
    """Write what is in `planned` and not yet in `copied`, its copy of before, in chunks of so many rows.

    Gives the number of deliveries, and seconds: of the clock, and of the processor.
    """
    with contextlib.closing(sqlite3.connect(copied, isolation_level=None)) as connection:
        connection.execute("ATTACH ? AS planned", (str(planned),))
        for statement in (_SELECTIONS, _DELIVERIES, _INSTANTS):
            connection.execute(statement)
        deliveries, instants = (
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("bare_delivery", "bare_due")
        )
    # With the writer, the settings and the checkpoints that planning has.
    with open_store(copied) as store:
        began, used = time.perf_counter(), time.process_time()
        for end in range(chunk, max(deliveries, instants) + chunk, chunk):
            store.write_now(_write_chunk, end - chunk, end)
        took = time.perf_counter() - began, time.process_time() - used
    return deliveries, *took


def _write_chunk(connection: sqlite3.Connection, after: int, last: int) -> None:
    for statement in (_INSERT, _MOVE):
        connection.execute(statement, (after, last))
