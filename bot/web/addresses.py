"""The URLs of pages: on the running server and as files, in each language, under any base address. Pure."""

import datetime as dt
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote, urlencode, urlsplit

# What stands at the top of every site, in the order in which their readers are offered them.
from bot.locales import LANGUAGES


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """`origin` is scheme and host, `base` the path before every page ("" or "/papers").

    Pages of the language `home` have no prefix. `slash` is what a page's address ends with: files are index.html of a
    folder. Only a server has `searches`, and looks at what its readers' browsers ask for: there the first page has a prefix
    in every language, and the address without any is the one that chooses.
    """

    origin: str
    base: str = ""
    home: str = "ko"
    slash: str = ""
    searches: bool = True

    @classmethod
    def of(cls, url: str, home: str, *, files: bool = False) -> Self:
        """Of pages that people read under `url`."""
        parts = urlsplit(url)
        return cls(
            origin=f"{parts.scheme}://{parts.netloc}",
            base=parts.path.rstrip("/"),
            home=home,
            slash="/" if files else "",
            searches=not files,
        )

    def page(self, language: str, path: str = "") -> str:
        """The address of a page, without scheme and host; `path` as in `paper/2403.18361`, "" for the newest day."""
        if not path:
            return f"{self.base}/{language}/" if self.searches else f"{self.base}{self._prefix(language)}/"
        return f"{self.base}{self._prefix(language)}/{quote(path)}{self.slash}"

    def file(self, language: str, path: str, **query: str) -> str:
        """The address of what is no page of its own: a feed, with a query where one is given."""
        asked = f"?{urlencode(query)}" if query else ""
        return f"{self.base}{self._prefix(language)}/{quote(path)}{asked}"

    def asset(self, name: str) -> str:
        """The address of a style sheet or an icon."""
        return f"{self.base}/static/{name}"

    def whole(self, address: str) -> str:
        """An address with scheme and host."""
        return f"{self.origin}{address}"

    def day(self, language: str, day: dt.date) -> str:
        return self.page(language, day.isoformat())

    def paper(self, language: str, paper_id: str) -> str:
        return self.page(language, f"paper/{paper_id}")

    def week(self, language: str, day: dt.date) -> str:
        return self.page(language, f"week/{week_name(day)}")

    def month(self, language: str, day: dt.date) -> str:
        return self.page(language, f"month/{day:%Y-%m}")

    def calendar(self, language: str, year: int) -> str:
        return self.page(language, f"calendar/{year}")

    def _prefix(self, language: str) -> str:
        return "" if language == self.home else f"/{language}"


def week_name(day: dt.date) -> str:
    """`2024-W13`, as ISO 8601 numbers weeks."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def split_language(path: str, home: str) -> tuple[str, str]:
    """The language that a path begins with, `home` where it names none, and the path behind it."""
    first, _, rest = path.partition("/")
    return (first, rest) if first in LANGUAGES else (home, path)
