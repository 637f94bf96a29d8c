"""What every answer carries: tags and caching, one policy, and nothing but reading."""

import datetime as dt
from dataclasses import replace

import httpx
import pytest
import structlog

from bot.clock import Clock
from bot.logs import set_up_logs
from bot.store.connection import Store
from bot.web.answers import Shelf
from bot.web.app import make_app
from bot.web.feeds import FeedPage
from bot.web.site import Site
from tests.unit.web.conftest import HOSTILE, NOW, add_day, asking, settings


async def test_who_has_the_page_hears_that_it_has_not_changed(browser: httpx.AsyncClient, store: Store):
    first = await browser.get("/2024-03-28")
    tag = first.headers["etag"]
    again = await browser.get("/2024-03-28", headers={"If-None-Match": f'"other", W/{tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert again.headers["cache-control"] == first.headers["cache-control"] == "public, max-age=60"
    # Something else was written: the page is looked at again, and is the same; another one's tag says nothing.
    add_day(store, dt.date(2024, 4, 2), replace(HOSTILE, id="2404.00009"))
    assert (await browser.get("/2024-03-28", headers={"If-None-Match": tag})).status_code == 304
    assert (await browser.get("/2024-04-01", headers={"If-None-Match": tag})).status_code == 200


async def test_a_changed_paper_is_seen_at_once(browser: httpx.AsyncClient, store: Store):
    before = await browser.get("/2024-04-01")
    add_day(store, dt.date(2024, 4, 1), replace(HOSTILE, upvotes=99), now=NOW + dt.timedelta(hours=1))
    after = await browser.get("/2024-04-01", headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert "👍 99" in after.text


async def test_packed_and_plain_have_tags_of_their_own(browser: httpx.AsyncClient):
    packed = await browser.get("/2024-03-28", headers={"Accept-Encoding": "br, gzip;q=0.5"})
    plain = await browser.get("/2024-03-28", headers={"Accept-Encoding": "identity, gzip;q=0"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text
    assert packed.headers["etag"] != plain.headers["etag"]
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"


async def test_head_is_the_same_without_the_page(browser: httpx.AsyncClient):
    get, head = await browser.get("/feed.json"), await browser.head("/feed.json")
    assert head.status_code == 200
    assert head.headers["etag"] == get.headers["etag"]


@pytest.mark.parametrize(
    "address", ["/", "/2024-03-28", "/nothing", "/search?q=x", "/feeds", "/static/style.css", "/robots.txt"]
)
async def test_nothing_runs_and_nothing_is_framed(browser: httpx.AsyncClient, address: str):
    headers = (await browser.get(address)).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert "script-src" not in policy
    assert "unsafe" not in headers["content-security-policy"]
    assert policy["img-src"].split()[0] == "'self'"
    assert all(host.startswith("https://") for host in policy["img-src"].split()[1:])
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"


async def test_the_style_is_kept_for_ever_under_its_mark(browser: httpx.AsyncClient):
    page = await browser.get("/")
    address = page.text.split('rel="stylesheet" href="')[1].split('"')[0]
    style = await browser.get(address)
    assert style.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in style.headers["cache-control"]
    assert "immutable" not in (await browser.get("/static/style.css")).headers["cache-control"]
    assert "immutable" not in (await browser.get("/static/style.000000000000.css")).headers["cache-control"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_pages_can_only_be_read(browser: httpx.AsyncClient, method: str):
    answer = await browser.request(method, "/2024-03-28")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


async def test_a_store_that_cannot_be_read_is_a_page_that_says_so(store: Store):
    app = make_app(store, settings(), Clock(NOW))
    async with asking(app) as browser:
        assert (await browser.get("/en/2024-03-28")).status_code == 200
        store.write_now(lambda connection: connection.execute("ALTER TABLE list_entry RENAME TO gone"))
        broken = await browser.get("/en/2024-03-28")
    assert broken.status_code in {500, 503}
    assert "Something went wrong here" in broken.text
    assert "list_entry" not in broken.text
    assert broken.headers["cache-control"] == "no-store"


async def test_a_page_that_fails_is_logged_without_the_words_of_its_error(store: Store, capsys: pytest.CaptureFixture[str]):
    app = make_app(store, settings(), Clock(NOW))
    set_up_logs("info")
    try:
        async with asking(app) as browser:
            store.write_now(lambda connection: connection.execute("UPDATE paper SET authors = 'my secret wish'"))
            assert (await browser.get("/en/2024-03-28")).status_code == 500
    finally:
        structlog.reset_defaults()
    told = capsys.readouterr().err
    assert "page failed" in told
    assert "JSONDecodeError" in told
    assert "line 1 column" not in told


async def test_pages_that_strangers_ask_for_take_no_more_memory_than_is_set_aside(store: Store):
    site = Site.of(settings(), Clock(NOW), url="https://papers.example.org")
    shelf = Shelf(store, site, store.versions(), most_bytes=30_000)
    pages = [FeedPage(language="ko", form="feed.json", filter=f"-absent{number}") for number in range(30)]
    made = []
    for page in pages:
        made.append(await shelf.page(page))
        assert 0 < shelf.bytes_kept <= 30_000
    assert sum(len(one.kept) for one in made if one) > 60_000
    # What was asked for last is there, what was asked for long ago is made again, and nothing is counted twice.
    assert await shelf.page(pages[-1]) is made[-1]
    assert await shelf.page(pages[0]) is not made[0]
    add_day(store, dt.date(2024, 4, 2), HOSTILE)
    for _ in range(2):
        assert await shelf.page(pages[-1])
    assert shelf.bytes_kept <= 30_000
