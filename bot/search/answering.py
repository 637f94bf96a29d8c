"""Answers a Query over an Index: filters, names, ids, phrases and titles in addition to the ranking of words. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.search.index import Index
from bot.search.postings import Floats, Keys, highest, in_all
from bot.search.query import Query, is_wanted
from bot.search.ranking import Ranked, neighbours, rank
from bot.search.terms import NAME, name_parts, whole_word
from bot.search.text import folded, is_cjk, terms_of, words
from bot.search.weights import Weights

Mask = NDArray[np.bool_]

# Papers whose text or names are read for one phrase or name: more would take longer than anyone waits.
_MOST_READ = 250
# Titles that are compared with what was typed.
_TITLES = 20
_FIVE_YEARS = 5 * 365


@dataclass(frozen=True, slots=True)
class Answer:
    """Keys of papers, the best first; all that answer, or as many as were asked for. `corrected` words by those typed."""

    keys: list[int]
    total: int
    corrected: dict[str, str]


def answer(index: Index, query: Query, *, limit: int, offset: int = 0, weights: Weights | None = None) -> Answer:
    """The papers that answer a query. Nothing typed is an error; a query that asks for nothing has no answer."""
    weights = weights or Weights()
    if query.is_empty or not index.papers:
        return Answer([], 0, {})
    allowed = _bounded(index, query)
    for name in query.authors:
        allowed &= _written_by(index, name)
    for name in query.without_authors:
        allowed &= ~_written_by(index, name)
    for unwanted in query.without:
        allowed &= ~_holding(index, unwanted)
    ids = index.with_ids(query.ids) if query.ids else np.zeros(0, np.int64)
    ids = ids[allowed[ids]]
    if query.ids and not query.wanted:
        return Answer(ids[offset : offset + limit].tolist(), len(ids), {})
    ranked = rank(index, query.wanted, weights) if query.wanted else _everything(index)
    for phrase in query.phrases:
        allowed &= _holding(index, phrase, ranked.scores)
    scores = np.multiply(ranked.scores, allowed, out=ranked.scores)
    named = None
    if len(query.words) > 1 and not query.phrases:
        named = allowed & _written_by(index, query.words)
    by_name = named is not None and bool(named.any())
    if ranked.coverage < weights.least_coverage and not len(ids) and not by_name:
        return Answer([], 0, {})
    if query.wanted:
        best = float(scores.max(initial=0))
        if best > 0:
            scores /= np.float32(best)
        if named is not None and by_name:
            scores += np.float32(weights.name) * named
        _add_titles(index, query, scores, weights)
    # Who asks for a name does not ask for what only holds a part of it.
    answers = named if named is not None and by_name else allowed & (scores >= weights.least)
    answers |= allowed & ranked.everything & (scores > 0)
    answers[ids] = True
    total = int(np.count_nonzero(answers))
    if offset + limit < total:
        answers &= scores >= _least(scores * answers, offset + limit, weights)
        answers[ids] = True
    keys = np.flatnonzero(answers)
    values = scores[keys] * (1 + _standing(index, keys, weights))
    values[np.isin(keys, ids)] += values.max(initial=0) + 1
    keys = keys[np.lexsort((-keys, -values))][offset : offset + limit]
    return Answer(keys.tolist(), total, {} if by_name else ranked.corrected)


def holds_name(name: str, asked: Sequence[str]) -> bool:
    """Whether a person's name has all the parts asked for, in any order; a single letter is an initial."""
    left = name_parts(name)
    for part in sorted(asked, key=len, reverse=True):
        for own in left:
            if own == part or (min(len(own), len(part)) == 1 and own[0] == part[0]) or own.startswith(part):
                left.remove(own)
                break
        else:
            return False
    return True


def _everything(index: Index) -> Ranked:
    """Filters alone: all papers are as good, but for votes and age."""
    return Ranked(np.ones(index.size, np.float32), np.ones(index.size, np.bool_), {}, 1.0)


def _bounded(index: Index, query: Query) -> Mask:
    days, votes = index.column("day")[: index.size], index.column("votes")[: index.size]
    allowed = days != 0
    if query.since is not None:
        allowed &= days >= query.since.toordinal()
    if query.until is not None:
        allowed &= (days > 0) & (days <= query.until.toordinal())
    if query.least_votes is not None:
        allowed &= votes >= query.least_votes
    if query.most_votes is not None:
        allowed &= (votes >= 0) & (votes <= query.most_votes)
    return np.asarray(allowed, np.bool_)


def _least(scores: Floats, wanted: int, weights: Weights) -> float:
    """The score below which a paper cannot come among so many, whatever its votes and its age."""
    best = highest(scores, wanted)
    return float(scores[best].min(initial=np.inf)) / (1 + weights.votes + weights.age) if len(best) == wanted else 0.0


def _written_by(index: Index, asked: Sequence[str]) -> Mask:
    """Papers with one author who has all these names."""
    found = np.zeros(index.size, np.bool_)
    keys = _with_all(index, [NAME + part for part in asked if len(part) > 1 or is_cjk(part)])
    if len(asked) > 1 and len(keys):
        # The newest are read; that they are too many happens only with names of which each is in every tenth list.
        read = keys[-_MOST_READ:]
        keys = read[[any(holds_name(name, asked) for name in names) for names in index.names(read)]]
    found[keys] = True
    return found


def _holding(index: Index, phrase: Sequence[str], scores: Floats | None = None) -> Mask:
    """Papers in which these words stand side by side; a single word, wherever it stands."""
    found = np.zeros(index.size, np.bool_)
    terms = [
        term for word in filter(is_wanted, phrase) for term in (terms_of(word) if is_cjk(word) else (whole_word(word),))
    ]
    keys = _with_all(index, terms)
    if len(keys) and (len(phrase) > 1 or (is_cjk(phrase[0]) and len(phrase[0]) > 2)):
        read = keys[-_MOST_READ:]
        if scores is not None and len(keys) > _MOST_READ:
            read = keys[np.argpartition(-scores[keys], _MOST_READ)[:_MOST_READ]]
        pattern = neighbours(phrase)
        keys = read[[pattern.search(text) is not None for text in index.texts(read)]]
    found[keys] = True
    return found


def _with_all(index: Index, terms: Sequence[str]) -> Keys:
    """Papers that hold all of these terms, in ascending order; none where there are no terms."""
    found = []
    for term in terms:
        held = index.postings(term) if term else None
        if held is None:
            return np.zeros(0, np.int64)
        found.append(held)
    return in_all(found, index.size) if found else np.zeros(0, np.int64)


def _add_titles(index: Index, query: Query, scores: Floats, weights: Weights) -> None:
    """Raise papers whose title is, or holds, the words as they were typed."""
    typed = " ".join(words(folded(query.typed)))
    if not typed:
        return
    keys = highest(scores, _TITLES)
    parts = typed.split()
    for key, title in zip(keys.tolist(), index.titles(keys), strict=True):
        plain = folded(title)
        # To look for the words alone is far cheaper than to take a title apart.
        if not all(part in plain for part in parts):
            continue
        whole = " ".join(words(plain))
        if f" {typed} " not in f" {whole} ":
            continue
        if typed in {whole, " ".join(words(plain.partition(":")[0]))}:
            scores[key] += np.float32(weights.whole_title)
        elif " " in typed:
            scores[key] += np.float32(weights.title)


def _standing(index: Index, keys: Keys, weights: Weights) -> Floats:
    """What votes and youth add to each of these papers, as a share of its score."""
    every, days = index.column("votes"), index.column("day")
    most, newest = index.kept("most votes, newest day", lambda: (max(1, int(every.max())), int(days.max())))
    votes = np.log1p(np.maximum(every[keys], 0).astype(np.float32)) / np.float32(np.log1p(most))
    age = np.clip((newest - days[keys]).astype(np.float32) / np.float32(_FIVE_YEARS), 0, 1)
    return np.asarray(weights.votes * votes + weights.age * (1 - age), np.float32)
