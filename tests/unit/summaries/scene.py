"""A store with a few papers, and the program's own parts around a language model on loopback."""

import contextlib
import datetime as dt

from bot.model import ListDayState, Origin, Paper, Summary, SummarySource
from bot.parts import Parts, open_parts
from bot.ports import SourcePaper
from bot.settings import Settings
from bot.store import papers
from bot.store.list_days import save_list
from bot.store.papers import merge_papers

NOW = dt.datetime(2024, 3, 28, 22, 0, tzinfo=dt.UTC)
DAY = dt.date(2024, 3, 28)

OTTER = Paper(
    id="2403.00001",
    title="OtterMap: Counting River Otters from Drone Video",
    abstract=(
        "Counting river otters is slow. We present OtterMap, which counts them in drone video with 91.4% precision. "
        "OtterMap tracks each otter over 30 frames and needs no labels of its own."
    ),
    upvotes=5,
    list_day=DAY,
)
RIVER = Paper(
    id="2403.00002",
    title="RiverNet: Forecasting Floods with Graphs",
    abstract="We present RiverNet, a graph of gauges that forecasts floods two days ahead in nine basins. RiverNet is small.",
    upvotes=9,
    list_day=DAY,
)
BARE = Paper(id="2403.00003", title="A Paper without an Abstract", upvotes=20, list_day=DAY)
WRONG = Summary(
    language="ko",
    source=SummarySource.IMPORTED,
    bullets=(
        "이 논문은 새로운 합성곱 신경망(Convolutional Neural Network)을 제안합니다.",
        "드롭아웃(Dropout)과 배치 정규화(Batch Normalization)를 결합했습니다.",
        "CIFAR-10에서 정확도가 4.37% 향상되었습니다.",
    ),
)
RIGHT = Summary(
    language="ko",
    source=SummarySource.IMPORTED,
    bullets=("OtterMap은 드론 영상에서 수달을 셉니다.", "정밀도는 91.4%입니다.", "수달 조사가 빨라집니다."),
)


def put(connection, *given, origin=Origin.HUB):
    """Papers on the list of DAY."""
    merge_papers(connection, [SourcePaper(paper=one) for one in given], now=NOW)
    save_list(connection, DAY, given, origin=origin, state=ListDayState.SETTLED, now=NOW)


def settings(tmp_path, model=None, **more):
    urls = {name.lower(): value for name, value in model.settings().items()} if model else {}
    nowhere = {"hf_api_url": "http://127.0.0.1:9", "arxiv_api_url": "http://127.0.0.1:9", "arxiv_url": "http://127.0.0.1:9"}
    return Settings(**{**nowhere, **urls, "database": tmp_path / "store.db", "clock": NOW, **more})


@contextlib.asynccontextmanager
async def opened(tmp_path, model=None, *given, **more):
    """The parts, over a store that holds `given`."""
    async with open_parts(settings(tmp_path, model, **more)) as parts:
        if given:
            parts.store.write_now(put, *given)
        yield parts


def stored(parts: Parts, paper_id: str) -> Paper:
    found = parts.store.read_now(papers.paper, paper_id)
    assert found is not None
    return found
