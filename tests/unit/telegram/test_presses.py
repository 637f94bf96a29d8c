"""Pressed buttons on Telegram: what reaches the core, the answer that each press gets, edits in place."""

import asyncio
import json
from dataclasses import replace

import pytest

import adapters.telegram.presses
from bot.message import Button, Message
from bot.model import ChatKind
from bot.ports import ChatAdapter, Outcome, Rejected, Request, Sent
from tests.fakes.telegram import Fail, FakeTelegram, Person, Room, SentMessage
from tests.fakes.telegram.failures import Refusal
from tests.unit.telegram.house import RecordingInbox, adapter_for, asked, listening, telegram

REPORT = Button("Wrong?", action="w:2403.18361:ko:1a2b3c4d")
PAPER = Message(
    heading="ViTAR", link="https://arxiv.org/abs/2403.18361", buttons=(Button("PDF", "https://arxiv.org/pdf/1"), REPORT)
)
NEXT = Message(heading="Page 2", buttons=(Button("Back", action="p:1"),))


async def noticed(request: Request) -> None:
    assert request.notice is not None
    await request.notice("Thank you.")


class Editing:
    """A core that puts another message in the place of the pressed one."""

    def __init__(self, *messages: Message) -> None:
        self.messages = messages or (NEXT,)
        self.outcomes: list[Outcome] = []

    async def __call__(self, request: Request) -> None:
        assert request.edit is not None
        for message in self.messages:
            self.outcomes.append(await request.edit(message))


async def sent(fake: FakeTelegram, adapter: ChatAdapter, chat: Person | Room, topic: int | None = None) -> SentMessage:
    assert isinstance(await adapter.send(telegram(chat.id, topic), PAPER), Sent)
    return fake.in_chat(chat)[-1]


async def test_an_action_stands_in_a_row_of_its_own_below_the_links(fake: FakeTelegram):
    minji = fake.person(11)
    async with listening(fake, RecordingInbox()) as adapter:
        message = await sent(fake, adapter, minji)
    assert message.keyboard == (
        ({"text": "PDF", "url": "https://arxiv.org/pdf/1"},),
        ({"text": "Wrong?", "callback_data": REPORT.action},),
    )


async def test_a_press_is_a_request_with_its_action(fake: FakeTelegram):
    minji, inbox = fake.person(11, language="ko", name="Minji"), RecordingInbox(noticed)
    async with listening(fake, inbox) as adapter:
        query = await fake.presses(minji, minji, await sent(fake, adapter, minji), "Wrong?")
        assert await fake.answer_to(query) == "Thank you."
    (request,) = inbox.asked
    assert (request.action, request.text) == (REPORT.action, "")
    assert (request.address, request.kind) == (telegram(11), ChatKind.PRIVATE)
    assert (request.person, request.title, request.language) == ("11", "Minji", "ko")
    assert request.addressed
    assert await request.may_change()
    assert fake.methods.presses.alerts == set()


async def test_who_presses_in_a_group_is_the_one_whose_rights_count(fake: FakeTelegram):
    admin, minji, inbox = fake.person(10), fake.person(11), RecordingInbox()
    lab = fake.supergroup(admins=(admin,), topics={5: "papers"})
    async with listening(fake, inbox) as adapter:
        message = await sent(fake, adapter, lab, topic=5)
        await fake.presses(lab, minji, message, "Wrong?")
        await fake.presses(lab, admin, message, "Wrong?")
        requests = {request.person: request for request in await asked(fake, inbox, 2)}
        assert {request.address for request in requests.values()} == {telegram(lab.id, 5)}
        assert requests["11"].kind is ChatKind.GROUP
        assert not await requests["11"].may_change()
        assert await requests["10"].may_change()


async def test_a_reader_of_a_channel_who_presses_may_not_change_it(fake: FakeTelegram):
    admin, minji, inbox = fake.person(10), fake.person(11), RecordingInbox()
    papers = fake.channel(admins=(admin,))
    async with listening(fake, inbox) as adapter:
        await fake.presses(papers, minji, await sent(fake, adapter, papers), "Wrong?")
        (request,) = await asked(fake, inbox)
        assert (request.kind, request.person) == (ChatKind.CHANNEL, "11")
        assert not await request.may_change()


async def test_a_message_that_the_bot_is_no_longer_shown_has_buttons_that_work(fake: FakeTelegram):
    minji, core = fake.person(11), Editing()
    async with listening(fake, RecordingInbox(core)) as adapter:
        await fake.presses(minji, minji, await sent(fake, adapter, minji), "Wrong?", old=True)
        (edited,) = await fake.wait_for(minji, where=lambda one: one.text == "Page 2")
    assert edited.buttons == {"Back": "p:1"}
    assert core.outcomes == [Sent(str(edited.message_id))]


async def test_a_press_while_nobody_listened_is_acted_on_later(fake: FakeTelegram):
    minji, inbox = fake.person(11), RecordingInbox(noticed)
    adapter = adapter_for(fake)
    await adapter.open()
    message = await sent(fake, adapter, minji)
    await adapter.close()
    query = await fake.presses(minji, minji, message, "Wrong?")
    fake.methods.presses.life = 0.0
    async with listening(fake, inbox):
        await asked(fake, inbox)
        # Too old to be answered: it is said in a message, for nobody else reads there.
        await fake.wait_for(minji, where=lambda one: one.text == "Thank you.")
    assert query not in fake.methods.presses.answers


async def test_a_notice_that_comes_too_late_in_a_group_is_not_shown_to_everybody(fake: FakeTelegram):
    minji, lab, inbox = fake.person(11), fake.group(), RecordingInbox(noticed)
    fake.methods.presses.life = 0.0
    async with listening(fake, inbox) as adapter:
        await fake.presses(lab, minji, await sent(fake, adapter, lab), "Wrong?")
        await asked(fake, inbox)
        await fake.until(lambda: fake.count_calls("answerCallbackQuery") == 1)
    assert len(fake.in_chat(lab)) == 1


@pytest.mark.parametrize("core", ["silent", "failing"])
async def test_every_press_is_answered(fake: FakeTelegram, core: str):
    async def answer(_: Request) -> None:
        if core == "failing":
            raise ValueError("a fault")

    minji = fake.person(11)
    async with listening(fake, RecordingInbox(answer)) as adapter:
        query = await fake.presses(minji, minji, await sent(fake, adapter, minji), "Wrong?")
        assert await fake.answer_to(query) == ""


async def test_a_slow_core_does_not_leave_the_button_turning(fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(adapters.telegram.presses, "_ANSWER_WITHIN", 0.05)

    async def slow(request: Request) -> None:
        await asyncio.sleep(0.15)
        await noticed(request)

    minji = fake.person(11)
    async with listening(fake, RecordingInbox(slow)) as adapter:
        query = await fake.presses(minji, minji, await sent(fake, adapter, minji), "Wrong?")
        assert await fake.answer_to(query) == ""
        await fake.wait_for(minji, where=lambda one: one.text == "Thank you.")
    assert fake.count_calls("answerCallbackQuery") == 1


async def test_a_press_does_not_wait_for_a_commands_answer(fake: FakeTelegram):
    gate = asyncio.Event()

    async def answer(request: Request) -> None:
        await (noticed(request) if request.action else gate.wait())

    minji = fake.person(11)
    async with listening(fake, RecordingInbox(answer)) as adapter:
        message = await sent(fake, adapter, minji)
        await fake.says(minji, minji, "/today")
        query = await fake.presses(minji, minji, message, "Wrong?")
        assert await fake.answer_to(query) == "Thank you."
        gate.set()


async def test_presses_of_one_person_come_in_their_order(fake: FakeTelegram):
    minji, inbox = fake.person(11), RecordingInbox(noticed)
    async with listening(fake, inbox) as adapter:
        first, second = [await sent(fake, adapter, minji) for _ in range(2)]
        for message in (first, second, first):
            await fake.presses(minji, minji, message, "Wrong?")
        await asked(fake, inbox, 3)
    assert [request.action for request in inbox.asked] == [REPORT.action] * 3


@pytest.mark.parametrize(("length", "alert"), [(100, False), (150, True), (400, True)])
async def test_a_long_notice_stays_until_it_is_closed_and_is_cut_to_what_telegram_takes(
    fake: FakeTelegram, length: int, alert: bool
):
    async def answer(request: Request) -> None:
        assert request.notice is not None
        await request.notice("가" * length)

    minji = fake.person(11)
    async with listening(fake, RecordingInbox(answer)) as adapter:
        query = await fake.presses(minji, minji, await sent(fake, adapter, minji), "Wrong?")
        assert len(await fake.answer_to(query)) == min(length, 200)
    assert (query in fake.methods.presses.alerts) == alert


async def test_an_edit_that_changes_nothing_is_an_edit(fake: FakeTelegram):
    minji, core = fake.person(11), Editing(NEXT, NEXT)
    async with listening(fake, RecordingInbox(core)) as adapter:
        message = await sent(fake, adapter, minji)
        await fake.presses(minji, minji, message, "Wrong?")
        await fake.until(lambda: len(core.outcomes) == 2)
    assert core.outcomes == [Sent(str(message.message_id))] * 2
    assert fake.methods.edits == 1


async def test_an_edit_of_a_message_that_is_gone_is_refused(fake: FakeTelegram):
    minji, core = fake.person(11), Editing()
    fake.fail_method("editMessageText", Fail(400, "Bad Request: message to edit not found"))
    async with listening(fake, RecordingInbox(core)) as adapter:
        await fake.presses(minji, minji, await sent(fake, adapter, minji), "Wrong?")
        await fake.until(lambda: bool(core.outcomes))
    assert core.outcomes == [Rejected("Message to edit not found")]


async def test_an_edit_without_buttons_takes_them_away(fake: FakeTelegram):
    minji, core = fake.person(11), Editing(Message(heading="Saved."))
    async with listening(fake, RecordingInbox(core)) as adapter:
        await fake.presses(minji, minji, await sent(fake, adapter, minji), "Wrong?")
        (edited,) = await fake.wait_for(minji, where=lambda one: one.text == "Saved.")
    assert edited.keyboard == ()


async def test_by_a_webhook_presses_come_too(fake: FakeTelegram, unused_tcp_port: int):
    minji, inbox = fake.person(11), RecordingInbox(noticed)
    fake.methods.updates.webhook_at = f"http://127.0.0.1:{unused_tcp_port}"
    environment = {"TELEGRAM_WEBHOOK_URL": "https://bot.example.org/hook", "TELEGRAM_WEBHOOK_PORT": str(unused_tcp_port)}
    async with listening(fake, inbox, environment=environment) as adapter:
        query = await fake.presses(minji, minji, await sent(fake, adapter, minji), "Wrong?")
        assert await fake.answer_to(query) == "Thank you."


@pytest.mark.parametrize("button", [{"callback_data": "x" * 65}, {"callback_data": ""}, {"callback_data": "x", "url": "y"}])
async def test_the_fake_refuses_what_telegram_refuses(fake: FakeTelegram, button: dict[str, str]):
    markup = json.dumps({"inline_keyboard": [[{"text": "a"} | button]]})
    with pytest.raises(Refusal, match=r"BUTTON_DATA_INVALID|unallowed"):
        await fake.methods.call("sendMessage", {"chat_id": str(fake.person(11).id), "text": "x", "reply_markup": markup})


async def test_what_telegram_would_refuse_is_no_button(fake: FakeTelegram):
    minji = fake.person(11)
    buttons = (REPORT, Button("long", action="가" * 22), Button("neither"), Button("", action="x"))
    async with listening(fake, RecordingInbox()) as adapter:
        assert isinstance(await adapter.send(telegram(11), replace(PAPER, buttons=buttons)), Sent)
    assert fake.in_chat(minji)[0].buttons == {"Wrong?": REPORT.action}
