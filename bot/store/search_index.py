"""The search index as ranking needs it (`bot.search.index.Index`), read from a store. Writing: search_writing.py."""

import json
import math
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.search.index import Keys, Postings, Vectors
from bot.search.spelling import letters, most_slips
from bot.store.search_writing import BLOCK, BLOCKS, COLUMNS

_ID = "SELECT id FROM search_term WHERE term = ?"
_POSTINGS = "SELECT number, data FROM search_posting WHERE number BETWEEN ? AND ? ORDER BY number"
_VECTORS = "SELECT data FROM search_paper WHERE paper_key IN (SELECT value FROM json_each(?)) ORDER BY paper_key"
_COLUMN = "SELECT block, data FROM search_column WHERE name = ? ORDER BY block"
# Words that share their first or their last letters: with one slip, one of the two halves is as it should be.
_NEAR = (
    "SELECT id, term FROM search_term WHERE spelling >= ?1 AND spelling < ?2 AND length(spelling) BETWEEN ?5 AND ?6 "
    "UNION SELECT id, term FROM search_term WHERE backward >= ?3 AND backward < ?4 AND length(backward) BETWEEN ?5 AND ?6 "
    "LIMIT ?7"
)
_BEGINNING = "SELECT term FROM search_term WHERE term > ?1 AND term < ?2 AND length(term) = 2 LIMIT 50"
_TERMS_BEGINNING = "SELECT id FROM search_term WHERE term >= ?1 AND term < ?2"
_TERMS_BETWEEN = "SELECT id, term FROM search_term WHERE term >= ?1 AND term < ?2"
_TERMS = "SELECT id, term FROM search_term WHERE id IN (SELECT value FROM json_each(?))"
_MOST_NEAR = 3000
_PAIRS = (
    "SELECT native, english, papers FROM search_rendering WHERE native IN (SELECT value FROM json_each(?1)) "
    "UNION SELECT native, english, papers FROM search_rendering WHERE english IN (SELECT value FROM json_each(?1)) "
    "ORDER BY papers DESC, native, english LIMIT 200"
)
_BY_NATIVE = (
    "SELECT native, sum(papers) FROM search_rendering WHERE native IN (SELECT value FROM json_each(?)) GROUP BY native"
)
_BY_ENGLISH = (
    "SELECT english, sum(papers) FROM search_rendering WHERE english IN (SELECT value FROM json_each(?)) GROUP BY english"
)
_TEXTS = (
    "SELECT key, title || char(10) || abstract || char(10) || hub_summary || char(10) || "
    "coalesce((SELECT group_concat(bullets, char(10)) FROM summary WHERE paper_key = paper.key AND verified IS NOT 0), '') "
    "AS text FROM paper WHERE key IN (SELECT value FROM json_each(?))"
)
_TITLES = "SELECT key, title FROM paper WHERE key IN (SELECT value FROM json_each(?))"
_NAMES = "SELECT key, authors FROM paper WHERE key IN (SELECT value FROM json_each(?))"
_WITH_ID = (
    "SELECT key, id FROM paper WHERE id >= ?1 AND id < ?2 UNION "
    "SELECT key, id FROM paper WHERE ?3 <> '' AND id LIKE '%.' || ?3 ORDER BY id DESC LIMIT ?4"
)
_MOST_IDS = 2000
# What a byte of weight means.
_UNIT = np.float32(1 / 255)
_LAST = "\U0010ffff"


# What is kept of one store between queries, in numbers of postings (12 bytes each); with more, the older half goes.
_MOST_KEPT = 8_000_000


@dataclass(slots=True)
class _Kept:
    """What was read of the index while it had this mark. Threads may read the same thing twice, never a wrong one."""

    mark: bytes
    columns: dict[str, NDArray[Any]] = field(default_factory=dict)
    postings: dict[str | int, Postings | None] = field(default_factory=dict)
    size: int = 0

    def forget_half(self) -> None:
        """Let go of what was read first."""
        for term in list(self.postings)[: len(self.postings) // 2]:
            found = self.postings.pop(term, None)
            self.size -= 0 if found is None else len(found.keys)


_kept: dict[str, _Kept] = {}


def _kept_of(connection: sqlite3.Connection) -> _Kept:
    (mark,) = connection.execute("SELECT mark FROM search_state").fetchone()
    path = connection.execute("PRAGMA database_list").fetchone()[2]
    kept = _kept.get(path)
    if kept is not None and kept.mark == mark and kept.size > _MOST_KEPT:
        kept.forget_half()
    if kept is None or kept.mark != mark:
        kept = _Kept(mark)
        # A process has one store; tests, many.
        _kept.clear()
        _kept[path] = kept
    return kept


class StoredIndex:
    """The index as it is in one snapshot of the store, which the caller holds (`bot.store.search.snapshot`)."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._kept = _kept_of(connection)
        (last,) = connection.execute("SELECT coalesce(max(paper_key), -1) FROM search_paper").fetchone()
        self.size: int = last + 1
        # Unused keys have day 0.
        self.papers = int(np.count_nonzero(self.column("day")))

    def postings(self, term: str | int) -> Postings | None:
        """The papers of a term, by its text or its id."""
        kept = self._kept.postings
        if term not in kept:
            found = kept[term] = self._read_postings(term)
            self._kept.size += 0 if found is None else len(found.keys)
        return kept[term]

    def vectors(self, keys: Keys) -> Vectors:
        """The terms of these papers, in the order of `keys`, which is sorted here."""
        order = np.argsort(keys, kind="stable")
        rows = self._connection.execute(_VECTORS, (json.dumps(keys[order].tolist()),)).fetchall()
        blobs = [row["data"] for row in rows]
        counts = np.array([len(blob) // 5 for blob in blobs], np.int64)
        ids = np.frombuffer(b"".join([blob[: 4 * (len(blob) // 5)] for blob in blobs]), "<u4").astype(np.int64)
        weights = np.frombuffer(b"".join([blob[4 * (len(blob) // 5) :] for blob in blobs]), np.uint8)
        return Vectors(np.repeat(order, counts), ids, np.multiply(weights, _UNIT, dtype=np.float32))

    def column(self, name: str) -> NDArray[Any]:
        """A column in full, 0 where nothing was written; `votes` and `day` are `UNKNOWN` where they are not known."""
        columns = self._kept.columns
        if name not in columns:
            rows = self._connection.execute(_COLUMN, (name,)).fetchall()
            blocks = (rows[-1]["block"] + 1) if rows else 1
            data = np.zeros(max(blocks * BLOCK, self.size if name in {"votes", "day"} else 0), COLUMNS[name])
            for row in rows:
                data[row["block"] * BLOCK : (row["block"] + 1) * BLOCK] = np.frombuffer(row["data"], COLUMNS[name])
            columns[name] = data
        return columns[name]

    def near(self, word: str) -> list[tuple[str, int]]:
        """Terms of whole words and of names that may be one or two slips away, with how many papers hold each."""
        spelling = letters(word)
        half = max(2, len(spelling) // 2)
        first, last = spelling[:half], spelling[::-1][:half]
        most = most_slips(word)
        rows = self._connection.execute(
            _NEAR, (first, first + _LAST, last, last + _LAST, len(spelling) - most, len(spelling) + most, _MOST_NEAR)
        ).fetchall()
        papers = self.column("papers")
        return [(row["term"], int(papers[row["id"]])) for row in rows]

    def beginning(self, prefix: str) -> list[str]:
        """Pairs of characters that begin with this one."""
        return [row["term"] for row in self._connection.execute(_BEGINNING, (prefix, prefix + _LAST))]

    def terms_beginning(self, beginning: str) -> list[int]:
        """Ids of all terms that begin so."""
        return [row["id"] for row in self._connection.execute(_TERMS_BEGINNING, (beginning, beginning + _LAST))]

    def terms_between(self, first: str, last: str) -> list[tuple[str, int]]:
        """The terms from `first` to before `last`, with how many papers hold each."""
        papers = self.column("papers")
        rows = self._connection.execute(_TERMS_BETWEEN, (first, last))
        return [(row["term"], int(papers[row["id"]])) for row in rows]

    def terms(self, ids: Sequence[int]) -> dict[int, str]:
        """The texts of terms by their ids."""
        rows = self._connection.execute(_TERMS, (json.dumps(list(ids)),))
        return dict(map(tuple, rows))

    def renderings(self, texts: Sequence[str]) -> list[tuple[str, str, float]]:
        """(text, the same in another script, how surely), the surest first."""
        pairs = self._connection.execute(_PAIRS, (json.dumps(list(texts)),)).fetchall()
        native = dict(map(tuple, self._connection.execute(_BY_NATIVE, (json.dumps([row["native"] for row in pairs]),))))
        english = dict(map(tuple, self._connection.execute(_BY_ENGLISH, (json.dumps([row["english"] for row in pairs]),))))
        asked = set(texts)
        found = []
        for row in pairs:
            surely = row["papers"] / math.sqrt(native[row["native"]] * english[row["english"]])
            text, other = (row["native"], row["english"]) if row["native"] in asked else (row["english"], row["native"])
            found.append((text, other, surely))
        return sorted(found, key=lambda one: (-one[2], len(one[1])))

    def texts(self, keys: Keys) -> list[str]:
        """All that is searched of these papers but the names, in lower case, in the order of `keys`."""
        rows = dict(map(tuple, self._connection.execute(_TEXTS, (json.dumps(keys.tolist()),))))
        return [str(rows.get(key, "")).lower() for key in keys.tolist()]

    def titles(self, keys: Keys) -> list[str]:
        """The titles of these papers, in the order of `keys`."""
        rows = dict(map(tuple, self._connection.execute(_TITLES, (json.dumps(keys.tolist()),))))
        return [rows.get(key, "") for key in keys.tolist()]

    def names(self, keys: Keys) -> list[list[str]]:
        """The authors of these papers, in the order of `keys`."""
        rows = dict(map(tuple, self._connection.execute(_NAMES, (json.dumps(keys.tolist()),))))
        return [json.loads(rows.get(key, "[]")) for key in keys.tolist()]

    def with_ids(self, ids: Sequence[str]) -> Keys:
        """Papers whose ids are these, begin with them, or end in them after the point; the newest first."""
        found: dict[int, None] = {}
        for one in ids:
            # Just a month is followed by the point; just five digits are the number of a paper of some month.
            first = one + "." if len(one) == 4 and one.isdigit() else one
            rows = self._connection.execute(_WITH_ID, (first, first + _LAST, one if len(one) == 5 else "", _MOST_IDS))
            found.update((row["key"], None) for row in rows)
        return np.array([key for key in found if key < self.size], np.int64)

    def _read_postings(self, term: str | int) -> Postings | None:
        if isinstance(term, str):
            row = self._connection.execute(_ID, (term,)).fetchone()
            return None if row is None else self.postings(row["id"])
        keys, weights = [], []
        first = term * BLOCKS
        for number, data in map(tuple, self._connection.execute(_POSTINGS, (first, first + BLOCKS - 1))):
            count = len(data) // 3
            keys.append(np.add(np.frombuffer(data, "<u2", count), (number - first) * BLOCK, dtype=np.int64))
            weights.append(np.multiply(np.frombuffer(data, np.uint8, count, 2 * count), _UNIT, dtype=np.float32))
        if len(keys) > 1:
            return Postings(np.concatenate(keys), np.concatenate(weights))
        return Postings(keys[0], weights[0]) if keys and len(keys[0]) else None
