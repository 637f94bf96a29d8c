"""`run` and `chat`: the commands that talk with people."""

import asyncio
import contextlib
import gc
import select
import sys
from collections.abc import AsyncIterator

from bot.cli.bar import BroadcastBar
from bot.commands.conversation import command_specs
from bot.commands.operating import operator_specs
from bot.digest.compose import compose_day
from bot.digest.importing import save_sample
from bot.errors import AdapterError, SourceError
from bot.locales import translator
from bot.logs import set_up_logs, tell_what_nobody_caught
from bot.model import TERMINAL, Address, Choice, ListDay
from bot.observing import NOBODY, Observer
from bot.parts import Parts, open_parts
from bot.plugins import load_adapters
from bot.ports import ChatAdapter
from bot.service import Service
from bot.settings import Settings, load_settings
from bot.store import list_days, papers

# A person waits at the terminal for this; a service fetches in the background and waits for nobody.
FIRST_FETCH_SECONDS = 30

_LOCAL = Address(TERMINAL, "local")


async def run_service() -> None:
    """Serve the platforms whose token is set; the terminal when there is none."""
    settings = load_settings()
    tell_what_nobody_caught()
    async with opened_parts(settings, _counting(settings)) as (parts, adapters):
        terminal = adapters.pop(TERMINAL)
        if adapters:
            await Service(parts, adapters, BroadcastBar() if sys.stderr.isatty() else None, web=True).run()
            return
        talk = sys.stdin.isatty() and sys.stdout.isatty()
        if settings.web_port is not None and not talk:
            say("No token is set (TELEGRAM_BOT_TOKEN, DISCORD_BOT_TOKEN; see .env.example): only the web pages are served.")
            set_up_logs(settings.log_level, settings.secrets)
            await _fill_empty_store(parts)
            await Service(parts, {}, web=True).run()
            return
        say("No token is set (TELEGRAM_BOT_TOKEN, DISCORD_BOT_TOKEN; see .env.example): this terminal is the chat.")
        await _serve_terminal(parts, terminal, talk=talk)


async def run_chat() -> None:
    """The terminal's conversation alone, without the day's digest first."""
    settings = load_settings()
    async with opened_parts(settings) as (parts, adapters):
        await _fill_empty_store(parts)
        await Service(parts, {TERMINAL: adapters[TERMINAL]}).run()


async def _serve_terminal(parts: Parts, terminal: ChatAdapter, *, talk: bool) -> None:
    newest = await _newest_day(parts)
    if newest is not None:
        choice = Choice(language=parts.settings.default_language)
        day_papers = await parts.store.read(papers.papers_of_day, newest.day)
        for message in compose_day(newest.day, day_papers, choice):
            await terminal.send(_LOCAL, message)
    if talk:
        say(translator(parts.settings.default_language).gettext("/help says what I can do, /quit leaves."))
    if talk or _is_piped_in():
        await Service(parts, {TERMINAL: terminal}, web=True).run()


def _is_piped_in() -> bool:
    """Whether lines stand in a pipe or a file already; one that stays open and empty is nobody's question."""
    try:
        return not sys.stdin.isatty() and bool(select.select([sys.stdin], [], [], 0)[0])
    except (OSError, ValueError, AttributeError):  # closed, none at all, or not to be waited for (Windows)
        return False


async def _newest_day(parts: Parts) -> ListDay | None:
    """The newest day with papers: fetched now, else what the store has, else the sample; says which."""
    say(f"Fetching the newest day from {parts.settings.hf_api_url} …")
    try:
        async with asyncio.timeout(FIRST_FETCH_SECONDS):
            await parts.fetcher.fetch_newest()
    except (SourceError, TimeoutError) as error:
        reason = str(error) or f"Hugging Face did not answer within {FIRST_FETCH_SECONDS} seconds."
        say(f"The newest day could not be fetched: {reason}")
    newest = await parts.store.read(list_days.newest_with_papers, parts.clock.now().date())
    if newest is None:
        newest = await _fill_empty_store(parts)
    else:
        say(f"The newest day in the store is {newest.day}.")
    return newest


async def _fill_empty_store(parts: Parts) -> ListDay | None:
    if await parts.store.read(list_days.newest_with_papers, parts.clock.now().date()) is not None:
        return None
    say("The store is empty: here is the sample day that comes with the program, 2024-03-28.")
    return await parts.store.write(save_sample, now=parts.clock.now())


@contextlib.asynccontextmanager
async def opened_parts(
    settings: Settings, observer: Observer = NOBODY
) -> AsyncIterator[tuple[Parts, dict[str, ChatAdapter]]]:
    """The program's parts and its adapters, not opened yet; sets the logs up."""
    # Before the store is opened: a migration is told in the log's form too.
    set_up_logs("warning" if settings.log_level == "info" else settings.log_level, settings.secrets)
    async with open_parts(settings, observer) as parts:
        adapters = load_adapters(settings, parts.store, parts.clock.now, command_specs(), operator_specs())
        if TERMINAL not in adapters:
            raise AdapterError(
                "The terminal's adapter is missing: the installation is incomplete; install daily-papers-bot again."
            )
        # A person at the terminal reads answers, not the log: warnings would stand between them, and answers tell the same.
        person = sys.stdin.isatty() and sys.stdout.isatty()
        level = (
            ("error" if person else "warning")
            if len(adapters) == 1 and settings.log_level == "info"
            else settings.log_level
        )
        set_up_logs(level, settings.secrets)
        # Libraries stay as long as the process: a full collection would look through them each time, 30 ms in which nobody
        # is answered.
        gc.freeze()
        yield parts, adapters


def _counting(settings: Settings) -> Observer:
    """Who counts what happens, where somebody may ask for it."""
    if settings.web_port is None:
        return NOBODY
    # Late: who serves no metrics does not wait for their library.
    from bot.metrics.counting import Counting  # noqa: PLC0415

    return Counting()


def say(sentence: str) -> None:
    """A line for the person who runs the command."""
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()
