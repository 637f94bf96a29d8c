"""Checks a summary against its paper: all checks in one verdict, with reasons that a person can read. Pure; some 3 to 5 ms.

What makes a summary false, and what is only a remark:
- *No source*: without an abstract (or full text) nothing can be said: `faithful` is None.
- *Language*: a text that is not in its language is not the summary that was asked for. False.
- *Subject*: nothing, or too little, of the bullets belongs to this paper. False. This is where invented summaries fail.
- *Numbers, links, names* that the source does not have: false if the writer saw only this source (`whole_source`: our own
  language model, given this text), because then they are invented. Imported summaries were written from papers' full
  texts, which have figures that the abstract does not: for them these are remarks, and count as evidence about the
  subject. Small bare numbers ("three", 3가지) are always remarks: a reader counts what a text lists.
- *Shape*: a fault of form says nothing about truth: a remark for imported summaries, a refusal for our own writer's. Only
  bullets without any text are no summary at all: false.
"""

import enum
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.summaries.faithfulness.language import language_fault
from bot.summaries.faithfulness.links import comparable, urls, without_urls
from bot.summaries.faithfulness.numbers import numbers, unsupported
from bot.summaries.faithfulness.plain import plain
from bot.summaries.faithfulness.shape import shape_faults, unlabelled
from bot.summaries.faithfulness.stems import stem
from bot.summaries.faithfulness.subject import Bullets, Evidence, Source, Weights, evidence
from bot.summaries.faithfulness.terms import EVERYDAY, Term, own_names, terms, vocabulary

# Less evidence than this is no sign of the paper: its name is more, two terms that agree by chance are less.
LEAST_FOR = 2.5
# With this much evidence for it, unknown terms do not matter: the full text explains them.
SURE_FOR = 6.0
# In between, at least this share of all evidence must be for the paper.
LEAST_SHARE = 0.3
# Shorter words have too few consonants.
_SPOKEN = re.compile("[a-z]{5,}")
# For a plain translation with few comparable words, less evidence is enough if nearly all of it is for the paper.
ENOUGH_FOR, NEARLY_ALL = 1.5, 0.7
# A text with fewer letters than this needs only one sign of the paper.
_SHORTEST = 40


class Rule(enum.StrEnum):
    """The checks, by name."""

    LANGUAGE = "language"
    SHAPE = "shape"
    SUBJECT = "subject"
    NUMBERS = "numbers"
    LINKS = "links"
    NAMES = "names"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or doubtful. `decisive` when it makes the summary false."""

    rule: Rule
    text: str
    decisive: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """`faithful` is None when there was no source to check against. The reasons are sentences, the decisive ones first."""

    faithful: bool | None
    findings: tuple[Finding, ...] = ()
    evidence: Evidence | None = None

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(finding.text for finding in sorted(self.findings, key=lambda finding: not finding.decisive))


def check(
    title: str,
    abstract: str,
    bullets: Sequence[str],
    language: str,
    *,
    full_text: str = "",
    whole_source: bool = False,
    off: frozenset[str] = frozenset(),
    weights: Weights = Weights(),  # noqa: B008 - frozen
) -> Verdict:
    """Check bullets against their paper. `whole_source`: the writer saw this text and no other.

    `off` names rules to leave out, for measuring what each is good for; so do `weights` for the subject's evidence.
    """
    if not abstract.strip() and not full_text.strip():
        return Verdict(None, (Finding(Rule.SUBJECT, "No source: the paper has no abstract here to check against.", False),))
    raw = f"{title}\n{abstract}\n{full_text}"
    prose = [unlabelled(bullet) for bullet in bullets]
    written = "\n".join(prose)
    said_text = plain(without_urls(written))
    source_text = plain(without_urls(raw))
    source = source_of(plain(title), source_text)
    said = Bullets(
        text=said_text,
        language=language,
        terms=tuple({term.text: term for term in terms(said_text)}.values()),
        numbers=() if Rule.NUMBERS in off else tuple(numbers(said_text)),
    )
    findings: list[Finding] = []
    weighed = evidence(source, said, weights)
    if Rule.SUBJECT not in off and (fault := _subject(weighed, said_text)):
        findings.append(Finding(Rule.SUBJECT, fault, True))
    if Rule.LANGUAGE not in off and (fault := language_fault(written, language)):
        findings.append(Finding(Rule.LANGUAGE, fault, True))
    if Rule.SHAPE not in off:
        decisive = whole_source or not written.strip()
        findings.extend(Finding(Rule.SHAPE, fault, decisive) for fault in shape_faults(bullets))
    findings.extend(
        Finding(Rule.NUMBERS, why, whole_source and not number.counting)
        for number, why in unsupported(said.numbers, source.numbers)
    )
    if Rule.LINKS not in off:
        findings.extend(Finding(Rule.LINKS, why, whole_source) for why in _links(written, raw))
    if Rule.NAMES not in off:
        findings.extend(Finding(Rule.NAMES, why, whole_source) for why in _names(said.terms, source))
    return Verdict(not any(finding.decisive for finding in findings), tuple(findings), weighed)


def source_of(title: str, text: str) -> Source:
    """A paper taken apart: `text` is all of it, title too, both plain."""
    title_words = _sound_words(title)
    return Source(
        title=vocabulary(title),
        everything=vocabulary(text),
        own_names=own_names(title, text),
        sounds=tuple(dict.fromkeys((*title_words, *_sound_words(text)))),
        titled_sounds=frozenset(title_words),
        numbers=tuple(numbers(text)),
    )


def _sound_words(text: str) -> list[str]:
    parts = _SPOKEN.findall(text.lower())
    return [part for part in dict.fromkeys(parts) if stem(part) not in EVERYDAY]


def _subject(weighed: Evidence, text: str) -> str:
    if weighed.speaking_for >= SURE_FOR or (weighed.speaking_for and len(text) < _SHORTEST):
        return ""
    total = weighed.speaking_for + weighed.against
    if weighed.speaking_for >= LEAST_FOR and weighed.speaking_for >= LEAST_SHARE * total:
        return ""
    if weighed.speaking_for >= ENOUGH_FOR and weighed.speaking_for >= NEARLY_ALL * total:
        return ""
    shared = ", ".join(weighed.shared[:6]) or "nothing"
    sentence = f"Does not seem to be about this paper: they share {shared}"
    if weighed.foreign:
        sentence += f"; not in the source: {', '.join(weighed.foreign[:8])}"
    return sentence + "."


def _links(written: str, source: str) -> Iterator[str]:
    known = {comparable(url) for url in urls(source)}
    for url in dict.fromkeys(urls(written)):
        if comparable(url) not in known:
            yield f"{url}: this address is not in the source."


def _names(said: Iterable[Term], source: Source) -> Iterator[str]:
    for term in said:
        if term.name and not term.everyday and not source.everything.has(term.text):
            yield f"{term.text}: this name is not in the source."
