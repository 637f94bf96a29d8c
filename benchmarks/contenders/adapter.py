"""This project's adapter: a Message is rendered, sent, and what Telegram answers becomes an Outcome."""

import contextlib
import logging
from collections.abc import AsyncIterator

import structlog

from adapters.telegram import create
from adapters.telegram.render import rendered
from benchmarks.contenders.message import BUTTONS, PICTURE, TEXT, TOKEN
from benchmarks.contenders.ptb import Send
from bot.message import Button, Message, Names
from bot.model import Address
from bot.ports import AdapterContext, Sent

MESSAGE = Message(
    heading="Mini-Gemini: Mining the Potential of Multi-modality Models",
    link=BUTTONS[0][1],
    picture=PICTURE,
    facts="👍 24 · 2024-03-28",
    authors=Names(
        label="Authors",
        shown=("Yanwei Li", "Yuechen Zhang", "Chengyao Wang", "Zhisheng Zhong"),
        total=9,
        more="and {count} more",
    ),
    bullets=tuple(line.removeprefix("• ") for line in TEXT.partition("\n\n")[2].split("\n")),
    buttons=tuple(Button(label, url) for label, url in BUTTONS),
    silent=True,
)


@contextlib.asynccontextmanager
async def opened(url: str) -> AsyncIterator[Send]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    assert rendered(MESSAGE).text == TEXT, "The adapter would send another text than the other contenders."
    adapter = create(AdapterContext(environment={"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": url}))
    assert adapter is not None
    await adapter.open()

    async def send(chat: int) -> object:
        outcome = await adapter.send(Address("telegram", str(chat)), MESSAGE, key=str(chat))
        assert isinstance(outcome, Sent), outcome
        return outcome

    yield send
    await adapter.close()
