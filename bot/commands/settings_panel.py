"""/settings: the panel and its buttons, and changing one setting by words."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.commands import choosing_chat, filters, pausing, setting_texts, setting_views, wizard
from bot.commands.asking import Asking
from bot.commands.changing import change, change_language, speaks
from bot.commands.faults import hour_fault, quoted, zone_fault
from bot.commands.hours import NoHour
from bot.commands.panels import gone, located
from bot.commands.presser import put
from bot.commands.setting_choices import read_change
from bot.commands.setting_values import (
    NoValue,
    Setting,
    nearest_setting,
    read_setting,
    setting_name,
    split_setting,
)
from bot.commands.setting_words import FILTERS, PAUSES
from bot.commands.subscribing import ended, may_not_change, may_not_post, taken_up
from bot.commands.zones import NoZone
from bot.locales import LANGUAGES, language_name
from bot.message import Message


async def settings(asking: Asking) -> Sequence[Message]:
    """Show the settings, or change the one that is named; of another chat when an admin names it in private."""
    there = await choosing_chat.chosen(asking, "/settings")
    if not isinstance(there, Asking):
        return there
    asking = there
    if not asking.arguments.replace("=", " ").strip():
        return [setting_views.main(asking)]
    typed, written = split_setting(asking.arguments)
    if typed.casefold() in FILTERS:
        return await filters.filter_(replace(asking, arguments=written))
    if typed.casefold() in PAUSES:
        return await pausing.pause(replace(asking, arguments=written))
    name = setting_name(typed)
    if name is None:
        return _unknown(asking, typed, written)
    if not written:
        return [_one(asking, name)]
    if not await asking.request.may_change():
        return may_not_change(asking)
    read = read_setting(name, written)
    if isinstance(read, NoValue):
        return _no_value(asking, read, written)
    return await _changed(asking, read)


async def pressed_panel(asking: Asking) -> Sequence[Message]:
    """A pressed button of the panel or of a step of subscribing: `VIEW:CHANGE:WHOSE`."""
    view, _, rest = asking.arguments.partition(":")
    code, _, whose = rest.partition(":")
    there = await located(asking, whose)
    if not isinstance(there, Asking):
        return there
    asking, told = there, list[str]()
    if code:
        if not await asking.request.may_change():
            return may_not_change(asking)
        done = await _pressed_change(asking, code)
        if not isinstance(done, tuple):
            return done
        asking, told = done
    if view == setting_views.MAIN:
        return await put(asking, setting_views.main(asking, told))
    if view in setting_views.VIEWS or view == setting_views.PAUSE:
        return await put(asking, setting_views.page(asking, view))
    # The answer to a question is not repeated; only being subscribed is news.
    step = await wizard.step(asking, view, told if code == setting_views.SUBSCRIBE else ())
    return gone(asking) if step is None else await put(asking, step)


async def _pressed_change(asking: Asking, code: str) -> tuple[Asking, list[str]] | Sequence[Message]:
    """The question after the change that a button stands for, and what is to be said of it."""
    if code == setting_views.SUBSCRIBE:
        if not await asking.request.may_post():
            return may_not_post(asking)
        subscribed = await taken_up(asking)
        coming = setting_texts.next_digest(asking, subscribed)
        return replace(asking, chat=subscribed.chat), [coming]
    if code == setting_views.UNSUBSCRIBE:
        return await ended(asking), [asking.gettext("Unsubscribed: nothing more is sent here.")]
    if code.startswith("l"):
        if code[1:] not in LANGUAGES:
            return gone(asking)
        asking = await change_language(asking, code[1:])
        label = setting_texts.labels(asking)["language"]
        return asking, [f"{label}: {language_name(code[1:], asking.language)}"]
    decide = read_change(code, asking.today)
    if decide is None:
        return gone(asking)
    changed = await change(asking, decide)
    # When the next digest comes stands in the panel itself.
    return changed.asking, changed.lines


def _one(asking: Asking, name: str) -> Message:
    """One setting, with its values as buttons and what else can be said."""
    view = next(view for view, of in setting_views.VIEWS.items() if of == name)
    possible = asking.gettext(
        "Possible after {command}: {values}.", command=f"/settings {name}", values=setting_texts.possible(asking, name)
    )
    page = setting_views.page(asking, view)
    return replace(page, paragraphs=(possible,))


def _unknown(asking: Asking, typed: str, written: str) -> Sequence[Message]:
    near = nearest_setting(typed)
    names = ", ".join(f"{name} ({label})" for name, label in setting_texts.labels(asking).items())
    return asking.say(
        asking.gettext("There is no setting “{name}”.", name=quoted(typed)),
        asking.gettext("There are: {names}.", names=names),
        offers=[f"/settings {near} {quoted(written)}".strip()] if near else (),
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
        asking.gettext("Possible: {values}.", values=setting_texts.possible(asking, read.name)),
        offers=[f"{command} {read.offer}"] if read.offer else (),
        private=True,
    )


async def _changed(asking: Asking, setting: Setting) -> Sequence[Message]:
    if setting.name == "language":
        return await _language_changed(asking, str(setting.value))
    changed_field: Any = {_FIELDS[setting.name]: setting.value}
    changed = await change(asking, lambda order: replace(order, **changed_field))
    lines = changed.lines
    if not lines:
        label = setting_texts.labels(asking)[setting.name]
        value = setting_texts.values(asking, changed.asking.order, asking.language)[setting.name]
        lines = [asking.gettext("It was so already: {setting}.", setting=f"{label}: {value}")]
    return asking.say(*lines, changed.coming, private=True)


# The field of a Subscription that a setting changes; the language is the chat's own.
_FIELDS = {
    "time": "local_time", "zone": "time_zone", "weekdays": "weekdays", "shape": "shape", "top": "top", "votes": "min_votes",
}  # fmt: skip


async def _language_changed(asking: Asking, language: str) -> Sequence[Message]:
    if not speaks(language) and asking.settings.llm_api_url is None:
        return _no_summaries_in(asking, language)
    # The answer comes in the language that was chosen.
    asking = await change_language(asking, language)
    value = language_name(language, asking.language)
    beside = "" if speaks(language) else _only_summaries(asking, value)
    return asking.say(f"{setting_texts.labels(asking)['language']}: {value}", beside, private=True)


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
