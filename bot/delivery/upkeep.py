"""Deletes what no rule needs any more, a little at a time. The service decides when."""

import datetime as dt

from bot.store import deliveries
from bot.store.connection import Store


async def prune(store: Store, *, now: dt.datetime) -> int:
    """Forget the messages of deliveries that ended long ago; gives how many. In short transactions: nobody waits for it."""
    pruned, after = 0, 0
    while True:
        count, last = await store.write(deliveries.prune, after, now=now)
        pruned += count
        if last is None:
            return pruned
        after = last
