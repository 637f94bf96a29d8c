"""The content of a list day's card: its date, how many papers it has, the first few of them. Pure; drawn in drawing.py."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from babel.dates import format_date

from bot.digest.compose import counted
from bot.digest.media import picture
from bot.locales import locale
from bot.model import Paper
from bot.summaries.sentences import plain_text

# As many as can be read on a phone, where a card is as wide as a thumb is long.
SHOWN = 3
# CLDR's long dates with weekday and without year; English has none such among its skeletons.
_DATES = {"ko": "M월 d일 EEEE", "ja": "M月d日 EEEE", "zh-Hans": "M月d日 EEEE", "en": "EEEE, MMMM d"}


@dataclass(frozen=True, slots=True)
class Line:
    """A paper on a card. `picture` is an https URL of a host that is known; `votes` None where nobody counted."""

    title: str
    votes: int | None = None
    picture: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCard:
    """A card. Two with the same content are the same picture."""

    day: dt.date
    language: str
    shown: int
    total: int
    lines: tuple[Line, ...]

    @property
    def counted(self) -> str:
        """How many of the day's papers the digest holds."""
        return counted(self.language, self.shown, self.total)

    @property
    def date(self) -> str:
        """The day as people say it, without its year: `3월 28일 목요일`, `Thursday, March 28`."""
        return str(format_date(self.day, _DATES.get(self.language, _DATES["en"]), locale=locale(self.language)))

    @property
    def year(self) -> str:
        return str(format_date(self.day, "y", locale=locale(self.language)))


def day_card(
    day: dt.date, papers: Sequence[Paper], language: str, *, shown: int | None = None, total: int | None = None
) -> DayCard:
    """The card of a digest that holds `shown` of the `total` papers of a day, which names the best of `papers` by votes.

    Both are as many as there are `papers`, unless said. Papers with the same votes keep their order.
    """
    best = sorted(papers, key=lambda paper: -(paper.upvotes or 0))[:SHOWN]
    return DayCard(
        day=day,
        language=language,
        shown=len(papers) if shown is None else shown,
        total=len(papers) if total is None else total,
        lines=tuple(Line(plain_text(paper.title), paper.upvotes, picture(paper)) for paper in best),
    )
