"""Writes the pages as files for any static host; the next time only those that have changed."""

import contextlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.errors import UsageError
from bot.store import pages as marks
from bot.store.connection import Store
from bot.web.addresses import week_name
from bot.web.day_cards import CardPage
from bot.web.feeds import FORMS, FeedPage, FeedsPage
from bot.web.page import Page
from bot.web.pages import CalendarPage, DayPage, PaperPage
from bot.web.paths import page_at
from bot.web.site import ASSETS, Site, asset_bytes, code_mark
from bot.web.trends import NOT_DRAWN, PlotPage, TrendsPage

# What was written, and from what; it begins with a point, so that hosts do not serve it.
MEMORY = ".daily-papers-site.json"
# Pages read in one go: none of them waits for a reader's thread of its own, and other readers get in between.
_CHUNK = 50


@dataclass(slots=True)
class Counts:
    """How many files were written, removed, and left as they were."""

    written: int = 0
    removed: int = 0
    kept: int = 0


class SiteFolder:
    """A folder of pages. Only files that it wrote itself are ever changed or removed."""

    def __init__(self, folder: Path, site: Site) -> None:
        """Raises UsageError when another site stands in the folder."""
        self.folder, self.site = folder, site
        self.counts = Counts()
        self._made_by = marks.digested((code_mark(), site.addresses, site.hub, site.languages, site.cards))
        self._before = self._remembered()
        self._now: dict[str, str] = {}

    def write(self, store: Store) -> Counts:
        """Bring the folder up to what the store has. Raises StoreError, and UsageError for what cannot be written."""
        try:
            for name in ASSETS:
                self._file(f"static/{name}", asset_bytes(name))
                self._file(self.site.asset(name).removeprefix(f"{self.site.addresses.base}/"), asset_bytes(name))
            waiting: list[Page] = []
            for page in store.read_now(_every_page, self.site):
                waiting.append(page)
                if len(waiting) == _CHUNK:
                    store.read_now(self._pages, waiting)
                    waiting = []
            store.read_now(self._pages, waiting)
            for language in self.site.languages:
                missing = self.site.said(language, "nothing_here", "nothing_here_why")
                self._file(self._name(self.site.addresses.file(language, "404.html")), missing)
            self._remove_gone()
        except OSError as error:
            raise UsageError(f"{error.filename or self.folder} cannot be written: {error.strerror}.") from None
        finally:
            # Also of a part: what a stop leaves is done the next time.
            self._remember()
        return self.counts

    def _pages(self, connection: sqlite3.Connection, wanted: Sequence[Page]) -> None:
        for page in wanted:
            mark = page.mark(connection, self.site)
            if mark is None:
                continue
            # What a page is made of is the same in all languages.
            for language in self.site.languages:
                self._page(connection, replace(page, language=language), mark)

    def _page(self, connection: sqlite3.Connection, page: Page, mark: str) -> None:
        at = self.site.addresses
        is_file = isinstance(page, FeedPage | CardPage | PlotPage)
        address = at.file(page.language, page.path) if is_file else at.page(page.language, page.path)
        name = self._name(address if is_file else f"{address}index.html")
        told = f"{self._made_by} {mark}"
        if self._before.get(name) == told and (self.folder / name).is_file():
            self._now[name] = told
            self.counts.kept += 1
            return
        content = page.written(connection, self.site)
        self._write(name, content)
        # A card of which a picture could not be had is drawn again the next time, and so is a plot that could not be.
        lacks = isinstance(page, CardPage) and self.site.thumbnails is not None and self.site.thumbnails.lacked
        self._now[name] = "" if lacks or content == NOT_DRAWN else told

    def _file(self, name: str, content: bytes) -> None:
        self._write(name, content)
        self._now[name] = marks.digested((content,))

    def _write(self, name: str, content: bytes) -> None:
        file = self.folder / name
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            if file.read_bytes() == content:
                self.counts.kept += 1
                return
        file.parent.mkdir(parents=True, exist_ok=True)
        # Whole or not at all, for whoever reads the folder meanwhile.
        part = file.with_name(f"{file.name}.part")
        part.write_bytes(content)
        part.replace(file)
        self.counts.written += 1

    def _name(self, address: str) -> str:
        return address.removeprefix(f"{self.site.addresses.base}/")

    def _remove_gone(self) -> None:
        for name in self._before.keys() - self._now.keys():
            file = self.folder / name
            file.unlink(missing_ok=True)
            self.counts.removed += 1
            with contextlib.suppress(OSError):
                # As far as they are empty.
                for parent in list(Path(name).parents)[:-1]:
                    (self.folder / parent).rmdir()
        self._before = {}

    def _remembered(self) -> dict[str, str]:
        memory = self.folder / MEMORY
        try:
            read = json.loads(memory.read_text(encoding="utf-8"))
            return {str(name): str(mark) for name, mark in read.items() if _is_inside(str(name))}
        except FileNotFoundError:
            if (self.folder / "index.html").exists():
                raise UsageError(
                    f"{self.folder} holds an index.html that `daily-papers site` did not write; name another folder."
                ) from None
        except NotADirectoryError:
            raise UsageError(f"{self.folder} is no folder.") from None
        except (ValueError, AttributeError, OSError):
            # Lost or cut off: every page is made again, and those that are as they should be stay.
            return {}
        return {}

    def _remember(self) -> None:
        if not self._now:
            return
        part = self.folder / f"{MEMORY}.part"
        with contextlib.suppress(OSError):
            part.write_text(json.dumps(self._before | self._now, ensure_ascii=False, indent=0), encoding="utf-8")
            part.replace(self.folder / MEMORY)


def _is_inside(name: str) -> bool:
    """Whether a remembered name stays in the folder, whoever wrote it there."""
    parts = Path(name).parts
    return bool(parts) and not Path(name).is_absolute() and ".." not in parts


def _every_page(connection: sqlite3.Connection, site: Site) -> list[Page]:
    """Every page in the first language, those that readers look at first before the many of papers."""
    home = site.home
    days = marks.days_with_papers(connection, site.today())
    found: list[Page] = [DayPage(language=home), CalendarPage(language=home), FeedsPage(language=home)]
    found += [
        FeedPage(language=home, form=form, filter=words, name=name)
        for name, words in (("", ""), *site.feeds)
        for _, form in FORMS
    ]
    found += [CalendarPage(language=home, year=year) for year in sorted({day.year for day in days})]
    paths = [path for day in days for path in (f"week/{week_name(day)}", f"month/{day:%Y-%m}")]
    found += [page for path in dict.fromkeys(paths) if (page := page_at(path, home, {})) is not None]
    if site.plot is not None:
        found += [TrendsPage(language=home), *(PlotPage(language=home, dark=dark) for dark in (False, True))]
    found += [DayPage(language=home, day=day) for day in reversed(days)]
    found += [CardPage(language=home, day=day) for day in reversed(days)] if site.cards else []
    found += [PaperPage(language=home, id=paper_id) for paper_id in marks.paper_ids(connection)]
    return found
