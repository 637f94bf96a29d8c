"""Which page stands at a path. Pure: whether it has anything to show is the page's own `mark`."""

import datetime as dt
import re
from collections.abc import Mapping

from bot.sources.paper_ids import parse
from bot.web.best import BestPage
from bot.web.page import Page
from bot.web.pages import FOUND, LAST_FOUND, CalendarPage, DayPage, PaperPage, SearchPage

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_YEAR = re.compile(r"[1-9]\d{3}")


def page_at(path: str, language: str, query: Mapping[str, str]) -> Page | None:
    """The page that stands at a path behind its language, or None where none can."""
    parts = path.strip("/").split("/")
    match parts:
        case [""]:
            return DayPage(language=language)
        case [day] if _DAY.fullmatch(day):
            read = _date(day)
            return DayPage(language=language, day=read) if read else None
        case ["paper", *rest] if rest:
            paper_id = parse("/".join(rest))
            return PaperPage(language=language, id=paper_id) if paper_id else None
        case ["calendar"]:
            return CalendarPage(language=language)
        case ["calendar", year] if _YEAR.fullmatch(year):
            return CalendarPage(language=language, year=int(year))
        case ["week", week] if found := _WEEK.fullmatch(week):
            return _best(language, _date_of_week(int(found[1]), int(found[2])), weekly=True)
        case ["month", month] if _MONTH.fullmatch(month):
            return _best(language, _date(f"{month}-01"), weekly=False)
        case ["search"]:
            number = query.get("page", "1")
            turned = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 1
            typed = " ".join(query.get("q", "").split())[:500]
            return SearchPage(language=language, typed=typed, number=min(max(turned, 1), LAST_FOUND // FOUND))
    return None


def _best(language: str, first: dt.date | None, *, weekly: bool) -> BestPage | None:
    return None if first is None else BestPage(language=language, first=first, weekly=weekly)


def _date(written: str) -> dt.date | None:
    try:
        return _possible(dt.date.fromisoformat(written))
    except ValueError:
        return None


def _date_of_week(year: int, week: int) -> dt.date | None:
    try:
        return _possible(dt.date.fromisocalendar(year, week, 1))
    except ValueError:
        return None


def _possible(day: dt.date) -> dt.date | None:
    """ArXiv began in 1991; and before the year 1 there is no day before."""
    return day if 1991 <= day.year < 2200 else None
