"""/settings: what is set for a chat, and changing one setting."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.commands import setting_texts
from bot.commands.asking import Asking
from bot.commands.faults import hour_fault, quoted, zone_fault
from bot.commands.hours import NoHour
from bot.commands.setting_values import (
    SETTINGS,
    NoValue,
    Setting,
    nearest_setting,
    read_setting,
    setting_name,
    split_setting,
)
from bot.commands.subscribing import ensured, may_not_change
from bot.commands.zones import NoZone
from bot.delivery import subscribing
from bot.delivery.subscribing import Subscribed
from bot.locales import LANGUAGES, language_name
from bot.message import Message
from bot.model import Subscription
from bot.store import chats

# The field of a Subscription that a setting changes; the language is the chat's own.
_FIELDS = {
    "time": "local_time", "zone": "time_zone", "weekdays": "weekdays", "shape": "shape", "top": "top", "votes": "min_votes",
}  # fmt: skip


async def settings(asking: Asking) -> Sequence[Message]:
    """Show the settings, or change the one that is named."""
    if not asking.arguments.replace("=", " ").strip():
        return _shown(asking)
    typed, written = split_setting(asking.arguments)
    name = setting_name(typed)
    if name is None:
        return _unknown(asking, typed, written)
    if not written:
        return _one(asking, name)
    if not await asking.request.may_change():
        return may_not_change(asking)
    read = read_setting(name, written)
    if isinstance(read, NoValue):
        return _no_value(asking, read, written)
    return await _changed(asking, read)


def _shown(asking: Asking) -> Sequence[Message]:
    names = setting_texts.labels(asking)
    shown = setting_texts.values(asking, asking.order, asking.language)
    order = asking.order
    if order.active and asking.chat is not None and asking.chat.parked:
        state = asking.gettext(
            "Subscribed, but this chat could not be written to, so nothing is sent. When it can be again: /start"
        )
    elif order.active and order.next_due_at is not None:
        at = setting_texts.instant_text(asking, order.next_due_at, order.time_zone)
        state = asking.gettext("Subscribed; the next digest comes on {at}.", at=at)
    else:
        state = asking.gettext("Not subscribed; /subscribe begins it.")
    return [
        Message(
            heading=asking.gettext("Settings of this chat"),
            paragraphs=(state,),
            bullets=tuple(f"{names[name]}: {shown[name]}  (/settings {name} …)" for name in SETTINGS),
            footer=asking.gettext("To change one: {example}", example="/settings time 08:00"),
            private=True,
        )
    ]


def _one(asking: Asking, name: str) -> Sequence[Message]:
    label = setting_texts.labels(asking)[name]
    value = setting_texts.values(asking, asking.order, asking.language)[name]
    return asking.say(
        f"{label}: {value}",
        asking.gettext(
            "Possible after {command}: {values}.",
            command=f"/settings {name}",
            values=setting_texts.possible(asking, name),
        ),
        private=True,
    )


def _unknown(asking: Asking, typed: str, written: str) -> Sequence[Message]:
    near = nearest_setting(typed)
    names = ", ".join(f"{name} ({label})" for name, label in setting_texts.labels(asking).items())
    return asking.say(
        asking.gettext("There is no setting “{name}”.", name=quoted(typed)),
        asking.perhaps([f"/settings {near} {quoted(written)}".strip()] if near else ()),
        asking.gettext("There are: {names}.", names=names),
        private=True,
    )


def _no_value(asking: Asking, read: NoValue, written: str) -> Sequence[Message]:
    command = f"/settings {read.name}"
    if isinstance(read.fault, NoHour):
        return hour_fault(asking, written, read.fault, command)
    if isinstance(read.fault, NoZone):
        return zone_fault(asking, written, read.fault, command)
    return asking.say(
        asking.gettext(
            "{setting} cannot be “{value}”.", setting=setting_texts.labels(asking)[read.name], value=quoted(written)
        ),
        asking.perhaps([f"{command} {read.offer}"] if read.offer else ()),
        asking.gettext("Possible: {values}.", values=setting_texts.possible(asking, read.name)),
        private=True,
    )


async def _changed(asking: Asking, setting: Setting) -> Sequence[Message]:
    if setting.name == "language":
        language = str(setting.value)
        if language not in LANGUAGES and asking.settings.llm_api_url is None:
            return _no_summaries_in(asking, language)
        await asking.store.write(_set_language, asking, language)
        # The answer comes in the language that was chosen.
        asking = replace(asking, language=language)
        label = setting_texts.labels(asking)["language"]
        value = setting_texts.values(asking, asking.order, language)["language"]
        beside = "" if language in LANGUAGES else _only_summaries(asking, value)
        return asking.say(f"{label}: {value}", beside, private=True)
    changed: Any = {_FIELDS[setting.name]: setting.value}
    before, subscribed = await asking.store.write(_change, asking, changed)
    order = subscribed.chat.subscription
    assert order is not None
    after = setting_texts.values(asking, order, asking.language)
    lines = setting_texts.changes(asking, setting_texts.values(asking, before, asking.language), after)
    if not lines:
        label = setting_texts.labels(asking)[setting.name]
        lines = [asking.gettext("It was so already: {setting}.", setting=f"{label}: {after[setting.name]}")]
    coming = (
        setting_texts.next_digest(asking, subscribed)
        if order.active
        else asking.gettext("This chat is not subscribed; /subscribe begins it.")
    )
    return asking.say(*lines, coming, private=True)


def _no_summaries_in(asking: Asking, language: str) -> Sequence[Message]:
    """Another language than the interface's is one of summaries, and these would have to be written."""
    return asking.say(
        asking.gettext(
            "Summaries in {language} would need a language model, and this bot has none.",
            language=language_name(language, asking.language),
        ),
        asking.gettext("Possible: {values}.", values=setting_texts.possible(asking, "language")),
        private=True,
    )


def _only_summaries(asking: Asking, language: str) -> str:
    return asking.gettext("Summaries come in {language} as a language model writes them; I myself speak English.",
                          language=language)  # fmt: skip


def _set_language(connection: sqlite3.Connection, asking: Asking, language: str) -> None:
    chats.set_language(connection, ensured(connection, asking).target_id, language)


def _change(connection: sqlite3.Connection, asking: Asking, changed: Any) -> tuple[Subscription, Subscribed]:
    chat = ensured(connection, asking)
    # What stands in the store inside this transaction: two admins may change two settings at once.
    before = chat.subscription or asking.order
    wanted = replace(before, **changed)
    return before, subscribing.change(connection, chat, wanted, now=asking.now, settle_hour=asking.settings.settle_hour_utc)
