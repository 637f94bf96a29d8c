"""A day as Markdown, HTML and text."""

import datetime as dt
from html.parser import HTMLParser

from bot.digest.documents import html, markdown, text
from bot.model import Paper, Summary, SummarySource

DAY = dt.date(2024, 1, 2)
WRITTEN = Paper(
    id="2401.00001",
    title="A <title> with [brackets] & more",
    authors=("Ada B.", "김철수"),
    upvotes=26,
    thumbnail="https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2401.00001.png",
    summaries=(Summary(language="ko", source=SummarySource.IMPORTED, bullets=("첫째 문장입니다.", "둘째 문장입니다.")),),
)
BARE = Paper(id="2401.00002", title="Bare", abstract="It works. It is fast.")


def test_markdown_has_the_seeds_form_line_for_line():
    assert markdown(DAY, [WRITTEN], "ko") == (
        "## Daily Papers (2024-01-02)\n"
        "\n"
        "### [A <title> with [brackets] & more](https://arxiv.org/abs/2401.00001)\n"
        "\n"
        "![](https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2401.00001.png)\n"
        "\n"
        "Vote: 26\n"
        "\n"
        "Authors: Ada B., 김철수\n"
        "\n"
        "- 첫째 문장입니다.\n"
        "- 둘째 문장입니다.\n"
        "\n"
    )


def test_markdown_says_when_the_bullets_were_not_written_for_the_archive():
    assert "<!-- summary: abstract -->\n\n- It works.\n- It is fast.\n" in markdown(DAY, [BARE], "ko")


def test_a_video_stands_in_the_archives_two_lines():
    url = "https://cdn-uploads.huggingface.co/production/uploads/1/a.mp4"
    assert (
        f"(https://arxiv.org/abs/2401.00003)\n\n[Watch Video]({url})\n"
        f'<div><video controls src="{url}" muted="false"></video></div>\n\n'
    ) in markdown(DAY, [Paper(id="2401.00003", title="Moving", media=(url,))], "ko")


def test_text_numbers_the_papers():
    written = text(DAY, [WRITTEN, BARE], "en", total=3)
    assert written.startswith("Daily Papers · 2024-01-02 (Tue)\n2 of 3 papers\n\n1. A <title> with [brackets] & more\n")
    assert "\n\n2. Bare\nhttps://arxiv.org/abs/2401.00002\n- It works.\n" in written


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"meta", "img"}:
            self.open.append(tag)
        self.links += [value for name, value in attrs if name in {"href", "src"} and value]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def test_html_is_whole_and_escaped():
    reader = Reader()
    reader.feed(html(DAY, [WRITTEN, BARE], "ko", total=2))
    assert reader.open == []
    assert "A <title> with [brackets] & more" in reader.words
    assert "첫째 문장입니다." in reader.words
    assert WRITTEN.thumbnail in reader.links
    assert all(link.startswith("https://") for link in reader.links)
