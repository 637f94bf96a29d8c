"""Papers by an author's name, with its parts in any order, without accents, with initials; and similar names."""

import difflib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.search.terms import name_parts
from bot.store.search import papers_named, papers_named_like

# How many papers with a name that begins like the typed one are searched for the nearest name.
_MOST_LIKE = 3000
# The least similarity of a name that is offered: `Kaimin Hee` for Kaiming He is 0.84.
_LIKENESS = 0.7
# And its greatest distance from the best one's similarity.
_BESIDE = 0.1


@dataclass(frozen=True, slots=True)
class ByAuthor:
    """The papers of everybody whose name holds what was typed, the newest list first; the names, the most papers first."""

    ids: tuple[str, ...]
    names: tuple[str, ...]


def by_author(connection: sqlite3.Connection, typed: str) -> ByAuthor:
    """Every paper one of whose authors has all parts of the name."""
    wanted = name_parts(typed)
    found: list[tuple[str, str]] = []
    names = Counter[str]()
    for row in _candidates(connection, wanted):
        matching = [name for name in json.loads(row["authors"]) if is_named(name_parts(name), wanted)]
        if matching:
            found.append((row["list_day"] or "", row["id"]))
            names.update(dict.fromkeys(matching, 1))
    found.sort(reverse=True)
    return ByAuthor(tuple(paper_id for _, paper_id in found), tuple(name for name, _ in names.most_common()))


def names_like(connection: sqlite3.Connection, typed: str, limit: int) -> list[str]:
    """Names in the store that look like a mistyped or incomplete one, the likest first."""
    wanted = name_parts(typed)
    forms: dict[str, str] = {}
    for row in _papers(connection, papers_named_like(connection, wanted, _MOST_LIKE)):
        for name in json.loads(row["authors"]):
            forms.setdefault(_in_order(name_parts(name)), name)
    typed_form = _in_order(wanted)
    near = difflib.get_close_matches(typed_form, forms, limit, _LIKENESS)
    likeness = {form: difflib.SequenceMatcher(None, form, typed_form).ratio() for form in near}
    least = max(likeness.values(), default=0) - _BESIDE
    return [forms[form] for form in near if likeness[form] >= least]


def is_named(parts: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether a name has every part that is wanted, each once; an initial that is wanted is any part that begins so."""
    left = list(parts)
    # Whole parts first: the K of `K. Kim` is not the Kim that stands there.
    for part in sorted(wanted, key=len, reverse=True):
        same = next((one for one in left if one == part), None)
        same = same or next((one for one in left if len(part) == 1 and one.startswith(part)), None)
        if same is None:
            return False
        left.remove(same)
    return any(len(part) > 1 and part in parts for part in wanted)


def _in_order(parts: Iterable[str]) -> str:
    return " ".join(sorted(parts))


def _candidates(connection: sqlite3.Connection, wanted: Sequence[str]) -> list[sqlite3.Row]:
    return _papers(connection, papers_named(connection, [part for part in wanted if len(part) > 1]))


def _papers(connection: sqlite3.Connection, keys: Sequence[int]) -> list[sqlite3.Row]:
    return connection.execute(
        "SELECT id, authors, list_day FROM paper WHERE key IN (SELECT value FROM json_each(?))", (json.dumps(keys),)
    ).fetchall()
