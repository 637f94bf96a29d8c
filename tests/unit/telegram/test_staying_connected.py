"""Polling through faults, other listeners, webhooks, and the command menu."""

import asyncio
import socket

import aiohttp
import pytest

from bot.errors import AdapterError, AnotherListener, InvalidToken
from bot.message import Message
from bot.ports import ChatAdapter, CommandSpec, Request
from tests.fakes.telegram import Fail, FakeTelegram, Reset, TooManyRequests
from tests.unit.telegram.house import MemoryState, RecordingInbox, adapter_for, listening

COMMANDS = (
    CommandSpec(name="today", description={"en": "The newest digest", "ko": "최신 논문 보기"}),
    CommandSpec(name="help", description={"en": "What I can do"}),
)


@pytest.fixture
def quick_pauses(monkeypatch: pytest.MonkeyPatch):
    """The pauses after a fault, shortened a hundredfold."""
    monkeypatch.setattr("adapters.telegram.polling._CONFLICT_PAUSE", 0.02)
    for module in ("polling", "menu", "webhook"):
        monkeypatch.setattr(f"adapters.telegram.{module}.growing_pauses", lambda: iter([0.01] * 1000))


# --- Polling ----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("quick_pauses")
async def test_faults_of_the_network_never_end_the_polling(fake: FakeTelegram):
    minji, inbox = fake.person(11), RecordingInbox()
    fake.fail_method(
        "getUpdates",
        Fail(502, body="<html>"),
        Reset(taken=False),
        Fail(500, "Internal Server Error"),
        Fail(200, body="?"),
        Fail(200, body="{}"),
        Fail(200, body='{"ok": true, "result": true}'),
    )
    async with listening(fake, inbox):
        await fake.says(minji, minji, "/today")
        await fake.until(lambda: len(inbox.asked) == 1)
        await fake.down()
        await asyncio.sleep(0.05)
        await fake.up()
        await fake.says(minji, minji, "/again")
        await fake.until(lambda: len(inbox.asked) == 2)


@pytest.mark.usefixtures("quick_pauses")
async def test_starting_without_a_network_waits_for_it(fake: FakeTelegram, adapter: ChatAdapter):
    minji, inbox = fake.person(11), RecordingInbox()
    await fake.down()
    task = asyncio.create_task(adapter.listen(inbox))
    await asyncio.sleep(0.05)
    assert not task.done()
    await fake.up()
    await fake.says(minji, minji, "/today")
    await fake.until(lambda: len(inbox.asked) == 1)
    await adapter.close()
    await task


@pytest.mark.usefixtures("quick_pauses")
async def test_after_too_many_questions_the_pause_is_the_one_that_telegram_asks_for(fake: FakeTelegram):
    fake.fail_method("getUpdates", TooManyRequests(30))
    adapter = adapter_for(fake)
    await adapter.open()
    task = asyncio.create_task(adapter.listen(RecordingInbox()))
    await fake.until(lambda: fake.count_calls("getUpdates") == 1)
    await asyncio.sleep(0.1)
    assert fake.count_calls("getUpdates") == 1
    await adapter.close()
    await task


async def test_a_webhook_of_an_earlier_run_is_dropped_and_what_waits_is_kept(fake: FakeTelegram):
    minji, inbox = fake.person(11), RecordingInbox()
    fake.methods.updates.webhook = {"url": "https://old.example.org/", "secret": ""}
    await fake.says(minji, minji, "/today")
    async with listening(fake, inbox):
        await fake.until(lambda: len(inbox.asked) == 1)


@pytest.mark.usefixtures("quick_pauses")
async def test_of_two_listeners_with_one_token_the_later_one_ends_with_a_sentence(
    fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("adapters.telegram.polling._NEWCOMER", 0.2)
    minji, first, second = fake.person(11), RecordingInbox(), RecordingInbox()
    async with listening(fake, first):
        await asyncio.sleep(0.2)  # now the first one is no newcomer any more
        later = adapter_for(fake)
        await later.open()
        task = asyncio.create_task(later.listen(second))
        done, _ = await asyncio.wait({task}, timeout=3)
        assert done
        with pytest.raises(AnotherListener, match=r"two cannot listen with one TELEGRAM_BOT_TOKEN.*Stop the other"):
            task.result()
        await later.close()
        await fake.says(minji, minji, "/today")
        await fake.until(lambda: len(first.asked) + len(second.asked) == 1)


@pytest.mark.usefixtures("quick_pauses")
async def test_one_passing_conflict_ends_nothing(fake: FakeTelegram):
    minji, inbox = fake.person(11), RecordingInbox()
    async with listening(fake, inbox):
        fake.methods.updates.end_poll("terminated by other getUpdates request")
        await fake.says(minji, minji, "/today")
        await fake.until(lambda: len(inbox.asked) == 1)


@pytest.mark.usefixtures("quick_pauses")
async def test_a_webhook_that_another_program_keeps_setting_is_named(fake: FakeTelegram, adapter: ChatAdapter):
    task = asyncio.create_task(adapter.listen(RecordingInbox()))
    await fake.until(lambda: fake.methods.updates.polls > 0)
    fake.methods.updates.set_webhook({"url": "https://other.example.org/"})
    with pytest.raises(AnotherListener, match="has set a webhook"):
        await task


@pytest.mark.usefixtures("quick_pauses")
async def test_a_token_that_is_revoked_while_polling_ends_with_its_sentence(fake: FakeTelegram, adapter: ChatAdapter):
    task = asyncio.create_task(adapter.listen(RecordingInbox()))
    await fake.until(lambda: fake.methods.updates.polls > 0)
    fake.token = "4242:another"
    fake.methods.updates.end_poll("the token was revoked")
    with pytest.raises(InvalidToken, match="does not accept TELEGRAM_BOT_TOKEN"):
        await task


@pytest.mark.usefixtures("quick_pauses")
async def test_a_server_that_knows_neither_webhooks_nor_menus_is_polled_all_the_same(fake: FakeTelegram):
    minji, inbox = fake.person(11), RecordingInbox()
    unknown = [Fail(404, "Not Found: method not found")] * 5
    fake.fail_method("deleteWebhook", *unknown)
    fake.fail_method("setMyCommands", *unknown)
    async with listening(fake, inbox, commands=COMMANDS):
        await fake.says(minji, minji, "/today")
        await fake.until(lambda: len(inbox.asked) == 1)
        await asyncio.sleep(0.05)
    assert fake.count_calls("deleteWebhook") == fake.count_calls("setMyCommands") == 1


async def test_a_token_that_is_revoked_just_before_listening_ends_with_its_sentence(
    fake: FakeTelegram, adapter: ChatAdapter
):
    fake.token = "4242:another"
    with pytest.raises(InvalidToken, match="does not accept TELEGRAM_BOT_TOKEN"):
        await adapter.listen(RecordingInbox())


# --- The menu ---------------------------------------------------------------------------------------------------------


async def test_the_menu_is_set_in_every_language_and_for_everybody_else(fake: FakeTelegram):
    async with listening(fake, RecordingInbox(), commands=COMMANDS):
        await fake.until(lambda: set(fake.methods.commands) == {"", "en", "ko", "ja", "zh"})
    english = [
        {"command": "today", "description": "The newest digest"},
        {"command": "help", "description": "What I can do"},
    ]
    assert fake.methods.commands[""] == fake.methods.commands["en"] == english
    assert [command["description"] for command in fake.methods.commands["ko"]] == ["최신 논문 보기", "What I can do"]


async def test_the_menu_is_set_again_only_when_it_changed(fake: FakeTelegram):
    state = MemoryState()
    for commands, calls in ((COMMANDS, 5), (COMMANDS, 5), (COMMANDS[:1], 10)):
        async with listening(fake, RecordingInbox(), commands=commands, state=state):
            await fake.until(lambda calls=calls: fake.count_calls("setMyCommands") >= calls)  # type: ignore[misc]
            await asyncio.sleep(0.02)
        assert fake.count_calls("setMyCommands") == calls


@pytest.mark.usefixtures("quick_pauses")
async def test_a_menu_that_could_not_be_set_is_tried_again_while_the_bot_answers(fake: FakeTelegram):
    fake.fail_method("setMyCommands", Fail(502, "Bad Gateway"), Reset(taken=False))
    state = MemoryState()
    async with listening(fake, RecordingInbox(), commands=COMMANDS, state=state):
        await fake.until(lambda: bool(state.values))
    assert set(fake.methods.commands) == {"", "en", "ko", "ja", "zh"}


async def test_a_menu_that_telegram_refuses_does_not_stop_the_bot(fake: FakeTelegram):
    minji, inbox, state = fake.person(11), RecordingInbox(), MemoryState()
    fake.fail_method("setMyCommands", Fail(400, "Bad Request: BOT_COMMAND_INVALID"))
    async with listening(fake, inbox, commands=COMMANDS, state=state):
        await fake.says(minji, minji, "/today")
        await fake.until(lambda: len(inbox.asked) == 1)
    assert state.values == {}


# --- Webhooks ---------------------------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def webhook_settings(fake: FakeTelegram, path: str = "/hooks/papers") -> dict[str, str]:
    port = free_port()
    fake.methods.updates.webhook_at = f"http://127.0.0.1:{port}"
    return {"TELEGRAM_WEBHOOK_URL": f"https://bot.example.org{path}", "TELEGRAM_WEBHOOK_PORT": str(port)}


@pytest.mark.parametrize("path", ["/hooks/papers", "/a.b+c/", ""])
async def test_with_a_webhook_telegram_posts_and_nothing_is_polled(fake: FakeTelegram, path: str):
    minji = fake.person(11)

    async def answer(request: Request) -> None:
        await request.reply(Message(heading=f"you said {request.text}"))

    async with listening(fake, RecordingInbox(answer), environment=webhook_settings(fake, path)):
        await fake.says(minji, minji, "/today")
        assert (await fake.wait_for(minji))[0].text == "you said /today"
        assert (await fake.types(minji, "diffusion")).results == []
    assert fake.count_calls("getUpdates") == 0
    assert fake.methods.updates.allowed == {"message", "channel_post", "my_chat_member", "callback_query", "inline_query"}


async def test_the_webhook_stays_set_when_the_bot_stops(fake: FakeTelegram):
    minji, inbox = fake.person(11), RecordingInbox()
    settings = webhook_settings(fake)
    async with listening(fake, RecordingInbox(), environment=settings):
        pass
    assert fake.methods.updates.webhook is not None
    await fake.says(minji, minji, "/today")
    async with listening(fake, inbox, environment=settings):
        await fake.until(lambda: len(inbox.asked) == 1)


@pytest.mark.parametrize("secret", [{}, {"X-Telegram-Bot-Api-Secret-Token": "guessed"}], ids=["none", "guessed"])
async def test_who_does_not_know_the_secret_cannot_post(fake: FakeTelegram, secret: dict[str, str]):
    inbox, settings = RecordingInbox(), webhook_settings(fake)
    body = {"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "/today"}}
    async with listening(fake, inbox, environment=settings), aiohttp.ClientSession() as session:
        minji = fake.person(11)
        await fake.says(minji, minji, "/today")
        await fake.until(lambda: len(inbox.asked) == 1)  # Telegram knows it
        url = f"http://127.0.0.1:{settings['TELEGRAM_WEBHOOK_PORT']}/hooks/papers"
        async with session.post(url, json=body, headers=secret) as answer:
            assert answer.status == 403
    assert len(inbox.asked) == 1


@pytest.mark.usefixtures("quick_pauses")
async def test_setting_the_webhook_is_tried_again_after_a_fault(fake: FakeTelegram):
    fake.fail_method("setWebhook", Fail(502, "Bad Gateway"), Reset(taken=False))
    minji, inbox = fake.person(11), RecordingInbox()
    async with listening(fake, inbox, environment=webhook_settings(fake)):
        await fake.says(minji, minji, "/today")
        await fake.until(lambda: len(inbox.asked) == 1)


async def test_a_webhook_address_that_telegram_refuses_is_named(fake: FakeTelegram):
    settings = webhook_settings(fake) | {"TELEGRAM_WEBHOOK_URL": "https://bot.example.org:9999/hook"}
    adapter = adapter_for(fake, environment=settings)
    await adapter.open()
    with pytest.raises(AdapterError, match=r"refuses TELEGRAM_WEBHOOK_URL 'https://bot.example.org:9999/hook'.*8443"):
        await adapter.listen(RecordingInbox())
    await adapter.close()


async def test_a_port_that_is_taken_is_named(fake: FakeTelegram):
    settings = webhook_settings(fake)
    adapter = adapter_for(fake, environment=settings)
    await adapter.open()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(settings["TELEGRAM_WEBHOOK_PORT"])))
        taken.listen()
        with pytest.raises(AdapterError, match="cannot listen on 127.0.0.1:" + settings["TELEGRAM_WEBHOOK_PORT"]):
            await adapter.listen(RecordingInbox())
    await adapter.close()
