"""Checks imported summaries against their papers, and stores the verdicts.

In batches, and not on the event loop's thread, because a summary takes about 3 ms and an archive has thousands. Not in the
import's transaction: most archives have no abstracts, which come days later from the Hub, and a new version of the check
has to look at old summaries again; both need a separate pass. `daily-papers import` makes that pass after importing, the
service at its start and after each fetch. Until then readers are told that a summary is not verified.
"""

from collections.abc import Callable

from bot.model import SummarySource
from bot.store import summaries
from bot.store.connection import Store
from bot.store.summaries import Checked, Unchecked
from bot.summaries.faithfulness import Verdict, check
from bot.summaries.prompt import FULL

# Raise it when the check's rules change: everything imported is then checked anew.
CHECK_VERSION = "2"
# A tenth of a second of one thread; people's commands never wait for more than one short transaction.
BATCH = 40


def check_batch(store: Store) -> int:
    """Check a batch of what was not checked; gives how many there were, 0 when nothing is left. Not on an event loop."""
    batch = store.read_now(summaries.unchecked, CHECK_VERSION, BATCH)
    if batch:
        verdicts = [judged(one) for one in batch]
        store.write_now(summaries.save_verdicts, verdicts, CHECK_VERSION)
    return len(batch)


def check_imported(store: Store, progress: Callable[[int], object] | None = None) -> int:
    """Check all that was not checked, batch after batch; gives how many."""
    done = 0
    while checked := check_batch(store):
        done += checked
        if progress is not None:
            progress(done)
    return done


def judged(one: Unchecked) -> Checked:
    """The verdict on a stored summary, whoever wrote it."""
    alone = saw_the_abstract_alone(one.source, one.prompt_version)
    verdict: Verdict = check(one.title, one.abstract, one.bullets, one.language, whole_source=alone)
    return Checked(one, faithful=verdict.faithful is not False, reasons=verdict.reasons)


def saw_the_abstract_alone(source: SummarySource, prompt_version: str) -> bool:
    """Whether the writer was given the abstract and nothing else. A whole text that one was given is not kept."""
    return source is SummarySource.MODEL and not prompt_version.endswith(FULL)
