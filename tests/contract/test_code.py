"""Lines to be copied come as they are on every platform, in letters of one width where it has those."""

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from rich.console import Console

from adapters.terminal.chat import ADDRESS, TerminalAdapter
from bot.message import Message
from bot.ports import Sent
from tests.contract.platforms import PRESSABLE, DiscordPlatform, Pressable, TelegramPlatform

LINES = "\n".join((
    "@misc{fan2024vitar,",
    "  title = {{ViTAR}: 확산 & <b>50{\\%}</b> of *all* _models_ ``quoted''},",
    f"  author = {{{' and '.join(['Fan, Qihang'] * 20)}}},",
    "}",
))  # fmt: skip


@pytest.fixture(params=PRESSABLE)
async def board(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Pressable]:
    async with PRESSABLE[request.param](tmp_path) as one:
        await one.adapter.open()
        yield one
        await one.adapter.close()


async def test_lines_to_be_copied_come_as_they_are(board: Pressable):
    assert isinstance(await board.adapter.send(board.chats[0], Message(code=LINES)), Sent)
    await board.shown(1)
    if isinstance(board, TelegramPlatform):
        (message,) = board.fake.in_chat(int(board.chats[0].chat_id))
        assert message.text == LINES
        assert [entity["type"] for entity in message.entities] == ["pre"]
    elif isinstance(board, DiscordPlatform):
        (sent,) = board.fake.channels[board.chats[0].chat_id].messages
        assert sent.content == f"```\n{LINES}\n```"
    else:
        assert LINES in (await board.shown(1))[0].text


def test_a_narrow_terminal_breaks_no_line_of_it():
    screen = io.StringIO()
    narrow = TerminalAdapter(Console(file=screen, width=40))
    asyncio.run(narrow.send(ADDRESS, Message(code=LINES)))
    assert LINES in screen.getvalue()


@pytest.mark.parametrize("code", ["```\nout of the block\n```", "````", "`" * 9, "<pre>x</pre></pre>", "\x00\u202e", "   "])
async def test_nothing_in_the_lines_ends_the_block(board: Pressable, code: str):
    assert isinstance(await board.adapter.send(board.chats[0], Message(paragraphs=("Words",), code=code)), Sent)
    await board.shown(1)
    if isinstance(board, TelegramPlatform):
        (message,) = board.fake.in_chat(int(board.chats[0].chat_id))
        assert [entity["type"] for entity in message.entities] == (["pre"] if code.strip("\x00\u202e ") else [])
    elif isinstance(board, DiscordPlatform):
        (sent,) = board.fake.channels[board.chats[0].chat_id].messages
        assert sent.content.count("```") in {0, 2}


async def test_lines_that_are_too_long_for_a_message_are_cut_after_all_else(board: Pressable):
    long = Message(paragraphs=("Words " * 400,), code="x" * 6000, footer="The end")
    assert isinstance(await board.adapter.send(board.chats[0], long), Sent)
