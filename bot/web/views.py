"""Papers as templates need them, in a reader's language. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from babel.dates import format_date

from bot.digest.compose import bullet_lines, day_name, facts_line, keyword_lines, links, names, provenance
from bot.digest.media import picture
from bot.locales import language_name, locale, supported, thousands, translator
from bot.message import NESTED, shortened
from bot.model import Paper, Summary
from bot.store.similar import Similar
from bot.summaries.choose import hub_summary, shown_summary, speaks
from bot.summaries.extractive import extract
from bot.summaries.sentences import plain_text
from bot.web.addresses import Addresses

# On a list the links that its reader cannot find elsewhere; all of them are on the paper's own page.
_ON_PAPER_ONLY = frozenset({"PDF", "Hugging Face"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link of a paper, such as to its PDF."""

    text: str
    url: str


class Point(NamedTuple):
    """A line of a summary, and those that stand under it."""

    text: str
    under: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullets:
    """A summary: `lang` is the language of its bullets, `source` who wrote them, in the reader's."""

    lang: str
    lines: tuple[str, ...]
    source: str
    title: str = ""

    @property
    def points(self) -> list[Point]:
        return points(self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A paper on a page of many."""

    id: str
    title: str
    address: str
    picture: str | None
    facts: str
    authors: str
    keywords: str
    bullets: Bullets | None
    source: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A paper as a line of a list."""

    title: str
    address: str
    facts: str


def card(paper: Paper, language: str, addresses: Addresses, *, whole: bool = False) -> Card:
    """A paper as its day shows it; with all of its links when it is the `whole` page."""
    # The parts of the paper's message in chats, and none of its buttons, which take as long again.
    summary, authors = shown_summary(paper, language), names(paper, language)
    source = provenance(summary, language)
    bullets = None
    if summary is not None:
        bullets = Bullets(lang=tag(summary.language), lines=bullet_lines(summary), source=source)
    return Card(
        id=paper.id,
        title=plain_text(paper.title),
        address=addresses.paper(language, paper.id),
        picture=picture(paper),
        facts=facts_line(paper, language),
        authors=authors.text() if authors else "",
        keywords=" ".join(keyword_lines(paper)),
        bullets=bullets,
        source=source,
        links=tuple(
            Link(text=button.label, url=button.url)
            for button in links(paper, language)
            if button.url and (whole or button.label not in _ON_PAPER_ONLY)
        ),
    )


def entry(paper: Paper, language: str, addresses: Addresses, *, also: str = "") -> Entry:
    """A paper as a line: its votes, its day, and what is `also` to be said."""
    votes = "" if paper.upvotes is None else f"👍 {thousands(paper.upvotes, language)}"
    day = day_name(paper.list_day, language) if paper.list_day else ""
    return Entry(
        title=plain_text(paper.title),
        address=addresses.paper(language, paper.id),
        facts=" · ".join(filter(None, (votes, day, also))),
    )


def summaries(paper: Paper, language: str) -> list[Bullets]:
    """All summaries that there are of a paper: the one that is shown first, then the reader's language, then the others."""
    shown = shown_summary(paper, language)
    every: list[Summary] = [*paper.summaries, *filter(None, (hub_summary(paper), extract(paper)))]
    every.sort(key=lambda one: (shown is None or one != shown, not speaks(one, language), one.language, one.source))
    told = {(one.language, one.source, one.bullets): one for one in every if one.bullets}
    if shown is not None:
        # As the reader is told of it on the day's page: what was not checked yet is not verified.
        told[shown.language, shown.source, shown.bullets] = shown
    return [
        Bullets(
            lang=tag(one.language),
            lines=bullet_lines(one),
            source=provenance(one, language),
            title=language_name(one.language, language),
        )
        for one in told.values()
    ]


def points(lines: Sequence[str]) -> list[Point]:
    """Lines as `bullet_lines` gives them, each with the nested ones that follow it."""
    found: list[Point] = []
    for line in lines:
        if line.startswith(NESTED) and found:
            found[-1].under.append(line.removeprefix(NESTED))
        else:
            found.append(Point(line.removeprefix(NESTED), []))
    return found


def likeness(near: Similar, language: str) -> str:
    """What a paper has in common with another."""
    t = translator(language)
    terms = ", ".join(term for term in near.terms if not term.isdigit())
    people = ", ".join(near.authors)
    return " · ".join(filter(None, (terms and t.gettext("both: {terms}").format(terms=terms), people and f"✍ {people}")))


def tag(language: str) -> str:
    """A language as HTML names it."""
    return supported(language) or language


def described(papers: Sequence[Paper]) -> str:
    """What a link preview says of a day: its first titles, as far as previews show them."""
    return shortened(" · ".join(plain_text(paper.title) for paper in papers[:3]), 250)


def first_picture(papers: Sequence[Paper]) -> str | None:
    """A picture for link previews, of the first paper that has one."""
    return next(filter(None, map(picture, papers)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A day of the calendar; without `address` where it has no papers, without `number` where it is another month's."""

    number: int
    address: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month of the calendar, its weeks from Monday on."""

    title: str
    address: str
    weeks: tuple[tuple[Cell, ...], ...]


def months(days: Mapping[dt.date, int], language: str, addresses: Addresses) -> list[Month]:
    """The months of `days` (how many papers each has), the newest first."""
    found: list[Month] = []
    for first in sorted({day.replace(day=1) for day in days}, reverse=True):
        monday = first - dt.timedelta(days=first.weekday())
        weeks: list[tuple[Cell, ...]] = []
        while monday <= _last_of(first):
            week = [monday + dt.timedelta(days=number) for number in range(7)]
            weeks.append(tuple(_cell(day, first.month, days, language, addresses) for day in week))
            monday += dt.timedelta(days=7)
        found.append(
            Month(
                title=month_name(first, language),
                address=addresses.month(language, first),
                weeks=tuple(weeks),
            )
        )
    return found


def _cell(day: dt.date, month: int, days: Mapping[dt.date, int], language: str, addresses: Addresses) -> Cell:
    if day.month != month:
        return Cell(number=0)
    count = days.get(day, 0)
    if not count:
        return Cell(number=day.day)
    counted = (
        translator(language).ngettext("{total} paper", "{total} papers", count).format(total=thousands(count, language))
    )
    # What is seen begins what is heard, for who speaks to the browser.
    said = f"{day.day}: {day_name(day, language)}, {counted}"
    return Cell(number=day.day, address=addresses.day(language, day), said=said)


def _last_of(first: dt.date) -> dt.date:
    return (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)


def month_name(day: dt.date, language: str) -> str:
    """`2024년 3월`, March 2024."""
    skeleton = {"ko": "y년 M월", "ja": "y年M月", "zh-Hans": "y年M月"}.get(language, "MMMM y")
    return format_date(day, skeleton, locale=locale(language))


def weekdays(language: str) -> list[tuple[str, str]]:
    """The names of the weekdays from Monday on, short and whole."""
    names = locale(language).days["stand-alone"]
    return [(str(names["short" if language != "en" else "abbreviated"][n]), str(names["wide"][n])) for n in range(7)]
