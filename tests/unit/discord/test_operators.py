"""Operators' commands on Discord: in the servers of ADMIN_CHATS and in no others, and what is in their way ends nothing."""

import contextlib
from collections.abc import AsyncIterator

import pytest

from adapters.discord.adapter import DiscordAdapter
from bot.commands.operating import OPERATING, operator_specs
from bot.model import Address
from bot.ports import AdapterContext
from tests.fakes.discord import FakeChannel, FakeDiscord
from tests.fakes.discord.world import MANAGE_CHANNELS, USUAL
from tests.unit.discord.conftest import COMMANDS, Asked, KeptState, address, listening


@contextlib.asynccontextmanager
async def heard(fake: FakeDiscord, state: KeptState | None, *chats: Address) -> AsyncIterator[Asked]:
    """What is heard by an adapter whose ADMIN_CHATS are `chats`."""
    context = AdapterContext(
        environment=fake.environment(),
        commands=COMMANDS,
        operator_commands=operator_specs(),
        operator_chats=chats,
        state=state,
    )
    made, asked = DiscordAdapter(context), Asked()
    await made.open()
    async with listening(made, asked):
        await fake.gateway.ready()
        yield asked
    fake.gateway.sessions.clear()


def shown(fake: FakeDiscord, channel: FakeChannel) -> list[str]:
    assert channel.guild
    return [command["name"] for command in fake.guild_commands.get(channel.guild.id, [])]


async def test_they_stand_in_the_menus_of_the_operators_servers_alone(fake: FakeDiscord):
    ada, desk, elsewhere = fake.user("ada"), fake.channel(guild=fake.guild()), fake.channel(guild=fake.guild())
    async with heard(fake, KeptState(), Address("telegram", "7"), address(fake.dm(ada)), address(desk)) as asked:
        assert shown(fake, desk) == list(OPERATING)
        assert shown(fake, elsewhere) == []
        assert [command["name"] for command in fake.commands] == [command.name for command in COMMANDS]
        options = {"text": "The bot moves tonight."}
        may = USUAL | MANAGE_CHANNELS
        await (await fake.slash(desk, ada, "announce", options, permissions=may)).answered()
        (request,) = asked.requests
        assert (request.text, request.address) == ("/announce The bot moves tonight.", address(desk))
        assert await request.may_change()
        with pytest.raises(AssertionError, match="not shown to this member"):
            await fake.slash(desk, ada, "pause_all")


async def test_they_go_with_the_chat_and_stay_while_it_cannot_be_looked_up(fake: FakeDiscord):
    state, old, new = KeptState(), fake.channel(guild=fake.guild()), fake.channel(guild=fake.guild())
    async with heard(fake, state, address(old)):
        assert shown(fake, old) == list(OPERATING)
    async with heard(fake, state, Address("discord", "404404")):
        assert shown(fake, old) == list(OPERATING)
    async with heard(fake, state, address(new)):
        assert (shown(fake, old), shown(fake, new)) == ([], list(OPERATING))
    assert list(state.values.values())[-1] == f'["{new.guild.id if new.guild else ""}"]'


@pytest.mark.parametrize("remembers", [True, False])
async def test_a_server_that_takes_none_is_no_reason_to_hear_nothing(fake: FakeDiscord, remembers: bool):
    """The bot sees the channel, but its commands were not allowed there when it was invited."""
    desk = fake.channel(guild=fake.guild())
    assert desk.guild
    del fake.guilds[desk.guild.id]
    async with heard(fake, KeptState() if remembers else None, address(desk)) as asked:
        await (await fake.slash(fake.dm(fake.user("ada")), fake.user("ada"), "today")).answered()
        assert [request.text for request in asked.requests] == ["/today"]
    assert shown(fake, desk) == []
