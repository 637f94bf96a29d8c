"""A chat that is forgotten in the middle of its digest: nothing more comes, nobody else suffers, coming back is a beginning."""

import asyncio
import datetime as dt

from bot.store import forgetting
from tests.fakes.loopback_platform import PLATFORM
from tests.integration.engine_scene import DIGEST, DUE


def forget_after(scene, count, chat_id="1"):
    """The chat is forgotten when its message number `count` stands there, before the platform has answered."""

    async def arrived(message):
        if message.chat == chat_id and len(scene.platform.texts(chat_id)) == count:
            assert scene.store.write_now(forgetting.forget_chat, PLATFORM, chat_id) == 1

    scene.platform.arrived = arrived


def deliveries_of(scene):
    return scene.store.read_now(lambda connection: connection.execute("SELECT id, state FROM delivery").fetchall())


async def test_what_is_on_its_way_ends_and_others_get_theirs(scene):
    scene.subscriber("1")
    scene.subscriber("2")
    forget_after(scene, 4)
    await scene.at(DUE)
    assert scene.platform.texts("1") == DIGEST[:4]
    assert scene.platform.texts("2") == DIGEST
    assert [row["state"] for row in deliveries_of(scene)] == ["done"]
    scene.clock.advance(hours=1)
    await scene.run()
    assert scene.platform.texts("1") == DIGEST[:4]


async def test_a_number_that_comes_back_names_no_message_of_another_chat(scene):
    scene.subscriber("1")
    forget_after(scene, 4)
    await scene.at(DUE)
    scene.day("2024-03-29")
    scene.subscriber("2")
    scene.clock.advance(days=1)
    await scene.run()
    assert len(scene.platform.texts("2")) == 11
    # SQLite gives the number of a deleted last row again, and Discord takes no message twice under one key.
    keys = [one.key for one in scene.platform.received]
    assert len({key.split(".")[0] for key in keys}) == 1
    assert len(set(keys)) == len(keys) == 15


async def test_who_comes_back_is_owed_the_newest_day_alone(scene):
    scene.subscriber("1")
    forget_after(scene, 11)
    await scene.at(DUE)
    for day in ("2024-03-29", "2024-04-01", "2024-04-02"):
        scene.day(day)
    scene.clock.advance(days=4, hours=20)
    scene.subscriber("1")
    scene.clock.advance(days=1)
    await scene.run()
    assert scene.platform.texts("1")[11] == "Daily Papers · 2024-04-02 (Tue)"
    assert len(scene.platform.texts("1")) == 22


async def test_what_arrives_late_counts_for_no_other_chat_that_got_the_number(scene):
    """SQLite gives the number of a deleted last row again, at once."""
    scene.platform.answers["2"] = [{"outcome": "not sent", "reason": "away"}]
    scene.subscriber("1")
    scene.subscriber("2", local_time=dt.time(9, 1))

    async def arrived(message):
        if message.chat == "1":
            scene.store.write_now(forgetting.forget_chat, PLATFORM, "1")
            # The other is planned; there is time to put its first message off before this one is answered.
            scene.clock.advance(minutes=1)
            await scene.engine.tick()
            await asyncio.sleep(0.2)

    scene.platform.arrived = arrived
    await scene.at(DUE)
    assert [row["id"] for row in deliveries_of(scene)] == [1]
    scene.clock.advance(seconds=1)
    await scene.run()
    assert scene.platform.texts("2") == DIGEST
