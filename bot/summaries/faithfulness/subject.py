"""Whether a summary is about this paper at all, by weighing the evidence for and against. Pure.

An invented summary knows nothing of the paper: it cannot name it, does not use its terms, and consists of what papers of
the field have in common. One written from the paper's text repeats its name, its terms in English or by their sound, its
topics in the reader's language, and its exact numbers. Both are counted, and neither decides alone: a true summary of the
full text has much that the abstract does not, and an invented one agrees with the abstract here and there by chance.
"""

from dataclasses import dataclass, fields

from bot.summaries.faithfulness import glossary
from bot.summaries.faithfulness.numbers import Number, supported
from bot.summaries.faithfulness.sounds import spelled_by_sound
from bot.summaries.faithfulness.stems import stem
from bot.summaries.faithfulness.terms import EVERYDAY, Term, Vocabulary, joined

# More strangers than this are one thing said at length: a summary of a full text lists its datasets and baselines.
MOST_AGAINST = 8.0
# What a text comes back to so often is what it is about.
OFTEN = 3


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each kind of evidence counts, in units of one specific term of the abstract.

    They follow from how likely each is by chance. The paper's own name is not guessed: it decides alone. A name or
    abbreviation of the abstract is seldom guessed, a term of the title more seldom than one of the abstract, for a
    title has few; one of the field's broad topics (glossary.tsv) half as much, for many papers share it. An exact
    number (two digits or more) is guessed once in tens. A topic word in the reader's language is broad, a sound can
    mislead; a topic of the title to which the bullets come back again and again is worth a term of it. Who has read a
    paper that names itself mostly repeats the name: bullets without it need more to be believed (`unnamed`).
    """

    own_name: float = 6.0
    name: float = 1.5
    titled_term: float = 1.5
    term: float = 1.0
    broad_term: float = 0.5
    sound: float = 0.75
    titled_sound: float = 1.25
    titled_topic: float = 0.75
    returned_topic: float = 1.5
    topic: float = 0.3
    number: float = 1.0
    foreign_name: float = 1.0
    foreign_term: float = 0.5
    foreign_topic: float = 0.2
    unnamed: float = 3.0


@dataclass(frozen=True, slots=True)
class Source:
    """A paper's text, taken apart once."""

    title: Vocabulary
    everything: Vocabulary
    own_names: frozenset[str]
    sounds: tuple[str, ...]
    titled_sounds: frozenset[str]
    numbers: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    """What a summary says: its plain text, its English terms and its numbers, each once."""

    text: str
    language: str
    terms: tuple[Term, ...]
    numbers: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against, and the words that do."""

    speaking_for: float
    against: float
    shared: tuple[str, ...]
    foreign: tuple[str, ...]


def evidence(source: Source, bullets: Bullets, weights: Weights) -> Evidence:
    """Weigh bullets against a paper."""
    favour: dict[str, float] = {}
    foreign: dict[str, float] = {}
    spelled: dict[str, str] = {}  # as the bullets spell it, for the reader of a reason
    # Simple words first: a compound of what was counted already (`Transformer-based`, `Self-Attention`) says nothing new.
    for term in sorted(bullets.terms, key=lambda term: "-" in term.text):
        if term.everyday:
            continue
        key = _key(term)
        spelled.setdefault(key, term.text)
        if key in favour or key in foreign:
            continue
        if joined(term.text) in source.own_names:
            favour[key] = weights.own_name
        elif source.everything.has(term.text):
            known = weights.broad_term if key in glossary.topic_stems() else weights.term
            known = weights.titled_term if source.title.has(term.text) else known
            favour[key] = max(known, weights.name if term.name else 0.0)
        else:
            foreign[key] = weights.foreign_name if term.name else weights.foreign_term
    heard = spelled_by_sound(bullets.text, (word for word in source.sounds if stem(word) not in favour))
    for word in heard:
        spelled[stem(word)] = f"{heard[word]} ({word})"
        favour[stem(word)] = weights.titled_sound if word in source.titled_sounds else weights.sound
    _topics(
        source, bullets, weights, favour=favour, foreign=foreign
    )  # after the terms: what they said is not counted again
    for number in supported(bullets.numbers, source.numbers):
        favour[number.text] = weights.number
    against = min(sum(foreign.values()), MOST_AGAINST)
    if source.own_names and not any(joined(term.text) in source.own_names for term in bullets.terms):
        against += weights.unnamed
    shared, strangers = (tuple(spelled.get(key, key) for key in found) for found in (favour, foreign))
    return Evidence(sum(favour.values()), against, shared, strangers)


def _key(term: Term) -> str:
    """What the term is counted by: its stem, or of a compound the stem of the one part that is not an everyday word."""
    parts = [stem(part) for part in term.text.split("-") if stem(part) not in EVERYDAY]
    return parts[0] if len(parts) == 1 and len(parts[0]) > 2 and not term.name else stem(term.text)


def _topics(
    source: Source, bullets: Bullets, weights: Weights, *, favour: dict[str, float], foreign: dict[str, float]
) -> None:
    """Topic words in the reader's language; a rendering of several English words is known when the paper has any."""
    by_rendering: dict[str, set[int]] = {}
    for line, rendering in glossary.spoken_of(bullets.text, bullets.language).items():
        by_rendering.setdefault(rendering, set()).add(line)
    counted: set[int] = set()
    said_in_english = {*favour, *foreign}
    for rendering, lines in by_rendering.items():
        english = frozenset().union(*(glossary.english_of(line) for line in lines))
        if counted & lines or english & said_in_english:
            continue
        counted |= lines
        if english & source.title.stems - EVERYDAY:
            returned = bullets.text.count(rendering) >= OFTEN
            favour[rendering] = weights.returned_topic if returned else weights.titled_topic
        elif english & source.everything.stems - EVERYDAY:
            favour[rendering] = weights.topic
        elif not english & EVERYDAY:
            foreign[rendering] = weights.foreign_topic


def without(weights: Weights, *names: str) -> Weights:
    """The same weights with some at nothing, to show what each is good for."""
    return Weights(**{one.name: 0.0 if one.name in names else getattr(weights, one.name) for one in fields(weights)})
