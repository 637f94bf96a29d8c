"""The rules for merging what several sources say about a paper. Pure; the rows are in bot/store/papers.py."""

import dataclasses
import datetime as dt
import enum
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from bot.model import Origin, Paper, Summary, SummarySource

_RANK = {origin: rank for rank, origin in enumerate(Origin)}
# Days and summaries have rules of their own; the id is the same by definition.
_FACTS = tuple(
    field.name
    for field in dataclasses.fields(Paper)
    if field.name not in {"id", "list_day", "archive_day", "summaries", "origin"}
)
_EMPTY: tuple[object, ...] = (None, "", ())

SummaryKey = tuple[str, str, str]

# A version that mends typing errors keeps more of its words than this; one with another method or result does not.
_KEPT_WORDS = 0.9
_WORD = re.compile(r"\w+(?:\.\d+)?")


class TextChange(enum.Enum):
    """How a paper's text has changed, as far as its summaries are concerned."""

    NONE = enum.auto()  # the same words
    WORDS = enum.auto()  # what was found of a summary may not be true any more
    MEANING = enum.auto()  # what was written from it may miss something, too


def text_change(before: Paper, now: Paper) -> TextChange:
    """What became of title and abstract. An abstract that was not there before changes nothing: nothing was read in it."""
    old, new = (_words(f"{paper.title} {paper.abstract}") for paper in (before, now))
    if not before.abstract.strip() or old == new:
        return TextChange.NONE
    kept = (Counter(old) & Counter(new)).total() / max(len(old), len(new))
    same_figures = sorted(filter(_is_figure, old)) == sorted(filter(_is_figure, new))
    return TextChange.WORDS if same_figures and kept >= _KEPT_WORDS else TextChange.MEANING


def strongest(first: Origin, second: Origin) -> Origin:
    """The stronger of two origins."""
    return min(first, second, key=_RANK.__getitem__)


def is_fresh(source: str, given_at: dt.datetime, known_at: Mapping[str, dt.datetime], siblings: Iterable[str]) -> bool:
    """Whether what `source` says at `given_at` overrides what its origin said before.

    It overrides what the source itself said at that instant or earlier, and over what the other sources of the same origin
    (`siblings`) said strictly earlier: two files that speak of one day never take turns when both are imported again.
    """
    rivals = (known_at[other] for other in siblings if other != source and other in known_at)
    return given_at >= known_at.get(source, given_at) and all(given_at > instant for instant in rivals)


def day_decides(known: Paper, given: Paper) -> bool | None:
    """Of two days of an archive, whether the given one's words stand: the earlier's do, for the paper belongs to that day.

    None when the two say nothing of different days of an archive.
    """
    if given.origin is not Origin.ARCHIVE or given.archive_day is None or known.archive_day is None:
        return None
    return None if given.archive_day == known.archive_day else given.archive_day < known.archive_day


def outranks(given: Origin, known: Origin, *, fresh: bool) -> bool:
    """Whether a source's facts override the known ones: a stronger origin's always, the same one's when fresh."""
    return fresh if given is known else _RANK[given] < _RANK[known]


def has_sample(keys: Iterable[SummaryKey]) -> bool:
    """Whether the sample day is among those who spoke of a paper, by the keys of its summaries."""
    return any(source == SummarySource.SAMPLE for _, source, _ in keys)


def merged(known: Paper, given: Paper, *, outranking: bool, sampled: bool = False) -> Paper:
    """Merge two papers into one. An empty field never replaces a filled one, whatever the origin. No votes are not 0.

    `sampled` says that the known one's authors stand as the sample has them.
    """
    facts: dict[str, Any] = {
        name: _choice(getattr(known, name), getattr(given, name), outranking=outranking) for name in _FACTS
    }
    if order := _order_of_paper(known, given, sampled=sampled):
        facts["authors"] = order
    return dataclasses.replace(
        known,
        **facts,
        list_day=known.list_day or given.list_day,
        archive_day=_earliest(known.archive_day, given.archive_day),
        origin=strongest(known.origin, given.origin),
    )


def summary_key(summary: Summary) -> SummaryKey:
    """The key by which summaries of a paper are distinguished."""
    return (summary.language, summary.source.value, summary.prompt_version)


def summaries_by_key(summaries: Iterable[Summary]) -> dict[SummaryKey, Summary]:
    """Summaries that say something, the last of equal keys."""
    return {summary_key(summary): summary for summary in summaries if summary.bullets}


def _choice(known: object, given: object, *, outranking: bool) -> object:
    if given in _EMPTY:
        return known
    return given if outranking or known in _EMPTY else known


def _order_of_paper(known: Paper, given: Paper, *, sampled: bool) -> tuple[str, ...]:
    """The same authors in the paper's own order, which the sample has from the Hub; () where that rule says nothing.

    An archive names them in any order: of 1,564 of the 2,987 papers in the one that the sample's day belongs to.
    """
    if given.origin is Origin.ARCHIVE and sampled:
        order = known.authors
    elif given.origin is Origin.SAMPLE and known.origin is Origin.ARCHIVE:
        order = given.authors
    else:
        return ()
    return order if Counter(known.authors) == Counter(given.authors) else ()


def _earliest(first: dt.date | None, second: dt.date | None) -> dt.date | None:
    return min(filter(None, (first, second)), default=None)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _is_figure(word: str) -> bool:
    return word[0].isdigit()
