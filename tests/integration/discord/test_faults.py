"""Every answer of Discord's, over HTTP through the real adapter: what the store holds after it, and that others got theirs."""

import asyncio
import contextlib

import aiohttp
import pytest

from adapters.discord import wire
from bot.model import ChatKind
from bot.parts import Parts
from bot.service import Service
from bot.settings import Settings
from bot.store import chats
from tests.fakes.discord.world import SEND_MESSAGES, USUAL, VIEW_CHANNEL, Fault
from tests.integration.broadcast import DUE, broadcasting, until
from tests.integration.discord.scene import DIGEST, adapter_for, titles

HTML = "<html>error code: 1020</html>"


def error(status, code, **more):
    """A fault with Discord's own JSON, or with text where `code` is one."""
    return Fault("error", status, code if isinstance(code, str) else {"code": code, "message": "said"} | more)


# --- The table ----------------------------------------------------------------------------------------------------------

# What the store holds when two messages were taken and the third met the fault: (state, cursor, strikes, attempts, seconds
# until it is sent again).
GONE = ("parked", 2, 0, 0, None)
CLOSED = ("ready", 2, 1, 1, 6 * 3600)
AGAIN = ("ready", 2, 0, 1, 1)
PLAIN = ("done", 5, 0, 0, None)  # taken at the second asking, as plain text

# Codes: discord.com/developers/docs/topics/opcodes-and-status-codes#json-json-error-codes.
FAULTS = [
    (error(404, 10003), GONE),  # Unknown Channel
    (error(404, 10004), GONE),  # Unknown Guild
    (error(403, 40007), GONE),  # The user is banned from this guild
    (error(403, 50001), GONE),  # Missing access
    (error(403, 50007), GONE),  # Cannot send messages to this user
    (error(403, 50278), GONE),  # Cannot send messages to this user due to having no mutual guilds
    (error(400, 50008), GONE),  # Cannot send messages in a non-text channel, which is no forum either
    (error(400, 50024), GONE),  # Cannot execute action on this channel type
    (error(403, 50013), CLOSED),  # You lack permissions
    (error(403, 50009), CLOSED),  # Channel verification level is too high
    (error(400, 50083), CLOSED),  # Thread is archived
    (error(403, 160005), CLOSED),  # Thread is locked
    (error(400, 160006), CLOSED),  # Maximum number of active threads reached
    (error(403, 0), CLOSED),
    (error(404, 0), CLOSED),
    (error(403, 999999), CLOSED),  # one that nobody has read yet
    (error(400, 50035, errors={"embeds": {"_errors": [{"message": "Too long"}]}}), PLAIN),  # Invalid form body
    (error(400, 50006), PLAIN),  # Cannot send an empty message
    (error(400, 50109), PLAIN),  # The request body contains invalid JSON
    (error(413, 40005), PLAIN),  # Request entity too large
    (error(413, HTML), PLAIN),
    (error(400, 20009), PLAIN),  # Explicit content cannot be sent
    (error(400, 200000), PLAIN),  # Message was blocked by automatic moderation
    (error(400, 240000), PLAIN),  # Message blocked by harmful links filter
    (error(400, 0), PLAIN),
    (error(400, 20016, retry_after=30), ("ready", 2, 0, 0, 30)),  # slow mode
    (error(400, 20028, retry_after=4), ("ready", 2, 0, 0, 4)),  # the channel's write limit
    (error(429, 0, retry_after=2.5), ("ready", 2, 0, 0, 2.5)),
    (error(429, 0, retry_after=400), ("ready", 2, 0, 0, 400)),
    (error(400, 40004), AGAIN),  # Send messages has been temporarily disabled
    (error(403, 40333), AGAIN),  # internal network error: Cloudflare before Discord
    (error(403, 40001), AGAIN),  # Unauthorized
    (error(403, 20026), AGAIN),  # flagged by our anti-spam system
    (error(503, 130000), AGAIN),  # API resource is currently overloaded
    (error(500, 0), AGAIN),
    (error(502, HTML), AGAIN),
    (error(503, ""), AGAIN),
    (error(504, HTML), AGAIN),
    (error(521, HTML), AGAIN),
    (error(524, HTML), AGAIN),
    (error(408, HTML), AGAIN),
    (error(302, ""), AGAIN),
    (Fault("reset"), AGAIN),
    (error(200, "<html>Please sign in to this network</html>"), AGAIN),
    # Cloudflare's or a proxy's own refusal says nothing of the channel nor of the message.
    (error(403, HTML), AGAIN),
    (error(404, HTML), AGAIN),
    (error(400, HTML), AGAIN),
]


@pytest.mark.parametrize(("fault", "left"), FAULTS, ids=[f"{fault.status} {fault.body}" for fault, _ in FAULTS])
async def test_a_fault_in_the_middle_leaves_this_behind_and_the_other_channel_gets_everything(fake, cast, fault, left):
    hurt, other = fake.channel(), fake.channel()
    hurt.faults.extend([None, None, fault])
    cast.subscriber(hurt.id, kind=ChatKind.GROUP)
    cast.subscriber(other.id, kind=ChatKind.GROUP)
    await cast.run(DUE)
    row = cast.row(hurt.id)
    state, cursor, strikes, attempts, waits = left
    assert (row["state"], row["cursor"], row["strikes"], row["attempts"]) == (state, cursor, strikes, attempts)
    assert row["lease_owner"] is None
    assert bool(row["parked"]) == (state == "parked")
    assert cast.chat(hurt.id).subscription.active
    if state == "ready":
        assert row["waits"] == pytest.approx(waits, abs=0.1)
    if state != "done":
        assert row["last_error"]
        assert titles(hurt) == DIGEST[:2]
    assert cast.recorded(hurt.id) == list(range(cursor))
    # When what was wrong has passed, the rest comes, and nothing of it twice.
    if state == "ready":
        await cast.restart()
        cast.adapter._wire._opens_at.clear()  # it obeys a wait by the machine's own clock
        await cast.run(seconds=waits)
    if state != "parked":
        assert cast.row(hurt.id)["state"] == "done"
        assert cast.row(hurt.id)["strikes"] == 0
        assert len(titles(hurt)) == 5
        assert [title.strip("*") for title in titles(hurt)] == [title.strip("*") for title in DIGEST]
    assert titles(other) == DIGEST
    assert cast.row(other.id)["state"] == "done"


async def test_a_global_429_means_every_channel(fake, cast):
    hurt, other = fake.channel(), fake.channel()
    fake.rate_limit(hurt, 0.3, "global")
    cast.subscriber(hurt.id)
    cast.subscriber(other.id)
    began = asyncio.get_running_loop().time()
    await cast.run(DUE)
    assert (cast.row(hurt.id)["state"], cast.row(hurt.id)["attempts"]) == ("ready", 0)
    await cast.run(seconds=1)
    assert asyncio.get_running_loop().time() - began > 0.3
    assert titles(hurt) == titles(other) == DIGEST


async def test_a_ban_by_cloudflare_stops_all_sends_for_as_long_as_it_says(fake, cast):
    hurt = fake.channel()
    fake.ban(hurt, 1)
    cast.subscriber(hurt.id)
    await cast.run(DUE)
    row = cast.row(hurt.id)
    assert (row["state"], row["cursor"], row["attempts"], row["waits"]) == ("ready", 0, 0, 1)
    assert row["strikes"] == 0


async def test_a_token_that_is_refused_parks_nobody_and_is_not_asked_again_and_again(fake, cast, monkeypatch):
    monkeypatch.setattr(wire, "UNAUTHORIZED_PAUSE", 0.2)
    channels = [fake.channel() for _ in range(5)]
    for channel in channels:
        cast.subscriber(channel.id)
    token, fake.token = fake.token, "another"
    await cast.run(DUE)
    assert {cast.row(channel.id)["state"] for channel in channels} == {"ready"}
    assert {cast.row(channel.id)["strikes"] for channel in channels} == {0}
    assert "DISCORD_BOT_TOKEN" in cast.row(channels[0].id)["last_error"]
    # Refused requests are counted by Discord, and 10,000 in ten minutes get a bot banned.
    assert sum(status == 401 for _, _, status in fake.requests) <= len(channels)
    fake.token = token
    await asyncio.sleep(0.2)
    await cast.run(seconds=1)
    assert all(titles(channel) == DIGEST for channel in channels)


async def test_a_discord_that_is_away_is_waited_for_ever_longer(fake, cast):
    channel = fake.channel()
    cast.subscriber(channel.id)
    fake.outage = 503
    await cast.run(DUE)
    pauses = []
    for _ in range(4):
        pauses.append(cast.row(channel.id)["waits"])
        await cast.run(seconds=pauses[-1])
    assert pauses == [1, 2, 4, 8]
    fake.outage = None
    await cast.run(seconds=16)
    assert titles(channel) == DIGEST


async def test_a_wait_that_ends_before_the_answer_sends_nothing_twice(fake, tmp_path, monkeypatch):
    monkeypatch.setattr(wire, "_TIMEOUT", aiohttp.ClientTimeout(total=0.2))
    async with broadcasting(tmp_path / "store.db", adapter_for(fake)) as cast:
        channel = fake.channel()
        channel.faults.extend([None, Fault("hang", accepted=True)])
        cast.subscriber(channel.id)
        await cast.run(DUE)
        assert (cast.row(channel.id)["cursor"], cast.row(channel.id)["attempts"]) == (1, 1)
        await cast.run(seconds=1)
        assert titles(channel) == DIGEST


# --- Over days, and people in the middle of it -------------------------------------------------------------------------------


async def test_permissions_that_are_missing_for_three_days_park_the_channel(fake, cast):
    channel = fake.channel()
    channel.bot_permissions = USUAL & ~SEND_MESSAGES
    cast.subscriber(channel.id)
    await cast.run(DUE)
    seen = []
    for _ in range(9):
        seen.append((cast.row(channel.id)["state"], cast.row(channel.id)["strikes"]))
        await cast.run(hours=6)
    assert seen == [("ready", 1)] * 4 + [("ready", 2)] * 4 + [("parked", 2)]
    assert "50013" in cast.chat(channel.id).parked


async def test_a_channel_that_the_bot_cannot_see_any_more_is_parked_at_once_and_asked_only_once(fake, cast):
    channel = fake.channel()
    channel.bot_permissions = USUAL & ~VIEW_CHANNEL
    cast.subscriber(channel.id)
    await cast.run(DUE)
    assert "50001" in cast.chat(channel.id).parked
    posts = [path for method, path, _ in fake.requests if method == "POST"]
    assert len(posts) == 1
    await cast.run(hours=24)
    assert [path for method, path, _ in fake.requests if method == "POST"] == posts


@contextlib.asynccontextmanager
async def serving(cast, fake):
    """The service's Inbox behind the adapter that listens."""
    parts = Parts(settings=Settings(), clock=cast.clock, store=cast.store, fetcher=None, finder=None, summaries=None)  # type: ignore[arg-type]
    service = Service(parts, {cast.adapter.platform: cast.adapter})
    listening = asyncio.create_task(cast.adapter.listen(service))
    await fake.gateway.ready(10)
    await asyncio.sleep(0.25)  # until the library takes an invitation for one, and not for a part of the start
    try:
        yield
    finally:
        await cast.adapter.close()
        await listening


async def test_a_bot_that_is_removed_from_a_server_parks_its_channels_and_an_invitation_wakes_them(fake, cast):
    guild = fake.guild()
    first, second = fake.channel(guild), fake.channel(guild)
    elsewhere = fake.channel(fake.guild("Another"))
    for channel in (first, second, elsewhere):
        cast.subscriber(channel.id, kind=ChatKind.GROUP)
    async with serving(cast, fake):
        await fake.remove_bot(guild)
        await until(lambda: cast.chat(first.id).parked and cast.chat(second.id).parked)
        await cast.run(DUE)
        assert titles(elsewhere) == DIGEST
        assert cast.days(first.id) == {}
        await fake.add_bot(guild)
        await until(lambda: not cast.chat(first.id).parked and not cast.chat(second.id).parked)
        await cast.run(hours=24)
    assert titles(first) == titles(second) == DIGEST


async def test_an_invitation_that_came_while_the_program_was_off_wakes_the_channels_that_it_may_write_in(fake, cast):
    guild = fake.guild()
    channel, thread, hidden = fake.channel(guild), fake.thread(fake.channel(guild)), fake.channel(guild)
    hidden.bot_permissions = USUAL & ~VIEW_CHANNEL
    for one in (channel, thread, hidden):
        cast.subscriber(one.id, kind=ChatKind.GROUP)
        cast.store.write_now(chats.park_chat, "discord", one.id, "the bot was removed from the server")
    async with serving(cast, fake):
        await until(lambda: not cast.chat(channel.id).parked and not cast.chat(thread.id).parked)
        await cast.run(DUE)
    assert titles(channel) == titles(thread) == DIGEST
    assert cast.chat(hidden.id).parked
    assert titles(hidden) == []


async def test_a_channel_that_is_deleted_is_parked_by_its_event_or_by_the_next_send(fake, cast):
    told, untold = fake.channel(), fake.channel()
    for channel in (told, untold):
        cast.subscriber(channel.id, kind=ChatKind.GROUP)
    untold.deleted = True
    async with serving(cast, fake):
        await fake.delete_channel(told)
        await until(lambda: bool(cast.chat(told.id).parked))
        await cast.run(DUE)
    assert cast.days(told.id) == {}
    assert "10003" in cast.chat(untold.id).parked
    assert cast.days(untold.id) == {"2024-03-28": "parked"}


@pytest.mark.parametrize("at", [1, 5], ids=["the first", "the last"])
async def test_a_chat_that_is_parked_while_a_message_is_on_its_way_has_had_it(fake, cast, at):
    channel = fake.channel()
    shown = fake.show

    async def parked_meanwhile(message):
        await shown(message)
        if len(channel.messages) == at:
            cast.store.write_now(chats.park_chat, "discord", channel.id, "the bot was removed from the server")

    fake.show = parked_meanwhile
    cast.subscriber(channel.id)
    await cast.run(DUE)
    assert (cast.row(channel.id)["cursor"], cast.row(channel.id)["state"]) == (at, "done" if at == 5 else "parked")
    cast.store.write_now(chats.wake_chat, "discord", channel.id)
    await cast.run(hours=24)
    assert (cast.row(channel.id)["state"], cast.row(channel.id)["rejected"]) == ("done", 0)
    assert titles(channel) == DIGEST


async def test_a_digest_that_was_parked_at_its_end_by_an_older_version_is_over_when_the_chat_wakes(fake, cast):
    channel = fake.channel()
    cast.subscriber(channel.id)
    await cast.run(DUE)
    cast.store.write_now(chats.park_chat, "discord", channel.id, "gone")
    cast.store.write_now(lambda connection: connection.execute("UPDATE delivery SET state = 'parked'"))
    cast.store.write_now(chats.wake_chat, "discord", channel.id)
    await cast.run(hours=24)
    assert (cast.row(channel.id)["state"], cast.row(channel.id)["rejected"]) == ("done", 0)
    assert titles(channel) == DIGEST
