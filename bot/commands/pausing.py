"""/pause and /resume: hold back a chat's digests until a day. What was missed is owed afterwards, as after an outage."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from bot.commands import choosing_chat, setting_views
from bot.commands.asking import Asking
from bot.commands.changing import change
from bot.commands.dates import NoDate
from bot.commands.faults import date_fault
from bot.commands.setting_texts import instant_text
from bot.commands.subscribing import may_not_change
from bot.commands.untils import read_until
from bot.delivery.subscribing import paused
from bot.message import Button, Message

# Whoever is away for longer can unsubscribe; the settings are kept.
LONGEST = dt.timedelta(days=366)


async def pause(asking: Asking) -> Sequence[Message]:
    """Hold digests back until the day that is named; with none, offer some."""
    there = await choosing_chat.chosen(asking, "/pause")
    if not isinstance(there, Asking):
        return there
    asking = there
    if not await asking.request.may_change():
        return may_not_change(asking)
    if not asking.order.active:
        return setting_views.not_subscribed(asking)
    if not asking.arguments:
        return [setting_views.page(asking, setting_views.PAUSE)]
    until = read_until(asking.arguments, asking.today)
    if isinstance(until, NoDate):
        return date_fault(asking, replace(until, offers=tuple(day for day in until.offers if day > asking.today)), "/pause")
    if until <= asking.today:
        return asking.say(
            asking.gettext("{day} is over already.", day=asking.day_name(until)), _example(asking), private=True
        )
    if until - asking.today > LONGEST:
        return asking.say(
            asking.gettext("A pause lasts a year at most. /unsubscribe ends the digests, and keeps the settings."),
            private=True,
        )
    asking = (await change(asking, lambda order: replace(order, paused_until=until))).asking
    assert asking.order.next_due_at is not None
    at = instant_text(asking, asking.order.next_due_at, asking.order.time_zone)
    return [
        Message(
            heading=asking.place,
            paragraphs=(
                asking.gettext("Paused; the next digest comes on {at}.", at=at),
                asking.gettext("What is missed comes after it, five lists at most."),
            ),
            buttons=(Button(asking.gettext("End the pause"), action=setting_views.action(asking, "m", "p0")),),
        )
    ]


async def resume(asking: Asking) -> Sequence[Message]:
    """End a pause before its day."""
    there = await choosing_chat.chosen(asking, "/resume")
    if not isinstance(there, Asking):
        return there
    asking = there
    if not await asking.request.may_change():
        return may_not_change(asking)
    if not asking.order.active:
        return setting_views.not_subscribed(asking)
    if not paused(asking.order, asking.now):
        return asking.say(asking.gettext("There is no pause."), setting_views.state(asking), private=True)
    changed = await change(asking, lambda order: replace(order, paused_until=None))
    return asking.say(asking.gettext("The pause is over."), changed.coming)


def _example(asking: Asking) -> str:
    week = (asking.today + dt.timedelta(days=7)).isoformat()
    return asking.gettext("For example {example}", example=f"/pause until {week}")
