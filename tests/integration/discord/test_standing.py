"""On Discord nothing comes twice, however late the message in doubt is sent again: its nonce gives it back, or it is found."""

import asyncio
import time
from typing import Any

import pytest

from adapters.discord import send
from bot.errors import StoreUnwritable
from bot.model import Shape
from bot.store import chats, deliveries
from bot.store.connection import Store
from tests.fakes.discord.world import FakeMessage, Fault
from tests.integration.broadcast import DUE, broadcasting, until
from tests.integration.discord.scene import DIGEST, adapter_for, titles
from tests.unit.delivery.scene import day


@pytest.mark.parametrize("at", [0, 2], ids=["the heading", "in the middle"])
async def test_an_answer_that_is_lost_is_made_good_by_the_nonce(fake, cast, at):
    channel = fake.channel()
    channel.faults.extend([*[None] * at, Fault("reset", accepted=True)])
    cast.subscriber(channel.id)
    await cast.run(DUE)
    assert (cast.row(channel.id)["cursor"], cast.row(channel.id)["attempts"]) == (at, 1)
    await cast.run(seconds=1)
    assert titles(channel) == DIGEST
    assert cast.row(channel.id)["state"] == "done"


@pytest.mark.parametrize("at", [0, 2, 4], ids=["the heading", "in the middle", "the last"])
async def test_after_an_hour_when_the_nonce_is_forgotten_the_channel_is_looked_through_first(fake, tmp_path, at):
    channel, other = fake.channel(), fake.channel()
    channel.faults.extend([*[None] * at, Fault("reset", accepted=True)])
    async with broadcasting(tmp_path / "store.db", adapter_for(fake)) as cast:
        cast.subscriber(channel.id)
        cast.subscriber(other.id)
        await cast.run(DUE)
        assert cast.row(channel.id)["cursor"] == at
    # Another process, an hour later: neither Discord nor the program remembers anything.
    fake.advance(3600)
    async with broadcasting(tmp_path / "store.db", adapter_for(fake)) as cast:
        await cast.run(DUE, hours=1)
        assert cast.row(channel.id)["state"] == "done"
    assert titles(channel) == titles(other) == DIGEST


def followed(connection):
    """What a list of today brings an hour later: votes, and a link that was not there."""
    connection.execute("UPDATE paper SET upvotes = coalesce(upvotes, 0) + 17, github_repo = 'https://github.com/otter/map'")


@pytest.mark.parametrize(("shape", "at"), [(Shape.EACH, 2), (Shape.COMPACT, 0)], ids=["a paper", "a list of all papers"])
async def test_what_stands_there_is_known_again_when_votes_and_links_have_changed_meanwhile(fake, tmp_path, shape, at):
    channel = fake.channel()
    channel.faults.extend([*[None] * at, Fault("reset", accepted=True)])
    async with broadcasting(tmp_path / "store.db", adapter_for(fake)) as cast:
        cast.subscriber(channel.id, shape=shape)
        await cast.run(DUE)
    fake.advance(3600)
    async with broadcasting(tmp_path / "store.db", adapter_for(fake)) as cast:
        cast.store.write_now(followed)
        await cast.run(DUE, hours=1)
        assert cast.row(channel.id)["state"] == "done"
        assert len(channel.messages) == cast.row(channel.id)["total"]


@pytest.mark.parametrize("at", [0, 2], ids=["the heading", "in the middle"])
async def test_what_was_cut_off_at_the_end_of_a_process_is_looked_for_by_the_next(fake, tmp_path, monkeypatch, at):
    monkeypatch.setattr("bot.delivery.engine.GRACE_SECONDS", 0.1)
    channel = fake.channel()
    channel.faults.extend([*[None] * at, Fault("hang", accepted=True)])
    async with broadcasting(tmp_path / "store.db", adapter_for(fake)) as cast:
        cast.subscriber(channel.id)
        cast.clock.set(DUE)
        await cast.engine.tick()
        await until(lambda: len(channel.messages) > at)
        await cast.engine.stop()
        assert (cast.row(channel.id)["attempts"], cast.row(channel.id)["lease_owner"]) == (1, None)
    fake.advance(3600)
    async with broadcasting(tmp_path / "store.db", adapter_for(fake)) as cast:
        await cast.run(DUE, hours=1)
    assert titles(channel) == DIGEST


async def test_what_was_cut_off_while_the_disk_failed_is_looked_for_too(fake, tmp_path, monkeypatch):
    monkeypatch.setattr("bot.delivery.engine.GRACE_SECONDS", 0.1)
    channel = fake.channel()
    channel.faults.extend([None, Fault("hang", accepted=True)])
    written = Store.write
    failed: list[Any] = []

    async def failing_write(store, function, *args, **kwargs):
        # Where SQLite's answer comes from: the sender cannot give its lease back, the engine can a moment later.
        if function is deliveries.release and not failed:
            failed.append(function)
            raise StoreUnwritable("The disk answers with an error.")
        return await written(store, function, *args, **kwargs)

    async with broadcasting(tmp_path / "store.db", adapter_for(fake)) as cast:
        cast.subscriber(channel.id)
        cast.clock.set(DUE)
        await cast.engine.tick()
        await until(lambda: len(channel.messages) == 2)
        monkeypatch.setattr(Store, "write", failing_write)
        await cast.engine.stop()
        assert failed
        assert (cast.row(channel.id)["attempts"], cast.row(channel.id)["lease_owner"]) == (1, None)
    fake.advance(3600)
    async with broadcasting(tmp_path / "store.db", adapter_for(fake)) as cast:
        await cast.run(DUE, hours=1)
    assert titles(channel) == DIGEST


async def test_a_day_that_is_sent_again_on_purpose_comes_whole(fake, tmp_path):
    channel, forum = fake.channel(), fake.forum()
    async with broadcasting(tmp_path / "store.db", adapter_for(fake)) as cast:
        for place in (channel, forum):
            cast.subscriber(place.id)
        await cast.run(DUE)
    async with broadcasting(tmp_path / "store.db", adapter_for(fake)) as cast:
        cast.clock.set(DUE)
        for place in (channel, forum):
            await cast.engine.deliver(day("2024-03-28"), chat=cast.chat(place.id), again=True)
    assert titles(channel) == DIGEST * 2
    assert [titles(post) for post in forum.posts] == [DIGEST] * 2


async def test_a_broadcast_without_faults_looks_at_no_channel(fake, cast):
    channel = fake.channel()
    cast.subscriber(channel.id)
    await cast.run(DUE)
    assert titles(channel) == DIGEST
    assert [path for method, path, _ in fake.requests if method == "GET"] == ["/api/v10/users/@me"]


async def test_what_cannot_be_seen_to_stand_there_is_not_sent_before_it_can(fake, tmp_path):
    channel = fake.channel()
    channel.faults.extend([None, Fault("reset", accepted=True)])
    async with broadcasting(tmp_path / "store.db", adapter_for(fake)) as cast:
        cast.subscriber(channel.id)
        await cast.run(DUE)
    fake.advance(3600)
    async with broadcasting(tmp_path / "store.db", adapter_for(fake)) as cast:
        fake.outage = 500
        await cast.run(DUE, hours=1)
        fake.outage = None
        assert "could not be seen" in cast.row(channel.id)["last_error"]
        await cast.run(hours=1)
    assert titles(channel) == DIGEST


async def test_a_forum_post_that_stands_is_not_made_twice_however_long_it_took(fake, tmp_path):
    forum = fake.forum()
    forum.faults.append(Fault("reset", accepted=True))
    async with broadcasting(tmp_path / "store.db", adapter_for(fake)) as cast:
        cast.subscriber(forum.id)
        await cast.run(DUE)
    fake.advance(3600)
    async with broadcasting(tmp_path / "store.db", adapter_for(fake)) as cast:
        await cast.run(DUE, hours=1)
        assert cast.row(forum.id)["state"] == "done"
    (post,) = forum.posts
    assert titles(post) == DIGEST


@pytest.mark.parametrize("same", [True, False], ids=["in the same process", "in another process"])
@pytest.mark.parametrize("at", [0, 2], ids=["the heading", "in the middle"])
async def test_what_was_in_doubt_when_the_channel_was_parked_is_looked_for_when_it_wakes(fake, tmp_path, at, same):
    channel = fake.channel()
    gone = {"code": 50001, "message": "Missing Access"}
    channel.faults.extend([*[None] * at, Fault("reset", accepted=True), Fault("error", 403, gone)])
    async with broadcasting(tmp_path / "store.db", adapter_for(fake)) as cast:
        cast.subscriber(channel.id)
        await cast.run(DUE)
        await cast.run(seconds=1)
        assert cast.row(channel.id)["state"] == "parked"
        fake.advance(86400)
        if same:
            cast.store.write_now(chats.wake_chat, "discord", channel.id)
            await cast.run(hours=24)
    async with broadcasting(tmp_path / "store.db", adapter_for(fake)) as cast:
        cast.store.write_now(chats.wake_chat, "discord", channel.id)
        await cast.run(DUE, hours=24)
        assert cast.row(channel.id)["state"] == "done"
    assert titles(channel) == DIGEST


async def test_it_is_found_among_what_people_have_written_since(fake, tmp_path):
    channel, ada = fake.channel(), fake.user()
    channel.faults.extend([None, Fault("reset", accepted=True)])
    async with broadcasting(tmp_path / "store.db", adapter_for(fake)) as cast:
        cast.subscriber(channel.id)
        await cast.run(DUE)
    said = [
        FakeMessage(next(fake.ids), channel, {"content": f"I liked number {one}."}, ada, fake.time()) for one in range(90)
    ]
    channel.messages.extend(said)
    fake.advance(3600)
    async with broadcasting(tmp_path / "store.db", adapter_for(fake)) as cast:
        await cast.run(DUE, hours=1)
    assert [title for title in titles(channel) if not title.startswith("I liked")] == DIGEST


async def test_a_forum_post_that_was_archived_meanwhile_is_found_and_goes_on(fake, tmp_path):
    forum = fake.forum()
    forum.faults.append(Fault("reset", accepted=True))
    async with broadcasting(tmp_path / "store.db", adapter_for(fake)) as cast:
        cast.subscriber(forum.id)
        await cast.run(DUE)
    fake.advance(7200)
    # docs/resources/channel#thread-metadata-object: after `auto_archive_duration` minutes, 60 of them at the least
    forum.posts[0].archived = True
    async with broadcasting(tmp_path / "store.db", adapter_for(fake)) as cast:
        await cast.run(DUE, hours=2)
    (post,) = forum.posts
    assert titles(post) == DIGEST
    assert not post.archived


@pytest.mark.parametrize(
    ("shape", "at"),
    [(Shape.EACH, 0), (Shape.EACH, 2), (Shape.COMPACT, 0)],
    ids=["a heading", "a paper", "a list of all papers"],
)
async def test_what_stands_there_as_plain_text_is_known_again_when_its_form_is_taken_later(fake, tmp_path, shape, at):
    channel = fake.channel()
    invalid = Fault("error", 400, {"code": 50035, "message": "Invalid Form Body"})
    channel.faults.extend([*[None] * at, invalid, Fault("reset", accepted=True)])
    async with broadcasting(tmp_path / "store.db", adapter_for(fake)) as cast:
        cast.subscriber(channel.id, shape=shape)
        await cast.run(DUE)
        assert len(channel.messages) == at + 1
    fake.advance(3600)
    async with broadcasting(tmp_path / "store.db", adapter_for(fake)) as cast:
        await cast.run(DUE, hours=1)
        assert cast.row(channel.id)["state"] == "done"
        assert len(channel.messages) == cast.row(channel.id)["total"]


PLACES = {
    "a channel": lambda fake: fake.channel(),
    "a thread": lambda fake: fake.thread(fake.channel()),
    "direct messages": lambda fake: fake.dm(fake.user()),
    "a forum": lambda fake: fake.forum(),
}
# Taken, and the answer is lost or says otherwise.
DOUBTS = {
    "the connection broke": Fault("reset", accepted=True),
    "500": Fault("error", 500, {"code": 0, "message": "said"}, accepted=True),
    "a gateway's page": Fault("error", 504, "<html>", accepted=True),
}


def lapsed(connection):
    """The lease of a process on another machine, of which nothing is known but that it has not renewed it."""
    connection.execute(
        "UPDATE delivery SET lease_owner = 'elsewhere:boot:1:1:aa', lease_until = '2024-03-29T00:00:00Z', attempts = 0"
    )


@pytest.mark.parametrize("between", ["an hour", "429", "a restart", "a lease that lapses"])
@pytest.mark.parametrize("doubt", DOUBTS)
@pytest.mark.parametrize("place", PLACES)
async def test_whatever_comes_between_the_doubt_and_the_next_attempt(fake, tmp_path, monkeypatch, place, doubt, between):
    there = PLACES[place](fake)
    there.faults.append(DOUBTS[doubt])
    async with broadcasting(tmp_path / "store.db", adapter_for(fake)) as cast:
        cast.subscriber(there.id)
        await cast.run(DUE)
        assert (cast.row(there.id)["cursor"], cast.row(there.id)["attempts"]) == (0, 1)
        if between == "429":
            fake.rate_limit(there, 0.01)
            await cast.run(seconds=1)
            assert cast.row(there.id)["state"] == "ready"
        fake.advance(3600)
        if between in {"an hour", "429"}:
            monkeypatch.setattr(send, "wall_clock", lambda: time.time() + 3600)  # the hour has passed for this process too
            await cast.run(hours=1)
        elif between == "a lease that lapses":
            cast.store.write_now(lapsed)
    async with broadcasting(tmp_path / "store.db", adapter_for(fake)) as cast:
        await cast.run(DUE, hours=1)
        assert cast.row(there.id)["state"] == "done"
    stands = there.posts[0] if there.posts else there
    assert titles(stands) == DIGEST
    assert len(there.posts) == (place == "a forum")


@pytest.mark.parametrize("fault", ["reset", "hang"], ids=["the answer is lost", "the program stops before an answer"])
@pytest.mark.parametrize(("place", "at"), [("a channel", 1), ("a channel", 3), ("a forum", 1)])
async def test_what_was_on_its_way_when_the_bot_was_turned_out_is_looked_for_when_it_is_invited_again(
    fake, tmp_path, monkeypatch, fault, place, at
):
    monkeypatch.setattr("bot.delivery.engine.GRACE_SECONDS", 0.1)
    there, shown = PLACES[place](fake), fake.show
    there.faults.extend([*[None] * (at - 1), Fault(fault, accepted=True)])
    turned_out = asyncio.Event()
    async with broadcasting(tmp_path / "store.db", adapter_for(fake)) as cast:

        async def turned_out_meanwhile(message):
            await shown(message)
            if len(there.messages or there.posts) == at and not turned_out.is_set():
                cast.store.write_now(chats.park_chat, "discord", there.id, "the bot was removed from the server")
                turned_out.set()

        fake.show = turned_out_meanwhile
        cast.subscriber(there.id)
        cast.clock.set(DUE)
        await cast.engine.tick()
        await turned_out.wait()
        if fault == "reset":
            await cast.engine.idle()
    fake.advance(3600)
    async with broadcasting(tmp_path / "store.db", adapter_for(fake)) as cast:
        assert (cast.row(there.id)["state"], cast.row(there.id)["cursor"]) == ("parked", at - 1)
        cast.store.write_now(chats.wake_chat, "discord", there.id)
        await cast.run(DUE, hours=24)
        assert cast.row(there.id)["state"] == "done"
    assert titles(there.posts[0] if there.posts else there) == DIGEST
    assert len(there.posts) == (place == "a forum")
