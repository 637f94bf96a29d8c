"""The card of a day as an image file, for link previews of the day's page. Drawn by bot/pictures."""

import datetime as dt
import sqlite3
from dataclasses import dataclass

from bot.pictures.day_card import DayCard, day_card
from bot.store import list_days, pages, papers
from bot.web.site import Site

MEDIA_TYPE = "image/jpeg"
# The size that platforms crop least (ogp.me).
WIDTH, HEIGHT = 1200, 630


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPage:
    """A day's card in one language."""

    language: str
    day: dt.date
    media_type: str = MEDIA_TYPE

    @property
    def path(self) -> str:
        return f"cards/{self.day.isoformat()}.jpg"

    def mark(self, connection: sqlite3.Connection, site: Site) -> str | None:
        card = self.card(connection, site)
        if card is None:
            return None
        return pages.digested((card.total, *card.lines, *(("with thumbnails",) if site.thumbnails else ())))

    def written(self, connection: sqlite3.Connection, site: Site) -> bytes:
        """The card in letters alone, unless the site has thumbnails: files are written without asking anybody for them."""
        # Late: Pillow takes a tenth of a second, and a site without cards draws nothing.
        from bot.pictures.drawing import draw  # noqa: PLC0415

        card = self.card(connection, site)
        assert card is not None, "such a day has no mark, and no card is drawn"
        wanted = [line.picture for line in card.lines if line.picture]
        return draw(card, site.thumbnails.of(wanted) if site.thumbnails else {})

    def card(self, connection: sqlite3.Connection, site: Site) -> DayCard | None:
        """What the card says; None when the day has no papers, or is still to come."""
        known = list_days.list_day(connection, self.day)
        if not site.cards or known is None or not known.papers or self.day > site.today():
            return None
        return day_card(self.day, papers.papers_of_day(connection, self.day), self.language)
