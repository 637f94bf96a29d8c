"""python-telegram-bot's Bot.send_message over this project's transport."""

import contextlib

from adapters.telegram.transport import AiohttpRequest
from benchmarks.contenders.message import POOL
from benchmarks.contenders.ptb import Send, opened_over


def opened(url: str) -> contextlib.AbstractAsyncContextManager[Send]:
    return opened_over(AiohttpRequest(POOL), url)
