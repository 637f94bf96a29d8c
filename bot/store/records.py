"""Everything that the store has about papers and lists, read and written without loss. Text form: bot/sources/jsonl.py."""

import datetime as dt
import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.clock import from_text, to_text
from bot.model import ListDay, ListDayState, Origin, Paper, Summary
from bot.ports import SourcePaper
from bot.store.list_days import as_list_day, list_day, save_day_row, save_list
from bot.store.papers import RAW, SOURCES, MergeCounts, as_paper, as_summary, merge_papers

# Papers read at a time: few enough to hold, many enough for bulk queries.
_CHUNK = 500
_PAGE = "SELECT * FROM paper ORDER BY coalesce(list_day, ''), id LIMIT ? OFFSET ?"
_SUMMARIES = (
    "SELECT * FROM summary WHERE paper_key IN (SELECT value FROM json_each(?)) "
    "ORDER BY paper_key, language, source, prompt_version"
)
_RAWS = "SELECT * FROM paper_raw WHERE paper_key IN (SELECT value FROM json_each(?)) ORDER BY paper_key, source"
_ENTRIES = "SELECT * FROM list_entry WHERE paper_key IN (SELECT value FROM json_each(?)) ORDER BY paper_key, day, origin"


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """A source's own text about a paper."""

    source: str
    text: str
    fetched_at: dt.datetime


@dataclass(frozen=True, slots=True)
class ListEntry:
    """A paper's place on a list of an origin."""

    day: dt.date
    origin: Origin
    position: int
    upvotes: int | None
    first_seen_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A paper with all that belongs to it, and the states of some list days; `paper` is None where only those are left."""

    paper: Paper | None
    first_seen_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
    summaries: tuple[tuple[Summary, dt.datetime], ...] = ()
    raws: tuple[RawAnswer, ...] = ()
    entries: tuple[ListEntry, ...] = ()
    days: tuple[ListDay, ...] = ()


def all_records(connection: sqlite3.Connection) -> Iterator[Record]:
    """Every paper by list day and id. A day's state goes with the first of its papers, an empty day's with the first."""
    waiting = {row["day"]: as_list_day(row) for row in connection.execute("SELECT * FROM list_day ORDER BY day")}
    empty = tuple(waiting.pop(one.day.isoformat()) for one in list(waiting.values()) if one.papers == 0)
    offset = 0
    while rows := connection.execute(_PAGE, (_CHUNK, offset)).fetchall():
        offset += len(rows)
        for record in _records(connection, rows):
            days = [waiting.pop(entry.day.isoformat(), None) for entry in record.entries]
            yield replace(record, days=(*empty, *filter(None, days)))
            empty = ()
    if empty:
        yield Record(paper=None, days=empty)


def restore_papers(connection: sqlite3.Connection, records: Sequence[Record], *, now: dt.datetime) -> MergeCounts:
    """Save the records' papers: what is new, as it was; what is known, merged. Their lists: `restore_lists`."""
    held = json.dumps([record.paper.id for record in records if record.paper])
    query = "SELECT id FROM paper WHERE id IN (SELECT value FROM json_each(?))"
    known = {row["id"] for row in connection.execute(query, (held,))}
    counts = merge_papers(connection, [given for record in records for given in _given(record)], now=now)
    for record in records:
        if record.paper is not None:
            _restore_instants(connection, record, record.paper.id, is_new=record.paper.id not in known, now=now)
    return counts


def restore_lists(
    connection: sqlite3.Connection,
    days: Iterable[ListDay],
    papers: Iterable[tuple[str, tuple[ListEntry, ...]]],
    *,
    now: dt.datetime,
) -> None:
    """Save lists whose papers stand in the store: days that it does not know as they were, the others merged."""
    lists: defaultdict[dt.date, defaultdict[Origin, list[tuple[ListEntry, str]]]] = defaultdict(lambda: defaultdict(list))
    for paper_id, entries in papers:
        for entry in entries:
            lists[entry.day][entry.origin].append((entry, paper_id))
    states = {one.day: one for one in days}
    for day in sorted(lists.keys() | states.keys()):
        by_origin = {origin: sorted(found, key=lambda one: one[0].position) for origin, found in lists[day].items()}
        known = list_day(connection, day)
        if known is None:
            _insert_day(connection, day, states.get(day), by_origin, now)
        else:
            _merge_day(connection, known, states.get(day), by_origin, now)


def _records(connection: sqlite3.Connection, rows: Sequence[sqlite3.Row]) -> Iterator[Record]:
    keys = (json.dumps([row["key"] for row in rows]),)
    summaries: defaultdict[int, list[tuple[Summary, dt.datetime]]] = defaultdict(list)
    for row in connection.execute(_SUMMARIES, keys):
        summaries[row["paper_key"]].append((as_summary(row), from_text(row["created_at"])))
    raws: defaultdict[int, list[RawAnswer]] = defaultdict(list)
    for row in connection.execute(_RAWS, keys):
        raws[row["paper_key"]].append(RawAnswer(row["source"], row["raw"], from_text(row["fetched_at"])))
    entries: defaultdict[int, list[ListEntry]] = defaultdict(list)
    for row in connection.execute(_ENTRIES, keys):
        day, seen = dt.date.fromisoformat(row["day"]), from_text(row["first_seen_at"])
        entries[row["paper_key"]].append(ListEntry(day, Origin(row["origin"]), row["position"], row["upvotes"], seen))
    for row in rows:
        yield Record(
            paper=as_paper(row),
            first_seen_at=from_text(row["first_seen_at"]),
            updated_at=from_text(row["updated_at"]),
            summaries=tuple(summaries[row["key"]]),
            raws=tuple(raws[row["key"]]),
            entries=tuple(entries[row["key"]]),
        )


def _given(record: Record) -> Iterator[SourcePaper]:
    """A record as its strongest source would give it, at the instant of which that source spoke."""
    paper = record.paper
    if paper is None:
        return
    sources = SOURCES[paper.origin]
    spoken = [(raw.fetched_at, raw.source) for raw in record.raws if raw.source in sources]
    known_at, source = max(spoken, default=(record.updated_at, sources[0]))
    facts = replace(paper, summaries=())
    yield SourcePaper(paper=facts, source=source, known_at=known_at)
    for summary, created_at in record.summaries:
        # Each at its own instant, on a paper without facts: those were said above, and empty ones overwrite nothing.
        bare = Paper(id=paper.id, title="", summaries=(summary,), origin=paper.origin)
        yield SourcePaper(paper=bare, source=source, known_at=created_at)


def _restore_instants(
    connection: sqlite3.Connection, record: Record, paper_id: str, *, is_new: bool, now: dt.datetime
) -> None:
    (key,) = connection.execute("SELECT key FROM paper WHERE id = ?", (paper_id,)).fetchone()
    connection.executemany(RAW, [(key, raw.source, raw.text, to_text(raw.fetched_at)) for raw in record.raws])
    first_seen, updated = record.first_seen_at or now, record.updated_at or now
    if is_new:
        connection.execute(
            "UPDATE paper SET first_seen_at = ?, updated_at = ? WHERE key = ?", (to_text(first_seen), to_text(updated), key)
        )
    else:
        connection.execute(
            "UPDATE paper SET first_seen_at = min(first_seen_at, ?) WHERE key = ?", (to_text(first_seen), key)
        )


def _insert_day(
    connection: sqlite3.Connection,
    day: dt.date,
    state: ListDay | None,
    by_origin: dict[Origin, list[tuple[ListEntry, str]]],
    now: dt.datetime,
) -> None:
    for origin, found in by_origin.items():
        _save(connection, day, origin, found, state=_state(state, origin), now=now)
        connection.executemany(
            "UPDATE list_entry SET position = ?, first_seen_at = ? "
            "WHERE day = ? AND origin = ? AND paper_key = (SELECT key FROM paper WHERE id = ?)",
            [
                (entry.position, to_text(entry.first_seen_at), day.isoformat(), origin.value, paper_id)
                for entry, paper_id in found
            ],
        )
    if state is not None:
        save_day_row(connection, state)


def _merge_day(
    connection: sqlite3.Connection,
    known: ListDay,
    state: ListDay | None,
    by_origin: dict[Origin, list[tuple[ListEntry, str]]],
    now: dt.datetime,
) -> None:
    """An archive's list adds; the Hub's replaces what is older, or an archive's; the sample's stands where nothing does."""
    for origin, found in by_origin.items():
        if origin is Origin.ARCHIVE or (origin is Origin.SAMPLE and known.papers == 0):
            _save(connection, known.day, origin, found, state=ListDayState.CLOSED, now=now)
        elif origin is Origin.HUB and _is_newer(state, known):
            _save(connection, known.day, origin, found, state=_state(state, origin), now=now)
    is_empty = state is not None and state.origin is Origin.HUB and state.papers == 0
    if state is not None and is_empty and known.papers == 0 and _is_newer(state, known):
        save_day_row(connection, state)


def _state(state: ListDay | None, origin: Origin) -> ListDayState:
    """As it was; of the Hub's list whose state is not told, that it may still fill."""
    if origin is not Origin.HUB:
        return ListDayState.CLOSED
    return state.state if state is not None and state.origin is Origin.HUB else ListDayState.OPEN


def _is_newer(state: ListDay | None, known: ListDay) -> bool:
    if known.origin is not Origin.HUB or known.state is ListDayState.WANTED:
        return True
    if state is None or state.fetched_at is None:
        return False
    return known.fetched_at is None or state.fetched_at > known.fetched_at


def _save(
    connection: sqlite3.Connection,
    day: dt.date,
    origin: Origin,
    found: Sequence[tuple[ListEntry, str]],
    *,
    state: ListDayState,
    now: dt.datetime,
) -> None:
    papers = [Paper(id=paper_id, title="", upvotes=entry.upvotes) for entry, paper_id in found]
    save_list(connection, day, papers, origin=origin, state=state, now=now)
