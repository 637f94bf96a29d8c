"""Which papers of a day a chat gets, in which order, and as which messages. Pure; nothing is worded here."""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypedDict

from bot.message import utf16_length
from bot.model import Choice, Paper, Shape

# A part of a compact list stays below this, titles, links and marks counted, so that Telegram's 4,096 units
# (core.telegram.org/bots/api#sendmessage) and Discord's 4,096 of an embed's description hold it with escapes.
PART_UNITS = 3800
_ENTRY_MARKS = 24


class Item(TypedDict):
    """One message of a selection, as the store keeps it (JSON)."""

    kind: Literal["heading", "paper", "list"]
    id: NotRequired[str]  # of a paper
    ids: NotRequired[list[str]]  # of a list
    first: NotRequired[int]  # the number of a list's first entry
    part: NotRequired[int]
    parts: NotRequired[int]
    shown: NotRequired[int]  # how many papers the digest holds
    total: NotRequired[int]  # how many the day has
    skipped: NotRequired[list[str]]  # list days that were too old to be sent


def chosen(papers: Sequence[Paper], choice: Choice) -> list[Paper]:
    """The papers that pass `choice`, by votes; ties keep the order of `papers`, which is the list's."""
    passing = [paper for paper in papers if (paper.upvotes or 0) >= choice.min_votes]
    passing.sort(key=lambda paper: -(paper.upvotes or 0))
    return passing[: choice.top] if choice.top else passing


def items(papers: Sequence[Paper], choice: Choice) -> list[Item]:
    """The messages of a day in order: a heading and a message a paper, or a compact list in as few parts as it takes."""
    kept = chosen(papers, choice)
    counts: Item = {"kind": "heading", "shown": len(kept), "total": len(papers)}
    if choice.shape is Shape.EACH or not kept:
        each: list[Item] = [{"kind": "paper", "id": paper.id} for paper in kept]
        return [counts, *each]
    parts = _parts(kept)
    listed: list[Item] = []
    first = 1
    for number, part in enumerate(parts, 1):
        listed.append(
            {
                "kind": "list",
                "ids": [paper.id for paper in part],
                "first": first,
                "part": number,
                "parts": len(parts),
                "shown": len(kept),
                "total": len(papers),
            }
        )
        first += len(part)
    return listed


def _parts(papers: Sequence[Paper]) -> list[list[Paper]]:
    parts: list[list[Paper]] = [[]]
    used = 0
    for paper in papers:
        # Every character that a platform's markup may escape costs two.
        marks = sum(not ch.isalnum() and not ch.isspace() for ch in paper.title)
        cost = min(utf16_length(paper.title), 250) + marks + len(paper.arxiv_url) + _ENTRY_MARKS
        if parts[-1] and used + cost > PART_UNITS:
            parts.append([])
            used = 0
        parts[-1].append(paper)
        used += cost
    return parts
