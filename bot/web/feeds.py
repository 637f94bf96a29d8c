"""Atom (RFC 4287) and JSON Feed 1.1 of the newest papers: of all, or of those that pass a filter."""

import datetime as dt
import json
import re
import sqlite3
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from bot.clock import from_text, to_text
from bot.commands.filter_words import NoFilter, read_filter_words
from bot.digest.media import picture
from bot.digest.select import chosen
from bot.locales import translator
from bot.model import Choice, Paper
from bot.store import list_days, pages, papers
from bot.store.spellings import spelled_choice
from bot.summaries.sentences import plain_text
from bot.web import views
from bot.web.site import NAME, Site

ATOM = "application/atom+xml; charset=utf-8"
JSON_FEED = "application/feed+json; charset=utf-8"
# A week of lists, as far as a reader that is asked once a day may be behind; more where a filter takes most away.
DAYS, DAYS_FILTERED, MOST = 7, 60, 100
# What XML 1.0 cannot hold at all (w3.org/TR/xml/#charsets).
_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPACE = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPage:
    """A feed in one of the two forms (`feed.atom`, `feed.json`), of papers that pass `filter`: the words of /filter.

    Among files, which cannot be asked with words, it has a `name` to stand under.
    """

    language: str
    form: str
    filter: str = ""
    name: str = ""

    @property
    def path(self) -> str:
        return f"feeds/{self.name}{self.form.removeprefix('feed')}" if self.name else self.form

    @property
    def media_type(self) -> str:
        return ATOM if self.form == "feed.atom" else JSON_FEED

    def choice(self) -> Choice | NoFilter:
        """What the words of the filter ask for, or the part of them that is none."""
        return choice_of(self.filter, self.language)

    def mark(self, connection: sqlite3.Connection, site: Site) -> str | None:
        choice = self.choice()
        if isinstance(choice, NoFilter):
            return None
        days = _days(connection, site, choice)
        return pages.digested((site.hub, self.filter, *(f"{day} {pages.mark_of_day(connection, day)}" for day in days)))

    def written(self, connection: sqlite3.Connection, site: Site) -> bytes:
        choice = self.choice()
        assert not isinstance(choice, NoFilter), "such a feed has no mark, and is not written"
        found = _newest(connection, site, choice)
        updated = pages.updated_at(connection, [paper.id for _, paper in found])
        if self.form == "feed.atom":
            return self._atom(site, found, updated)
        return self._json(site, found, updated)

    def address(self, site: Site) -> str:
        """The feed's own address, without scheme and host."""
        query = {"filter": self.filter} if self.filter and not self.name else {}
        return site.addresses.file(self.language, self.path, **query)

    def _own(self, site: Site) -> str:
        return site.addresses.whole(self.address(site))

    def _title(self) -> str:
        return f"{NAME} · {self.name or self.filter}" if self.filter else NAME

    def _home(self, site: Site) -> str:
        return site.addresses.whole(site.addresses.page(self.language))

    def _address(self, site: Site, paper: Paper) -> str:
        return site.addresses.whole(site.addresses.paper(self.language, paper.id))

    def _atom(self, site: Site, found: Sequence[tuple[dt.date, Paper]], updated: dict[str, str]) -> bytes:
        feed = ET.Element("feed", {"xmlns": _SPACE, "xml:lang": self.language})
        _text(feed, "title", self._title())
        _text(feed, "id", self._own(site))
        ET.SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": self._own(site)})
        ET.SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": self._home(site)})
        if site.hub:
            ET.SubElement(feed, "link", {"rel": "hub", "href": site.hub})
        _text(feed, "updated", _atom_instant(max(updated.values(), default="1970-01-01T00:00:00.000Z")))
        author = ET.SubElement(feed, "author")
        _text(author, "name", NAME)
        _text(feed, "generator", "daily-papers")
        for day, paper in found:
            entry = ET.SubElement(feed, "entry")
            _text(entry, "title", plain_text(paper.title))
            _text(entry, "id", self._address(site, paper))
            ET.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": self._address(site, paper)})
            ET.SubElement(entry, "link", {"rel": "related", "href": paper.arxiv_url})
            _text(entry, "published", f"{day.isoformat()}T00:00:00Z")
            _text(entry, "updated", _atom_instant(updated[paper.id]))
            for name in paper.authors[:20]:
                if name.strip():
                    _text(ET.SubElement(entry, "author"), "name", name)
            for word in _keywords(paper):
                ET.SubElement(entry, "category", {"term": _NO_XML.sub("", word)})
            _text(entry, "content", self._html(site, paper)).set("type", "html")
        written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
        return written

    def _json(self, site: Site, found: Sequence[tuple[dt.date, Paper]], updated: dict[str, str]) -> bytes:
        feed: dict[str, object] = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": self._title(),
            "home_page_url": self._home(site),
            "feed_url": self._own(site),
            "language": self.language,
        }
        if site.hub:
            feed["hubs"] = [{"type": "WebSub", "url": site.hub}]
        feed["items"] = [self._item(site, day, paper, updated[paper.id]) for day, paper in found]
        return json.dumps(feed, ensure_ascii=False).encode("utf-8", "replace")

    def _item(self, site: Site, day: dt.date, paper: Paper, updated: str) -> dict[str, object]:
        item: dict[str, object] = {
            "id": self._address(site, paper),
            "url": self._address(site, paper),
            "external_url": paper.arxiv_url,
            "title": plain_text(paper.title),
            "content_html": self._html(site, paper),
            "date_published": f"{day.isoformat()}T00:00:00Z",
            "date_modified": updated,
            "language": self.language,
        }
        if shown := picture(paper):
            item["image"] = shown
        if names := [{"name": name} for name in paper.authors[:20] if name.strip()]:
            item["authors"] = names
        if words := _keywords(paper):
            item["tags"] = words
        return item

    def _html(self, site: Site, paper: Paper) -> str:
        card = views.card(paper, self.language, site.addresses)
        parts = [f'<p><img src="{escape(card.picture)}" alt=""></p>'] if card.picture else []
        parts += [f"<p>{escape(card.facts)}</p>"] if card.facts else []
        if card.bullets:
            listed = "".join(map(_listed, card.bullets.points))
            parts.append(f'<ul lang="{escape(card.bullets.lang)}">{listed}</ul>')
        links = " · ".join(f'<a href="{escape(link.url)}">{escape(link.text)}</a>' for link in card.links)
        return "".join((*parts, f"<p>{escape(card.source)}</p>", f"<p>{links}</p>"))


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedsPage:
    """Where the feeds are, and a form that makes one for a filter."""

    language: str
    filter: str = ""
    media_type: str = "text/html; charset=utf-8"
    path: str = "feeds"

    def mark(self, connection: sqlite3.Connection, site: Site) -> str | None:
        del connection
        return pages.digested((site.hub, self.filter, site.feeds))

    def written(self, connection: sqlite3.Connection, site: Site) -> bytes:
        del connection
        at, language = site.addresses, self.language
        t = translator(language)
        choice = choice_of(self.filter, language)
        fault = own = None
        if isinstance(choice, NoFilter):
            fault = t.gettext("“{written}” cannot be a filter.").format(written=choice.written or self.filter)
        elif self.filter:
            made = [(name, FeedPage(language=language, form=form, filter=self.filter)) for name, form in FORMS]
            own = [(name, one.address(site)) for name, one in made]
        return site.html(
            "feeds.html",
            language,
            self.path,
            title=t.gettext("Feeds"),
            addresses=[
                (f"{NAME} · {name} · {called}" if name else called, one.address(site))
                for name, words in (("", ""), *site.feeds)
                for called, form in FORMS
                for one in (FeedPage(language=language, form=form, filter=words, name=name),)
            ],
            typed=self.filter,
            fault=fault,
            own_feeds=own,
            canonical=at.page(language, self.path),
        )


FORMS = (("Atom", "feed.atom"), ("JSON Feed", "feed.json"))


def choice_of(words: str, language: str) -> Choice | NoFilter:
    """What the words of a filter ask for. None of them asks for every paper."""
    read = read_filter_words(words)
    if isinstance(read, NoFilter):
        return read
    return Choice(language=language, top=read.top or None, min_votes=read.votes or 0, filters=read.filters)


def _days(connection: sqlite3.Connection, site: Site, choice: Choice) -> list[dt.date]:
    takes_away = bool(choice.filters or choice.min_votes or choice.top)
    return list_days.newest_days(connection, site.today(), DAYS_FILTERED if takes_away else DAYS)


def _newest(connection: sqlite3.Connection, site: Site, choice: Choice) -> list[tuple[dt.date, Paper]]:
    """The newest papers that pass, each once, the newest day first and each day by votes."""
    wanted, found = spelled_choice(connection, choice), dict[str, tuple[dt.date, Paper]]()
    for day in _days(connection, site, choice):
        for paper in chosen(papers.papers_of_day(connection, day), wanted):
            found.setdefault(paper.id, (day, paper))
        if len(found) >= MOST:
            break
    return list(found.values())[:MOST]


def _listed(point: views.Point) -> str:
    under = "".join(f"<li>{escape(line)}</li>" for line in point.under)
    return f"<li>{escape(point.text)}{f'<ul>{under}</ul>' if under else ''}</li>"


def _keywords(paper: Paper) -> list[str]:
    return [word for word in map(plain_text, paper.keywords) if word]


def _text(parent: ET.Element, name: str, text: str) -> ET.Element:
    child = ET.SubElement(parent, name)
    child.text = _NO_XML.sub("", text)
    return child


def _atom_instant(written: str) -> str:
    return to_text(from_text(written))
