"""Whatever is typed, filled in or pressed on Discord: an answer each, no fault, and nothing changed that is not the person's."""

import itertools
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

import adapters.discord
from bot.commands.conversation import command_specs
from bot.ports import AdapterContext
from tests.fakes.discord import FakeChannel, FakeDiscord, FakeUser
from tests.integration.any_line import COUNTS, PEOPLE, ROOMS, STROKES, Line, lines, worn
from tests.integration.any_line_scene import OTHERS_ROOM, OWN_CHAT, Scene, scene

# So few at once that each has its first sign within Discord's three seconds.
_A_ROUND = 50
_LOCALES = ("ko", "en-US", "ja", "zh-CN", "fr")

_Direct = tuple[FakeUser, FakeChannel]


@pytest.mark.parametrize("count", COUNTS)
async def test_any_line_on_discord(count: int, tmp_path: Path):
    specs = command_specs()
    async with FakeDiscord() as fake:
        adapter = adapters.discord.create(AdapterContext(environment=fake.environment(), commands=specs))
        assert adapter is not None
        users = [fake.user(f"reader{number}") for number in range(PEOPLE)]
        people = itertools.cycle([(user, fake.dm(user)) for user in users])
        rooms = [fake.channel(name=f"papers-{number}") for number in range(ROOMS)]
        titles = {room.id: f"#{room.name} · {room.guild.name}" for room in rooms if room.guild}
        drawn, shown = lines(count), set[str]()
        await adapter.open()
        async with scene(tmp_path, adapter, titles) as one:
            await fake.slash(rooms[0], fake.user(), "help")  # once that is answered, every command is there
            for turn, at in enumerate(range(0, count, _A_ROUND)):
                some = worn(drawn[at : at + _A_ROUND], sorted(shown))
                here = list(itertools.islice(people, len(some)))
                if turn % 2:
                    await _in_direct_messages(fake, one, here, some)
                else:
                    await _in_servers(fake, one, here, rooms, some)
                shown |= set(_acting(fake))
                for channel in fake.channels.values():
                    channel.messages.clear()


async def _in_direct_messages(fake: FakeDiscord, one: Scene, people: Sequence[_Direct], some: Sequence[Line]) -> None:
    for line, (user, channel) in zip(some, people, strict=True):
        one.expect(user.id, line, answer=line.pressed or bool(line.text.strip()))
        if line.pressed:
            await _press(fake, channel, user, line.text)
        else:
            await fake.says(channel, user, line.text)
    suggesting = itertools.cycle(_suggesting(fake))
    strokes = [
        await fake.completes(channel, user, *next(suggesting), line.text)
        for line, (user, channel) in zip(some[:STROKES], people, strict=False)
    ]
    await one.answered(OWN_CHAT)
    for stroke in strokes:
        await stroke.taken()


async def _in_servers(
    fake: FakeDiscord, one: Scene, people: Sequence[_Direct], rooms: Sequence[FakeChannel], some: Sequence[Line]
) -> None:
    for turn, (line, (user, _), room) in enumerate(zip(some, people, itertools.cycle(rooms), strict=False)):
        one.expect(user.id, line)
        if line.pressed:
            await _press(fake, room, user, line.text)
            continue
        command = fake.commands[(len(line.text) + turn) % len(fake.commands)]
        given = dict(_filled(command, line.text, turn))
        await fake.slash(room, user, command["name"], given, locale=_LOCALES[turn % len(_LOCALES)])
    await one.answered(OTHERS_ROOM)


def _filled(command: dict[str, Any], text: str, turn: int) -> Iterator[tuple[str, str]]:
    """A form filled in with anything; where there are choices Discord lets nobody give anything else."""
    for option in command.get("options", ()):
        choices = [choice["value"] for choice in option.get("choices", ())]
        if choices:
            yield option["name"], choices[turn % len(choices)]
        elif option.get("required") or turn % 3:
            yield option["name"], text[turn % 2 :] or "-"


def _suggesting(fake: FakeDiscord) -> Iterator[tuple[str, str]]:
    for command in fake.commands:
        yield from ((command["name"], one["name"]) for one in command.get("options", ()) if one.get("autocomplete"))


async def _press(fake: FakeDiscord, channel: FakeChannel, user: FakeUser, action: str) -> None:
    """A button of that action, under a message of the bot that may be years old."""
    # The fake knows the buttons that are links by their beginning.
    button = {"type": 2, "style": 2, "label": "old", "custom_id": re.sub("^http", "hxxp", action)}
    message = fake.new_message(channel, {"content": "old", "components": [{"type": 1, "components": [button]}]})
    await fake.presses(message, user, "old")


def _acting(fake: FakeDiscord) -> Iterator[str]:
    for channel in fake.channels.values():
        for message in channel.messages:
            yield from (action for _, action in message.buttons if not action.startswith("http"))
