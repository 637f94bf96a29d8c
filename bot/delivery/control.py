"""An operator's commands about one chat: which is meant, whether it is reachable, a day once more. Sends nothing."""

import datetime as dt
import sqlite3

from bot.delivery import plan
from bot.errors import UsageError
from bot.model import Address, Chat, Delivery, DeliveryState
from bot.store import chats, deliveries, list_days, pauses
from bot.store.connection import Store


def known_chat(connection: sqlite3.Connection, address: Address) -> Chat:
    """The chat at exactly this address. Raises UsageError if nobody ever talked to the bot there."""
    found = chats.chat(connection, address)
    if found is not None:
        return found
    topics = [str(one) for one in chats.addresses_in(connection, address.platform, address.chat_id)]
    hint = (
        f" Of that chat these are known: {', '.join(topics)}." if topics else " Addresses are written telegram:ID[/TOPIC]."
    )
    raise UsageError(f"No chat {address} is known.{hint}")


def subscriber(connection: sqlite3.Connection, address: Address) -> Chat:
    """The chat at this address. Raises UsageError, with the reason, if it gets no digests."""
    found = known_chat(connection, address)
    if found.subscription is None or not found.subscription.active:
        raise UsageError(f"{address} has no subscription, so no digest is sent there.")
    if found.parked:
        raise UsageError(
            f"{address} cannot be reached ({found.parked}); it wakes when somebody there writes to the bot or invites it."
        )
    if pauses.pauses(connection).chats.get(str(address)):
        raise UsageError(f"{address} is paused; first: daily-papers resume --chat {address}")
    return found


def check_running(connection: sqlite3.Connection) -> None:
    """Raises UsageError when everything is paused, for then nothing can be delivered."""
    since = pauses.pauses(connection).everything
    if since is not None:
        raise UsageError(f"Everything is paused since {since:%Y-%m-%d %H:%M} UTC; first: daily-papers resume")


async def plan_once(store: Store, chat: Chat, day: dt.date, *, again: bool, now: dt.datetime) -> int:
    """Plan one list day for one chat; returns 1, or 0 if it is being sent already.

    With `again` a day that the chat has had starts over, with new message keys, so that no platform takes it for a
    repetition. Raises UsageError if the chat has had the day and `again` is false, or if it is being sent now.
    """
    await store.write(_make_room, chat, day, again)
    return await plan.plan_day(store, day, now=now, only=chat.target_id)


def _make_room(connection: sqlite3.Connection, chat: Chat, day: dt.date, again: bool) -> None:
    had = deliveries.find(connection, chat.target_id, day)
    if had is None or had.state in {DeliveryState.WAITING, DeliveryState.PARKED}:
        return
    if not again:
        if had.state is not DeliveryState.READY:
            raise UsageError(_told(had))
    elif had.state is DeliveryState.READY:
        raise UsageError(
            f"{chat.address} is just being sent {day}: {had.cursor} of {had.total} messages stand there. Let it end first."
        )
    elif (known := list_days.list_day(connection, day)) is not None and known.papers:
        deliveries.begin_anew(connection, had.id)


def _told(had: Delivery) -> str:
    match had.state:
        case DeliveryState.FAILED:
            return (
                f"{had.address} was sent {had.cursor} of {had.total} messages of {had.list_day}, and the rest was given up "
                f"({had.last_error}); add --again to send it from its beginning."
            )
        case DeliveryState.SKIPPED:
            return f"{had.list_day} was skipped for {had.address}; add --again to send it all the same."
        case _:
            return f"{had.address} has had {had.list_day} ({had.cursor} messages); add --again to send it once more."
