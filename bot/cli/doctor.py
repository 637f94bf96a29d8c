"""`doctor`: what is wrong with this installation, and what to do about it. The checks are in bot/doctor."""

import json
import sys
import textwrap
from collections import Counter
from pathlib import Path

from bot.doctor.examination import examine
from bot.doctor.finding import Finding, State
from bot.errors import StoreError
from bot.logs import set_up_logs
from bot.settings import load_settings
from bot.store.connection import open_store
from bot.store.search_check import counts, forget_index

_WIDTH = 100
_INDENT = 25


async def show_findings(*, as_json: bool) -> int:
    """Print every finding as it comes; gives the exit status: 0 all well, 1 warnings, 2 failures."""
    # What libraries have to say is said here in better words.
    set_up_logs("error")
    seen: Counter[State] = Counter()
    async for finding in examine(Path.cwd()):
        seen[finding.state] += 1
        sys.stdout.write(json.dumps(finding.as_dict(), ensure_ascii=False) + "\n" if as_json else _shown(finding))
        sys.stdout.flush()
    if not as_json:
        sys.stdout.write(_summed_up(seen))
    return int(max(seen))


def repair_search() -> None:
    """Make the search index anew; a running bot finds little until it is done."""
    settings = load_settings()
    if not settings.database.exists():
        raise StoreError(f"{settings.database} is not there yet, so there is nothing to repair.")
    with open_store(settings.database) as store:
        store.write_now(forget_index)
    # Opening indexes what is pending, some papers at a time.
    with open_store(settings.database) as store:
        found = store.read_now(counts)
        (papers,) = store.read_now(lambda connection: connection.execute("SELECT count(*) FROM paper").fetchone())
    if not found.agrees or found.pending:
        raise StoreError("The search index could be made anew, but is still wrong; restore a backup, and report this.")
    sys.stdout.write(f"The search index was made anew: {papers} papers.\n")


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
