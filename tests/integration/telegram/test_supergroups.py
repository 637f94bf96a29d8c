"""A group becomes a supergroup while both are being sent digests: one chat from then on, which misses nothing."""

import datetime as dt

import pytest

from bot.delivery.subscribing import unsubscribe
from bot.model import Address, ChatKind
from bot.store import chats
from tests.fakes.telegram import Fail, Hang, Migrate
from tests.integration.broadcast import DUE, FOUR
from tests.integration.telegram.scene import DIGEST, TAKEN, texts
from tests.unit.delivery.scene import ids_of

NEXT_DIGEST = ["Daily Papers · 2024-03-29 (Fri)", *(f"Paper {one}" for one in ids_of("2024-03-29", FOUR))]
AWAY = Fail(503, "Service Unavailable")


def move(cast, group, supergroup):
    old, new = (Address("telegram", str(one.id)) for one in (group, supergroup))
    cast.store.write_now(chats.move_chat, old, new, now=cast.clock.now())


async def test_the_one_that_is_further_goes_on(fake, cast):
    group, supergroup = fake.group(), fake.supergroup()
    for one in (group, supergroup):
        cast.subscriber(one.id, kind=ChatKind.GROUP)
    fake.fail(group, TAKEN, TAKEN, TAKEN, Migrate(supergroup.id))
    fake.fail(supergroup, TAKEN, AWAY)
    await cast.run(DUE)
    await cast.run(seconds=1)
    assert texts(fake, group) == DIGEST[:3]
    assert texts(fake, supergroup) == [DIGEST[0], *DIGEST[3:]]
    assert cast.days(supergroup.id) == {"2024-03-28": "done"}


@pytest.mark.parametrize("leaves", ["group", "supergroup"])
async def test_what_one_of_them_broke_off_by_unsubscribing_is_owed_to_the_other(fake, cast, leaves):
    rooms = {"group": fake.group(), "supergroup": fake.supergroup()}
    subscribed = {name: cast.subscriber(room.id, kind=ChatKind.GROUP) for name, room in rooms.items()}
    stays = "supergroup" if leaves == "group" else "group"
    fake.fail(rooms[leaves], TAKEN, TAKEN, TAKEN, AWAY)
    fake.fail(rooms[stays], TAKEN, AWAY)
    await cast.run(DUE)
    await cast.store.write(unsubscribe, subscribed[leaves], now=cast.clock.now())
    move(cast, rooms["group"], rooms["supergroup"])
    await cast.run(seconds=1)
    assert texts(fake, rooms[leaves])[:3] == DIGEST[:3]
    assert texts(fake, rooms["supergroup"])[-2:] == DIGEST[3:]
    assert cast.days(rooms["supergroup"].id) == {"2024-03-28": "done"}


async def test_of_two_days_that_are_under_way_the_older_goes_first(fake, cast):
    """The group is a day behind; both have a message on its way when they become one."""
    group, supergroup = fake.group(), fake.supergroup()
    cast.subscriber(group.id, kind=ChatKind.GROUP)
    fake.fail(group, TAKEN, TAKEN, AWAY)
    await cast.run(DUE)
    cast.day("2024-03-29")
    cast.clock.set(DUE + dt.timedelta(hours=20))
    cast.subscriber(supergroup.id, kind=ChatKind.GROUP)
    fake.fail(group, Hang(0.3, taken=True))
    fake.fail(supergroup, TAKEN, Hang(0.2, taken=True))
    cast.clock.set(DUE + dt.timedelta(hours=24))
    await cast.engine.tick()
    await fake.wait_for(supergroup, 2)
    await fake.wait_for(group, 3)
    move(cast, group, supergroup)
    await cast.run()
    assert texts(fake, group) == DIGEST[:3]
    assert texts(fake, supergroup) == [*NEXT_DIGEST[:2], *DIGEST[3:], *NEXT_DIGEST[2:]]
    assert cast.days(supergroup.id) == {"2024-03-28": "done", "2024-03-29": "done"}
