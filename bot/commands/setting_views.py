"""The panel of a chat's settings and the pages behind its buttons, as messages.

What a button does is in bot/commands/settings_panel.py.

An action is `c:VIEW:CHANGE:WHOSE`: apply the change (if any), then show the view. Views that are a letter are the panel's
own, digits are the steps of bot/commands/wizard.py.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace

from babel.dates import get_day_names

from bot.commands import setting_choices, setting_texts
from bot.commands.asking import Asking
from bot.commands.changing import chat_language
from bot.commands.faults import clock
from bot.commands.filter_texts import filters_text
from bot.commands.panels import FILTER, PANEL, rows, ticked, whose
from bot.commands.setting_values import SETTINGS
from bot.commands.zones import city
from bot.delivery.subscribing import paused
from bot.locales import LANGUAGES, language_name, locale
from bot.message import Button, Message
from bot.model import Shape

MAIN = "m"
# The page behind each setting.
VIEWS = {"t": "time", "z": "zone", "w": "weekdays", "l": "language", "f": "shape", "n": "top", "v": "votes"}
PAUSE = "p"
SUBSCRIBE, UNSUBSCRIBE = "s1", "s0"


def action(asking: Asking, view: str, change: str = "") -> str:
    """What a button of a panel comes back with."""
    return f"{PANEL}:{view}:{change}:{whose(asking)}"


def main(asking: Asking, told: Sequence[str] = ()) -> Message:
    """The panel: what is set, and a button for each thing that can be changed. `told` is what has just happened."""
    names = setting_texts.labels(asking)
    values = setting_texts.values(asking, asking.order, chat_language(asking))
    filters = filters_text(asking, asking.order.filters) or asking.gettext("none")
    lines = [f"{names[name]}: {values[name]}" for name in SETTINGS]
    heading = asking.gettext("Settings of this chat")
    if asking.elsewhere:
        heading = asking.gettext("Settings of {chat}", chat=asking.place)
    return Message(
        heading=heading,
        paragraphs=(*filter(None, told), state(asking)),
        bullets=(*lines, asking.gettext("Filters: {filters}", filters=filters)),
        footer="" if asking.elsewhere else asking.gettext("To change one: {example}", example="/settings time 08:00"),
        buttons=_main_buttons(asking, names),
        private=True,
    )


def state(asking: Asking) -> str:
    """Whether digests come, and when the next one does."""
    order = asking.order
    if not order.active:
        # A command without a name would subscribe the chat where it is typed.
        return (
            asking.gettext("Not subscribed.")
            if asking.elsewhere
            else asking.gettext("Not subscribed; /subscribe begins it.")
        )
    if asking.chat is not None and asking.chat.parked:
        return asking.gettext(
            "Subscribed, but this chat could not be written to, so nothing is sent. When it can be again: /start"
        )
    assert order.next_due_at is not None
    at = setting_texts.instant_text(asking, order.next_due_at, order.time_zone)
    if paused(order, asking.now):
        return asking.gettext("Paused; the next digest comes on {at}.", at=at)
    return asking.gettext("Subscribed; the next digest comes on {at}.", at=at)


def not_subscribed(asking: Asking) -> list[Message]:
    """What is said where there is nothing to end or to put off, and how it begins."""
    hint = "" if asking.elsewhere else asking.gettext("/subscribe begins it, /today shows the newest papers.")
    (said,) = asking.say(asking.gettext("This chat is not subscribed, so nothing is sent to it."), hint, private=True)
    return [replace(said, buttons=(subscribing(asking),))]


def subscribing(asking: Asking) -> Button:
    """The button that subscribes a chat with the settings that it has."""
    return Button(asking.gettext("Subscribe"), action=action(asking, MAIN, SUBSCRIBE))


def page(asking: Asking, view: str, told: Sequence[str] = ()) -> Message:
    """The page behind a button: what is set, the values to choose from, and how any other is typed."""
    if view == PAUSE:
        return _pause(asking, told)
    name = VIEWS[view]
    label = setting_texts.labels(asking)[name]
    value = setting_texts.values(asking, asking.order, chat_language(asking))[name]
    typed = "" if asking.elsewhere else typed_hint(asking, name)
    return Message(
        heading=f"{label}: {value}",
        paragraphs=tuple(filter(None, (*told, typed))),
        buttons=rows([*choices(asking, name, view if name == "weekdays" else MAIN), [back(asking)]], 5),
        private=True,
    )


def typed_hint(asking: Asking, name: str) -> str:
    """How a value that stands on no button is set."""
    examples = {"time": "/settings time 08:30", "zone": "/settings zone Paris", "top": "/settings top 7",
                "votes": "/settings votes 15"}  # fmt: skip
    return asking.gettext("Any other: {example}", example=examples[name]) if name in examples else ""


def back(asking: Asking) -> Button:
    return Button(asking.gettext("‹ Settings"), action=action(asking, MAIN))


def choices(asking: Asking, name: str, following: str) -> list[list[Button]]:
    """The values of a setting as buttons, after which the view `following` is shown."""

    def button(label: str, change: str, *, on: bool) -> Button:
        return Button(ticked(label, on=on), action=action(asking, following, change))

    return _CHOICES[name](asking, button)


Make = Callable[..., Button]


def _times(asking: Asking, button: Make) -> list[list[Button]]:
    now = asking.order.local_time
    times = sorted({now, *(now.replace(hour=hour, minute=0) for hour in setting_choices.HOURS)})
    made = [button(clock(time), setting_choices.time_code(time), on=time == now) for time in times]
    return [made[at : at + 3] for at in range(0, len(made), 3)]


def _zones(asking: Asking, button: Make) -> list[list[Button]]:
    now = asking.order.time_zone
    zones = list(dict.fromkeys((now, *setting_choices.ZONES)))[:8]
    made = [button(city(zone, asking.language), f"z{zone}", on=zone == now) for zone in zones]
    return [made[at : at + 2] for at in range(0, len(made), 2)]


def _weekdays(asking: Asking, button: Make) -> list[list[Button]]:
    names = get_day_names("abbreviated", locale=locale(asking.language))
    now = asking.order.weekdays
    every, work = setting_choices.EVERY_DAY, setting_choices.WORKDAYS
    written = "".join(map(str, now))
    days = [button(names[day], f"w{day}", on=day in now) for day in range(7)]
    return [
        days[:4],
        days[4:],
        [
            button(asking.gettext("every day"), f"W{every}", on=written == every),
            button(asking.gettext("{first} to {last}", first=names[0], last=names[4]), f"W{work}", on=written == work),
        ],
    ]


def _languages(asking: Asking, button: Make) -> list[list[Button]]:
    now = chat_language(asking)
    return [[button(language_name(one, one), f"l{one}", on=one == now) for one in LANGUAGES]]


def _shapes(asking: Asking, button: Make) -> list[list[Button]]:
    names = {Shape.EACH: asking.gettext("one message a paper"), Shape.COMPACT: asking.gettext("one compact list")}
    return [
        [button(names[shape], f"f{code}", on=asking.order.shape is shape)] for code, shape in setting_choices.SHAPES.items()
    ]


def _tops(asking: Asking, button: Make) -> list[list[Button]]:
    now = asking.order.top or 0
    every = asking.gettext("all")
    return [[button(str(one) if one else every, f"n{one}", on=one == now) for one in setting_choices.TOPS]]


def _votes(asking: Asking, button: Make) -> list[list[Button]]:
    now = asking.order.min_votes
    return [[button(str(one), f"v{one}", on=one == now) for one in setting_choices.VOTES]]


_CHOICES: dict[str, Callable[[Asking, Make], list[list[Button]]]] = {
    "time": _times, "zone": _zones, "weekdays": _weekdays, "language": _languages, "shape": _shapes, "top": _tops,
    "votes": _votes,
}  # fmt: skip


def _main_buttons(asking: Asking, names: dict[str, str]) -> tuple[Button, ...]:
    settings = [Button(names[name], action=action(asking, view)) for view, name in VIEWS.items()]
    settings.append(Button(asking.gettext("Filters"), action=f"{FILTER}:m:{whose(asking)}"))
    if not asking.order.active:
        last = [subscribing(asking)]
    elif paused(asking.order, asking.now):
        last = [Button(asking.gettext("End the pause"), action=action(asking, MAIN, "p0"))]
    else:
        last = [Button(asking.gettext("Pause"), action=action(asking, PAUSE))]
    if asking.order.active:
        last.append(Button(asking.gettext("Unsubscribe"), action=action(asking, MAIN, UNSUBSCRIBE)))
    return rows([settings[:2], settings[2:4], settings[4:6], settings[6:], last])


def _pause(asking: Asking, told: Sequence[str]) -> Message:
    days = [
        Button(asking.ngettext("{count} day", "{count} days", count, count=count), action=action(asking, MAIN, f"p{count}"))
        for count in setting_choices.PAUSES
    ]
    month = asking.today + dt.timedelta(days=45)
    typed = "" if asking.elsewhere else asking.gettext("Any other: {example}", example=f"/pause until {month.isoformat()}")
    return Message(
        heading=asking.gettext("Pause for how long?"),
        paragraphs=tuple(
            filter(None, (*told, asking.gettext("What is missed comes after it, five lists at most."), typed))
        ),
        buttons=rows([days, [back(asking)]], 3),
        private=True,
    )
