"""Completions from the store for what somebody types: papers, authors, days. Fast enough for every keystroke.

Full-text search finds whole words; here the last word is still being typed.
"""

import datetime as dt
import json
import re
import sqlite3
import unicodedata
from collections import Counter
from itertools import islice

_WORDS = re.compile(r"[^\W_]+")
_BEGUN_ID = re.compile(r"\d{2}|[a-z-]+/")
# Papers that are looked through for a word; a beginning that more of them share is too short to be of use.
_LOOKED_THROUGH = 500
# More words than these only cost time.
_MOST_WORDS = 8


def papers_beginning(connection: sqlite3.Connection, typed: str, limit: int) -> list[str]:
    """Ids of papers whose id begins so, else of those whose title has words that begin so, the most voted first."""
    written = typed.strip()
    if _BEGUN_ID.match(written):
        found = connection.execute(
            "SELECT id FROM paper WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT ?", (written, written + "\uffff", limit)
        )
        ids = [row["id"] for row in found]
        if ids:
            return ids
    wanted = _WORDS.findall(_folded(written))[:_MOST_WORDS]
    # The rarer words are mostly the longer ones: what SQLite looks for is only the first sieve.
    spelled = sorted(_WORDS.findall(written), key=len)[-_MOST_WORDS:]
    if not wanted:
        return []
    condition = " AND ".join([r"title LIKE ? ESCAPE '\'"] * len(spelled))
    rows = connection.execute(
        f"SELECT id, title FROM paper WHERE {condition} ORDER BY upvotes DESC, id DESC LIMIT ?",  # noqa: S608 - no word of anybody's
        (*(f"%{_literal(word)}%" for word in spelled), _LOOKED_THROUGH),
    )
    return list(islice((row["id"] for row in rows if _begins(row["title"], wanted)), limit))


def authors_beginning(connection: sqlite3.Connection, typed: str, limit: int) -> list[tuple[str, int]]:
    """Names of authors of which each typed word begins a part, in any order, with how many papers are theirs."""
    wanted = _WORDS.findall(_folded(typed))[:_MOST_WORDS]
    spelled = _WORDS.findall(typed)
    if not wanted:
        return []
    rows = connection.execute(
        r"SELECT authors FROM paper WHERE authors LIKE ? ESCAPE '\' ORDER BY upvotes DESC LIMIT ?",
        (f"%{_literal(max(spelled, key=len))}%", _LOOKED_THROUGH),
    )
    names: Counter[str] = Counter()
    for row in rows:
        # Some sources quote a name.
        names.update({name.strip(" '\"’") for name in json.loads(row["authors"]) if _begins(name, wanted)})
    return sorted(names.items(), key=lambda one: (-one[1], one[0]))[:limit]


def days_with_papers(connection: sqlite3.Connection, since: dt.date, until: dt.date, limit: int) -> dict[dt.date, int]:
    """The newest list days of a span that have papers, and how many."""
    rows = connection.execute(
        "SELECT day, papers FROM list_day WHERE papers > 0 AND day BETWEEN ? AND ? ORDER BY day DESC LIMIT ?",
        (since.isoformat(), until.isoformat(), limit),
    )
    return {dt.date.fromisoformat(row["day"]): row["papers"] for row in rows}


def months_with_papers(connection: sqlite3.Connection, limit: int) -> list[dt.date]:
    """The first days of the newest months that have papers."""
    rows = connection.execute(
        "SELECT DISTINCT substr(day, 1, 7) AS month FROM list_day WHERE papers > 0 ORDER BY 1 DESC LIMIT ?",
        (limit,),
    )
    return [dt.date.fromisoformat(f"{row['month']}-01") for row in rows]


def _begins(text: str, wanted: list[str]) -> bool:
    parts = _WORDS.findall(_folded(text))
    return all(any(part.startswith(word) for part in parts) for word in wanted)


def _folded(text: str) -> str:
    if text.isascii():  # nearly all of them
        return text.lower()
    letters = unicodedata.normalize("NFKD", text).casefold()
    return "".join(ch for ch in letters if not unicodedata.combining(ch))


def _literal(text: str) -> str:
    """`text` as LIKE takes it literally, when a backslash is its escape."""
    return re.sub(r"([\\%_])", r"\\\1", text)
