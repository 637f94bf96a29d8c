"""Imports files into the store, and exports the store into a file. Files are parsed in bot/digest/reading.py."""

import datetime as dt
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.digest.list_days import closes_at, state_after_fetch
from bot.digest.reading import SUFFIXES, FileContent, Unreadable, read_file
from bot.errors import UsageError
from bot.model import ListDay, ListDayState, Origin
from bot.ports import SourcePaper
from bot.sample import sample_day
from bot.sources import jsonl
from bot.store.connection import Store
from bot.store.list_days import list_day, save_list
from bot.store.papers import MergeCounts, merge_papers
from bot.store.records import ListEntry, all_records, restore_lists, restore_papers

# Papers written in one transaction: people's commands wait for it, some tenths of a second.
_BATCH = 1500
# A recorded day that is younger than this hour of its own is not yet settled; as the setting's default.
_SETTLE_HOUR = 12


@dataclass(slots=True)
class ImportReport:
    """What an import did. `lines_read` and the lines of `unreadable` add up to `lines`."""

    files: int = 0
    days: set[dt.date] = field(default_factory=set)
    papers: set[str] = field(default_factory=set)
    counts: MergeCounts = field(default_factory=MergeCounts)
    lines: int = 0
    unreadable: list[Unreadable] = field(default_factory=list)

    @property
    def lines_unread(self) -> int:
        return sum(one.lines for one in self.unreadable)

    @property
    def failed_files(self) -> int:
        """Files of which nothing could be read."""
        return sum(one.what == "file" for one in self.unreadable)

    @property
    def lines_read(self) -> int:
        return self.lines - self.lines_unread


def import_path(
    store: Store, path: Path, *, now: dt.datetime, progress: Callable[[Path, int, int], None] | None = None
) -> ImportReport:
    """Import a file, or every `.md`, `.jsonl` and `.json` below a folder. Importing the same again changes nothing.

    `progress(path, done, total)` is called before each file. Raises UsageError when there is nothing at `path` to import;
    what cannot be read in a file is in the report.
    """
    paths = _files(path)
    report = ImportReport()
    batch: list[FileContent] = []
    for done, one in enumerate(paths):
        if progress is not None:
            progress(one, done, len(paths))
        content = read_file(one)
        _count(report, content)
        batch.append(content)
        if sum(map(_size, batch)) >= _BATCH:
            _save(store, report, batch, now)
            batch = []
    _save(store, report, batch, now)
    if progress is not None:
        progress(path, len(paths), len(paths))
    return report


def export_lines(store: Store, write: Callable[[str], object]) -> int:
    """Give every paper, list and summary to `write`, a line at a time with its line break; gives the number of papers."""
    return store.read_now(_export, write)


def save_sample(connection: sqlite3.Connection, *, now: dt.datetime) -> ListDay:
    """Put the bundled sample day into the store; whatever else it knows of that day stands over it."""
    day, papers = sample_day()
    merge_papers(connection, [SourcePaper(paper=one, source="sample") for one in papers], now=now)
    return save_list(connection, day, papers, origin=Origin.SAMPLE, state=ListDayState.CLOSED, now=now)


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(one for one in path.rglob("*") if one.suffix in SUFFIXES and one.is_file())
        if not found:
            raise UsageError(f"{path} holds no files to import ({', '.join(f'*{suffix}' for suffix in SUFFIXES)}).")
        return found
    if not path.exists():
        raise UsageError(f"There is nothing at {path}. Name a file or a folder to import.")
    return [path]


def _count(report: ImportReport, content: FileContent) -> None:
    report.files += 1
    report.lines += content.lines
    report.unreadable += content.unreadable
    report.days.update(content.archive, content.hub)
    report.days.update(one.day for record in content.records for one in record.days)
    report.papers.update(one.paper.id for one in _papers(content))
    report.papers.update(record.paper.id for record in content.records if record.paper)


def _papers(content: FileContent) -> Iterator[SourcePaper]:
    for papers in (*content.archive.values(), *content.hub.values(), content.papers):
        yield from papers


def _size(content: FileContent) -> int:
    return sum(1 for _ in _papers(content)) + len(content.records)


def _save(store: Store, report: ImportReport, batch: list[FileContent], now: dt.datetime) -> None:
    if not batch:
        return
    papers = [_until(now, one) for content in batch for one in _papers(content)]
    for start in range(0, len(papers), _BATCH):
        report.counts += store.write_now(merge_papers, papers[start : start + _BATCH], now=now)
    store.write_now(_save_lists, batch, now=now)
    records = [record for content in batch for record in content.records]
    for start in range(0, len(records), _BATCH):
        report.counts += store.write_now(restore_papers, records[start : start + _BATCH], now=now)
    if records:
        # Only now: a day's papers may stand anywhere in a file.
        entries: Iterable[tuple[str, tuple[ListEntry, ...]]] = [
            (record.paper.id, record.entries) for record in records if record.paper
        ]
        store.write_now(restore_lists, [day for record in records for day in record.days], entries, now=now)


def _until(now: dt.datetime, one: SourcePaper) -> SourcePaper:
    """A file of a day that is not over yet speaks of the present: what the Hub says later today is newer."""
    return one if one.known_at is None or one.known_at <= now else replace(one, known_at=now)


def _save_lists(connection: sqlite3.Connection, batch: list[FileContent], *, now: dt.datetime) -> None:
    for content in batch:
        for day, papers in content.archive.items():
            facts = [one.paper for one in papers]
            save_list(connection, day, facts, origin=Origin.ARCHIVE, state=ListDayState.CLOSED, now=now)
        for day, papers in content.hub.items():
            known = list_day(connection, day)
            if known is not None and known.origin is Origin.HUB and known.fetched_at is not None:
                # What the Hub itself said stands over a recording, of which nobody knows when it was made.
                continue
            # A recording of a day that is not over yet may lack what comes after it.
            state = ListDayState.CLOSED if now >= closes_at(day) else state_after_fetch(day, len(papers), now, _SETTLE_HOUR)
            facts = [one.paper for one in papers]
            save_list(connection, day, facts, origin=Origin.HUB, state=state, now=now, recorded=True)


def _export(connection: sqlite3.Connection, write: Callable[[str], object]) -> int:
    papers = 0
    # One transaction, so that all lines are of one moment.
    connection.execute("BEGIN")
    try:
        for record in all_records(connection):
            papers += record.paper is not None
            write(jsonl.line_of(record) + "\n")
    finally:
        connection.execute("ROLLBACK")
    return papers
