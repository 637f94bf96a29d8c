"""The card above a digest's first message. If anything goes wrong with it, the message is sent without it, and not late."""

import asyncio
from dataclasses import replace
from typing import cast

import structlog

from bot.digest.select import Item
from bot.message import Message
from bot.model import Delivery
from bot.pictures.cards import Cards
from bot.pictures.day_card import SHOWN, DayCard, day_card
from bot.store import papers
from bot.store.connection import Store
from bot.store.selections import Selection

# What a digest's first message waits for its card at most, reading the store and drawing together.
SECONDS = 6.0

log = structlog.get_logger(__name__)


class Illustrations:
    """Puts `cards` above the first messages of digests. Used from one event loop."""

    def __init__(self, cards: Cards | None, store: Store) -> None:
        """Without `cards` nothing has one."""
        self._cards, self._store = cards, store
        self._known: dict[int, DayCard | None] = {}

    async def illustrated(self, delivery: Delivery, selection: Selection, message: Message) -> Message:
        """`message` with its digest's card where it begins one; as it is where there is no card in time. Never raises.

        A message that was on its way before goes without: Discord is asked for its words then, and who gets it twice
        need not get a large one twice.
        """
        if self._cards is None or delivery.cursor or delivery.attempts:
            return message
        try:
            async with asyncio.timeout(SECONDS):
                if selection.id not in self._known:
                    self._known[selection.id] = await _card(self._store, selection)
                card = self._known[selection.id]
                image = None if card is None else await self._cards.picture(card)
        except Exception as error:  # noqa: BLE001 - a digest is worth more than its picture
            log.warning("a digest goes without its card", day=selection.list_day.isoformat(), error=repr(error))
            return message
        return message if image is None else replace(message, image=image)

    def clear(self) -> None:
        """Forget which papers stand on which card: tomorrow's votes are tomorrow's."""
        self._known.clear()


async def _card(store: Store, selection: Selection) -> DayCard | None:
    """The card of the papers in a selection, those that came late for days before left out; None without any."""
    items = [cast("Item", item) for item in selection.items]
    if not items or items[0]["kind"] not in {"heading", "list"}:
        return None
    first, ids = items[0], []
    for item in items:
        listed = [item["id"]] if item["kind"] == "paper" else item.get("ids", [])
        ids += [paper_id for paper_id in listed if paper_id not in item.get("late", {})]
        if len(ids) >= SHOWN:
            break
    known = await store.read(papers.papers, ids[:SHOWN])
    shown = [known[paper_id] for paper_id in ids[:SHOWN] if paper_id in known]
    if not shown:
        return None
    day, language = selection.list_day, selection.choice.language
    return day_card(day, shown, language, shown=first.get("shown", len(ids)), total=first.get("total", len(ids)))
