"""Papers like one, by the words of titles and the keywords that they share; rare words say more than common ones."""

import re
import sqlite3
from dataclasses import dataclass

from bot.model import Paper
from bot.store import papers

# A title and its keywords have fewer; a strange one of more need not be asked for whole.
_MOST_WORDS = 24
_CANDIDATES = 200
_REASONS = 3
# Shorter ones are grammar for the most part.
_WORD = re.compile(r"[^\W_]{3,}")
_GRAMMAR = frozenset({"and", "are", "for", "from", "its", "the", "via", "with", "towards", "using", "based", "not", "can"})


@dataclass(frozen=True, slots=True)
class Similar:
    """A paper that is like another, and the terms that both have, the one that says most first."""

    id: str
    terms: tuple[str, ...]


def similar(connection: sqlite3.Connection, paper_id: str, limit: int) -> list[Similar]:
    """At most `limit` papers like the one of this id, the likest first; none for one that the store does not have."""
    paper = papers.paper(connection, paper_id)
    if paper is None:
        return []
    own = list(_words(paper).values())[:_MOST_WORDS]
    if not own:
        return []
    rows = connection.execute(
        "SELECT paper.id FROM paper_search JOIN paper ON paper.key = paper_search.rowid WHERE paper_search MATCH ? "
        "ORDER BY bm25(paper_search, 8.0, 0.0, 2.0, 1.0), paper.upvotes DESC LIMIT ?",
        (" OR ".join(f'"{word}"' for word in own), _CANDIDATES),
    )
    ids = [row["id"] for row in rows if row["id"] != paper_id][:limit]
    return [Similar(one.id, _shared(paper, one)) for one in papers.papers(connection, ids).values()]


def _words(paper: Paper) -> dict[str, str]:
    """The words of a title and of keywords that say something: the singular, and as written."""
    found = _WORD.findall(" ".join((paper.title, *paper.keywords)).casefold())
    return {word.rstrip("s"): word for word in found if word not in _GRAMMAR}


def _shared(paper: Paper, other: Paper) -> tuple[str, ...]:
    """Words that both have in title or keywords, else those of the one that the other's abstract has."""
    own, theirs = _words(paper), _words(other)
    shared = [word for key, word in own.items() if key in theirs]
    if not shared:
        there = {word.rstrip("s") for word in _WORD.findall(other.abstract.casefold())}
        shared = [word for key, word in own.items() if key in there]
    return tuple(sorted(shared, key=len, reverse=True)[:_REASONS])
