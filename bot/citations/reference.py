"""What is cited of a paper: its names, its dates, its numbers, and a key that stays the same."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.citations.names import Name, names_of
from bot.model import Paper

# 2403.18361, and before April 2007 cs/0112017, math.GT/0309136 (info.arxiv.org/help/arxiv_identifier.html).
_NEW_ID = re.compile(r"(\d\d)(\d\d)\.\d{4,5}")
_OLD_ID = re.compile(r"([a-z-]+)(?:\.[A-Z]{2})?/(\d\d)(\d\d)\d{3}")
# Every third title begins with one of these.
_EMPTY_WORDS = frozenset({"a", "an", "the", "on", "in", "of", "for", "to", "towards", "toward", "is", "are", "from"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A paper to be cited. `key` is unique among those made together; `month` and `day` are None where not known."""

    key: str
    arxiv_id: str
    title: str
    names: tuple[Name, ...]
    url: str
    year: int | None
    month: int | None = None
    day: int | None = None
    primary_class: str = ""
    abstract: str = ""
    keywords: tuple[str, ...] = ()

    @property
    def doi(self) -> str:
        """The one that arXiv itself registers (info.arxiv.org/help/doi.html)."""
        return f"10.48550/arXiv.{self.arxiv_id}"


def references(papers: Iterable[Paper]) -> list[Reference]:
    """`papers` as references, in their order. Of several with one key, all but the first have their ids added to it."""
    made: list[Reference] = []
    taken: set[str] = set()
    for paper in papers:
        reference = reference_of(paper)
        if reference.key in taken:
            reference = replace(reference, key=reference.key + re.sub(r"\W", "", paper.id))
        taken.add(reference.key)
        made.append(reference)
    return made


def reference_of(paper: Paper) -> Reference:
    """One paper. Its year is that of its first version, else the one that its id begins with."""
    names = names_of(paper.authors)
    year, month, day = _date(paper)
    old = _OLD_ID.fullmatch(paper.id)
    return Reference(
        key=_key(paper, names, year),
        arxiv_id=paper.id,
        title=paper.title,
        names=names,
        url=paper.arxiv_url,
        year=year,
        month=month,
        day=day,
        primary_class=paper.id.partition("/")[0] if old else "",
        abstract=paper.abstract,
        keywords=paper.keywords,
    )


def _date(paper: Paper) -> tuple[int | None, int | None, int | None]:
    if paper.published_at is not None:
        at = paper.published_at.astimezone(dt.UTC)
        return at.year, at.month, at.day
    if new := _NEW_ID.fullmatch(paper.id):
        year, month = int(new[1]), int(new[2])
    elif old := _OLD_ID.fullmatch(paper.id):
        year, month = int(old[2]), int(old[3])
    else:
        return None, None, None
    # arXiv began in 1991.
    return (1900 if year > 90 else 2000) + year, month if 1 <= month <= 12 else None, None


def _key(paper: Paper, names: tuple[Name, ...], year: int | None) -> str:
    """`fan2024vitar`: the first author's family, the year, the first word of the title that says something."""
    first = _plain(names[0].family or names[0].literal) if names else ""
    words = [word for word in map(_plain, re.split(r"[\s:–—/-]+", paper.title)) if word]
    word = next((word for word in words if word not in _EMPTY_WORDS), "")
    if not first or not word:
        return f"arxiv{re.sub(r'[^0-9a-zA-Z]', '', paper.id)}"
    return f"{first[:30]}{year or ''}{word[:30]}"


def _plain(text: str) -> str:
    """The letters and digits of ASCII that are in `text`, small, and those of other letters without their marks."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(ch for ch in decomposed if ch.isascii() and ch.isalnum())
