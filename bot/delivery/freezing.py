"""The selection of a planned day: its papers, without those that the chat has had, with late ones of earlier days.

Frozen once for all chats with the same choice and the same papers. Who a day is planned for is in bot/delivery/plan.py.
"""

import datetime as dt
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from bot.digest import select
from bot.model import Choice, Paper
from bot.store import papers, selections
from bot.store.planning import Had
from bot.store.selections import DeliverableDay
from bot.store.spellings import spelled_choice

# With more days than this, a line names only the first and the last.
_NAMED_DAYS = 7

Late = Sequence[tuple[dt.date, Paper]]


@dataclass(frozen=True, slots=True)
class Frozen:
    """A stored selection and its number of messages."""

    id: int
    total: int


@dataclass(frozen=True, slots=True)
class _Before:
    """A selection that chats have had: its papers, and those of its day that came after it was frozen."""

    filtered: str
    min_votes: int
    ids: frozenset[str]
    came_later: tuple[Paper, ...]


class Freezer:
    """Makes selections at one instant. What chats have in common is worked out once, however many they are."""

    def __init__(self, now: dt.datetime) -> None:
        self._now = now
        self._frozen: dict[tuple[dt.date, Choice, str], Frozen] = {}
        self._listed: dict[dt.date, list[Paper]] = {}
        self._before: dict[int, _Before] = {}
        self._wanted: dict[Choice, Choice] = {}

    def begin(self, connection: sqlite3.Connection, *, changed: bool) -> None:
        """Begin a transaction; `changed` when list days have changed since the last one."""
        self._connection = connection
        if changed:
            for remembered in (self._frozen, self._listed, self._before, self._wanted):
                remembered.clear()

    def sent(self, had: Mapping[dt.date, Had]) -> frozenset[str]:
        """The papers that are in what a chat has had, or is just being sent."""
        sets = [self._of(one.selection_id).ids for one in had.values() if one.selection_id]
        return reduce(frozenset.union, sets, frozenset())

    def late(self, had: Mapping[dt.date, Had], sent: Collection[str], choice: Choice) -> list[tuple[dt.date, Paper]]:
        """The papers that came to a list after the chat's selection was frozen, and pass its filters; by day and votes.

        A paper that only rose in votes was there before. One that is on an earlier list, too, belongs to that day.
        """
        found: list[tuple[dt.date, Paper]] = []
        for day, one in sorted(had.items()):
            if one.selection_id:
                of_day = [paper for paper in self._of(one.selection_id).came_later if paper.id not in sent]
                found += [(day, paper) for paper in select.chosen(of_day, replace(self._spelled(choice), top=None))]
        return found

    def told_of_nothing(self, had: Mapping[dt.date, Had], choice: Choice) -> bool:
        """Whether the newest selection that the chat has had was empty, and its filters are still the same.

        Then it knows that nothing passes, and is not told so day after day.
        """
        newest = max((day for day, one in had.items() if one.selection_id), default=None)
        if newest is None or not self.is_empty(had[newest].selection_id):
            return False
        before = self._of(had[newest].selection_id)
        return (before.filtered, before.min_votes) == (choice.filters.mark(), choice.min_votes)

    def is_empty(self, selection_id: int) -> bool:
        """Whether there is no paper in a selection."""
        return not self._of(selection_id).ids

    def selection(
        self,
        day: DeliverableDay,
        choice: Choice,
        *,
        sent: Collection[str] = (),
        late: Late = (),
        skipped: Iterable[dt.date] = (),
        told: bool = False,
    ) -> Frozen:
        """The selection of `day` for everybody with this choice, who has had `sent` and is owed `late`.

        It has no message at all where there would be no paper in it, and the chat was `told` so the last time.
        """
        listed = self._papers(day.day)
        left_out = [paper.id for paper in listed if paper.id in sent or paper.list_day != day.day]
        named = [one.isoformat() for one in skipped]
        if len(named) > _NAMED_DAYS:
            named = [named[0], "…", named[-1]]
        # By what is in it, and not by what each chat had before: so all to whom it comes to the same share it.
        parts = {
            "skipped": named,
            "late": [f"{paper.id}@{of}" for of, paper in late],
            "without": left_out,
        }
        own = [paper for paper in listed if paper.id not in left_out]
        wanted = self._spelled(choice)
        silent = told and bool(own) and not late and not named and not select.chosen(own, wanted)
        if silent:
            parts["silent"] = ["1"]
        variant = "|".join(f"{name}:{','.join(values)}" for name, values in parts.items() if values)
        key = (day.day, choice, variant)
        if key not in self._frozen:
            found = selections.find(self._connection, day, choice, variant)
            if found is None:
                items = [] if silent else select.items(own, wanted, late=late, skipped=named, once=True)
                found = selections.freeze(self._connection, day, choice, variant, items, now=self._now)
            self._frozen[key] = Frozen(*found)
        return self._frozen[key]

    def _spelled(self, choice: Choice) -> Choice:
        if choice not in self._wanted:
            self._wanted[choice] = spelled_choice(self._connection, choice)
        return self._wanted[choice]

    def _papers(self, day: dt.date) -> list[Paper]:
        if day not in self._listed:
            self._listed[day] = papers.papers_of_day(self._connection, day)
        return self._listed[day]

    def _of(self, selection_id: int) -> _Before:
        if selection_id not in self._before:
            one = selections.selection(self._connection, selection_id)
            newer = selections.seen_after(self._connection, one.list_day, one.frozen_at)
            later = [paper for paper in self._papers(one.list_day) if paper.id in newer] if newer else []
            self._before[selection_id] = _Before(
                filtered=one.filtered,
                min_votes=one.choice.min_votes,
                ids=frozenset(select.paper_ids(one.items)),
                came_later=tuple(paper for paper in later if paper.list_day == one.list_day),
            )
        return self._before[selection_id]
