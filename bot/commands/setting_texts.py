"""How a chat's settings are shown to people: their names, values, what changed, and when the next digest comes."""

import datetime as dt
from collections.abc import Mapping

from babel.dates import format_skeleton, get_datetime_format, get_day_names
from babel.lists import format_list

from bot.commands.asking import Asking
from bot.commands.faults import clock
from bot.commands.zones import city, offset_label, zone_label
from bot.delivery.due import zone_of
from bot.delivery.subscribing import Subscribed
from bot.locales import LANGUAGES, language_name, locale
from bot.model import ALL_WEEKDAYS, Shape, Subscription


def labels(asking: Asking) -> dict[str, str]:
    """The settings' names as people read them, in the order in which they are shown."""
    return {
        "time": asking.gettext("Time"),
        "zone": asking.gettext("Time zone"),
        "weekdays": asking.gettext("Weekdays"),
        "language": asking.gettext("Language"),
        "shape": asking.gettext("Form"),
        "top": asking.gettext("Papers a day"),
        "votes": asking.gettext("Least votes"),
    }


def possible(asking: Asking, name: str) -> str:
    """What can be said after `/settings NAME`."""
    return {
        "time": asking.gettext("an hour of the day, such as 08:00"),
        "zone": asking.gettext("a city or an offset, such as Seoul, New York or UTC+9"),
        "weekdays": asking.gettext("everyday, weekdays, mon-fri or mon,wed,fri"),
        "language": _languages(asking),
        "shape": asking.gettext("each (one message a paper) or compact (one list)"),
        "top": asking.gettext("a number from 1 to 100, or all"),
        "votes": asking.gettext("a number; 0 for every paper"),
    }[name]


def _languages(asking: Asking) -> str:
    own = " · ".join(f"{one} ({language_name(one, one)})" for one in LANGUAGES)
    if asking.settings.llm_api_url is None:
        return own
    return f"{own} · " + asking.gettext("for summaries any other, such as {examples}", examples="fr, de")


def values(asking: Asking, order: Subscription, language: str) -> dict[str, str]:
    """The values of all settings as people read them."""
    forms = {Shape.EACH: asking.gettext("one message a paper"), Shape.COMPACT: asking.gettext("one compact list")}
    return {
        "time": clock(order.local_time),
        "zone": zone_label(order.time_zone, asking.language, asking.now),
        "weekdays": weekdays_text(asking, order.weekdays),
        "language": language_name(language, asking.language),
        "shape": forms[order.shape],
        "top": asking.gettext("all")
        if order.top is None
        else asking.gettext("the {count} with the most votes", count=order.top),
        "votes": str(order.min_votes),
    }


def changes(asking: Asking, before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """A line for each setting that differs: `Time: 09:00 → 08:00`."""
    names = labels(asking)
    return [f"{names[name]}: {before[name]} → {value}" for name, value in after.items() if before[name] != value]


def next_digest(asking: Asking, subscribed: Subscribed) -> str:
    """When the next digest comes, by the chat's own clock, and which list day it will hold."""
    order = subscribed.chat.subscription
    assert order is not None
    at = instant_text(asking, subscribed.first_at, order.time_zone)
    if not subscribed.edited:
        if subscribed.first_day is None:
            return asking.gettext("The first digest comes on {at}, with the newest list by then.", at=at)
        return asking.gettext(
            "The first digest comes on {at}, with the list of {day}.", at=at, day=asking.day_name(subscribed.first_day)
        )
    if subscribed.first_day is None:
        return asking.gettext("The next digest comes on {at}, with the newest list by then.", at=at)
    return asking.gettext(
        "The next digest comes on {at}, with the list of {day}.", at=at, day=asking.day_name(subscribed.first_day)
    )


def instant_text(asking: Asking, instant: dt.datetime, zone: str) -> str:
    """`3월 29일 (금) 09:00 (서울 시각)`: an instant by the clock of `zone`, named; its year where it is another."""
    local = instant.astimezone(zone_of(zone))
    tongue = locale(asking.language)
    same_year = local.year == asking.now.astimezone(zone_of(zone)).year
    day = format_skeleton("MMMEd" if same_year else "yMMMEd", local, locale=tongue)
    at = str(get_datetime_format("medium", locale=tongue)).format(clock(local.time()), day)
    # The offset at that instant, for summer time may have begun by then.
    offset = offset_label(zone, instant)
    if zone_label(zone, asking.language, instant) == offset:
        return f"{at} {offset}"
    return asking.gettext("{at} ({city} time)", at=at, city=city(zone, asking.language))


def weekdays_text(asking: Asking, weekdays: tuple[int, ...]) -> str:
    """`every day`, `Mon to Fri`, `월·수·금`, `周一、周三和周五`."""
    if weekdays == ALL_WEEKDAYS:
        return asking.gettext("every day")
    names = get_day_names("abbreviated", locale=locale(asking.language))
    if weekdays == ALL_WEEKDAYS[:5]:
        return asking.gettext("{first} to {last}", first=names[0], last=names[4])
    if asking.language == "ko":
        # CLDR's `월, 수 및 금` is nobody's Korean.
        return "·".join(names[day] for day in weekdays)
    return format_list([names[day] for day in weekdays], locale=locale(asking.language))
