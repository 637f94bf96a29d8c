"""Options that several commands of the terminal have, and how their values are read."""

import asyncio
import datetime as dt
from collections.abc import Coroutine
from enum import StrEnum
from typing import Annotated, Any

import typer

from bot.errors import UsageError


class Format(StrEnum):
    """The output formats of `digest`."""

    TEXT = "text"
    MD = "md"
    HTML = "html"
    JSON = "json"


Json = Annotated[bool, typer.Option("--json", help="Print JSON, one object per line, for programs.")]
Language = Annotated[
    str | None, typer.Option("--lang", help="Language of the summaries: ko, en, ja or zh-Hans. Default: DEFAULT_LANGUAGE.")
]


def day_of(text: str | None, name: str) -> dt.date | None:
    """The day typed for the option `name`, None if it was left out. Raises UsageError if it is not a date."""
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{name} '{text}' is not a date; write it as 2024-03-28.") from None


def finish(work: Coroutine[Any, Any, int | None]) -> None:
    """Run a command's work to its end. Raises typer.Exit with the status that it returns, unless that is 0 or None."""
    status = asyncio.run(work)
    if status:
        raise typer.Exit(status)
