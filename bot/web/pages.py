"""The pages of a day, a paper, the calendar and a search. Those of weeks and months: bot/web/best.py."""

import datetime as dt
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from bot.digest.compose import counted, day_name
from bot.locales import thousands, translator
from bot.model import Paper
from bot.store import list_days, pages, papers, search, similar
from bot.summaries.sentences import plain_text
from bot.web import day_cards, views
from bot.web.articles import articles
from bot.web.page import HTML, is_to_come
from bot.web.site import Site

SIMILAR = 6
FOUND = 20
# A search that is turned further is no reading any more, and costs as much as all pages before it.
LAST_FOUND = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPage:
    """A day's papers in the order of its list; without `day` the newest."""

    language: str
    day: dt.date | None = None
    media_type: str = HTML

    @property
    def path(self) -> str:
        return self.day.isoformat() if self.day else ""

    def mark(self, connection: sqlite3.Connection, site: Site) -> str | None:
        day = self._day(connection, site)
        if day is None:
            return None if self.day else "empty"
        before, after = _beside(connection, site, day)
        return pages.digested((day, before, after, pages.mark_of_day(connection, day)))

    def written(self, connection: sqlite3.Connection, site: Site) -> bytes:
        day = self._day(connection, site)
        if day is None:
            return site.said(self.language, "newest", "no_papers", leads=False)
        found = papers.papers_of_day(connection, day)
        before, after = _beside(connection, site, day)
        at, language = site.addresses, self.language
        return site.html(
            "day.html",
            language,
            self.path,
            title=day_name(day, language),
            day=day,
            counted=counted(language, len(found), len(found)),
            papers=articles([views.card(paper, language, at) for paper in found], language),
            before=before and (at.day(language, before), day_name(before, language)),
            after=after and (at.day(language, after), day_name(after, language)),
            week=at.week(language, day),
            month=at.month(language, day),
            canonical=at.day(language, day),
            description=views.described(found),
            card_picture=self._picture(site, day) if site.cards else views.first_picture(found),
            card_size=(day_cards.WIDTH, day_cards.HEIGHT) if site.cards else None,
        )

    def _picture(self, site: Site, day: dt.date) -> str:
        card = day_cards.CardPage(language=self.language, day=day)
        return site.addresses.whole(site.addresses.file(self.language, card.path))

    def _day(self, connection: sqlite3.Connection, site: Site) -> dt.date | None:
        until = site.today()
        if self.day is None:
            newest = list_days.newest_with_papers(connection, until)
            return newest.day if newest else None
        known = list_days.list_day(connection, self.day)
        return self.day if known is not None and known.papers and self.day <= until else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperPage:
    """One paper: every summary with who wrote it, its days, papers like it, and how it is cited."""

    language: str
    id: str
    media_type: str = HTML

    @property
    def path(self) -> str:
        return f"paper/{self.id}"

    def mark(self, connection: sqlite3.Connection, site: Site) -> str | None:
        paper = papers.paper(connection, self.id)
        if paper is None or is_to_come(paper, site):
            return None
        # Papers that came since may be like it.
        newest = pages.newest_key(connection) if site.addresses.searches else 0
        return pages.digested((newest, pages.mark_of_papers(connection, (self.id,))))

    def written(self, connection: sqlite3.Connection, site: Site) -> bytes:
        # Late: bibtexparser and pylatexenc take a quarter of a second.
        from bot.citations.bibtex import bibtex  # noqa: PLC0415
        from bot.citations.reference import references  # noqa: PLC0415

        paper = papers.papers(connection, (self.id,))[self.id]
        language, at = self.language, site.addresses
        near = {one.id: one for one in similar.similar(connection, self.id, SIMILAR)}
        others = [one for one in papers.papers(connection, near).values() if not is_to_come(one, site)]
        return site.html(
            "paper.html",
            language,
            self.path,
            title=plain_text(paper.title),
            paper=paper,
            card=views.card(paper, language, at, whole=True),
            facts=_facts_of(paper, language, site),
            summaries=views.summaries(paper, language),
            abstract=plain_text(paper.abstract),
            similar=[views.entry(one, language, at, also=views.likeness(near[one.id], language)) for one in others],
            bibtex=bibtex(references([paper])),
            canonical=at.paper(language, paper.id),
            description=plain_text(paper.abstract)[:200] or ", ".join(paper.authors[:3]),
            card_picture=views.first_picture([paper]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarPage:
    """The days of a year that have papers; without `year` those of the newest."""

    language: str
    year: int | None = None
    media_type: str = HTML

    @property
    def path(self) -> str:
        return f"calendar/{self.year}" if self.year else "calendar"

    def mark(self, connection: sqlite3.Connection, site: Site) -> str | None:
        days = pages.days_with_papers(connection, site.today())
        if self.year and not any(day.year == self.year for day in days):
            return None
        year = self.year or max(days, default=site.today()).year
        return pages.digested((year, {day.year for day in days}, [one for one in days.items() if one[0].year == year]))

    def written(self, connection: sqlite3.Connection, site: Site) -> bytes:
        days = pages.days_with_papers(connection, site.today())
        year = self.year or max(days, default=site.today()).year
        language, at = self.language, site.addresses
        return site.html(
            "calendar.html",
            language,
            self.path,
            title=f"{translator(language).gettext('Calendar')} · {year}",
            year=year,
            years=[(one, at.calendar(language, one)) for one in sorted({day.year for day in days}, reverse=True)],
            months=views.months({day: count for day, count in days.items() if day.year == year}, language, at),
            weekdays=views.weekdays(language),
            canonical=at.calendar(language, year),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """What a search finds, `number` counting its pages from 1."""

    language: str
    typed: str
    number: int = 1
    media_type: str = HTML

    @property
    def path(self) -> str:
        return "search"

    def mark(self, connection: sqlite3.Connection, site: Site) -> str | None:
        # Any change of the store may change what is found: nothing cheaper tells.
        del connection, site
        return ""

    def written(self, connection: sqlite3.Connection, site: Site) -> bytes:
        language, at = self.language, site.addresses
        t = translator(language)
        offset = (self.number - 1) * FOUND
        found = search.search(connection, self.typed, limit=FOUND, offset=offset)
        shown = [one for one in papers.papers(connection, found.ids).values() if not is_to_come(one, site)]
        corrected = ", ".join(f"{typed} → {taken}" for typed, taken in found.corrected)
        counted = t.ngettext("{total} paper", "{total} papers", found.total).format(total=thousands(found.total, language))
        turned = {"q": self.typed}
        last = min(found.total, LAST_FOUND)
        return site.html(
            "search.html",
            language,
            self.path,
            title=t.gettext("Search: {words}").format(words=self.typed) if self.typed else t.gettext("Search papers"),
            query=turned if self.typed else None,
            typed=self.typed,
            counted=counted if found.total else "",
            nothing=t.gettext("No paper here holds “{words}”.").format(words=self.typed) if self.typed else "",
            corrected=t.gettext("Spelling corrected: {words}").format(words=corrected) if corrected else "",
            papers=articles([views.card(one, language, at) for one in shown], language),
            before=at.file(language, "search", **turned, page=str(self.number - 1)) if self.number > 1 else None,
            after=at.file(language, "search", **turned, page=str(self.number + 1)) if offset + FOUND < last else None,
            canonical=at.page(language, "search"),
        )


def _beside(connection: sqlite3.Connection, site: Site, day: dt.date) -> tuple[dt.date | None, dt.date | None]:
    """The days with papers before and after a day."""
    before = list_days.before_with_papers(connection, day)
    after = list_days.after_with_papers(connection, day)
    return before.day if before else None, after.day if after and after.day <= site.today() else None


def _facts_of(paper: Paper, language: str, site: Site) -> Sequence[tuple[str, str, str, str]]:
    """The days of a paper: what the day is, how it is written, the day itself, and the address of its list."""
    t = translator(language)
    at = site.addresses
    found = []
    if paper.list_day is not None:
        address = at.day(language, paper.list_day)
        found.append((t.gettext("On the list of"), day_name(paper.list_day, language), paper.list_day.isoformat(), address))
    if paper.archive_day is not None and paper.archive_day != paper.list_day:
        said = day_name(paper.archive_day, language)
        found.append((t.gettext("In the archive under"), said, paper.archive_day.isoformat(), ""))
    if paper.published_at is not None:
        published = paper.published_at.date()
        found.append((t.gettext("First version on arXiv"), day_name(published, language), published.isoformat(), ""))
    return found
