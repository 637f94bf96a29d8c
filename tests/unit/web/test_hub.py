"""The hub is told once of each feed that changed, and again of what it did not take."""

import datetime as dt
from dataclasses import replace

from bot.clock import Clock
from bot.store.connection import Store
from bot.web.hub import HubTeller
from bot.web.site import Site
from tests.fakes.websub import WebSubHub
from tests.unit.web.conftest import HOSTILE, NOW, add_day, settings


def teller(store: Store, hub: WebSubHub) -> HubTeller:
    made = Site.of(settings(websub_hub=hub.url), Clock(NOW), url="https://papers.example.org")
    return HubTeller(store, replace(made, languages=("ko", "en")))


ALL = [
    "https://papers.example.org/feed.atom",
    "https://papers.example.org/feed.json",
    "https://papers.example.org/en/feed.atom",
    "https://papers.example.org/en/feed.json",
]


async def test_it_is_told_of_what_is_new_and_of_nothing_twice(store: Store):
    async with WebSubHub() as hub:
        await teller(store, hub).tell()
        assert hub.topics == ALL
        # A new start knows what was told.
        await teller(store, hub).tell()
        assert hub.topics == ALL
        add_day(store, dt.date(2024, 4, 2), replace(HOSTILE, id="2404.00002"))
        await teller(store, hub).tell()
        assert hub.topics == ALL * 2


async def test_what_it_does_not_take_is_told_again(store: Store):
    async with WebSubHub() as hub:
        hub.status = 503
        await teller(store, hub).tell()
        hub.status = 202
        await teller(store, hub).tell()
        assert hub.topics == ALL * 2
    # And when it is gone, nothing breaks.
    add_day(store, dt.date(2024, 4, 2), replace(HOSTILE, id="2404.00002"))
    await teller(store, hub).tell()
    async with WebSubHub() as hub:
        await teller(store, hub).tell()
        assert hub.topics == ALL
