"""A day's card is the picture of its page in link previews, in the reader's language."""

import datetime as dt
import io
import json
from dataclasses import replace
from pathlib import Path

import httpx
from lxml import html
from PIL import Image

from bot.clock import Clock
from bot.pictures.cards import Cards
from bot.pictures.day_card import DayCard, Line
from bot.pictures.thumbnails import FileThumbnails
from bot.store.connection import Store
from bot.web.files import MEMORY, SiteFolder
from bot.web.site import Site
from tests.unit.web.conftest import NOW, application, asking, settings


def previewed(page: str, name: str) -> str:
    return str(html.fromstring(page).xpath(f"string(//meta[@property='{name}']/@content)"))


async def test_the_page_names_its_card_and_the_card_is_there(store: Store):
    cards = Cards()
    async with asking(application(store, cards=cards)) as browser:
        page = await browser.get("/en/2024-03-28")
        address = previewed(page.text, "og:image")
        assert address == "https://papers.example.org/en/cards/2024-03-28.jpg"
        card = await browser.get(address)
        assert card.headers["content-type"] == "image/jpeg"
        assert "content-encoding" not in card.headers
        with Image.open(io.BytesIO(card.content)) as picture:
            assert picture.size == (
                int(previewed(page.text, "og:image:width")),
                int(previewed(page.text, "og:image:height")),
            )
        again = await browser.get(address, headers={"If-None-Match": card.headers["etag"]})
        assert again.status_code == 304
        assert (await browser.get("/cards/2024-03-28.jpg")).content != card.content
        for gone in ("/cards/2024-03-29.jpg", "/cards/2024-02-30.jpg", "/cards/x.jpg", "/cards/"):
            assert (await browser.get(gone, follow_redirects=True)).status_code == 404
    await cards.close()


async def test_a_card_that_was_sent_is_served_under_its_own_address(store: Store):
    cards = Cards(folder="https://papers.example.org")
    sent = await cards.picture(DayCard(day=dt.date(2024, 3, 28), language="ko", shown=1, total=9, lines=(Line("A title"),)))
    assert sent is not None
    async with asking(application(store, cards=cards)) as browser:
        card = await browser.get(sent.url)
        assert (card.status_code, card.content) == (200, sent.content)
        assert "immutable" in card.headers["cache-control"]
        gone = await browser.get("/cards/2024-03-28-0123456789abcdef.jpg")
        assert gone.status_code == 404
    await cards.close()


async def test_without_cards_the_first_picture_of_the_day_is_shown(browser: httpx.AsyncClient):
    page = (await browser.get("/2024-03-28")).text
    assert previewed(page, "og:image").startswith("https://cdn-thumbnails.huggingface.co/")
    assert previewed(page, "og:image:width") == ""
    assert (await browser.get("/cards/2024-03-28.jpg")).status_code == 404


def test_a_card_that_lacks_a_picture_is_drawn_again_the_next_time(tmp_path: Path, store: Store):
    plain = replace(Site.of(settings(), Clock(NOW), url="https://papers.example.org", files=True), languages=("ko",))
    folder = tmp_path / "public"
    # Nobody listens there, so no picture can be had.
    with FileThumbnails(lambda: httpx.AsyncClient(proxy="http://127.0.0.1:9")) as thumbnails:
        site = replace(plain, thumbnails=thumbnails)
        SiteFolder(folder, site).write(store)
        assert json.loads((folder / MEMORY).read_text(encoding="utf-8"))["cards/2024-03-28.jpg"] == ""
        assert SiteFolder(folder, site).write(store).written == 0
    SiteFolder(folder, plain).write(store)
    assert json.loads((folder / MEMORY).read_text(encoding="utf-8"))["cards/2024-03-28.jpg"] != ""


def test_files_have_their_cards_too_drawn_once(tmp_path: Path, store: Store):
    site = replace(Site.of(settings(), Clock(NOW), url="https://papers.example.org", files=True), languages=("ko",))
    folder = tmp_path / "public"
    SiteFolder(folder, site).write(store)
    with Image.open(folder / "cards" / "2024-03-28.jpg") as picture:
        assert picture.size == (1200, 630)
    assert SiteFolder(folder, site).write(store).written == 0
