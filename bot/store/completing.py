"""What of the store begins as somebody types it: papers, authors, days. Fast enough for each stroke, and no more than that.

Full-text search finds whole words; here the last word is still being written.
"""

import datetime as dt
import json
import re
import sqlite3
import unicodedata
from collections import Counter

_WORDS = re.compile(r"[^\W_]+")
# Papers whose authors are looked through for a name; a beginning that more of them share is too short to be of use.
_LOOKED_THROUGH = 2000
# More words than these only cost time.
_MOST_WORDS = 8


def papers_beginning(connection: sqlite3.Connection, typed: str, limit: int) -> list[str]:
    """Ids of papers whose id begins so, else of those whose title has words that begin so, the most voted first."""
    written = typed.strip()
    if re.match(r"\d{2}", written) or "/" in written:
        found = connection.execute(
            r"SELECT id FROM paper WHERE id LIKE ? ESCAPE '\' ORDER BY id DESC LIMIT ?", (f"{_literal(written)}%", limit)
        )
        ids = [row["id"] for row in found]
        if ids:
            return ids
    words = _WORDS.findall(written)[:_MOST_WORDS]
    if not words:
        return []
    # A word of a title stands behind a blank, a hyphen, a colon or a bracket.
    title = "' ' || replace(replace(replace(title, '-', ' '), '(', ' '), ':', ' ')"
    condition = " AND ".join([rf"{title} LIKE ? ESCAPE '\'"] * len(words))
    patterns = [f"% {_literal(word)}%" for word in words]
    rows = connection.execute(
        f"SELECT id FROM paper WHERE {condition} ORDER BY upvotes DESC, id DESC LIMIT ?",  # noqa: S608 - no word of anybody's
        (*patterns, limit),
    )
    return [row["id"] for row in rows]


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
        names.update(name for name in set(json.loads(row["authors"])) if _begins(name, wanted))
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


def _begins(name: str, wanted: list[str]) -> bool:
    parts = _WORDS.findall(_folded(name))
    return all(any(part.startswith(word) for part in parts) for word in wanted)


def _folded(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text).casefold()
    return "".join(ch for ch in letters if not unicodedata.combining(ch))


def _literal(text: str) -> str:
    """`text` as LIKE takes it literally, when a backslash is its escape."""
    return re.sub(r"([\\%_])", r"\\\1", text)
