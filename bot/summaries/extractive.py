"""The best sentences of an abstract, chosen by a small ranking of our own. Pure; used when nobody wrote a summary.

A sentence scores by the words that the abstract repeats (term frequency, without favouring long sentences), by what it
shares with the title, by its position (the last one mostly has the result, the first the background), and by the phrases
with which authors announce what is new or what they found. The chosen ones are shown in the abstract's own order.
"""

import math
import re
from collections import Counter

from bot.model import Paper, Summary, SummarySource
from bot.summaries.sentences import plain_text, sentences

MOST_SENTENCES = 4

_WORD = re.compile(r"[A-Za-z][A-Za-z-]{2,}")
# Too common in abstracts to say what one is about.
_COMMON = frozenset(
    """
    the and for that this with are our from can which have has been into these their such than also its not but more most
    over while when where both each other only however existing recent using used use based via show shows paper work
    propose proposed introduce present model models method methods approach approaches results
    """.split()  # noqa: SIM905 - a list of forty strings reads worse
)
# What authors say where they tell what is new, and what came out of it.
_NEW = re.compile(
    r"\b(?:we|this (?:paper|work|report)) (?:\w+ )?(?:propose|introduce|present|develop|release|design|show)", re.IGNORECASE
)
_RESULT = re.compile(
    r"\b(?:outperform|state-of-the-art|surpass|achiev|improv|demonstrat|results|accuracy|faster|\d+(?:\.\d+)?\s?%)",
    re.IGNORECASE,
)
_POINTER = re.compile(r"https?://|\b(?:code|project page|data) (?:is|are|will be)\b|available at", re.IGNORECASE)


def extract(paper: Paper, most: int = MOST_SENTENCES) -> Summary | None:
    """At most `most` sentences of the paper's abstract, in its order; None when there is no abstract."""
    found = sentences(plain_text(paper.abstract))
    if not found:
        return None
    if len(found) > most:
        scores = _scores(found, paper.title)
        best = sorted(range(len(found)), key=lambda index: (-scores[index], index))[:most]
        found = [found[index] for index in sorted(best)]
    return Summary(language="en", source=SummarySource.ABSTRACT, bullets=tuple(found))


def _scores(found: list[str], title: str) -> list[float]:
    words = [_words(sentence) for sentence in found]
    frequency = Counter(word for sentence in words for word in set(sentence))
    titled = set(_words(title))
    return [
        _terms(sentence, frequency)
        + 1.5 * len(titled.intersection(sentence)) / math.sqrt(len(titled) + 1)
        + (1.0 if _NEW.search(text) else 0.0)
        + (0.6 if _RESULT.search(text) else 0.0)
        + (0.5 if index == len(found) - 1 else 0.0)
        # A bare "code is available at" says where, not what; the links stand in the buttons anyway.
        - (1.5 if _POINTER.search(text) else 0.0)
        for index, (text, sentence) in enumerate(zip(found, words, strict=True))
    ]


def _terms(sentence: list[str], frequency: Counter[str]) -> float:
    if not sentence:
        return 0.0
    return sum(math.log(1 + frequency[word]) for word in set(sentence)) / (4 + len(sentence))


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.lower()) if word not in _COMMON]
