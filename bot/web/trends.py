"""The page on how often topics appeared in the lists, with a plot in the reader's colour scheme."""

import sqlite3
from dataclasses import dataclass

from bot.commands.topic_shares import Shares, plot_of, plot_title, said, shares, told, too_few
from bot.locales import translator
from bot.pictures.plots import Plot
from bot.store import pages
from bot.web.site import Site

HTML, SVG = "text/html; charset=utf-8", "image/svg+xml"
PICTURE = "trends.svg"
NOT_DRAWN = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
# What is typed of topics; more are read of nobody.
MOST_TYPED = 300
# An SVG has its colours in `style`; nothing in it runs or is fetched.
SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendsPage:
    """The page of some topics, or of those that rose."""

    language: str
    typed: str = ""
    media_type: str = HTML

    @property
    def path(self) -> str:
        return "trends"

    def mark(self, connection: sqlite3.Connection, site: Site) -> str | None:
        # Any new list changes it, and nothing cheaper tells; files are not written for nothing.
        return "" if site.addresses.searches else _told(self._shares(connection, site))

    def written(self, connection: sqlite3.Connection, site: Site) -> bytes:
        found = self._shares(connection, site)
        language, at = self.language, site.addresses
        topics = found.topics if found is not None else ()
        if at.searches:
            asked = {"q": self.typed} if self.typed else {}
            light, dark = at.file(language, PICTURE, **asked), at.file(language, PICTURE, **asked, dark="1")
        else:
            light, dark = (at.file(language, PlotPage(language=language, dark=dark).path) for dark in (False, True))
        return site.html(
            "trends.html",
            language,
            self.path,
            title=translator(language).gettext("Trends"),
            typed=self.typed,
            sentences=[too_few(language)] if found is None else told(found, language),
            plot_title=plot_title(language),
            lines=[said(found.counts, topic, language) for topic in topics] if found is not None else [],
            light=light,
            dark=dark,
            canonical=None if self.typed else at.page(language, self.path),
        )

    def plot(self, connection: sqlite3.Connection, site: Site, *, dark: bool) -> Plot | None:
        """What its picture shows; None where there is nothing to draw."""
        found = self._shares(connection, site)
        return plot_of(found, self.language, form="svg", dark=dark) if found is not None and found.topics else None

    def _shares(self, connection: sqlite3.Connection, site: Site) -> Shares | None:
        return shares(connection, self.typed, site.today())


@dataclass(frozen=True, slots=True, kw_only=True)
class PlotPage:
    """The picture of the topics that rose, as a file: in light colours or in `dark` ones."""

    language: str
    dark: bool
    media_type: str = SVG

    @property
    def path(self) -> str:
        return "trends-dark.svg" if self.dark else PICTURE

    def mark(self, connection: sqlite3.Connection, site: Site) -> str | None:
        found = shares(connection, "", site.today())
        return _told(found) if found is not None and found.topics else None

    def written(self, connection: sqlite3.Connection, site: Site) -> bytes:
        """An empty picture where it cannot be drawn: the page has its words."""
        plot = TrendsPage(language=self.language).plot(connection, site, dark=self.dark)
        assert plot is not None, "such a picture has no mark, and is not written"
        drawn = site.plot(plot) if site.plot is not None else None
        return drawn or NOT_DRAWN


def _told(found: Shares | None) -> str:
    """Differs where what is said and drawn of these shares differs."""
    if found is None:
        return pages.digested(("too few",))
    counts = found.counts
    named = [(topic, counts.named[topic]) for topic in found.topics]
    return pages.digested((counts.spans, counts.papers, counts.last, named))
