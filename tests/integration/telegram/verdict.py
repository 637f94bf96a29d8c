"""The verdict on a story of Telegram: what stands in each chat at its end, beside what was owed and what is written down."""

import contextlib
import datetime as dt
import re
import sqlite3
from itertools import pairwise

from bot.clock import from_text
from bot.ports import Unknown
from tests.integration.broadcast import FOUR
from tests.integration.telegram.story import DAYS
from tests.unit.delivery.scene import ids_of

ROWS = (
    "SELECT list_day, state, lapses_at, cursor, total, rejected, last_error, parked, delivery.id FROM delivery "
    "JOIN target ON target.id = target_id WHERE chat_id = ? AND topic_id = ?"
)
RECORDED = "SELECT external_id FROM delivery_message WHERE external_id <> ''"
# The weekday is written in the chat's language, which is the installation's when the chat was forgotten.
WEEKDAY = re.compile(r"(?<=-\d\d )\(.+\)$")
POSITIONS = {
    heading: (day, at)
    for day in DAYS
    for at, heading in enumerate((f"Daily Papers · {day}", *(f"Paper {one}" for one in ids_of(day.isoformat(), FOUR))))
}


def judge(story):
    """Raises AssertionError with the whole story."""
    with contextlib.closing(sqlite3.connect(story.lives.path)) as connection:
        connection.row_factory = sqlite3.Row
        recorded = {int(row[0]) for row in connection.execute(RECORDED)}
        for place in story.places:
            address = place.address
            rows = {row["list_day"]: row for row in connection.execute(ROWS, (address.chat_id, address.topic_id))}
            verdict = Verdict(story, place, rows, recorded)
            faults = list(verdict.faults())
            known = [str(dict(row)) for row in rows.values()]
            assert not faults, "\n".join(["", *faults, *known, *verdict.described(), *story.mishaps.told])


def heading_of(message):
    return WEEKDAY.sub("", message.text.split("\n", 1)[0]).strip()


class Verdict:
    """On one place. `rows` are its deliveries by list day, `recorded` the numbers of all messages that are written down."""

    def __init__(self, story, place, rows, recorded):
        self.story, self.place, self.rows, self.recorded = story, place, rows, recorded
        mine = [message for message in story.messages if place.holds(message)]
        self.mine = mine
        # Number and position, in the order in which they came.
        self.stands = [(one.message_id, POSITIONS[heading_of(one)]) for one in mine if heading_of(one) in POSITIONS]
        if place.forgotten is not None:
            # A new beginning; one more may have been on its way.
            self.stands = [(number, at) for number, at in self.stands if number > place.forgotten][1:]

    def faults(self):
        yield from self.open_ends()
        yield from self.missing()
        if not self.place.paired:
            yield from self.out_of_order()
            yield from self.without_reason()
        yield from self.after_the_end()

    def open_ends(self):
        for day, row in self.rows.items():
            # Of a day that an operator ordered, parked is the answer that the operator was given.
            ordered = dt.date.fromisoformat(day) in self.place.again
            # The last tick was three hours before the end.
            waits = row["state"] == "waiting" and from_text(row["lapses_at"]) > self.story.at - dt.timedelta(hours=3)
            open_state = row["state"] in {"ready", "waiting"} and not waits
            if open_state or (row["state"] == "parked" and not (self.place.gone or ordered)):
                yield f"{day} neither ends nor waits for anything: {row['state']}"
            if row["state"] == "failed":
                yield f"{day} was given up"

    def missing(self):
        place = self.place
        if place.gone:
            return
        stands = {position for _, position in self.stands}
        for day in DAYS:
            due = dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC) + dt.timedelta(days=1)
            row = self.rows.get(day.isoformat())
            if due > self.story.at:
                continue
            if row is None or row["state"] == "skipped":
                if not place.ever_unsubscribed and place.forgotten is None:
                    yield f"{day} never came: {'nothing planned' if row is None else row['last_error'] or 'too old'}"
            elif row["state"] == "done" and place.forgotten is None:
                there = [at for at in range(row["total"]) if (day, at) in stands]
                if len(there) < row["total"] - row["rejected"]:
                    yield f"{day}: {there} of {row['total']} stand there, {row['rejected']} rejected"

    def out_of_order(self):
        for before, after in pairwise(at for _, at in self.stands if at[0] not in self.place.again):
            if after < before:
                yield f"out of order: {after} after {before}"

    def without_reason(self):
        """A message that comes again did not count as sent: it was in doubt, or its process ended before it was recorded."""
        last_of_life = {self.story.life_of[number]: number for number, _ in self.stands}
        last = {position: number for number, position in self.stands}
        for number, position in self.stands:
            if last[position] == number or position[0] in self.place.again:
                continue
            told = self.story.untold.get(number)
            if number in self.recorded:
                yield f"{position} came again, though {number} was recorded"
            elif not isinstance(told, Unknown) and last_of_life[self.story.life_of[number]] != number:
                yield f"{position} came again without a reason: {number}, {told}"

    def after_the_end(self):
        quiet = self.place.quiet
        late = [] if quiet is None else [position for number, position in self.stands if number > quiet]
        if len(late) > 1:  # one was on its way
            yield f"after unsubscribing came {late}"

    def described(self):
        for message in self.mine:
            number = message.message_id
            known = "recorded" if number in self.recorded else self.story.untold.get(number, "not recorded")
            yield f"  {number} in life {self.story.life_of[number]}, {message.chat_id}: {heading_of(message)} ({known})"
