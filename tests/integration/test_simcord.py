"""Our gateway client inside simcord, which plays Discord in this process and holds its limits: commands, forms, buttons.

simcord replaces discord.py's HTTP client. What we send ourselves goes through `Wire`, so here that goes to simcord too.
"""

import contextlib
import datetime as dt
import io
import itertools
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord
from discord.http import Route
from simcord import InteractionResult

from adapters.discord.commands import registration
from adapters.discord.gateway import GatewayClient
from adapters.discord.outcomes import Answer, NoAnswer
from adapters.discord.send import Sender
from adapters.discord.wire import Wire
from bot.clock import Clock
from bot.commands.conversation import command_specs
from bot.digest.compose import compose_paper
from bot.digest.fetching import Fetcher, PaperFinder
from bot.message import File, Message
from bot.model import Address
from bot.parts import open_parts
from bot.ports import Outcome, Sent
from bot.sample import sample_day
from bot.service import Service
from bot.settings import Settings
from tests.fakes.hub import Hub
from tests.integration.any_line_scene import NOW, NothingNew


class SimWire(Wire):
    """Requests that end in simcord's Discord."""

    client: discord.Client

    async def request(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        authorized: bool = True,
        file: File | None = None,
    ) -> Answer | NoAnswer:
        files = [discord.File(io.BytesIO(file.content), file.name)] if file else None
        try:
            done = await self.client.http.request(Route(method, path), json=body, params=query, files=files)
        except discord.HTTPException as error:
            return Answer(error.status, {"code": error.code, "message": error.text})
        return Answer(204 if done is None else 200, json.loads(json.dumps(done)))


class World:
    """One Discord, the whole core over a store of its own, and the bot as it stands between them."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.wire = SimWire("token")
        self.sender = Sender(self.wire)

    def bot(self) -> GatewayClient:
        """A bot as one process has it; another call is the next process."""

        async def to_channel(address: Address, message: Message, *, plain: bool = False) -> Outcome:
            return await self.sender.send(address, message, key="", container_id="", plain=plain)

        made = GatewayClient(self.service, self.wire, command_specs(), to_channel, None)
        made.shard_count = 1
        self.wire.client = made
        return made


@dataclass(frozen=True)
class Place:
    """A channel of a server, and two of its members who run nothing there."""

    world: World
    env: simcord.Env
    channel: Any
    ada: Any
    eve: Any


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with Hub() as hub:
        settings = Settings(
            database=tmp_path / "store.db",
            clock=NOW,
            hf_api_url=hub.url,
            arxiv_api_url=hub.url,
            default_language="en",
            discord_rate=1e5,  # a pause of the pace would be one of simcord's own clock
        )
        async with open_parts(settings) as parts:
            for day in ("2024-03-26", "2024-03-28"):
                await parts.fetcher.fetch_day(dt.date.fromisoformat(day))
            # What simcord waits for is the bot's own work; no request of ours may be under way meanwhile.
            clock, nothing = Clock(NOW), NothingNew()
            quiet = replace(
                parts,
                fetcher=Fetcher(parts.store, nothing, clock),
                finder=PaperFinder(parts.store, (nothing,), clock),
            )
            yield World(Service(quiet, {}))


@contextlib.asynccontextmanager
async def at_work(world: World) -> AsyncIterator[Place]:
    """Everything at work. No fixture: simcord wants to begin and end in one task."""
    bot = world.bot()
    async with simcord.run(bot, shard_count=1) as env:
        await bot.http.bulk_upsert_global_commands(bot.application_id or 0, payload=registration(command_specs()))
        guild = env.create_guild()
        channel = guild.create_text_channel("papers")
        ada, eve = (guild.add_member(env.create_user(name)) for name in ("ada", "eve"))
        yield Place(world, env, channel, ada, eve)


def title(result: InteractionResult) -> str:
    assert result.response is not None
    return result.response.embeds[0].title or ""


def labels(components: Sequence[Mapping[str, Any]]) -> list[str]:
    return [button["label"] for row in components for button in row["components"]]


async def test_every_command_is_answered_and_nothing_is_refused(world: World):
    """simcord fails for an error in the bot, for a field or a length that Discord does not take, and for a second sign."""
    async with at_work(world) as place:
        given = {"date": "2024-03-28", "id": "2403.18361", "name": "top", "value": "5"}
        # In turn, for one person alone would flood.
        for command, person in zip(command_specs(), itertools.cycle([place.ada, place.eve]), strict=False):
            options = {one.name: given.get(one.name, "vision") for one in command.arguments if one.required}
            result = await person.slash(place.channel, command.name, **options)
            assert result.response is not None, command.name
            assert result.response.content or result.response.embeds, command.name


async def test_forms_suggest_while_they_are_filled_in(world: World):
    async with at_work(world) as place:

        async def offered(command: str, option: str, typed: str) -> list[str]:
            return [one["value"] for one in await place.ada.autocomplete(place.channel, command, option, typed)]

        assert await offered("paper", "id", "vitar") == ["2403.18361"]
        assert await offered("day", "date", "2024-03") == ["2024-03-28", "2024-03-26"]
        assert (await offered("subscribe", "zone", "lond"))[0] == "Europe/London"


async def test_pages_turn_in_place_for_who_asked_also_in_the_next_process(world: World):
    async with at_work(world) as place:
        first = await place.ada.slash(place.channel, "top", span="month")
        assert first.response is not None
        shown = first.response
        assert "1/2" in labels(shown.components)
        turned = await place.ada.click(shown.message, label="›")
        assert turned.response is not None
        assert turned.response.id == shown.id, "it is the same message"
        assert "2/2" in labels(shown.components)
        await place.env.restart_bot(place.world.bot())
        # Another member is told so, and sees that alone.
        others = await place.eve.click(shown.message, label="‹")
        assert others.response is not None
        assert others.response.ephemeral
        assert "2/2" in labels(shown.components)
        await place.ada.click(shown.message, label="‹")
        assert "1/2" in labels(shown.components)


async def test_a_list_opens_its_papers_for_the_one_who_pressed(world: World):
    async with at_work(world) as place:
        found = await place.ada.slash(place.channel, "search", words="any resolution")
        assert found.response is not None
        await place.env.restart_bot(place.world.bot())
        opened = await place.eve.click(found.response.message, label="1")
        assert title(opened) == "ViTAR: Vision Transformer with Any Resolution"
        assert opened.response is not None
        assert opened.response.ephemeral


async def test_only_who_runs_the_server_may_subscribe_it(world: World):
    async with at_work(world) as place:
        refused = await place.ada.slash(place.channel, "subscribe", time="09:00", zone="Seoul")
        assert refused.response is not None
        assert refused.response.ephemeral
        assert "admin" in refused.response.content
        guild = place.env.guild
        admin = guild.create_role("admin", permissions=discord.Permissions(manage_guild=True))
        owner = guild.add_member(place.env.create_user("owner"), roles=[admin])
        taken = await owner.slash(place.channel, "subscribe", time="09:00", zone="Seoul")
        assert taken.response is not None
        shown = taken.response.content + "".join(embed.description or "" for embed in taken.response.embeds)
        assert "09:00" in shown


async def test_a_papers_buttons_work_under_a_digest_of_an_earlier_process(world: World):
    async with at_work(world) as place:
        address, paper = Address("discord", str(place.channel.id)), sample_day()[1][0]
        outcome = await place.world.sender.send(address, compose_paper(paper, "en"), key="d1", container_id="", plain=False)
        assert isinstance(outcome, Sent)
        await place.env.restart_bot(place.world.bot())
        digest = place.channel.last_message
        similar = await place.eve.click(digest, label="Similar")
        assert paper.title in title(similar)
        saved = await place.eve.click(digest, label="Save")
        assert saved.response is not None
        assert saved.response.ephemeral
        assert "/saved" in saved.response.content
        assert [message.id for message in place.channel.history(viewer=place.ada)] == [digest.id], (
            "nobody else is disturbed"
        )
