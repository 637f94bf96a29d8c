"""The next message of a delivery, composed once for all who get it. Bounded: it keeps at most a few days' messages."""

import asyncio
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar, cast

from bot.delivery.illustrating import Illustrations
from bot.digest.compose import compose_item
from bot.digest.select import Item
from bot.message import Message
from bot.model import Choice, Delivery
from bot.pictures.cards import Cards
from bot.store import papers, selections
from bot.store.connection import Store
from bot.store.selections import Selection

# A long day in each language and shape, several times over; a message is some kilobytes.
MESSAGES = 2000
SELECTIONS = 200

V = TypeVar("V")


class Compositions:
    """Messages by delivery and cursor. Used from one event loop."""

    def __init__(self, store: Store, cards: Cards | None = None) -> None:
        """With `cards` a digest's first message has one, if it is ready in time."""
        self._store = store
        self._illustrations = Illustrations(cards, store)
        self._messages: _Latest[Message] = _Latest(MESSAGES)
        self._selections: _Latest[Selection] = _Latest(SELECTIONS)
        # One who composes is enough: the others wait and find it done.
        self._composing = asyncio.Lock()

    def known(self, delivery: Delivery) -> Message | None:
        """The message at the delivery's cursor, but the first, when it has been composed already."""
        assert delivery.selection_id is not None
        selection = self._selections.get(delivery.selection_id)
        if selection is None or not delivery.cursor:
            return None
        item = cast("Item", selection.items[delivery.cursor])
        return self._messages.get(_key(item, selection.choice, delivery))

    async def message(self, delivery: Delivery) -> Message:
        """The message at the delivery's cursor."""
        assert delivery.selection_id is not None
        selection = self._selections.get(delivery.selection_id)
        if selection is None:
            selection = await self._store.read(selections.selection, delivery.selection_id)
            self._selections.put(delivery.selection_id, selection)
        item = cast("Item", selection.items[delivery.cursor])
        key = _key(item, selection.choice, delivery)
        found = self._messages.get(key) or await self._composed(item, selection, key)
        return await self._illustrations.illustrated(delivery, selection, found)

    async def _composed(self, item: Item, selection: Selection, key: Hashable) -> Message:
        async with self._composing:
            found = self._messages.get(key)
            if found is None:
                ids = [item["id"]] if item["kind"] == "paper" else item.get("ids", [])
                known = await self._store.read(papers.papers, ids) if ids else {}
                found = compose_item(item, selection.list_day, known, selection.choice)
                self._messages.put(key, found)
        return found

    def clear(self) -> None:
        """Forget everything, while nothing is being sent, so that tomorrow's texts are composed afresh."""
        self._messages.clear()
        self._selections.clear()
        self._illustrations.clear()


def _key(item: Item, choice: Choice, delivery: Delivery) -> Hashable:
    if item["kind"] == "paper":
        # Whatever else a subscriber has chosen, a paper looks the same.
        return item["id"], choice.language, choice.shape, *item.get("late", {}).values()
    return delivery.selection_id, delivery.cursor


class _Latest(Generic[V]):
    """The values that were used last, up to a number."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Hashable, V] = OrderedDict()

    def get(self, key: Hashable) -> V | None:
        found = self._values.get(key)
        if found is not None:
            self._values.move_to_end(key)
        return found

    def put(self, key: Hashable, value: V) -> None:
        self._values[key] = value
        if len(self._values) > self._most:
            self._values.popitem(last=False)

    def clear(self) -> None:
        self._values.clear()
