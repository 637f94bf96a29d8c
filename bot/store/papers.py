"""Papers: merged from what the sources say; reading one, many, or a day's. Lists are saved in bot/store/list_days.py."""

import dataclasses
import datetime as dt
import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.clock import from_text, to_text
from bot.model import OUTDATED, REPORTED, Origin, Paper, Summary, SummarySource
from bot.ports import SourcePaper
from bot.search.spelling import slips
from bot.store.merging import (
    SummaryKey,
    TextChange,
    day_decides,
    has_sample,
    is_fresh,
    merged,
    outranks,
    summaries_by_key,
    summary_key,
    text_change,
)
from bot.store.search import index_papers

# The sources of each origin, as `paper_raw.source` names them.
SOURCES = {
    Origin.HUB: ("hub", "hub-paper"),
    Origin.ARXIV: ("arxiv",),
    Origin.ARCHIVE: ("archive", "jsonl"),
    Origin.SAMPLE: ("sample",),
}

_INSERT = (
    "INSERT INTO paper (id, title, authors, abstract, upvotes, list_day, archive_day, thumbnail, media, published_at, "
    "comments, project_page, github_repo, github_stars, organization, keywords, submitted_by, hub_summary, origin, "
    "first_seen_at, updated_at) VALUES (:id, :title, :authors, :abstract, :upvotes, :list_day, :archive_day, :thumbnail, "
    ":media, :published_at, :comments, :project_page, :github_repo, :github_stars, :organization, :keywords, "
    ":submitted_by, :hub_summary, :origin, :now, :now) RETURNING key"
)
_UPDATE = (
    "UPDATE paper SET title = :title, authors = :authors, abstract = :abstract, upvotes = :upvotes, "
    "list_day = :list_day, archive_day = :archive_day, thumbnail = :thumbnail, media = :media, "
    "published_at = :published_at, comments = :comments, project_page = :project_page, github_repo = :github_repo, "
    "github_stars = :github_stars, organization = :organization, keywords = :keywords, submitted_by = :submitted_by, "
    "hub_summary = :hub_summary, origin = :origin, updated_at = :now WHERE id = :id"
)
# A list of any length travels as one JSON parameter: an IN with marks ends at SQLite's limit of 999.
_BY_ID = "SELECT * FROM paper WHERE id IN (SELECT value FROM json_each(?))"
_SUMMARIES = "SELECT * FROM summary WHERE paper_key IN (SELECT value FROM json_each(?))"
# By their places: a day has hundreds of them, and each look-up by a column's name compares names.
_PAPER_COLUMNS = (
    "id", "title", "authors", "abstract", "upvotes", "list_day", "archive_day", "thumbnail", "media", "published_at",
    "comments", "project_page", "github_repo", "github_stars", "organization", "keywords", "submitted_by", "hub_summary",
    "origin",
)  # fmt: skip
_OF_DAY = f"""
SELECT paper.key, {", ".join(f"paper.{name}" for name in _PAPER_COLUMNS)}
FROM list_entry JOIN paper ON paper.key = list_entry.paper_key
WHERE list_entry.day = ?1 AND list_entry.origin = (SELECT origin FROM list_entry WHERE day = ?1 ORDER BY
    CASE origin WHEN 'hub' THEN 0 WHEN 'arxiv' THEN 1 WHEN 'archive' THEN 2 ELSE 3 END LIMIT 1)
ORDER BY list_entry.position
"""  # noqa: S608 - constants
_SUMMARY_COLUMNS = ("language", "source", "bullets", "model", "prompt_version", "verified", "reasons")
_SUMMARIES_SHOWN = (
    "SELECT paper_key, language, source, bullets, model, prompt_version, verified, reasons "
    "FROM summary WHERE paper_key IN (SELECT value FROM json_each(?))"
)
_KNOWN_AT = "SELECT paper_key, source, fetched_at FROM paper_raw WHERE paper_key IN (SELECT value FROM json_each(?))"
# A newer answer of a source replaces its older one: (paper.key, source, raw, fetched_at).
RAW = (
    "INSERT INTO paper_raw (paper_key, source, raw, fetched_at) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (paper_key, source) DO UPDATE SET raw = excluded.raw, fetched_at = excluded.fetched_at "
    "WHERE excluded.fetched_at >= paper_raw.fetched_at"
)
_SUMMARY = (
    "INSERT OR REPLACE INTO summary (paper_key, language, source, prompt_version, bullets, model, created_at, verified, "
    "reasons, checked_version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)

# The paper's text has changed: what was found of its summaries is forgotten, so that they are checked again; what a model
# wrote (?2: from a text that said something else) is asked for anew, however often it could not be used before.
_CHECK_AGAIN = (
    "UPDATE summary SET verified = NULL, checked_version = '', reasons = "
    "CASE WHEN source = 'model' AND (?2 OR reasons = ?3) THEN ?3 ELSE '[]' END "
    "WHERE paper_key = ?1 AND source IN ('imported', 'model') AND checked_version <> ?4"
)
_ASK_AGAIN = "DELETE FROM summary_claim WHERE paper_key = ? AND owner = ''"

# In place of the check's version, of a summary that a person called wrong.
READER_VERSION = "reader"
# With more slips an id is another one.
_MOST_SLIPS = 2


@dataclass(frozen=True, slots=True)
class MergeCounts:
    """How many papers were new, had changes, or had none. Each paper is counted once."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: "MergeCounts") -> "MergeCounts":
        return MergeCounts(self.added + other.added, self.changed + other.changed, self.unchanged + other.unchanged)


@dataclass(slots=True)
class _Known:
    """What the store holds of one paper, before and while a batch is merged into it."""

    key: int | None = None
    before: Paper | None = None
    now: Paper | None = None
    known_at: dict[str, dt.datetime] = field(default_factory=dict)
    summaries: dict[SummaryKey, tuple[Summary, dt.datetime]] = field(default_factory=dict)
    written: dict[SummaryKey, tuple[Summary, dt.datetime]] = field(default_factory=dict)
    raws: list[tuple[str, str, dt.datetime]] = field(default_factory=list)


def merge_papers(connection: sqlite3.Connection, papers: Iterable[SourcePaper], *, now: dt.datetime) -> MergeCounts:
    """Save papers with their summaries and raw answers, by the rules of bot/store/merging.py, and index what changed."""
    given = list(papers)
    known = _known(connection, list(dict.fromkeys(one.paper.id for one in given)))
    for one in given:
        _merge_one(known[one.paper.id], one, now)
    counts, changed = MergeCounts(), []
    for state in known.values():
        if state.now is None:
            continue
        is_new, is_changed = state.key is None, state.now != state.before or bool(state.written)
        key = _write(connection, state, state.now, now)
        if is_new or is_changed:
            changed.append(key)
        counts += MergeCounts(is_new, is_changed and not is_new, not is_changed)
    index_papers(connection, changed)
    return counts


def paper(connection: sqlite3.Connection, paper_id: str) -> Paper | None:
    """One paper with its summaries, or None."""
    return papers(connection, (paper_id,)).get(paper_id)


def papers(connection: sqlite3.Connection, ids: Iterable[str]) -> dict[str, Paper]:
    """The papers of these ids that the store has, with their summaries, in the order of `ids`."""
    wanted = list(dict.fromkeys(ids))
    rows = connection.execute(_BY_ID, (json.dumps(wanted),)).fetchall()
    found = {one.id: one for one in _with_summaries(connection, rows)}
    return {paper_id: found[paper_id] for paper_id in wanted if paper_id in found}


def papers_of_day(connection: sqlite3.Connection, day: dt.date) -> list[Paper]:
    """A day's papers with their summaries, in the order of its list: of the strongest origin that has one."""
    rows = connection.execute(_OF_DAY, (day.isoformat(),)).fetchall()
    summaries = _summaries(connection, [row[0] for row in rows])
    return [_paper(columns, summaries[key]) for key, *columns in rows]


def best(connection: sqlite3.Connection, since: dt.date, until: dt.date, limit: int, offset: int = 0) -> list[Paper]:
    """The papers with the most votes of those whose list day is from `since` to `until`, without summaries."""
    rows = connection.execute(
        "SELECT * FROM paper WHERE list_day BETWEEN ? AND ? "
        "ORDER BY coalesce(upvotes, -1) DESC, list_day DESC, key LIMIT ? OFFSET ?",
        (since.isoformat(), until.isoformat(), limit, offset),
    )
    return [as_paper(row) for row in rows]


def between(connection: sqlite3.Connection, since: dt.date, until: dt.date) -> list[Paper]:
    """The papers whose list day is from `since` to `until`, without summaries, by their days."""
    rows = connection.execute(
        "SELECT * FROM paper WHERE list_day BETWEEN ? AND ? ORDER BY list_day, key", (since.isoformat(), until.isoformat())
    )
    return [as_paper(row) for row in rows]


def count(connection: sqlite3.Connection, since: dt.date, until: dt.date) -> int:
    """How many papers have their list day from `since` to `until`."""
    days = (since.isoformat(), until.isoformat())
    (found,) = connection.execute("SELECT count(*) FROM paper WHERE list_day BETWEEN ? AND ?", days).fetchone()
    return int(found)


def nearest_ids(connection: sqlite3.Connection, paper_id: str, limit: int = 3) -> list[str]:
    """Ids in the store that look like a mistyped one (edit distance at most two), the nearest first.

    Looked for among those of the same month and those of the same number in another month.
    """
    month, _, number = paper_id.partition(".")
    rows = connection.execute(
        "SELECT id, upvotes FROM paper WHERE id LIKE ? || '%' ESCAPE '\\' OR (? <> '' AND id LIKE '%.' || ? ESCAPE '\\')",
        (_escaped(month[:4]), number, _escaped(number)),
    )
    near = ((slips(paper_id, row["id"], _MOST_SLIPS), -(row["upvotes"] or 0), row["id"]) for row in rows)
    return [found for count, _, found in sorted(near) if count <= _MOST_SLIPS][:limit]


def as_paper(row: sqlite3.Row, summaries: Sequence[Summary] = ()) -> Paper:
    """A row of the table `paper` as a Paper."""
    return _paper([row[name] for name in _PAPER_COLUMNS], summaries)


def _paper(columns: Sequence[Any], summaries: Sequence[Summary]) -> Paper:
    (
        paper_id, title, authors, abstract, upvotes, list_day, archive_day, thumbnail, media, published_at, comments,
        project_page, github_repo, github_stars, organization, keywords, submitted_by, hub_summary, origin,
    ) = columns  # fmt: skip
    return Paper(
        id=paper_id,
        title=title,
        authors=_texts(authors),
        abstract=abstract,
        upvotes=upvotes,
        list_day=_day(list_day),
        archive_day=_day(archive_day),
        thumbnail=thumbnail,
        media=_texts(media),
        published_at=from_text(published_at) if published_at else None,
        comments=comments,
        project_page=project_page,
        github_repo=github_repo,
        github_stars=github_stars,
        organization=organization,
        keywords=_texts(keywords),
        submitted_by=submitted_by,
        hub_summary=hub_summary,
        summaries=tuple(summaries),
        origin=Origin(origin),
    )


def as_summary(row: sqlite3.Row) -> Summary:
    """A row of the table `summary` as a Summary."""
    return _summary([row[name] for name in _SUMMARY_COLUMNS])


def _summary(columns: Sequence[Any]) -> Summary:
    language, source, bullets, model, prompt_version, verified, reasons = columns
    return Summary(
        language=language,
        source=SummarySource(source),
        bullets=_texts(bullets),
        model=model,
        prompt_version=prompt_version,
        verified=None if verified is None else bool(verified),
        reasons=_texts(reasons),
    )


def _texts(written: str) -> tuple[str, ...]:
    """A column's list of texts, which mostly is empty."""
    return () if written == "[]" else tuple(json.loads(written))


def _known(connection: sqlite3.Connection, ids: Sequence[str]) -> dict[str, _Known]:
    known = {paper_id: _Known() for paper_id in ids}
    by_key: dict[int, _Known] = {}
    for row in connection.execute(_BY_ID, (json.dumps(ids),)):
        state = by_key[row["key"]] = known[row["id"]]
        state.key = row["key"]
        state.before = state.now = as_paper(row)
    keys = (json.dumps(list(by_key)),)
    for row in connection.execute(_SUMMARIES, keys):
        summary = as_summary(row)
        by_key[row["paper_key"]].summaries[summary_key(summary)] = (summary, from_text(row["created_at"]))
    for row in connection.execute(_KNOWN_AT, keys):
        by_key[row["paper_key"]].known_at[row["source"]] = from_text(row["fetched_at"])
    return known


def _merge_one(state: _Known, one: SourcePaper, now: dt.datetime) -> None:
    # As the store writes it, so that what is read back compares equal.
    given_at = from_text(to_text(one.known_at or now))
    given = replace(one.paper, summaries=())
    if given.published_at is not None:
        given = replace(given, published_at=from_text(to_text(given.published_at)))
    fresh = is_fresh(one.source, given_at, state.known_at, SOURCES[given.origin])
    by_day = None if state.now is None else day_decides(state.now, given)
    fresh = fresh if by_day is None else by_day
    if state.now is None:
        state.now = given
    else:
        outranking = outranks(given.origin, state.now.origin, fresh=fresh)
        state.now = merged(state.now, given, outranking=outranking, sampled=has_sample(state.summaries))
    state.known_at[one.source] = max(given_at, state.known_at.get(one.source, given_at))
    for identity, summary in summaries_by_key(one.paper.summaries).items():
        held = state.summaries.get(identity)
        if held is None or (held[0] != summary and _supersedes(given_at, held[1], fresh=fresh, by_day=by_day)):
            state.summaries[identity] = state.written[identity] = (summary, given_at)
    if one.raw:
        state.raws.append((one.source, one.raw, given_at))


def _supersedes(given_at: dt.datetime, held_at: dt.datetime, *, fresh: bool, by_day: bool | None) -> bool:
    if by_day is not None:
        return by_day
    return given_at > held_at or (given_at == held_at and fresh)


def _write(connection: sqlite3.Connection, state: _Known, paper: Paper, now: dt.datetime) -> int:
    values = _values(paper) | {"now": to_text(now)}
    key = state.key
    if key is None:
        (key,) = connection.execute(_INSERT, values).fetchone()
    elif paper != state.before or state.written:
        connection.execute(_UPDATE, values)
        _doubt(connection, key, state.before, paper)
    connection.executemany(
        _SUMMARY,
        [
            (
                key,
                *identity,
                json.dumps(summary.bullets, ensure_ascii=False),
                summary.model,
                to_text(instant),
                *_verdict(summary),
            )
            for identity, (summary, instant) in state.written.items()
        ],
    )
    connection.executemany(RAW, [(key, source, raw, to_text(instant)) for source, raw, instant in state.raws])
    return int(key)


def _doubt(connection: sqlite3.Connection, key: int, before: Paper | None, now: Paper) -> None:
    """Have the summaries that are there checked again, and a language model's written anew, where the text has changed."""
    change = TextChange.NONE if before is None else text_change(before, now)
    if change is not TextChange.NONE:
        outdated = change is TextChange.MEANING
        connection.execute(_CHECK_AGAIN, (key, int(outdated), json.dumps([OUTDATED]), READER_VERSION))
        if outdated:
            connection.execute(_ASK_AGAIN, (key,))


def _verdict(summary: Summary) -> tuple[int | None, str, str]:
    """What a source says about a summary's truth: only a reader's report counts; everything else is checked again."""
    if summary.verified is False and REPORTED in summary.reasons:
        return 0, json.dumps(summary.reasons, ensure_ascii=False), READER_VERSION
    return None, "[]", ""


def _values(paper: Paper) -> dict[str, object]:
    return {
        field.name: _column(getattr(paper, field.name)) for field in dataclasses.fields(paper) if field.name != "summaries"
    }


def _column(value: object) -> object:
    match value:
        case tuple():
            return json.dumps(value, ensure_ascii=False)
        case dt.datetime():
            return to_text(value)
        case dt.date():
            return value.isoformat()
        case Origin():
            return value.value
    return value


def _with_summaries(connection: sqlite3.Connection, rows: Sequence[sqlite3.Row]) -> list[Paper]:
    summaries = _summaries(connection, [row["key"] for row in rows])
    return [as_paper(row, summaries[row["key"]]) for row in rows]


def _summaries(connection: sqlite3.Connection, keys: Sequence[int]) -> defaultdict[int, list[Summary]]:
    """The summaries of papers, by their keys."""
    found: defaultdict[int, list[Summary]] = defaultdict(list)
    for key, *columns in connection.execute(_SUMMARIES_SHOWN, (json.dumps(keys),)):
        found[key].append(_summary(columns))
    return found


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
