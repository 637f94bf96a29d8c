"""The commands of the terminal, one function each. What they do lives elsewhere; here it is asked for and shown."""

import asyncio
import contextlib
import datetime as dt
import os
import sys
from collections.abc import Coroutine
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.errors import DailyPapersError, UsageError

app = typer.Typer(
    name="daily-papers",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


class Format(StrEnum):
    """The forms of `digest`."""

    TEXT = "text"
    MD = "md"
    HTML = "html"
    JSON = "json"


Json = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line, for programs.")]
Language = Annotated[
    str | None, typer.Option("--lang", help="Language of the summaries: ko, en, ja or zh-Hans. Default: DEFAULT_LANGUAGE.")
]


def _print_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"daily-papers {version('daily-papers-bot')}\n")
        raise typer.Exit


@app.callback()
def about(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version, and nothing else.")
    ] = False,
) -> None:
    """Daily digests of research papers in Telegram, Discord or this terminal.

    `daily-papers COMMAND --help` explains each command, with an example. Settings are read from the environment and from
    .env of this folder; .env.example explains each.

    Exit status: 0 when the thing was done, 1 when not or in part, 2 when it was asked for wrongly or a setting is wrong, 3
    when the store cannot be used, 4 a source of papers or a language model, 5 a chat platform.

    Example: daily-papers run
    """


@app.command(short_help="Serve every platform that has a token.")
def run() -> None:
    """Serve every platform that has a token; with none, this terminal is the chat.

    Example: TELEGRAM_BOT_TOKEN=123:abc daily-papers run
    """
    from bot.cli.serving import run_service  # noqa: PLC0415 - the service's libraries take half a second

    _finish(run_service())


@app.command(short_help="Talk to the bot in this terminal.")
def chat() -> None:
    """Talk to the bot in this terminal, whatever tokens are set. Reads commands from a pipe too.

    Example: echo /today | daily-papers chat
    """
    from bot.cli.serving import run_chat  # noqa: PLC0415

    _finish(run_chat())


@app.command(short_help="Fetch lists of papers from Hugging Face.")
def fetch(
    date: Annotated[str | None, typer.Option(help="One day, as 2024-03-28.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Every day from this one to today; days that are complete are skipped.")
    ] = None,
    gaps: Annotated[
        bool, typer.Option("--gaps", help="Days that were missed, as the running bot finds them; say what each was.")
    ] = False,
) -> None:
    """Fetch lists of papers from Hugging Face; without options the newest day.

    Example: daily-papers fetch --since 2024-03-01
    """
    from bot.cli.sources import fetch_days  # noqa: PLC0415

    if date and since:
        raise UsageError("--date and --since cannot be used together: one names a day, the other a start.")
    if gaps and (date or since):
        raise UsageError("--gaps finds its days by itself; leave --date and --since away.")
    _finish(fetch_days(date=_day(date, "--date"), since=_day(since, "--since"), gaps=gaps))


@app.command(name="import", short_help="Import papers and summaries.")
def import_(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders: Markdown archives, JSON Lines, Hub answers.")],
) -> None:
    """Import papers and summaries. What cannot be read is reported with file and line, and stops nothing.

    Example: daily-papers import daily_papers_ko/
    """
    from bot.cli.sources import import_paths  # noqa: PLC0415

    import_paths(paths)


@app.command(short_help="Write everything as JSON Lines.")
def export(
    path: Annotated[Path | None, typer.Argument(help="The file to write; standard output when missing.")] = None,
    every: Annotated[
        bool, typer.Option("--all", help="The whole installation, to move it: chats, subscriptions, what was delivered.")
    ] = False,
) -> None:
    """Write every paper, list and summary as JSON Lines; `import` reads it back without loss.

    With --all everything there is, to be moved to another machine, where `import` takes it up; no bot may be running.
    A file that ends in .gz is compressed.

    Example: daily-papers export papers.jsonl
    """
    if every:
        from bot.cli.moving import export_all  # noqa: PLC0415

        export_all(path)
        return
    from bot.cli.sources import export_lines  # noqa: PLC0415

    export_lines(path)


@app.command(short_help="Print a day's digest.")
def digest(
    date: Annotated[str | None, typer.Argument(help="The list day, as 2024-03-28; the newest when missing.")] = None,
    form: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.TEXT,
    lang: Language = None,
    top: Annotated[int | None, typer.Option(min=1, help="At most this many papers.")] = None,
    min_votes: Annotated[int, typer.Option(min=0, help="Only papers with at least this many votes.")] = 0,
) -> None:
    """Print a day's digest from the store.

    Example: daily-papers digest 2024-03-28 --format md > 28.md
    """
    from bot.cli.papers import print_digest  # noqa: PLC0415

    print_digest(_day(date, "DATE"), form, language=lang, top=top, min_votes=min_votes)


@app.command(short_help="Show one paper.")
def paper(
    paper_id: Annotated[str, typer.Argument(metavar="ID", help="An arXiv id or a URL of arXiv, alphaXiv or Hugging Face.")],
    json: Json = False,
    lang: Language = None,
) -> None:
    """Show one paper: from the store, else from Hugging Face, else from arXiv.

    Example: daily-papers paper 2403.18361
    """
    from bot.cli.papers import show_paper  # noqa: PLC0415

    _finish(show_paper(paper_id, as_json=json, language=lang))


@app.command(short_help="Find papers in the store.")
def search(
    words: Annotated[list[str], typer.Argument(help="Words to look for, Korean or English.")],
    json: Json = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most this many papers.")] = 10,
) -> None:
    """Find papers in the store.

    Example: daily-papers search 가우시안 스플래팅 --limit 5
    """
    from bot.cli.papers import search_papers  # noqa: PLC0415

    search_papers(" ".join(words), as_json=json, limit=limit)


@app.command(short_help="Send the digests that are due now.")
def deliver(
    date: Annotated[str | None, typer.Option(help="Send this list day to every subscriber that has not had it.")] = None,
    chat: Annotated[str | None, typer.Option(help="Only this chat, as telegram:ID[/TOPIC] or discord:ID.")] = None,
    again: Annotated[
        bool, typer.Option("--again", help="With --date and --chat: once more, though it has had it.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say to whom and what; send nothing, write nothing.")] = False,
) -> None:
    """Send the digests that are due now, and return when all of them have ended.

    Example: daily-papers deliver --date 2024-03-28 --chat telegram:7 --again
    """
    from bot.cli.delivering import deliver_due  # noqa: PLC0415

    if again and not (date and chat):
        raise UsageError(
            "--again sends one chat's day once more; name both, with --date 2024-03-28 and --chat telegram:ID."
        )
    _finish(deliver_due(_day(date, "--date"), chat=chat, again=again, dry_run=dry_run))


@app.command(short_help="Hold digests back.")
def pause(
    chat: Annotated[str | None, typer.Option(help="Only this chat, as telegram:ID[/TOPIC] or discord:ID.")] = None,
) -> None:
    """Hold every digest back (or one chat's) until `resume`; a running `run` obeys at once, and people are still answered.

    Example: daily-papers pause --chat telegram:7
    """
    from bot.cli.delivering import pause  # noqa: PLC0415

    pause(chat)


@app.command(short_help="End a pause.")
def resume(
    chat: Annotated[str | None, typer.Option(help="Only this chat, as telegram:ID[/TOPIC] or discord:ID.")] = None,
) -> None:
    """End a `pause`: what was held back goes on where it stopped.

    Example: daily-papers resume --chat telegram:7
    """
    from bot.cli.delivering import resume  # noqa: PLC0415

    resume(chat)


@app.command(short_help="Check summaries against their papers.")
def check(
    date: Annotated[str | None, typer.Option(help="The list day, as 2024-03-28; the newest when missing.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every paper of the store.")] = False,
    json: Json = False,
) -> None:
    """Check the stored summaries against their papers' titles and abstracts, and say why one is not faithful.

    Example: daily-papers check --date 2024-03-28
    """
    from bot.cli.check import check_summaries  # noqa: PLC0415

    if date and every:
        raise UsageError("--date and --all cannot be used together: one names a day, the other means every paper.")
    check_summaries(_day(date, "--date"), every=every, as_json=json)


@app.command(short_help="Have missing summaries written by a language model.")
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
    _finish(summarize(day=_day(date, "--date"), paper=paper, language=lang))


@app.command(short_help="Show what language models were asked, and its cost.")
def usage(json: Json = False) -> None:
    """Show what language models were asked: calls, tokens and money by day and model.

    Example: daily-papers usage --json
    """
    from bot.cli.models import show_usage  # noqa: PLC0415

    show_usage(as_json=json)


@app.command(short_help="Write the web pages as files.")
def site(
    folder: Annotated[Path, typer.Argument(help="The folder; made when it is missing.")],
    url: Annotated[
        str | None, typer.Option(help="Where people will read the pages, as https://example.org/papers. Default: WEB_URL.")
    ] = None,
    lang: Annotated[
        list[str] | None, typer.Option("--lang", help="A language beside DEFAULT_LANGUAGE; may be repeated. Default: all.")
    ] = None,
    feed: Annotated[
        list[str] | None, typer.Option("--feed", help="A feed of a filter, as NAME=WORDS of /filter; may be repeated.")
    ] = None,
) -> None:
    """Write the web pages as files, for any static host; the next time only what has changed since.

    Example: daily-papers site public --url https://papers.example.org --feed "robots=robot, manipulation votes:5"
    """
    from bot.cli.site import write_site  # noqa: PLC0415

    write_site(folder, url=url, languages=lang or [], feeds=feed or [])


@app.command(short_help="Show how things stand.")
def status(json: Json = False) -> None:
    """Show the newest day, papers, subscribers, deliveries, how far a broadcast is, what is paused, and the last errors.

    Example: daily-papers status --json
    """
    from bot.cli.status import show_status  # noqa: PLC0415

    show_status(as_json=json)


@app.command(short_help="Copy the store while the bot runs.")
def backup(
    to: Annotated[str, typer.Argument(metavar="TO", help="A file, or a folder in which each copy gets its own name.")],
    keep: Annotated[int | None, typer.Option(min=1, help="In a folder: delete all copies but the newest so many.")] = None,
) -> None:
    """Copy the store while the bot runs, and look the copy through: is it whole? For cron, with --keep.

    Example: daily-papers backup /mnt/backups --keep 14
    """
    from bot.cli.backup import make_backup  # noqa: PLC0415

    make_backup(to, keep)


@app.command(short_help="Put a copy back in the store's place.")
def restore(
    source: Annotated[Path, typer.Argument(metavar="FROM", help="A copy that `backup` has made.")],
) -> None:
    """Put a copy back in the store's place; what stood there is kept beside it. No bot may be running.

    Example: daily-papers restore /mnt/backups/daily-papers-backup-20240328T120000Z.db
    """
    from bot.cli.backup import restore_backup  # noqa: PLC0415

    restore_backup(source)


@app.command(short_help="Check everything that can be wrong.")
def doctor(
    json: Json = False,
    repair: Annotated[
        bool, typer.Option("--repair", help="Make the search index anew where it is wrong; nothing else is changed.")
    ] = False,
) -> None:
    """Check everything that can be wrong, and say what to do about each. Exit status 0: all well, 1: warnings, 2: failures.

    Example: daily-papers doctor --json
    """
    from bot.cli.doctor import repair_search, show_findings  # noqa: PLC0415

    if repair:
        repair_search()
        return
    _finish(show_findings(as_json=json))


def main() -> None:
    """The command's entry: every error that is the program's own becomes one sentence and its exit status."""
    try:
        try:
            app()
        finally:
            # Here, where what goes wrong becomes a sentence; at exit it would be a traceback.
            sys.stdout.flush()
    except DailyPapersError as error:
        _fail(error)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The reader (`head`) has had enough; Python would complain once more at exit while flushing.
        _drop_output()
        sys.exit(0)
    except OSError as error:
        # What was to be shown or piped on cannot be written: a full disk behind a redirection, mostly.
        _drop_output()
        _fail(DailyPapersError(f"The answer cannot be written: {error.strerror or error}."))


def _drop_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(error: DailyPapersError) -> None:
    with contextlib.suppress(BrokenPipeError):
        sys.stderr.write(f"Error: {error}\n")
    sys.exit(error.exit_status)


def _finish(work: Coroutine[Any, Any, int | None]) -> None:
    status = asyncio.run(work)
    if status:
        raise typer.Exit(status)


def _day(text: str | None, name: str) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{name} '{text}' is not a date; write it as 2024-03-28.") from None
