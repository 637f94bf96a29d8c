"""Search over titles, authors, abstracts and summaries. Logic: bot/search; rows: search_index.py."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain

from bot.search.query import Query, read_query

# Papers indexed in one transaction when an older store is opened. It takes some two seconds, for which only another process
# has to wait; with fewer papers the lists of common terms are written more often.
_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Found:
    """Ids of one page of results, the best first, and how many there are in all.

    `corrected` holds the words for which others were taken, as (typed, taken).
    """

    ids: tuple[str, ...]
    total: int
    corrected: tuple[tuple[str, str], ...] = ()


def search(connection: sqlite3.Connection, words: str | Query, *, limit: int = 10, offset: int = 0) -> Found:
    """Papers that answer what a person typed (bot/search/query.py tells the forms). Never raises for what was typed."""
    # numpy takes a tenth of a second to load, and most commands of the terminal do not search.
    from bot.search.answering import answer  # noqa: PLC0415
    from bot.store.search_index import StoredIndex  # noqa: PLC0415

    query = read_query(words) if isinstance(words, str) else words
    with snapshot(connection):
        found = answer(StoredIndex(connection), query, limit=limit, offset=offset)
        ids = _ids(connection, found.keys)
    return Found(ids, found.total, tuple(found.corrected.items()))


def finished(connection: sqlite3.Connection, typed: str) -> str:
    """What somebody types, its last word as it most likely ends (bot/search/finishing.py)."""
    from bot.search.finishing import finished as ended  # noqa: PLC0415 - as above
    from bot.store.search_index import StoredIndex  # noqa: PLC0415

    with snapshot(connection):
        return ended(typed, StoredIndex(connection).terms_between)


def index_papers(connection: sqlite3.Connection, keys: Iterable[int]) -> None:
    """Bring the index of these papers (paper.key) up to what the store says of them now."""
    wanted = list(keys)
    if wanted:
        from bot.store.search_writing import write_index  # noqa: PLC0415 - as above

        write_index(connection, wanted)


def index_pending(connection: sqlite3.Connection) -> bool:
    """Index some of the papers that an older version left, the newest first. False when none are left."""
    rows = connection.execute("SELECT paper_key FROM search_pending ORDER BY paper_key DESC LIMIT ?", (_CHUNK,)).fetchall()
    index_papers(connection, [row["paper_key"] for row in rows])
    return bool(rows)


def papers_named(connection: sqlite3.Connection, parts: Sequence[str]) -> list[int]:
    """Keys of papers among whose authors' names each of these parts (`bot.search.terms.name_parts`) stands somewhere."""
    from bot.search.terms import NAME  # noqa: PLC0415 - as above
    from bot.store.search_index import StoredIndex  # noqa: PLC0415

    found: set[int] | None = None
    with snapshot(connection):
        index = StoredIndex(connection)
        for part in parts:
            postings = index.postings(NAME + part)
            keys = set() if postings is None else set(postings.keys.tolist())
            found = keys if found is None else found & keys
    return sorted(found or ())


def papers_named_like(connection: sqlite3.Connection, parts: Sequence[str], limit: int) -> list[int]:
    """Keys of at most `limit` papers with an author one of whose names is spelled like one of these, or begins like it."""
    from bot.search.spelling import is_long_enough, letters, most_slips, slips  # noqa: PLC0415 - as above
    from bot.search.terms import NAME  # noqa: PLC0415 - as above
    from bot.store.search_index import StoredIndex  # noqa: PLC0415

    found: set[int] = set()
    with snapshot(connection):
        index = StoredIndex(connection)
        spelled: list[str | int] = [
            term
            for part in filter(is_long_enough, parts)
            for term, _ in index.near(part)
            if term.startswith(NAME) and slips(letters(part), letters(term[1:]), most_slips(part)) <= most_slips(part)
        ]
        begun = chain.from_iterable(index.terms_beginning(NAME + part[:3]) for part in parts if len(part) > 2)
        for term in chain(spelled, begun):
            postings = index.postings(term)
            found.update([] if postings is None else postings.keys.tolist())
            if len(found) >= limit:
                break
    return sorted(found)[:limit]


def has_pending(connection: sqlite3.Connection) -> bool:
    """Whether an older version left papers that are not indexed."""
    return connection.execute("SELECT 1 FROM search_pending LIMIT 1").fetchone() is not None


@contextmanager
def snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """Reads in between see one state of the store, whatever is written meanwhile."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("COMMIT")


def _ids(connection: sqlite3.Connection, keys: Sequence[int]) -> tuple[str, ...]:
    given = (json.dumps(keys),)
    rows = connection.execute("SELECT key, id FROM paper WHERE key IN (SELECT value FROM json_each(?))", given)
    found = dict(map(tuple, rows))
    return tuple(found[key] for key in keys)
