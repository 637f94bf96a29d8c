"""Suggested values for a command's argument: papers, days, spans, hours, zones, authors, settings.

They restrict nothing: whatever else is typed is parsed by the command itself.
"""

import datetime as dt
import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from babel.dates import format_skeleton

from bot.commands.command_line import COMMANDS
from bot.commands.command_names import names_of
from bot.commands.dates import NoDate, read_date
from bot.commands.faults import clock
from bot.commands.hours import NoHour, read_hour
from bot.commands.setting_values import setting_name
from bot.commands.zone_guess import guessed_zone
from bot.commands.zones import NoZone, read_zone, zone_label, zones_beginning
from bot.digest.compose import day_name
from bot.locales import LANGUAGES, language_name, locale, thousands, translator
from bot.message import shortened
from bot.model import Shape
from bot.ports import Completion, Suggestion
from bot.store import list_days, papers, search
from bot.store.completing import authors_beginning, days_with_papers, months_with_papers, papers_beginning
from bot.store.connection import Store

# Discord's limits of a choice: discord.com/developers/docs/interactions/application-commands.
SUGGESTIONS, LABEL_UNITS = 25, 100
# Names of arguments, whatever command they belong to.
_PAPER, _DAY, _UNTIL, _SPAN, _HOUR, _ZONE, _AUTHOR = "id", "date", "until", "span", "time", "zone", "author"
# Where people of each language most often are, and where most of the others who read papers.
_ZONES = ("Asia/Seoul", "Asia/Tokyo", "Asia/Shanghai", "Asia/Singapore", "Asia/Kolkata", "Europe/London", "Europe/Berlin",
          "America/New_York", "America/Los_Angeles", "Australia/Sydney", "Etc/UTC")  # fmt: skip
_HOURS = [dt.time(hour) for hour in (*range(6, 24), *range(6))]

# The beginning of `2024-03-28`, or nothing yet.
_BEGUN_DATE = re.compile(r"(?:\d{4}(?:-(?:\d{1,2}(?:-\d?)?)?)?)?", re.ASCII)
_MANY_DAYS = 2000

Offer = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Stroke:
    """What was typed so far, in whose language the labels are, and on which day."""

    typed: str
    language: str
    today: dt.date


async def completed(store: Store, completion: Completion, language: str, now: dt.datetime) -> Sequence[Suggestion]:
    """At most 25 values for what was typed of an argument, the likeliest first, labelled in `language`."""
    name = completion.argument
    if completion.command == "settings" and name == "value":
        name = _of_setting(completion.given.get("name", ""))
    typed = completion.typed.strip()[:LABEL_UNITS]
    today = now.date()
    offered: Iterable[Offer]
    if name in _FROM_STORE:
        offered = await store.read(_FROM_STORE[name], _Stroke(typed, language, today))
    elif name == _UNTIL:
        offered = _days_ahead(typed, language, today)
    elif name == _HOUR:
        offered = _hours(typed)
    elif name == _ZONE:
        offered = _zones(typed, guessed_zone(completion.language, "", "Etc/UTC"), language, now)
    else:
        offered = _matching(typed, _VALUES[name](language)) if name in _VALUES else ()
    kept = dict(one for one in offered if 0 < len(one[0]) <= LABEL_UNITS)
    return [Suggestion(value, shortened(label, LABEL_UNITS)) for value, label in list(kept.items())[:SUGGESTIONS]]


def _of_setting(written: str) -> str:
    return {"time": _HOUR}.get(setting_name(written) or "", setting_name(written) or "")


# --- From the store ---------------------------------------------------------------------------------------------------


def _papers(connection: sqlite3.Connection, stroke: _Stroke) -> list[Offer]:
    ids = papers_beginning(connection, stroke.typed, SUGGESTIONS)
    if stroke.typed and len(ids) < SUGGESTIONS // 5:
        # Few begin so: what is meant may stand in another language, or be spelled otherwise.
        ids += search.search(connection, search.finished(connection, stroke.typed), limit=SUGGESTIONS).ids
    if not stroke.typed:
        newest = list_days.newest_with_papers(connection, stroke.today)
        listed = papers.papers_of_day(connection, newest.day) if newest is not None else []
        ids = [paper.id for paper in sorted(listed, key=lambda paper: -(paper.upvotes or 0))]
    found = papers.papers(connection, ids[:SUGGESTIONS])
    return [(paper.id, f"{paper.id} · {' '.join(paper.title.split())}") for paper in found.values()]


def _days(connection: sqlite3.Connection, stroke: _Stroke) -> list[Offer]:
    typed, last = stroke.typed, _shifted(stroke.today, 1)
    if _BEGUN_DATE.fullmatch(typed):
        known = days_with_papers(connection, dt.date.min, last, _MANY_DAYS)
        begun = [
            _day_offer(day, count, stroke.language) for day, count in known.items() if day.isoformat().startswith(typed)
        ]
        if begun:
            return begun
    read = read_date(typed, stroke.today)
    if isinstance(read, NoDate):
        return [_day_offer(day, None, stroke.language) for day in read.offers]
    # What is around it, for those who mean a day near it.
    near = days_with_papers(connection, _shifted(read, -10), min(_shifted(read, 10), last), SUGGESTIONS)
    around = sorted(near, key=lambda day: (abs(day - read), day))
    return [_day_offer(day, near.get(day), stroke.language) for day in dict.fromkeys([read, *around])]


def _shifted(day: dt.date, days: int) -> dt.date:
    return dt.date.fromordinal(min(max(day.toordinal() + days, 1), dt.date.max.toordinal()))


def _day_offer(day: dt.date, count: int | None, language: str) -> Offer:
    return day.isoformat(), day_name(day, language) + (f" · {_counted(count, language)}" if count else "")


def _counted(count: int, language: str) -> str:
    said = translator(language).ngettext("{total} paper", "{total} papers", count)
    return said.format(total=thousands(count, language))


def _spans(connection: sqlite3.Connection, stroke: _Stroke) -> list[Offer]:
    t = translator(stroke.language)
    offers = [("week", t.gettext("The last seven days")), ("month", t.gettext("The last thirty days"))]
    for month in months_with_papers(connection, 200):
        label = format_skeleton("yMMMM", month, locale=locale(stroke.language))
        offers.append((f"{month:%Y-%m}", f"{month:%Y-%m} · {label}"))
    return list(_matching(stroke.typed, offers))


def _authors(connection: sqlite3.Connection, stroke: _Stroke) -> list[Offer]:
    found = authors_beginning(connection, stroke.typed, SUGGESTIONS)
    return [(name, f"{shortened(name, 70)} · {_counted(count, stroke.language)}") for name, count in found]


_FROM_STORE: dict[str, Callable[[sqlite3.Connection, _Stroke], list[Offer]]] = {
    _PAPER: _papers,
    _DAY: _days,
    _SPAN: _spans,
    _AUTHOR: _authors,
}


# --- From the language ------------------------------------------------------------------------------------------------


def _days_ahead(typed: str, language: str, today: dt.date) -> list[Offer]:
    read = read_date(typed, today) if typed else None
    offers = [read] if isinstance(read, dt.date) and read > today else []
    ahead = [_shifted(today, number) for number in (*range(1, 15), 21, 28, 60, 90)]
    offers += [day for day in ahead if isinstance(read, dt.date) or typed in day.isoformat()]
    return [(day.isoformat(), day_name(day, language)) for day in offers]


def _hours(typed: str) -> list[Offer]:
    read = read_hour(typed) if typed else None
    offers = [read] if isinstance(read, dt.time) else []
    if isinstance(read, NoHour) and read.offer is not None:
        offers = [read.offer]
    offers += [hour for hour in _HOURS if clock(hour).startswith(typed) or clock(hour).lstrip("0").startswith(typed)]
    return [(clock(hour), clock(hour)) for hour in offers]


def _zones(typed: str, likely: str, language: str, now: dt.datetime) -> list[Offer]:
    if not typed:
        found: list[str] = [likely, *_ZONES]
    else:
        read = read_zone(typed)
        found = list(read.offers) if isinstance(read, NoZone) else [read]
        found += zones_beginning(typed, SUGGESTIONS)
    return [(zone, zone_label(zone, language, now)) for zone in found]


def _languages(language: str) -> list[Offer]:
    named = [(tag, language_name(tag, tag), language_name(tag, language)) for tag in LANGUAGES]
    return [(tag, own if own == read else f"{own} · {read}") for tag, own, read in named]


def _shapes(language: str) -> list[Offer]:
    t = translator(language)
    return [(Shape.EACH, t.gettext("one message a paper")), (Shape.COMPACT, t.gettext("one compact list"))]


def _weekdays(language: str) -> list[Offer]:
    t = translator(language)
    return [
        ("everyday", t.gettext("every day")),
        ("weekdays", t.gettext("Monday to Friday")),
        ("weekend", t.gettext("Saturday and Sunday")),
    ]


def _numbers(*values: int, everything: bool, language: str) -> list[Offer]:
    offers = [(str(value), thousands(value, language)) for value in values]
    return [*offers, ("all", translator(language).gettext("all"))] if everything else offers


def _commands(language: str) -> list[Offer]:
    return [(name, " · ".join(filter(None, (f"/{name}", names_of(name).get(language))))) for name in COMMANDS]


_VALUES: dict[str, Callable[[str], list[Offer]]] = {
    "command": _commands,
    "language": _languages,
    "shape": _shapes,
    "weekdays": _weekdays,
    "top": lambda language: _numbers(3, 5, 10, 15, 20, 30, everything=True, language=language),
    "votes": lambda language: _numbers(0, 5, 10, 20, 50, 100, everything=False, language=language),
}


# The arguments for which there are values to offer.
SUGGESTED = frozenset({*_FROM_STORE, _UNTIL, _HOUR, _ZONE, "value", "command"})


def _matching(typed: str, offers: Iterable[Offer]) -> Iterable[Offer]:
    wanted = typed.casefold()
    return [one for one in offers if wanted in one[0].casefold() or wanted in one[1].casefold()]
