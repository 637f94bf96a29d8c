"""Feeds: of all papers and of any filter, in both forms, with what a reader and a hub need of them."""

import datetime as dt
import json
import re
from dataclasses import replace
from pathlib import Path

import feedparser
import httpx
import pytest
from lxml import etree

from bot.model import Paper, Summary, SummarySource
from bot.store.connection import Store
from tests.ruby import judged, needs_ruby
from tests.unit.web.conftest import NOW, add_day, application, asking

ATOM = {"a": "http://www.w3.org/2005/Atom"}


async def atom(browser: httpx.AsyncClient, address: str = "/feed.atom") -> etree._Element:
    answer = await browser.get(address)
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    return etree.fromstring(answer.content)


def texts(feed: etree._Element, path: str) -> list[str]:
    return [str(one.text if isinstance(one, etree._Element) else one) for one in feed.xpath(path, namespaces=ATOM)]


async def test_both_forms_have_the_newest_papers_and_are_linked(browser: httpx.AsyncClient):
    home = (await browser.get("/en/")).text
    assert '<link rel="alternate" type="application/atom+xml" title="Daily Papers" href="/en/feed.atom">' in home
    feed = await atom(browser, "/en/feed.atom")
    ids = texts(feed, "//a:entry/a:id")
    assert len(ids) == 11
    assert ids[:2] == ["https://papers.example.org/en/paper/2404.00001", "https://papers.example.org/en/paper/2403.18361"]
    assert texts(feed, "/a:feed/a:link[@rel='self']/@href") == ["https://papers.example.org/en/feed.atom"]
    assert texts(feed, "//a:entry[2]/a:published") == ["2024-03-28T00:00:00Z"]
    other = (await browser.get("/en/feed.json")).json()
    assert [item["id"] for item in other["items"]] == ids
    assert other["feed_url"] == "https://papers.example.org/en/feed.json"
    assert "hubs" not in other


async def test_what_a_reader_shows_is_safe_and_whole(browser: httpx.AsyncClient):
    read = feedparser.parse((await browser.get("/feed.atom")).content)
    assert not read.bozo
    entry = read.entries[0]
    assert entry.title == '<script>alert(1)</script> & "quotes" {{ 7 * 7 }} $a<b$'
    content = (await browser.get("/feed.json")).json()["items"][0]["content_html"]
    assert "<script" not in content
    assert "javascript:" not in content
    assert "&lt;/li&gt;" in content
    assert read.entries[1].content[0].value.count("<li>") == 3


async def test_lines_under_others_are_lists_of_their_own(browser: httpx.AsyncClient, store: Store):
    bullets = ("Sizes\n- 7B < 70B\n- 405B", "Licence")
    ours = Summary(language="ko", source=SummarySource.IMPORTED, bullets=bullets)
    add_day(store, dt.date(2024, 4, 2), Paper(id="2404.00005", title="Nested", summaries=(ours,)))
    wanted = "<li>Sizes<ul><li>7B &lt; 70B</li><li>405B</li></ul></li><li>Licence</li></ul>"
    assert wanted in (await browser.get("/feed.json")).json()["items"][0]["content_html"]
    assert wanted in texts(await atom(browser), "//a:entry[1]/a:content")[0]
    assert wanted in re.sub(r"\n", "", (await browser.get("/paper/2404.00005")).text)
    assert "◦" not in (await browser.get("/2024-04-02")).text


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("any resolution", ["2403.18361"]),
        ("해상도 -Gemini", ["2403.18361"]),
        ("author:Qihang", ["2403.18361"]),
        ("votes:25", ["2403.18361", "2403.18814"]),
        ("top:1", ["2404.00001", "2403.18361"]),
        ("zzzzqqq", []),
    ],
)
async def test_any_filter_that_a_subscription_can_have_is_a_feed(browser: httpx.AsyncClient, words: str, ids: list[str]):
    for form in ("feed.atom", "feed.json"):
        answer = await browser.get(f"/en/{form}", params={"filter": words})
        assert answer.status_code == 200
    items = answer.json()["items"]
    assert [item["id"].rpartition("/")[2] for item in items][: len(ids) or None] == ids
    assert answer.json()["feed_url"] == str(httpx.URL("https://papers.example.org/en/feed.json", params={"filter": words}))


async def test_words_that_are_no_filter_are_said_on_the_page_and_are_no_feed(browser: httpx.AsyncClient):
    page = await browser.get("/en/feeds", params={"filter": "votes:many"})
    assert "cannot be a filter" in page.text
    assert (await browser.get("/en/feed.atom", params={"filter": "votes:many"})).status_code == 404
    page = await browser.get("/en/feeds", params={"filter": "diffusion"})
    assert 'href="/en/feed.atom?filter=diffusion"' in page.text


async def test_a_hub_is_named_in_the_feeds_and_in_the_header(store: Store):
    async with asking(application(store, websub_hub="https://hub.example.org")) as browser:
        feed = await atom(browser)
        assert texts(feed, "/a:feed/a:link[@rel='hub']/@href") == ["https://hub.example.org"]
        answer = await browser.get("/feed.json", params={"filter": "a b"})
        assert answer.json()["hubs"] == [{"type": "WebSub", "url": "https://hub.example.org"}]
        own = answer.json()["feed_url"]
        assert answer.headers["link"] == f'<https://hub.example.org>; rel="hub", <{own}>; rel="self"'
        assert "link" not in (await browser.get("/")).headers


async def test_an_entry_is_new_when_its_paper_changes_and_not_before(browser: httpx.AsyncClient, store: Store):
    paper = Paper(id="2404.00005", title="One", authors=("A B",), upvotes=1)
    add_day(store, dt.date(2024, 4, 2), paper)
    first = (await browser.get("/feed.json")).json()["items"][0]
    add_day(store, dt.date(2024, 4, 2), paper, now=NOW + dt.timedelta(hours=1))
    assert (await browser.get("/feed.json")).json()["items"][0] == first
    add_day(store, dt.date(2024, 4, 2), replace(paper, title="Two"), now=NOW + dt.timedelta(hours=2))
    again = (await browser.get("/feed.json")).json()["items"][0]
    assert (again["id"], again["title"]) == (first["id"], "Two")
    assert again["date_modified"] > first["date_modified"]


@needs_ruby
async def test_a_validator_of_other_people_takes_it(store: Store, tmp_path: Path):
    file = tmp_path / "feed.atom"
    async with asking(application(store, websub_hub="https://hub.example.org")) as browser:
        for address, entries in (("/feed.atom", 11), ("/en/feed.atom?filter=zzzzqqq", 0)):
            content = (await browser.get(address)).content
            file.write_bytes(content)
            assert judged(file) == ["RSS::Atom::Feed", str(entries)]
    file.write_bytes(content.replace(b"updated>", b"changed>"))
    assert "NotExpectedTagError" in judged(file)[0]


async def test_a_feed_is_no_longer_than_a_reader_wants(browser: httpx.AsyncClient, store: Store):
    listed = [Paper(id=f"2404.1{number:04}", title=f"Paper {number}", upvotes=number) for number in range(130)]
    add_day(store, dt.date(2024, 4, 2), *listed)
    items = (await browser.get("/feed.json")).json()["items"]
    assert len(items) == 100
    assert json.dumps(items[0]).find("Paper 129") > 0
