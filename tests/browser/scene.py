"""The running program with days to read, and a picture for every address that would lead elsewhere."""

import contextlib
import datetime as dt
import socket
import struct
import subprocess
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Iterator
from pathlib import Path

from bot.digest.importing import save_sample
from bot.model import ListDayState, Origin, Paper, Summary, SummarySource
from bot.ports import SourcePaper
from bot.store import list_days, papers
from bot.store.connection import open_store
from tests.end_to_end.process import COMMAND, environment

NOW = dt.datetime(2024, 4, 3, 12, tzinfo=dt.UTC)
_PHRASES = {
    "ko": "해상도가 다른 이미지도 다시 학습하지 않고 받아들이는 방법을 보이고, 여러 벤치마크에서 앞선 결과를 냅니다.",
    "en": "It takes images of other resolutions without being trained again, and is ahead on several benchmarks.",
    "ja": "解像度の異なる画像も再学習なしで受け取る方法を示し、複数のベンチマークで上回る結果を得ています。",
    "zh-Hans": "该方法无需重新训练即可处理不同分辨率的图像，并在多个基准上取得领先结果。",
}


def fill(database: Path, *, later_papers: int = 24) -> None:
    """The sample day, and a longer day after it of invented papers, some with everything that a paper can have."""
    day = dt.date(2024, 4, 2)
    with open_store(database) as store:
        store.write_now(save_sample, now=NOW)
        listed = [_paper(number) for number in range(later_papers)]
        store.write_now(papers.merge_papers, [SourcePaper(paper=paper, source="hub") for paper in listed], now=NOW)
        store.write_now(list_days.save_list, day, listed, origin=Origin.HUB, state=ListDayState.SETTLED, now=NOW)


def _paper(number: int) -> Paper:
    paper_id = f"2404.{number + 1:05}"
    return Paper(
        id=paper_id,
        title=f"An Invented Paper on Vision Transformers and Their Many Resolutions, Part {number + 1}",
        authors=tuple(f"First{one} Family{number}" for one in range(1 + number % 12)),
        abstract="We study transformers of vision. " + "They see images of any resolution. " * 6,
        upvotes=120 - number * 4,
        comments=number % 5,
        thumbnail=f"https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/{paper_id}.png",
        published_at=dt.datetime(2024, 4, 1, 9, tzinfo=dt.UTC),
        project_page="https://example.org/project" if number % 3 == 0 else None,
        github_repo="https://github.com/example/repo" if number % 2 == 0 else None,
        keywords=("vision", "transformers", "resolution") if number % 2 else (),
        summaries=tuple(
            Summary(language=language, source=SummarySource.SAMPLE, bullets=(phrase,) * 3)
            for language, phrase in _PHRASES.items()
            if number % 4 or language == "en"
        ),
    )


@contextlib.contextmanager
def served(folder: Path, **settings: str) -> Iterator[str]:
    """`daily-papers run` over `folder`'s store, with the pages alone; gives their address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    wanted = {"DATABASE": "daily-papers.db", "WEB_PORT": str(port), "CLOCK": NOW.isoformat(), **settings}
    log = (folder / "log").open("wb")
    process = subprocess.Popen(
        [COMMAND, "run"], cwd=folder, env=environment(wanted), stdin=subprocess.DEVNULL, stdout=log, stderr=log
    )
    try:
        _wait_for(f"{url}/", process)
        yield url
    finally:
        process.terminate()
        status = process.wait(30)
        log.close()
    assert status == 0, (folder / "log").read_text(encoding="utf-8")


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 60
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < until:
        assert process.poll() is None, "it ended"
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            opener.open(url, timeout=30).close()
            return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens at {url}")


def png(width: int = 1200, height: int = 648, colour: tuple[int, int, int] = (196, 120, 72)) -> bytes:
    """A picture of one colour (w3.org/TR/png/)."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = (b"\0" + bytes(colour) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
