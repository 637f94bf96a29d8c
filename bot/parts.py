"""The composition root: builds the parts of the program from Settings, and closes them in the right order."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx

from bot.clock import Clock
from bot.digest.fetching import Fetcher, PaperFinder
from bot.observing import NOBODY, Observer
from bot.pictures.cards import Cards
from bot.pictures.thumbnails import Thumbnails
from bot.settings import Settings
from bot.sources.arxiv import Arxiv
from bot.sources.full_text import FullText
from bot.sources.http import Patience, Window, ask, make_client
from bot.sources.hugging_face import REQUESTS, SECONDS, HuggingFace
from bot.store.connection import Store, open_store
from bot.summaries.budget import Limits
from bot.summaries.chat_completions import ChatCompletions
from bot.summaries.ledger import StoreLedger
from bot.summaries.pipeline import Summaries
from bot.summaries.prompt import Prompt

# Below what providers allow to new customers (500 requests a minute); a 429 is obeyed anyway.
LLM_WINDOW = (300, 60.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the commands and the service are made of."""

    settings: Settings
    clock: Clock
    store: Store
    fetcher: Fetcher
    finder: PaperFinder
    summaries: Summaries
    observer: Observer = NOBODY
    cards: Cards | None = None


@contextlib.asynccontextmanager
async def open_parts(settings: Settings, observer: Observer = NOBODY) -> AsyncIterator[Parts]:
    """All parts, until the end of the block; `observer` is told what they do.

    Raises StoreError if the file cannot be used.
    """
    clock = Clock(settings.clock, settings.clock_speed if settings.clock else 1.0)
    with open_store(settings.database) as store:
        async with make_client() as client:
            token = settings.hf_token.get_secret_value() if settings.hf_token else None
            # As many requests as the Hub takes in its five minutes, by a clock that runs faster too.
            hub = HuggingFace(client, settings.hf_api_url, token, window=Window(REQUESTS, SECONDS / clock.speed))
            arxiv = Arxiv(client, settings.arxiv_api_url)
            summaries = Summaries(
                store,
                clock,
                _model(settings, store, clock, client),
                full_text=FullText(client, settings.hf_api_url, settings.arxiv_url) if settings.llm_full_text else None,
                replacing=settings.show_unverified == "replace",
                observer=observer,
            )
            cards = Cards(Thumbnails(client), folder=_public(settings)) if settings.cards else None
            fetcher = Fetcher(store, hub, clock, settings.settle_hour_utc, settings.gap_days, observer=observer)
            finder = PaperFinder(store, (hub, arxiv), clock)
            try:
                yield Parts(
                    settings=settings,
                    clock=clock,
                    store=store,
                    fetcher=fetcher,
                    finder=finder,
                    summaries=summaries,
                    observer=observer,
                    cards=cards,
                )
            finally:
                # What several share goes on without those who wait for it, but not without the client and the store.
                if cards is not None:
                    await cards.close()
                for part in (fetcher, finder, summaries):
                    await part.close()


def _public(settings: Settings) -> str:
    """The public https address of this process's pages, for platforms that fetch pictures; "" if there is none."""
    url = settings.web_url or ""
    return url.rstrip("/") if settings.web_port is not None and url.startswith("https://") else ""


def _model(settings: Settings, store: Store, clock: Clock, client: httpx.AsyncClient) -> ChatCompletions | None:
    """The configured language model, or None."""
    if not settings.llm_api_url:
        return None
    key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else ""
    url = f"{settings.llm_api_url.removesuffix('/chat/completions')}/chat/completions"
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    window = Window(*LLM_WINDOW)
    patience = Patience(attempts=3, answer=settings.llm_timeout)

    async def post(body: object) -> httpx.Response:
        name = "The language model's server"
        return await ask(client, url, name=name, window=window, patience=patience, headers=headers, json=body)

    limits = Limits(money=settings.llm_daily_budget, tokens=settings.llm_daily_tokens)
    ledger = StoreLedger(store, clock, settings.llm_model, limits, settings.llm_prices)
    prompt = Prompt(shape=settings.llm_shape, full_text=settings.llm_full_text)
    return ChatCompletions(post, settings.llm_model, prompt, ledger, secret=key)
