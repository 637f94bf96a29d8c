"""A parked chat wakes when it can be reached again, whatever keeps the bot from writing that down at once."""

import contextlib
import sqlite3

import pytest

from bot.model import ChatKind
from tests.integration.broadcast import DUE, until
from tests.integration.telegram.inbox import serving
from tests.integration.telegram.scene import DIGEST, texts


async def until_parked(cast, place, topic=""):
    """Three days on which nothing can be written there."""
    await cast.run(DUE)
    for _ in range(9):
        await cast.run(hours=6)
    assert cast.chat(place.id, topic).parked


async def test_who_unblocks_the_bot_while_the_store_is_locked_wakes_with_a_later_tick(fake, cast):
    minji = fake.person(7)
    cast.subscriber(7)
    async with serving(cast, fake) as service:
        fake.block(minji)
        await until(lambda: bool(cast.chat(7).parked))
        cast.store._writer.execute("PRAGMA busy_timeout = 50")
        with contextlib.closing(sqlite3.connect(cast.store.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            fake.unblock(minji)
            # Telegram counts it as told, and tells it no second time.
            await fake.until(lambda: not fake.methods.updates.waiting)
        await service._tick()
        assert not cast.chat(7).parked
        await cast.run(DUE)
    assert texts(fake, minji) == DIGEST


@pytest.mark.parametrize("kind", ["channel", "supergroup"])
async def test_a_right_that_is_given_back_after_days_wakes_the_chat(fake, cast, kind):
    admin = fake.person(7)
    room = fake.channel() if kind == "channel" else fake.supergroup(bot="restricted")
    room.bot_may_post = False
    cast.subscriber(room.id, kind=ChatKind.CHANNEL if kind == "channel" else ChatKind.GROUP)
    async with serving(cast, fake):
        await until_parked(cast, room)
        fake.set_may_post(room, may_post=True, by=admin)
        await until(lambda: not cast.chat(room.id).parked)
        await cast.run(hours=24)
    assert texts(fake, room) == DIGEST


async def test_a_topic_that_is_opened_after_days_wakes_and_no_other_does(fake, cast):
    admin = fake.person(7)
    forum = fake.supergroup(topics={5: "Papers", 6: "Talk"})
    forum.closed_topics |= {5, 6}
    for topic in (5, 6):
        cast.subscriber(forum.id, topic=topic, kind=ChatKind.GROUP)
    async with serving(cast, fake):
        await until_parked(cast, forum, 5)
        fake.reopen_topic(forum, 5, by=admin)
        await until(lambda: not cast.chat(forum.id, 5).parked)
        assert cast.chat(forum.id, 6).parked
        await cast.run(hours=24)
    assert [message.thread_id for message in fake.in_chat(forum)] == [5] * len(DIGEST)
