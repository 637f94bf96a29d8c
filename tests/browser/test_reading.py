"""The pages in a real browser: on a phone, by day and night, without a mouse, without scripts, and without a word elsewhere."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from bot.digest.media import PICTURE_HOSTS
from tests.browser.scene import fill, png, served
from tests.chromium import CHROMIUM, needs_chromium

pytestmark = needs_chromium
PHONE = {"width": 390, "height": 844}
Open = Callable[..., Any]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("site")
    fill(folder / "daily-papers.db")
    with served(folder) as url:
        yield url


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # CI's user is root, to whom Chromium denies its sandbox; the pages are our own.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Any, site: str) -> Iterator[Open]:
    """Opens a page of the site; afterwards nothing may have gone wrong in it, and nobody else may have been asked."""
    contexts, hosts = [], set()
    faults: list[str] = []

    def open_page(path: str = "/", **options: Any) -> Any:
        context = chromium.new_context(viewport=PHONE, **options)
        contexts.append(context)
        picture = png()
        for host in PICTURE_HOSTS:
            context.route(f"https://{host}/**", lambda route: route.fulfill(body=picture, content_type="image/png"))
        page = context.new_page()
        page.on("console", lambda said: faults.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("requestfailed", lambda request: faults.append(f"{request.url} {request.failure}"))
        page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
        page.goto(f"{site}{path}", wait_until="load")
        return page

    open_page.faults = faults  # type: ignore[attr-defined]  # for the test that wants one
    yield open_page
    for context in contexts:
        context.close()
    # What was still under way when the reader went on is no fault.
    assert [fault for fault in faults if not fault.endswith("net::ERR_ABORTED")] == []
    assert hosts <= {urlsplit(site).netloc, *PICTURE_HOSTS}


# Every word with a hyphen that stands on two lines.
_BROKEN = """() => {
  const found = [];
  for (const part of document.querySelectorAll("h1, small")) {
    const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode()); ) {
      for (const word of node.data.matchAll(/\\S*-\\S*/g)) {
        const range = document.createRange();
        range.setStart(node, word.index);
        range.setEnd(node, word.index + word[0].length);
        if (new Set(Array.from(range.getClientRects(), (one) => one.top)).size > 1) found.push(word[0]);
      }
    }
  }
  return found;
}"""


@pytest.mark.parametrize("path", ["/week/2024-W13", "/search", "/feeds", "/en/search", "/ja/feeds"])
def test_dates_and_what_is_to_be_typed_stand_on_one_line(opened: Open, path: str):
    page = opened(path)
    for width in (320, 360, 390, 412):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(_BROKEN) == [], width
        assert page.evaluate("document.scrollingElement.scrollWidth") == width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_day_is_read_on_a_phone_by_day_and_by_night(opened: Open, scheme: str):
    page = opened("/", locale="ko-KR", color_scheme=scheme, device_scale_factor=2)
    assert page.locator("h1").inner_text() == "2024-04-02 (화)"
    assert page.locator("article").count() == 24
    # Nothing is wider than the phone.
    assert page.evaluate("document.scrollingElement.scrollWidth") == PHONE["width"]
    style = "getComputedStyle(document.body)"
    assert page.evaluate(f"{style}.wordBreak") == "keep-all"
    assert float(page.evaluate(f"{style}.fontSize").removesuffix("px")) >= 16
    background = page.evaluate(f"{style}.backgroundColor")
    darkness = sum(int(part) for part in background.removeprefix("rgb(").removesuffix(")").split(","))
    assert (darkness < 200) is (scheme == "dark"), background


def test_pictures_keep_their_place_and_come_when_they_are_near(opened: Open):
    page = opened("/")
    loaded = "[...document.images].filter(one => one.complete && one.naturalWidth).length"
    assert 0 < page.evaluate(loaded) < 24
    tops = "[...document.querySelectorAll('article')].map(one => one.getBoundingClientRect().top + scrollY)"
    before = page.evaluate(tops)
    for image in page.locator("img").all():
        image.scroll_into_view_if_needed()
    page.wait_for_function(f"{loaded} === 24")
    assert page.evaluate(tops) == before


def test_without_scripts_a_day_is_read_and_papers_are_found(opened: Open):
    page = opened("/en/", java_script_enabled=False)
    page.get_by_role("link", name="Search").click()
    page.get_by_role("searchbox", name="Search papers").fill("vitar")
    page.get_by_role("searchbox").press("Enter")
    assert page.url.endswith("/en/search?q=vitar")
    page.get_by_role("link", name="ViTAR: Vision Transformer with Any Resolution").click()
    assert page.get_by_role("heading", level=1).inner_text() == "ViTAR: Vision Transformer with Any Resolution"
    page.get_by_role("link", name="2024-03-28 (Thu)").click()
    assert page.locator("article").count() == 10
    page.get_by_role("link", name="日本語").click()
    assert page.get_by_role("heading", level=1).inner_text() == "2024-03-28 (木)"


def test_the_keyboard_is_enough(opened: Open):
    page = opened("/en/")
    focused = "document.activeElement.textContent.trim()"
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "To the content"
    box = page.locator(".skip").bounding_box()
    assert box["x"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate(focused).startswith("An Invented Paper")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/paper/2404.00001")
    # Each thing that can be used is reached once, and the way back to the beginning is there.
    reached = []
    for _ in range(page.locator("a, button, input, pre[tabindex]").count()):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(focused))
    assert reached[0] == "To the content"
    assert "简体中文" in reached


def test_feeds_are_linked_and_a_filter_makes_one(opened: Open, site: str):
    page = opened("/en/feeds")
    for kind in ("application/atom+xml", "application/feed+json"):
        address = page.locator(f"link[type='{kind}']").get_attribute("href")
        answer = page.request.get(f"{site}{address}")
        assert answer.status == 200
        assert kind in answer.headers["content-type"]
    page.get_by_label("Only papers with").fill("resolution votes:100")
    page.get_by_role("button", name="Make the feed").click()
    link = page.locator("main dl").nth(1).get_by_role("link").nth(1)
    items = page.request.get(f"{site}{link.get_attribute('href')}").json()["items"]
    assert len(items) == 6


def test_the_calendar_leads_to_a_day(opened: Open):
    page = opened("/en/")
    page.get_by_role("link", name="Calendar").click()
    page.get_by_role("link", name="28: 2024-03-28 (Thu), 10 papers").click()
    assert page.get_by_role("heading", level=1).inner_text() == "2024-03-28 (Thu)"
    assert page.evaluate("document.scrollingElement.scrollWidth") == PHONE["width"]


def test_who_comes_first_reads_in_the_browsers_language_and_keeps_the_one_that_is_chosen(opened: Open):
    page = opened("/", locale="ja-JP")
    spoken = "document.documentElement.lang"
    assert page.evaluate(spoken) == "ja"
    page.get_by_role("link", name="한국어").click()
    assert page.evaluate(spoken) == "ko"
    page.get_by_role("link", name="달력").click()
    page.get_by_role("link", name="Daily Papers").click()
    assert page.evaluate(spoken) == "ko"


def test_marks_that_are_piled_up_in_a_title_stay_with_their_paper(opened: Open):
    page = opened("/en/2024-03-28")
    first = page.locator("article").first
    before = first.screenshot()
    page.evaluate("document.querySelectorAll('article h2 a')[1].textContent = 'e' + '\\u0301'.repeat(200)")
    assert first.screenshot() == before


def test_a_script_that_a_page_would_hold_does_not_run(opened: Open):
    page = opened("/en/")
    page.evaluate("window.ran = false")
    ran = page.evaluate(
        """async () => {
            const said = new Promise(resolve => document.addEventListener('securitypolicyviolation', () => resolve(true)));
            const script = document.createElement('script');
            script.textContent = 'window.ran = true';
            document.body.append(script);
            await said;
            return window.ran;
        }"""
    )
    assert ran is False
    assert "violates the following Content Security Policy" in opened.faults[0]  # type: ignore[attr-defined]
    opened.faults.clear()  # type: ignore[attr-defined]
