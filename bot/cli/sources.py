"""`fetch`, `import` and `export`: papers into the store and out of it, with progress for a person and a report."""

import datetime as dt
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.clock import Clock
from bot.digest import importing
from bot.errors import SourceError, UsageError
from bot.logs import set_up_logs
from bot.model import ListDay
from bot.parts import open_parts
from bot.settings import load_settings
from bot.store.connection import Store, open_store

# A report names so many unreadable places; the count tells of the rest.
_NAMED = 50


async def fetch_days(*, date: dt.date | None, since: dt.date | None) -> int:
    """Fetch the newest day, one day, or every day since one. Status 4 when one of several could not be fetched."""
    settings = load_settings()
    set_up_logs("warning" if settings.log_level == "info" else settings.log_level)
    async with open_parts(settings) as parts:
        today = parts.clock.now().date()
        for day, name in ((date, "--date"), (since, "--since")):
            if day is not None and day > today:
                raise UsageError(f"{name} {day} is still to come; today is {today} in UTC.")
        if since is not None:
            with _progress() as progress:
                task = progress.add_task("", total=None)
                fetched = await parts.fetcher.fetch_since(
                    since,
                    lambda day, done, total: progress.update(task, description=str(day), completed=done, total=total),
                )
            papers = sum(day.papers for day in fetched.days)
            _say(f"Fetched {len(fetched.days)} days with {papers} papers; {fetched.skipped} were complete before.")
            for failure in fetched.failures:
                _say(f"Not fetched: {failure}")
            return SourceError.exit_status if fetched.failures else 0
        newest = await (parts.fetcher.fetch_day(date) if date is not None else parts.fetcher.fetch_newest())
    if newest is None:
        raise SourceError("Hugging Face has no papers of the last days; `daily-papers fetch --date D` asks for one day.")
    _say(_described(newest))
    return 0


def import_paths(paths: list[Path]) -> None:
    """Import files and folders, and report what was read and what could not be.

    Raises UsageError when there is nothing at a path, or no paper in it.
    """
    settings = load_settings()
    now = Clock(settings.clock).now()
    with open_store(settings.database) as store:
        for path in paths:
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


def export_lines(path: Path | None) -> None:
    """Write the store's papers, lists and summaries. A file is written beside and put in place when it is whole."""
    settings = load_settings()
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
    papers = f"{day.papers} papers" if day.papers != 1 else "1 paper"
    return f"{day.day}: {papers if day.papers else 'no papers'}, {day.state}."


def _progress() -> Progress:
    columns = (TextColumn("{task.description:>16}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
