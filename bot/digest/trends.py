"""Terms that papers of the last days name more often than those of the weeks before. Pure.

A term is one to four words of a title, or a keyword. It counts the papers that name it, also in their abstracts.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.digest.filters import folded
from bot.model import Paper

# What divides a title (a colon, a comma) divides terms too.
_DIVIDED = re.compile(r"[:;,.!?()\[\]{}\"“”/|]+|\s[-–—]\s")
_WORD = re.compile(r"[^\W_]+")
# In a title a word with hyphens is one: `Context-Aware` does not speak of what is aware.
_WRITTEN = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
# Words that join others and name nothing: a closed class of English.
GRAMMAR = frozenset(
    """
    a an the and or of in on at by for to from with without as is are be been was were do does did can could may might will
    would should has have had not no nor via per we our us its it he she they them their this that these those there here
    than then also so such which who what when where how why if but while like into onto over under between among through
    during about across within upon i you your my me s t beyond towards toward using based all any every more less only
    """.split()  # noqa: SIM905 - a list of a hundred strings reads worse
)
_MOST_WORDS = 4
# One title may be chance; and what no title names is nobody's subject, however often abstracts mention it.
LEAST_TITLES, LEAST_PAPERS = 2, 4
# How far a share has risen, in standard errors: 2 is passed by chance once in forty.
LEAST_RISE = 2.0
# A single word says less than a term of two, and there are more of them for chance to lift; `image` is always common.
LEAST_RISE_OF_A_WORD, LEAST_TIMES_OF_A_WORD = 3.0, 2.0
# What part of the papers that name a term must name a longer one, for that to replace it.
_NEARLY = 0.75


@dataclass(frozen=True, slots=True)
class Trend:
    """A term as titles write it most often, how many papers of the last days name it, and how many times its share before.

    `times` is None where no paper before named it.
    """

    term: str
    papers: int
    times: float | None


def trends(recent: Sequence[Paper], before: Sequence[Paper], limit: int) -> list[Trend]:
    """The terms that have risen most, the steepest first, at most `limit`."""
    titles, written = Counter[str](), defaultdict[str, Counter[str]](Counter)
    for paper in recent:
        for key, form in dict(_terms(paper)).items():
            titles[key] += 1
            written[key][form] += 1
    candidates = {key for key, count in titles.items() if count >= LEAST_TITLES}
    now, then = _counted(recent, candidates), _counted(before, candidates)
    risen = {key: _rise(now[key], len(recent), then[key], len(before)) for key in candidates}
    kept: list[str] = []
    for key in sorted(candidates, key=lambda key: (-risen[key], key)):
        if now[key] < LEAST_PAPERS or risen[key] < (LEAST_RISE if " " in key else LEAST_RISE_OF_A_WORD):
            continue
        usual = LEAST_TIMES_OF_A_WORD * then[key] / len(before)
        if (" " in key or now[key] / len(recent) >= usual) and not any(_overlap(key, other) for other in kept):
            whole = _whole(key, candidates, now)
            if not any(_overlap(whole, other) for other in kept):
                kept.append(whole)
    return [
        Trend(
            term=written[key].most_common(1)[0][0],
            papers=now[key],
            times=now[key] / len(recent) / (then[key] / len(before)) if then[key] else None,
        )
        for key in kept[:limit]
    ]


def names(paper: Paper, term: str) -> bool:
    """Whether a paper's title, keywords or abstract name `term`, in the singular or the plural."""
    wanted = _key(folded(term).split())
    return bool(wanted) and bool(_counted([paper], {wanted})[wanted])


def singular(word: str) -> str:
    """An English word without the `s` of its plural."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _counted(papers: Iterable[Paper], keys: Iterable[str]) -> Counter[str]:
    """How many of the papers name each of these keys."""
    alone: set[str] = set()
    longer = defaultdict[str, list[list[str]]](list)
    for key in keys:
        first, *rest = key.split()
        if rest:
            longer[first].append(rest)
        else:
            alone.add(key)
    counts = Counter[str]()
    for paper in papers:
        named: set[str] = set()
        for text in (paper.title, *paper.keywords, paper.abstract):
            # Folding takes apart what is not ASCII, and most abstracts are.
            found = _WORD.findall(text.lower()) if text.isascii() else folded(text).split()
            singulars = [singular(word) for word in found]
            named.update(alone.intersection(singulars))
            for at, word in enumerate(found):
                for rest in longer.get(word, ()):
                    end = at + len(rest)
                    if found[at + 1 : end] == rest[:-1] and singulars[end : end + 1] == rest[-1:]:
                        named.add(" ".join((word, *rest)))
        counts.update(named)
    return counts


def _rise(count: int, papers: int, before: int, papers_before: int) -> float:
    """How many standard errors a share lies above what it was: the test of two proportions, each count raised by a half."""
    if not papers or not papers_before:
        return 0.0
    share, was = (count + 0.5) / (papers + 1), (before + 0.5) / (papers_before + 1)
    pooled = (count + before + 1) / (papers + papers_before + 2)
    return (share - was) / math.sqrt(pooled * (1 - pooled) * (1 / (papers + 1) + 1 / (papers_before + 1)))


def _terms(paper: Paper) -> Iterator[tuple[str, str]]:
    """Each term of a paper with how it is written there; the key is folded and singular."""
    for part in _DIVIDED.split(paper.title):
        found = list(_WRITTEN.finditer(part))
        plain = [folded(word[0]).split() for word in found]
        for first in range(len(found)):
            for last in range(first, min(first + _MOST_WORDS, len(found))):
                words = [word for words in plain[first : last + 1] for word in words]
                if _is_term(words):
                    yield _key(words), part[found[first].start() : found[last].end()]
    for keyword in paper.keywords:
        # A keyword is a term as a whole; what it has in brackets is the same once more.
        name = _DIVIDED.split(keyword)[0].strip()
        words = folded(name).split()
        if len(words) <= _MOST_WORDS and _is_term(words):
            yield _key(words), name


def _is_term(words: Sequence[str]) -> bool:
    if not words or words[0] in GRAMMAR or words[-1] in GRAMMAR or words[0].isdigit():
        return False
    return len(words) > 1 or len(words[0]) > 2


def _key(words: Sequence[str]) -> str:
    *first, last = words or [""]
    return " ".join((*first, singular(last)))


def _whole(key: str, candidates: Iterable[str], counts: Counter[str]) -> str:
    """The longest term that `key` is nearly always a part of: `reasoning language model` for `reasoning language`."""
    longer = [other for other in candidates if f" {key} " in f" {other} " and counts[other] >= _NEARLY * counts[key]]
    return max(longer, key=lambda other: (len(other), other), default=key)


def _overlap(key: str, other: str) -> bool:
    """Whether one of two terms is a part of the other: both would open much the same papers."""
    return f" {key} " in f" {other} " or f" {other} " in f" {key} "
