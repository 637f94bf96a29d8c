"""Logging with structlog to standard error: readable on a terminal, JSON otherwise.

No line contains a secret from the settings, whichever library wrote it; nor, above debug, what a person typed.
"""

import contextlib
import logging
import re
import sqlite3
import sys
import threading
import traceback
from collections.abc import Iterable, Iterator
from io import TextIOBase
from typing import TextIO
from urllib.parse import quote

import stamina
import structlog
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

from bot.errors import DailyPapersError

# Libraries that log each request with its URL; Telegram's URLs hold the token.
_TALKATIVE = ("httpx", "httpcore", "telegram", "discord", "apscheduler", "aiohttp", "uvicorn", "PIL", "matplotlib")
# Of these, lines hold the tasks and callbacks that failed with what they were given, or an answer of Telegram's that was no
# JSON, which may be what people wrote.
_REPEATING = ("asyncio", "telegram.request.BaseRequest")
# Behind this such a line is no longer ours or the library's own.
_REPEATED = re.compile(r"[:\n]|\((?!\))")
# Shorter ones are no secrets, and would be cut out of ordinary words.
_SHORTEST_SECRET = 6
# Errors that speak of files, of the store and of the program itself; others repeat what they could not read.
_OPEN_ERRORS = (DailyPapersError, OSError, sqlite3.Error, TypeError, AttributeError, ImportError, AssertionError)


class _StandardError(TextIOBase):
    """Standard error as it is at each line: tests, the terminal's chat and the broadcast's bar put others in its place.

    A line that cannot be written (a full disk, a pipe whose reader has gone) must not end what it tells of.
    """

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError):
            sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            sys.stderr.flush()

    def isatty(self) -> bool:
        return sys.stderr.isatty()


def set_up_logs(level: str, secrets: Iterable[str] = ()) -> None:
    """Set the level (`debug` to `critical`) and the form for this process; `secrets` are left out."""
    number = logging.getLevelNamesMapping()[level.upper()]
    whole = number <= logging.DEBUG
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    renderer: Processor
    if sys.stderr.isatty():
        # The rich form of tracebacks prints local variables, and with them what people typed, or a token.
        renderer = structlog.dev.ConsoleRenderer(
            exception_formatter=lambda file, error: _print_traceback(file, error, whole=whole)
        )
    else:
        shared.append(structlog.processors.ExceptionRenderer(lambda error: _traceback(error, whole=whole)))
        shared.append(_begun_with_the_event)
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    renderer = _Discreet(renderer, secrets)
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(_StandardError()),  # type: ignore[arg-type]  # it is a text stream
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(_StandardError())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(number)
    if number > logging.DEBUG:
        # Each retry would be a line of its own; what came of them all is one sentence.
        stamina.instrumentation.set_on_retry_hooks(())
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(number, logging.WARNING))
    for name in _REPEATING:
        logging.getLogger(name).filters[:] = [] if whole else [_what_failed_alone]


def tell_what_nobody_caught() -> None:
    """From now on the log tells, in its own form, what ends a thread, an object's end or the program itself."""
    sys.excepthook = lambda kind, error, trace: _uncaught("the program failed", (kind, error, trace))
    threading.excepthook = lambda told: _uncaught(
        "a thread failed", (told.exc_type, told.exc_value, told.exc_traceback), thread=getattr(told.thread, "name", "")
    )
    sys.unraisablehook = lambda told: _uncaught(
        "an error was ignored", (told.exc_type, told.exc_value, told.exc_traceback), where=type(told.object).__name__
    )


def _uncaught(event: str, error: tuple[object, ...], **more: str) -> None:
    structlog.get_logger().error(event, exc_info=error, **more)


def _what_failed_alone(record: logging.LogRecord) -> bool:
    """Cut a line to what happened; where, the traceback tells.

    The forms of an event loop's reports: docs.python.org/3/library/asyncio-eventloop.html#error-handling-api.
    """
    record.msg, record.args = _REPEATED.split(record.getMessage())[0].rstrip(), ()
    return True


def _begun_with_the_event(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """What happened, when and how bad it is stand first: people read these lines too."""
    first = {name: event[name] for name in ("timestamp", "level", "event") if name in event}
    return {**first, **event}


class _Discreet:
    """A renderer whose lines hold no secret, as it is or as URLs write it."""

    def __init__(self, renderer: Processor, secrets: Iterable[str]) -> None:
        long = {secret for secret in secrets if len(secret) >= _SHORTEST_SECRET}
        # The longest first, for one may stand in another.
        self._secrets = sorted(long | {quote(secret, safe="") for secret in long}, key=len, reverse=True)
        self._renderer = renderer

    def __call__(self, logger: WrappedLogger, name: str, event: EventDict) -> str:
        line = str(self._renderer(logger, name, event))
        for secret in self._secrets:
            line = line.replace(secret, "…")
        return line


def _print_traceback(file: TextIO, error: ExcInfo, *, whole: bool) -> None:
    file.write("\n" + _traceback(error, whole=whole))


def _traceback(error: ExcInfo, *, whole: bool) -> str:
    """Where an error came from. Unless `whole`, without the words of those that may repeat what a person typed."""
    if whole:
        return "".join(traceback.format_exception(*error)).rstrip("\n")
    return "\nfollowed by\n".join(
        "".join(traceback.format_tb(one.__traceback__)) + _named(one) for one in reversed(list(_causes(error[1])))
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _named(error: BaseException) -> str:
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    return f"{name}: {error}" if isinstance(error, _OPEN_ERRORS) else f"{name} (LOG_LEVEL=debug shows its words)"
