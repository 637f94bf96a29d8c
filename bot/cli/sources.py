"""`fetch`, `import` and `export`: papers into the store and out of it, with progress and a report."""

import asyncio
import contextlib
import datetime as dt
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.cli.moving import check_place, header_of, import_all
from bot.clock import Clock
from bot.digest import importing
from bot.digest.fetching import Fetcher
from bot.errors import SourceError, SourceRefused, UsageError
from bot.logs import set_up_logs
from bot.model import ListDay, ListDayState
from bot.parts import open_parts
from bot.settings import load_settings
from bot.store.connection import Store, open_store
from bot.summaries.checking import check_imported

# How many unreadable places a report lists; the rest are only counted.
_NAMED = 50


async def fetch_days(*, date: dt.date | None, since: dt.date | None, gaps: bool = False) -> int:
    """Fetch the newest day, one day, every day since one, or the gaps. Status 4 when one of several was not fetched."""
    settings = load_settings()
    set_up_logs("warning" if settings.log_level == "info" else settings.log_level, settings.secrets)
    async with open_parts(settings) as parts, _checked(parts.store):
        today = parts.clock.now().date()
        for day, name in ((date, "--date"), (since, "--since")):
            if day is not None and day > today:
                raise UsageError(f"{name} {day} is still to come; today is {today} in UTC.")
        if gaps:
            return await _fill_gaps(parts.fetcher)
        if since is not None:
            return await _fetch_since(parts.fetcher, since)
        newest = await (parts.fetcher.fetch_day(date) if date is not None else parts.fetcher.fetch_newest())
    if newest is None:
        raise SourceError("Hugging Face has no papers of the last days; `daily-papers fetch --date D` asks for one day.")
    _say(_described(newest))
    return 0


@contextlib.asynccontextmanager
async def _checked(store: Store) -> AsyncIterator[None]:
    """Check what an archive wrote of papers whose abstracts have come by the end of the block, however it ends."""
    try:
        yield
    finally:
        await asyncio.to_thread(check_imported, store)


async def _fetch_since(fetcher: Fetcher, since: dt.date) -> int:
    with _progress() as progress:
        task = progress.add_task("", total=None)
        fetched = await fetcher.fetch_since(
            since,
            lambda day, done, total: progress.update(task, description=str(day), completed=done, total=total),
        )
    papers = sum(day.papers for day in fetched.days)
    _say(f"Fetched {len(fetched.days)} days with {papers} papers; {fetched.skipped} were complete before.")
    for failure in fetched.failures:
        _say(f"Not fetched: {failure}")
    return SourceError.exit_status if fetched.failures else 0


async def _fill_gaps(fetcher: Fetcher) -> int:
    """Say which days are missing, fetch each, and say what it was: papers, none, not there yet, or a failure."""
    since, missing = await fetcher.gaps()
    if since is None:
        _say("Nothing has been fetched from Hugging Face yet, so nothing can be missing; `daily-papers fetch` begins.")
        return 0
    if not missing:
        _say(f"No gaps: every day since {since} has been fetched to its end.")
        return 0
    _say(f"{_counted(len(missing), 'day')} since {since} to fetch:")
    failed = 0
    for day, known in reversed(missing):
        try:
            found = _described(await fetcher.fetch_day(day))
        except SourceRefused as error:
            found = f"{day}: not there yet. {error}"
        except SourceError as error:
            failed += 1
            found = f"{day}: could not be fetched, which says nothing of its papers. {error}"
        _say(f"  {found} Before: {_known(known)}.")
    if failed:
        _say(f"{_counted(failed, 'day')} could not be fetched; the running bot tries again each hour.")
    return SourceError.exit_status if failed else 0


def _known(day: ListDay | None) -> str:
    if day is None:
        return "never asked for"
    if day.state is ListDayState.WANTED:
        return "only failures"
    if day.fetched_at is None:
        return f"{_counted(day.papers, 'paper')} of an archive"
    return f"{_counted(day.papers, 'paper')} at {day.fetched_at:%Y-%m-%d %H:%M} UTC"


def import_paths(paths: list[Path]) -> None:
    """Import files and folders, and report what was read and what could not be.

    Raises UsageError when there is nothing at a path, or no paper in it.
    """
    settings = load_settings()
    now = Clock(settings.clock).now()
    moved = {path: header for path in paths if (header := header_of(path)) is not None}
    for path, header in moved.items():
        import_all(path, header)
    if len(moved) == len(paths):
        return
    with open_store(settings.database) as store:
        for path in paths:
            if path not in moved:
                _import(store, path, now)


def _import(store: Store, path: Path, now: dt.datetime) -> None:
    with _progress() as progress:
        task = progress.add_task("", total=None)
        report = importing.import_path(
            store,
            path,
            now=now,
            progress=lambda file, done, total: progress.update(task, description=file.name, completed=done, total=total),
        )
    for unreadable in report.unreadable[:_NAMED]:
        _say(f"Not read: {unreadable}")
    if len(report.unreadable) > _NAMED:
        _say(f"Not read: {len(report.unreadable) - _NAMED} more places.")
    counts = report.counts
    _say(
        f"{path}: {report.files} files, {len(report.days)} days, {len(report.papers)} papers "
        f"({counts.added} new, {counts.changed} changed, {counts.unchanged} as before); "
        f"{report.lines} lines, of which {report.lines_read} read and {report.lines_unread} reported."
    )
    if not report.papers:
        raise UsageError(f"No paper could be read at {path}.")
    _check(store)


def _check(store: Store) -> None:
    """Check the summaries that came; the running bot does so for those whose papers' abstracts come later."""
    with _progress() as progress:
        task = progress.add_task("checking", total=None)
        checked = check_imported(store, lambda done: progress.update(task, completed=done))
    if checked:
        _say(f"{checked} summaries were checked against their papers; `daily-papers check` tells what was found.")


def export_lines(path: Path | None) -> None:
    """Write the store's papers, lists and summaries. A file is written beside and put in place when it is whole."""
    settings = load_settings()
    if path is not None:
        check_place(path, settings.database)
    with open_store(settings.database) as store:
        if path is None:
            importing.export_lines(store, sys.stdout.write)
            return
        partial = path.with_name(path.name + ".partial")
        try:
            with partial.open("w", encoding="utf-8") as file:
                count = importing.export_lines(store, file.write)
            partial.replace(path)
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise UsageError(f"{path} cannot be written: {error.strerror}.") from error
    _say(f"Wrote {count} papers to {path}.")


def _described(day: ListDay) -> str:
    if day.papers:
        return f"{day.day}: {_counted(day.papers, 'paper')}, {day.state}."
    if day.state is ListDayState.CLOSED:
        return f"{day.day}: no papers, {day.state}; Hugging Face has none of that day."
    return f"{day.day}: no papers yet, {day.state}; the list fills in the course of the day."


def _counted(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"


def _progress() -> Progress:
    columns = (TextColumn("{task.description:>16}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
