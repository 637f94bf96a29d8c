"""Sending, over real HTTP, through the adapter that the entry point makes."""

import asyncio
import time

import pytest

from adapters.telegram.send import _written
from bot.message import Button, Entry, Message
from bot.model import Address
from bot.ports import ChatAdapter, Moved, NotSent, Outcome, Rejected, RetryAfter, Scope, Sent, Unknown, Unreachable
from tests.fakes.telegram import Fail, FakeTelegram, Hang, Migrate, Reset, TooManyRequests
from tests.unit.telegram.house import adapter_for, telegram

HELLO = Message(heading="Hello")


async def test_a_message_arrives_with_its_format_buttons_and_picture(fake: FakeTelegram, adapter: ChatAdapter):
    person = fake.person(11)
    message = Message(
        heading="Attention <Is> All",
        link="https://arxiv.org/abs/1706.03762",
        picture="https://cdn-thumbnails.huggingface.co/a.png",
        facts="👍 24",
        bullets=("One & two",),
        footer="From the abstract",
        buttons=(Button("PDF", "https://arxiv.org/pdf/1706.03762"),),
    )
    outcome = await adapter.send(telegram(11), message)
    (sent,) = fake.in_chat(person)
    assert outcome == Sent(str(sent.message_id))
    assert sent.text == "Attention <Is> All\n👍 24\n\n• One & two\n\nFrom the abstract"
    assert sent.links == ["https://arxiv.org/abs/1706.03762"]
    assert sent.buttons == {"PDF": "https://arxiv.org/pdf/1706.03762"}
    assert sent.preview == {
        "url": "https://cdn-thumbnails.huggingface.co/a.png",
        "prefer_large_media": True,
        "show_above_text": True,
    }
    assert not sent.silent


async def test_without_a_picture_no_link_is_previewed(fake: FakeTelegram, adapter: ChatAdapter):
    person = fake.person(11)
    await adapter.send(telegram(11), Message(heading="A", link="https://arxiv.org/abs/1"))
    assert fake.in_chat(person)[0].preview == {"is_disabled": True}


async def test_a_silent_message_asks_for_no_notification(fake: FakeTelegram, adapter: ChatAdapter):
    person = fake.person(11)
    await adapter.send(telegram(11), Message(heading="A", silent=True))
    assert fake.in_chat(person)[0].silent


async def test_a_message_for_a_topic_goes_into_that_topic(fake: FakeTelegram, adapter: ChatAdapter):
    lab = fake.supergroup(topics={5: "Papers"})
    assert isinstance(await adapter.send(telegram(lab.id, 5), HELLO), Sent)
    assert fake.in_chat(lab)[0].thread_id == 5


@pytest.mark.parametrize("topic", [None, 1])
async def test_general_takes_no_thread_id(fake: FakeTelegram, adapter: ChatAdapter, topic: int | None):
    lab = fake.supergroup(topics={5: "Papers"})
    assert isinstance(await adapter.send(telegram(lab.id, topic), HELLO), Sent)
    assert fake.in_chat(lab)[0].thread_id is None


async def test_a_deleted_topic_is_unreachable_and_nothing_falls_into_general(fake: FakeTelegram, adapter: ChatAdapter):
    lab = fake.supergroup(topics={5: "Papers"})
    del lab.topics[5]
    outcome = await adapter.send(telegram(lab.id, 5), HELLO)
    assert isinstance(outcome, Unreachable)
    assert not outcome.vague
    assert fake.in_chat(lab) == []


async def test_plain_text_has_no_format_no_buttons_and_its_links_written_out(fake: FakeTelegram, adapter: ChatAdapter):
    person = fake.person(11)
    message = Message(
        heading="<b>",
        link="https://arxiv.org/abs/1",
        entries=(Entry(number=1, title="One", link="https://arxiv.org/abs/2", facts="👍 3"),),
        buttons=(Button("PDF", "https://arxiv.org/pdf/1"),),
    )
    assert isinstance(await adapter.send(telegram(11), message, plain=True), Sent)
    (sent,) = fake.in_chat(person)
    assert sent.html is None
    assert sent.keyboard == ()
    assert sent.text == (
        "<b>\nhttps://arxiv.org/abs/1\n\n1. One · 👍 3\nhttps://arxiv.org/abs/2\n\nPDF: https://arxiv.org/pdf/1"
    )


@pytest.mark.parametrize(
    ("text", "vague"),
    [
        ("Forbidden: bot was blocked by the user", False),
        ("Forbidden: user is deactivated", False),
        ("Forbidden: bot was kicked from the group chat", False),
        ("Forbidden: bot was kicked from the supergroup chat", False),
        ("Forbidden: bot was kicked from the channel chat", False),
        ("Forbidden: bot is not a member of the channel chat", False),
        ("Forbidden: the group chat was deleted", False),
        ("Forbidden: bot can't initiate conversation with a user", False),
        ("Forbidden: something that nobody has seen yet", True),
        ("Bad Request: USER_DEACTIVATED", False),
        ("Bad Request: message thread not found", False),
        ("Bad Request: TOPIC_DELETED", False),
        ("Bad Request: chat_id is empty", True),
        ("Bad Request: TOPIC_CLOSED", True),
        ("Bad Request: chat not found", True),
        ("Bad Request: PEER_ID_INVALID", True),
        ("Bad Request: group chat was upgraded to a supergroup chat", True),
        ("Bad Request: not enough rights to send text messages to the chat", True),
        ("Bad Request: have no rights to send a message", True),
        ("Bad Request: CHAT_WRITE_FORBIDDEN", True),
        ("Bad Request: need administrator rights in the channel chat", True),
    ],
)
async def test_a_chat_that_cannot_be_written_to_is_unreachable(
    fake: FakeTelegram, adapter: ChatAdapter, text: str, vague: bool
):
    fake.person(11)
    fake.fail(11, Fail(403 if text.startswith("Forbidden") else 400, text))
    outcome = await adapter.send(telegram(11), HELLO)
    assert isinstance(outcome, Unreachable)
    assert outcome.vague == vague
    assert text.partition(": ")[2].lower() in outcome.reason.lower()


@pytest.mark.parametrize(
    "text",
    [
        "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        "message is too long",
        "message text is empty",
        "BUTTON_URL_INVALID",
        "WEBPAGE_MEDIA_EMPTY",
        "something that nobody has seen yet",
    ],
)
async def test_a_message_that_telegram_refuses_is_rejected(fake: FakeTelegram, adapter: ChatAdapter, text: str):
    fake.person(11)
    fake.fail(11, Fail(400, f"Bad Request: {text}"))
    assert isinstance(await adapter.send(telegram(11), HELLO), Rejected)


UNCERTAIN = [
    Fail(500, "Internal Server Error"),
    Fail(502, "Bad Gateway"),
    Fail(504, body="<html>504 Gateway Time-out</html>"),
    Fail(200, body="not JSON at all"),
    Fail(200, body="{}"),
    Fail(502, body="[]"),
    Reset(taken=False),
    Reset(taken=True),
]


@pytest.mark.parametrize("failure", UNCERTAIN, ids=repr)
async def test_what_may_have_arrived_is_unknown(fake: FakeTelegram, adapter: ChatAdapter, failure: Fail | Reset):
    fake.person(11)
    fake.fail(11, failure)
    assert isinstance(await adapter.send(telegram(11), HELLO), Unknown)


@pytest.mark.parametrize(
    ("failure", "outcome"),
    [
        (TooManyRequests(37), RetryAfter(37.0, Scope.CHAT)),
        (TooManyRequests(0), RetryAfter(5.0, Scope.TOKEN)),
        (Fail(429, body="<html>429 Too Many Requests</html>"), RetryAfter(5.0, Scope.TOKEN)),
        (Migrate(-1000000000777), Moved(Address("telegram", "-1000000000777"))),
        (
            Fail(401, "Unauthorized"),
            NotSent("Telegram no longer accepts TELEGRAM_BOT_TOKEN; copy it again from @BotFather.", token_refused=True),
        ),
    ],
    ids=repr,
)
async def test_waits_moves_and_a_revoked_token_are_told_apart(
    fake: FakeTelegram, adapter: ChatAdapter, failure: Fail, outcome: Outcome
):
    fake.person(11)
    fake.fail(11, failure)
    assert await adapter.send(telegram(11), HELLO) == outcome


async def test_a_message_too_large_for_the_gateway_is_rejected(fake: FakeTelegram, adapter: ChatAdapter):
    fake.person(11)
    fake.fail(11, Fail(413, body="<html>413 Request Entity Too Large</html>"))
    assert isinstance(await adapter.send(telegram(11), HELLO), Rejected)


async def test_without_a_connection_it_surely_did_not_arrive(fake: FakeTelegram, adapter: ChatAdapter):
    fake.person(11)
    await fake.down()
    assert isinstance(await adapter.send(telegram(11), HELLO), NotSent)
    await fake.up()
    assert isinstance(await adapter.send(telegram(11), HELLO), Sent)


async def test_a_group_that_became_a_supergroup_answers_with_its_new_address(fake: FakeTelegram, adapter: ChatAdapter):
    group = fake.group()
    new = fake.upgrade(group)
    assert await adapter.send(telegram(group.id), HELLO) == Moved(telegram(new.id))
    assert isinstance(await adapter.send(telegram(new.id), HELLO), Sent)


@pytest.mark.parametrize(
    "address", [Address("telegram", "@name"), Address("telegram", ""), Address("telegram", "1", "x")], ids=str
)
async def test_an_address_that_is_no_number_is_unreachable(adapter: ChatAdapter, address: Address):
    assert isinstance(await adapter.send(address, HELLO), Unreachable)


async def test_before_open_and_after_close_nothing_is_sent(fake: FakeTelegram):
    person = fake.person(11)
    adapter = adapter_for(fake)
    assert isinstance(await adapter.send(telegram(11), HELLO), NotSent)
    await adapter.open()
    await adapter.close()
    await adapter.close()
    assert isinstance(await adapter.send(telegram(11), HELLO), NotSent)
    assert fake.in_chat(person) == []


async def test_close_waits_for_what_is_being_sent(fake: FakeTelegram):
    fake.person(11)
    adapter = adapter_for(fake)
    await adapter.open()
    fake.fail(11, Hang(0.15))
    sending = asyncio.create_task(adapter.send(telegram(11), HELLO))
    await fake.until(lambda: fake.count_calls("sendMessage") == 1)
    await adapter.close()
    assert isinstance(await sending, Sent)


async def test_many_chats_are_sent_to_at_the_same_time(fake: FakeTelegram, adapter: ChatAdapter):
    for number in range(1, 41):
        fake.person(number)
        fake.fail(number, Hang(0.1))
    began = time.monotonic()
    outcomes = await asyncio.gather(*(adapter.send(telegram(number), HELLO) for number in range(1, 41)))
    assert all(isinstance(outcome, Sent) for outcome in outcomes)
    assert time.monotonic() - began < 2


async def test_only_deliveries_are_paid_broadcasts_and_only_when_the_operator_asked(fake: FakeTelegram):
    fake.person(11)
    for setting, key, paid in (("", "d-1", False), ("false", "d-2", False), ("true", "", False), ("true", "d-3", True)):
        adapter = adapter_for(fake, environment={"TELEGRAM_PAID_BROADCAST": setting})
        await adapter.open()
        assert isinstance(await adapter.send(telegram(11), HELLO, key=key), Sent)
        await adapter.close()
        assert fake.calls[-1][1].get("allow_paid_broadcast") == ("true" if paid else None)


async def test_a_message_for_many_chats_is_rendered_once(fake: FakeTelegram, adapter: ChatAdapter):
    papers = [Message(heading=f"Paper {number}", bullets=("One",)) for number in range(3)]
    _written.cache_clear()
    for number in range(1, 11):
        fake.person(number)
        for paper in papers:
            await adapter.send(telegram(number), paper)
    assert _written.cache_info().misses == 3
    assert [sent.text for sent in fake.in_chat(10)] == [f"Paper {number}\n\n• One" for number in range(3)]


async def test_an_answer_without_a_message_number_is_unknown(fake: FakeTelegram, adapter: ChatAdapter):
    fake.person(11)
    fake.fail(11, Fail(200, body='{"ok":true,"result":true}'))
    assert isinstance(await adapter.send(telegram(11), HELLO), Unknown)
