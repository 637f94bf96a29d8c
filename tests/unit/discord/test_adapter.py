"""How the adapter is made, and how it lives through Discord's outages."""

import asyncio
import subprocess
import sys
from importlib.metadata import entry_points

import pytest

from adapters.discord import adapter as module
from adapters.discord import create
from adapters.discord.adapter import DiscordAdapter
from bot.errors import AdapterError, InvalidToken, SettingsError
from bot.ports import AdapterContext
from tests.fakes.discord import FakeDiscord
from tests.unit.discord.conftest import Asked, adapter_for, listening
from tests.unit.doctor.test_servers import answering


def test_it_is_found_by_its_entry_point_and_made_only_with_a_token():
    (entry,) = entry_points(group="daily_papers.adapters", name="discord")
    assert entry.load() is create
    assert create(AdapterContext(environment={})) is None
    assert create(AdapterContext(environment={"DISCORD_BOT_TOKEN": " "})) is None
    made = create(AdapterContext(environment={"DISCORD_BOT_TOKEN": "x"}))
    assert made is not None
    assert made.platform == "discord"


@pytest.mark.parametrize(("name", "value"), [("DISCORD_API_URL", "discord.com"), ("DISCORD_GATEWAY_URL", "https://a.b")])
def test_an_address_that_cannot_be_used_is_a_settings_error(name, value):
    with pytest.raises(SettingsError, match=name):
        create(AdapterContext(environment={"DISCORD_BOT_TOKEN": "x", name: value}))


def test_making_and_sending_never_imports_the_library():
    code = "import sys, adapters.discord.adapter; sys.exit('discord' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_token_is_in_no_representation():
    context = AdapterContext(environment={"DISCORD_BOT_TOKEN": "very-secret"})
    assert "very-secret" not in repr(context) + repr(DiscordAdapter(context))


async def test_a_discord_that_fails_at_opening_is_said_so(fake: FakeDiscord):
    made = adapter_for(fake, DISCORD_API_URL=fake.api_url.replace("/v10", "/v9"))
    with pytest.raises(AdapterError, match="answered 404"):
        await made.open()
    await made.close()


async def test_an_answer_that_names_nobody_is_said_so():
    """As a proxy's own JSON does."""
    async with answering({"ok": True}) as url:
        made = DiscordAdapter(AdapterContext(environment={"DISCORD_BOT_TOKEN": "x", "DISCORD_API_URL": url}))
        with pytest.raises(AdapterError, match="answered something else when asked who the bot is"):
            await made.open()
        await made.close()


async def test_an_outage_while_connecting_is_waited_for(fake: FakeDiscord, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_FIRST_PAUSE", 0.02)
    made = adapter_for(fake)
    await made.open()
    fake.outage = 503
    async with listening(made, Asked()) as task:
        await asyncio.sleep(0.1)
        assert not task.done()
        fake.outage = None
        await fake.gateway.ready()


async def test_closing_ends_the_listening_of_itself(fake: FakeDiscord):
    made = adapter_for(fake)
    await made.open()
    task = asyncio.ensure_future(made.listen(Asked()))
    await fake.gateway.ready()
    await made.close()
    await asyncio.wait_for(task, 1)


async def test_closing_during_an_outage_ends_the_listening_too(fake: FakeDiscord):
    made = adapter_for(fake)
    await made.open()
    fake.outage = 503
    task = asyncio.ensure_future(made.listen(Asked()))
    await asyncio.sleep(0.1)
    await made.close()
    await asyncio.wait_for(task, 1)


async def test_a_token_that_only_the_gateway_refuses_ends_the_listening(fake: FakeDiscord):
    fake.gateway.token = "another"
    made = adapter_for(fake)
    await made.open()
    with pytest.raises(InvalidToken):
        await made.listen(Asked())
    await made.close()


async def test_a_token_withdrawn_while_listening_ends_it(fake: FakeDiscord):
    made = adapter_for(fake)
    await made.open()
    task = asyncio.ensure_future(made.listen(Asked()))
    await fake.gateway.ready()
    await fake.gateway.drop(code=4004)
    with pytest.raises(InvalidToken):
        await asyncio.wait_for(task, 5)
    await made.close()
