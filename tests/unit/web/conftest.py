"""A store with some days in it, and the application over it, asked as a browser asks."""

import datetime as dt
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from bot.clock import Clock
from bot.digest.importing import save_sample
from bot.model import ListDayState, Origin, Paper, Summary, SummarySource
from bot.pictures.cards import Cards
from bot.ports import SourcePaper
from bot.settings import Settings
from bot.store import list_days, papers
from bot.store.connection import Store, open_store
from bot.web.app import make_app

NOW = dt.datetime(2024, 4, 3, 12, tzinfo=dt.UTC)
DAY = dt.date(2024, 3, 28)
# What strangers write, at its worst.
HOSTILE = Paper(
    id="2404.00001",
    title='<script>alert(1)</script> & "quotes" {{ 7 * 7 }} $a<b$',
    authors=("Robert'); DROP TABLE paper;--", "<b>Bold</b>", "Björk \x00\x0b Ng"),
    abstract="An abstract about <img src=x onerror=alert(1)> transformers. It has two sentences.",
    upvotes=7,
    thumbnail="javascript:alert(1)",
    project_page="https://example.org/?a=1&b=2",
    github_repo="javascript:alert(2)",
    keywords=("<i>agents</i>", "vision"),
    summaries=(Summary(language="ko", source=SummarySource.MODEL, bullets=("</li><script>x</script>",), model="<m>"),),
)


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that is made once: the sample day, and one that a stranger has written."""
    path = tmp_path_factory.mktemp("filled") / "daily-papers.db"
    with open_store(path) as store:
        store.write_now(save_sample, now=NOW)
        add_day(store, dt.date(2024, 4, 1), HOSTILE)
    return path


@pytest.fixture
def store(filled: Path, tmp_path: Path) -> Iterator[Store]:
    path = tmp_path / "daily-papers.db"
    shutil.copy(filled, path)
    with open_store(path) as opened:
        yield opened


def add_day(store: Store, day: dt.date, *listed: Paper, now: dt.datetime = NOW) -> None:
    """A day's list, as the Hub would give it."""
    store.write_now(papers.merge_papers, [SourcePaper(paper=paper, source="hub") for paper in listed], now=now)
    store.write_now(list_days.save_list, day, listed, origin=Origin.HUB, state=ListDayState.SETTLED, now=now)


def settings(**more: object) -> Settings:
    return Settings.model_validate({"web_url": "https://papers.example.org", **more})


def application(store: Store, *, cards: Cards | None = None, **more: object) -> Starlette:
    return make_app(store, settings(**more), Clock(NOW), cards=cards)


@pytest.fixture
async def browser(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    async with asking(application(store)) as client:
        yield client


def asking(app: Starlette) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="https://papers.example.org")
