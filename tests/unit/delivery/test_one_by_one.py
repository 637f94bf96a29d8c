"""Planning for many at once is planning for each alone: whatever happened before, by a plain reading of the rules.

Many at once are those of one outline, by its mark or whole, in chunks that are read ahead, in the order of the file.
"""

import asyncio
import datetime as dt
import json
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import from_text, to_text
from bot.delivery import plan, planner
from bot.delivery.due import WAIT, expected_day, next_due_at, owed_days
from bot.delivery.subscribing import subscribe, unsubscribe
from bot.digest import select
from bot.model import ListDayState, Origin, Paper, Shape
from bot.ports import SourcePaper
from bot.store import chats, list_days, papers, selections, subscriptions
from tests.new_store import new_store
from tests.unit.delivery.scene import order, put_chat

BEGIN = dt.datetime(2024, 3, 14, 14, 0, tzinfo=dt.UTC)
ONE_DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
FOLLOWED = 12  # list days in which late papers are looked for
LANGUAGES = ("ko", "en")
ORDERS = (
    order(),
    order(shape=Shape.COMPACT, top=2),
    order(time_zone="America/New_York", min_votes=5),
    order(time_zone="Europe/London", local_time=dt.time(8), weekdays=(0, 3)),
    order(local_time=dt.time(21), top=1),
)
CHATS = st.integers(0, 6)
STEPS = st.one_of(
    st.tuples(st.just("subscribe"), CHATS, st.sampled_from(ORDERS)),
    st.tuples(st.just("unsubscribe"), CHATS),
    st.tuples(st.just("language"), CHATS, st.sampled_from(LANGUAGES)),
    st.tuples(st.just("park"), CHATS),
    st.tuples(st.just("wake"), CHATS),
    st.tuples(st.just("sent")),
    st.tuples(st.just("late"), st.integers(1, 3), st.integers(0, 20)),
)
# A list comes, or does not; some things happen; so many hours later it is planned.
DAYS = st.tuples(
    st.sampled_from((None, 0, 1, 2, 3, 3)), st.lists(STEPS, max_size=3), st.sampled_from((1, 6, 24, 24, 24, 24, 72, 300))
)


# --- What happens -------------------------------------------------------------------------------------------------------


class World:
    """A store, a clock, and the lists as the Hub has them: votes by paper, which never change."""

    def __init__(self, store):
        self.store = store
        self.now = BEGIN
        self.lists = {}
        with_all = [store.write_now(put_chat, str(number), language="ko") for number in range(7)]
        self.addresses = [chat.address for chat in with_all]
        for number in range(7):
            store.write_now(self.subscribe, number, ORDERS[number // 4])

    def do(self, connection, step):
        name, *values = step
        getattr(self, name)(connection, *values)

    def subscribe(self, connection, chat, wanted):
        found = chats.chat(connection, self.addresses[chat])
        assert found is not None
        subscribe(connection, found, wanted, now=self.now, settle_hour=12)

    def unsubscribe(self, connection, chat):
        found = chats.chat(connection, self.addresses[chat])
        assert found is not None
        unsubscribe(connection, found, now=self.now)

    def language(self, connection, chat, language):
        chats.set_language(connection, chat + 1, language)

    def park(self, connection, chat):
        chats.park(connection, chat + 1, "blocked", now=self.now)

    def wake(self, connection, chat):
        chats.wake(connection, chat + 1)

    def sent(self, connection):
        connection.execute("UPDATE delivery SET state = 'done', cursor = total WHERE state = 'ready'")

    def list(self, connection, count):
        """The newest list settles; with no papers it is a holiday's, and closed."""
        day = expected_day(self.now, 12)
        if day not in self.lists:
            number = day.toordinal()
            self.lists[day] = {f"2403.{number % 1000}{at:02d}": 50 - 10 * at for at in range(count)}
            self.put(connection, day)

    def late(self, connection, back, votes):
        """A paper comes to one of the newest lists that have any."""
        known = [day for day, listed in sorted(self.lists.items()) if listed]
        if known:
            day = known[-back:][0]
            listed = self.lists[day]
            listed[f"2403.{day.toordinal() % 1000}{len(listed):02d}"] = votes
            self.put(connection, day)

    def put(self, connection, day):
        listed = [Paper(id=one, title=one, upvotes=votes) for one, votes in self.lists[day].items()]
        papers.merge_papers(connection, [SourcePaper(paper=one) for one in listed], now=self.now)
        state = ListDayState.SETTLED if listed else ListDayState.CLOSED
        list_days.save_list(connection, day, listed, origin=Origin.HUB, state=state, now=self.now)


# --- The rules, for one subscriber --------------------------------------------------------------------------------------


@dataclass
class Row:
    state: str
    items: list[dict[str, object]] | None = None
    frozen_at: str = ""
    lapses_at: str | None = None


class Alone:
    """A subscriber as the store has it, and what the rules make of it."""

    def __init__(self, connection, target, world):
        self.connection, self.world, self.now = connection, world, world.now
        found = subscriptions.subscription(connection, target)
        assert found is not None
        self.order = found
        self.language, self.parked = connection.execute(
            "SELECT language, parked FROM target WHERE id = ?", (target,)
        ).fetchone()
        self.rows = {
            dt.date.fromisoformat(row["list_day"]): Row(
                row["state"], json.loads(row["items"] or "null"), row["frozen_at"] or "", row["lapses_at"]
            )
            for row in connection.execute(
                "SELECT delivery.*, items, frozen_at FROM delivery LEFT JOIN selection ON selection.id = selection_id "
                "WHERE target_id = ?",
                (target,),
            ).fetchall()
        }
        self.floor = self.order.floor_day
        self.due = self.order.next_due_at

    def plan(self):
        for day in sorted(day for day, row in self.rows.items() if row.state == "waiting"):
            row = self.rows[day]
            if row.state != "waiting":
                continue
            if (row.lapses_at or "") <= to_text(self.now):
                del self.rows[day]
            elif selections.is_deliverable(self.connection, day) and self.order.active:
                self.owe(self.now, None)
                if self.rows[day].state == "waiting":
                    del self.rows[day]
            elif selections.is_deliverable(self.connection, day) or selections.is_empty(self.connection, day):
                del self.rows[day]
        if self.due is None or self.due > self.now:
            return
        last = self.due
        while (following := self.next(last)) <= self.now:
            last = following
        self.due = following
        if not self.parked:
            self.owe(last, expected_day(last, 12))

    def next(self, after):
        one = self.order
        return next_due_at(time_zone=one.time_zone, local_time=one.local_time, weekdays=one.weekdays, after=after)

    def owe(self, at, expected):
        days = [one.day for one in selections.deliverable_days(self.connection, until=self.now.date())]
        if self.floor is None and days:
            self.floor = days[-1] - ONE_DAY
        floor = self.floor
        if floor is not None:
            known = {day: row for day, row in self.rows.items() if day > floor}
            had = {day for day, row in known.items() if row.state not in {"waiting", "parked"}}
            owed, skipped = owed_days([day for day in days if day > floor], floor, had)
            sent = {one for row in known.values() if row.items for one in select.paper_ids(row.items)}
            late = self.late(known, sent)
            fresh = [day for day in owed if day not in known or known[day].items is None]
            for day in owed:
                items = self.items(day, sent, late, skipped, newest=day == owed[-1], on_top=fresh[:1] == [day])
                kept = known[day] if day in known and known[day].items else Row("", items, to_text(self.now))
                self.rows[day] = replace(kept, state="ready")
            for day in skipped:
                self.rows[day] = Row("skipped", known[day].items if day in known else None)
        else:
            had = set()
        missing = expected is not None and expected not in had and expected not in days
        missing = missing and (floor is None or expected > floor) and not selections.is_empty(self.connection, expected)
        if missing and at + WAIT > self.now:
            before = self.rows.get(expected)
            if before is None or (before.state == "parked" and before.items is None):
                self.rows[expected] = Row("waiting", None, "", to_text(at + WAIT))
            self.floor = self.floor or expected - ONE_DAY
        if self.floor is not None and len(days) > FOLLOWED:
            self.floor = max(self.floor, days[-FOLLOWED - 1])

    def late(self, known, sent):
        found = []
        for day, row in sorted(known.items()):
            if row.items is not None:
                newer = selections.seen_after(self.connection, day, from_text(row.frozen_at))
                new = [one for one in papers.papers_of_day(self.connection, day) if one.id in newer and one.id not in sent]
                passing = [one for one in new if (one.upvotes or 0) >= self.order.min_votes]
                found += [(day, one) for one in sorted(passing, key=lambda one: -(one.upvotes or 0))]
        return found

    def items(self, day, sent, late, skipped, *, newest, on_top):
        own = [one for one in papers.papers_of_day(self.connection, day) if one.id not in sent]
        choice = self.order.choice(self.language)
        if not newest:
            choice = replace(choice, shape=Shape.COMPACT)
        named = [one.isoformat() for one in skipped] if on_top else []
        named = [named[0], "…", named[-1]] if len(named) > 7 else named
        return select.items(own, choice, late=late if on_top else (), skipped=named, once=True)

    def seen(self):
        """What is compared."""
        rows = {
            day: (row.state, row.items, row.lapses_at if row.state == "waiting" else None) for day, row in self.rows.items()
        }
        return rows, self.floor, self.due


# --- The comparison -----------------------------------------------------------------------------------------------------


def alone(connection, world):
    """What each subscriber should have after planning; and what it has now, for the comparison afterwards."""
    found = {}
    for (target,) in connection.execute("SELECT target_id FROM subscription ORDER BY target_id").fetchall():
        one = Alone(connection, target, world)
        one.plan()
        found[target] = one.seen()
    return found


def planned(connection, world):
    targets = [row[0] for row in connection.execute("SELECT target_id FROM subscription ORDER BY target_id")]
    return {target: Alone(connection, target, world).seen() for target in targets}


def is_in_order(connection):
    """Whether the order of the due instants names everybody, and nobody twice."""
    rows = "SELECT at, target_id FROM {} ORDER BY 1, 2"
    found, wanted = (connection.execute(rows.format(name)).fetchall() for name in ("due_order", "due"))
    return [tuple(row) for row in found] == [tuple(row) for row in wanted]


async def live(world, days):
    for papers_of_day, steps, hours in days:
        if papers_of_day is not None:
            world.store.write_now(world.list, papers_of_day)
        for step in steps:
            world.store.write_now(world.do, step)
        world.now += hours * HOUR
        expected = world.store.read_now(alone, world)
        await plan.plan_due(world.store, now=world.now, settle_hour=12)
        assert world.store.read_now(planned, world) == expected
        assert world.store.read_now(is_in_order)


@settings(max_examples=30, deadline=None)
@given(st.lists(DAYS, min_size=4, max_size=14))
def test_planning_for_many_is_planning_for_each(days):
    usual = planner.CHUNK, planner.FIRST_CHUNK, planner.LEAST_CHUNK
    planner.CHUNK, planner.FIRST_CHUNK, planner.LEAST_CHUNK = 3, 1, 1
    try:
        with tempfile.TemporaryDirectory() as folder, new_store(Path(folder) / "store.db") as store:
            asyncio.run(live(World(store), days))
    finally:
        planner.CHUNK, planner.FIRST_CHUNK, planner.LEAST_CHUNK = usual
