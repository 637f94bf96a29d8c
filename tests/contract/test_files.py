"""A file that goes with a message arrives on every platform that people use: its name, its bytes, and the words beside it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.message import Button, File, Message
from bot.ports import Outcome, Rejected, Request, Sent
from tests.contract.platforms import (
    PRESSABLE,
    DiscordPlatform,
    Pressable,
    TelegramPlatform,
    TerminalPlatform,
    discord,
    telegram,
    terminal,
)
from tests.contract.test_listening import Inbox, listening

CONTENT = "@misc{fan2024vitar,\n  title = {확산 모델}\n}\n".encode()
WITH_FILE = Message(
    paragraphs=("Your 2 saved papers & more as BibTeX.",),
    file=File(name="saved-papers.bib", content=CONTENT, media_type="application/x-bibtex"),
)


@pytest.fixture(params=PRESSABLE)
async def board(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Pressable]:
    async with PRESSABLE[request.param](tmp_path) as one:
        await one.adapter.open()
        yield one
        await one.adapter.close()


def files(board: Pressable) -> list[tuple[str, bytes]]:
    """The files that the first chat has been sent."""
    if isinstance(board, TelegramPlatform):
        sent = [one.file for one in board.fake.in_chat(int(board.chats[0].chat_id)) if one.file is not None]
        return [(str(one), one.content) for one in sent]
    if isinstance(board, DiscordPlatform):
        channel = board.fake.channels[board.chats[0].chat_id]
        return [file for message in channel.messages for file in message.files.items()]
    assert isinstance(board, TerminalPlatform)
    return [(path.name, path.read_bytes()) for path in sorted(board.folder.iterdir())]


async def test_a_file_arrives_with_its_name_and_its_words(board: Pressable):
    assert isinstance(await board.adapter.send(board.chats[0], WITH_FILE), Sent)
    (shown,) = await board.shown(1)
    assert "Your 2 saved papers & more as BibTeX." in shown.text
    assert files(board) == [("saved-papers.bib", CONTENT)]


class Filing(Inbox):
    """Answers whatever is asked with a file, for the asker alone."""

    async def ask(self, request: Request) -> None:
        became: Outcome = await request.reply(WITH_FILE)
        assert isinstance(became, Sent)
        await super().ask(request)


async def test_a_question_and_a_press_are_answered_with_a_file(board: Pressable):
    inbox = Filing()
    async with listening(board, inbox):
        await board.says("/saved bibtex")
        await inbox.next()
        assert len(files(board)) == 1
        assert isinstance(
            await board.adapter.send(
                board.chats[0], Message(heading="List", buttons=(Button("BibTeX", action="k:bibtex"),))
            ),
            Sent,
        )
        await board.presses("BibTeX")
        await inbox.next()
        assert [content for _, content in files(board)] == [CONTENT] * 2


async def test_large_files_arrive_and_larger_ones_are_refused(tmp_path: Path):
    async with telegram(tmp_path) as one, discord(tmp_path) as other:
        platforms: tuple[Pressable, ...] = (one, other)
        for board in platforms:
            await board.adapter.open()
            large = Message(paragraphs=("Large",), file=File(name="large.json", content=b"x" * (9 << 20)))
            assert isinstance(await board.adapter.send(board.chats[0], large), Sent)
            assert [len(content) for _, content in files(board)] == [9 << 20]
            await board.adapter.close()
        await other.adapter.open()
        larger = Message(paragraphs=("Larger",), file=File(name="larger.json", content=b"x" * (11 << 20)))
        refused = await other.adapter.send(other.chats[0], larger)
        assert isinstance(refused, Rejected)
        assert "too large" in refused.reason
        await other.adapter.close()


async def test_a_terminal_writes_over_no_file_and_says_where_it_is(tmp_path: Path):
    async with terminal(tmp_path) as board:
        for _ in range(3):
            await board.adapter.send(board.chats[0], WITH_FILE)
        assert [name for name, _ in files(board)] == ["saved-papers-2.bib", "saved-papers-3.bib", "saved-papers.bib"]
        shown = await board.shown(3)
        assert f"→ {board.folder / 'saved-papers-2.bib'}" in shown[1].text


@pytest.mark.parametrize("name", ["../../up.bib", "/etc/up.bib", "..\\up.bib", "\x1b[2Jup.bib"])
async def test_a_name_leads_out_of_no_folder(tmp_path: Path, name: str):
    async with terminal(tmp_path) as board:
        await board.adapter.send(board.chats[0], Message(file=File(name=name, content=b"x")))
        assert [written.endswith("up.bib") for written, _ in files(board)] == [True]


async def test_a_folder_that_takes_no_file_is_said(tmp_path: Path):
    async with terminal(tmp_path) as board:
        board.folder.rmdir()
        assert isinstance(await board.adapter.send(board.chats[0], WITH_FILE), Sent)
        (shown,) = await board.shown(1)
        assert "⚠" in shown.text
        board.folder.mkdir()


async def test_a_caption_keeps_to_telegrams_thousand_units(tmp_path: Path):
    async with telegram(tmp_path) as board:
        await board.adapter.open()
        long = Message(heading="A <b>heading</b>", paragraphs=("긴 말 " * 800,), file=WITH_FILE.file, silent=True)
        assert isinstance(await board.adapter.send(board.chats[0], long), Sent)
        (message,) = board.fake.in_chat(int(board.chats[0].chat_id))
        assert "A <b>heading</b>" in message.text
        assert message.silent
        assert message.file is not None
        await board.adapter.close()
