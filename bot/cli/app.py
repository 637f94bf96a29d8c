"""The commands of the terminal for reading and delivering papers, one function each; those for operators are in
bot/cli/operating.py.

Here are arguments, options and help; the work is in the other modules, imported when a command runs.
"""

import contextlib
import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.operating import operating
from bot.cli.options import Format, Json, Language, day_of, finish
from bot.errors import DailyPapersError, UsageError

app = typer.Typer(
    name="daily-papers",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"daily-papers {version('daily-papers-bot')}\n")
        raise typer.Exit


@app.callback()
def about(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Daily digests of research papers in Telegram, Discord or this terminal.

    `daily-papers COMMAND --help` explains each command, with an example. Settings are read from the environment and from
    .env in this folder; .env.example explains each.

    Exit status: 0 done, 1 not done or only in part, 2 wrong usage or a wrong setting, 3 the store cannot be used, 4 a
    source of papers or a language model cannot be reached, 5 a chat platform cannot be used.

    Example: daily-papers run
    """


@app.command(short_help="Serve every platform that has a token.")
def run() -> None:
    """Serve every platform that has a token; with none, this terminal is the chat.

    Example: TELEGRAM_BOT_TOKEN=123:abc daily-papers run
    """
    from bot.cli.serving import run_service  # noqa: PLC0415 - the service's libraries take half a second

    finish(run_service())


@app.command(short_help="Talk to the bot in this terminal.")
def chat() -> None:
    """Talk to the bot in this terminal, even if tokens are set. Also reads commands from a pipe.

    Example: echo /today | daily-papers chat
    """
    from bot.cli.serving import run_chat  # noqa: PLC0415

    finish(run_chat())


@app.command(short_help="Fetch lists of papers from Hugging Face.")
def fetch(
    date: Annotated[str | None, typer.Option(help="One day, as 2024-03-28.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Every day from this one to today, except those that are complete already.")
    ] = None,
    gaps: Annotated[
        bool,
        typer.Option("--gaps", help="The days that were missed, as the running bot does; say what each turned out to be."),
    ] = False,
) -> None:
    """Fetch lists of papers from Hugging Face; without options, the newest day.

    Example: daily-papers fetch --since 2024-03-01
    """
    from bot.cli.sources import fetch_days  # noqa: PLC0415

    if date and since:
        raise UsageError("--date and --since cannot be used together: one names a day, the other a start.")
    if gaps and (date or since):
        raise UsageError("--gaps finds its days by itself; leave --date and --since away.")
    finish(fetch_days(date=day_of(date, "--date"), since=day_of(since, "--since"), gaps=gaps))


@app.command(name="import", short_help="Import papers and summaries.")
def import_(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders: Markdown archives, JSON Lines, Hub answers.")],
) -> None:
    """Import papers and summaries. What cannot be read is reported with its file and line; the rest is imported.

    Example: daily-papers import daily_papers_ko/
    """
    from bot.cli.sources import import_paths  # noqa: PLC0415

    import_paths(paths)


@app.command(short_help="Write everything as JSON Lines.")
def export(
    path: Annotated[Path | None, typer.Argument(help="The file to write. Default: standard output.")] = None,
    every: Annotated[
        bool, typer.Option("--all", help="The whole installation, for moving it: chats, subscriptions, what was delivered.")
    ] = False,
) -> None:
    """Write every paper, list and summary as JSON Lines; `import` reads it back without loss.

    With --all, write everything there is, to be imported on another machine; the bot must be stopped. A file whose name
    ends in .gz is compressed.

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
    date: Annotated[str | None, typer.Argument(help="The list day, as 2024-03-28. Default: the newest.")] = None,
    form: Annotated[Format, typer.Option("--format", help="The output format.")] = Format.TEXT,
    lang: Language = None,
    top: Annotated[int | None, typer.Option(min=1, help="At most this many papers.")] = None,
    min_votes: Annotated[int, typer.Option(min=0, help="Only papers with at least this many votes.")] = 0,
) -> None:
    """Print a day's digest from the store.

    Example: daily-papers digest 2024-03-28 --format md > 28.md
    """
    from bot.cli.papers import print_digest  # noqa: PLC0415

    print_digest(day_of(date, "DATE"), form, language=lang, top=top, min_votes=min_votes)


@app.command(short_help="Show one paper.")
def paper(
    paper_id: Annotated[str, typer.Argument(metavar="ID", help="An arXiv id or a URL of arXiv, alphaXiv or Hugging Face.")],
    json: Json = False,
    lang: Language = None,
) -> None:
    """Show one paper, from the store, or else from Hugging Face, or else from arXiv.

    Example: daily-papers paper 2403.18361
    """
    from bot.cli.papers import show_paper  # noqa: PLC0415

    finish(show_paper(paper_id, as_json=json, language=lang))


@app.command(short_help="Find papers in the store.")
def search(
    words: Annotated[list[str], typer.Argument(help="Words to look for, in any language.")],
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
    date: Annotated[
        str | None, typer.Option(help="Send this list day to every subscriber that has not had it yet.")
    ] = None,
    chat: Annotated[str | None, typer.Option(help="Only this chat, as telegram:ID[/TOPIC] or discord:ID.")] = None,
    again: Annotated[
        bool, typer.Option("--again", help="With --date and --chat: send it once more, even if that chat has had it.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go to whom; send nothing, write nothing.")
    ] = False,
) -> None:
    """Send the digests that are due now, and return when all of them are done.

    Example: daily-papers deliver --date 2024-03-28 --chat telegram:7 --again
    """
    from bot.cli.delivering import deliver_due  # noqa: PLC0415

    if again and not (date and chat):
        raise UsageError(
            "--again sends one chat's day once more; name both, with --date 2024-03-28 and --chat telegram:ID."
        )
    finish(deliver_due(day_of(date, "--date"), chat=chat, again=again, dry_run=dry_run))


@app.command(short_help="Hold back digests.")
def pause(
    chat: Annotated[str | None, typer.Option(help="Only this chat, as telegram:ID[/TOPIC] or discord:ID.")] = None,
) -> None:
    """Hold back every digest (or one chat's) until `resume`. A running bot obeys at once; people are still answered.

    Example: daily-papers pause --chat telegram:7
    """
    from bot.cli.delivering import pause  # noqa: PLC0415

    pause(chat)


@app.command(short_help="End a pause.")
def resume(
    chat: Annotated[str | None, typer.Option(help="Only this chat, as telegram:ID[/TOPIC] or discord:ID.")] = None,
) -> None:
    """End a `pause`: digests go on where they stopped.

    Example: daily-papers resume --chat telegram:7
    """
    from bot.cli.delivering import resume  # noqa: PLC0415

    resume(chat)


# Without a name, so that its commands are on the same level as those above, also in `--help`.
app.add_typer(operating)


def main() -> None:
    """The entry point: each error of the program's own is shown as one sentence and becomes its exit status."""
    try:
        try:
            app()
        finally:
            # Flushed here, where an error becomes a sentence; at exit it would be a traceback.
            sys.stdout.flush()
    except DailyPapersError as error:
        _fail(error)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The reader (`head`) has closed the pipe; Python would complain again while flushing at exit.
        _drop_output()
        sys.exit(0)
    except OSError as error:
        # Output cannot be written: mostly a full disk behind a redirection.
        _drop_output()
        _fail(DailyPapersError(f"The answer cannot be written: {error.strerror or error}."))


def _drop_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(error: DailyPapersError) -> None:
    with contextlib.suppress(BrokenPipeError):
        sys.stderr.write(f"Error: {error}\n")
    sys.exit(error.exit_status)
