"""/subscribe and /unsubscribe: who may, how it is parsed, and what is answered. What follows is in bot/delivery."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from bot.commands import choosing_chat, setting_texts, setting_views, wizard
from bot.commands.asking import Asking
from bot.commands.changing import ensured
from bot.commands.faults import clock, hour_fault, zone_fault
from bot.commands.hours import NoHour
from bot.commands.orders import Misread, Order, read_order
from bot.delivery import subscribing
from bot.delivery.subscribing import Subscribed
from bot.message import Button, Message
from bot.model import ChatKind, Subscription
from bot.store import chats, expected


async def subscribe(asking: Asking) -> Sequence[Message]:
    """Subscribe the chat, or change its hour and zone; nothing is sent at once.

    With nothing said, it begins with what is likely, and buttons lead through the rest. An admin may name another chat.
    """
    there = await choosing_chat.chosen(asking, "/subscribe")
    if not isinstance(there, Asking):
        return there
    asking = there
    if not await asking.request.may_change():
        return may_not_change(asking)
    asked = read_order(asking.arguments)
    if isinstance(asked, Misread):
        return _misread(asking, asked)
    if not await asking.request.may_post():
        return may_not_post(asking)
    before, subscribed = await asking.store.write(_subscribe, asking, asked)
    asking = replace(asking, chat=subscribed.chat)
    if asked == Order() and not subscribed.edited:
        coming = setting_texts.next_digest(asking, subscribed)
        first = await wizard.step(asking, wizard.LANGUAGE, (coming, asking.gettext("Five short questions; each can wait.")))
        assert first is not None
        return [first]
    return _told(asking, before, subscribed)


async def answered(asking: Asking) -> Sequence[Message] | None:
    """What comes of a bare city or hour that is typed where /subscribe has just asked for it; None of other words."""
    if not asking.in_private or asking.chat is None:
        return None
    if not await asking.store.read(expected.is_expected, asking.request.address, now=asking.now):
        return None
    asked = read_order(asking.request.text)
    if isinstance(asked, Misread) or asked == Order() or asking.request.text.strip().isdigit():
        return None
    await asking.store.write(expected.forget, asking.request.address)
    told = list(await subscribe(replace(asking, arguments=asking.request.text)))
    chat = await asking.store.read(chats.chat, asking.request.address)
    following = await wizard.step(replace(asking, chat=chat), wizard.WEEKDAYS)
    return told if following is None else [*told, following]


async def taken_up(asking: Asking) -> Subscribed:
    """Subscribe the chat with the settings that it has, or would begin with."""
    _, subscribed = await asking.store.write(_subscribe, asking, Order())
    return subscribed


async def unsubscribe(asking: Asking) -> Sequence[Message]:
    """End the chat's subscription, or that of another that an admin names; its settings are kept."""
    there = await choosing_chat.chosen(asking, "/unsubscribe")
    if not isinstance(there, Asking):
        return there
    asking = there
    if not await asking.request.may_change():
        return may_not_change(asking)
    if asking.chat is None or not await asking.store.write(_unsubscribe, asking):
        return setting_views.not_subscribed(asking)
    (said,) = asking.say(
        asking.gettext("Unsubscribed: nothing more is sent here."),
        asking.gettext("The settings are kept, and no list comes twice when you subscribe again."),
    )
    return [replace(said, buttons=(setting_views.subscribing(asking),))]


async def ended(asking: Asking) -> Asking:
    """End the subscription; the question with the chat as it is then."""
    await asking.store.write(_unsubscribe, asking)
    return replace(asking, chat=await asking.store.read(chats.chat, asking.request.address))


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
        if asking.elsewhere:
            other = ""
        return [
            Message(
                heading=" · ".join(filter(None, (asking.place, heading))),
                bullets=tuple(changed),
                footer="\n".join(filter(None, [coming, "" if changed else other])),
                buttons=_ways(asking),
            )
        ]
    held = asking.gettext("It will come at {time}, {weekdays}: {form}.", time=after["time"], weekdays=after["weekdays"],
                          form=after["shape"])  # fmt: skip
    return [
        Message(
            heading=wizard.heading(asking),
            paragraphs=(
                coming,
                held,
                *(() if asking.elsewhere else (_commands(asking),)),
            ),
            buttons=_ways(asking),
        )
    ]


def _commands(asking: Asking) -> str:
    return asking.gettext("/settings changes that, /unsubscribe ends it, /today shows the newest papers now.")


def _ways(asking: Asking) -> tuple[Button, ...]:
    """Where an answer about a subscription leads."""
    settings = setting_views.action(asking, setting_views.MAIN)
    return (Button(asking.gettext("Settings"), action=settings),)


def _misread(asking: Asking, asked: Misread) -> Sequence[Message]:
    beside = asked.beside
    if isinstance(asked.fault, NoHour):
        return hour_fault(asking, asked.written, asked.fault, "/subscribe", after=beside.zone or "")
    command = "/subscribe" if beside.time is None else f"/subscribe {clock(beside.time)}"
    return zone_fault(asking, asked.written, asked.fault, command)


def may_not_post(asking: Asking) -> Sequence[Message]:
    if asking.request.kind is ChatKind.CHANNEL:
        missing = asking.gettext("I am not allowed to post in this channel: make me an admin who may post messages.")
    else:
        missing = asking.gettext(
            "I am not allowed to write here: an admin has to give me the right to see this chat, to send messages and "
            "to embed links."
        )
    return asking.say(missing, asking.gettext("Then send /subscribe once more."), private=True)
