"""Every paper of the real data, as Telegram's own parser reads the message that is made of it."""

from collections.abc import Iterator

import pytest

from adapters.telegram.render import rendered
from bot.digest.compose import compose_paper
from bot.digest.reading import read_file
from bot.message import utf16_length
from bot.model import Paper
from tests.fakes.telegram.html import accepted, parse_html
from tests.shared_data import SHARED, needs_shared


def papers(folder: str, suffix: str) -> Iterator[Paper]:
    for path in sorted((SHARED / folder).rglob(f"*{suffix}")):
        content = read_file(path)
        for day in (*content.hub.values(), *content.archive.values()):
            yield from (one.paper for one in day)


@needs_shared
@pytest.mark.parametrize(
    ("folder", "suffix", "language"), [("daily_papers_ko", ".md", "ko"), ("hugging_face", ".json", "en")]
)
def test_every_real_paper_fits_and_shows_its_whole_title_and_one_link(folder: str, suffix: str, language: str):
    seen = 0
    for paper in papers(folder, suffix):
        made = rendered(compose_paper(paper, language))
        text, entities = accepted(*parse_html(made.text))
        assert made.html
        assert utf16_length(text) <= 4096
        assert text.startswith(" ".join(paper.title.split())[:100])
        assert [entity["url"] for entity in entities if entity["type"] == "text_link"] == [paper.arxiv_url]
        seen += 1
    assert seen > 100
