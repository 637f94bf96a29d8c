"""Every paper of the real data in a terminal: nothing lost, no line too wide, no character that moves the cursor."""

import io
import unicodedata

import pytest
from rich.cells import cell_len
from rich.console import Console

from adapters.terminal.chat import ADDRESS, TerminalAdapter
from bot.digest.compose import compose_paper
from bot.ports import Sent
from tests.integration.test_telegram_papers import papers
from tests.shared_data import needs_shared

WIDTH = 100


@needs_shared
@pytest.mark.parametrize(
    ("folder", "suffix", "language"), [("daily_papers_ko", ".md", "ko"), ("hugging_face", ".json", "en")]
)
async def test_every_real_paper_is_printed_whole(folder: str, suffix: str, language: str):
    seen = 0
    for paper in papers(folder, suffix):
        printed = io.StringIO()
        adapter = TerminalAdapter(Console(file=printed, width=WIDTH, highlight=False, emoji=False))
        message = compose_paper(paper, language)
        assert isinstance(await adapter.send(ADDRESS, message), Sent)
        text = printed.getvalue()
        unwrapped = "".join(text.split())
        assert "".join(message.heading.split()) in unwrapped
        assert message.link in text.split()
        words = "".join("".join(message.bullets).split()).replace("•", "")
        assert words in unwrapped.replace("•", "")
        assert all(unicodedata.category(character) != "Cc" or character == "\n" for character in text)
        assert all(cell_len(line) <= WIDTH or "https://" in line for line in text.splitlines())
        seen += 1
    assert seen > 100
