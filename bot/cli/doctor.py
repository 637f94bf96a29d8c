"""`doctor`: what is wrong with this installation, and what to do about it. The checks are in bot/doctor."""

import datetime as dt
import json
import sqlite3
import sys
import textwrap
from collections import Counter
from pathlib import Path

from bot.clock import Clock
from bot.doctor.examination import examine
from bot.doctor.finding import Finding, State
from bot.errors import StoreError
from bot.logs import set_up_logs
from bot.settings import load_settings
from bot.store import due_instants
from bot.store.backup import found_wrong
from bot.store.connection import open_store
from bot.store.search_check import counts, forget_index

_WIDTH = 100
_INDENT = 25


async def show_findings(*, as_json: bool) -> int:
    """Print every finding as it comes; gives the exit status: 0 all well, 1 warnings, 2 failures."""
    # What libraries have to say is said here in better words.
    set_up_logs("critical")
    seen: Counter[State] = Counter()
    async for finding in examine(Path.cwd()):
        seen[finding.state] += 1
        sys.stdout.write(json.dumps(finding.as_dict(), ensure_ascii=False) + "\n" if as_json else _shown(finding))
        sys.stdout.flush()
    if not as_json:
        sys.stdout.write(_summed_up(seen))
    return int(max(seen))


def repair_indexes() -> None:
    """Make anew what follows from the rest: the search index; SQLite's indexes and the order of who is due where they are
    wrong. A running bot finds little until it is done.
    """
    settings = load_settings()
    if not settings.database.exists():
        raise StoreError(f"{settings.database} is not there yet, so there is nothing to repair.")
    with open_store(settings.database) as store:
        if store.write_now(_index_anew):
            sys.stdout.write("SQLite's indexes were made anew.\n")
        if count := store.write_now(_order_anew, Clock(settings.clock).now()):
            sys.stdout.write(f"Due again: {count} subscription{'s' if count > 1 else ''}.\n")
        store.write_now(forget_index)
    # Opening indexes what is pending, some papers at a time.
    with open_store(settings.database) as store:
        found = store.read_now(counts)
        (papers,) = store.read_now(lambda connection: connection.execute("SELECT count(*) FROM paper").fetchone())
    if not found.agrees or found.pending:
        raise StoreError("The search index could be made anew, but is still wrong; restore a backup, and report this.")
    sys.stdout.write(f"The search index was made anew: {papers} papers.\n")


def _index_anew(connection: sqlite3.Connection) -> bool:
    """Whether an index did not fit its table. Raises StoreError when what is wrong cannot be mended so."""
    if not found_wrong(connection, "integrity_check"):
        return False
    try:
        connection.execute("REINDEX")
        left = found_wrong(connection, "integrity_check")
    except sqlite3.IntegrityError as error:
        left = [str(error)]
    if left:
        raise StoreError(f"This cannot be repaired: {'; '.join(left)}. Put a backup back: `daily-papers restore FILE`.")
    return True


def _order_anew(connection: sqlite3.Connection, now: dt.datetime) -> int:
    targets = due_instants.forgotten(connection)
    due_instants.put_back(connection, targets, now)
    return len(targets)


def _shown(finding: Finding) -> str:
    mark = {State.OK: "ok", State.WARNING: "warning", State.FAILURE: "FAILURE"}[finding.state]
    head = f"{mark:<9}{finding.check:<{_INDENT - 9}}"
    lines = []
    for part in finding.found.split("\n"):
        lines += textwrap.wrap(part, _WIDTH - _INDENT, break_long_words=False, break_on_hyphens=False) or [""]
    if finding.todo:
        lines += textwrap.wrap(f"→ {finding.todo}", _WIDTH - _INDENT, break_long_words=False, break_on_hyphens=False)
    return head + f"\n{' ' * _INDENT}".join(lines) + "\n"


def _summed_up(seen: Counter[State]) -> str:
    if set(seen) == {State.OK}:
        return f"All {seen[State.OK]} checks are well.\n"
    named = {State.FAILURE: ("failure", "failures"), State.WARNING: ("warning", "warnings")}
    said = [f"{seen[state]} {words[seen[state] != 1]}" for state, words in named.items() if seen[state]]
    return f"{' and '.join(said)}; of {seen.total()} checks {seen[State.OK]} are well.\n"
