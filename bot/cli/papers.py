"""`digest`, `paper` and `search`: what the store has, for a person or for a program."""

import datetime as dt
import json
import sys

from bot.cli.options import Format
from bot.clock import Clock
from bot.digest import documents
from bot.digest.select import chosen
from bot.errors import UsageError
from bot.locales import LANGUAGES, supported
from bot.logs import set_up_logs
from bot.model import Choice, Paper
from bot.parts import open_parts
from bot.settings import Settings, load_settings
from bot.sources.jsonl import paper_object
from bot.sources.paper_ids import parse
from bot.store import list_days, papers, search
from bot.store.connection import open_store


def print_digest(day: dt.date | None, form: Format, *, language: str | None, top: int | None, min_votes: int) -> None:
    """Print a day of the store; the newest without `day`. Raises UsageError when the store has no papers of it."""
    settings = load_settings()
    chosen_language = _language(language, settings)
    with open_store(settings.database) as store:
        if day is None:
            newest = store.read_now(list_days.newest_with_papers, Clock(settings.clock).now().date())
            if newest is None:
                raise UsageError("The store has no papers yet; `daily-papers fetch` gets the newest day.")
            day = newest.day
        every = store.read_now(papers.papers_of_day, day)
        if not every:
            raise UsageError(_no_papers_of(day, store.read_now(list_days.list_day, day) is not None))
    shown = chosen(every, Choice(language=chosen_language, top=top, min_votes=min_votes))
    match form:
        case Format.MD:
            written = documents.markdown(day, shown, chosen_language)
        case Format.HTML:
            written = documents.html(day, shown, chosen_language, total=len(every))
        case Format.JSON:
            written = (
                json.dumps({"date": day.isoformat(), "papers": list(map(paper_object, shown))}, ensure_ascii=False) + "\n"
            )
        case Format.TEXT:
            written = documents.text(day, shown, chosen_language, total=len(every))
    sys.stdout.write(written)


async def show_paper(typed: str, *, as_json: bool, language: str | None) -> None:
    """Print one paper, asked of the Hub and arXiv when the store has it not. Raises UsageError, SourceError."""
    settings = load_settings()
    set_up_logs("warning", settings.secrets)
    paper_id = parse(typed)
    if paper_id is None:
        raise UsageError(f"'{typed}' holds no arXiv id; write it as 2403.18361, cs/0112017 or as a link to the paper.")
    async with open_parts(settings) as parts:
        paper = await parts.finder.find(paper_id)
    if as_json:
        _print_line(paper)
    else:
        sys.stdout.write(documents.paper_text(paper, _language(language, settings)))


def search_papers(words: str, *, as_json: bool, limit: int) -> None:
    """Print the papers that match, the best first. Nothing found is an answer, not an error."""
    settings = load_settings()
    with open_store(settings.database) as store:
        found = store.read_now(search.search, words, limit=limit)
        by_id = store.read_now(papers.papers, found.ids)
    for number, paper_id in enumerate(found.ids, 1):
        paper = by_id[paper_id]
        if as_json:
            _print_line(paper)
        else:
            votes = "" if paper.upvotes is None else f"  👍 {paper.upvotes}"
            day = f"  {paper.list_day}" if paper.list_day else ""
            sys.stdout.write(f"{number:>3}. {paper.title}\n     {paper.arxiv_url}{day}{votes}\n")
    if not as_json:
        if found.corrected:
            taken = ", ".join(f"'{meant}' for '{typed}'" for typed, meant in found.corrected)
            sys.stdout.write(f"Taken as a slip of the pen: {taken}.\n")
        sys.stdout.write(f"{found.total} found for '{words}'.\n" if found.total else f"Nothing found for '{words}'.\n")


def _print_line(paper: Paper) -> None:
    sys.stdout.write(json.dumps(paper_object(paper), ensure_ascii=False) + "\n")


def _language(typed: str | None, settings: Settings) -> str:
    if typed is None:
        return settings.default_language
    language = supported(typed)
    if language is None:
        raise UsageError(f"--lang '{typed}' is not a language of the interface; there are {', '.join(LANGUAGES)}.")
    return language


def _no_papers_of(day: dt.date, known: bool) -> str:
    if day > Clock(load_settings().clock).now().date():
        return f"{day} is still to come; the store has no papers of it."
    if known:
        return f"The list of {day} has no papers."
    return f"The store has no papers of {day}; `daily-papers fetch --date {day}` asks Hugging Face for them."
