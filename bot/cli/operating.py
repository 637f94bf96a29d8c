"""The terminal's commands for operators: summaries, web pages as files, status, backups, doctor."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import Json, day_of, finish
from bot.errors import UsageError

operating = typer.Typer()


@operating.command(short_help="Check summaries against their papers.")
def check(
    date: Annotated[str | None, typer.Option(help="The list day, as 2024-03-28; the newest when missing.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every paper in the store.")] = False,
    json: Json = False,
) -> None:
    """Check the stored summaries against their papers' titles and abstracts, and say why one does not agree.

    Example: daily-papers check --date 2024-03-28
    """
    from bot.cli.check import check_summaries  # noqa: PLC0415

    if date and every:
        raise UsageError("--date and --all cannot be used together: one names a day, the other means every paper.")
    check_summaries(day_of(date, "--date"), every=every, as_json=json)


@operating.command(short_help="Have missing summaries written by a language model.")
def summarize(
    date: Annotated[str | None, typer.Option(help="The list day, as 2024-03-28; the newest when missing.")] = None,
    paper: Annotated[str | None, typer.Option(help="One paper: an arXiv id, or a URL of arXiv or Hugging Face.")] = None,
    lang: Annotated[
        str | None, typer.Option("--lang", help="Language to write in, such as ko, en, ja. Default: DEFAULT_LANGUAGE.")
    ] = None,
) -> None:
    """Have the language model (LLM_API_URL) write the summaries that are missing, and check what it writes.

    Example: daily-papers summarize --date 2024-03-28 --lang ko
    """
    from bot.cli.models import summarize  # noqa: PLC0415

    if date and paper:
        raise UsageError("--date and --paper cannot be used together: one names a day, the other a paper.")
    finish(summarize(day=day_of(date, "--date"), paper=paper, language=lang))


@operating.command(short_help="Show the calls to language models and their cost.")
def usage(json: Json = False) -> None:
    """Show what language models were asked: calls, tokens and cost, by day and model.

    Example: daily-papers usage --json
    """
    from bot.cli.models import show_usage  # noqa: PLC0415

    show_usage(as_json=json)


@operating.command(short_help="Write the web pages as files.")
def site(
    folder: Annotated[Path, typer.Argument(help="The folder; created if it is missing.")],
    url: Annotated[
        str | None, typer.Option(help="Where people will read the pages, as https://example.org/papers. Default: WEB_URL.")
    ] = None,
    lang: Annotated[
        list[str] | None,
        typer.Option("--lang", help="A language in addition to DEFAULT_LANGUAGE; may be repeated. Default: all."),
    ] = None,
    feed: Annotated[
        list[str] | None,
        typer.Option("--feed", help="A feed for a filter: NAME=FILTER, written as for /filter; may be repeated."),
    ] = None,
    pictures: Annotated[
        bool, typer.Option("--pictures", help="Fetch the papers' pictures for the cards that link previews show.")
    ] = False,
) -> None:
    """Write the web pages as files, for any static host; the next time, only what has changed.

    Example: daily-papers site public --url https://papers.example.org --feed "robots=robot, manipulation votes:5"
    """
    from bot.cli.site import write_site  # noqa: PLC0415

    write_site(folder, url=url, languages=lang or [], feeds=feed or [], pictures=pictures)


@operating.command(short_help="Show how things stand.")
def status(json: Json = False) -> None:
    """Show the newest day, papers, subscribers, deliveries, progress of a broadcast, pauses, and the last errors.

    Example: daily-papers status --json
    """
    from bot.cli.status import show_status  # noqa: PLC0415

    show_status(as_json=json)


@operating.command(short_help="Copy the store while the bot runs.")
def backup(
    to: Annotated[str, typer.Argument(metavar="TO", help="A file, or a folder in which each copy gets its own name.")],
    keep: Annotated[
        int | None, typer.Option(min=1, help="In a folder: keep this many of the newest copies, and delete the others.")
    ] = None,
) -> None:
    """Copy the store while the bot runs, and check that the copy is intact. For cron, with --keep.

    Example: daily-papers backup /mnt/backups --keep 14
    """
    from bot.cli.backup import make_backup  # noqa: PLC0415

    make_backup(to, keep)


@operating.command(short_help="Put a backup in the store's place.")
def restore(
    source: Annotated[Path, typer.Argument(metavar="FROM", help="A copy that `backup` made.")],
) -> None:
    """Put a backup in the store's place; the replaced file is kept beside it. The bot must be stopped.

    Example: daily-papers restore /mnt/backups/daily-papers-backup-20240328T120000Z.db
    """
    from bot.cli.backup import restore_backup  # noqa: PLC0415

    restore_backup(source)


@operating.command(short_help="Check everything that can be wrong.")
def doctor(
    json: Json = False,
    repair: Annotated[
        bool, typer.Option("--repair", help="Rebuild indexes that are wrong, and the search index; change nothing else.")
    ] = False,
) -> None:
    """Check everything that can be wrong, and say what to do about each. Exit status 0: all well, 1: warnings, 2: failures.

    Example: daily-papers doctor --json
    """
    from bot.cli.doctor import repair_indexes, show_findings  # noqa: PLC0415

    if repair:
        repair_indexes()
        return
    finish(show_findings(as_json=json))
