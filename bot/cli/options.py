"""What several commands of the terminal take, and how what was typed is read."""

import asyncio
import datetime as dt
from collections.abc import Coroutine
from enum import StrEnum
from typing import Annotated, Any

import typer

from bot.errors import UsageError


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


def day_of(text: str | None, name: str) -> dt.date | None:
    """The day that was typed for the option `name`, None when it was left away. Raises UsageError when it is no date."""
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{name} '{text}' is not a date; write it as 2024-03-28.") from None


def finish(work: Coroutine[Any, Any, int | None]) -> None:
    """Run a command's work to its end. Raises typer.Exit with its status when that is neither 0 nor None."""
    status = asyncio.run(work)
    if status:
        raise typer.Exit(status)
