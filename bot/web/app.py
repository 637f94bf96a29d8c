"""The web application: which page a request is for, and the headers of every response. Pages are made elsewhere."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from urllib.parse import parse_qsl

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from bot.clock import Clock
from bot.errors import StoreError
from bot.locales import LANGUAGES, supported
from bot.pictures.cards import Cards
from bot.pictures.plots import Plots
from bot.settings import Settings
from bot.store.connection import Store
from bot.web.addresses import split_language
from bot.web.answers import SAFE, VARY, YEAR_SECONDS, Shelf, answer, made
from bot.web.asked_language import asked_language
from bot.web.day_cards import CardPage
from bot.web.feeds import FeedPage, FeedsPage
from bot.web.page import HTML, Page
from bot.web.paths import page_at
from bot.web.site import ASSETS, Site, asset_bytes, asset_mark
from bot.web.trends import MOST_TYPED, PICTURE, SVG, SVG_POLICY, TrendsPage

log = structlog.get_logger(__name__)

_METHODS = ["GET", "HEAD"]
_CARD = re.compile(r"cards/(\d{4}-\d{2}-\d{2})(-[0-9a-f]{16})?\.jpg")
# Votes on it go on rising; whoever shows a link's preview has kept its own picture anyway.
CARD_SECONDS = 3600


def make_app(
    store: Store,
    settings: Settings,
    clock: Clock,
    *,
    cards: Cards | None = None,
    plots: Plots | None = None,
    beside: Sequence[BaseRoute] = (),
) -> Starlette:
    """The application over `store`. Routes `beside` (health, metrics) go before its own; `cards` draws those of days,
    `plots` those of topics.
    """
    listened = f"http://{settings.web_host}:{settings.web_port or 80}"
    site = replace(Site.of(settings, clock, url=settings.web_url or listened), cards=cards is not None)
    pages = _Pages(store, site, cards, plots)
    own = [
        Route("/static/{name}", pages.asset, methods=_METHODS),
        Route("/robots.txt", _robots, methods=_METHODS),
        Route("/{path:path}", pages.page, methods=_METHODS),
    ]
    # Whether or not the server in front takes away the path under which the pages stand.
    under = [Mount(site.addresses.base, routes=own)] if site.addresses.base else []
    return Starlette(
        routes=[*beside, *under, *own],
        exception_handlers={Exception: pages.broken, StoreError: pages.broken, 404: pages.unknown, 405: _wrong_method},
    )


class _Pages:
    def __init__(self, store: Store, site: Site, cards: Cards | None, plots: Plots | None) -> None:
        self.site, self.cards, self.plots = site, cards, plots
        self.shelf = Shelf(store, site, store.versions())

    async def page(self, request: Request) -> Response:
        """A page, a feed, or that there is none."""
        language, path = self._language(request)
        query = dict(parse_qsl(request.url.query, keep_blank_values=True, errors="replace"))
        moved = self._moved(request.path_params["path"], request.url.query)
        if moved is not None:
            return moved
        if (card := _CARD.fullmatch(path)) is not None and self.cards is not None:
            if card[2]:
                return self._sent_card(self.cards, path.removeprefix("cards/"), language, request.headers)
            return await self._card(self.cards, card[1], language, request.headers)
        if path == PICTURE and self.plots is not None:
            return await self._plot(self.plots, language, query, request.headers)
        page = asked_for(path, language, query)
        found = None if page is None else await self.shelf.page(page)
        if page is None or found is None:
            return self._missing(language, request.headers)
        chosen = {} if request.path_params["path"] else {"Vary": f"{VARY}, Accept-Language"}
        return answer(found, request.headers, more={**self._links(page), **chosen})

    def _language(self, request: Request) -> tuple[str, str]:
        """The language of an address, and the path behind it; the first page without any is in its reader's own."""
        path = request.path_params.get("path", request.url.path.lstrip("/"))
        if path:
            return split_language(path, self.site.home)
        wished = ",".join(request.headers.getlist("accept-language"))
        return asked_language(wished, self.site.home, self.site.languages), ""

    def _moved(self, path: str, query: str) -> Response | None:
        """One address for each page: without a slash at its end, and without the prefix of the first language."""
        first, slash, rest = path.partition("/")
        wanted = path
        if first in LANGUAGES or (supported(first) and first.casefold() == str(supported(first)).casefold()):
            named = supported(first) or first
            wanted = rest if rest.strip("/") and named == self.site.home else f"{named}{slash or '/'}{rest}"
        kept = wanted if wanted in {f"{tag}/" for tag in LANGUAGES} else wanted.rstrip("/")
        if kept == path:
            return None
        # Leading slashes are removed: an address that begins with two would name another host.
        address = f"{self.site.addresses.base}/{kept.lstrip('/')}"
        return RedirectResponse(f"{address}?{query}" if query else address, 308, SAFE)

    def _links(self, page: Page) -> Mapping[str, str]:
        """A hub finds itself and the feed's own address in the header too (w3.org/TR/websub/#discovery)."""
        if not isinstance(page, FeedPage) or not self.site.hub:
            return {}
        own = self.site.addresses.whole(page.address(self.site))
        return {"Link": f'<{self.site.hub}>; rel="hub", <{own}>; rel="self"'}

    async def _card(self, cards: Cards, written: str, language: str, headers: Mapping[str, str]) -> Response:
        """The card of a day, as soon as it is drawn."""
        try:
            page = CardPage(language=language, day=dt.date.fromisoformat(written))
        except ValueError:
            return self._missing(language, headers)
        card = await self.shelf.read(page.card, self.site)
        file = None if card is None else await cards.picture(card)
        if file is None:
            return self._missing(language, headers)
        kept = {"Cache-Control": f"public, max-age={CARD_SECONDS}"}
        return answer(made("", file.content, file.media_type, packed=False), headers, more=kept)

    def _sent_card(self, cards: Cards, name: str, language: str, headers: Mapping[str, str]) -> Response:
        """The card of a digest that was sent; under its address it never changes."""
        file = cards.named(name)
        if file is None:
            return self._missing(language, headers)
        kept = {"Cache-Control": f"public, max-age={YEAR_SECONDS}, immutable"}
        return answer(made("", file.content, file.media_type, packed=False), headers, more=kept)

    async def _plot(self, plots: Plots, language: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Response:
        """How topics go, in light colours or in dark ones."""
        page = trends_page(language, query)
        plot = await self.shelf.read(page.plot, self.site, dark=query.get("dark") == "1")
        drawn = None if plot is None else await plots.drawn(plot)
        if drawn is None:
            return self._missing(language, headers)
        return answer(made("", drawn, SVG), headers, more={"Content-Security-Policy": SVG_POLICY})

    async def asset(self, request: Request) -> Response:
        """A style sheet or an icon, under its name or the one with its mark; the latter never changes."""
        name = request.path_params["name"]
        stem, _, ending = name.rpartition(".")
        stem, _, mark = stem.partition(".")
        plain = f"{stem}.{ending}"
        if plain not in ASSETS:
            return self._missing(self.site.home, request.headers)
        seconds = YEAR_SECONDS if mark == asset_mark(plain) else 300
        immutable = ", immutable" if seconds == YEAR_SECONDS else ""
        kept = {"Cache-Control": f"public, max-age={seconds}{immutable}"}
        return answer(made("", asset_bytes(plain), ASSETS[plain]), request.headers, more=kept)

    async def unknown(self, request: Request, _error: Exception) -> Response:
        """An address that no route takes, such as one with a line break in it, is no page as any other is none."""
        return self._missing(self.site.home, request.headers)

    def _missing(self, language: str, headers: Mapping[str, str]) -> Response:
        return self._said(language, headers, HTTPStatus.NOT_FOUND, "nothing_here", "nothing_here_why")

    async def broken(self, request: Request, error: Exception) -> Response:
        """A page that cannot be made says so, and no more; what happened is in the log."""
        if isinstance(error, StoreError):
            log.error("page failed", path=request.url.path, error=str(error))
        else:
            # The log leaves out the words of an error (bot/logs.py), which may be what somebody looked for.
            log.error("page failed", path=request.url.path, exc_info=error)
        language, _ = self._language(request)
        status = HTTPStatus.SERVICE_UNAVAILABLE if isinstance(error, StoreError) else HTTPStatus.INTERNAL_SERVER_ERROR
        return self._said(language, request.headers, status, "broken", "broken_why")

    def _said(self, language: str, headers: Mapping[str, str], status: int, title: str, why: str) -> Response:
        body = self.site.said(language, title, why)
        return answer(made("", body, HTML), headers, status=status, more={"Cache-Control": "no-store"})


def asked_for(path: str, language: str, query: Mapping[str, str]) -> Page | None:
    """The page or feed at a path behind its language, or None."""
    words = " ".join(query.get("filter", "").split())[:500]
    if path in {"feed.atom", "feed.json"}:
        return FeedPage(language=language, form=path, filter=words)
    if path == "trends":
        return trends_page(language, query)
    if path == "feeds":
        return FeedsPage(language=language, filter=words)
    return page_at(path, language, query)


def trends_page(language: str, query: Mapping[str, str]) -> TrendsPage:
    """The page of the topics that were typed."""
    return TrendsPage(language=language, typed=" ".join(query.get("q", "").split())[:MOST_TYPED])


async def _robots(request: Request) -> Response:
    body = b"User-agent: *\nDisallow: /search\nDisallow: /*/search\nDisallow: /trends\nDisallow: /*/trends\n"
    return answer(made("", body, "text/plain; charset=utf-8"), request.headers)


async def _wrong_method(_request: Request, _error: Exception) -> Response:
    return Response("Pages can only be read.\n", 405, {**SAFE, "Allow": ", ".join(_METHODS)}, "text/plain")
