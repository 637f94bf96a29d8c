"""Subscribing step by step: five questions, each answered by a tap or skipped, in one message that changes.

The chat is subscribed from the beginning, so that nobody who stops halfway waits in vain. An answer leads to the next
question; where several things can be chosen, the arrow does.
"""

from collections.abc import Sequence

from bot.commands import setting_texts, setting_views
from bot.commands.asking import Asking
from bot.commands.filter_texts import filters_text, left, left_text
from bot.commands.panels import rows, ticked
from bot.commands.setting_views import action
from bot.commands.zones import zone_label
from bot.digest import topics
from bot.message import INERT, Button, Message
from bot.store import expected

LANGUAGE, HOUR, WEEKDAYS, COUNT, TOPICS, DONE = "123456"
ZONE = "y"
STEPS = (LANGUAGE, HOUR, WEEKDAYS, COUNT, TOPICS)


async def step(asking: Asking, view: str, told: Sequence[str] = ()) -> Message | None:
    """The message of a step; None when there is no such step. `told` is said before its question."""
    if view in {HOUR, ZONE} and asking.in_private:
        # A city that is typed now is the answer.
        await asking.store.write(expected.expect, asking.request.address, now=asking.now)
    if view == ZONE:
        return _zone(asking)
    if view == DONE:
        return _done(asking)
    if view not in STEPS:
        return None
    question, groups = await _QUESTIONS[view](asking)
    return Message(
        heading=heading(asking),
        paragraphs=tuple(filter(None, (*told, *question))),
        buttons=rows([*groups, _ways(asking, view)], 5),
    )


def heading(asking: Asking) -> str:
    """That it is subscribed, and which chat, where that is not the one in which this is said."""
    chat = asking.place
    return asking.gettext("{chat} is subscribed", chat=chat) if chat else asking.gettext("Subscribed")


def _ways(asking: Asking, view: str) -> list[Button]:
    at = STEPS.index(view)
    before = [Button("‹", action=action(asking, STEPS[at - 1]))] if at else []
    following = [Button("›", action=action(asking, STEPS[at + 1]))] if at + 1 < len(STEPS) else []
    done = Button(asking.gettext("Done"), action=action(asking, DONE))
    return [*before, Button(f"{at + 1}/{len(STEPS)}", action=INERT), *following, done]


Question = tuple[tuple[str, ...], list[list[Button]]]


async def _language(asking: Asking) -> Question:
    return (asking.gettext("In which language?"),), setting_views.choices(asking, "language", HOUR)


async def _hour(asking: Asking) -> Question:
    zone = zone_label(asking.order.time_zone, asking.language, asking.now)
    typed = asking.gettext("If you are elsewhere, type a city.") if asking.in_private else ""
    question = (asking.gettext("At which hour?"), asking.gettext("By the clock of {zone}.", zone=zone), typed)
    other = Button(asking.gettext("Another time zone"), action=action(asking, ZONE))
    return question, [*setting_views.choices(asking, "time", WEEKDAYS), [other]]


async def _weekdays(asking: Asking) -> Question:
    question = (asking.gettext("On which days?"), asking.gettext("What a day without a digest misses comes with the next."))
    # A day is one of several; who takes them all, or the working days, has answered.
    *days, spans = setting_views.choices(asking, "weekdays", WEEKDAYS)
    return question, [*days, setting_views.choices(asking, "weekdays", COUNT)[-1]] if spans else days


async def _count(asking: Asking) -> Question:
    question = (asking.gettext("How many papers a day?"), asking.gettext("Those with the most votes come first."))
    return question, [
        *setting_views.choices(asking, "top", TOPICS),
        *([one[0] for one in setting_views.choices(asking, "shape", COUNT)],),
    ]


async def _topics(asking: Asking) -> Question:
    filters = asking.order.filters
    buttons = [
        Button(
            ticked(one.label(asking.gettext), on=topics.has(filters.having, one)),
            action=action(asking, TOPICS, f"x{one.code}"),
        )
        for one in topics.TOPICS
    ]
    found = await left(asking, asking.order.choice(asking.language))
    question = (
        asking.gettext("About what? With nothing chosen, about everything."),
        left_text(asking, found) if found is not None and filters else "",
        asking.gettext("Own words, authors and labs: {example}", example='/filter "world model" author:LeCun'),
    )
    return question, [buttons[at : at + 3] for at in range(0, len(buttons), 3)]


_QUESTIONS = {LANGUAGE: _language, HOUR: _hour, WEEKDAYS: _weekdays, COUNT: _count, TOPICS: _topics}


def _zone(asking: Asking) -> Message:
    zone = zone_label(asking.order.time_zone, asking.language, asking.now)
    typed = asking.gettext("Or type a city.") if asking.in_private else ""
    return Message(
        heading=heading(asking),
        paragraphs=tuple(filter(None, (asking.gettext("By the clock of {zone}.", zone=zone), typed))),
        buttons=rows(
            [*setting_views.choices(asking, "zone", HOUR), [Button("‹", action=action(asking, HOUR))]],
        ),
    )


def _done(asking: Asking) -> Message:
    """What was chosen, in few lines, and how it is changed."""
    values = setting_texts.values(asking, asking.order, asking.language)
    chat, filters = asking.place, filters_text(asking, asking.order.filters)
    count = f"{setting_texts.labels(asking)['top']}: {values['top']}" if asking.order.top else ""
    held = asking.gettext("It will come at {time}, {weekdays}: {form}.", time=values["time"], weekdays=values["weekdays"],
                          form=values["shape"])  # fmt: skip
    return Message(
        heading=heading(asking) if chat else asking.gettext("All set"),
        paragraphs=tuple(filter(None, (setting_views.state(asking), held, count, filters))),
        footer="" if asking.elsewhere else asking.gettext("/unsubscribe ends it, /preview shows the next digest now."),
        buttons=(Button(asking.gettext("Settings"), action=action(asking, setting_views.MAIN)),),
    )
