"""Papers' pictures are fetched within limits, from hosts that are known, and nothing that comes back breaks a card."""

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import cache

import httpx
import pytest
from aiohttp import web
from PIL import Image

from bot.pictures.cards import Cards
from bot.pictures.day_card import DayCard, day_card
from bot.pictures.thumbnails import GIVEN_UP, MOST_BYTES, FileThumbnails, Thumbnails
from bot.sample import sample_day

DAY, PAPERS = sample_day()
HOST = "https://cdn-thumbnails.huggingface.co"


def encoded(size: tuple[int, int] = (1200, 648), kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, kind)
    return out.getvalue()


@dataclass
class Pictures:
    """A server of pictures on loopback; `/NAME` answers with the bytes of that name."""

    files: dict[str, bytes]
    asked: list[str] = field(default_factory=list)
    release: asyncio.Event = field(default_factory=asyncio.Event)
    port: int = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        name = request.path.removeprefix("/")
        self.asked.append(name)
        if name == "slow.png":
            await self.release.wait()
        if name == "moved.png":
            raise web.HTTPFound(f"{HOST}/good.png")
        if name not in self.files:
            raise web.HTTPNotFound
        kind = "text/html" if name.endswith(".html.png") else "image/png"
        return web.Response(body=self.files[name], content_type=kind)


class Loopback(httpx.AsyncHTTPTransport):
    """Every host of the world is the one server here; names are looked up nowhere."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.port = port

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self.port)
        return await super().handle_async_request(request)


@cache
def files() -> dict[str, bytes]:
    return {
        "good.png": encoded(),
        "good.jpg": encoded(kind="JPEG"),
        "tall.webp": encoded((300, 900), "WEBP"),
        "broken.png": b"\x89PNG no picture",
        "page.html.png": b"<html>",
        "gif.png": encoded(kind="GIF"),
        "ribbon.png": encoded((3000, 20)),
        "dot.png": encoded((1, 1)),
        "huge.png": encoded((5000, 5000)),
        "long.png": encoded() + b"x" * MOST_BYTES,
    }


@pytest.fixture
async def pictures() -> AsyncIterator[Pictures]:
    served = Pictures(files())
    app = web.Application()
    app.router.add_route("GET", "/{name:.*}", served.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    served.port = runner.addresses[0][1]
    yield served
    served.release.set()
    await runner.cleanup()


@pytest.fixture
async def client(pictures: Pictures) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=Loopback(pictures.port), follow_redirects=True) as one:
        yield one


async def test_pictures_come_small_and_once(pictures: Pictures, client: httpx.AsyncClient):
    thumbnails = Thumbnails(client)
    urls = [f"{HOST}/{name}" for name in ("good.png", "good.jpg", "tall.webp")]
    found = await thumbnails.of(urls)
    assert [found[url].size for url in urls] == [(400, 216), (400, 216), (384, 1152)]
    assert list(await thumbnails.of(urls)) == urls
    assert sorted(pictures.asked) == ["good.jpg", "good.png", "tall.webp"]


@pytest.mark.parametrize(
    "name",
    ["missing.png", "broken.png", "page.html.png", "gif.png", "ribbon.png", "dot.png", "huge.png", "long.png", "moved.png"],
)
async def test_what_is_no_small_picture_is_none_and_not_asked_for_again(
    pictures: Pictures, client: httpx.AsyncClient, name: str
):
    thumbnails = Thumbnails(client)
    assert await thumbnails.of([f"{HOST}/{name}"]) == {}
    assert await thumbnails.of([f"{HOST}/{name}"]) == {}
    assert pictures.asked == [name]


@pytest.mark.parametrize(
    "url",
    [
        "http://cdn-thumbnails.huggingface.co/good.png",
        "https://evil.example/good.png",
        "https://huggingface.co:8443/good.png",
        "https://user@huggingface.co/good.png",
        "file:///etc/passwd",
    ],
)
async def test_other_hosts_are_not_asked(pictures: Pictures, client: httpx.AsyncClient, url: str):
    assert await Thumbnails(client).of([url]) == {}
    assert pictures.asked == []


def card_with(*names: str) -> DayCard:
    card = day_card(DAY, PAPERS, "en")
    lines = [type(line)(line.title, line.votes, f"{HOST}/{name}") for line, name in zip(card.lines, names, strict=False)]
    return DayCard(day=card.day, language="en", shown=10, total=10, lines=tuple(lines))


async def test_a_slow_picture_is_left_out_and_a_card_is_drawn_once_for_all(pictures: Pictures, client: httpx.AsyncClient):
    cards = Cards(Thumbnails(client, seconds=0.3))
    card = card_with("good.png", "slow.png")
    first, second = await asyncio.gather(cards.picture(card), cards.picture(card))
    assert first is not None
    assert first is second is await cards.picture(card)
    assert sorted(pictures.asked) == ["good.png", "slow.png"]
    await cards.close()


async def test_a_card_that_is_not_ready_in_time_is_none_and_there_for_those_who_come_later(
    pictures: Pictures, client: httpx.AsyncClient
):
    cards = Cards(Thumbnails(client, seconds=30), seconds=0.1)
    card = card_with("slow.png")
    assert await cards.picture(card) is None
    assert await cards.picture(card) is None
    pictures.release.set()
    async with asyncio.timeout(20):
        while (image := await cards.picture(card)) is None:
            await asyncio.sleep(0.02)
    assert image.name == "daily-papers-2024-03-28.jpg"
    await cards.close()


async def test_a_network_that_is_gone_makes_a_card_of_letters():
    async with httpx.AsyncClient(transport=Loopback(9)) as client:
        cards = Cards(Thumbnails(client), seconds=30)
        image = await cards.picture(card_with("good.png"))
    assert image is not None
    assert image.content.startswith(b"\xff\xd8")


async def test_a_card_that_cannot_be_drawn_is_none():
    cards = Cards(seconds=30)
    broken = DayCard(day=DAY, language="ko", shown=1, total="many", lines=())  # type: ignore[arg-type]  # what must not be
    assert await cards.picture(broken) is None
    assert await cards.picture(broken) is None
    await cards.close()


async def test_who_writes_files_gets_them_one_card_after_the_other(pictures: Pictures):
    def written() -> list[tuple[int, bool]]:
        with FileThumbnails(lambda: httpx.AsyncClient(transport=Loopback(pictures.port))) as thumbnails:
            asked: list[list[str]] = [[f"{HOST}/good.png"], [], [f"{HOST}/good.png", f"{HOST}/none.png"]]
            return [(len(thumbnails.of(urls)), thumbnails.lacked) for urls in asked]

    assert await asyncio.to_thread(written) == [(1, False), (0, False), (1, True)]


async def test_files_do_not_wait_for_hosts_that_never_answer(pictures: Pictures):
    def written() -> list[bool]:
        with FileThumbnails(lambda: httpx.AsyncClient(transport=Loopback(pictures.port))) as thumbnails:
            missing = [thumbnails.of([f"{HOST}/none-{number}.png"]) for number in range(GIVEN_UP + 20)]
            return [bool(found) or not thumbnails.lacked for found in missing]

    assert not any(await asyncio.to_thread(written))
    assert len(pictures.asked) == GIVEN_UP


async def test_only_some_cards_are_begun_at_one_time(pictures: Pictures, client: httpx.AsyncClient):
    cards = Cards(Thumbnails(client, seconds=30), seconds=0.05)
    waiting = [DayCard(day=DAY, language="en", shown=n, total=99, lines=card_with("slow.png").lines) for n in range(20)]
    await asyncio.gather(*(cards.picture(card) for card in waiting))
    assert len(pictures.asked) <= 8
    await cards.close()
