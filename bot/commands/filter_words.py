"""Parses the words after /filter into what a subscriber wants and does not want. Pure.

`diffusion, "world model" -video author:He, LeCun org:NVIDIA votes:>5 top:10`: commas separate terms, whose
words must all occur; a minus or a key applies up to the next comma, key or minus; after a key, a comma adds another value.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from bot.commands.numerals import in_digits
from bot.commands.setting_values import MOST_PAPERS, MOST_VOTES
from bot.digest.filters import folded, has_words
from bot.model import Filters

# A digest is chosen by some words, not by a dictionary; and what is longer than this is a sentence.
MOST_TERMS = 20
TERM_LENGTH = 60

_KEYS = {
    "without": ("without", "not", "exclude", "제외", "빼기", "除外", "排除", "不要"),
    "having": ("with", "having", "word", "words", "포함", "단어", "含む", "単語", "包含", "关键词"),
    "authors": ("author", "authors", "by", "저자", "著者", "作者"),
    "organizations": (
        "org", "organization", "organisation", "organizations", "lab", "기관", "소속", "機関", "所属", "机构",
        "單位",
    ),
    "votes": ("votes", "vote", "upvotes", "likes", "추천", "추천수", "득표", "投票", "投票数", "票", "票数", "点赞"),
    "top": ("top", "상위", "편수", "上位", "件数", "前", "篇数"),
}  # fmt: skip
_KEY_OF = {word: key for key, words in _KEYS.items() for word in words}
_ENDS = frozenset({
    "off", "none", "clear", "reset", "no",
    "끄기", "해제", "없음", "삭제", "초기화", "解除", "なし", "オフ", "クリア", "关闭", "清除", "取消", "无",
})  # fmt: skip
_OR = frozenset({"or", "또는", "または", "或", "或者", "|"})

_TOKEN = re.compile(
    r'(?P<minus>-)?"(?P<quoted>[^"]*)"?'
    r"|(?P<comma>[,、，;]|\|)"
    r"|(?P<key>[^\W\d_]+)\s*[:=]\s*"
    r'|(?P<dash>-)?(?P<word>[^\s,、，;|"]+)'
)
_NUMBER = re.compile(r"(?:>=?|≥|=)?\s*(\d{1,9})\s*\+?")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for. `votes` and `top` are None where nothing was said of them; `top` 0 means all.

    `adds` is true when it is to stand beside what was wanted before.
    """

    filters: Filters = field(default_factory=Filters)
    votes: int | None = None
    top: int | None = None
    adds: bool = False


@dataclass(frozen=True, slots=True)
class NoFilter:
    """The part that cannot be a filter: no word in it, no number after `key`, too long, or `too_many` of them."""

    written: str
    key: str = ""
    too_many: bool = False


def ends_filters(text: str) -> bool:
    """Whether the words ask for no filters at all."""
    return text.strip().casefold() in _ENDS


def read_filter_words(text: str) -> Wanted | NoFilter:
    """What the words ask for."""
    written = _tidied(text)
    adds = written.startswith("+")
    reading = _Reading()
    for token in _TOKEN.finditer(written.lstrip("+ ")):
        if (fault := reading.take(token)) is not None:
            return fault
    read = reading.ended()
    return replace(read, adds=adds) if isinstance(read, Wanted) else read


def merged(before: Filters, more: Filters) -> Filters:
    """Both, each term once; what is to be left out now is not asked for any more, and the other way round."""
    dropped = {folded(term) for term in more.without}
    wanted = {folded(term) for term in more.having} - dropped
    return Filters(
        having=_once(term for term in (*before.having, *more.having) if folded(term) not in dropped),
        without=_once(term for term in (*before.without, *more.without) if folded(term) not in wanted),
        authors=_once((*before.authors, *more.authors)),
        organizations=_once((*before.organizations, *more.organizations)),
    )


def count(filters: Filters) -> int:
    """How many terms there are."""
    return sum(map(len, (filters.having, filters.without, filters.authors, filters.organizations)))


def _once(terms: Iterable[str]) -> tuple[str, ...]:
    kept: dict[str, str] = {}
    for term in terms:
        kept.setdefault(folded(term), term)
    return tuple(kept.values())


def _tidied(text: str) -> str:
    written = unicodedata.normalize("NFKC", text)
    written = re.sub("[“”„«»「」『』〝〞＂]", '"', written)
    written = re.sub("[−–—‐‑]", "-", written)
    return " ".join(written.split())


class _Reading:
    """What has been read so far: of the term that is open, its key and its words."""

    def __init__(self) -> None:
        self._terms: dict[str, list[str]] = {"having": [], "without": [], "authors": [], "organizations": []}
        self._numbers: dict[str, int] = {}
        self._key, self._words = "having", list[str]()

    def take(self, token: "re.Match[str]") -> NoFilter | None:
        """Read one token; gives what is wrong with the term that it ends."""
        word, quoted = token["word"], token["quoted"]
        if token["comma"] or (word is not None and word.casefold() in _OR):
            kept = self._key if self._key in {"authors", "organizations", "without"} else "having"
            return self._end(kept)
        if token["key"] is not None:
            key = _KEY_OF.get(token["key"].casefold())
            if key is None:
                # `note: this` is no key of ours.
                self._words.append(token["key"])
                return None
            return self._end(key)
        if token["minus"] or token["dash"]:
            fault = self._end("without")
            self._words.append(_phrase(quoted) if quoted is not None else word)
            # A minus holds for one word or one phrase.
            return fault or self._end("having")
        if word == "-":
            return self._end("without")
        if quoted is not None and self._key in {"authors", "organizations"}:
            # `author:"Kaiming He" diffusion`: the quotes say where the name ends.
            fault = None if not self._words else self._end(self._key)
            self._words.append(quoted)
            return fault or self._end("having")
        self._words.append(_phrase(quoted) if quoted is not None else word)
        return None

    def ended(self) -> Wanted | NoFilter:
        fault = self._end("having")
        if fault is not None:
            return fault
        filters = merged(Filters(), Filters(**{key: tuple(terms) for key, terms in self._terms.items()}))
        if count(filters) > MOST_TERMS:
            return NoFilter("", too_many=True)
        return Wanted(filters, self._numbers.get("votes"), self._numbers.get("top"))

    def _end(self, following: str) -> NoFilter | None:
        """The open term is over; the next one is of the key `following`."""
        key, term = self._key, " ".join(self._words)
        self._key, self._words = following, []
        if not term:
            return None
        if key in {"votes", "top"}:
            # The number is all that belongs to the key: `votes:5 diffusion`.
            number, _, rest = term.partition(" ")
            if number in {">", ">=", "≥"}:
                number, _, rest = rest.partition(" ")
            found = _NUMBER.fullmatch(in_digits(number, anywhere=True))
            most = MOST_VOTES if key == "votes" else MOST_PAPERS
            if found is None or int(found[1]) > most:
                return NoFilter(term, key)
            self._numbers[key] = int(found[1])
            key, term = "having", rest
            if not term:
                return None
        if len(term) > TERM_LENGTH or not has_words(term):
            return NoFilter(term, key if key != "having" else "")
        self._terms[key].append(term)
        return None


def _phrase(quoted: str) -> str:
    # A single word between quotes is that word.
    return f'"{quoted.strip()}"' if " " in quoted.strip() else quoted.strip()
