"""Updates the rows of the search index from the store's papers. Reading them: bot/store/search_index.py."""

import datetime as dt
import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.search.index import CJK_PAIR, CJK_WORD, LATIN_STEM, LATIN_WORD, NAME_PART
from bot.search.renderings import renderings, shortened
from bot.search.sounds import sound_number, sounds
from bot.search.spelling import letters
from bot.search.terms import NAME, WORD, Texts, weighted_terms
from bot.search.text import is_cjk

# Papers, or terms, of a block; places in it are uint16.
BLOCK = 16384
# A row of search_posting has the number of its term times this, and that of its block.
BLOCKS = 65536
COLUMNS = {"papers": "<i4", "mass": "<i8", "kind": "u1", "sound": "<u4", "other_sound": "<u4", "votes": "<i4", "day": "<i4"}
# Votes that are not known, and days that are not.
UNKNOWN = -1

_PAPERS = (
    "SELECT key, title, authors, abstract, hub_summary, keywords, upvotes, "
    "coalesce(list_day, archive_day, published_at) AS day FROM paper WHERE key IN (SELECT value FROM json_each(?))"
)
# What was found to be wrong, by the check or a reader, speaks of something else.
_SUMMARIES = (
    "SELECT paper_key, bullets FROM summary WHERE paper_key IN (SELECT value FROM json_each(?)) AND verified IS NOT 0 "
    "ORDER BY paper_key, language, source, prompt_version"
)
_HELD = "SELECT paper_key, data, renderings FROM search_paper WHERE paper_key IN (SELECT value FROM json_each(?))"
_KEEP = (
    "INSERT INTO search_paper (paper_key, data, renderings) VALUES (?, ?, ?) "
    "ON CONFLICT (paper_key) DO UPDATE SET data = excluded.data, renderings = excluded.renderings"
)
_TERMS = "SELECT id, term FROM search_term WHERE term IN (SELECT value FROM json_each(?))"
_NEW_TERM = "INSERT INTO search_term (id, term, spelling, backward) VALUES (?, ?, ?, ?)"
_ADD_RENDERING = (
    "INSERT INTO search_rendering (native, english, papers) VALUES (?, ?, ?) "
    "ON CONFLICT (native, english) DO UPDATE SET papers = papers + excluded.papers"
)
_DROP_RENDERING = "DELETE FROM search_rendering WHERE native = ? AND english = ? AND papers <= 0"
_POSTING = "SELECT data FROM search_posting WHERE number = ?"
_SAVE_POSTING = (
    "INSERT INTO search_posting (number, data) VALUES (?, ?) ON CONFLICT (number) DO UPDATE SET data = excluded.data"
)
_COLUMN = "SELECT data FROM search_column WHERE name = ? AND block = ?"
_SAVE_COLUMN = (
    "INSERT INTO search_column (name, block, data) VALUES (?, ?, ?) "
    "ON CONFLICT (name, block) DO UPDATE SET data = excluded.data"
)

Array = NDArray[Any]


def write_index(connection: sqlite3.Connection, keys: Sequence[int]) -> None:
    """Bring the index of these papers (paper.key) up to date; of those that are gone, remove it."""
    given = (json.dumps(list(keys)),)
    papers = {row["key"]: row for row in connection.execute(_PAPERS, given)}
    bullets: defaultdict[int, list[str]] = defaultdict(list)
    for row in connection.execute(_SUMMARIES, given):
        bullets[row["paper_key"]] += json.loads(row["bullets"])
    held = {row["paper_key"]: (row["data"], row["renderings"]) for row in connection.execute(_HELD, given)}
    weights = {key: weighted_terms(_texts(row, bullets[key])) for key, row in papers.items()}
    ids = _term_ids(connection, {term for one in weights.values() for term in one})
    changes: list[tuple[NDArray[np.int64], int, NDArray[np.uint8], NDArray[np.uint8]]] = []
    pairs: Counter[tuple[str, str]] = Counter()
    for key in dict.fromkeys(keys):
        old_data, old_pairs = held.get(key, (b"", "[]"))
        old_terms, old = unpacked_vector(old_data)
        new = weights.get(key, {})
        new_terms = np.fromiter((ids[term] for term in new), np.int64, len(new))
        order = np.argsort(new_terms)
        new_terms = new_terms[order]
        new_weights = np.fromiter(new.values(), np.uint8, len(new))[order]
        data = packed_vector(new_terms, new_weights)
        taught = json.dumps(sorted(_pairs_of(papers.get(key), bullets[key])), ensure_ascii=False)
        if key in held and (data, taught) == held[key]:
            continue
        pairs.update(map(tuple, json.loads(taught)))
        pairs.subtract(map(tuple, json.loads(old_pairs)))
        every = np.union1d(old_terms, new_terms)
        before, after = np.zeros(len(every), np.uint8), np.zeros(len(every), np.uint8)
        before[np.searchsorted(every, old_terms)] = old
        after[np.searchsorted(every, new_terms)] = new_weights
        differ = before != after
        changes.append((every[differ], key, before[differ], after[differ]))
        connection.execute(_KEEP, (key, data, taught))
    if changes:
        terms = np.concatenate([one[0] for one in changes])
        owners = np.concatenate([np.full(len(one[0]), one[1], np.int64) for one in changes])
        before, after = np.concatenate([one[2] for one in changes]), np.concatenate([one[3] for one in changes])
        _save_postings(connection, terms, owners, after)
        there = (after > 0).astype(np.int64) - (before > 0)
        _add_to_column(connection, "papers", terms, there)
        _add_to_column(connection, "mass", terms, after.astype(np.int64) ** 2 - before.astype(np.int64) ** 2)
    _add_renderings(connection, pairs)
    _set_column(
        connection, "votes", {key: UNKNOWN if row["upvotes"] is None else row["upvotes"] for key, row in papers.items()}
    )
    _set_column(connection, "day", {key: day_number(row["day"]) for key, row in papers.items()})
    connection.execute("UPDATE search_state SET mark = randomblob(8)")
    connection.execute("DELETE FROM search_pending WHERE paper_key IN (SELECT value FROM json_each(?))", given)


def day_number(text: str | None) -> int:
    """A day as a number, counted from the year 1; UNKNOWN for none."""
    return dt.date.fromisoformat(text[:10]).toordinal() if text else UNKNOWN


def packed_vector(terms: NDArray[np.int64], weights: NDArray[np.uint8]) -> bytes:
    """A paper's terms as search_paper.data."""
    return terms.astype("<u4").tobytes() + weights.tobytes()


def unpacked_vector(data: bytes) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Ids and weights of search_paper.data."""
    count = len(data) // 5
    return np.frombuffer(data, "<u4", count).astype(np.int64), np.frombuffer(data, np.uint8, count, 4 * count)


def unpacked_postings(data: bytes) -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
    """Places and weights of search_posting.data."""
    count = len(data) // 3
    return np.frombuffer(data, "<u2", count), np.frombuffer(data, np.uint8, count, 2 * count)


def _texts(row: sqlite3.Row, bullets: list[str]) -> Texts:
    return Texts(
        title=row["title"],
        authors=json.loads(row["authors"]),
        abstract=row["abstract"],
        summaries=[row["hub_summary"], *bullets],
        keywords=json.loads(row["keywords"]),
    )


def _pairs_of(row: sqlite3.Row | None, bullets: list[str]) -> set[tuple[str, str]]:
    return set() if row is None else renderings(bullets) | shortened((row["abstract"], row["hub_summary"], *bullets))


def _term_ids(connection: sqlite3.Connection, terms: set[str]) -> dict[str, int]:
    """The ids of terms; new ones are added."""
    ids = {row["term"]: row["id"] for row in connection.execute(_TERMS, (json.dumps(list(terms)),))}
    new = sorted(terms - ids.keys())
    if not new:
        return ids
    (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM search_term").fetchone()
    rows = []
    for number, term in enumerate(new, last + 1):
        spelling = letters(term[1:]) if term[0] in {WORD, NAME} else None
        rows.append((number, term, spelling, spelling[::-1] if spelling else None))
        ids[term] = number
    connection.executemany(_NEW_TERM, rows)
    kinds = {term: kind_of(term) for term in new}
    _set_column(connection, "kind", {ids[term]: kind for term, kind in kinds.items()})
    # A stem is no word, and nobody is called by how it sounds.
    heard = {
        term: sounds(term.removeprefix(WORD)) for term, kind in kinds.items() if kind in {LATIN_WORD, CJK_PAIR, CJK_WORD}
    }
    _set_column(connection, "sound", {ids[term]: sound_number(keys[0]) for term, keys in heard.items() if keys})
    _set_column(connection, "other_sound", {ids[term]: sound_number(keys[-1]) for term, keys in heard.items() if keys})
    return ids


def kind_of(term: str) -> int:
    """What a term is, as the column `kind` holds it."""
    if term[0] == NAME:
        return NAME_PART
    if term[0] == WORD:
        return CJK_WORD if is_cjk(term[1:]) else LATIN_WORD
    return CJK_PAIR if is_cjk(term) else LATIN_STEM


def _save_postings(
    connection: sqlite3.Connection, terms: NDArray[np.int64], keys: NDArray[np.int64], weights: NDArray[np.uint8]
) -> None:
    """Set the weights of (term, paper); 0 takes the paper away."""
    if not len(terms):
        return
    order = np.lexsort((keys, terms))
    terms, keys, weights = terms[order], keys[order], weights[order]
    numbers, places = terms * BLOCKS + keys // BLOCK, (keys % BLOCK).astype("<u2")
    starts = np.concatenate(([0], np.flatnonzero(np.diff(numbers)) + 1))
    ends = [*starts[1:].tolist(), len(terms)]
    rows: list[tuple[int, bytes]] = []
    for number, start, end in zip(numbers[starts].tolist(), starts.tolist(), ends, strict=True):
        row = connection.execute(_POSTING, (number,)).fetchone()
        new_places, new = places[start:end], weights[start:end]
        if row is not None:
            new_places, new = _merged(*unpacked_postings(row["data"]), new_places, new)
        if not new.all():
            new_places, new = new_places[new > 0], new[new > 0]
        rows.append((number, new_places.tobytes() + new.tobytes()))
    connection.executemany(_SAVE_POSTING, rows)


def _merged(
    old_places: NDArray[np.uint16], old: NDArray[np.uint8], places: NDArray[np.uint16], weights: NDArray[np.uint8]
) -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
    """Old places with their weights, and others that replace those of the same place; all ascending, none empty."""
    # Papers that are new come after all others; those of an older version are indexed backwards.
    if not len(old) or old_places[-1] < places[0]:
        return np.concatenate((old_places, places)), np.concatenate((old, weights))
    if places[-1] < old_places[0]:
        return np.concatenate((places, old_places)), np.concatenate((weights, old))
    at = np.minimum(np.searchsorted(old_places, places), len(old) - 1)
    is_there = old_places[at] == places
    old = old.copy()
    old[at[is_there]] = weights[is_there]
    if is_there.all():
        return old_places, old
    every = np.concatenate((old_places, places[~is_there]))
    order = np.argsort(every, kind="stable")
    return every[order], np.concatenate((old, weights[~is_there]))[order]


def _blocks_of(connection: sqlite3.Connection, name: str, numbers: NDArray[np.int64]) -> Iterable[tuple[int, Array, Array]]:
    """Each block of a column that these numbers touch, to be written to, and which of the numbers lie in it."""
    blocks = numbers // BLOCK
    for block in np.unique(blocks).tolist():
        row = connection.execute(_COLUMN, (name, block)).fetchone()
        dtype = COLUMNS[name]
        data = np.zeros(BLOCK, dtype) if row is None else np.frombuffer(row["data"], dtype).copy()
        yield block, data, blocks == block
        connection.execute(_SAVE_COLUMN, (name, block, data.tobytes()))


def _add_to_column(
    connection: sqlite3.Connection, name: str, numbers: NDArray[np.int64], amounts: NDArray[np.int64]
) -> None:
    for _, data, chosen in _blocks_of(connection, name, numbers):
        np.add.at(data, numbers[chosen] % BLOCK, amounts[chosen])


def _set_column(connection: sqlite3.Connection, name: str, values: dict[int, int]) -> None:
    numbers = np.fromiter(values.keys(), np.int64, len(values))
    amounts = np.fromiter(values.values(), np.int64, len(values))
    for _, data, chosen in _blocks_of(connection, name, numbers):
        data[numbers[chosen] % BLOCK] = amounts[chosen]


def _add_renderings(connection: sqlite3.Connection, pairs: Counter[tuple[str, str]]) -> None:
    connection.executemany(_ADD_RENDERING, [(*pair, count) for pair, count in pairs.items() if count])
    connection.executemany(_DROP_RENDERING, [pair for pair, count in pairs.items() if count < 0])
