"""The engine over a real file and a platform on loopback: what every outcome leaves in the store, and that nobody else suffers."""

import asyncio
import datetime as dt

import pytest

from bot.clock import Clock
from bot.delivery.engine import Engine
from bot.delivery.pace import Pace
from bot.delivery.status import status
from bot.delivery.subscribing import unsubscribe
from bot.errors import StoreIsFull
from bot.model import Shape
from bot.settings import Settings
from bot.store import chats, deliveries
from bot.store.connection import Store, open_store
from tests.fakes.loopback_platform import PLATFORM
from tests.integration.engine_scene import DIGEST, DUE
from tests.unit.delivery.scene import TEN, ids_of


async def test_a_digest_arrives_whole_in_order_and_only_its_heading_rings(scene):
    scene.subscriber("1")
    await scene.at(DUE)
    assert scene.platform.texts("1") == DIGEST
    assert [one.silent for one in scene.platform.received] == [False] + [True] * 10
    row = scene.row("1")
    assert (row["state"], row["cursor"], row["total"], row["lease_owner"]) == ("done", 11, 11, None)


async def test_a_day_is_never_sent_twice(scene):
    scene.subscriber("1")
    await scene.at(DUE)
    scene.clock.advance(hours=24)
    await scene.run()
    assert scene.platform.texts("1") == DIGEST


async def test_every_message_has_a_key_of_its_own_that_is_the_same_when_it_is_sent_again(scene):
    scene.platform.answers["1"] = [{"outcome": "sent"}, {"outcome": "drop"}]
    scene.subscriber("1")
    scene.subscriber("2")
    await scene.at(DUE)
    scene.clock.advance(seconds=1)
    await scene.run()
    keys = [one.key for one in scene.platform.received]
    assert len(keys) == 23
    assert len(set(keys)) == 22
    repeated = [one for one in scene.platform.received if keys.count(one.key) == 2]
    assert [one.text for one in repeated] == [DIGEST[1]] * 2


async def test_what_was_missed_comes_oldest_first_in_one_chat(scene):
    scene.subscriber("1")
    scene.day("2024-03-29")
    await scene.at(DUE + dt.timedelta(days=1))
    assert scene.platform.texts("1") == [
        DIGEST[0],  # compact: one message
        "Daily Papers · 2024-03-29 (Fri)",
        *(f"Paper {one}" for one in ids_of("2024-03-29")),
    ]


async def test_many_chats_share_what_is_composed(scene):
    for number in range(150):
        scene.subscriber(str(number), shape=Shape.EACH if number % 2 else Shape.COMPACT)
    await scene.at(DUE)
    assert len(scene.platform.received) == 75 * 11 + 75
    assert all(scene.platform.texts(str(number)) == DIGEST for number in range(1, 150, 2))


# --- What each outcome leaves behind ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "state", "cursor", "error", "parked"),
    [
        ({"outcome": "retry", "seconds": 600, "scope": "chat"}, "ready", 2, "The platform asks to wait 600 seconds.", ""),
        ({"outcome": "unreachable", "reason": "bot was blocked"}, "parked", 2, "bot was blocked", "bot was blocked"),
        ({"outcome": "unreachable", "reason": "forbidden", "vague": True}, "ready", 2, "forbidden", ""),
        ({"outcome": "not sent", "reason": "503"}, "ready", 2, "503", ""),
        ({"outcome": "drop"}, "ready", 2, "Server disconnected", ""),
        ({"outcome": "drop-before"}, "ready", 2, "Server disconnected", ""),
        ({"outcome": "rejected", "reason": "bad entity"}, "done", 11, "", ""),  # taken as plain text
    ],
)
async def test_an_outcome_in_the_middle_leaves_the_cursor_where_it_was_and_others_get_theirs(
    scene, answer, state, cursor, error, parked
):
    scene.platform.answers["1"] = [{"outcome": "sent"}, {"outcome": "sent"}, answer]
    scene.subscriber("1")
    scene.subscriber("2")
    await scene.at(DUE)
    row = scene.row("1")
    assert (row["state"], row["cursor"], row["last_error"], row["lease_owner"]) == (state, cursor, error, None)
    assert scene.chat("1").parked == parked
    assert scene.chat("1").subscription.active
    assert scene.platform.texts("2") == DIGEST


async def test_after_a_pause_the_rest_follows_and_nothing_is_missing(scene):
    scene.platform.answers["1"] = [{"outcome": "not sent", "reason": "503"}] * 3
    scene.subscriber("1")
    await scene.at(DUE)
    for _ in range(3):
        scene.clock.advance(seconds=4)
        await scene.run()
    assert scene.platform.texts("1") == DIGEST
    assert scene.row("1")["attempts"] == 0


async def test_a_short_wait_that_the_platform_asks_for_ends_without_a_tick(scene):
    scene.clock = Clock(DUE)
    scene.subscriber("1", local_time=dt.time(9, 0))
    await scene.engine.stop()
    scene.clock = Clock(DUE + dt.timedelta(days=1))
    scene.engine = scene.new_engine()
    scene.platform.answers["1"] = [{"outcome": "retry", "seconds": 0.05, "scope": "token"}]
    await scene.engine.tick()
    async with asyncio.timeout(3):
        while len(scene.platform.received) < 11:
            await asyncio.sleep(0.02)
    assert scene.platform.texts("1") == DIGEST


async def test_a_message_that_no_form_of_is_taken_is_passed_over_and_the_rest_goes_on(scene):
    scene.platform.refuses_from = DIGEST[4]
    scene.subscriber("1")
    await scene.at(DUE)
    assert scene.platform.texts("1") == DIGEST[:4] + DIGEST[5:]
    row = scene.row("1")
    assert (row["state"], row["rejected"], row["last_error"]) == ("done", 1, "unsupported start tag")
    messages = scene.store.read_now(
        lambda connection: connection.execute("SELECT external_id FROM delivery_message").fetchall()
    )
    assert [bool(external_id) for (external_id,) in messages] == [True] * 4 + [False] + [True] * 6


async def test_an_adapter_that_raises_stops_neither_its_chat_nor_the_others(scene):
    scene.platform.answers["1"] = [{"outcome": "nonsense"}] * 8
    scene.subscriber("1", top=2)
    scene.subscriber("2", top=2)
    await scene.at(DUE)
    assert scene.platform.texts("2") == DIGEST[:3]
    for _ in range(6):
        scene.clock.advance(minutes=1)
        await scene.run()
    # Six times as of unknown fate, then as a message that the platform rejects; the others are taken.
    assert scene.platform.texts("1") == DIGEST[1:3]
    assert (scene.row("1")["state"], scene.row("1")["rejected"]) == ("done", 1)


async def test_a_message_that_cannot_be_composed_is_passed_over_in_the_end(scene):
    scene.subscriber("1", top=2)

    def spoil(connection):
        connection.execute("UPDATE selection SET items = json_remove(items, '$[1].id')")

    scene.platform.answers["1"] = [{"outcome": "not sent", "reason": "503"}]
    await scene.at(DUE)
    scene.store.write_now(spoil)
    await scene.engine.stop()
    scene.engine = scene.new_engine()
    for _ in range(8):
        scene.clock.advance(minutes=2)
        await scene.run()
    assert scene.platform.texts("1") == [DIGEST[0], DIGEST[2]]
    assert (scene.row("1")["state"], scene.row("1")["rejected"]) == ("done", 1)


async def test_a_group_that_becomes_a_supergroup_gets_the_rest_at_its_new_address(scene):
    scene.platform.answers["-1"] = [{"outcome": "sent"}, {"outcome": "moved", "to": "-1001"}]
    scene.subscriber("-1")
    await scene.at(DUE)
    assert scene.platform.texts("-1") == DIGEST[:1]
    assert scene.platform.texts("-1001") == DIGEST[1:]
    assert scene.chat("-1") is None
    assert scene.chat("-1001").subscription.active


async def test_the_forum_post_of_the_first_message_holds_the_others(scene):
    scene.platform.answers["1"] = [{"outcome": "sent", "container": "post-7"}]
    scene.subscriber("1")
    await scene.at(DUE)
    assert [one.container for one in scene.platform.received] == [""] + ["post-7"] * 10


async def test_vague_refusals_park_the_chat_on_the_third_day(scene):
    scene.platform.answers["1"] = [{"outcome": "unreachable", "reason": "forbidden", "vague": True}] * 20
    scene.subscriber("1")
    await scene.at(DUE)
    seen = []
    for _ in range(9):
        seen.append(scene.chat("1").parked)
        scene.clock.advance(hours=6)
        await scene.run()
    assert seen == [""] * 8 + ["forbidden"]


async def test_one_success_forgets_the_strikes(scene):
    scene.platform.answers["1"] = [{"outcome": "unreachable", "reason": "forbidden", "vague": True}]
    scene.subscriber("1")
    await scene.at(DUE)
    scene.clock.advance(hours=6)
    await scene.run()
    assert scene.store.read_now(deliveries.strikes, scene.chat("1").target_id) == (0, None)


# --- People and machines in the middle of it ------------------------------------------------------------------------------


async def test_unsubscribing_in_the_middle_stops_it(scene):
    chat = scene.subscriber("1")

    async def leave_after_three(_):
        if len(scene.platform.received) == 3:
            await scene.store.write(unsubscribe, chat, now=scene.clock.now())

    scene.platform.arrived = leave_after_three
    await scene.at(DUE)
    assert scene.platform.texts("1") == DIGEST[:3]
    row = scene.row("1")
    assert (row["state"], row["cursor"], row["lease_owner"]) == ("skipped", 3, None)


async def test_unsubscribing_while_the_next_message_waits_for_its_turn_stops_it_too(scene, monkeypatch):
    monkeypatch.setattr("bot.delivery.sender._FRESH_SECONDS", 0.0)
    chat = scene.subscriber("1")
    turn = scene.pace.turn

    async def slow_turn(address, *, answer=False):
        await turn(address, answer=answer)
        if len(scene.platform.received) == 3:
            await scene.store.write(unsubscribe, chat, now=scene.clock.now())

    monkeypatch.setattr(scene.pace, "turn", slow_turn)
    await scene.at(DUE)
    assert scene.platform.texts("1") == DIGEST[:3]


async def test_a_chat_that_blocks_the_bot_in_the_middle_is_parked_with_what_stands_recorded(scene):
    scene.subscriber("1")

    async def block_after_three(_):
        if len(scene.platform.received) == 3:
            await scene.store.write(chats.park_chat, PLATFORM, "1", "bot was blocked", now=scene.clock.now())

    scene.platform.arrived = block_after_three
    await scene.at(DUE)
    assert scene.platform.texts("1") == DIGEST[:3]
    assert (scene.row("1")["state"], scene.row("1")["cursor"]) == ("parked", 3)
    scene.store.write_now(chats.wake_chat, PLATFORM, "1")
    scene.clock.advance(hours=24)
    await scene.run()
    assert scene.platform.texts("1") == DIGEST


async def test_stopping_records_what_is_in_flight_and_gives_the_leases_back(scene):
    for number in range(100):
        scene.subscriber(str(number))
    scene.platform.delay = 0.1
    scene.clock.advance(hours=4)
    await scene.engine.tick()
    while len(scene.platform.received) < 150:
        await asyncio.sleep(0.01)
    await scene.engine.stop()
    taken = len(scene.platform.received)
    recorded, leased = scene.store.read_now(
        lambda connection: connection.execute("SELECT sum(cursor), count(lease_owner) FROM delivery").fetchone()
    )
    assert (recorded, leased) == (taken, 0)
    scene.platform.delay = 0
    scene.engine = scene.new_engine()
    await scene.run()
    assert all(scene.platform.texts(str(number)) == DIGEST for number in range(100))


async def test_a_cancelled_tick_loses_no_record(scene):
    scene.subscriber("1")
    scene.platform.delay = 0.02
    scene.clock.advance(hours=4)
    tick = asyncio.create_task(scene.run())
    while len(scene.platform.received) < 3:
        await asyncio.sleep(0.005)
    tick.cancel()
    async with asyncio.timeout(5):
        await scene.engine.idle()
    assert scene.platform.texts("1") == DIGEST


async def test_a_full_disk_in_the_middle_sends_nothing_twice(scene, monkeypatch):
    scene.subscriber("1")
    written, fails = Store.write, 3

    async def write(store, function, *args, **kwargs):
        # SQLite's answer to a full disk, raised where it would come from: before anything is changed.
        nonlocal fails
        if function.__name__ == "follow" and len(scene.platform.received) == 5 and fails:
            fails -= 1
            raise StoreIsFull("The disk is full.")
        return await written(store, function, *args, **kwargs)

    monkeypatch.setattr("bot.delivery.sender._STORE_PAUSE", 0.01)
    monkeypatch.setattr(Store, "write", write)
    await scene.at(DUE)
    assert fails == 0
    assert scene.platform.texts("1") == DIGEST


async def test_what_was_left_from_long_ago_is_skipped_when_the_machine_comes_back(scene):
    scene.platform.answers["1"] = [{"outcome": "sent"}] * 2 + [{"outcome": "not sent", "reason": "503"}] * 9
    scene.subscriber("1")
    await scene.at(DUE)
    await scene.engine.stop()
    for number in range(8, 15):
        scene.day(f"2024-04-{number:02}", TEN[:1])
    scene.platform.answers["1"].clear()
    scene.engine = scene.new_engine()
    await scene.at(dt.datetime(2024, 4, 15, 0, 0, tzinfo=dt.UTC))
    assert scene.row("1")["state"] == "skipped"
    headings = [f"Daily Papers · 2024-04-{text}" for text in ("10 (Wed)", "11 (Thu)", "12 (Fri)", "13 (Sat)", "14 (Sun)")]
    (last,) = ids_of("2024-04-14", TEN[:1])
    # The first of them opens with the line that names what was skipped; the newest is in the chat's own shape.
    assert scene.platform.texts("1")[2:] == [headings[0], *headings, f"Paper {last}"]


async def test_a_lease_of_a_process_that_died_is_taken_over(scene):
    scene.subscriber("1")
    scene.clock.advance(hours=4)
    await scene.engine.tick()
    await scene.engine.idle()
    scene.subscriber("2")
    scene.clock.advance(hours=24)

    def leave_behind(connection):
        from bot.delivery.planner import Planner
        from bot.store import planning

        now = scene.clock.now()
        Planner(now, 12).plan_due(connection, planning.due(connection, now, 10))
        dead = scene.engine._owner.split(":")
        dead[3] = "1"
        connection.execute(
            "UPDATE delivery SET lease_owner = ?, lease_until = '9999' WHERE state = 'ready'", (":".join(dead),)
        )

    scene.store.write_now(leave_behind)
    await scene.run()
    assert scene.platform.texts("2") == DIGEST


async def test_two_engines_over_one_file_send_everything_once(scene, tmp_path):
    for number in range(120):
        scene.subscriber(str(number))
    scene.platform.delay = 0.002
    scene.clock.advance(hours=4)
    with open_store(tmp_path / "store.db") as beside:
        other = Engine(beside, {PLATFORM: scene.adapter}, scene.clock, Pace({}), Settings())
        await asyncio.gather(scene.engine.tick(), other.tick())
        async with asyncio.timeout(10):
            while scene.store.read_now(status, today=scene.clock.now().date()).deliveries.ready:
                await asyncio.sleep(0.02)
        await other.stop()
    assert all(scene.platform.texts(str(number)) == DIGEST for number in range(120))
