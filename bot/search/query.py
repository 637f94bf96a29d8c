"""What was typed, as a Query: words, phrases in quotes, `-word`, `author:`, `since:`, `until:`, `votes:`, ids. Pure.

Nothing is an error: what is not an operator counts as words.
"""

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from typing import TypedDict

from bot.search.text import STOP_WORDS, folded, runs, words

# Words past these only cost time: nobody types them, but a pasted abstract has hundreds.
MOST_WORDS = 24
_QUOTES = '"“”„‟″「」『』«»＂'
_MINUS = "-−–—－"
_AUTHOR = ("author", "by", "저자", "著者", "作者")
_SINCE = ("since", "from", "after", "이후", "부터", "以降", "以后")
_UNTIL = ("until", "till", "before", "이전", "까지", "以前", "以前的")
_VOTES = ("votes", "upvotes", "vote", "추천", "투표", "득표", "票", "投票")
_KEYS = "|".join(sorted({*_AUTHOR, *_SINCE, *_UNTIL, *_VOTES}, key=len, reverse=True))
_PART = re.compile(
    rf"(?P<minus>(?<![^\s(])[{_MINUS}])?(?:(?P<key>(?<![^\s(\-])(?:{_KEYS}))[ ]?[:：]\s*)?"
    rf"(?:[{_QUOTES}](?P<quoted>[^{_QUOTES}]*)(?:[{_QUOTES}]|$)|(?P<bare>[^\s{_QUOTES}]+))",
    re.IGNORECASE,
)
_DAY = re.compile(r"(\d{4})(?:[-./년](\d{1,2})(?:[-./월](\d{1,2}))?)?[년월일]?")
_VOTES_VALUE = re.compile(r"(>=|=>|≥|>|<=|=<|≤|<|=|:)?(\d{1,7})\+?")
_VOTES_BARE = re.compile(rf"(?:{'|'.join(_VOTES)})(>=|=>|≥|>|<=|=<|≤|<|=)(\d{{1,7}})", re.IGNORECASE)
# Ids as arXiv writes them, old ones too; an incomplete one has at least the month, the point and one digit.
_ID = re.compile(r"(?:arxiv:)?(?:https?://\S*?/)?(\d{4}\.\d{1,5})(?:v\d{1,2})?(?:\.pdf)?", re.IGNORECASE)
_OLD_ID = re.compile(r"(?:arxiv:)?(?:https?://\S*?/)?([a-z][a-z-]{1,9}(?:\.[a-z]{2})?/\d{4,7})(?:v\d{1,2})?", re.IGNORECASE)
_NUMBER = re.compile(r"\d{5}(?:v\d{1,2})?|\d{4}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is looked for. Texts are folded; a word is one of `bot.search.text.words`. Days are inclusive."""

    typed: str = ""
    words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    without: tuple[tuple[str, ...], ...] = ()
    without_authors: tuple[tuple[str, ...], ...] = ()
    authors: tuple[tuple[str, ...], ...] = ()
    ids: tuple[str, ...] = ()
    since: dt.date | None = None
    until: dt.date | None = None
    least_votes: int | None = None
    most_votes: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing at all."""
        return not (self.wanted or self.without or self.without_authors or self.authors or self.ids or self.is_bounded)

    @property
    def wanted(self) -> tuple[str, ...]:
        """Every word that a paper should hold, those of phrases too, in the order typed."""
        quoted = (word for phrase in self.phrases for word in phrase if is_wanted(word))
        return tuple(dict.fromkeys((*self.words, *quoted)))[:MOST_WORDS]

    @property
    def is_bounded(self) -> bool:
        """Whether days or votes are asked for."""
        return any(bound is not None for bound in (self.since, self.until, self.least_votes, self.most_votes))


class _Bounds(TypedDict, total=False):
    since: dt.date
    until: dt.date
    least_votes: int
    most_votes: int


@dataclass(slots=True)
class _Reading:
    words: list[str]
    phrases: list[tuple[str, ...]]
    without: list[tuple[str, ...]]
    without_authors: list[tuple[str, ...]]
    authors: list[tuple[str, ...]]
    ids: list[str]
    bounds: _Bounds


def read_query(typed: str) -> Query:
    """A Query of any text whatever."""
    reading = _Reading([], [], [], [], [], [], {})
    for match in _PART.finditer(typed):
        _read_part(reading, match)
    wanted = [word for word in reading.words if word not in STOP_WORDS] or reading.words
    return Query(
        typed=typed,
        words=tuple(dict.fromkeys(wanted[:MOST_WORDS])),
        phrases=tuple(dict.fromkeys(reading.phrases))[:MOST_WORDS],
        without=tuple(dict.fromkeys(reading.without))[:MOST_WORDS],
        without_authors=tuple(dict.fromkeys(reading.without_authors))[:MOST_WORDS],
        authors=tuple(dict.fromkeys(reading.authors))[:MOST_WORDS],
        ids=tuple(dict.fromkeys(reading.ids))[:MOST_WORDS],
        **reading.bounds,
    )


def _read_part(reading: _Reading, match: re.Match[str]) -> None:
    quoted, bare, key = match["quoted"], match["bare"], (match["key"] or "").casefold()
    text = bare if quoted is None else quoted
    found = tuple(words(folded(text)))
    if match["minus"]:
        if found:
            if key in _AUTHOR:
                reading.without_authors.append(tuple(runs(folded(text))))
            else:
                reading.without.append(found)
        return
    if key in _AUTHOR:
        if found:
            reading.authors.append(tuple(runs(folded(text))))
        return
    if key and (bound := _bound(key, text)):
        reading.bounds.update(bound)
        return
    if key:
        reading.words.extend(words(folded(key)))
    if quoted is not None:
        if any(map(is_wanted, found)):
            reading.phrases.append(found)
    elif bare_votes := _VOTES_BARE.fullmatch(text):
        reading.bounds.update(_votes(bare_votes[1], int(bare_votes[2])))
    elif given := _ID.fullmatch(text) or _OLD_ID.fullmatch(text):
        reading.ids.append(given[1].lower())
    else:
        if _NUMBER.fullmatch(text):
            reading.ids.append(text.partition("v")[0])
        reading.words.extend(found)


def is_wanted(word: str) -> bool:
    """Whether a word says anything."""
    return word not in STOP_WORDS


def _bound(key: str, text: str) -> _Bounds:
    if key in _VOTES:
        match = _VOTES_VALUE.fullmatch(text)
        return _votes(match[1] or ">=", int(match[2])) if match else {}
    match = _DAY.fullmatch(text)
    if match is None:
        return {}
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        first = dt.date(year or 0, month or 1, day or 1)
        last = dt.date(first.year, month or 12, day or calendar.monthrange(first.year, month or 12)[1])
    except ValueError:
        return {}
    return {"since": first} if key in _SINCE else {"until": last}


def _votes(sign: str, number: int) -> _Bounds:
    match sign:
        case ">":
            return {"least_votes": number + 1}
        case "<":
            return {"most_votes": number - 1}
        case "<=" | "=<" | "≤":
            return {"most_votes": number}
        case "=":
            return {"least_votes": number, "most_votes": number}
    return {"least_votes": number}
