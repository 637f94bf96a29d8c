"""Digests with cards, through both real adapters: once to each chat, uploaded once, and never in the way of the words."""

import asyncio
import re

import pytest

from bot.model import Filters, Shape
from bot.pictures.cards import Cards
from tests.fakes.discord import FakeDiscord
from tests.fakes.telegram import Fail, FakeTelegram, Reset
from tests.integration.broadcast import DUE, FOUR, HEADING, broadcasting
from tests.integration.discord.scene import adapter_for as discord_for
from tests.unit.telegram.house import adapter_for

DIGEST = [HEADING, *(f"Paper {one}" for one in FOUR)]


class Drawn(Cards):
    """Cards, and which were asked for."""

    def __init__(self, **how):
        super().__init__(**how)
        self.asked = []

    async def picture(self, card):
        self.asked.append(card)
        return await super().picture(card)


class Failing(Cards):
    async def picture(self, card):
        raise RuntimeError("no ink")


class Hanging(Cards):
    async def _drawn(self, card):
        await asyncio.sleep(3600)


@pytest.fixture
async def fake():
    async with FakeTelegram() as one:
        yield one


@pytest.fixture
async def cast(fake, tmp_path):
    async with broadcasting(tmp_path / "store.db", adapter_for(fake), Drawn(seconds=30)) as one:
        yield one


def said(fake, chat):
    """The first line of each message in a chat, and whether a picture is above it."""
    return [(one.text.split("\n", 1)[0], one.photo is not None) for one in fake.in_chat(chat)]


WITH_CARD = [(HEADING, True), *((one, False) for one in DIGEST[1:])]
WORDS = [(one, False) for one in DIGEST]


async def test_each_chat_gets_the_card_once_and_telegram_one_upload(fake, cast):
    people = [fake.person(number) for number in range(100, 130)]
    for person in people:
        cast.subscriber(person.id)
    await cast.run(at=DUE)
    await cast.restart()
    await cast.run(minutes=5)
    assert [said(fake, person) for person in people] == [WITH_CARD] * 30
    assert len(fake.methods.photos) == 1
    assert len(set(cast.cards.asked)) == 1
    assert {cast.row(person.id)["state"] for person in people} == {"done"}


async def test_a_card_shows_what_its_digest_holds(fake, cast):
    cast.subscriber(fake.person(1).id, filters=Filters(without=("Paper 2403.18300",)), top=2)
    cast.subscriber(fake.person(2).id, shape=Shape.COMPACT)
    cast.subscriber(fake.person(3).id, min_votes=1000)
    await cast.run(at=DUE)
    shown = {tuple(line.title for line in card.lines): card.counted for card in cast.cards.asked}
    assert shown == {
        ("Paper 2403.18301", "Paper 2403.18302"): "2 of 4 papers",
        ("Paper 2403.18300", "Paper 2403.18301", "Paper 2403.18302"): "4 papers",
    }
    (listed,) = fake.in_chat(2)
    assert listed.photo is not None
    assert "4. Paper 2403.18303" in listed.text
    assert "o:2403.18303" in listed.buttons.values()
    assert [picture for _, picture in said(fake, 3)] == [False]


@pytest.mark.parametrize("folder", ["https://papers.example.org/p", ""], ids=["public", "nowhere"])
async def test_above_a_long_list_telegram_fetches_the_card_where_it_can_be_had(fake, tmp_path, folder):
    cards = Cards(seconds=30, folder=folder)
    async with broadcasting(tmp_path / "store.db", adapter_for(fake), cards) as cast:
        cast.day("2024-03-28", tuple(f"2403.{18300 + number}" for number in range(60)))
        longer = " on a subject that takes as many words as this one does"
        cast.store.write_now(
            lambda connection: connection.execute("UPDATE paper SET title = title || ?", (longer,)) and None
        )
        cast.subscriber(fake.person(1).id, shape=Shape.COMPACT)
        await cast.run(at=DUE)
        first = fake.in_chat(1)[0]
        assert (len(first.text) > 1024, first.photo) == (True, None)
        if not folder:
            assert first.preview == {"is_disabled": True}
            return
        address = first.preview["url"]
        assert re.fullmatch(r"https://papers\.example\.org/p/cards/2024-03-28-[0-9a-f]{16}\.jpg", address)
        assert first.preview["show_above_text"] is True
        served = cards.named(address.rpartition("/")[2])
        assert served is not None
        assert served.content.startswith(b"\xff\xd8")
        await cards.close()


@pytest.mark.parametrize("cards", [Failing(), Hanging(seconds=0.05)], ids=["failing", "hanging"])
async def test_a_card_that_fails_or_hangs_delays_and_loses_nothing(fake, tmp_path, cards):
    async with broadcasting(tmp_path / "store.db", adapter_for(fake), cards) as cast:
        for number in range(1, 6):
            cast.subscriber(fake.person(number).id)
        await cast.run(at=DUE)
        assert [said(fake, number) for number in range(1, 6)] == [WORDS] * 5
        await cards.close()


@pytest.mark.parametrize(
    "fault",
    [
        Fail(400, "Bad Request: not enough rights to send photos to the chat"),
        Fail(400, "Bad Request: CHAT_SEND_PHOTOS_FORBIDDEN"),
        Fail(400, "Bad Request: IMAGE_PROCESS_FAILED"),
        Fail(413, "Request Entity Too Large"),
    ],
    ids=["rights", "forbidden", "unreadable", "large"],
)
async def test_a_chat_that_takes_no_picture_is_neither_parked_nor_struck(fake, cast, fault):
    cast.subscriber(fake.person(1).id)
    fake.fail_method("sendphoto", fault)
    await cast.run(at=DUE)
    assert said(fake, 1) == WORDS
    row = cast.row(1)
    assert (row["state"], row["strikes"], row["attempts"]) == ("done", 0, 0)


async def test_after_a_doubt_the_words_come_alone(fake, cast):
    cast.subscriber(fake.person(1).id)
    fake.fail(1, Reset(taken=True))
    await cast.run(at=DUE)
    assert said(fake, 1) == [(HEADING, True)]
    assert cast.row(1)["attempts"] == 1
    await cast.run(seconds=2)
    # It may have arrived, and had: twice rarely, lost never.
    assert said(fake, 1) == [(HEADING, True), *WORDS]


async def test_discord_shows_it_and_knows_it_again_after_a_doubt(tmp_path):
    async with FakeDiscord() as fake:
        cards = Drawn(seconds=30)
        async with broadcasting(tmp_path / "store.db", discord_for(fake), cards) as cast:
            channel, forum, doubtful = fake.channel(), fake.forum(), fake.channel(name="doubtful")
            for one in (channel, forum, doubtful):
                cast.subscriber(one.id)
            fake.reset(doubtful, accepted=True)
            await cast.run(at=DUE)
            post = next(one for one in fake.channels.values() if one.type == 11)
            for place in (channel, post):
                assert [bool(message.files) for message in place.messages] == [True, False, False, False, False]
            await cast.run(seconds=2)
            assert [message.title for message in doubtful.messages] == [message.title for message in channel.messages]
            assert [bool(message.files) for message in doubtful.messages] == [True, False, False, False, False]
            await cards.close()
