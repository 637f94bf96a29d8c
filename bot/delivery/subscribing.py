"""Subscribing, changing and unsubscribing a chat, and what that means for its due instant and for what it is owed."""

import datetime as dt
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.delivery.due import after_pause, begin_of, expected_day, next_due_at
from bot.model import Chat, Subscription
from bot.store import chats, deliveries, planning, selections, subscriptions

# A first digest is looked for this many due instants ahead; with one due instant a week that is two months.
_LOOK_AHEAD = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribed:
    """What subscribing came to: the chat as it is now, when its next digest comes, and the newest list day it will hold.

    `first_day` is None when no day can be named, which is so only after long holidays. `edited` is true when the chat had
    an active subscription before. For an inactive one `first_at` is when it would come.
    """

    chat: Chat
    first_at: dt.datetime
    first_day: dt.date | None
    edited: bool


def subscribe(
    connection: sqlite3.Connection, chat: Chat, wanted: Subscription, *, now: dt.datetime, settle_hour: int
) -> Subscribed:
    """Make `wanted` (its time, weekdays and choice) the chat's active subscription; nothing is sent at once.

    A parked chat wakes, and a pause ends: it has just spoken. The floor of one that was not active is the day before the
    newest deliverable one, and never before what it has had.
    """
    before = chat.subscription
    edited = before is not None and before.active
    floor = before.floor_day if before is not None and edited else _floor(connection, chat, now.date())
    chats.wake(connection, chat.target_id)
    return _saved(
        connection,
        chat,
        replace(wanted, active=True, floor_day=floor, paused_until=None),
        edited=edited,
        now=now,
        settle_hour=settle_hour,
    )


def change(
    connection: sqlite3.Connection, chat: Chat, wanted: Subscription, *, now: dt.datetime, settle_hour: int
) -> Subscribed:
    """Change time, weekdays, choice or pause without changing whether the chat is subscribed; from the next digest on.

    While it is paused it waits for no list day, and a digest that was not begun is owed after the pause.
    """
    before = chat.subscription
    if before is None or not before.active:
        order = replace(wanted, active=False, floor_day=None if before is None else before.floor_day)
        return _saved(connection, chat, order, edited=False, now=now, settle_hour=settle_hour)
    order = replace(wanted, active=True, floor_day=before.floor_day)
    return _saved(connection, chat, order, edited=True, now=now, settle_hour=settle_hour)


def paused(order: Subscription, now: dt.datetime) -> bool:
    """Whether nothing is sent for now because the chat asked for a pause."""
    return order.paused_until is not None and now < begin_of(order.paused_until, order.time_zone)


def unsubscribe(connection: sqlite3.Connection, chat: Chat, *, now: dt.datetime) -> bool:
    """End the subscription; its settings and what it has had stay. A digest that is being sent stops.

    False when the chat had no active subscription.
    """
    before = chat.subscription
    if before is None or not before.active:
        return False
    subscriptions.save(
        connection, chat.target_id, replace(before, active=False, next_due_at=None, paused_until=None), now=now
    )
    deliveries.stop(connection, chat.target_id, now=now)
    return True


def _saved(
    connection: sqlite3.Connection, chat: Chat, order: Subscription, *, edited: bool, now: dt.datetime, settle_hour: int
) -> Subscribed:
    if paused(order, now):
        deliveries.forget_unbegun(connection, chat.target_id)
    else:
        order = replace(order, paused_until=None)
    due = _next(order, now)
    # Only an active one is due; the index of due subscriptions holds no others.
    order = replace(order, next_due_at=due if order.active else None)
    subscriptions.save(connection, chat.target_id, order, now=now)
    planning.put_mark(connection, chat.target_id)
    saved = chats.chat(connection, chat.address)
    assert saved is not None
    floor = order.floor_day if order.active else _floor(connection, chat, now.date())
    for at in _due_instants(order, now):
        first_day = _held_day(connection, chat, floor, at, settle_hour)
        if first_day is not None:
            return Subscribed(chat=saved, first_at=at, first_day=first_day, edited=edited)
    return Subscribed(chat=saved, first_at=due, first_day=None, edited=edited)


def _held_day(
    connection: sqlite3.Connection, chat: Chat, floor: dt.date | None, at: dt.datetime, settle_hour: int
) -> dt.date | None:
    """The newest day that the chat will be owed at `at`, as far as is known; None when there would be none."""
    expected = expected_day(at, settle_hour)
    days = [day.day for day in selections.deliverable_days(connection, since=floor, until=at.date())[-1:]]
    if (floor is None or expected > floor) and not selections.is_empty(connection, expected):
        days.append(expected)
    had = deliveries.had_days(connection, chat.target_id)
    return max((day for day in days if day not in had), default=None)


def _floor(connection: sqlite3.Connection, chat: Chat, today: dt.date) -> dt.date | None:
    newest = selections.newest_deliverable(connection, today)
    had = deliveries.had_days(connection, chat.target_id)
    floors = [newest - dt.timedelta(days=1)] if newest is not None else []
    if had:
        floors.append(max(had))
    return max(floors, default=None)


def _due_instants(order: Subscription, after: dt.datetime) -> Iterator[dt.datetime]:
    for _ in range(_LOOK_AHEAD):
        after = _next(order, after)
        yield after


def _next(order: Subscription, after: dt.datetime) -> dt.datetime:
    after = after_pause(after, order.paused_until, order.time_zone)
    return next_due_at(time_zone=order.time_zone, local_time=order.local_time, weekdays=order.weekdays, after=after)
