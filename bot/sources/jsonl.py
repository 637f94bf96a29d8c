"""Our JSON Lines, one paper per line, read and written; and plain lines from elsewhere with the same first fields. Pure.

A line of ours begins like any other: `id, date, title, authors, abstract, upvotes, thumbnail, summaries {"ko": [bullet]}`.
What an import needs in addition, to lose nothing, is under further keys: `lists` says on which lists the paper is,
`list_days` the states of days, `summary_details` who wrote each summary, `raw` the sources' own answers.
"""

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.clock import from_text, to_text
from bot.model import ListDay, ListDayState, Origin, Paper, Summary, SummarySource
from bot.sources import paper_ids
from bot.store.records import ListEntry, RawAnswer, Record

# Which of several summaries in one language stands under `summaries`, one that failed the check last: the rest are under
# `summary_details`.
_SHOWN_FIRST = (
    SummarySource.IMPORTED,
    SummarySource.MODEL,
    SummarySource.SAMPLE,
    SummarySource.HUB,
    SummarySource.ABSTRACT,
)


class Wrong(ValueError):
    """A line that cannot be used; its text is a sentence about the line."""


def line_of(record: Record) -> str:
    """A record as one line of JSON, without a line break. The same record always gives the same line."""
    written = _whole(record.paper, record) if record.paper else {}
    if record.days:
        written["list_days"] = [_day_fields(one) for one in record.days]
    return json.dumps(written, ensure_ascii=False, separators=(", ", ": "))


def paper_object(paper: Paper) -> dict[str, Any]:
    """The fields of a paper that other programs read, in their order; also what `--json` prints."""
    shown = sorted(
        paper.summaries,
        key=lambda one: (one.language, one.verified is False, _SHOWN_FIRST.index(one.source)),
        reverse=True,
    )
    return {
        "id": paper.id,
        "date": _day_text(paper.list_day),
        "title": paper.title,
        "authors": list(paper.authors),
        "abstract": paper.abstract,
        "upvotes": paper.upvotes,
        "thumbnail": paper.thumbnail,
        # From the last to the first, so that the first of a language stands.
        "summaries": dict(sorted({one.language: list(one.bullets) for one in shown}.items())),
        "archive_date": _day_text(paper.archive_day),
        "media": list(paper.media),
        "published_at": to_text(paper.published_at) if paper.published_at else None,
        "comments": paper.comments,
        "project_page": paper.project_page,
        "github_repo": paper.github_repo,
        "github_stars": paper.github_stars,
        "organization": paper.organization,
        "keywords": list(paper.keywords),
        "submitted_by": paper.submitted_by,
        "hub_summary": paper.hub_summary,
        "origin": paper.origin.value,
    }


def parse_line(text: str) -> Record:
    """A line of ours, or a plain one. Raises Wrong with what is wrong with it.

    A plain line names no `origin`: its `date` is a day of an archive, its place on that day's list the caller's to give.
    """
    try:
        written = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Wrong(f"It is no JSON ({error}).") from error
    if not isinstance(written, dict):
        raise Wrong("It is no JSON object.")
    if "\\ud" in text.lower() and re.search("[\ud800-\udfff]", json.dumps(written, ensure_ascii=False)):
        raise Wrong("It holds half of a character (a lone surrogate such as \\ud83d), which no file can keep.")
    try:
        days = tuple(_read_day(one) for one in written.get("list_days") or ())
        if "id" not in written and days:
            return Record(paper=None, days=days)
        return _read_record(written, days)
    except Wrong:
        raise
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise Wrong(f"A field is missing or of another kind than expected ({error}).") from error


def is_plain(record: Record) -> bool:
    """Whether the line was not one of ours: it says nothing of when and where the paper was seen."""
    return record.first_seen_at is None


def _whole(paper: Paper, record: Record) -> dict[str, Any]:
    whole = paper_object(replace(paper, summaries=tuple(summary for summary, _ in record.summaries)))
    whole["first_seen_at"] = to_text(record.first_seen_at) if record.first_seen_at else None
    whole["updated_at"] = to_text(record.updated_at) if record.updated_at else None
    whole["lists"] = [
        {
            "day": entry.day.isoformat(),
            "origin": entry.origin.value,
            "position": entry.position,
            "upvotes": entry.upvotes,
            "first_seen_at": to_text(entry.first_seen_at),
        }
        for entry in record.entries
    ]
    whole["summary_details"] = [
        {
            "language": summary.language,
            "source": summary.source.value,
            "model": summary.model,
            "prompt_version": summary.prompt_version,
            "created_at": to_text(created_at),
            "bullets": list(summary.bullets),
            "verified": summary.verified,
            "reasons": list(summary.reasons),
        }
        for summary, created_at in record.summaries
    ]
    whole["raw"] = [{"source": raw.source, "fetched_at": to_text(raw.fetched_at), "text": raw.text} for raw in record.raws]
    return whole


def _day_fields(one: ListDay) -> dict[str, Any]:
    return {
        "day": one.day.isoformat(),
        "state": one.state.value,
        "origin": one.origin.value,
        "papers": one.papers,
        "revision": one.revision,
        "fetched_at": to_text(one.fetched_at) if one.fetched_at else None,
        "failed_at": to_text(one.failed_at) if one.failed_at else None,
        "last_error": one.last_error,
    }


def _read_record(written: Mapping[str, Any], days: tuple[ListDay, ...]) -> Record:
    paper_id = paper_ids.parse(written["id"]) if isinstance(written.get("id"), str) else None
    if paper_id is None:
        raise Wrong(f"Its id {written.get('id')!r} is not one of arXiv's.")
    title = _line(_text(written, "title"))
    if not title:
        raise Wrong(f"The paper {paper_id} has no title.")
    details = tuple((_read_summary(one), from_text(one["created_at"])) for one in written.get("summary_details") or ())
    told = {(summary.language, summary.bullets) for summary, _ in details}
    plain = _plain_summaries(written.get("summaries"))
    day = _day(written.get("date"))
    origin = Origin(written["origin"]) if "origin" in written else Origin.ARCHIVE
    paper = Paper(
        id=paper_id,
        title=title,
        authors=tuple(map(_line, _texts(written.get("authors"), "authors"))),
        abstract=_line(_text(written, "abstract")),
        upvotes=_count(written, "upvotes"),
        list_day=day,
        archive_day=_day(written.get("archive_date")) if "origin" in written else day,
        thumbnail=_text(written, "thumbnail") or None,
        media=_texts(written.get("media"), "media"),
        published_at=from_text(written["published_at"]) if written.get("published_at") else None,
        comments=_count(written, "comments"),
        project_page=_text(written, "project_page") or None,
        github_repo=_text(written, "github_repo") or None,
        github_stars=_count(written, "github_stars"),
        organization=_text(written, "organization") or None,
        keywords=_texts(written.get("keywords"), "keywords"),
        submitted_by=_text(written, "submitted_by") or None,
        hub_summary=_text(written, "hub_summary"),
        summaries=tuple(one for one in plain if (one.language, one.bullets) not in told),
        origin=origin,
    )
    return Record(
        paper=paper,
        first_seen_at=from_text(written["first_seen_at"]) if written.get("first_seen_at") else None,
        updated_at=from_text(written["updated_at"]) if written.get("updated_at") else None,
        summaries=details,
        raws=tuple(RawAnswer(one["source"], one["text"], from_text(one["fetched_at"])) for one in written.get("raw") or ()),
        entries=tuple(_read_entry(one) for one in written.get("lists") or ()),
        days=days,
    )


def _plain_summaries(written: Any) -> tuple[Summary, ...]:
    if written is None:
        return ()
    if not isinstance(written, dict):
        raise Wrong('Its summaries are not written as {"ko": [bullet, …]}.')
    return tuple(
        Summary(language=language, source=SummarySource.IMPORTED, bullets=_texts(bullets, "summaries"))
        for language, bullets in written.items()
        if bullets
    )


def _read_summary(one: Mapping[str, Any]) -> Summary:
    return Summary(
        language=one["language"],
        source=SummarySource(one["source"]),
        bullets=_texts(one["bullets"], "summary_details"),
        model=one.get("model") or "",
        prompt_version=one.get("prompt_version") or "",
        verified=one.get("verified"),
        reasons=_texts(one.get("reasons"), "reasons"),
    )


def _read_entry(one: Mapping[str, Any]) -> ListEntry:
    return ListEntry(
        day=dt.date.fromisoformat(one["day"]),
        origin=Origin(one["origin"]),
        position=int(one["position"]),
        upvotes=_count(one, "upvotes"),
        first_seen_at=from_text(one["first_seen_at"]),
    )


def _read_day(one: Mapping[str, Any]) -> ListDay:
    return ListDay(
        day=dt.date.fromisoformat(one["day"]),
        state=ListDayState(one["state"]),
        origin=Origin(one["origin"]),
        papers=int(one["papers"]),
        revision=int(one["revision"]),
        fetched_at=from_text(one["fetched_at"]) if one.get("fetched_at") else None,
        failed_at=from_text(one["failed_at"]) if one.get("failed_at") else None,
        last_error=one.get("last_error") or "",
    )


def _text(written: Mapping[str, Any], name: str) -> str:
    value = written.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Wrong(f"Its {name} {value!r} is no text.")
    return value


def _line(text: str) -> str:
    """Single-spaced, as every source gives it (bot.model.Paper)."""
    return " ".join(text.split())


def _texts(value: Any, name: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Wrong(f"Its {name} are no list of texts.")
    # The archive's parser has kept a `+` between authors as if it were one.
    return tuple(one for one in value if one != "+") if name == "authors" else tuple(value)


def _count(written: Mapping[str, Any], name: str) -> int | None:
    value = written.get(name)
    # SQLite's integers have 64 bits.
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63):
        return value
    raise Wrong(f"Its {name} {value!r} is no whole number.")


def _day(value: Any) -> dt.date | None:
    if value in {None, ""}:
        return None
    try:
        return dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Wrong(f"Its date {value!r} is no day such as 2024-03-28.") from None


def _day_text(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
