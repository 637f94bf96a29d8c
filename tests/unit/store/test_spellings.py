"""What filters' terms are called in English, learned from the store."""

import pytest

from bot.digest.select import chosen
from bot.model import Choice, Filters, Paper, Summary, SummarySource
from bot.ports import SourcePaper
from bot.store.papers import merge_papers
from bot.store.spellings import spelled, spelled_choice, spellings
from tests.new_store import new_store
from tests.unit.delivery.scene import NOW


@pytest.fixture
def connection(tmp_path):
    with new_store(tmp_path / "store.db") as store:
        yield store._writer


def put(connection, *bullets):
    for number, bullet in enumerate(bullets):
        summary = Summary(language="ko", source=SummarySource.IMPORTED, bullets=(bullet,))
        paper = Paper(id=f"2403.{number:05}", title=f"Paper {number}", summaries=(summary,))
        merge_papers(connection, [SourcePaper(paper=paper)], now=NOW)


def test_a_korean_term_finds_the_english_that_summaries_put_beside_it(connection):
    put(connection, *["확산(diffusion)을 씁니다."] * 3, *["음성(false negative)을 줄입니다."] * 2)
    assert spellings(connection, "확산") == ('"diffusion"',)
    assert spellings(connection, '"확산을"') == ('"diffusion"',)
    # Twice is chance.
    assert spellings(connection, "음성") == ()
    assert spelled(connection, Filters(having=("로봇",), without=("확산",))) == Filters(
        having=("로봇",), without=("확산", '"diffusion"')
    )
    choice = spelled_choice(connection, Choice(filters=Filters(having=("확산",))))
    assert [paper.id for paper in chosen([Paper(id="1", title="Diffusion"), Paper(id="2", title="Robots")], choice)] == [
        "1"
    ]


def test_a_part_of_a_term_is_not_called_as_the_whole(connection):
    put(connection, *["강화 학습(reinforcement learning)을 씁니다."] * 3, *["시각 언어(vision language)를 씁니다."] * 3)
    assert spellings(connection, "강화 학습") == ('"reinforcement learning"',)
    assert spellings(connection, "학습") == spellings(connection, "언어") == ()


def test_an_empty_store_knows_none_and_english_terms_are_left_as_they_are(connection):
    assert spellings(connection, "확산") == ()
    put(connection, *["확산(diffusion)을 씁니다."] * 3)
    assert spellings(connection, "diffusion") == spellings(connection, "3D 확산") == spellings(connection, "!") == ()
