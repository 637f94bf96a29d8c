"""An author's name in the parts that reference managers want: family, given, particle, suffix; a group's stays whole."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bibtexparser.exceptions import BlockAbortedException
from bibtexparser.middlewares.names import InvalidNameError, parse_single_name_into_parts

# Words that no person's name has: arXiv lists teams and firms among the authors.
_GROUPS = frozenset({
    "ai", "alliance", "association", "authors", "center", "centre", "collaboration", "college", "community", "company",
    "consortium", "contributors", "corporation", "department", "foundation", "group", "inc", "institute", "lab", "labs",
    "laboratory", "llc", "ltd", "organization", "others", "project", "research", "school", "society", "team", "teams",
    "university",
})  # fmt: skip
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
_EAST_ASIAN = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# LaTeX's characters, which no name contains, are removed. And what only groups' names have: a slash, an at sign, a number.
_LATEX = str.maketrans("", "", "{}\\$")
_NOT_OF_PEOPLE = re.compile(r"[/@&:;\d()]|\band\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A person's name in parts, or the `literal` name of a group, and of somebody whose name has no parts to tell."""

    family: str = ""
    given: str = ""
    particle: str = ""
    suffix: str = ""
    literal: str = ""

    @property
    def whole_family(self) -> str:
        """`van den Berg`."""
        return f"{self.particle} {self.family}".strip()


def names_of(authors: Iterable[str]) -> tuple[Name, ...]:
    """All of them, without marks that lists have among their authors (`+` for those who are left out)."""
    return tuple(name_of(author) for author in authors if any(ch.isalpha() for ch in author))


def name_of(author: str) -> Name:
    """The parts of `author` as a list of authors writes it: `Ludwig van den Berg`, `Berg, Jan`, `DeepSeek-AI`."""
    text = " ".join(author.translate(_LATEX).split()).strip(" ,").removeprefix("and ")
    words = text.split(" ")
    if len(words) == 1 or _is_group(text, words):
        return Name(literal=text)
    suffix = ""
    if "," not in text and len(words) > 2 and words[-1].strip(".").casefold() in _SUFFIXES:
        suffix = words.pop()
    try:
        parts = parse_single_name_into_parts(" ".join(words))
    except (InvalidNameError, BlockAbortedException):
        return Name(literal=text)
    given, particle = parts.first, parts.von
    if not particle and given and all(word.islower() for word in given):
        # Just `de Vries`: BibTeX would take the particle for a given name.
        given, particle = [], given
    return Name(
        family=" ".join(parts.last),
        given=" ".join(given),
        particle=" ".join(particle),
        suffix=suffix or " ".join(parts.jr),
    )


def _is_group(text: str, words: list[str]) -> bool:
    if text.count(",") > 1 or _EAST_ASIAN.search(text) or _NOT_OF_PEOPLE.search(text):
        return True
    # "AI" in capitals is a firm's, "Ai" a family's name.
    return any(word.strip(".,").casefold() in _GROUPS and not word.startswith("Ai") for word in words)
