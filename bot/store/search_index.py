"""The search index as ranking needs it (`bot.search.index.Index`), read from a store. Writing: search_writing.py."""

import json
import math
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from bot.search.index import Vectors
from bot.search.postings import Keys, Postings
from bot.search.postings import postings as made_of
from bot.search.spelling import letters, most_slips
from bot.store.search_writing import BLOCK, BLOCKS, COLUMNS

_ID = "SELECT id FROM search_term WHERE term = ?"
_POSTINGS = "SELECT number, data FROM search_posting WHERE number BETWEEN ? AND ? ORDER BY number"
_VECTORS = "SELECT paper_key, data FROM search_paper WHERE paper_key IN (SELECT value FROM json_each(?))"
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
    "UNION ALL SELECT native, english, papers FROM search_rendering WHERE english IN (SELECT value FROM json_each(?1)) "
    "ORDER BY papers DESC LIMIT 200"
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


# What is kept of one store between queries, in units of 12 bytes; with more, the older half goes.
_MOST_KEPT = 8_000_000
# What a term costs beside its papers, and one that is nowhere, in the same units.
_TERM_COST = 40

# glibc gives arrays of 128 kB and more back to the system at once, and takes pages anew for the next: 400 kB are written in
# 25 microseconds, and in 200 where they are new. Once a larger array was freed it keeps what is smaller than that
# (mallopt(3), M_MMAP_THRESHOLD); this one is never touched, so it costs nothing.
np.empty(4 << 20, np.uint8)

T = TypeVar("T")


@dataclass(slots=True)
class _Kept:
    """What was read of the index while it had this mark. Threads may read the same thing twice, never a wrong one."""

    mark: bytes
    columns: dict[str, NDArray[Any]] = field(default_factory=dict)
    postings: dict[str | int, Postings | None] = field(default_factory=dict)
    made: dict[str, Any] = field(default_factory=dict)
    size: int = 0

    def keep(self, term: str | int, found: Postings | None) -> None:
        """Keep what was read of a term."""
        self.postings[term] = found
        self.size += _cost(term, found)

    def forget_half(self) -> None:
        """Let go of what was read first."""
        for term in list(self.postings)[: len(self.postings) // 2]:
            self.size -= _cost(term, self.postings.pop(term, None))


def _cost(term: str | int, found: Postings | None) -> int:
    # By its text a term has the same papers as by its id.
    return _TERM_COST + (found.size if found is not None and isinstance(term, int) else 0)


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
        # Tuples instead of rows: they are only taken apart.
        self._cursor = connection.cursor()
        self._cursor.row_factory = None
        self.size: int = self.kept("size", self._greatest_key) + 1
        # Unused keys have day 0.
        self.papers: int = self.kept("papers", lambda: int(np.count_nonzero(self.column("day"))))

    def kept(self, name: str, made: Callable[[], T]) -> T:
        """What `made` gives, once for each state of the index."""
        known = self._kept.made
        if name not in known:
            known[name] = made()
        return cast("T", known[name])

    def postings(self, term: str | int) -> Postings | None:
        """The papers of a term, by its text or its id."""
        try:
            return self._kept.postings[term]
        except KeyError:  # looked for once only: another thread may let go of it after it was seen
            found = self._read_postings(term)
            self._kept.keep(term, found)
            return found

    def vectors(self, keys: Keys) -> Vectors:
        """The terms of these papers, one paper after another."""
        rows = self._rows(_VECTORS, json.dumps(keys.tolist()))
        counts = np.array([len(data) // 5 for _, data in rows], np.int64)
        ids = np.frombuffer(b"".join([data[: 4 * (len(data) // 5)] for _, data in rows]), "<u4").astype(np.int64)
        weights = np.frombuffer(b"".join([data[4 * (len(data) // 5) :] for _, data in rows]), np.uint8)
        order = np.argsort(keys)
        place = order[np.searchsorted(keys, np.array([key for key, _ in rows], np.int64), sorter=order)]
        return Vectors(np.repeat(place, counts), ids, np.multiply(weights, _UNIT, dtype=np.float32))

    def column(self, name: str) -> NDArray[Any]:
        """A column in full, 0 where nothing was written; `votes` and `day` are `UNKNOWN` where they are not known."""
        columns = self._kept.columns
        if name not in columns:
            rows = self._rows(_COLUMN, name)
            blocks = (rows[-1][0] + 1) if rows else 1
            column = np.zeros(max(blocks * BLOCK, self.size if name in {"votes", "day"} else 0), COLUMNS[name])
            for block, data in rows:
                column[block * BLOCK : (block + 1) * BLOCK] = np.frombuffer(data, COLUMNS[name])
            columns[name] = column
        return columns[name]

    def near(self, word: str) -> list[tuple[str, int]]:
        """Terms of whole words and of names that may be one or two slips away, with how many papers hold each."""
        spelling = letters(word)
        half = max(2, len(spelling) // 2)
        first, last = spelling[:half], spelling[::-1][:half]
        most = most_slips(word)
        rows = self._rows(
            _NEAR, first, first + _LAST, last, last + _LAST, len(spelling) - most, len(spelling) + most, _MOST_NEAR
        )
        papers = self.column("papers")
        return [(term, int(papers[number])) for number, term in rows]

    def beginning(self, prefix: str) -> list[str]:
        """Pairs of characters that begin with this one."""
        return [term for (term,) in self._rows(_BEGINNING, prefix, prefix + _LAST)]

    def terms_beginning(self, beginning: str) -> list[int]:
        """Ids of all terms that begin so."""
        return [term for (term,) in self._rows(_TERMS_BEGINNING, beginning, beginning + _LAST)]

    def terms_between(self, first: str, last: str) -> list[tuple[str, int]]:
        """The terms from `first` to before `last`, with how many papers hold each."""
        papers = self.column("papers")
        return [(term, int(papers[number])) for number, term in self._rows(_TERMS_BETWEEN, first, last)]

    def terms(self, ids: Sequence[int]) -> dict[int, str]:
        """The texts of terms by their ids."""
        return dict(self._rows(_TERMS, json.dumps(list(ids))))

    def renderings(self, texts: Sequence[str], least: float) -> list[tuple[str, str, float]]:
        """(text, the same in another script, how surely), the surest first."""
        asked = set(texts)
        # A pair of which both sides are asked for comes twice.
        pairs = sorted(set(self._rows(_PAIRS, json.dumps(list(texts)))), key=lambda one: (-one[2], *one))
        # A pair's share of its text is more than how surely, squared: the sums of common terms are long, and not needed.
        given: Counter[str] = Counter()
        for native, english, papers in pairs:
            given[native if native in asked else english] += papers
        likely = [one for one in pairs if one[2] >= least**2 * given[one[0] if one[0] in asked else one[1]]]
        of_native = dict(self._rows(_BY_NATIVE, json.dumps([native for native, _, _ in likely])))
        of_english = dict(self._rows(_BY_ENGLISH, json.dumps([english for _, english, _ in likely])))
        found = []
        for native, english, papers in likely:
            surely = papers / math.sqrt(of_native[native] * of_english[english])
            if surely >= least:
                found.append((native, english, surely) if native in asked else (english, native, surely))
        return sorted(found, key=lambda one: (-one[2], len(one[1])))

    def texts(self, keys: Keys) -> list[str]:
        """All that is searched of these papers but the names, in lower case, in the order of `keys`."""
        rows = dict(self._rows(_TEXTS, json.dumps(keys.tolist())))
        return [str(rows.get(key, "")).lower() for key in keys.tolist()]

    def titles(self, keys: Keys) -> list[str]:
        """The titles of these papers, in the order of `keys`."""
        rows = dict(self._rows(_TITLES, json.dumps(keys.tolist())))
        return [rows.get(key, "") for key in keys.tolist()]

    def names(self, keys: Keys) -> list[list[str]]:
        """The authors of these papers, in the order of `keys`."""
        rows = dict(self._rows(_NAMES, json.dumps(keys.tolist())))
        return [json.loads(rows.get(key, "[]")) for key in keys.tolist()]

    def with_ids(self, ids: Sequence[str]) -> Keys:
        """Papers whose ids are these, begin with them, or end in them after the point; the newest first."""
        found: dict[int, None] = {}
        for one in ids:
            # Just a month is followed by the point; just five digits are the number of a paper of some month.
            first = one + "." if len(one) == 4 and one.isdigit() else one
            rows = self._rows(_WITH_ID, first, first + _LAST, one if len(one) == 5 else "", _MOST_IDS)
            found.update((key, None) for key, _ in rows)
        return np.array([key for key in found if key < self.size], np.int64)

    def _rows(self, statement: str, *given: object) -> list[tuple[Any, ...]]:
        return self._cursor.execute(statement, given).fetchall()

    def _greatest_key(self) -> int:
        (last,) = self._connection.execute("SELECT coalesce(max(paper_key), -1) FROM search_paper").fetchone()
        return int(last)

    def _read_postings(self, term: str | int) -> Postings | None:
        if isinstance(term, str):
            found = self._rows(_ID, term)
            return self.postings(found[0][0]) if found else None
        first = term * BLOCKS
        rows = self._rows(_POSTINGS, first, first + BLOCKS - 1)
        counts = [len(data) // 3 for _, data in rows]
        keys = np.empty(sum(counts), np.int64)
        end = 0
        for (number, data), count in zip(rows, counts, strict=True):
            start, end = end, end + count
            np.add(np.frombuffer(data, "<u2", count), (number - first) * BLOCK, out=keys[start:end], dtype=np.int64)
        weights = b"".join([data[2 * count :] for (_, data), count in zip(rows, counts, strict=True)])
        return made_of(keys, np.frombuffer(weights, np.uint8), self.size)
