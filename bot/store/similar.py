"""Papers similar to one, by shared words and authors. How similarity is computed: bot/search/likeness.py."""

import json
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from bot.search.terms import WORD, singular
from bot.search.text import folded, is_cjk
from bot.store.search import snapshot

# Terms of a paper by which others are looked for; with more, what it only mentions counts too.
_TERMS = 40
# Papers of which the terms and authors are compared.
_COMPARED = 40
_REASONS = 3
# What each person who wrote both adds, to the likest paper's 1; from the third on nothing.
_PERSON = 0.1
# Words that lead from one thing to another, and those of every paper, are no reason, though the index holds them.
_NO_REASONS = frozenset(
    """
    toward towards beyond using based all any every each more less only own same such one two three first second new
    out into over up come comes result results paper method approach model models
    """.split()  # noqa: SIM905 - a list of so many strings reads worse
)
_WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Similar:
    """A similar paper: the terms that both have, the most telling first, and the authors of both."""

    id: str
    terms: tuple[str, ...]
    authors: tuple[str, ...] = ()


def similar(connection: sqlite3.Connection, paper_id: str, limit: int) -> list[Similar]:
    """At most `limit` papers similar to the one with this id, the most similar first; none if it is not in the store."""
    # numpy takes a tenth of a second to load, and most commands of the terminal do not compare papers.
    from bot.search.likeness import likeness  # noqa: PLC0415
    from bot.store.search_index import StoredIndex  # noqa: PLC0415

    with snapshot(connection):
        row = connection.execute("SELECT key, title, authors, abstract FROM paper WHERE id = ?", (paper_id,)).fetchone()
        if row is None:
            return []
        index = StoredIndex(connection)
        near = likeness(index, row["key"], terms=_TERMS, limit=max(_COMPARED, limit))
        words = index.terms(sorted({term for one in near for term in one.shared}))
        others = _papers(connection, [one.key for one in near])
        told = _told(connection, row["key"])
    people = set(json.loads(row["authors"]))
    # Where its abstract is not known, the words that it shares stand in its summaries.
    written = _as_written(" ".join((row["title"], row["abstract"], *told)))
    found = []
    for one in near:
        other_id, authors = others[one.key]
        both = tuple(name for name in authors if name in people)
        terms = _readable([words[term].removeprefix(WORD) for term in one.shared], written)
        found.append((one.score + _PERSON * min(2, len(both)), Similar(other_id, terms, both[:_REASONS])))
    found.sort(key=lambda scored: -scored[0])
    return [one for _, one in found[:limit]]


def _papers(connection: sqlite3.Connection, keys: Sequence[int]) -> dict[int, tuple[str, list[str]]]:
    rows = connection.execute(
        "SELECT key, id, authors FROM paper WHERE key IN (SELECT value FROM json_each(?))", (json.dumps(keys),)
    )
    return {row["key"]: (row["id"], json.loads(row["authors"])) for row in rows}


def _told(connection: sqlite3.Connection, key: int) -> list[str]:
    """The bullets of all summaries of a paper."""
    rows = connection.execute("SELECT bullets FROM summary WHERE paper_key = ?", (key,))
    return [bullet for row in rows for bullet in json.loads(row["bullets"])]


def _as_written(text: str) -> dict[str, str]:
    """The words of a text but Korean, Japanese and Chinese ones, by their folded singular, each as it is first written."""
    found: dict[str, str] = {}
    for word in _WORDS.findall(text):
        if not is_cjk(word[0]):
            found.setdefault(singular(folded(word)), word)
    return found


def _readable(terms: Sequence[str], written: dict[str, str]) -> tuple[str, ...]:
    """The first few terms as the paper writes them; Korean ones only where there are no others."""
    # What it does not write so, `highresolution`, is a form that only the index has.
    latin = [written[term] for term in terms if term in written and not term.isdigit() and term not in _NO_REASONS]
    # A Korean sentence ends in a verb, which says nothing by itself.
    return tuple((latin or [term for term in terms if not term.isdigit() and not term.endswith("니다")])[:_REASONS])
