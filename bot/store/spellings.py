"""The English equivalents of filter terms, from the store's own summaries: `확산(diffusion)`.

Today's paper has an English abstract, and perhaps a Korean summary tomorrow: a Korean term would miss it. Learned only from
the store (bot/search/renderings.py), so an empty one knows none.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import replace

from bot.model import Choice, Filters
from bot.search.folding import folded, is_cjk
from bot.search.text import without_ending

# 41 Korean terms were tried on 5,487 papers: with at least three papers, and above this likeness (papers with the pair
# divided by the geometric mean of those with either side), 23 had English names and none was wrong; with two papers, 음성
# was `false negative`.
_LEAST_PAPERS, _LEAST_LIKENESS = 3, 0.2
_MOST, _CANDIDATES = 3, 10

_RENDERINGS = """
SELECT english, papers,
    papers / sqrt((SELECT sum(papers) FROM search_rendering WHERE native = ?1)
        * (SELECT sum(papers) FROM search_rendering AS every WHERE every.english = search_rendering.english)) AS likeness
FROM search_rendering WHERE native = ?1 AND papers >= ?2 AND likeness >= ?3 ORDER BY likeness DESC LIMIT ?4
"""
_NATIVES = "SELECT native, papers FROM search_rendering WHERE english = ?"


def spellings(connection: sqlite3.Connection, term: str) -> tuple[str, ...]:
    """English phrases, between quotes, for a term that is written in CJK; () where none is known."""
    words = folded(term).split()
    if not words or not all(map(is_cjk, words)):
        return ()
    # 강화학습 is written in one word or in two.
    most = max(len(words), len("".join(words)) // 2)
    found: dict[str, None] = {}
    for native in dict.fromkeys((" ".join(words), " ".join((*words[:-1], without_ending(words[-1]))))):
        rows = connection.execute(_RENDERINGS, (native, _LEAST_PAPERS, _LEAST_LIKENESS, _CANDIDATES)).fetchall()
        found |= {
            row["english"]: None
            for row in rows
            # More words say something narrower: 언어 is no `vision language`.
            if len(row["english"].split()) <= most and not _is_longer(connection, native, row["english"], row["papers"])
        }
    return tuple(f'"{english}"' for english in list(found)[:_MOST])


def _is_longer(connection: sqlite3.Connection, native: str, english: str, papers: int) -> bool:
    """Whether a longer term is what the English says: RL is 강화 학습, of which 학습 is but the end."""
    rows = connection.execute(_NATIVES, (english,))
    return any(row["native"].endswith(f" {native}") and 2 * row["papers"] >= papers for row in rows)


def spelled(connection: sqlite3.Connection, filters: Filters) -> Filters:
    """`filters` with what their terms are called in English as further terms."""
    return replace(filters, having=_more(connection, filters.having), without=_more(connection, filters.without))


def spelled_choice(connection: sqlite3.Connection, choice: Choice) -> Choice:
    """`choice` as papers are to be chosen by; its own key names it."""
    return replace(choice, filters=spelled(connection, choice.filters)) if choice.filters else choice


def _more(connection: sqlite3.Connection, terms: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for term in terms for each in (term, *spellings(connection, term))))
