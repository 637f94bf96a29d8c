"""The fake refuses what Telegram refuses, in Telegram's words: asked over plain HTTP, without the adapter."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from tests.fakes.telegram import FakeTelegram


async def call(fake: FakeTelegram, method: str, *, token: str | None = None, **arguments: Any) -> dict[str, Any]:
    """The answer as Telegram gives it; arguments go as JSON, as the Bot API also takes them."""
    url = f"{fake.url}/bot{token or fake.token}/{method}"
    async with aiohttp.ClientSession() as session, session.post(url, json=arguments) as answer:
        read: dict[str, Any] = await answer.json()
        assert answer.status == read.get("error_code", 200)
        return read


async def refusal(fake: FakeTelegram, method: str, **arguments: Any) -> str:
    answer = await call(fake, method, **arguments)
    assert not answer["ok"]
    return str(answer["description"])


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"text": ""}, "Bad Request: message text is empty"),
        ({"text": " \n "}, "Bad Request: message text is empty"),
        ({"text": "<b></b>", "parse_mode": "HTML"}, "Bad Request: message text is empty"),
        ({"text": "x" * 4097}, "Bad Request: message is too long"),
        ({"text": "😀" * 2049}, "Bad Request: message is too long"),
        ({"text": "<b>x", "parse_mode": "HTML"}, "Bad Request: can't parse entities"),
        ({"text": "a < b", "parse_mode": "HTML"}, "Bad Request: can't parse entities"),
        ({"text": "<p>x</p>", "parse_mode": "HTML"}, "Bad Request: can't parse entities"),
        ({"text": "*x*", "parse_mode": "Nonsense"}, "Bad Request: unsupported parse_mode"),
        ({"text": "x", "message_thread_id": 9}, "Bad Request: message thread not found"),
        ({"text": "x", "message_thread_id": 1}, "Bad Request: message thread not found"),
        ({"text": "x", "message_thread_id": 6}, "Bad Request: TOPIC_CLOSED"),
        ({"text": "x", "button": {"text": "b", "url": "ftp://example.org"}}, "Bad Request: BUTTON_URL_INVALID"),
        ({"text": "x", "button": {"text": "b", "url": "https://localhost"}}, "is invalid: Wrong HTTP URL"),
        ({"text": "x", "button": {"text": "", "url": "https://example.org"}}, "can't parse inline keyboard button"),
        ({"text": "x", "link_preview_options": {"url": "nowhere"}}, "Bad Request: WEBPAGE_URL_INVALID"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_a_message_that_would_fail_in_life_fails_here(fake: FakeTelegram, message: dict[str, Any], text: str):
    lab = fake.supergroup(topics={5: "Papers", 6: "Closed"})
    lab.closed_topics.add(6)
    if button := message.pop("button", None):
        message["reply_markup"] = {"inline_keyboard": [[button]]}
    assert text in await refusal(fake, "sendMessage", chat_id=lab.id, **message)
    assert fake.messages == []


async def test_exactly_4096_units_after_parsing_are_taken(fake: FakeTelegram):
    fake.person(11)
    text = "<b>" + "&lt;" * 2048 + "</b>" + "😀" * 1024
    assert (await call(fake, "sendMessage", chat_id=11, text=text, parse_mode="HTML"))["ok"]
    assert fake.messages[0].entities == ({"type": "bold", "offset": 0, "length": 2048},)


async def test_chats_that_cannot_be_written_to_refuse(fake: FakeTelegram):
    stranger, blocker, gone = fake.person(1, started=False), fake.person(2), fake.person(3)
    kicked, left, deleted, muted = fake.supergroup(bot="kicked"), fake.group(bot="left"), fake.group(), fake.group()
    channel, reader = fake.channel(), fake.channel(bot="member")
    fake.block(blocker)
    gone.deactivated, deleted.deleted, muted.members_may_post, channel.bot_may_post = True, True, False, False
    expected = {
        404404: "Bad Request: chat not found",
        "": "Bad Request: chat_id is empty",
        stranger.id: "Forbidden: bot can't initiate conversation with a user",
        blocker.id: "Forbidden: bot was blocked by the user",
        gone.id: "Forbidden: user is deactivated",
        kicked.id: "Forbidden: bot was kicked from the supergroup chat",
        left.id: "Forbidden: bot is not a member of the group chat",
        deleted.id: "Forbidden: the group chat was deleted",
        muted.id: "Bad Request: not enough rights to send text messages to the chat",
        channel.id: "Bad Request: need administrator rights in the channel chat",
        reader.id: "Bad Request: need administrator rights in the channel chat",
    }
    assert {chat: await refusal(fake, "sendMessage", chat_id=chat, text="x") for chat in expected} == expected


async def test_a_limit_for_each_chat_answers_429_with_the_wait(fake: FakeTelegram):
    fake.person(11)
    fake.person(12)
    fake.methods.chat_limit = (1, 60)
    assert (await call(fake, "sendMessage", chat_id=11, text="x"))["ok"]
    answer = await call(fake, "sendMessage", chat_id=11, text="x")
    assert answer["error_code"] == 429
    assert 0 < answer["parameters"]["retry_after"] <= 60
    assert (await call(fake, "sendMessage", chat_id=12, text="x"))["ok"]


async def test_a_wrong_token_and_an_unknown_method_are_refused(fake: FakeTelegram):
    assert (await call(fake, "getMe", token="4242:other"))["error_code"] == 401
    assert (await call(fake, "sendPigeon"))["error_code"] == 404


async def test_two_questions_for_updates_at_once_end_the_older_one(fake: FakeTelegram):
    older = asyncio.create_task(call(fake, "getUpdates", timeout=20))
    await fake.until(lambda: fake.methods.updates.polls == 1)
    assert (await call(fake, "getUpdates", timeout=0))["ok"]
    assert (await older)["description"] == (
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    )


async def test_updates_come_again_until_they_are_confirmed(fake: FakeTelegram):
    minji = fake.person(11)
    await fake.says(minji, minji, "/one")
    await fake.says(minji, minji, "/two")
    one, two = (await call(fake, "getUpdates"))["result"]
    assert one["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 4}]
    assert (await call(fake, "getUpdates", limit=1))["result"] == [one]
    assert (await call(fake, "getUpdates", offset=two["update_id"]))["result"] == [two]
    assert (await call(fake, "getUpdates"))["result"] == [two]
    assert (await call(fake, "getUpdates", offset=two["update_id"] + 1))["result"] == []


async def test_kinds_of_updates_that_were_not_asked_for_do_not_come(fake: FakeTelegram):
    minji = fake.person(11)
    await call(fake, "getUpdates", allowed_updates=["message"])
    fake.block(minji)
    await fake.says(minji, minji, "/one", edited=True)
    assert (await call(fake, "getUpdates"))["result"] == []


async def test_with_a_webhook_set_nothing_can_be_polled(fake: FakeTelegram):
    assert "An HTTPS URL must be provided" in await refusal(fake, "setWebhook", url="http://example.org/")
    assert "only on ports 80, 88, 443 or 8443" in await refusal(fake, "setWebhook", url="https://example.org:8080/")
    assert "unallowed characters" in await refusal(fake, "setWebhook", url="https://example.org/", secret_token="a b")
    assert (await call(fake, "setWebhook", url="https://example.org/"))["ok"]
    assert (await call(fake, "getWebhookInfo"))["result"]["url"] == "https://example.org/"
    assert "can't use getUpdates method while webhook is active" in await refusal(fake, "getUpdates")
    assert (await call(fake, "deleteWebhook"))["ok"]
    assert (await call(fake, "getUpdates"))["ok"]


@pytest.mark.parametrize(
    ("commands", "language", "text"),
    [
        ([("Today", "x")], "", "BOT_COMMAND_INVALID"),
        ([("오늘", "x")], "", "BOT_COMMAND_INVALID"),
        ([("today", "")], "", "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([("today", "x" * 257)], "", "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([(f"c{number}", "x") for number in range(101)], "", "BOT_COMMANDS_TOO_MUCH"),
        ([("today", "x")], "korean", "invalid language code"),
    ],
)
async def test_a_menu_that_telegram_would_refuse_is_refused(
    fake: FakeTelegram, commands: list[tuple[str, str]], language: str, text: str
):
    menu = json.dumps([{"command": name, "description": described} for name, described in commands])
    assert text in await refusal(fake, "setMyCommands", commands=menu, language_code=language)
    assert (await call(fake, "getMyCommands", language_code=language))["result"] == []
