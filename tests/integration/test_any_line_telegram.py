"""Whatever is typed or pressed on Telegram: an answer each, no fault, and nothing changed that is not the person's."""

import itertools
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

import adapters.telegram
from bot.commands.command_line import COMMANDS
from bot.ports import AdapterContext
from tests.fakes.telegram import FakeTelegram, Person, Room
from tests.fakes.telegram.world import SentMessage, command_entities
from tests.integration.any_line import COUNTS, PEOPLE, ROOMS, STROKES, Line, lines, worn
from tests.integration.any_line_scene import NOW, OTHERS_ROOM, OWN_CHAT, Scene, scene

# Each other round is in private chats, so many lines at once.
_A_ROUND = 200


@pytest.mark.parametrize("count", COUNTS)
async def test_any_line_on_telegram(count: int, tmp_path: Path):
    async with FakeTelegram() as fake:
        environment = {"TELEGRAM_BOT_TOKEN": fake.token, "TELEGRAM_API_URL": fake.url}
        adapter = adapters.telegram.create(AdapterContext(environment=environment))
        assert adapter is not None
        languages = itertools.cycle(("ko", "en", "ja", "zh-hans", None))
        people = itertools.cycle([fake.person(number, next(languages)) for number in range(1, PEOPLE + 1)])
        owner = fake.person(10**9)
        rooms = [fake.supergroup(f"Lab {number}", admins=(owner,)) for number in range(ROOMS)]
        drawn, shown = lines(count), set[str]()
        async with scene(tmp_path, adapter, {str(room.id): room.title for room in rooms}) as one:
            for turn, at in enumerate(range(0, count, _A_ROUND)):
                some = worn(drawn[at : at + _A_ROUND], sorted(shown))
                here = list(itertools.islice(people, len(some)))
                if turn % 2:
                    await _in_private(fake, one, here, some)
                else:
                    await _in_rooms(fake, one, here, rooms, some)
                    await _all_before(fake, one, people, rooms)
                shown |= set(_acting(fake))
                fake.messages.clear()
                fake.calls.clear()


async def _in_private(fake: FakeTelegram, one: Scene, people: Sequence[Person], some: Sequence[Line]) -> None:
    for line, person in zip(some, people, strict=True):
        if line.pressed:
            await fake.presses(person, person, _standing(fake, person, line.text), line.text)
        else:
            await fake.says(person, person, line.text)
        one.expect(str(person.id), line, answer=line.pressed or _named(fake, line.text) is not None)
    inline = fake.methods.inline.answers
    answers = len(inline) + STROKES
    for line, person in zip(some[:STROKES], people, strict=False):
        await fake.types(person, line.text, wait=False)
    await one.answered(OWN_CHAT)
    await fake.until(lambda: len(inline) == answers, 10, lambda: f"{answers - len(inline)} strokes were not answered")


async def _in_rooms(
    fake: FakeTelegram, one: Scene, people: Sequence[Person], rooms: Sequence[Room], some: Sequence[Line]
) -> None:
    for line, person, room in zip(some, people, itertools.cycle(rooms), strict=False):
        if line.pressed:
            await fake.presses(room, person, _standing(fake, room, line.text), line.text)
            one.expect(str(person.id), line)
        else:
            text = line.text.replace("@OtherBot", "@DailyPapersBot") if len(line.text) % 2 else line.text
            await fake.says(room, person, text)
            one.expect(str(person.id), Line(text), answer=_is_for_the_bot(fake, text))


async def _all_before(fake: FakeTelegram, one: Scene, people: Iterator[Person], rooms: Sequence[Room]) -> None:
    """A room is answered in order, so what was said there before this has had its answer by then, or none."""
    for room in rooms:
        person = next(people)
        await fake.says(room, person, "/help")
        one.expect(str(person.id), Line("/help"))
    await one.answered(OTHERS_ROOM)


def _standing(fake: FakeTelegram, chat: Person | Room, action: str) -> SentMessage:
    """A message of the bot with a button of that action, as it may have been sent years ago."""
    fake.methods.next_message_id += 1
    made = SentMessage(
        chat_id=chat.id,
        thread_id=None,
        message_id=fake.methods.next_message_id,
        text="old",
        html=None,
        entities=(),
        preview=None,
        keyboard=(({"text": "old", "callback_data": action},),),
        silent=False,
        at=NOW,
    )
    fake.messages.append(made)
    return made


def _acting(fake: FakeTelegram) -> Iterator[str]:
    for message in fake.messages:
        yield from (button["callback_data"] for row in message.keyboard for button in row if "callback_data" in button)


def _named(fake: FakeTelegram, text: str) -> str | None:
    """Which bot a line names, "" for none; None for another one than this."""
    first = next((one for one in command_entities(text) if one["offset"] == 0), None)
    name = text[: first["length"]].partition("@")[2] if first else ""
    return name if name.lower() in {"", str(fake.bot["username"]).lower()} else None


def _is_for_the_bot(fake: FakeTelegram, text: str) -> bool:
    """In a group: a command that Telegram has seen as one, and that names this bot or is one of its own."""
    named = _named(fake, text)
    if named is None or not any(one["offset"] == 0 for one in command_entities(text)):
        return False
    return named != "" or re.split(r"\s", text[1:], maxsplit=1)[0].casefold() in COMMANDS
