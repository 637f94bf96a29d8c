"""The pages as files: the same as the server's, written again only where something has changed."""

import datetime as dt
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from lxml import html

from bot.cli.site import write_site
from bot.clock import Clock
from bot.errors import UsageError
from bot.store.connection import Store
from bot.web.files import MEMORY, Counts, SiteFolder
from bot.web.site import Site
from tests.unit.web.conftest import HOSTILE, NOW, add_day, settings

URL = "https://papers.example.org"


def site(*, url: str = URL, languages: tuple[str, ...] = ("ko", "en"), **more: str) -> Site:
    made = Site.of(settings(cards=False, **more), Clock(NOW), url=url, files=True)
    return replace(made, languages=languages, feeds=(("vision", "transformer votes:5"),))


def write(folder: Path, store: Store, made: Site | None = None) -> Counts:
    return SiteFolder(folder, made or site()).write(store)


def instants(folder: Path) -> dict[str, int]:
    return {
        str(file.relative_to(folder)): file.stat().st_mtime_ns
        for file in folder.rglob("*")
        if file.is_file() and file.name != MEMORY
    }


@pytest.fixture
def public(tmp_path: Path, store: Store) -> Path:
    folder = tmp_path / "public"
    write(folder, store)
    # Long ago, so that whatever is written now is told apart.
    for file in folder.rglob("*"):
        os.utime(file, ns=(0, 0))
    return folder


def test_every_link_leads_to_a_file(public: Path):
    pages = list(public.rglob("*.html"))
    assert len(pages) > 40
    for page in pages:
        shown = html.parse(page)
        for link in {*shown.xpath("//@href"), *shown.xpath("//@src")}:
            inside = re.sub(r"[?#].*", "", str(link).removeprefix(URL))
            if inside.startswith("/"):
                assert (public / inside.lstrip("/") / ("index.html" if inside.endswith("/") else "")).is_file(), (
                    page,
                    link,
                )


async def test_they_say_what_the_server_says(public: Path, browser: httpx.AsyncClient):
    def shown(written: str) -> str:
        return " ".join(html.fromstring(written).xpath("string(//main)").split())

    for path in ("2024-03-28", "en/paper/2403.18361", "calendar/2024", "month/2024-03", "en/week/2024-W13"):
        served = await browser.get(f"/{path}")
        assert shown((public / path / "index.html").read_text(encoding="utf-8")) == shown(served.text)


def test_nothing_is_written_twice(public: Path, store: Store):
    before = instants(public)
    counts = write(public, store)
    assert (counts.written, counts.removed) == (0, 0)
    assert instants(public) == before


def test_a_new_day_writes_only_what_changed(public: Path, store: Store):
    add_day(store, dt.date(2024, 4, 2), replace(HOSTILE, id="2404.00002", title="A New One"))
    write(public, store)
    changed = {name for name, instant in instants(public).items() if instant and not name.startswith("en/")}
    assert changed == {
        "index.html",
        "2024-04-01/index.html",  # it has a day after it now
        "2024-04-02/index.html",
        "calendar/index.html",
        "calendar/2024/index.html",
        "feed.atom",
        "feed.json",
        "feeds/vision.atom",
        "feeds/vision.json",
        "month/2024-04/index.html",
        "paper/2404.00002/index.html",
        "week/2024-W14/index.html",
    }


def test_a_paper_that_changed_changes_its_own_pages(public: Path, store: Store):
    add_day(store, dt.date(2024, 4, 1), replace(HOSTILE, upvotes=70), now=NOW + dt.timedelta(hours=1))
    write(public, store)
    changed = {name for name, instant in instants(public).items() if instant}
    assert {"en/paper/2404.00001/index.html", "en/2024-04-01/index.html"} <= changed
    assert "en/2024-03-28/index.html" not in changed


def test_what_is_gone_is_removed_and_what_others_put_there_stays(public: Path, store: Store):
    (public / "CNAME").write_text("papers.example.org", encoding="utf-8")
    counts = write(public, store, site(languages=("ko",)))
    assert counts.removed > 10
    assert not (public / "en").exists()
    assert (public / "CNAME").exists()


def test_a_file_that_somebody_removed_comes_again(public: Path, store: Store):
    (public / "2024-03-28" / "index.html").unlink()
    assert write(public, store).written == 1
    assert (public / "2024-03-28" / "index.html").is_file()


@pytest.mark.parametrize("memory", ["", "{", "[]", '{"../outside": "x", "/etc/passwd": "y"}'])
def test_a_memory_that_is_lost_harms_nothing(public: Path, store: Store, memory: str):
    outside = public.parent / "outside"
    outside.write_text("mine", encoding="utf-8")
    (public / MEMORY).write_text(memory, encoding="utf-8")
    counts = write(public, store)
    assert (counts.written, counts.removed) == (0, 0)
    assert outside.exists()


def test_another_address_writes_every_page_again(public: Path, store: Store):
    write(public, store, site(url="https://example.org/papers"))
    day = (public / "2024-03-28" / "index.html").read_text(encoding="utf-8")
    assert 'href="/papers/paper/2403.18361/"' in day
    assert (public / "static" / "style.css").is_file()


def test_cards_that_are_wanted_now_are_named_by_the_pages_that_stand_there(public: Path, store: Store):
    write(public, store, replace(site(), cards=True))
    day = html.parse(public / "en/2024-04-01/index.html")
    (card,) = day.xpath("//meta[@property='og:image']/@content")
    assert (public / card.removeprefix(f"{URL}/")).is_file()


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, store: Store):
    (tmp_path / "index.html").write_text("my home page", encoding="utf-8")
    with pytest.raises(UsageError, match="did not write"):
        write(tmp_path, store)
    assert (tmp_path / "index.html").read_text(encoding="utf-8") == "my home page"
    with pytest.raises(UsageError, match="no folder"):
        SiteFolder(tmp_path / "index.html", site())


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"url": "papers"}, "--url 'papers' is not an address such as"),
        ({"languages": ["fr"]}, "--lang 'fr' is not a language"),
        ({"feeds": ["robots"]}, "--feed 'robots' is not written as NAME=WORDS"),
        ({"feeds": ["../x=robots"]}, "--feed '../x=robots' is not written as NAME=WORDS"),
        ({"feeds": ["a=votes:many"]}, "cannot be a filter"),
    ],
)
def test_what_cannot_be_written_is_one_sentence(tmp_path: Path, asked: dict[str, Any], sentence: str):
    with pytest.raises(UsageError, match=re.escape(sentence)):
        write_site(tmp_path / "public", **{"url": None, "languages": [], "feeds": [], **asked})
    assert not (tmp_path / "public").exists()
