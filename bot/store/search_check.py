"""Checks by counting whether the search index agrees with the papers, and rebuilds it where it does not."""

import sqlite3
from dataclasses import dataclass

# A posting is a place (2 bytes) and a weight, a term of a paper an id (4 bytes) and a weight: bot/store/search_writing.py.
_POSTING_BYTES, _TERM_BYTES = 3, 5
_COUNTS = f"""
SELECT
    (SELECT count(*) FROM search_pending) AS pending,
    (SELECT count(*) FROM paper WHERE key NOT IN (SELECT paper_key FROM search_paper)
        AND key NOT IN (SELECT paper_key FROM search_pending)) AS missing,
    (SELECT count(*) FROM search_paper WHERE length(data) > 0 AND paper_key NOT IN (SELECT key FROM paper)) AS orphaned,
    (SELECT coalesce(sum(length(data)), 0) / {_POSTING_BYTES} FROM search_posting) AS postings,
    (SELECT coalesce(sum(length(data)), 0) / {_TERM_BYTES} FROM search_paper) AS terms
"""  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexCounts:
    """`missing`: papers that are not indexed; `pending`: those that are known to be so, and are indexed at the next start;
    `orphaned`: what is indexed of papers that are gone. `postings` and `terms` are the same, counted from both ends.
    """

    pending: int
    missing: int
    orphaned: int
    postings: int
    terms: int

    @property
    def agrees(self) -> bool:
        """Whether everything that is not pending is found, and nothing else."""
        return not self.missing and not self.orphaned and self.postings == self.terms


def counts(connection: sqlite3.Connection) -> IndexCounts:
    return IndexCounts(**dict(connection.execute(_COUNTS).fetchone()))


def forget_index(connection: sqlite3.Connection) -> None:
    """Forget the whole index, so that opening the store makes it anew."""
    for table in ("search_term", "search_posting", "search_paper", "search_column", "search_rendering"):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names of ours
    connection.execute("INSERT OR IGNORE INTO search_pending SELECT key FROM paper")
    connection.execute("UPDATE search_state SET mark = randomblob(8)")
