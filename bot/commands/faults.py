"""What is said about a date, hour or zone that could not be read, with the nearest correct one."""

import datetime as dt

from bot.commands.asking import Asking
from bot.commands.dates import DateFault, NoDate
from bot.commands.hours import NoHour
from bot.commands.zones import NoZone
from bot.message import Message, shortened

# A person's own words are given back in an answer up to this length, in UTF-16 units.
QUOTED = 60


def quoted(text: str) -> str:
    """A person's words as an answer repeats them: on one line, and not too many."""
    return shortened(" ".join(text.split()), QUOTED)


def date_fault(asking: Asking, fault: NoDate, command: str = "/day") -> list[Message]:
    """What to say of an unreadable, impossible or ambiguous date; `command` stands before it in the offers."""
    written = quoted(asking.arguments)
    offers = [f"{command} {day.isoformat()}" for day in fault.offers]
    if fault.fault is DateFault.IMPOSSIBLE:
        return asking.say(
            asking.gettext("The calendar has no day {written}.", written=written), offers=offers, private=True
        )
    if fault.fault is DateFault.AMBIGUOUS:
        return asking.say(
            asking.gettext("{written} can be read as more than one day.", written=written), offers=offers, private=True
        )
    forms = asking.gettext("Write it like 2024-03-28, March 28, yesterday or last friday.")
    if command != "/day":
        forms = asking.gettext("Write it like 2024-12-31, December 31, next monday or 2 weeks.")
    unread = asking.gettext("I cannot read “{written}” as a day.", written=written)
    return asking.say(unread, forms, offers=offers, private=True)


def hour_fault(asking: Asking, written: str, fault: NoHour, command: str, after: str = "") -> list[Message]:
    """What to say of an hour that cannot be read; in the offer it stands between `command` (`/subscribe`) and `after`."""
    offers = [f"{command} {clock(fault.offer)} {after}".strip()] if fault.offer is not None else []
    if fault.impossible:
        sentence = asking.gettext("No clock shows {written}: a day goes from 00:00 to 23:59.", written=quoted(written))
    else:
        sentence = asking.gettext("I cannot read “{written}” as an hour of the day.", written=quoted(written))
    forms = asking.gettext("Write it like 9, 09:30, 9 PM or 21:00.")
    return asking.say(sentence, "" if offers else forms, offers=offers, private=True)


def zone_fault(asking: Asking, written: str, fault: NoZone, command: str) -> list[Message]:
    """What to say of a time zone that is not known; `command` is what stands before it in the offers."""
    return asking.say(
        asking.gettext("I do not know the time zone “{written}”.", written=quoted(written)),
        "" if fault.offers else asking.gettext("Write a city or an offset: Seoul, New York, Europe/London, UTC+9."),
        offers=[f"{command} {zone}" for zone in fault.offers],
        private=True,
    )


def clock(time: dt.time) -> str:
    """`09:00`."""
    return time.strftime("%H:%M")
