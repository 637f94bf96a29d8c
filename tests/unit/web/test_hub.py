"""The hub is told once of each feed that changed, and again of what it did not take."""

import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from aiohttp import web

from bot.clock import Clock
from bot.store.connection import Store
from bot.web.hub import HubTeller
from bot.web.site import Site
from tests.unit.web.conftest import HOSTILE, NOW, add_day, settings


class Hub:
    """A hub over real HTTP: keeps what it is told, and answers 204 as hubs do, or as `status` says."""

    def __init__(self) -> None:
        self.url = ""
        self.status = 204
        self.topics: list[str] = []

    async def answer(self, request: web.Request) -> web.Response:
        told = await request.post()
        # github.com/pubsubhubbub/PubSubHubbub core 0.3, 7.1: the content type, the mode and the topic are required.
        if request.content_type != "application/x-www-form-urlencoded" or told.get("hub.mode") != "publish":
            return web.Response(status=400)
        self.topics.append(str(told["hub.url"]))
        return web.Response(status=self.status)


@asynccontextmanager
async def listening() -> AsyncIterator[Hub]:
    hub = Hub()
    app = web.Application()
    app.router.add_post("/", hub.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    hub.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield hub
    await runner.cleanup()


def teller(store: Store, hub: Hub) -> HubTeller:
    made = Site.of(settings(websub_hub=hub.url), Clock(NOW), url="https://papers.example.org")
    return HubTeller(store, replace(made, languages=("ko", "en")))


ALL = [
    "https://papers.example.org/feed.atom",
    "https://papers.example.org/feed.json",
    "https://papers.example.org/en/feed.atom",
    "https://papers.example.org/en/feed.json",
]


async def test_it_is_told_of_what_is_new_and_of_nothing_twice(store: Store):
    async with listening() as hub:
        await teller(store, hub).tell()
        assert hub.topics == ALL
        # A new start knows what was told.
        await teller(store, hub).tell()
        assert hub.topics == ALL
        add_day(store, dt.date(2024, 4, 2), replace(HOSTILE, id="2404.00002"))
        await teller(store, hub).tell()
        assert hub.topics == ALL * 2


async def test_what_it_does_not_take_is_told_again(store: Store):
    async with listening() as hub:
        hub.status = 503
        await teller(store, hub).tell()
        hub.status = 202
        await teller(store, hub).tell()
        assert hub.topics == ALL * 2
    # And when it is gone, nothing breaks.
    add_day(store, dt.date(2024, 4, 2), replace(HOSTILE, id="2404.00002"))
    await teller(store, hub).tell()
    async with listening() as hub:
        await teller(store, hub).tell()
        assert hub.topics == ALL
