"""Whether a paper passes a subscriber's filters, in every language that is known of it. Pure.

Texts and terms are compared without case, accents and signs. Latin terms are found at the beginning of words (`agent` in
`agentic`), short ones only as whole words (`RL`, `RLs`); Korean, Japanese and Chinese ones anywhere, for their particles
are written on and their blanks differ from hand to hand.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from bot.model import Filters, Paper

# A term of so many letters means that word and no other: `3D`, `RL`, `LLM`.
_WHOLE_WORD = 3
_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"
_LETTER = rf"[^\W{_CJK}]"
_TOKEN = re.compile(rf"[{_CJK}]+|{_LETTER}+")
# Of a term: what stands between quotes, of whatever language, and the words beside.
_PARTS = re.compile(r'"([^"]*)"|(\S+)')
# The days of a month; a text is some kilobytes.
_REMEMBERED = 1000


def passes(paper: Paper, filters: Filters) -> bool:
    """Whether `paper` is wanted. What is unknown of it (an organization, as of most papers) was not asked for."""
    if not filters:
        return True
    return (
        (not filters.having or any(holds(paper, term) for term in filters.having))
        and not any(holds(paper, term) for term in filters.without)
        and (not filters.authors or any(is_by(paper, name) for name in filters.authors))
        and (not filters.organizations or any(is_of(paper, name) for name in filters.organizations))
    )


def holds(paper: Paper, term: str) -> bool:
    """Whether the title, abstract, keywords or any summary have all words of `term`, quoted ones side by side."""
    text = _text(paper)
    return all(one.search(text) for one in _patterns(term))


def is_by(paper: Paper, name: str) -> bool:
    """Whether an author has all words of `name`, in any order; an initial stands for its name: Y. LeCun."""
    wanted = _name(name)
    return bool(wanted) and any(_same_name(wanted, _name(author)) for author in paper.authors)


def is_of(paper: Paper, name: str) -> bool:
    """Whether the paper's organization has all words of `name`."""
    text = folded(paper.organization or "")
    return bool(text) and all(one.search(text) for one in _patterns(name))


def has_words(term: str) -> bool:
    """Whether there is anything in a term that can be looked for."""
    return bool(_patterns(term))


def folded(text: str) -> str:
    """`text` without case, Latin accents and signs, its words by single blanks, CJK apart from Latin: `gpt 4`, `llm 을`."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    # The marks of Latin, Greek and Cyrillic only: those of Japanese (が) tell words apart.
    kept = "".join(ch for ch in plain if not "\u0300" <= ch <= "\u036f")
    return " ".join(_TOKEN.findall(unicodedata.normalize("NFC", kept)))


@lru_cache(10_000)
def _name(name: str) -> tuple[str, ...]:
    return tuple(folded(name).split())


@lru_cache(_REMEMBERED)
def _text(paper: Paper) -> str:
    bullets = (bullet for summary in paper.summaries for bullet in summary.bullets)
    # A mark that no term holds, so that no phrase goes from one part into the next.
    return " / ".join(map(folded, (paper.title, paper.abstract, *paper.keywords, paper.hub_summary, *bullets)))


@lru_cache(10_000)
def _patterns(term: str) -> tuple[re.Pattern[str], ...]:
    parts = [quoted or word for quoted, word in _PARTS.findall(term)]
    return tuple(_pattern(tokens) for tokens in (folded(part).split() for part in parts) if tokens)


def _pattern(tokens: Sequence[str]) -> re.Pattern[str]:
    written = ""
    for index, token in enumerate(tokens):
        is_cjk = re.match(f"[{_CJK}]", token) is not None
        if index:
            written += " ?" if is_cjk or re.match(f"[{_CJK}]", tokens[index - 1]) else " "
        if is_cjk:
            written += " ?".join(map(re.escape, token))
            continue
        written += (rf"(?<!{_LETTER})" if not index else "") + re.escape(token)
        if index == len(tokens) - 1 and len(token) <= _WHOLE_WORD:
            written += rf"s?(?!{_LETTER})"
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
