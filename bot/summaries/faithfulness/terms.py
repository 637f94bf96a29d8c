"""English words, names and abbreviations in a text, and whether a source has them, in any spelling. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bot.summaries.faithfulness.stems import stem

_WORD = re.compile(
    r"[A-Za-z](?:[A-Za-z0-9]|[-+_./'](?=[A-Za-z0-9]))*\+*|(?<!\d)\d{1,6}[A-Za-z](?:[A-Za-z0-9]|-(?=[A-Za-z0-9]))*"
)
_NOT_LETTERS = re.compile("[^a-z0-9]+")
_NAME = re.compile(r"\d|[A-Za-z][A-Z]")
_PARTS = re.compile(r"[-+_./' ]+")
# Where a name's own parts meet: `RecurrentGemma`, `InternLM2`.
_SEAMS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])")
# English without Korean between: `Large Language Models`, the candidates for an abbreviation's long form.
_RUN_BREAK = re.compile(r"[^A-Za-z0-9 \-/&']+")
# A figure with its unit (`7B`, `16k`, `30fps`) is checked as a number; `3D`, `2x2`, `4DGS` are names.
_FIGURE = re.compile(r"\d+(?:k|m|b|t|x|th|st|nd|rd|s|ms|gb|mb|tb|px|fps|hz|khz|bit|pp|p)$", re.IGNORECASE)

# Grammar, and what a summary of any paper may say in English beside its Korean: it speaks neither for nor against. What the
# field's every second abstract holds is here too (its commonest nouns, abbreviations and methods), written down from what
# such papers are about, not counted in any data.
EVERYDAY = frozenset(
    map(
        stem,
        """
        a an the and or of in on at by for to from with without as is are be was not no via vs per we our its it
        this that these their than then also can all any both more most into over under between e.g i.e et al etc
        new novel paper work study research approach method methodology model modeling task technique framework
        system algorithm data dataset benchmark training train learn learning learned test testing evaluation
        performance result baseline metric accuracy score experiment analysis application domain process problem
        challenge solution architecture network neural deep layer parameter large language small scale state art
        state-of-the-art sota machine artificial ai ml dl nlp natural processing computer llm lm gpu cpu api arxiv
        github code project page hugging face open source input output optimization efficiency efficient
        generalization quality loss function general specific high low highlight technical detail key main first
        second third one two three what step stage based existing previous real-world various several many such
        other another however moreover furthermore further beyond among across within while when where which who how
        why only very well better best good high higher lower less least about after before during through under up
        out off if but so yet same similar different each every use used using user useful provide present propose
        introduce show demonstrate achieve improve enhance enable allow address leverage require include contain
        obtain reveal consider evaluate explore investigate develop design suggest current recent important
        significant potential effective successful simple complex broad wide fast public valuable challenging
        promising comprehensive extensive overall particular including respectively feature mechanism time speed
        """.split(),  # noqa: SIM905 - a list of a hundred strings reads worse
    )
)


@dataclass(frozen=True, slots=True)
class Term:
    """An English word of a text. `name` when its spelling is that of a name or an abbreviation, not of a common word."""

    text: str
    name: bool

    @property
    def everyday(self) -> bool:
        return stem(self.text) in EVERYDAY


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a source says in English, in every spelling in which a summary may say it again."""

    stems: frozenset[str]
    initials: frozenset[str]
    abbreviations: frozenset[str]
    letters: str = field(repr=False)  # every letter and digit, nothing between: `Fine-Tuning` is found in `fine tuning`

    def has(self, term: str) -> bool:
        """Whether the source has it: the word or another form of it, its parts, its long form or its abbreviation."""
        if stem(term) in self.stems:
            return True
        folded = "".join(_PARTS.split(term)).lower()
        if stem(folded) in self.stems:
            return True
        bare = folded.rstrip("s") if len(folded) > 3 else folded
        if bare in self.initials or bare in self.abbreviations:
            return True
        # Shorter ones stand inside other words by chance.
        if len(bare) > 4 and bare in self.letters:
            return True
        parts = [part for part in _PARTS.split(term) if part]
        return len(parts) > 1 and all(stem(part) in self.stems or stem(part) in EVERYDAY for part in parts)


def terms(text: str) -> Iterator[Term]:
    """Every English word of `text` in order, compounds whole; figures (`7B`) and single letters are left out."""
    for match in _WORD.finditer(text):
        word = match[0].rstrip("'+")
        if len(word) > 1 and not _FIGURE.match(word):
            yield Term(word, looks_like_name(word))


def looks_like_name(word: str) -> bool:
    """A capital after the first letter, or a digit: `GPT-4`, `DreamMatcher`, `3DGS`; not `Fine-Tuning`, `First`."""
    return _NAME.search(word) is not None


def vocabulary(text: str) -> Vocabulary:
    """The vocabulary of a source text (already plain)."""
    stems: set[str] = set()
    initials: set[str] = set()
    abbreviations: set[str] = set()
    for run in _RUN_BREAK.split(text):
        words = [match[0].rstrip("'+") for match in _WORD.finditer(run)]
        pieces: list[str] = []
        seamed: list[str] = []  # `Masked AutoEncoder` is MAE
        for word in words:
            stems.add(stem(word))
            parts = [part for part in _PARTS.split(word) if part]
            stems.update(map(stem, parts))
            pieces.extend(parts)
            if looks_like_name(word):
                abbreviations.add("".join(parts).lower().rstrip("s"))
                parts = [seam for part in parts for seam in _SEAMS.split(part)]
                stems.update(stem(seam) for seam in parts if len(seam) > 2)
            seamed.extend(parts)
        for split in (pieces, seamed) if len(seamed) > len(pieces) else (pieces,):
            initials.update(_initials("".join([piece[0] for piece in split]).lower()))
    return Vocabulary(frozenset(stems), frozenset(initials), frozenset(abbreviations), _NOT_LETTERS.sub("", text.lower()))


def own_names(title: str, source: str) -> frozenset[str]:
    """The names that are this paper's own, in lower case without hyphens: the title's head before a colon, and names in it.

    A paper is called by them, and who has not read it cannot know them.
    """
    head, colon, _ = title.partition(":")
    words = [term for term in terms(title) if term.name]
    if colon and len(head.split()) <= 2:
        words.extend(terms(head))
    named = {joined(term.text) for term in words if not term.everyday}
    # `X: A …` is often called Xv2 or X-Bench in the text; names of the source that hold one of the title's count as well.
    named = {name for name in named if len(name) > 2}
    if named:
        known = {joined(match[0]) for match in _WORD.finditer(source) if looks_like_name(match[0])}
        named |= {name for name in known if any(own in name for own in named)}
    return frozenset(named)


def joined(term: str) -> str:
    return "".join(_PARTS.split(term)).lower()


def _initials(letters: str) -> Iterable[str]:
    return (letters[start : start + size] for size in range(2, 7) for start in range(len(letters) - size + 1))
