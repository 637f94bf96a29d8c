"""The page of topics: its words without a script, its picture in both schemes, and nothing of what is typed runs."""

import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from lxml import html

from bot.clock import Clock
from bot.pictures.plots import Plot, Plots, Series, drawn_now
from bot.store.connection import Store
from bot.web.app import make_app
from bot.web.files import SiteFolder
from bot.web.site import Site
from tests.unit.commands.test_trends import put_months, put_rise
from tests.unit.web.conftest import NOW, asking, settings


@pytest.fixture
async def browser(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    store.write_now(put_months)
    async with asking(make_app(store, settings(), Clock(NOW), plots=Plots(seconds=120))) as client:
        yield client


async def test_a_page_says_how_topics_go_and_shows_it_in_the_readers_colours(browser: httpx.AsyncClient):
    page = await browser.get("/en/trends", params={"q": "diffusion models, mamba"})
    assert page.status_code == 200
    assert "diffusion models: 8.3%" in page.text
    assert 'src="/en/trends.svg?q=diffusion+models%2C+mamba"' in page.text
    assert (
        'srcset="/en/trends.svg?q=diffusion+models%2C+mamba&amp;dark=1" media="(prefers-color-scheme: dark)"' in page.text
    )
    assert 'rel="canonical"' not in page.text
    light = await browser.get("/en/trends.svg", params={"q": "diffusion models, mamba"})
    dark = await browser.get("/en/trends.svg", params={"q": "diffusion models, mamba", "dark": "1"})
    assert light.headers["content-type"] == "image/svg+xml"
    assert "script-src" not in light.headers["content-security-policy"]
    assert light.headers["content-security-policy"].startswith("default-src 'none'")
    ET.fromstring(light.content)
    assert "#fbfaf8" in light.text
    assert "#16181c" in dark.text
    again = await browser.get(
        "/en/trends.svg", params={"q": "diffusion models, mamba"}, headers={"If-None-Match": light.headers["etag"]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize("typed", ["<script>alert(1)</script>", '"><img src=x onerror=x>', "\x00\ud800", "a" * 5000, "$x^"])
async def test_what_is_typed_is_text(browser: httpx.AsyncClient, typed: str):
    page = await browser.get("/trends", params={"q": typed.encode("utf-8", "replace")})
    assert page.status_code == 200
    assert "<script" not in page.text
    assert "<img src=x" not in page.text
    assert len(page.content) < 20_000


async def test_there_is_no_picture_of_nothing_and_none_where_none_is_drawn(browser: httpx.AsyncClient, store: Store):
    assert (await browser.get("/trends.svg", params={"q": "zebras"})).status_code == 404
    async with asking(make_app(store, settings(), Clock(NOW))) as plain:
        assert (await plain.get("/trends.svg", params={"q": "mamba"})).status_code == 404
        assert "mamba: " in (await plain.get("/trends", params={"q": "mamba"})).text


async def test_a_store_of_a_few_days_says_that_it_has_too_few(store: Store):
    async with asking(make_app(store, settings(), Clock(NOW))) as client:
        page = await client.get("/en/trends")
    assert page.status_code == 200
    assert "too few lists" in page.text
    assert 'href="/en/trends" aria-current="page"' in page.text


def test_files_have_the_topics_that_rose_drawn_again_when_they_change(tmp_path: Path, store: Store):
    store.write_now(put_months)
    store.write_now(put_rise)
    asked: list[Plot] = []

    def drawn(plot: Plot) -> bytes | None:
        asked.append(plot)
        # The first time of all nothing comes of it.
        return f"<svg>{plot.language} {plot.dark}</svg>".encode() if len(asked) > 1 else None

    site = Site.of(settings(cards=False), Clock(NOW), url="https://papers.example.org/p", files=True)
    site = replace(site, languages=("ko", "en"), plot=drawn)
    SiteFolder(tmp_path / "public", site).write(store)
    assert {(plot.language, plot.dark, plot.form) for plot in asked} == {
        (language, dark, "svg") for language in ("ko", "en") for dark in (False, True)
    }
    page = html.parse(tmp_path / "public" / "en" / "trends" / "index.html")
    assert "Sparse Autoencoders" in page.xpath("string(//main/ul)")
    assert page.xpath("//main//form") == []
    assert page.xpath("//picture//@srcset | //picture//@src") == ["/p/en/trends-dark.svg", "/p/en/trends.svg"]
    assert (tmp_path / "public" / "en" / "trends-dark.svg").read_text(encoding="utf-8") == "<svg>en True</svg>"
    assert "/p/en/trends/" in html.parse(tmp_path / "public" / "en" / "index.html").xpath("//header//a/@href")
    # What could not be drawn is tried again, and nothing else.
    SiteFolder(tmp_path / "public", site).write(store)
    assert len(asked) == 5
    assert (tmp_path / "public" / "trends.svg").read_text(encoding="utf-8") == "<svg>ko False</svg>"
    assert SiteFolder(tmp_path / "public", site).write(store).written == 0


def test_a_plot_is_drawn_at_once_or_not_at_all():
    plot = Plot(language="en", title="", labels=("a", "b"), series=(Series("x", (0.1, 0.2)),), form="svg")
    assert b"<svg" in (drawn_now(plot, seconds=120) or b"")
    assert drawn_now(replace(plot, form="odd")) is None
