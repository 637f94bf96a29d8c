"""Full-text search over titles, authors, abstracts and summaries, Korean, Japanese and Chinese among them.

SQLite's own tokenizers fail on Korean, so CJK runs are cut into overlapping pairs of characters here, before they are
stored and before they are asked; everything else is left to FTS5's `porter` (measured in DESIGN, "Search").
"""

import re
import sqlite3
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

# Hangul, kana and Han, with the compatibility and extension blocks that papers and names use.
_CJK = r"\u1100-\u11ff\u3005-\u30ff\u3130-\u318f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f"
_BEGINS_CJK = re.compile(rf"[{_CJK}]")
_RUN = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+")


@dataclass(frozen=True, slots=True)
class Found:
    """Ids of one page of results, the best first, and how many there are in all."""

    ids: tuple[str, ...]
    total: int


def prepared(text: str) -> str:
    """`text` as it stands in the search table: CJK runs as overlapping pairs of characters, single ones left alone."""
    if text.isascii():
        return " ".join(_RUN.findall(text))
    words: list[str] = []
    for run in _RUN.findall(unicodedata.normalize("NFKC", text)):
        if _is_cjk(run) and len(run) > 1:
            words.extend(run[index : index + 2] for index in range(len(run) - 1))
        else:
            words.append(run)
    return " ".join(words)


def match_expression(words: str) -> str:
    """An FTS5 expression for what a person typed; "" when nothing in it can be searched. Never passes syntax through."""
    terms = []
    for run in _RUN.findall(unicodedata.normalize("NFKC", words)):
        if not _is_cjk(run):
            terms.append(f'"{run}"')
        elif len(run) == 1:
            terms.append(f'"{run}" *')
        else:
            # A phrase of pairs: the run itself, wherever it stands inside a longer one.
            terms.append('"' + " ".join(run[index : index + 2] for index in range(len(run) - 1)) + '"')
    return " ".join(terms)


def index_papers(connection: sqlite3.Connection, keys: Iterable[int]) -> None:
    """Bring the search rows of these papers (paper.key) up to what the store says of them now."""
    wanted = [(key,) for key in keys]
    connection.executemany("DELETE FROM paper_search WHERE rowid = ?", wanted)
    rows = []
    for (key,) in wanted:
        paper = connection.execute(
            "SELECT title, authors, abstract, hub_summary FROM paper WHERE key = ?", (key,)
        ).fetchone()
        bullets = connection.execute("SELECT bullets FROM summary WHERE paper_key = ?", (key,)).fetchall()
        summaries = " ".join([paper["hub_summary"], *(row["bullets"] for row in bullets)])
        rows.append((key, *map(prepared, (paper["title"], paper["authors"], paper["abstract"], summaries))))
    connection.executemany(
        "INSERT INTO paper_search (rowid, title, authors, abstract, summaries) VALUES (?, ?, ?, ?, ?)", rows
    )


def search(connection: sqlite3.Connection, words: str, *, limit: int = 10, offset: int = 0) -> Found:
    """Papers that hold every word, the best first; when none holds all, those that hold any."""
    expression = match_expression(words)
    if not expression:
        return Found((), 0)
    found = _matching(connection, expression, limit, offset)
    if found.total == 0 and '" ' in expression:
        found = _matching(connection, re.sub(r'(" \*|") (?=")', r"\1 OR ", expression), limit, offset)
    return found


def _matching(connection: sqlite3.Connection, expression: str, limit: int, offset: int) -> Found:
    (total,) = connection.execute("SELECT count(*) FROM paper_search WHERE paper_search MATCH ?", (expression,)).fetchone()
    if not total:
        return Found((), 0)
    rows = connection.execute(
        "SELECT paper.id FROM paper_search JOIN paper ON paper.key = paper_search.rowid WHERE paper_search MATCH ? "
        # By column: title, authors, abstract, summaries. A title says what a paper is about.
        "ORDER BY bm25(paper_search, 8.0, 4.0, 2.0, 1.0), paper.upvotes DESC, paper.id DESC LIMIT ? OFFSET ?",
        (expression, limit, offset),
    )
    return Found(tuple(row["id"] for row in rows), total)


def _is_cjk(run: str) -> bool:
    # isascii first: most runs of most papers are, and this is asked millions of times in an import.
    return not run.isascii() and _BEGINS_CJK.match(run) is not None
