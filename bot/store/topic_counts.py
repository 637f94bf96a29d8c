"""How many papers of each month, or week, name a topic: read from the search index, so that years take milliseconds."""

import datetime as dt
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.search.terms import singular, whole_word
from bot.search.text import STOP_WORDS, folded, is_cjk, terms_of, words
from bot.store.search import snapshot
from bot.store.spellings import spellings

if TYPE_CHECKING:
    from bot.search.postings import Keys
    from bot.store.search_index import StoredIndex

# Two years say where something goes; weeks where there is not even half a year.
MOST_MONTHS, MOST_WEEKS = 24, 26
_WEEKLY_BELOW = dt.timedelta(days=150)
# The shares of a week or month with fewer papers than this mean nothing.
LEAST_PAPERS = 10
# How many papers are read to see whether the words of a topic are adjacent. Where more papers contain all of them, they are
# about one subject anyway.
_MOST_READ = 1500

# Papers without an abstract are left out if at least this part of all have one.
_LEAST_WHOLE = 0.5

_PAPERS = """
SELECT key, coalesce(list_day, archive_day) AS day, abstract <> '' AS whole FROM paper
WHERE coalesce(list_day, archive_day) BETWEEN ? AND ?
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicCounts:
    """Spans of time by their first days, how many papers each has, and how many of these name each topic.

    `last` is the last day that is counted; the last span may be far from its end.
    """

    spans: tuple[dt.date, ...]
    weekly: bool
    papers: tuple[int, ...]
    named: dict[str, tuple[int, ...]]
    last: dt.date


def topic_counts(connection: sqlite3.Connection, topics: Sequence[str], until: dt.date) -> TopicCounts | None:
    """The counts of `topics`, as people type them, in the lists up to `until`; None while there are too few lists."""
    from bot.store.search_index import StoredIndex  # noqa: PLC0415 - numpy takes a tenth of a second

    with snapshot(connection):
        first = _first_day(connection, until)
        if first is None:
            return None
        rows = connection.execute(_PAPERS, (str(first), str(until))).fetchall()
        # Papers from an archive may have only a title: those months would seem to name nothing.
        whole = sum(row["whole"] for row in rows) >= _LEAST_WHOLE * len(rows)
        days = {row["key"]: dt.date.fromisoformat(row["day"]) for row in rows if row["whole"] or not whole}
        if not days:
            return None
        weekly = until - min(days.values()) < _WEEKLY_BELOW
        span_of = _week if weekly else _month
        counted: dict[dt.date, int] = {}
        spans = {key: span_of(day) for key, day in days.items()}
        for span in spans.values():
            counted[span] = counted.get(span, 0) + 1
        kept = [span for span in sorted(counted) if counted[span] >= LEAST_PAPERS][
            -(MOST_WEEKS if weekly else MOST_MONTHS) :
        ]
        if len(kept) < 2:
            return None
        index = StoredIndex(connection)
        named = {topic: _counted(connection, index, topic, spans, kept) for topic in topics}
        return TopicCounts(
            spans=tuple(kept),
            weekly=weekly,
            papers=tuple(counted[span] for span in kept),
            named=named,
            last=max(days.values()),
        )


def is_phrase(connection: sqlite3.Connection, text: str, least: int = 3) -> bool:
    """Whether enough papers have the words of `text` side by side: then they are one topic."""
    from bot.store.search_index import StoredIndex  # noqa: PLC0415 - as above

    with snapshot(connection):
        found = _holding(StoredIndex(connection), words(folded(text)))
        return (0 if found is None else len(found)) >= least or bool(spellings(connection, text))


def is_without_name(connection: sqlite3.Connection, topic: str) -> bool:
    """Whether a topic is written in a script of which the store knows no English name: abstracts cannot name it."""
    return any(map(is_cjk, words(folded(topic)))) and not spellings(connection, topic)


def _first_day(connection: sqlite3.Connection, until: dt.date) -> dt.date | None:
    (text,) = connection.execute(
        "SELECT min(coalesce(list_day, archive_day)) FROM paper WHERE coalesce(list_day, archive_day) <= ?", (str(until),)
    ).fetchone()
    if text is None:
        return None
    # The first month that is shown is a whole one.
    earliest = until.replace(day=1)
    for _ in range(MOST_MONTHS - 1):
        earliest = (earliest - dt.timedelta(days=1)).replace(day=1)
    return max(dt.date.fromisoformat(text), earliest)


def _counted(
    connection: sqlite3.Connection,
    index: "StoredIndex",
    topic: str,
    spans: dict[int, dt.date],
    kept: Sequence[dt.date],
) -> tuple[int, ...]:
    """Papers that name the topic, by span.

    By its English names where they are known: every paper has an abstract, and only those of some months have summaries.
    """
    holding: set[int] = set()
    for text in [spelling.strip('"') for spelling in spellings(connection, topic)] or [topic]:
        found = _holding(index, words(folded(text)))
        holding.update(() if found is None else found.tolist())
    counts = dict.fromkeys(kept, 0)
    for key in holding:
        span = spans.get(key)
        if span in counts:
            counts[span] += 1
    return tuple(counts[span] for span in kept)


def _holding(index: "StoredIndex", topic: Sequence[str]) -> "Keys | None":
    """Keys of the papers that have these words side by side; a single one wherever it stands."""
    import numpy as np  # noqa: PLC0415 - as above

    keys: Keys | None = None
    wanted = [word for word in topic if word not in STOP_WORDS]
    for word in wanted:
        for term in terms_of(word) if is_cjk(word) else (whole_word(word),):
            held = index.postings(term) if term else None
            if held is None:
                return None
            keys = held.keys if keys is None else np.intersect1d(keys, held.keys, assume_unique=True)
    if keys is None or len(keys) > _MOST_READ or (len(topic) < 2 and not (is_cjk(topic[0]) and len(topic[0]) > 2)):
        return keys
    pattern = _side_by_side(topic)
    return keys[[pattern.search(text) is not None for text in index.texts(keys)]]


def _side_by_side(topic: Sequence[str]) -> re.Pattern[str]:
    """Words beside each other, English ones whole, in the singular or the plural; between others there may be no blank."""
    parts: list[str] = []
    for place, word in enumerate(topic):
        if place:
            parts.append(r"[\W_]+" if word.isascii() and topic[place - 1].isascii() else r"[\W_]*")
        forms = "|".join(map(re.escape, sorted({word, singular(word), f"{singular(word)}s"}, key=len, reverse=True)))
        parts.append(rf"(?<![^\W_])(?:{forms})(?![^\W_])" if word.isascii() else re.escape(word))
    return re.compile("".join(parts))


def _month(day: dt.date) -> dt.date:
    return day.replace(day=1)


def _week(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())
