"""Which papers of a day a chat gets, in which order, and as which messages. Pure; the wording is in compose.py."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NotRequired, TypedDict

from bot.digest.filters import passes
from bot.message import utf16_length
from bot.model import Choice, Paper, Shape

# A part of a compact list stays below this, titles, links and marks counted, so that Telegram's 4,096 units
# (core.telegram.org/bots/api#sendmessage) and Discord's 4,096 of an embed's description hold it with escapes.
PART_UNITS = 3800
# Each entry has a button that opens it, and Discord takes 25 a message
# (discord.com/developers/docs/components/reference#action-row).
PART_ENTRIES = 25
_ENTRY_MARKS = 24
# "late, from the list of 2024-03-27 · ", in any language.
_LATE_MARKS = 48


class Item(TypedDict):
    """One message of a selection, as the store keeps it (JSON)."""

    kind: Literal["heading", "paper", "list", "announcement"]
    text: NotRequired[str]  # of an announcement, as the operator wrote it
    id: NotRequired[str]  # of a paper
    ids: NotRequired[list[str]]  # of a list
    first: NotRequired[int]  # the number of a list's first entry
    part: NotRequired[int]
    parts: NotRequired[int]
    shown: NotRequired[int]  # how many papers the digest holds
    total: NotRequired[int]  # how many the day has
    once: NotRequired[bool]  # without a paper; the next one without any is left out
    filtered: NotRequired[bool]  # whether it was chosen by words, authors or organizations
    skipped: NotRequired[list[str]]  # list days that were too old to be sent
    late: NotRequired[dict[str, str]]  # papers that came late to the list of a day before, by id, with that day


def chosen(papers: Sequence[Paper], choice: Choice) -> list[Paper]:
    """The papers that pass `choice`, by votes; ties keep the order of `papers`, which is the list's."""
    passing = [paper for paper in papers if (paper.upvotes or 0) >= choice.min_votes and passes(paper, choice.filters)]
    passing.sort(key=lambda paper: -(paper.upvotes or 0))
    return passing[: choice.top] if choice.top else passing


def items(
    papers: Sequence[Paper],
    choice: Choice,
    *,
    late: Sequence[tuple[dt.date, Paper]] = (),
    skipped: Sequence[str] = (),
    once: bool = False,
) -> list[Item]:
    """The messages of a day in order: a heading and a message a paper, or a compact list in as few parts as it takes.

    On top come the papers that were `late` for the digests of days before, beside the number that `choice` asks for.
    `once` tells the reader of a digest that it is said only once when filters take everything away.
    """
    kept = chosen(papers, choice)
    days = {paper.id: day.isoformat() for day, paper in late}
    every = [*(paper for _, paper in late), *kept]
    first: Item = {"kind": "heading", "shown": len(kept), "total": len(papers)}
    if choice.filters:
        first["filtered"] = True
    if once and papers and not every:
        first["once"] = True
    if skipped:
        first["skipped"] = list(skipped)
    if choice.shape is Shape.EACH or not every:
        if days:
            first["late"] = days
        return [first, *(_paper(paper, days) for paper in every)]
    listed = _listed(every, days, shown=len(kept), total=len(papers))
    # What the heading has to say beside the counts stands in a message of its own.
    return [first, *listed] if skipped else listed


def paper_ids(items: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The papers in the messages of a selection."""
    for item in items:
        if item["kind"] == "paper":
            yield item["id"]
        yield from item.get("ids", ())


def _paper(paper: Paper, days: Mapping[str, str]) -> Item:
    item: Item = {"kind": "paper", "id": paper.id}
    if paper.id in days:
        item["late"] = {paper.id: days[paper.id]}
    return item


def _listed(papers: Sequence[Paper], days: Mapping[str, str], *, shown: int, total: int) -> list[Item]:
    parts = _parts(papers, days)
    listed: list[Item] = []
    first = 1
    for number, part in enumerate(parts, 1):
        ids = [paper.id for paper in part]
        item: Item = {"kind": "list", "ids": ids, "first": first, "part": number, "parts": len(parts)}
        item |= {"shown": shown, "total": total}
        if late := {one: days[one] for one in ids if one in days}:
            item["late"] = late
        listed.append(item)
        first += len(part)
    return listed


def _parts(papers: Sequence[Paper], late: Mapping[str, str]) -> list[list[Paper]]:
    parts: list[list[Paper]] = [[]]
    used = 0
    for paper in papers:
        # Every character that a platform's markup may escape costs two.
        marks = sum(not ch.isalnum() and not ch.isspace() for ch in paper.title)
        cost = min(utf16_length(paper.title), 250) + marks + len(paper.arxiv_url) + _ENTRY_MARKS
        cost += _LATE_MARKS if paper.id in late else 0
        if parts[-1] and (used + cost > PART_UNITS or len(parts[-1]) == PART_ENTRIES):
            parts.append([])
            used = 0
        parts[-1].append(paper)
        used += cost
    return parts
