"""Records of different chats in one transaction: each has its own fate, and goes on only when it is committed."""

import asyncio
import sqlite3

import pytest

from bot.clock import Clock, to_text
from bot.delivery import recorder as recording
from bot.delivery.decide import Arrived, Later, Parked, PassedOver
from bot.delivery.recorder import Recorder
from bot.errors import StoreIsFull
from bot.model import Choice
from bot.ports import NotSent, Rejected, Sent, Unreachable
from bot.store import chats, deliveries, pauses, selections
from bot.store.recording import record_group
from bot.store.selections import DeliverableDay
from tests.unit.delivery.scene import NOW, day, put_chat
from tests.unit.store import planned_rows

DAY = day("2024-03-28")
UNTIL = NOW.replace(hour=23)


@pytest.fixture
def recorder(store):
    return Recorder(store, Clock(NOW), owner="me")


@pytest.fixture
def taken(store):
    """Gives deliveries of three messages to some chats, leased to this process."""

    def take(count, total=3):
        def put(connection):
            items = [{"kind": "heading"}] * total
            selection, _ = selections.freeze(connection, DeliverableDay(DAY, 1), Choice(), "", items, now=NOW)
            for number in range(count):
                chat = put_chat(connection, str(number))
                rows = [(chat.target_id, DAY.isoformat(), selection, total, to_text(NOW))]
                planned_rows.plan_ready(connection, rows, now=NOW)
            return deliveries.claim(connection, "me", ["telegram"], now=NOW, until=UNTIL, limit=count)

        return store.write_now(put)

    return take


@pytest.fixture
def groups(store, monkeypatch):
    """The sizes of the groups that were written."""
    sizes = []
    follow = recording.follow

    def counted(connection, entries, owner, *, now):
        sizes.append(len(entries))
        return follow(connection, entries, owner, now=now)

    monkeypatch.setattr(recording, "follow", counted)
    return sizes


async def record_all(recorder, outcomes):
    tasks = [recorder.record(delivery, outcome, plain=False) for delivery, outcome in outcomes]
    return await asyncio.gather(*tasks, return_exceptions=True)


def cursors(connection):
    return [row[0] for row in connection.execute("SELECT cursor FROM delivery ORDER BY id")]


async def test_what_comes_together_is_written_in_one_transaction(recorder, taken, groups, connection):
    found = await record_all(recorder, [(one, Sent(f"m{one.id}")) for one in taken(50)])
    assert groups == [50]
    assert cursors(connection) == [1] * 50
    assert all(step == Arrived(f"m{left.id}", "") and left.cursor == 1 for step, left in found)
    assert connection.execute("SELECT count(*) FROM delivery_message").fetchone()[0] == 50


async def test_a_record_is_committed_when_its_sender_goes_on(recorder, taken, store):
    (one,) = taken(1)
    await recorder.record(one, Sent("m"), plain=False)
    # On a connection of its own: what is not committed is not seen there.
    assert store.read_now(cursors) == [1]


async def test_the_last_message_ends_a_delivery_and_the_others_go_on(recorder, taken, connection):
    first, second = taken(2, total=2)
    (_, first), _ = await record_all(recorder, [(first, Sent("a")), (second, Sent("b"))])
    ((step, left),) = await record_all(recorder, [(first, Sent("c"))])
    assert (step, left) == (Arrived("c", ""), None)
    rows = connection.execute("SELECT state, lease_owner, ended_at IS NULL FROM delivery ORDER BY id").fetchall()
    assert [tuple(row) for row in rows] == [("done", None, 0), ("ready", "me", 1)]


async def test_each_outcome_of_a_group_has_its_own_consequence(recorder, taken, groups, connection):
    sent, blocked, failed, refused, posted = taken(5)
    outcomes = [
        (sent, Sent("m")),
        (blocked, Unreachable("bot was blocked")),
        (failed, NotSent("503")),
        (refused, Rejected("bad entity")),
        (posted, Sent("m", "thread-7")),
    ]
    found = await record_all(recorder, outcomes[:3] + outcomes[4:])
    ((plain, _),) = await asyncio.gather(recorder.record(refused, Rejected("bad entity"), plain=True))
    assert groups == [4, 1]
    assert [type(step) for step, _ in found] == [Arrived, Parked, Later, Arrived]
    assert plain == PassedOver("bad entity")
    assert [left and left.cursor for _, left in found] == [1, None, None, 1]
    assert found[3][1].container_id == "thread-7"
    states = [row[0] for row in connection.execute("SELECT state FROM delivery ORDER BY id")]
    assert states == ["ready", "parked", "ready", "ready", "ready"]


async def test_a_lost_lease_stops_only_its_own_chat_and_what_it_sent_is_recorded(recorder, taken, store):
    lost, kept = taken(2)

    def another_takes(connection):
        connection.execute("UPDATE delivery SET lease_owner = 'other' WHERE id = ?", (lost.id,))

    store.write_now(another_takes)
    (_, nothing), (_, left) = await record_all(recorder, [(lost, Sent("a")), (kept, Sent("b"))])
    assert nothing is None
    assert left.cursor == 1
    assert store.read_now(cursors) == [1, 1]
    assert store.read_now(deliveries.lease_owners) == ["me", "other"]


async def test_who_is_paused_or_unsubscribed_stops_and_the_others_go_on(recorder, taken, store):
    paused, left, other = taken(3)

    def change(connection):
        pauses.pause(connection, paused.address, now=NOW)
        deliveries.stop(connection, left.target_id, now=NOW)

    store.write_now(change)
    found = await record_all(recorder, [(one, Sent("m")) for one in (paused, left, other)])
    assert [after is None for _, after in found] == [True, True, False]
    # Whoever resumes it may take it: nothing of it is on its way.
    leases = store.read_now(lambda c: [row[0] for row in c.execute("SELECT lease_owner FROM delivery ORDER BY id")])
    assert leases == [None, None, "me"]


async def test_a_chat_that_moved_in_between_goes_on_at_its_new_address(recorder, taken, store):
    (one,) = taken(1)
    there = type(one.address)("telegram", "-100200")
    store.write_now(chats.move_chat, one.address, there, now=NOW)
    _, left = await recorder.record(one, Sent("m"), plain=False)
    assert left.address == there


async def test_the_same_message_recorded_twice_counts_once(recorder, taken, store):
    (one,) = taken(1)
    await recorder.record(one, Sent("m"), plain=False)
    _, left = await recorder.record(one, Sent("again"), plain=False)
    assert left.cursor == 1
    assert store.read_now(cursors) == [1]
    messages = store.read_now(lambda c: [row[0] for row in c.execute("SELECT external_id FROM delivery_message")])
    assert messages == ["m"]


async def test_one_success_forgets_the_strikes(recorder, taken, store):
    one, other = taken(2)
    for each in (one, other):
        store.write_now(deliveries.strike, each.target_id, 2, now=NOW)
    await recorder.record(one, Sent("m"), plain=False)
    assert store.read_now(deliveries.strikes, one.target_id) == (0, None)
    assert store.read_now(deliveries.strikes, other.target_id) == (2, NOW)


async def test_one_that_cannot_be_written_takes_nobody_along(recorder, taken, store, monkeypatch):
    bad, good, sent = taken(3)
    put_off = deliveries.put_off

    def refuse(connection, delivery, *args, **kwargs):
        put_off(connection, delivery, *args, **kwargs)
        if delivery.id == bad.id:
            raise ArithmeticError("no such instant")

    monkeypatch.setattr(deliveries, "put_off", refuse)
    outcomes = [(bad, NotSent("503")), (good, NotSent("503")), (sent, Sent("m"))]
    error, (step, _), (arrived, _) = await record_all(recorder, outcomes)
    assert isinstance(error, ArithmeticError)
    assert isinstance(step, Later)
    assert arrived == Arrived("m", "")
    attempts = store.read_now(lambda c: [row[0] for row in c.execute("SELECT attempts FROM delivery ORDER BY id")])
    assert attempts == [0, 1, 0]


async def test_a_group_that_fails_as_a_whole_is_written_one_by_one(recorder, taken, store, monkeypatch):
    bad, good = taken(2)

    def refuse(connection, sent, owner, *, now):
        if any(delivery.id == bad.id for delivery, _ in sent):
            raise sqlite3.IntegrityError("constraint failed")
        return record_group(connection, sent, owner, now=now)

    monkeypatch.setattr(recording, "record_group", refuse)
    error, (_, left) = await record_all(recorder, [(bad, Sent("a")), (good, Sent("b"))])
    assert isinstance(error, sqlite3.IntegrityError)
    assert left.cursor == 1
    assert store.read_now(cursors) == [0, 1]


async def test_a_full_disk_tells_everybody_and_nothing_is_written(recorder, taken, store, monkeypatch):
    given = taken(3)

    def full(*_, **__):
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(recording, "record_group", full)
        found = await record_all(recorder, [(one, Sent("m")) for one in given])
    assert [type(one) for one in found] == [StoreIsFull] * 3
    assert store.read_now(cursors) == [0, 0, 0]
    again = await record_all(recorder, [(one, Sent("m")) for one in given])
    assert [left.cursor for _, left in again] == [1, 1, 1]


async def test_who_stops_waiting_has_its_record_written_all_the_same(recorder, taken, store):
    one, other = taken(2)
    gone = asyncio.create_task(recorder.record(one, Sent("m"), plain=False))
    waiting = asyncio.create_task(recorder.record(other, Sent("n"), plain=False))
    await asyncio.sleep(0)
    gone.cancel()
    await waiting
    await recorder.idle()
    assert store.read_now(cursors) == [1, 1]


async def test_a_large_crowd_is_written_in_several_short_transactions(recorder, taken, groups):
    await record_all(recorder, [(one, Sent("m")) for one in taken(recording.LARGEST_GROUP + 10)])
    assert groups == [recording.LARGEST_GROUP, 10]
