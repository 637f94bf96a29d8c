"""Topics that a subscriber picks by a button: each stands for a few filter terms, which can be typed as well. Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.digest.filters import folded, passes
from bot.model import Filters, Paper

Translate = Callable[[str], str]
# The keywords of a paper that are offered beside its topics; the Hub gives about ten, the first ones say the most.
KEYWORDS, KEYWORD_LENGTH = 5, 40
# In a title, what stands between its terms.
_BETWEEN = re.compile(
    r"(?i)[^\w\s-]+|\b(?:an?|the|and|or|of|in|on|at|by|for|to|from|with|without|as|is|are|via|towards?|into|over|under|any|all|"
    r"that|which|using|through|beyond|based|can|do|does|how|what|when|why|need|you|your|we|our|it|its|not|no|more|new|one|two)\b"
)


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
    """The topics that a paper belongs to, and as more of them its first keywords, or terms of its title without any."""
    found = [one for one in TOPICS if passes(paper, Filters(having=one.terms))]
    known = {folded(term) for topic in found for term in topic.terms}
    names = []
    for keyword in paper.keywords or _title_terms(paper.title):
        name = " ".join(keyword.replace('"', " ").split())
        if len(name) <= KEYWORD_LENGTH and (one := folded(name).removesuffix("s")) and one not in known:
            known.add(one)
            names.append(_keyword(name))
    return [*found, *names[:KEYWORDS]]


def by_frequency(papers: Sequence[Paper]) -> list[tuple[Topic, int]]:
    """The topics with how many of `papers` belong to each, in the order of TOPICS, which people learn."""
    return [(one, sum(passes(paper, Filters(having=one.terms)) for paper in papers)) for one in TOPICS]


def without_terms(filters: Filters, terms: Sequence[str]) -> Filters:
    """`filters` in which these terms are not asked for: what is to be left out cannot be wanted too."""
    gone = {folded(term) for term in terms}
    return replace(filters, having=tuple(term for term in filters.having if folded(term) not in gone))


def _title_terms(title: str) -> list[str]:
    """`ViTAR: Vision Transformer with Any Resolution`: Vision Transformer, Resolution. A name with a colon is no topic."""
    _, colon, behind = title.partition(":")
    runs = (run.split() for run in _BETWEEN.split(behind if colon and behind.strip() else title))
    return [" ".join(words[-2:]) for words in runs if words and len(" ".join(words)) > 3]


def _keyword(name: str) -> Topic:
    return Topic("", (f'"{name}"' if " " in name else name,), lambda _: name)
