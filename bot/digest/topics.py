"""Topics that a subscriber picks by a button: each a few terms of filters, which people could type as well. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.digest.filters import folded, passes
from bot.model import Filters, Paper

Translate = Callable[[str], str]
# The keywords of a paper that are offered beside its topics; the Hub gives about ten, the first ones say the most.
KEYWORDS, KEYWORD_LENGTH = 5, 40


@dataclass(frozen=True, slots=True)
class Topic:
    """`code` names it in buttons for ever. Its terms are English, as every title and abstract is."""

    code: str
    terms: tuple[str, ...]
    label: Callable[[Translate], str]


TOPICS = (
    Topic("lm", ('"language model"', "LLM"), lambda gettext: gettext("Language models")),
    Topic("re", ("reasoning",), lambda gettext: gettext("Reasoning")),
    Topic("ag", ("agent",), lambda gettext: gettext("Agents")),
    Topic("mm", ("multimodal", '"vision language"'), lambda gettext: gettext("Multimodal")),
    Topic("di", ("diffusion", '"text to image"'), lambda gettext: gettext("Image generation")),
    Topic("vi", ("video",), lambda gettext: gettext("Video")),
    Topic("3d", ("3D", '"gaussian splatting"', "NeRF"), lambda gettext: gettext("3D")),
    Topic("ro", ("robot", "embodied"), lambda gettext: gettext("Robotics")),
    Topic("au", ("speech", "audio", "music"), lambda gettext: gettext("Speech and audio")),
    Topic("rl", ('"reinforcement learning"', "RL"), lambda gettext: gettext("Reinforcement learning")),
    Topic("co", ('"code generation"', "coding", "software"), lambda gettext: gettext("Code")),
    Topic("be", ("benchmark", "dataset"), lambda gettext: gettext("Benchmarks and data")),
)
_BY_CODE = {topic.code: topic for topic in TOPICS}


def topic(code: str) -> Topic | None:
    return _BY_CODE.get(code)


def has(terms: Sequence[str], of: Topic) -> bool:
    """Whether every term of a topic is among `terms`."""
    return {folded(term) for term in of.terms} <= {folded(term) for term in terms}


def toggled(terms: Sequence[str], more: Sequence[str]) -> tuple[str, ...]:
    """`terms` with `more`; or without them, when all of these were there."""
    there, asked = {folded(term) for term in terms}, {folded(term) for term in more}
    if asked <= there:
        return tuple(term for term in terms if folded(term) not in asked)
    return (*terms, *(term for term in more if folded(term) not in there))


def topics_of(paper: Paper) -> list[Topic]:
    """The topics that a paper belongs to, and its first keywords as topics of their own."""
    found = [one for one in TOPICS if passes(paper, Filters(having=one.terms))]
    known = {folded(term) for one in found for term in one.terms}
    for keyword in paper.keywords:
        if len(found) >= len(TOPICS) or sum(one not in TOPICS for one in found) >= KEYWORDS:
            break
        name = " ".join(keyword.split())
        # A keyword that a topic's term is already in says nothing new.
        if name and len(name) <= KEYWORD_LENGTH and folded(name) and folded(name) not in known:
            known.add(folded(name))
            found.append(_keyword(name))
    return found


def by_frequency(papers: Sequence[Paper]) -> list[tuple[Topic, int]]:
    """The topics with how many of `papers` belong to each, in the order of TOPICS, which people learn."""
    return [(one, sum(passes(paper, Filters(having=one.terms)) for paper in papers)) for one in TOPICS]


def without_terms(filters: Filters, terms: Sequence[str]) -> Filters:
    """`filters` in which these terms are not asked for: what is to be left out cannot be wanted too."""
    gone = {folded(term) for term in terms}
    return replace(filters, having=tuple(term for term in filters.having if folded(term) not in gone))


def _keyword(name: str) -> Topic:
    return Topic("", (f'"{name}"' if " " in name else name,), lambda _: name)
