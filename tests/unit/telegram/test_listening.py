"""Listening: what people type in every kind of chat, what becomes a request, and in which order."""

import asyncio
import time
from typing import Any

import pytest

from bot.message import Message
from bot.model import ChatKind
from bot.ports import ChatAdapter, Request, Sent
from tests.fakes.telegram import FakeTelegram
from tests.unit.telegram.house import RecordingInbox, asked, listening, telegram

# A command that comes after what should have been ignored: once it is there, so is all that came before it.
MARK = "/mark"


async def test_a_command_in_a_private_chat_becomes_a_request(fake: FakeTelegram):
    minji, inbox = fake.person(11, language="ko", name="Minji"), RecordingInbox()
    async with listening(fake, inbox):
        await fake.says(minji, minji, "/day 2024-03-28")
        (request,) = await asked(fake, inbox)
    assert request.address == telegram(11)
    assert request.kind is ChatKind.PRIVATE
    assert request.text == "/day 2024-03-28"
    assert (request.person, request.title, request.language) == ("11", "Minji", "ko")
    assert request.addressed
    assert await request.may_change()
    assert await request.may_post()


@pytest.mark.parametrize("text", ["attention is all you need", "/오늘", "2403.18361", "please /today"])
async def test_free_text_in_a_private_chat_goes_through_as_it_is(fake: FakeTelegram, text: str):
    minji, inbox = fake.person(11), RecordingInbox()
    async with listening(fake, inbox):
        await fake.says(minji, minji, text)
        assert (await asked(fake, inbox))[0].text == text


async def test_a_forwarded_post_brings_its_caption_and_the_addresses_behind_its_words(fake: FakeTelegram):
    minji, inbox = fake.person(11), RecordingInbox()
    link = {"type": "text_link", "offset": 0, "length": 5, "url": "https://arxiv.org/abs/2403.18361"}
    photo = [{"file_id": "p", "file_unique_id": "p", "width": 90, "height": 90}]
    async with listening(fake, inbox):
        await fake.says(minji, minji, "ViTAR is out", entities=[link])
        await fake.says(minji, minji, "", photo=photo, caption="ViTAR is out", caption_entities=[link])
        await fake.says(minji, minji, "", photo=photo)
        await fake.says(minji, minji, "", photo=photo, media_group_id="1")
        await fake.says(fake.group("Readers"), minji, "", photo=photo, caption="/today")
        texts = [request.text for request in await asked(fake, inbox, 3)]
        await fake.says(minji, minji, MARK)
        assert (await asked(fake, inbox, 4))[-1].text == MARK
    assert texts == ["https://arxiv.org/abs/2403.18361 ViTAR is out"] * 2 + [""]


async def test_a_reply_brings_what_it_replies_to(fake: FakeTelegram):
    minji, group, inbox = fake.person(11), fake.group("Readers"), RecordingInbox()
    link = {"type": "text_link", "offset": 0, "length": 5, "url": "https://arxiv.org/abs/2403.18361"}
    body = {"message_id": 5, "date": 1, "chat": {"id": group.id, "type": "group"}, "text": "ViTAR", "entities": [link]}
    async with listening(fake, inbox):
        await fake.says(group, minji, "/save", reply_to_message=body)
        await fake.says(group, minji, "/save")
        abouts = [request.about for request in await asked(fake, inbox, 2)]
    assert abouts == ["https://arxiv.org/abs/2403.18361 ViTAR", ""]


async def test_a_start_with_a_payload_passes_as_it_is(fake: FakeTelegram):
    minji, inbox = fake.person(11), RecordingInbox()
    async with listening(fake, inbox):
        await fake.says(minji, minji, "/start abc_1")
        assert (await asked(fake, inbox))[0].text == "/start abc_1"


async def test_in_a_group_only_commands_are_heard(fake: FakeTelegram):
    minji, group, inbox = fake.person(11), fake.group("Readers"), RecordingInbox()
    async with listening(fake, inbox):
        await fake.says(group, minji, "good morning")
        await fake.says(group, minji, "have you tried /today ?")
        await fake.says(group, minji, "@DailyPapersBot hello")
        await fake.says(group, minji, MARK)
        (request,) = await asked(fake, inbox)
    assert request.text == MARK
    assert (request.kind, request.title, request.person) == (ChatKind.GROUP, "Readers", "11")
    assert not request.addressed


@pytest.mark.parametrize("name", ["DailyPapersBot", "dailypapersbot"])
async def test_a_command_with_the_bots_own_name_is_addressed_and_loses_the_name(fake: FakeTelegram, name: str):
    minji, group, inbox = fake.person(11), fake.group(), RecordingInbox()
    async with listening(fake, inbox):
        await fake.says(group, minji, f"/day@{name} 어제")
        (request,) = await asked(fake, inbox)
    assert request.text == "/day 어제"
    assert request.addressed


async def test_a_command_for_another_bot_is_ignored(fake: FakeTelegram):
    minji, group, inbox = fake.person(11), fake.group(), RecordingInbox()
    async with listening(fake, inbox):
        await fake.says(group, minji, "/today@OtherBot")
        await fake.says(group, minji, MARK)
        assert [request.text for request in await asked(fake, inbox)] == [MARK]


async def test_an_edited_message_is_not_a_new_command(fake: FakeTelegram):
    minji, inbox = fake.person(11), RecordingInbox()
    async with listening(fake, inbox):
        fake.methods.updates.allowed.add("edited_message")  # even if Telegram told of it
        await fake.says(minji, minji, "/today", edited=True)
        await fake.says(minji, minji, MARK)
        assert [request.text for request in await asked(fake, inbox)] == [MARK]


async def test_telegram_is_asked_for_nothing_that_is_not_used(fake: FakeTelegram):
    async with listening(fake, RecordingInbox()):
        kinds = {"message", "channel_post", "my_chat_member", "callback_query", "inline_query"}
        assert fake.methods.updates.allowed == kinds


async def test_a_channels_post_is_its_admins_command(fake: FakeTelegram):
    channel, inbox = fake.channel("Papers"), RecordingInbox()
    async with listening(fake, inbox):
        await fake.says(channel, None, "/subscribe 09:00")
        (request,) = await asked(fake, inbox)
        assert request.kind is ChatKind.CHANNEL
        assert (request.text, request.title, request.language) == ("/subscribe 09:00", "Papers", None)
        assert await request.may_change()
        assert await request.may_post()
        assert isinstance(await request.reply(Message(heading="Done")), Sent)
    assert fake.in_chat(channel)[0].text == "Done"


async def test_a_channels_post_that_is_copied_into_its_group_is_not_a_command_there(fake: FakeTelegram):
    minji, channel, group, inbox = fake.person(11), fake.channel(), fake.supergroup(), RecordingInbox()
    async with listening(fake, inbox):
        await fake.says(group, None, "/subscribe", in_name_of=channel, is_automatic_forward=True)
        await fake.says(group, minji, MARK)
        assert [request.text for request in await asked(fake, inbox)] == [MARK]


async def test_an_answer_stays_in_the_topic_in_which_it_was_asked(fake: FakeTelegram):
    minji, lab, inbox = fake.person(11), fake.supergroup(topics={5: "Papers"}), RecordingInbox()
    async with listening(fake, inbox):
        await fake.says(lab, minji, "/today", topic=5)
        (request,) = await asked(fake, inbox)
        await request.reply(Message(heading="Here"))
    assert request.address == telegram(lab.id, 5)
    assert fake.in_chat(lab)[0].thread_id == 5


async def test_general_and_a_thread_of_replies_are_no_topics(fake: FakeTelegram):
    minji, lab, inbox = fake.person(11), fake.supergroup(topics={5: "Papers"}), RecordingInbox()
    plain = fake.supergroup("Plain")
    async with listening(fake, inbox):
        await fake.says(lab, minji, "/today")
        await fake.says(plain, minji, "/today", message_thread_id=77)
        requests = await asked(fake, inbox, 2)
        for request in requests:
            assert isinstance(await request.reply(Message(heading="Here")), Sent)
    assert {request.address for request in requests} == {telegram(lab.id), telegram(plain.id)}


async def test_general_is_one_place_whether_or_not_its_number_is_told(fake: FakeTelegram):
    minji, lab, inbox = fake.person(11), fake.supergroup(topics={5: "Papers"}), RecordingInbox()
    async with listening(fake, inbox):
        await fake.says(lab, minji, "/subscribe", topic=1)
        await fake.says(lab, minji, "/subscribe")
        requests = await asked(fake, inbox, 2)
        for request in requests:
            assert isinstance(await request.reply(Message(heading="Here")), Sent)
    assert {request.address for request in requests} == {telegram(lab.id)}


async def test_a_slow_answer_in_one_chat_does_not_delay_another_chat(fake: FakeTelegram):
    slow, quick, done = fake.person(11), fake.person(12), asyncio.Event()

    async def answer(request: Request) -> None:
        if request.person == "11":
            await done.wait()
        await request.reply(Message(heading=f"for {request.person}"))

    async with listening(fake, RecordingInbox(answer)):
        await fake.says(slow, slow, "/paper 2403.18361")
        await fake.says(quick, quick, "/today")
        await fake.wait_for(quick, seconds=2)
        assert fake.in_chat(slow) == []
        done.set()
        await fake.wait_for(slow)


async def test_inside_a_chat_answers_keep_the_order_of_the_questions(fake: FakeTelegram):
    minji = fake.person(11)

    async def answer(request: Request) -> None:
        await asyncio.sleep(0.1 if request.text == "/a" else 0)
        await request.reply(Message(heading=request.text))

    async with listening(fake, RecordingInbox(answer)):
        for text in ("/a", "/b", "/c"):
            await fake.says(minji, minji, text)
        assert [sent.text for sent in await fake.wait_for(minji, 3)] == ["/a", "/b", "/c"]


async def test_a_request_that_fails_ends_neither_the_chat_nor_the_listening(fake: FakeTelegram):
    minji = fake.person(11)

    async def answer(request: Request) -> None:
        if request.text == "/bad":
            raise RuntimeError("a fault of the core")
        await request.reply(Message(heading="fine"))

    async with listening(fake, RecordingInbox(answer)):
        await fake.says(minji, minji, "/bad")
        await fake.says(minji, minji, "/good")
        await fake.wait_for(minji)


async def test_a_flood_in_one_chat_is_cut_off_at_fifty(fake: FakeTelegram):
    flooder, minji, done = fake.person(11), fake.person(12), asyncio.Event()

    async def answer(request: Request) -> None:
        if request.person == "11":
            await done.wait()

    inbox = RecordingInbox(answer)
    async with listening(fake, inbox):
        for number in range(80):
            await fake.says(flooder, flooder, f"/day {number}")
        await fake.says(minji, minji, "/today")
        await fake.until(lambda: any(request.person == "12" for request in inbox.asked))
        done.set()
        await fake.until(lambda: len(inbox.asked) >= 51)
    assert len([request for request in inbox.asked if request.person == "11"]) in {50, 51}


async def test_typing_is_shown_while_an_answer_takes_time(fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("adapters.telegram.reception._TYPING_AFTER", 0.02)
    monkeypatch.setattr("adapters.telegram.reception._TYPING_EVERY", 0.02)
    minji, channel, done = fake.person(11), fake.channel(), asyncio.Event()
    lab, general = fake.supergroup(topics={5: "Papers"}), fake.supergroup(topics={5: "Papers"})

    async def answer(request: Request) -> None:
        await done.wait()

    async with listening(fake, RecordingInbox(answer)):
        await fake.says(lab, minji, "/today", topic=5)
        await fake.says(general, minji, "/today")
        await fake.says(minji, minji, "/today")
        await fake.says(channel, None, "/today")
        await fake.until(lambda: len(fake.methods.actions) >= 6)
        done.set()
    assert set(fake.methods.actions) == {(lab.id, 5, "typing"), (general.id, 1, "typing"), (11, None, "typing")}


async def test_a_quick_answer_shows_no_typing(fake: FakeTelegram):
    minji, inbox = fake.person(11), RecordingInbox()
    async with listening(fake, inbox):
        await fake.says(minji, minji, "/today")
        await asked(fake, inbox)
    assert fake.methods.actions == []


async def test_an_update_that_cannot_be_read_is_left_behind(fake: FakeTelegram):
    minji, inbox = fake.person(11), RecordingInbox()
    async with listening(fake, inbox):
        fake.methods.updates.add("message", {"message_id": 1, "chat": "of a later version"})
        await fake.says(minji, minji, MARK)
        assert [request.text for request in await asked(fake, inbox)] == [MARK]


async def test_close_ends_the_long_poll_at_once_and_listen_returns(fake: FakeTelegram):
    adapter: ChatAdapter
    async with listening(fake, RecordingInbox()) as adapter:
        began = time.monotonic()
        await adapter.close()
        assert time.monotonic() - began < 1


async def test_close_waits_for_the_answer_in_progress(fake: FakeTelegram):
    minji = fake.person(11)

    async def answer(request: Request) -> None:
        await asyncio.sleep(0.15)
        await request.reply(Message(heading="late"))

    inbox = RecordingInbox(answer)
    async with listening(fake, inbox) as adapter:
        await fake.says(minji, minji, "/today")
        await asked(fake, inbox)
        await adapter.close()
        assert [sent.text for sent in fake.in_chat(minji)] == ["late"]


async def test_an_answer_that_never_ends_is_cut_off(fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("adapters.telegram.adapter._LAST_SECONDS", 0.05)
    minji = fake.person(11)

    async def answer(request: Request) -> None:
        await asyncio.Event().wait()

    inbox = RecordingInbox(answer)
    async with listening(fake, inbox) as adapter:
        await fake.says(minji, minji, "/today")
        await asked(fake, inbox)
        began = time.monotonic()
        await adapter.close()
        assert time.monotonic() - began < 1


async def test_what_was_handed_over_does_not_come_again_after_a_restart(fake: FakeTelegram):
    minji = fake.person(11)
    first, second = RecordingInbox(), RecordingInbox()
    async with listening(fake, first):
        await fake.says(minji, minji, "/one")
        await asked(fake, first)
    await fake.says(minji, minji, "/two")
    async with listening(fake, second):
        assert [request.text for request in await asked(fake, second)] == ["/two"]


async def test_what_became_of_a_chat_counts_as_taken_only_when_the_core_knows_it(fake: FakeTelegram):
    """Killed before that, the bot is told again: a chat that was woken in vain would stay parked for good."""
    minji, go_on = fake.person(11), asyncio.Event()

    class SlowInbox(RecordingInbox):
        async def joined(self, *told: Any) -> None:
            await super().joined(*told)
            await go_on.wait()

    inbox = SlowInbox()
    async with listening(fake, inbox):
        minji.blocked = True
        fake.unblock(minji)
        await fake.until(lambda: bool(inbox.events))
        polls = fake.methods.updates.polls
        await asyncio.sleep(0.1)
        assert fake.methods.updates.polls == polls
        assert len(fake.methods.updates.waiting) == 1
        go_on.set()
        await fake.until(lambda: not fake.methods.updates.waiting)


async def test_an_invitation_does_not_wait_for_a_slow_answer_in_its_chat(fake: FakeTelegram):
    minji, go_on = fake.person(11), asyncio.Event()
    group = fake.group(admins=(minji,))

    async def slow(_: Request) -> None:
        await go_on.wait()

    inbox = RecordingInbox(slow)
    async with listening(fake, inbox):
        await fake.says(group, minji, "/today")
        fake.set_bot(group, "left", minji)
        fake.set_bot(group, "member", minji)
        await fake.until(lambda: len(inbox.events) == 2)
        go_on.set()
    assert [event[0] for event in inbox.events] == ["left", "joined"]


async def test_a_store_that_hangs_does_not_end_the_listening(fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("adapters.telegram.reception._PASSED_ON_SECONDS", 0.05)
    minji, jisoo = fake.person(11), fake.person(12)

    class HangingInbox(RecordingInbox):
        async def left(self, *told: Any) -> None:
            await super().left(*told)
            await asyncio.Event().wait()

    inbox = HangingInbox()
    monkeypatch.setattr("adapters.telegram.adapter._LAST_SECONDS", 0.2)
    monkeypatch.setattr("adapters.telegram.adapter._LAST_WORDS_SECONDS", 0.1)
    async with listening(fake, inbox):
        fake.block(minji)
        await fake.until(lambda: bool(inbox.events))
        await fake.says(jisoo, jisoo, "/today")
        await asked(fake, inbox)


async def test_cancelling_listen_ends_it(fake: FakeTelegram, adapter: ChatAdapter):
    task = asyncio.create_task(adapter.listen(RecordingInbox()))
    await fake.until(lambda: fake.methods.updates.polls > 0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
