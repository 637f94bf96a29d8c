"""Parses the Hub's answers into papers, one entry at a time. Pure; requests are in bot/sources/hugging_face.py.

Fields that are not set are left out of the answers, not null; docs/architecture.md, "Hugging Face's API",
names those that came over the years.
"""

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from bot.clock import from_text
from bot.model import Origin, Paper
from bot.ports import SourcePaper
from bot.sources import paper_ids

SITE = "https://huggingface.co"
_PICTURE = re.compile(r"\.(jpe?g|png)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fault:
    """An entry of an answer that could not be read; `position` counts from 1."""

    position: int
    reason: str


def parse_list(entries: Iterable[object], day: dt.date | None) -> tuple[list[SourcePaper], list[Fault]]:
    """A list's entries as papers of `day`, in order, each once; and those that cannot be read, with the reason."""
    papers: dict[str, SourcePaper] = {}
    faults = []
    for position, entry in enumerate(entries, 1):
        try:
            found = parse_entry(entry, day)
        except ValueError as error:
            faults.append(Fault(position, str(error)))
        else:
            papers.setdefault(found.paper.id, found)
    return list(papers.values()), faults


def parse_entry(entry: object, day: dt.date | None) -> SourcePaper:
    """One entry of a list, or of a search. Raises ValueError with what is wrong with it."""
    outer = _object(entry, "the entry")
    inner = _object(outer.get("paper"), "its `paper`")
    return _source_paper(outer, inner, day, source="hub", raw=entry)


def parse_paper(answer: object) -> SourcePaper:
    """The answer of `/api/papers/{id}`, which is an entry's `paper`, bare. Raises ValueError."""
    inner = _object(answer, "the answer")
    return _source_paper({}, inner, None, source="hub-paper", raw=answer)


def hinted_days(entries: Iterable[object]) -> list[dt.date]:
    """The days around the newest submission in the undated answer, the newest first; none when it names no instant."""
    instants = []
    for entry in entries:
        if not isinstance(entry, dict):
            continue
        inner = entry.get("paper")
        submitted = inner.get("submittedOnDailyAt") if isinstance(inner, dict) else None
        # The outer `publishedAt` changed its meaning in March 2025: good enough only as a hint.
        instant = _instant(submitted) or _instant(entry.get("publishedAt"))
        if instant is not None:
            instants.append(instant)
    if not instants:
        return []
    newest = max(instants).date()
    return [newest + dt.timedelta(days=offset) for offset in (1, 0, -1, -2, -3)]


def _source_paper(
    outer: Mapping[str, Any], inner: Mapping[str, Any], day: dt.date | None, *, source: str, raw: object
) -> SourcePaper:
    written = inner.get("id")
    paper_id = paper_ids.parse(written) if isinstance(written, str) else None
    if paper_id is None:
        raise ValueError(f"its id {written!r} is not one of arXiv's")
    title = _text(inner.get("title")) or _text(outer.get("title"))
    if not title:
        raise ValueError(f"the paper {paper_id} has no title")
    thumbnail, media = _pictures(outer, inner)
    paper = Paper(
        id=paper_id,
        title=title,
        authors=_authors(inner.get("authors")),
        abstract=_text(inner.get("summary")) or _text(outer.get("summary")),
        upvotes=_count(inner.get("upvotes")),
        list_day=day,
        thumbnail=thumbnail,
        media=media,
        published_at=_instant(inner.get("publishedAt")),
        comments=_count(outer.get("numComments")),
        project_page=_url(inner.get("projectPage")),
        github_repo=_url(inner.get("githubRepo")),
        github_stars=_count(inner.get("githubStars")),
        organization=_name(inner.get("organization")) or _name(outer.get("organization")),
        keywords=_texts(inner.get("ai_keywords")),
        submitted_by=_name(outer.get("submittedBy")) or _name(inner.get("submittedOnDailyBy")),
        hub_summary=_text(inner.get("ai_summary")),
        origin=Origin.HUB,
    )
    return SourcePaper(paper=paper, raw=_as_text(raw), source=source)


def _as_text(raw: object) -> str:
    written = json.dumps(raw, ensure_ascii=False)
    return written if re.search("[\ud800-\udfff]", written) is None else json.dumps(raw)


def _pictures(outer: Mapping[str, Any], inner: Mapping[str, Any]) -> tuple[str | None, tuple[str, ...]]:
    """The picture of the paper, and what else was uploaded with it: pictures, moving ones, films."""
    old = _url(outer.get("mediaUrl"))
    is_picture = old is not None and _PICTURE.search(urlsplit(old).path) is not None
    thumbnail = _url(outer.get("thumbnail")) or _url(inner.get("thumbnail")) or (old if is_picture else None)
    listed = [*_sequence(outer.get("mediaUrls")), *_sequence(inner.get("mediaUrls"))]
    media = [old if old != thumbnail else None, *map(_url, listed)]
    return thumbnail, tuple(dict.fromkeys(filter(None, media)))


def _authors(value: object) -> tuple[str, ...]:
    """Names in order, without those that the Hub hides, each once."""
    shown = (one for one in _sequence(value) if not (isinstance(one, dict) and one.get("hidden")))
    names = (_text(one.get("name") if isinstance(one, dict) else one) for one in shown)
    return tuple(dict.fromkeys(filter(None, names)))


def _object(value: object, what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{what} is no JSON object")  # noqa: TRY004 - a fault of the answer, not of the caller
    return value


def _sequence(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


def _text(value: object) -> str:
    """Single-spaced: titles and abstracts can be hard-wrapped. Half characters, which no file can keep, become marks."""
    return " ".join(value.encode("utf-8", "replace").decode().split()) if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(_text, _sequence(value)))))


def _count(value: object) -> int | None:
    # SQLite's integers have 64 bits.
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 else None


def _name(value: object) -> str | None:
    """A person's or an organization's name as it is shown."""
    if not isinstance(value, dict):
        return None
    return _text(value.get("fullname")) or _text(value.get("name")) or None


def _url(value: object) -> str | None:
    """An absolute URL; relative ones are the Hub's own. None for what is no web address."""
    written = _text(value)
    if not written:
        return None
    if not re.match(r"[a-z][a-z0-9+.-]*:", written, re.IGNORECASE) and not written.startswith("/"):
        # "github.com/owner/name": a host without its scheme, unless the first part has no dot.
        written = f"https://{written}" if "." in written.split("/")[0] else f"/{written}"
    try:
        absolute = urljoin(SITE, written)
        parts = urlsplit(absolute)
    except ValueError:
        return None
    return absolute if parts.scheme in {"http", "https"} and parts.hostname and " " not in absolute else None


def _instant(value: object) -> dt.datetime | None:
    if not isinstance(value, str):
        return None
    try:
        return from_text(value)
    except ValueError:
        return None
