"""Whether a paper passes a subscriber's filters, in every language that is known of it. Pure.

Case, accents and punctuation are ignored. Latin terms are found at the beginning of words (`agent` in `agentic`), plurals
also as singulars, short terms only as whole words (`RL`, `RLs`); Korean, Japanese and Chinese ones anywhere, because
particles are attached to words and spacing varies between writers.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.model import Filters, Paper
from bot.search.folding import folded, is_cjk
from bot.search.terms import singular

__all__ = ["folded", "has_words", "is_by", "is_of", "passes"]

# A term of at most this many letters matches only whole words: `3D`, `RL`, `LLM`.
_WHOLE_WORD = 3
# The parts of a term: what is between quotes, in any language, and the other words.
_PARTS = re.compile(r'"([^"]*)"|(\S+)')
# The days of a month; a text is some kilobytes.
_REMEMBERED = 1000


def passes(paper: Paper, filters: Filters) -> bool:
    """Whether `paper` is wanted. What is unknown of it (an organization, as of most papers) was not asked for."""
    if not filters:
        return True
    text = _text(paper) if filters.having or filters.without else _NO_TEXT
    return (
        (not filters.having or any(_holds(text, term) for term in filters.having))
        and not any(_holds(text, term) for term in filters.without)
        and (not filters.authors or any(is_by(paper, name) for name in filters.authors))
        and (not filters.organizations or any(is_of(paper, name) for name in filters.organizations))
    )


def is_by(paper: Paper, name: str) -> bool:
    """Whether an author has all words of `name`, in any order; an initial stands for its name: Y. LeCun."""
    wanted = _name(name)
    return bool(wanted) and any(_same_name(wanted, _name(author)) for author in paper.authors)


def is_of(paper: Paper, name: str) -> bool:
    """Whether the paper's organization has all words of `name`."""
    text = _prepared(folded(paper.organization or ""))
    return bool(text.packed) and _holds(text, name)


def has_words(term: str) -> bool:
    """Whether there is anything in a term that can be looked for."""
    return bool(_finders(term))


@lru_cache(10_000)
def _name(name: str) -> tuple[str, ...]:
    return tuple(folded(name).split())


@dataclass(frozen=True, slots=True)
class _Text:
    """What is searched: words between single blanks, one at each end too; and the same without any blank."""

    spaced: str
    packed: str


_NO_TEXT = _Text("", "")


def _prepared(text: str) -> _Text:
    return _Text(f" {text} ", text.replace(" ", ""))


@lru_cache(_REMEMBERED)
def _text(paper: Paper) -> _Text:
    bullets = (bullet for summary in paper.summaries for bullet in summary.bullets)
    # A mark that no term holds, so that no phrase goes from one part into the next.
    return _prepared(" / ".join(map(folded, (paper.title, paper.abstract, *paper.keywords, paper.hub_summary, *bullets))))


def _holds(text: _Text, term: str) -> bool:
    """Whether all words of `term` are in the text, quoted ones side by side."""
    return all(finds(text) for finds in _finders(term))


_Finder = Callable[[_Text], bool]


@lru_cache(10_000)
def _finders(term: str) -> tuple[_Finder, ...]:
    written = (quoted or word for quoted, word in _PARTS.findall(term))
    return tuple(_finder(tokens) for tokens in (folded(one).split() for one in written) if tokens)


def _finder(tokens: Sequence[str]) -> _Finder:
    """What looks for one word or phrase. Plain looks are ten times as fast as patterns, of which few terms need one."""
    phrase = " ".join(tokens)
    if not any(map(is_cjk, tokens)):
        ends = (" ", "s ") if len(tokens[-1]) <= _WHOLE_WORD else ("",)
        wanted = [f" {phrase}{end}" for end in ends]
        if (one := singular(phrase)) != phrase:
            # Who writes `robots` means a robot too, but with `lens` nothing that begins in `len`.
            wanted.append(f" {one} ")
        return lambda text: any(one in text.spaced for one in wanted)
    packed = "".join(tokens)
    if all(map(is_cjk, tokens)):
        return lambda text: packed in text.packed
    pattern = _pattern(tokens)
    return lambda text: packed in text.packed and pattern.search(text.spaced) is not None


def _pattern(tokens: Sequence[str]) -> re.Pattern[str]:
    """Of Latin and CJK tokens in one phrase, `3d 가우시안`: blanks between CJK characters may be there or not."""
    written = ""
    for index, token in enumerate(tokens):
        last = index == len(tokens) - 1
        # A blank always stands between the two scripts, so that a word's beginning and end are blanks.
        begins = "" if is_cjk(token) and index == 0 else " "
        letters = " ?".join(map(re.escape, token)) if is_cjk(token) else re.escape(token)
        ends = "s? " if last and not is_cjk(token) and len(token) <= _WHOLE_WORD else ""
        written += begins + letters + ends
    return re.compile(written)


def _same_name(wanted: Sequence[str], words: Sequence[str]) -> bool:
    """Whether each of the wanted words is another word of the name."""
    left = list(words)
    for word in wanted:
        found = next((one for one in left if one == word or (1 in {len(one), len(word)} and one[0] == word[0])), None)
        if found is None:
            # 홍길동 may be written as one word or as two.
            return "".join(wanted) == "".join(words) and not "".join(words).isascii()
        left.remove(found)
    return any(len(word) > 1 for word in wanted)
