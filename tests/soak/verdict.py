"""The judgement at the end of a soak: what each reader got, beside what it was owed and what the store has written down."""

import contextlib
import datetime as dt
import sqlite3
from collections import Counter, defaultdict
from itertools import pairwise

from bot.clock import from_text, to_text
from bot.model import Shape
from tests.soak.readers import Key

# What stood there so long before a reader's last digest was owed with it; what came late is looked for in larger steps.
SETTLED, LATE = dt.timedelta(hours=20), dt.timedelta(days=5)
# Pauses before the Hub is asked again are real ones, however fast the clock runs.
SETTLED_SECONDS = 8.0

_SENT = (
    "SELECT platform, target_id, list_day, position, external_id FROM delivery_message "
    "JOIN delivery ON delivery.id = delivery_id JOIN target ON target.id = target_id WHERE external_id <> ''"
)
_OVERDUE = (
    "SELECT count(*) FROM delivery JOIN target ON target.id = target_id WHERE parked = '' AND planned_at < ?1 AND "
    "(state = 'ready' OR (state = 'waiting' AND lapses_at < ?1))"
)
# A message in doubt stays so when its day becomes too old meanwhile: its chat was parked, or the program was away.
_LEFT_IN_DOUBT = (
    "SELECT chat_id, count(*) FROM delivery JOIN target ON target.id = target_id "
    "WHERE platform = 'discord' AND state IN ('skipped', 'parked') AND attempts > 0 GROUP BY chat_id"
)
_STATES = "SELECT state, count(*) AS count FROM delivery GROUP BY state"
_SIZES = (
    "SELECT tbl_name, sum(pgsize) AS size FROM dbstat JOIN sqlite_master ON sqlite_master.name = dbstat.name "
    "GROUP BY tbl_name ORDER BY 2 DESC LIMIT 9"
)
_LAGS = "SELECT planned_at, ended_at FROM delivery WHERE state = 'done' AND ended_at IS NOT NULL"


Place = tuple[str, int, str, int]  # platform, target, list day, position: as they follow each other in a chat


def written_down(path):
    """The numbers of the messages that the store knows to stand in chats, by their place; it forgets old ones."""
    return {tuple(row[:4]): int(row[4]) for row in _read(path, _SENT)}


def overdue(path, instant):
    """How many deliveries were planned before this instant and have not ended, of those who can be reached."""
    return _read(path, _OVERDUE, to_text(instant))[0][0]


def _read(path, statement, *values):
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return connection.execute(statement, values).fetchall()


class Verdict:
    """Everything that is asserted of a soak, counted; `faults` names what must not be."""

    def __init__(self, soak, end):
        path, record, moved = soak.path, soak.record, soak.deeds.moved
        self.record, self.readers, self.hub, self.begin, self.end = record, soak.readers, soak.hub, soak.begin, end
        self.settled = max(SETTLED, dt.timedelta(seconds=SETTLED_SECONDS * soak.speed))
        self.overdue = overdue(path, end)
        self.written = soak.written
        self.states = dict(_read(path, _STATES))
        self.lags = sorted(
            (from_text(ended_at) - from_text(planned_at)).total_seconds() for planned_at, ended_at in _read(path, _LAGS)
        )
        self.sizes = _read(path, _SIZES)
        self.bytes = path.stat().st_size
        recorded = {(place[0], number) for place, number in self.written.items()}
        # Answers to people hold no list and no paper; they are written down nowhere.
        digests = [one for one in record.taken if one.papers or one.is_listing]
        self.digests = len(digests)
        self.extra = [one for one in digests if (one.key[0], one.number) not in recorded]
        explained = {("telegram", number) for number in record.doubtful} | soak.in_flight
        self.unexplained = [
            one for one in self.extra if one.key[0] == "telegram" and (one.key[0], one.number) not in explained
        ]
        # On Discord a message in doubt is found again, and then written down; it is twice there when the same stands twice.
        open_there = Counter(one.key[1] for one in self.extra if one.key[0] == "discord")
        self.not_found_again = open_there - Counter(dict(_read(path, _LEFT_IN_DOUBT)))
        stand = Counter((one.key, one.heading, one.papers) for one in digests if one.key[0] == "discord")
        self.twice_there = {what: count for what, count in stand.items() if count > 1}
        self.got: defaultdict[Key, Counter[str]] = defaultdict(Counter)
        for one in digests:
            if (one.key[0], one.number) in recorded:
                self.got[moved.get(one.key, one.key)].update(one.papers)
        self._judge()

    def _judge(self):
        papers = list(self.hub.every_paper())
        self.owed = self.missing = self.missed_away = self.short = 0
        self.lost = []
        for reader in self.readers:
            got, last = self.got[reader.key], reader.last_due(self.end - dt.timedelta(hours=6))
            for day, arrival, paper in papers:
                if day < self.begin.date() or last < self.begin or not reader.wants(paper):
                    continue  # of a day before, who reads once a week is owed six at once: one more than is sent
                settled = dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)
                is_late = arrival > settled + dt.timedelta(hours=12)
                if max(settled, arrival) > last - (LATE if is_late else self.settled):
                    continue
                self.owed += 1
                if got[paper.id]:
                    continue
                if reader.could_be_missed(day):
                    self.missed_away += 1
                else:
                    self.missing += 1
                    self.lost.append((reader, day, paper.id))
        self.twice = sum(count > 1 for got in self.got.values() for count in got.values())
        known = {paper.id: paper for _, _, paper in papers}
        self.unwanted = sum(
            (known[paper].upvotes or 0) < reader.order.min_votes
            for reader in self.readers
            for paper in self.got[reader.key]
        )
        self.silent = sum(not got for got in (self.got[reader.key] for reader in self.readers))
        self.disordered = self._disordered()

    def _disordered(self):
        """Chats in which a message of a digest stands above one that comes before it: numbers grow over all chats."""
        chats = defaultdict(list)
        for (_, target, _, _), number in sorted(self.written.items()):
            chats[target].append(number)
        return sum(any(first >= second for first, second in pairwise(numbers)) for numbers in chats.values())

    def found(self):
        """A few of each: the papers that never came, by reader; what stands unexplained, twice, or was not found again."""
        lost = [(reader.key, reader.order, str(day), paper) for reader, day, paper in self.lost[:5]]
        twice = [one for one in self.record.taken if (one.key, one.heading, one.papers) in self.twice_there][:10]
        open_there = [one for one in self.extra if one.key[1] in self.not_found_again][:10]
        return [*lost, *self.unexplained[:5], *twice, *open_there]

    @property
    def faults(self):
        """What must be nothing, by name."""
        return {
            "owed papers that never came": self.missing,
            "papers that came twice, as written down": self.twice,
            "taken by Telegram, not written down, unexplained": len(self.unexplained),
            "twice on Discord": sum(count - 1 for count in self.twice_there.values()),
            "in doubt on Discord, not found again": self.not_found_again.total(),
            "papers below a reader's least votes": self.unwanted,
            "chats out of order": self.disordered,
            "deliveries overdue at the end": self.overdue,
            "deliveries that failed": self.states.get("failed", 0),
        }

    def lines(self, speed):
        """The table."""
        each = sum(reader.order.shape is Shape.EACH for reader in self.readers)
        zones = len({reader.order.time_zone for reader in self.readers})
        lags = [self.lags[min(len(self.lags) - 1, int(len(self.lags) * part))] for part in (0.5, 0.99, 1)]
        yield f"readers {len(self.readers)}, of whom {each} have a message a paper; zones {zones}"
        yield f"messages of digests taken {self.digests}; papers owed for certain {self.owed}"
        yield f"sent twice on Telegram, told of an error or killed: {len(self.extra)}"
        yield f"not had by those who could not be reached then: {self.missed_away}; readers who got nothing: {self.silent}"
        yield f"deliveries: {', '.join(f'{state} {count}' for state, count in sorted(self.states.items()))}"
        yield (
            "from planned to ended, real seconds: "
            f"median {lags[0] / speed:.2f}, 99 % {lags[1] / speed:.2f}, longest {lags[2] / speed:.1f}"
        )
        yield from (f"{name}: {count}" for name, count in self.faults.items())
        yield f"the file: {self.bytes:,} bytes"
        yield from (f"    {name:24}{size:>14,}" for name, size in self.sizes)
