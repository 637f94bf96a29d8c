"""Every paper and every day of the real data, within what Discord takes."""

from collections.abc import Iterator

import pytest

from adapters.discord.escape import clean
from adapters.discord.render import render
from bot.digest.compose import compose_day, compose_paper
from bot.digest.reading import read_file
from bot.model import Choice, Paper, Shape
from tests.fakes.discord.limits import check_message
from tests.shared_data import SHARED, needs_shared


def days(folder: str, suffix: str) -> Iterator[list[Paper]]:
    for path in sorted((SHARED / folder).rglob(f"*{suffix}")):
        content = read_file(path)
        for day in (*content.hub.values(), *content.archive.values()):
            yield [one.paper for one in day]


@needs_shared
@pytest.mark.parametrize(
    ("folder", "suffix", "language"), [("daily_papers_ko", ".md", "ko"), ("hugging_face", ".json", "en")]
)
def test_every_real_paper_and_list_fits_with_all_its_bullets(folder: str, suffix: str, language: str):
    seen = 0
    for papers in days(folder, suffix):
        for paper in papers:
            message = compose_paper(paper, language)
            made = render(message)
            check_message(made.payload())
            check_message(render(message, plain=True).payload())
            assert made.embed is not None
            assert made.embed["title"].replace("\\", "").startswith(clean(paper.title).replace("\\", "")[:100])
            # Titles, authors and bullets of all that was ever published fit: nothing but names gave way.
            shown = sum(line.lstrip().startswith("- ") for line in made.embed["description"].splitlines())
            assert shown == len([bullet for bullet in message.bullets if bullet.strip()])
            seen += 1
        listed = [paper for paper in papers if paper.list_day or paper.archive_day]
        if listed:
            day = listed[0].list_day or listed[0].archive_day
            assert day is not None
            for part in compose_day(day, listed, Choice(language=language, shape=Shape.COMPACT)):
                text = render(part)
                check_message(text.payload())
                assert text.embed is None or text.embed.get("description", "").count("](https://arxiv.org/abs/") == len(
                    part.entries
                )
    assert seen > 100
