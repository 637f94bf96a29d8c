"""Logging, by structlog: for a person on a terminal, JSON otherwise. To standard error, so that answers stay readable."""

import logging
import sys

import stamina
import structlog

# Libraries that log each request with its URL; Telegram's URLs hold the token.
_TALKATIVE = ("httpx", "httpcore", "telegram", "discord", "apscheduler", "aiohttp")


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
        # Looked up at each call: tests and the terminal chat replace standard error.
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler()
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
