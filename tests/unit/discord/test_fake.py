"""The fake refuses what Discord refuses: a message that would fail in life fails here."""

import aiohttp
import pytest

from tests.fakes.discord import FakeDiscord
from tests.fakes.discord.limits import ApiError, check_commands, check_message

HEADERS = {"User-Agent": "DiscordBot (https://example.com, 1)"}


def embed(**parts):
    return {"embeds": [parts]}


def button(**parts):
    return {"content": "x", "components": [{"type": 1, "components": [{"type": 2, "style": 5} | parts]}]}


@pytest.mark.parametrize(
    ("message", "code", "place"),
    [
        ({}, 50006, ""),
        ({"content": "  "}, 50006, ""),
        (embed(color=1), 50006, ""),
        ({"content": "x" * 2001}, 50035, "content"),
        (embed(title="x" * 257), 50035, "embeds"),
        (embed(description="x" * 4097), 50035, "embeds"),
        (embed(description="x", footer={"text": "x" * 2049}), 50035, "embeds"),
        (embed(fields=[{"name": "x", "value": "x" * 1025}]), 50035, "embeds"),
        (embed(fields=[{"name": "x", "value": "x"}] * 26), 50035, "embeds"),
        (embed(title="x", url="ftp://x.y"), 50035, "embeds"),
        (embed(title="x", image={"url": "nowhere"}), 50035, "embeds"),
        ({"embeds": [{"description": "x" * 3001}, {"description": "x" * 3000}]}, 50035, "embeds"),
        ({"embeds": [{"title": "x"}] * 11}, 50035, "embeds"),
        ({"content": "x", "nonce": "n" * 26}, 50035, "nonce"),
        ({"content": "x", "flags": 64}, 50035, "flags"),
        (button(label="x" * 81, url="https://x.y"), 50035, "components"),
        (button(label="x", url="javascript:alert(1)"), 50035, "components"),
        (button(label="x"), 50035, "components"),
        ({"content": "x", "components": [{"type": 1, "components": []}]}, 50035, "components"),
        ({"content": "\ud800"}, 50109, ""),
        ([], 50109, ""),
    ],
)
def test_messages_that_discord_refuses(message, code, place):
    with pytest.raises(ApiError) as caught:
        check_message(message)
    assert caught.value.body["code"] == code
    if place:
        assert place in str(caught.value.body["errors"])


def test_lengths_are_code_points():
    check_message({"content": "😀" * 2000})


@pytest.mark.parametrize(
    "command",
    [
        {"name": "Upper", "description": "x"},
        {"name": "two words", "description": "x"},
        {"name": "x", "description": ""},
        {"name": "x", "description": "x" * 101},
        {"name": "x", "description": "x", "description_localizations": {"kr": "x"}},
        {"name": "x", "description": "x", "options": [
            {"name": "a", "description": "x"}, {"name": "b", "description": "x", "required": True}]},
        {"name": "x", "description": "x", "options": [
            {"name": "a", "description": "x", "choices": [{"name": "n", "value": "v"}] * 26}]},
    ],
)  # fmt: skip
def test_commands_that_discord_refuses(command):
    with pytest.raises(ApiError):
        check_commands([command])


async def test_only_the_bots_token_and_a_named_client_are_let_in(fake: FakeDiscord):
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{fake.api_url}/users/@me", headers=HEADERS) as response:
            assert (response.status, (await response.json())["message"]) == (401, "401: Unauthorized")
        authorized = {"Authorization": f"Bot {fake.token}"}
        async with session.get(f"{fake.api_url}/users/@me", headers=authorized) as response:
            assert response.status == 403
        async with session.get(f"{fake.api_url}/users/@me", headers=authorized | HEADERS) as response:
            assert response.headers["Content-Type"] == "application/json"  # letter by letter, as discord.py wants it


@pytest.mark.parametrize(
    ("identify", "code"),
    [
        ({"token": "wrong", "intents": 1}, 4004),
        ({"token": "fake-discord-token", "intents": 1 << 15}, 4014),
        ({"token": "fake-discord-token", "intents": 1 << 30}, 4013),
        ({"token": "fake-discord-token", "intents": 1, "shard": [3, 2]}, 4010),
    ],
)
async def test_the_gateway_closes_on_what_it_does_not_take(fake: FakeDiscord, identify, code):
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{fake.gateway_url}?v=10&encoding=json") as ws:
        assert (await ws.receive_json())["op"] == 10
        await ws.send_json({"op": 2, "d": identify})
        await ws.receive()
        assert ws.close_code == code


async def test_people_type_only_what_discord_shows_them(fake: FakeDiscord, inbox):
    channel, ada = fake.channel(), fake.user()
    with pytest.raises(AssertionError, match="needs date"):
        await fake.slash(channel, ada, "day")
    with pytest.raises(AssertionError, match="choose one of"):
        await fake.slash(channel, ada, "settings", {"name": "colour"})
    with pytest.raises(AssertionError, match="was not registered"):
        await fake.slash(channel, ada, "nothing", within=0.05)
    with pytest.raises(AssertionError, match="posts"):
        await fake.slash(fake.forum(), ada, "today")
