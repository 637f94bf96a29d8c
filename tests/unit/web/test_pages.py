"""The pages say what the store has, in four languages, and nothing of it is ever taken for markup."""

import datetime as dt
import re
from dataclasses import replace

import httpx
import pytest
from lxml import html

from bot.model import Paper, Summary, SummarySource
from bot.store import summaries
from bot.store.connection import Store
from tests.unit.web.conftest import HOSTILE, NOW, add_day, application, asking


async def page(browser: httpx.AsyncClient, address: str, status: int = 200) -> html.HtmlElement:
    answer = await browser.get(address)
    assert answer.status_code == status, answer.text
    return html.fromstring(answer.text)


def text_of(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def hrefs(element: html.HtmlElement) -> list[str]:
    return list(element.xpath("//main//a/@href"))


async def test_a_day_has_its_papers_in_the_order_of_the_list(browser: httpx.AsyncClient):
    day = await page(browser, "/2024-03-28")
    assert day.get("lang") == "ko"
    assert day.xpath("string(//h1)") == "2024-03-28 (목)"
    assert "논문 10편" in text_of(day)
    assert day.xpath("//article/@id")[:2] == ["2403.18361", "2403.18814"]
    (first,) = day.xpath("//article[@id='2403.18361']")
    assert "ViTAR: Vision Transformer with Any Resolution" in text_of(first)
    assert len(first.xpath(".//li")) == 3
    assert "요약: 예시용으로 직접 작성" in text_of(first)
    assert "/paper/2403.18361" in hrefs(day)
    assert "https://arxiv.org/abs/2403.18361" in hrefs(day)


async def test_the_first_page_is_the_newest_day_that_has_come(browser: httpx.AsyncClient, store: Store):
    add_day(store, dt.date(2024, 5, 1), replace(HOSTILE, id="2405.00001"))
    newest = await page(browser, "/")
    assert newest.xpath("string(//h1)") == "2024-04-01 (월)"
    assert newest.xpath("//link[@rel='canonical']/@href") == ["https://papers.example.org/2024-04-01"]
    assert newest.xpath("//a[@rel='prev']/@href") == ["/2024-03-28"]
    assert newest.xpath("//a[@rel='next']/@href") == []
    assert newest.xpath("//p[@class='beside']/a/@href") == ["/2024-03-28"]
    assert newest.xpath("//p[@class='beside']/a/@aria-label") == ["이전 날 2024-03-28 (목)"]
    await page(browser, "/2024-05-01", 404)
    assert (await page(browser, "/2024-03-28")).xpath("//a[@rel='next']/@href") == ["/2024-04-01"]


@pytest.mark.parametrize(
    ("address", "language", "heading"),
    [
        ("/2024-03-28", "ko", "2024-03-28 (목)"),
        ("/en/2024-03-28", "en", "2024-03-28 (Thu)"),
        ("/ja/2024-03-28", "ja", "2024-03-28 (木)"),
        ("/zh-Hans/2024-03-28", "zh-Hans", "2024-03-28 (周四)"),
    ],
)
async def test_each_language_has_every_page_and_names_the_others(
    browser: httpx.AsyncClient, address: str, language: str, heading: str
):
    day = await page(browser, address)
    assert (day.get("lang"), day.xpath("string(//h1)")) == (language, heading)
    others = dict(zip(day.xpath("//link[@hreflang]/@hreflang"), day.xpath("//link[@hreflang]/@href"), strict=True))
    assert others["en"] == "https://papers.example.org/en/2024-03-28"
    assert others["ko"] == "https://papers.example.org/2024-03-28"
    assert day.xpath("//footer//a/@href") == [
        "/2024-03-28", "/en/2024-03-28", "/ja/2024-03-28", "/zh-Hans/2024-03-28"
    ]  # fmt: skip
    inside = [link for link in hrefs(day) if link.startswith("/")]
    prefix = "" if language == "ko" else f"/{language}"
    assert all(re.match(rf"{prefix}/(paper|week|month|\d{{4}})", link) for link in inside), inside


async def test_a_paper_has_all_its_summaries_with_who_wrote_them(browser: httpx.AsyncClient):
    paper = await page(browser, "/en/paper/2403.18361")
    assert paper.xpath("string(//h1)") == "ViTAR: Vision Transformer with Any Resolution"
    assert paper.xpath("//section/h3/text()") == ["English", "Japanese", "Korean", "Chinese (Simplified)"]
    assert paper.xpath("//section/ul/@lang") == ["en", "ja", "ko", "zh-Hans"]
    assert all(section.xpath("string(./p[@class='source'])") for section in paper.xpath("//section"))
    assert "Yongfei Liu" in text_of(paper)
    assert "@misc{" in paper.xpath("string(//pre)")
    assert "2403.18361" in paper.xpath("string(//pre)")
    assert "https://arxiv.org/pdf/2403.18361" in hrefs(paper)


async def test_a_paper_has_both_its_days_and_papers_like_it(browser: httpx.AsyncClient, store: Store):
    published = dt.datetime(2024, 3, 20, 8, tzinfo=dt.UTC)
    paper = Paper(
        id="2404.00002",
        title="Vision Transformer with Any Resolution, Again",
        authors=("Qihang Fan",),
        abstract="Vision transformers take images of any resolution with fuzzy positional encoding.",
        published_at=published,
    )
    add_day(store, dt.date(2024, 4, 2), paper)
    found = await page(browser, "/en/paper/2404.00002")
    assert found.xpath("//time/@datetime") == ["2024-04-02", "2024-03-20"]
    assert "/en/2024-04-02" in hrefs(found)
    assert "/en/paper/2403.18361" in found.xpath("//ol//a/@href")
    assert "Sentences of the abstract" in text_of(found)


@pytest.mark.parametrize(
    "address", ["/2024-04-01", "/en/2024-04-01", "/paper/2404.00001", "/search?q=%3Cscript%3E", "/month/2024-04", "/feeds"]
)
async def test_what_strangers_write_is_text_and_never_markup(browser: httpx.AsyncClient, address: str):
    answer = await browser.get(address)
    assert "<script" not in answer.text
    assert "<b>Bold" not in answer.text
    assert "<i>agents" not in answer.text
    shown = html.fromstring(answer.text)
    assert shown.xpath("//@onerror | //script | //*[@style]") == []
    links = [*shown.xpath("//@href"), *shown.xpath("//@src")]
    assert not any(link.lower().startswith("javascript") for link in links)


async def test_what_a_stranger_writes_is_shown_as_it_is(browser: httpx.AsyncClient):
    shown = await page(browser, "/en/paper/2404.00001")
    assert shown.xpath("string(//h1)") == '<script>alert(1)</script> & "quotes" {{ 7 * 7 }} $a<b$'
    assert "https://example.org/?a=1&b=2" in hrefs(shown)


async def test_a_summary_that_is_doubted_is_marked(browser: httpx.AsyncClient, store: Store):
    wrong = Summary(language="en", source=SummarySource.MODEL, bullets=("It is about cooking.",), model="some-model")
    add_day(store, dt.date(2024, 4, 2), replace(HOSTILE, id="2404.00003", summaries=(wrong,)))
    assert store.write_now(summaries.report_wrong, "2404.00003", wrong)
    for address in ("/en/2024-04-02", "/en/paper/2404.00003"):
        assert "⚠ a reader reported it as wrong" in text_of(await page(browser, address))


async def test_the_calendar_has_the_days_with_papers(browser: httpx.AsyncClient):
    year = await page(browser, "/en/calendar")
    assert year.xpath("//caption/a/text()") == ["April 2024", "March 2024"]
    assert year.xpath("//td/a/@href") == ["/en/2024-04-01", "/en/2024-03-28"]
    assert year.xpath("//td/a/@aria-label")[1] == "28: 2024-03-28 (Thu), 10 papers"
    march = year.xpath("//table")[1]
    assert [len(row.xpath("./td")) for row in march.xpath(".//tbody/tr")] == [7] * 5
    assert await page(browser, "/en/calendar/2024") is not None
    await page(browser, "/en/calendar/2023", 404)


@pytest.mark.parametrize(
    ("address", "status", "first"),
    [
        ("/en/week/2024-W13", 200, "2403.18361"),
        ("/en/week/2024-W14", 200, "2404.00001"),
        ("/en/month/2024-03", 200, "2403.18361"),
        ("/en/month/2024-02", 404, None),
        ("/en/week/2024-W54", 404, None),
        ("/en/month/2024-13", 404, None),
        ("/en/month/0001-01", 404, None),
        ("/en/week/9999-W52", 404, None),
    ],
)
async def test_the_best_of_a_week_and_of_a_month(browser: httpx.AsyncClient, address: str, status: int, first: str | None):
    best = await page(browser, address, status)
    if first:
        assert best.xpath("//article/@id")[0] == first
        votes = [int(fact.split()[1]) for fact in best.xpath("//article/p[1]/text()")]
        assert votes == sorted(votes, reverse=True)


async def test_the_best_are_counted_with_papers_that_come_below_them(browser: httpx.AsyncClient, store: Store):
    day = dt.date(2024, 3, 21)
    listed = [Paper(id=f"2403.{number:05}", title=f"Paper {number}", upvotes=50) for number in range(31)]
    for count in (30, 31):
        add_day(store, day, *listed[:count])
        best = await page(browser, "/en/week/2024-W12")
        assert best.xpath("string(//p[@class='counted'])") == f"{count} papers, by their votes now"
        assert len(best.xpath("//article")) == 30


async def test_a_search_finds_in_every_language_and_says_what_was_typed(browser: httpx.AsyncClient):
    found = await page(browser, "/search?q=%ED%95%B4%EC%83%81%EB%8F%84")  # 해상도
    assert "2403.18361" in found.xpath("//article/@id")
    assert found.xpath("//input/@value") == ["해상도"]
    assert found.xpath("//footer//a/@href")[1] == "/en/search?q=%ED%95%B4%EC%83%81%EB%8F%84"
    nothing = await page(browser, "/en/search?q=zzzzqqqq")
    assert "No paper here holds “zzzzqqqq”." in text_of(nothing)
    assert (await page(browser, "/en/search")).xpath("//article") == []


@pytest.mark.parametrize(
    "query",
    ["q=%00", "q=%ff%fe", "q=%22", "q=-", "q=author:", "q=AND+OR+NOT", "q=*&page=-1", "q=a&page=99999999999999999999",
     "q=a&page=%D9%A3", "q=" + "x" * 3000, "q[]=1", "q=%ED%A0%80"],
)  # fmt: skip
async def test_nothing_that_is_typed_breaks_a_search(browser: httpx.AsyncClient, query: str):
    assert (await browser.get(f"/search?{query}")).status_code == 200


@pytest.mark.parametrize(
    "address",
    ["/nothing", "/2024-02-30", "/2024-03-29", "/paper/", "/paper/x", "/paper/2403.99999", "/calendar/abc", "/fr/",
     "/static/", "/static/../app.py", "/static/%2e%2e%2fapp.py", "/static/style.css.map", "/%00", "/%ff", "/%0d%0aSet-Cookie:x=1", "/en/en/",
     "/month/2024-03/x", "/week/2024-W00", "/paper/2403.18361/../../etc"],
)  # fmt: skip
async def test_what_is_not_there_is_a_page_that_says_so(browser: httpx.AsyncClient, address: str):
    answer = await browser.get(address, follow_redirects=True)
    assert answer.status_code == 404
    assert "<h1>" in answer.text
    assert len(hrefs(html.fromstring(answer.text))) == 2  # the newest day and the calendar
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("address", "moved"),
    [
        ("/2024-03-28/", "/2024-03-28"),
        ("/ko/2024-03-28", "/2024-03-28"),
        ("/ko", "/ko/"),
        ("/ko//", "/ko"),
        ("/en", "/en/"),
        ("/EN/2024-03-28", "/en/2024-03-28"),
        ("/zh-hans/calendar", "/zh-Hans/calendar"),
        ("/ko/search?q=a%26b", "/search?q=a%26b"),
        ("/ko//evil.example/", "/evil.example"),
    ],
)
async def test_each_page_has_one_address(browser: httpx.AsyncClient, address: str, moved: str):
    answer = await browser.get(address)
    assert (answer.status_code, answer.headers["location"]) == (308, moved)


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("en-US,en;q=0.9,ko;q=0.8", "en"),
        ("fr-CH, fr;q=0.9, ja;q=0.8, *;q=0.5", "ja"),
        ("zh-TW", "zh-Hans"),
        ("ja;q=0.5, en;q=0.7", "en"),
        ("ko,en", "ko"),
        ("en;q=0, *", "ko"),
        ("fr", "ko"),
        ("", "ko"),
        ("en;q=inf, ja;q=x, ;;,=," + "a" * 5000, "ko"),
    ],
)
async def test_who_comes_first_reads_what_the_browser_asks_for(browser: httpx.AsyncClient, accepted: str, language: str):
    first = await browser.get("/", headers={"Accept-Language": accepted})
    shown = html.fromstring(first.text)
    assert (first.status_code, shown.get("lang")) == (200, language)
    # Caches keep one page for each wish; an address that names its language is the same for everybody.
    assert first.headers["vary"] == "Accept-Encoding, Accept-Language"
    again = {"Accept-Language": accepted, "If-None-Match": first.headers["etag"]}
    unchanged = await browser.get("/", headers=again)
    assert (unchanged.status_code, unchanged.headers["vary"]) == (304, first.headers["vary"])
    chosen = dict.fromkeys(shown.xpath("//footer//a/@href"))
    assert list(chosen) == ["/ko/", "/en/", "/ja/", "/zh-Hans/"]
    for address, spoken in zip(chosen, ("ko", "en", "ja", "zh-Hans"), strict=True):
        named = await browser.get(address, headers={"Accept-Language": accepted})
        assert (named.status_code, html.fromstring(named.text).get("lang")) == (200, spoken)
        assert named.headers["vary"] == "Accept-Encoding"
        assert html.fromstring(named.text).xpath("//header/a/@href") == [address]
    day = await browser.get("/2024-03-28", headers={"Accept-Language": accepted})
    assert (html.fromstring(day.text).get("lang"), day.headers["vary"]) == ("ko", "Accept-Encoding")


async def test_two_who_wish_otherwise_do_not_get_each_others_page(browser: httpx.AsyncClient):
    english = await browser.get("/", headers={"Accept-Language": "en"})
    korean = await browser.get("/", headers={"Accept-Language": "ko", "If-None-Match": english.headers["etag"]})
    assert (korean.status_code, html.fromstring(korean.text).get("lang")) == (200, "ko")
    assert korean.headers["etag"] != english.headers["etag"]


async def test_a_path_before_all_pages_is_kept(store: Store):
    async with asking(application(store, web_url="https://example.org/papers/")) as browser:
        day = await page(browser, "/2024-03-28")
        assert "/papers/paper/2403.18361" in hrefs(day)
        assert day.xpath("//link[@rel='stylesheet']/@href")[0].startswith("/papers/static/style.")
        assert day.xpath("//link[@rel='canonical']/@href") == ["https://example.org/papers/2024-03-28"]
        # Whether or not the server in front takes the path away.
        assert (await page(browser, "/papers/2024-03-28")).xpath("string(//h1)") == day.xpath("string(//h1)")
        assert (await browser.get(day.xpath("//link[@rel='stylesheet']/@href")[0])).status_code == 200


async def test_an_empty_store_has_a_first_page_too(tmp_path):
    from bot.store.connection import open_store

    with open_store(tmp_path / "empty.db") as empty:
        async with asking(application(empty)) as browser:
            assert "아직 논문이 없습니다" in text_of(await page(browser, "/"))
            assert await page(browser, "/calendar") is not None
            assert (await browser.get("/feed.atom")).status_code == 200


async def test_the_page_of_sixty_papers_is_light(browser: httpx.AsyncClient, store: Store):
    text = "가나다라마바사 아자차카타파하 " * 8
    listed = [
        replace(
            HOSTILE,
            id=f"2404.1{number:04}",
            title=f"A Title of a Usual Length for Paper Number {number}: It Goes On",
            authors=tuple(f"Author Number{one} Of{number}" for one in range(8)),
            summaries=(Summary(language="ko", source=SummarySource.SAMPLE, bullets=(f"{number} {text}",) * 3),),
        )
        for number in range(60)
    ]
    add_day(store, dt.date(2024, 4, 2), *listed, now=NOW)
    raw = bytearray()
    async with browser.stream("GET", "/2024-04-02", headers={"Accept-Encoding": "gzip"}) as answer:
        async for chunk in answer.aiter_raw():
            raw += chunk
    assert len(raw) < 50_000
    # And as it is too, for whoever takes nothing packed.
    whole = await browser.get("/2024-04-02", headers={"Accept-Encoding": "identity"})
    assert len(whole.content) < 50_000
    shown = html.fromstring(whole.text)
    assert len(shown.xpath("//article")) == 60
    assert len(shown.xpath("//article[1]//li")) == 3
    # What of a summary has no room there is one tap away.
    last = shown.xpath("//article[last()]/div/a")[0]
    assert (last.text, last.get("href")) == ("요약 3줄 더", "/paper/2404.10059")
    assert len((await page(browser, last.get("href"))).xpath("//section[1]//li")) == 3
