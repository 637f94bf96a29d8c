"""List days: which papers are on a day's list, in which order, and how far the list is known.

When a day counts as settled or closed is decided in bot/digest/list_days.py.
"""

import datetime as dt
import sqlite3
from collections.abc import Sequence

from bot.clock import from_text, to_text
from bot.model import ListDay, ListDayState, Origin, Paper

_STRENGTH = {Origin.HUB: 0, Origin.ARXIV: 1, Origin.ARCHIVE: 2, Origin.SAMPLE: 3}
_ENTRIES = (
    "SELECT paper.id, list_entry.origin, list_entry.first_seen_at FROM list_entry "
    "JOIN paper ON paper.key = list_entry.paper_key WHERE list_entry.day = ? ORDER BY list_entry.origin, position"
)
_UPSERT = (
    "INSERT INTO list_day (day, state, origin, papers, revision, fetched_at, failed_at, last_error) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (day) DO UPDATE SET state = excluded.state, origin = excluded.origin, "
    "papers = excluded.papers, revision = excluded.revision, fetched_at = excluded.fetched_at, "
    "failed_at = excluded.failed_at, last_error = excluded.last_error"
)
# A paper's day is the first on which it stood on the Hub's list; where the Hub has none, the archive's, then the sample's.
_DAYS_OF_PAPER = (
    "UPDATE paper SET archive_day = (SELECT min(day) FROM list_entry WHERE paper_key = paper.key AND origin = 'archive'), "
    "list_day = coalesce("
    "(SELECT min(day) FROM list_entry WHERE paper_key = paper.key AND origin = 'hub'), "
    "(SELECT min(day) FROM list_entry WHERE paper_key = paper.key AND origin = 'archive'), "
    "(SELECT min(day) FROM list_entry WHERE paper_key = paper.key AND origin = 'sample')) WHERE id = ?"
)


def list_day(connection: sqlite3.Connection, day: dt.date) -> ListDay | None:
    """What is known of a day's list, or None when nobody has asked for it."""
    return _one(connection.execute("SELECT * FROM list_day WHERE day = ?", (day.isoformat(),)))


def list_days(connection: sqlite3.Connection, since: dt.date, until: dt.date) -> list[ListDay]:
    """The known days from `since` to `until`, both included, in order."""
    rows = connection.execute(
        "SELECT * FROM list_day WHERE day BETWEEN ? AND ? ORDER BY day", (since.isoformat(), until.isoformat())
    )
    return [as_list_day(row) for row in rows]


def first_fetched(connection: sqlite3.Connection) -> ListDay | None:
    """The first day that was ever fetched from the Hub; what came from files is no fetch."""
    return _one(connection.execute("SELECT * FROM list_day WHERE fetched_at IS NOT NULL ORDER BY day LIMIT 1"))


def asked_at(connection: sqlite3.Connection) -> dt.datetime | None:
    """When the Hub was last asked for any day, with whatever success."""
    row = connection.execute(
        "SELECT max(max(coalesce(fetched_at, ''), coalesce(failed_at, ''))) AS instant FROM list_day"
    ).fetchone()
    return from_text(row["instant"]) if row["instant"] else None


def newest_with_papers(connection: sqlite3.Connection, until: dt.date) -> ListDay | None:
    """The newest day that has papers, not after `until`, today in UTC: an archive may have a day in the future."""
    return _one(
        connection.execute(
            "SELECT * FROM list_day WHERE papers > 0 AND day <= ? ORDER BY day DESC LIMIT 1", (until.isoformat(),)
        )
    )


def newest_days(connection: sqlite3.Connection, until: dt.date, limit: int) -> list[dt.date]:
    """The days with papers up to `until`, the newest first, at most `limit`."""
    rows = connection.execute(
        "SELECT day FROM list_day WHERE papers > 0 AND day <= ? ORDER BY day DESC LIMIT ?", (until.isoformat(), limit)
    )
    return [dt.date.fromisoformat(row["day"]) for row in rows]


def newest_revisions(connection: sqlite3.Connection, until: dt.date, limit: int) -> tuple[tuple[str, int], ...]:
    """The days of `newest_days` with their revisions: the same while no list among them has changed."""
    rows = connection.execute(
        "SELECT day, revision FROM list_day WHERE papers > 0 AND day <= ? ORDER BY day DESC LIMIT ?",
        (until.isoformat(), limit),
    )
    return tuple((row["day"], row["revision"]) for row in rows)


def before_with_papers(connection: sqlite3.Connection, day: dt.date) -> ListDay | None:
    """The last day before `day` that has papers."""
    return newest_with_papers(connection, day - dt.timedelta(days=1))


def after_with_papers(connection: sqlite3.Connection, day: dt.date) -> ListDay | None:
    """The first day after `day` that has papers."""
    return _one(
        connection.execute("SELECT * FROM list_day WHERE papers > 0 AND day > ? ORDER BY day LIMIT 1", (day.isoformat(),))
    )


def save_list(
    connection: sqlite3.Connection,
    day: dt.date,
    papers: Sequence[Paper],
    *,
    origin: Origin,
    state: ListDayState,
    now: dt.datetime,
    recorded: bool = False,
) -> ListDay:
    """Save a complete list in its order. Its papers must be in the store already (`merge_papers`).

    `recorded` says that the Hub's list comes from a file: then nobody has asked the Hub, and `fetched_at` stays.

    The Hub's list replaces what the Hub said before. An archive's adds to what archives said of that day before, since
    one day can be under two headings. What people see is the list of the strongest origin that has papers.
    """
    written = to_text(now)
    before = _entries(connection, day)
    votes = {paper.id: paper.upvotes for paper in papers}
    held = before.get(origin, {})
    ids = list(dict.fromkeys([*held, *votes] if origin is Origin.ARCHIVE else votes))
    # Seen first under any origin: a paper that the archive had is not new when the Hub's list comes.
    seen = {paper_id: first for entries in before.values() for paper_id, first in sorted(entries.items())}
    gone = [paper_id for paper_id in held if paper_id not in votes] if origin is not Origin.ARCHIVE else []
    connection.executemany(
        "DELETE FROM list_entry WHERE day = ? AND origin = ? AND paper_key = (SELECT key FROM paper WHERE id = ?)",
        [(day.isoformat(), origin.value, paper_id) for paper_id in gone],
    )
    connection.executemany(
        "INSERT INTO list_entry (day, origin, paper_key, position, upvotes, first_seen_at) "
        "VALUES (?1, ?2, (SELECT key FROM paper WHERE id = ?3), ?4, ?5, ?6) "
        "ON CONFLICT (day, origin, paper_key) DO UPDATE SET position = excluded.position, "
        "upvotes = coalesce(excluded.upvotes, list_entry.upvotes)",
        [
            (day.isoformat(), origin.value, paper_id, position, votes.get(paper_id), seen.get(paper_id, written))
            for position, paper_id in enumerate(ids)
        ],
    )
    connection.executemany(_DAYS_OF_PAPER, [(paper_id,) for paper_id in (*ids, *gone)])
    after = {**before, origin: dict.fromkeys(ids, "")}
    return _save_day(connection, day, before, after, origin=origin, state=state, asked_at=None if recorded else now)


def save_failure(connection: sqlite3.Connection, day: dt.date, error: str, *, now: dt.datetime) -> ListDay:
    """Remember that a day could not be fetched. What was known of it stays as it was."""
    connection.execute(
        "INSERT INTO list_day (day, state, origin, failed_at, last_error) VALUES (?, 'wanted', 'hub', ?, ?) "
        "ON CONFLICT (day) DO UPDATE SET failed_at = excluded.failed_at, last_error = excluded.last_error",
        (day.isoformat(), to_text(now), error),
    )
    saved = list_day(connection, day)
    assert saved is not None
    return saved


def save_day_row(connection: sqlite3.Connection, saved: ListDay) -> None:
    """Write the state of a day as it is given. Its entries are not touched."""
    connection.execute(
        _UPSERT,
        (
            saved.day.isoformat(),
            saved.state.value,
            saved.origin.value,
            saved.papers,
            saved.revision,
            to_text(saved.fetched_at) if saved.fetched_at else None,
            to_text(saved.failed_at) if saved.failed_at else None,
            saved.last_error,
        ),
    )


def _save_day(
    connection: sqlite3.Connection,
    day: dt.date,
    before: dict[Origin, dict[str, str]],
    after: dict[Origin, dict[str, str]],
    *,
    origin: Origin,
    state: ListDayState,
    asked_at: dt.datetime | None,
) -> ListDay:
    known = list_day(connection, day)
    shown_origin, ids = _shown(after)
    asked_before = known is not None and known.origin is Origin.HUB and known.state is not ListDayState.WANTED
    if origin is Origin.HUB:
        # A day whose list the Hub does not have, but an archive does, is the archive's, and closed as that is.
        shown_state = state if ids == [] or shown_origin is Origin.HUB else ListDayState.CLOSED
    elif known is not None and (asked_before and (shown_origin is Origin.HUB or not ids)):
        shown_state = known.state
    else:
        shown_state = state
    if not ids:
        shown_origin = Origin.HUB if origin is Origin.HUB or asked_before else origin
    fetched = origin is Origin.HUB and asked_at is not None
    saved = ListDay(
        day=day,
        state=shown_state,
        origin=shown_origin,
        papers=len(ids),
        revision=1 if known is None else known.revision + (_shown(before)[1] != ids),
        fetched_at=from_text(to_text(asked_at)) if fetched and asked_at else known.fetched_at if known else None,
        failed_at=None if fetched or known is None else known.failed_at,
        last_error="" if fetched or known is None else known.last_error,
    )
    save_day_row(connection, saved)
    return saved


def _entries(connection: sqlite3.Connection, day: dt.date) -> dict[Origin, dict[str, str]]:
    entries: dict[Origin, dict[str, str]] = {}
    for row in connection.execute(_ENTRIES, (day.isoformat(),)):
        entries.setdefault(Origin(row["origin"]), {})[row["id"]] = row["first_seen_at"]
    return entries


def _shown(entries: dict[Origin, dict[str, str]]) -> tuple[Origin, list[str]]:
    """The list that people see: of the strongest origin that has papers."""
    full = [origin for origin, ids in entries.items() if ids]
    if not full:
        return Origin.HUB, []
    origin = min(full, key=_STRENGTH.__getitem__)
    return origin, list(entries[origin])


def _one(rows: sqlite3.Cursor) -> ListDay | None:
    row = rows.fetchone()
    return None if row is None else as_list_day(row)


def as_list_day(row: sqlite3.Row) -> ListDay:
    """A row of the table `list_day` as a ListDay."""
    return ListDay(
        day=dt.date.fromisoformat(row["day"]),
        state=ListDayState(row["state"]),
        origin=Origin(row["origin"]),
        papers=row["papers"],
        revision=row["revision"],
        fetched_at=from_text(row["fetched_at"]) if row["fetched_at"] else None,
        failed_at=from_text(row["failed_at"]) if row["failed_at"] else None,
        last_error=row["last_error"],
    )
