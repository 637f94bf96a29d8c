"""A picture of the bot's own goes with a message where the platform takes one, and its words arrive where it does not."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.message import Button, Entry, File, Message
from bot.model import Address
from bot.ports import RetryAfter, Scope, Sent, Unknown, Unreachable
from tests.contract.platforms import DiscordPlatform, TelegramPlatform, discord, telegram, terminal
from tests.fakes.discord.world import ATTACH_FILES, USUAL
from tests.fakes.telegram import Fail, Person, Reset, TooManyRequests

JPEG = b"\xff\xd8\xff\xe0 a picture"
CARD = Message(
    heading="Daily Papers · 2024-03-28 (목)",
    paragraphs=("논문 <10>편",),
    image=File(name="daily-papers-2024-03-28.jpg", content=JPEG, media_type="image/jpeg"),
)
LIST = replace(
    CARD,
    entries=tuple(Entry(number=n, title=f"Paper {n}", link=f"https://arxiv.org/abs/2403.{n:05}") for n in range(1, 26)),
    buttons=(Button("1", action="o:2403.00001"),),
)


@pytest.fixture
async def tele(tmp_path: Path) -> AsyncIterator[TelegramPlatform]:
    async with telegram(tmp_path) as one:
        await one.adapter.open()
        yield one
        await one.adapter.close()


@pytest.fixture
async def cord(tmp_path: Path) -> AsyncIterator[DiscordPlatform]:
    async with discord(tmp_path) as one:
        await one.adapter.open()
        yield one
        await one.adapter.close()


def chat(board: TelegramPlatform | DiscordPlatform) -> Address:
    return board.chats[0]


# --- Telegram ---------------------------------------------------------------------------------------------------------


async def test_telegram_uploads_a_picture_once_and_names_it_after_that(tele: TelegramPlatform):
    people = [tele.fake.person(number) for number in range(100, 110)]
    to = [Address("telegram", str(person.id)) for person in people]
    outcomes = await asyncio.gather(*(tele.adapter.send(one, CARD, key=f"k{one.chat_id}") for one in to))
    assert all(isinstance(one, Sent) for one in outcomes)
    sent = [tele.fake.in_chat(person.id)[0] for person in people]
    assert [one.text for one in sent] == ["Daily Papers · 2024-03-28 (목)\n\n논문 <10>편"] * 10
    assert {one.photo.content for one in sent if one.photo} == {JPEG}
    assert len(tele.fake.methods.photos) == 1
    assert tele.fake.count_calls("sendPhoto") == 10
    assert tele.fake.count_calls("sendMessage") == 0


async def test_telegram_gets_the_words_alone_where_they_are_too_long_for_a_picture(tele: TelegramPlatform):
    assert isinstance(await tele.adapter.send(chat(tele), replace(LIST, paragraphs=("긴 말 " * 300,))), Sent)
    (message,) = tele.fake.in_chat(int(chat(tele).chat_id))
    assert message.photo is None
    assert "25. Paper 25" in message.text
    assert message.buttons == {"1": "o:2403.00001"}


async def test_a_group_that_takes_no_photos_gets_the_words(tele: TelegramPlatform):
    room = tele.fake.group("No photos")
    room.photos_allowed = False
    group = Address("telegram", str(room.id))
    assert isinstance(await tele.adapter.send(group, CARD), Sent)
    # Its refusal was no upload: the next one tries.
    assert isinstance(await tele.adapter.send(chat(tele), CARD), Sent)
    assert tele.fake.in_chat(room.id)[0].photo is None
    assert "2024-03-28" in tele.fake.in_chat(room.id)[0].text
    assert tele.fake.in_chat(int(chat(tele).chat_id))[0].photo is not None


async def test_a_picture_that_telegram_cannot_read_or_no_longer_knows_is_left_out(tele: TelegramPlatform):
    broken = replace(CARD, image=File(name="broken.jpg", content=b"no picture"))
    assert isinstance(await tele.adapter.send(chat(tele), broken), Sent)
    assert isinstance(await tele.adapter.send(chat(tele), CARD), Sent)
    tele.fake.methods.photos.clear()
    assert isinstance(await tele.adapter.send(chat(tele), CARD), Sent)
    assert isinstance(await tele.adapter.send(chat(tele), CARD), Sent)
    shown = [one.photo is not None for one in tele.fake.in_chat(int(chat(tele).chat_id))]
    assert shown == [False, True, False, True]


async def test_what_is_not_about_the_picture_is_told_as_of_any_message(tele: TelegramPlatform):
    number = int(chat(tele).chat_id)
    tele.fake.fail(number, TooManyRequests(7))
    assert await tele.adapter.send(chat(tele), CARD) == RetryAfter(7, Scope.CHAT)
    tele.fake.fail(number, Reset(taken=True))
    assert isinstance(await tele.adapter.send(chat(tele), CARD), Unknown)
    tele.fake.fail(number, Fail(500, "Internal Server Error"))
    assert isinstance(await tele.adapter.send(chat(tele), CARD), Unknown)
    assert tele.fake.count_calls("sendMessage") == 0
    person = tele.fake.methods.chats[number]
    assert isinstance(person, Person)
    person.blocked = True
    assert await tele.adapter.send(chat(tele), CARD) == Unreachable("Forbidden: bot was blocked by the user")


async def test_plain_text_has_no_picture(tele: TelegramPlatform, cord: DiscordPlatform):
    assert isinstance(await tele.adapter.send(chat(tele), CARD, plain=True), Sent)
    assert isinstance(await cord.adapter.send(chat(cord), CARD, plain=True), Sent)
    assert tele.fake.in_chat(int(chat(tele).chat_id))[0].photo is None
    assert not cord.fake.channels[chat(cord).chat_id].messages[0].files


# --- Discord ----------------------------------------------------------------------------------------------------------


async def test_discord_shows_it_below_the_words_or_in_the_embed_and_says_what_it_is(cord: DiscordPlatform):
    assert isinstance(await cord.adapter.send(chat(cord), CARD, key="a"), Sent)
    assert isinstance(await cord.adapter.send(chat(cord), LIST, key="b"), Sent)
    words, embed = cord.fake.channels[chat(cord).chat_id].messages
    assert words.files == embed.files == {"daily-papers-2024-03-28.jpg": JPEG}
    assert words.content.startswith("**Daily Papers")
    assert embed.embeds[0]["image"] == {"url": "attachment://daily-papers-2024-03-28.jpg"}
    assert words.sent["attachments"][0]["description"] == "Daily Papers · 2024-03-28 (목)"


async def test_a_forum_post_begins_with_it(cord: DiscordPlatform):
    forum = cord.fake.forum()
    sent = await cord.adapter.send(Address("discord", forum.id), CARD, key="a")
    assert isinstance(sent, Sent)
    assert cord.fake.channels[sent.container_id].messages[0].files == {"daily-papers-2024-03-28.jpg": JPEG}


async def test_without_the_right_to_attach_files_the_words_come_and_it_is_not_tried_again(cord: DiscordPlatform):
    channel = cord.fake.channel()
    channel.bot_permissions = USUAL & ~ATTACH_FILES
    to = Address("discord", channel.id)
    assert isinstance(await cord.adapter.send(to, CARD, key="a"), Sent)
    before = len(cord.fake.requests)
    assert isinstance(await cord.adapter.send(to, CARD, key="b"), Sent)
    assert len(cord.fake.requests) == before + 1
    assert [message.files for message in channel.messages] == [{}, {}]


async def test_sent_again_without_it_after_a_doubt_it_stands_there_once(cord: DiscordPlatform):
    channel = cord.fake.channels[chat(cord).chat_id]
    for key, message in (("a", CARD), ("b", LIST)):
        assert isinstance(await cord.adapter.send(chat(cord), message, key=key), Sent)
        cord.fake.advance(600)
        again = await cord.adapter.send(chat(cord), replace(message, image=None), key=key, in_doubt=True)
        assert again == Sent(channel.messages[-1].id)
    assert len(channel.messages) == 2


async def test_a_terminal_says_the_words(tmp_path: Path):
    async with terminal(tmp_path) as board:
        assert isinstance(await board.adapter.send(board.chats[0], CARD), Sent)
        (shown,) = await board.shown(1)
        assert "2024-03-28" in shown.text
        assert not list(board.folder.iterdir())
