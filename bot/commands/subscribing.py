"""/subscribe and /unsubscribe: who may, what is read, and what a person is told. What it means is bot.delivery's."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from bot.commands import setting_texts
from bot.commands.asking import Asking
from bot.commands.faults import clock, hour_fault, zone_fault
from bot.commands.hours import NoHour
from bot.commands.orders import Misread, Order, read_order
from bot.delivery import subscribing
from bot.delivery.subscribing import Subscribed
from bot.message import Message
from bot.model import Chat, ChatKind, Subscription
from bot.store import chats


async def subscribe(asking: Asking) -> Sequence[Message]:
    """Subscribe the chat, or change its hour and zone; nothing is sent at once."""
    if not await asking.request.may_change():
        return may_not_change(asking)
    asked = read_order(asking.arguments)
    if isinstance(asked, Misread):
        return _misread(asking, asked)
    if not await asking.request.may_post():
        return _may_not_post(asking)
    before, subscribed = await asking.store.write(_subscribe, asking, asked)
    return _told(asking, before, subscribed)


async def unsubscribe(asking: Asking) -> Sequence[Message]:
    """End the chat's subscription; its settings are kept."""
    if not await asking.request.may_change():
        return may_not_change(asking)
    if asking.chat is None or not await asking.store.write(_unsubscribe, asking):
        return asking.say(
            asking.gettext("This chat is not subscribed, so nothing is sent to it."),
            asking.gettext("/subscribe begins it, /today shows the newest papers."),
            private=True,
        )
    return asking.say(
        asking.gettext("Unsubscribed: nothing more is sent here."),
        asking.gettext("The settings are kept. /subscribe takes it up again, and no list comes twice."),
    )


def ensured(connection: sqlite3.Connection, asking: Asking) -> Chat:
    """The asking chat's row, made when it is new."""
    request = asking.request
    return chats.ensure_chat(
        connection, request.address, kind=request.kind, title=request.title, language=asking.language, now=asking.now
    )


def may_not_change(asking: Asking) -> Sequence[Message]:
    return asking.say(
        asking.gettext("Only the admins of this chat can change its subscription and settings."),
        asking.gettext("You can subscribe yourself: write to me in a private chat."),
        private=True,
    )


def _subscribe(connection: sqlite3.Connection, asking: Asking, asked: Order) -> tuple[Subscription, Subscribed]:
    chat = ensured(connection, asking)
    # What stands in the store inside this transaction: two admins may subscribe at once.
    before = chat.subscription or asking.order
    wanted = replace(
        before,
        local_time=before.local_time if asked.time is None else asked.time,
        time_zone=before.time_zone if asked.zone is None else asked.zone,
    )
    return before, subscribing.subscribe(
        connection, chat, wanted, now=asking.now, settle_hour=asking.settings.settle_hour_utc
    )


def _unsubscribe(connection: sqlite3.Connection, asking: Asking) -> bool:
    chat = chats.chat(connection, asking.request.address)
    return chat is not None and subscribing.unsubscribe(connection, chat, now=asking.now)


def _told(asking: Asking, before: Subscription, subscribed: Subscribed) -> Sequence[Message]:
    order = subscribed.chat.subscription
    assert order is not None
    after = setting_texts.values(asking, order, asking.language)
    coming = setting_texts.next_digest(asking, subscribed)
    if subscribed.edited:
        changed = setting_texts.changes(asking, setting_texts.values(asking, before, asking.language), after)
        heading = asking.gettext("Subscription changed") if changed else asking.gettext("This chat is subscribed already")
        other = asking.gettext("For another hour or place: {example}", example="/subscribe 08:00 New York")
        return [
            Message(
                heading=heading, bullets=tuple(changed), footer="\n".join(filter(None, [coming, "" if changed else other]))
            )
        ]
    held = asking.gettext("It will come at {time}, {weekdays}: {form}.", time=after["time"], weekdays=after["weekdays"],
                          form=after["shape"])  # fmt: skip
    return [
        Message(
            heading=asking.gettext("Subscribed"),
            paragraphs=(
                coming,
                held,
                asking.gettext("/settings changes that, /unsubscribe ends it, /today shows the newest papers now."),
            ),
        )
    ]


def _misread(asking: Asking, asked: Misread) -> Sequence[Message]:
    beside = asked.beside
    if isinstance(asked.fault, NoHour):
        return hour_fault(asking, asked.written, asked.fault, "/subscribe", after=beside.zone or "")
    command = "/subscribe" if beside.time is None else f"/subscribe {clock(beside.time)}"
    return zone_fault(asking, asked.written, asked.fault, command)


def _may_not_post(asking: Asking) -> Sequence[Message]:
    if asking.request.kind is ChatKind.CHANNEL:
        missing = asking.gettext("I am not allowed to post in this channel: make me an admin who may post messages.")
    else:
        missing = asking.gettext(
            "I am not allowed to write here: an admin has to give me the right to see this chat, to send messages and "
            "to embed links."
        )
    return asking.say(missing, asking.gettext("Then send /subscribe once more."), private=True)
