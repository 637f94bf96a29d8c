"""Logging, by structlog: for a person on a terminal, JSON otherwise. To standard error, so that answers stay readable."""

import contextlib
import logging
import sys
from io import TextIOBase

import stamina
import structlog

# Libraries that log each request with its URL; Telegram's URLs hold the token.
_TALKATIVE = ("httpx", "httpcore", "telegram", "discord", "apscheduler", "aiohttp")


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


def set_up_logs(level: str) -> None:
    """Set the level (`debug`, `info`, `warning`, `error`) and the form for this process."""
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    renderer: structlog.types.Processor
    if sys.stderr.isatty():
        # The rich form of tracebacks prints local variables, and with them what people typed, or a token.
        renderer = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    else:
        shared.append(structlog.processors.format_exc_info)
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
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
