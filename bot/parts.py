"""The composition root: the parts of the program built from Settings, and given back in the right order."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.clock import Clock
from bot.digest.fetching import Fetcher, PaperFinder
from bot.settings import Settings
from bot.sources.arxiv import Arxiv
from bot.sources.http import make_client
from bot.sources.hugging_face import HuggingFace
from bot.store.connection import Store, open_store


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the commands and the service are made of."""

    settings: Settings
    clock: Clock
    store: Store
    fetcher: Fetcher
    finder: PaperFinder


@contextlib.asynccontextmanager
async def open_parts(settings: Settings) -> AsyncIterator[Parts]:
    """Every part, until the end of the block. Raises StoreError when the file cannot be used."""
    clock = Clock(settings.clock)
    with open_store(settings.database) as store:
        async with make_client() as client:
            token = settings.hf_token.get_secret_value() if settings.hf_token else None
            hub = HuggingFace(client, settings.hf_api_url, token)
            arxiv = Arxiv(client, settings.arxiv_api_url)
            yield Parts(
                settings=settings,
                clock=clock,
                store=store,
                fetcher=Fetcher(store, hub, clock, settings.settle_hour_utc),
                finder=PaperFinder(store, (hub, arxiv), clock),
            )
