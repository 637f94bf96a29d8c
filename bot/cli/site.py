"""`site`: the web pages as files, for any static host."""

import contextlib
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bot.clock import Clock
from bot.commands.filter_words import NoFilter
from bot.errors import UsageError
from bot.locales import LANGUAGES, supported
from bot.logs import set_up_logs
from bot.pictures.plots import drawn_now
from bot.pictures.thumbnails import FileThumbnails
from bot.settings import load_settings
from bot.sources.http import make_client
from bot.store.connection import open_store
from bot.web.feeds import choice_of
from bot.web.files import SiteFolder
from bot.web.site import Site

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")


def write_site(
    folder: Path, *, url: str | None, languages: Sequence[str], feeds: Sequence[str], pictures: bool = False
) -> None:
    """Write what has changed since the last time, cards with `pictures` of papers. Raises UsageError, StoreError."""
    settings = load_settings()
    if url is not None and not re.match(r"https?://[^\s/]", url):
        raise UsageError(f"--url '{url}' is not an address such as https://papers.example.org.")
    where = (url or settings.web_url or f"http://127.0.0.1:{settings.web_port or 8000}").rstrip("/")
    site = replace(Site.of(settings, Clock(settings.clock), url=where, files=True), plot=drawn_now)
    wanted = {site.home, *map(_language, languages)} if languages else set(LANGUAGES)
    site = replace(
        site, feeds=tuple(map(_feed, feeds)), languages=tuple(language for language in LANGUAGES if language in wanted)
    )
    set_up_logs("warning" if settings.log_level == "info" else settings.log_level, settings.secrets)
    with contextlib.ExitStack() as opened:
        if pictures and site.cards:
            site = replace(site, thumbnails=opened.enter_context(FileThumbnails(make_client)))
        store = opened.enter_context(open_store(settings.database))
        counts = SiteFolder(folder, site).write(store)
    removed = f", removed {counts.removed:,}" if counts.removed else ""
    sys.stdout.write(f"Wrote {counts.written:,} files to {folder}{removed}; {counts.kept:,} were as they should be.\n")
    if url is None and settings.web_url is None:
        sys.stdout.write(f"Feeds and link previews name {where}: say where people will read the pages with --url.\n")


def _language(typed: str) -> str:
    language = supported(typed)
    if language is None:
        raise UsageError(f"--lang '{typed}' is not a language of the interface; there are {', '.join(LANGUAGES)}.")
    return language


def _feed(typed: str) -> tuple[str, str]:
    """`robots=robot, manipulation votes:5`: a feed's name, and the words of its filter."""
    name, _, words = (part.strip() for part in typed.partition("="))
    if not _NAME.fullmatch(name) or not words:
        raise UsageError(f"--feed '{typed}' is not written as NAME=WORDS, such as robots=robot, manipulation votes:5.")
    choice = choice_of(words, "en")
    if isinstance(choice, NoFilter):
        raise UsageError(f"--feed '{typed}': “{choice.written or words}” cannot be a filter; see /filter.")
    return name, words
