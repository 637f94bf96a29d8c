"""Topics as people type them, their share of the lists over time, and how that is drawn and worded, in chats and pages."""

import datetime as dt
import re
import sqlite3
from dataclasses import dataclass

from babel.dates import format_date, format_skeleton

from bot.commands.faults import quoted
from bot.digest.compose import day_name
from bot.digest.trends import Trend
from bot.digest.trends import trends as rising
from bot.locales import decimal, locale, thousands, translator
from bot.pictures.plots import Plot, Series
from bot.store import list_days, papers
from bot.store.topic_counts import TopicCounts, is_phrase, is_without_name, topic_counts

# Lines that can be told apart, and followed on a phone.
MOST = 5
# List days: a month of weekdays, against a season before it.
RECENT_DAYS, BEFORE_DAYS = 20, 60
# How many rising topics are shown, and from how many candidates they are chosen.
SHOWN, _CANDIDATES = 4, 40
# A word names one subject if, before its rise, at most this share of a season's papers has it.
_RARE = 0.02
_BETWEEN = re.compile(r"\s*[,、，;；/|]\s*|\s+vs\.?\s+", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“”„「『«]([^\"“”„」』»]+)[\"“”“」』»]")
# Names of spans that there is room for under a plot: months and, twice as long, weeks.
_MOST_LABELS = {"png": (8, 6), "svg": (5, 3)}
_LONGEST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """What is shown of `topics`, those that are in the lists; `missing` are not. `nameless` have no English name here."""

    counts: TopicCounts
    topics: tuple[str, ...]
    missing: tuple[str, ...] = ()
    nameless: tuple[str, ...] = ()
    typed: bool = True


def shares(connection: sqlite3.Connection, typed: str, until: dt.date) -> Shares | None:
    """The counts of the topics that were typed, or that rose; None while there are too few lists."""
    wanted = read_topics(connection, typed)
    counts = topic_counts(connection, wanted or _candidates(connection, until), until)
    if counts is None:
        return None
    if wanted:
        there = [topic for topic in wanted if any(counts.named[topic])]
    else:
        there = sorted((topic for topic in counts.named if _rise(counts, topic) > 0), key=lambda one: -_rise(counts, one))
    return Shares(
        counts=counts,
        topics=tuple(there[: MOST if wanted else SHOWN]),
        missing=tuple(topic for topic in wanted if topic not in there),
        nameless=tuple(topic for topic in there if is_without_name(connection, topic)),
        typed=bool(wanted),
    )


def read_topics(connection: sqlite3.Connection, typed: str) -> tuple[str, ...]:
    """The topics that a person typed, at most five.

    Commas divide them, quotes hold one together; words alone are one topic where papers write them side by side.
    """
    text = " ".join(typed.split())
    topics = [match.strip() for match in _QUOTED.findall(text)]
    for part in _BETWEEN.split(_QUOTED.sub(",", text)):
        words = part.split()
        if len(words) > 1 and not _BETWEEN.search(text) and not is_phrase(connection, part):
            topics += words
        else:
            topics.append(part)
    # A word of which no letter is left says nothing.
    said = [topic[:_LONGEST].strip() for topic in topics if any(character.isalnum() for character in topic)]
    return tuple({topic.casefold(): topic for topic in reversed(said)}.values())[::-1][:MOST]


def plot_of(found: Shares, language: str, *, form: str = "png", dark: bool = True) -> Plot:
    """What is drawn of topics; the last month or week is dotted until it is over."""
    counts = found.counts
    last = counts.spans[-1]
    over = (
        last + dt.timedelta(days=4)
        if counts.weekly
        else (last + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=4)
    )
    return Plot(
        language=language,
        title=plot_title(language),
        labels=_labels(counts, language, _MOST_LABELS[form][counts.weekly]),
        places=_places(counts),
        series=tuple(
            Series(topic, tuple(named / every for named, every in zip(counts.named[topic], counts.papers, strict=True)))
            for topic in found.topics
        ),
        unfinished=counts.last < over,
        form=form,
        dark=dark,
    )


def plot_title(language: str) -> str:
    """What is plotted."""
    return translator(language).gettext("How many of the lists' papers name it")


def said(counts: TopicCounts, topic: str, language: str) -> str:
    """A topic's share in the first and in the last quarter of the time, and how many papers that were in all."""
    t = translator(language)
    then, now = _ends(counts, topic)
    total = sum(counts.named[topic])
    counted = t.ngettext("{total} paper", "{total} papers", total).format(total=thousands(total, language))
    return f"{topic}: {decimal(100 * then, language)}% → {decimal(100 * now, language)}% · {counted}"


def _ends(counts: TopicCounts, topic: str) -> tuple[float, float]:
    """The shares of a topic in the first and in the last quarter of the spans, 0 to 1."""
    quarter = max(1, len(counts.spans) // 4)
    named = counts.named[topic]
    then, now = (sum(named[part]) / sum(counts.papers[part]) for part in (slice(None, quarter), slice(-quarter, None)))
    return then, now


def _rise(counts: TopicCounts, topic: str) -> float:
    """By how much of all papers a topic has grown: many more papers, not many times more, which is soon said of a few."""
    then, now = _ends(counts, topic)
    return now - then


def _candidates(connection: sqlite3.Connection, until: dt.date) -> tuple[str, ...]:
    """Terms that the last month's lists name more often than those of the season before."""
    days = list_days.newest_days(connection, until, RECENT_DAYS + BEFORE_DAYS)
    if len(days) <= RECENT_DAYS:
        return ()
    first = days[RECENT_DAYS - 1]
    found = papers.between(connection, days[-1], days[0])
    recent = [paper for paper in found if paper.list_day is not None and paper.list_day >= first]
    before = [paper for paper in found if paper.list_day is not None and paper.list_day < first]
    return tuple(one.term for one in rising(recent, before, _CANDIDATES) if is_topic(one, len(recent)))


def is_topic(trend: Trend, recent: int) -> bool:
    """Whether a term that rose among `recent` papers names something: several words do, or letters that no plain word has.

    Of plain words those do that hardly any paper named before (Mamba): `baseline`, `robust` and `visual` rise too.
    """
    if not trend.term.isalpha() or not trend.term[1:].islower():
        return True
    return trend.times is None or trend.papers / recent / trend.times <= _RARE


def told(found: Shares, language: str) -> list[str]:
    """Sentences about what is shown: since when, and what is missing. What is drawn and listed follows them."""
    t = translator(language)
    sentences = []
    if found.topics:
        since, until = day_name(found.counts.spans[0], language), day_name(found.counts.last, language)
        sentence = t.gettext("Their share of the papers from {since} to {until}, at the beginning and lately:")
        risen = "" if found.typed else t.gettext("These topics rose most in the lists of the last month.")
        sentences.append(f"{risen} {sentence.format(since=since, until=until)}".strip())
    elif not found.typed:
        sentences.append(t.gettext("Nothing stands out in the lists of the last weeks."))
    if found.missing:
        missing = t.gettext("No paper of these lists names {topics}.")
        sentences.append(missing.format(topics=", ".join(map(quoted, found.missing))))
    if found.nameless:
        nameless = t.gettext(
            "I know no English name of {topics}, so only papers with a summary in that language count; "
            "try the English word."
        )
        sentences.append(nameless.format(topics=", ".join(map(quoted, found.nameless))))
    return sentences


def too_few(language: str) -> str:
    """What is said while there is nothing to compare."""
    return translator(language).gettext(
        "I have too few lists yet to show how something goes: it takes two months, or weeks."
    )


def _places(counts: TopicCounts) -> tuple[int, ...]:
    """Where the spans stand, in months or weeks after the first: those with too few papers leave a gap."""
    first = counts.spans[0]
    if counts.weekly:
        return tuple((span - first).days // 7 for span in counts.spans)
    return tuple(12 * (span.year - first.year) + span.month - first.month for span in counts.spans)


def _labels(counts: TopicCounts, language: str, most: int) -> tuple[str, ...]:
    """Names of `most` spans; a month that is the first of its year here has that below it."""
    places = _places(counts)
    step = -(-(places[-1] + 1) // most)
    # From the end: the last one says how new this is.
    shown = [len(places) - 1]
    for number in range(len(places) - 2, -1, -1):
        if places[shown[-1]] - places[number] >= step:
            shown.append(number)
    labels, year = [""] * len(places), 0
    for number in reversed(shown):
        span = counts.spans[number]
        if counts.weekly:
            labels[number] = str(format_skeleton("MMMd", span, locale=locale(language)))
        else:
            month = str(format_date(span, "MMM", locale=locale(language)))
            labels[number] = month if span.year == year else f"{month}\n{span.year}"
            year = span.year
    return tuple(labels)
