"""The page of the papers with the most votes of a week or a month."""

import datetime as dt
import sqlite3
from dataclasses import dataclass

from bot.locales import thousands, translator
from bot.model import Paper
from bot.store import pages, papers
from bot.web import views
from bot.web.addresses import week_name
from bot.web.articles import articles
from bot.web.page import HTML
from bot.web.site import Site

# As many papers as somebody reads.
BEST = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class BestPage:
    """The papers with the most votes of the list days of a week or a month. `first` is its first day."""

    language: str
    first: dt.date
    weekly: bool
    media_type: str = HTML

    @property
    def path(self) -> str:
        return f"week/{week_name(self.first)}" if self.weekly else f"month/{self.first:%Y-%m}"

    @property
    def last(self) -> dt.date:
        return self.first + dt.timedelta(days=6) if self.weekly else _month_after(self.first) - dt.timedelta(days=1)

    def mark(self, connection: sqlite3.Connection, site: Site) -> str | None:
        best = self._best(connection, site)
        if not best:
            return None
        beside = (one.has_papers(connection, site) for one in (self._moved(-1), self._moved(1)))
        return pages.digested((
            *beside, self._total(connection, site), pages.mark_of_papers(connection, [one.id for one in best])
        ))  # fmt: skip

    def written(self, connection: sqlite3.Connection, site: Site) -> bytes:
        language, at = self.language, site.addresses
        best = self._best(connection, site)
        known = papers.papers(connection, [one.id for one in best])
        total = self._total(connection, site)
        t = translator(language)
        title = t.gettext("Best of the week") if self.weekly else t.gettext("Best of the month")
        before, after = (
            at.page(language, one.path) if one.has_papers(connection, site) else None
            for one in (self._moved(-1), self._moved(1))
        )
        said = t.ngettext("{total} paper, by its votes now", "{total} papers, by their votes now", total)
        return site.html(
            "best.html",
            language,
            self.path,
            title=f"{title} · {self._span(language)}",
            counted=said.format(total=thousands(total, language)),
            papers=articles([views.card(known[one.id], language, at) for one in best], language),
            weekly=self.weekly,
            before=before,
            after=after,
            canonical=at.page(language, self.path),
            description=views.described(best),
            card_picture=views.first_picture(best),
        )

    def _best(self, connection: sqlite3.Connection, site: Site) -> list[Paper]:
        return papers.best(connection, self.first, min(self.last, site.today()), BEST)

    def _span(self, language: str) -> str:
        if not self.weekly:
            return views.month_name(self.first, language)
        return f"{self.first.isoformat()} – {self.last.isoformat()}"

    def _moved(self, by: int) -> "BestPage":
        """The week or month before (-1) or after (1)."""
        if self.weekly:
            first = self.first + dt.timedelta(days=7 * by)
        elif by > 0:
            first = _month_after(self.first)
        else:
            first = (self.first - dt.timedelta(days=1)).replace(day=1)
        return BestPage(language=self.language, first=first, weekly=self.weekly)

    def has_papers(self, connection: sqlite3.Connection, site: Site) -> bool:
        """Whether any list day of it up to today has a paper."""
        return self._total(connection, site) > 0

    def _total(self, connection: sqlite3.Connection, site: Site) -> int:
        return papers.count(connection, self.first, min(self.last, site.today()))


def _month_after(day: dt.date) -> dt.date:
    """The first day of the month after a day's."""
    return (day.replace(day=1) + dt.timedelta(days=31)).replace(day=1)
