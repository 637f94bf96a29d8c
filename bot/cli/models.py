"""`summarize` and `usage`: having a language model write summaries, and what that cost."""

import datetime as dt
import json
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.errors import SettingsError, SourceError, UsageError
from bot.locales import supported
from bot.logs import set_up_logs
from bot.model import Paper
from bot.parts import Parts, open_parts
from bot.settings import Settings, load_settings
from bot.sources.paper_ids import parse
from bot.store import list_days, papers, usage
from bot.store.connection import open_store
from bot.store.usage import Usage
from bot.summaries.pipeline import Outcome, Round


async def summarize(*, day: dt.date | None, paper: str | None, language: str | None) -> int:
    """Have a day's papers (the newest without `day`) or one paper summarized by the language model.

    Gives 0 when nothing is left to be written, 4 when something is. Raises SettingsError without a model.
    """
    settings = load_settings()
    set_up_logs("error" if settings.log_level == "info" else settings.log_level, settings.secrets)
    wanted_language = _language(language, settings)
    async with open_parts(settings) as parts:
        if not parts.summaries.has_model:
            raise SettingsError("No language model is set: LLM_API_URL and LLM_MODEL say which (see .env.example).")
        known = await _papers(parts, day, paper)
        wanted = parts.summaries.wanted(known, (wanted_language,))
        with _progress() as progress:
            task = progress.add_task("", total=len(wanted))
            whole = await parts.summaries.make_all(
                wanted, lambda made: progress.update(task, description=made.paper_id, advance=1), insisting=True
            )
    for made in whole.made:
        if made.outcome not in {Outcome.MADE, Outcome.THERE}:
            _say(f"{made.paper_id}: {made.outcome}. {' '.join(made.reasons)}")
    return _told(whole, known, wanted, wanted_language)


def show_usage(*, as_json: bool) -> None:
    """Print the calls, tokens and money of each day and model, and their sum. None at all is an answer too."""
    settings = load_settings()
    with open_store(settings.database) as store:
        every = store.read_now(usage.every)
    if as_json:
        for one in every:
            sys.stdout.write(json.dumps(_fields(one), ensure_ascii=False) + "\n")
        return
    if not every:
        _say("No language model has been asked yet.")
        return
    _say(f"{'day':<10}  {'model':<24} {'calls':>6} {'failed':>6} {'tokens in':>10} {'tokens out':>10} {'money':>10}")
    for one in every:
        _say(_row(one.day.isoformat(), one.model, one))
    total = Usage(
        day=every[0].day,
        model="",
        calls=sum(one.calls for one in every),
        failures=sum(one.failures for one in every),
        tokens_in=sum(one.tokens_in for one in every),
        tokens_out=sum(one.tokens_out for one in every),
        money=sum(one.money for one in every),
    )
    _say(_row("all", "", total))


async def _papers(parts: Parts, day: dt.date | None, typed: str | None) -> Sequence[Paper]:
    if typed is not None:
        paper_id = parse(typed)
        if paper_id is None:
            raise UsageError(f"'{typed}' holds no arXiv id; write it as 2403.18361, cs/0112017 or as a link to the paper.")
        return (await parts.finder.find(paper_id),)
    if day is None:
        newest = await parts.store.read(list_days.newest_with_papers, parts.clock.now().date())
        if newest is None:
            raise UsageError("The store has no papers yet; `daily-papers fetch` gets the newest day.")
        day = newest.day
    found = await parts.store.read(papers.papers_of_day, day)
    if not found:
        raise UsageError(f"The store has no papers of {day}; `daily-papers fetch --date {day}` asks for them.")
    return found


def _told(whole: Round, known: Sequence[Paper], wanted: Sequence[object], language: str) -> int:
    bare = sum(not paper.abstract.strip() for paper in known)
    made = whole.count(Outcome.MADE)
    there = len(known) - len(wanted) - bare + whole.count(Outcome.THERE)
    left = len(wanted) - made - whole.count(Outcome.THERE)
    _say(
        f"{made} summaries written in {language}; {there} papers had one, {bare} have no abstract to write from, "
        f"{left} are left as they were."
    )
    if whole.stopped:
        raise SourceError(f"Stopped: {whole.stopped}")
    return SourceError.exit_status if left else 0


def _row(day: str, model: str, one: Usage) -> str:
    counts = f"{one.calls:>6} {one.failures:>6} {one.tokens_in:>10} {one.tokens_out:>10}"
    return f"{day:<10}  {model:<24} {counts} {one.money:>10.4f}"


def _fields(one: Usage) -> dict[str, object]:
    return {
        "day": one.day.isoformat(),
        "model": one.model,
        "calls": one.calls,
        "failures": one.failures,
        "tokens_in": one.tokens_in,
        "tokens_out": one.tokens_out,
        "money": round(one.money, 6),
    }


def _language(typed: str | None, settings: Settings) -> str:
    """Any language that a model can write: one of the interface by its own tag, others as they are typed."""
    if typed is None:
        return settings.default_language
    tag = typed.strip()
    if not tag or not tag.replace("-", "").isalnum() or not tag[0].isalpha():
        raise UsageError(f"--lang '{typed}' is no language; write a tag such as ko, en, ja, zh-Hans or de.")
    return supported(tag) or tag


def _progress() -> Progress:
    columns = (TextColumn("{task.description:>12}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
