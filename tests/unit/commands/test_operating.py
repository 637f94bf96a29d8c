"""The operator's commands: they exist in ADMIN_CHATS alone, and an announcement is sent once, after a question."""

import datetime as dt

import pytest

from bot.commands.operating import LONGEST
from bot.delivery import alarm_keeping, plan
from bot.delivery.alarms import Alarm
from bot.model import Address, ChatKind
from bot.settings import Settings
from bot.store import announcements, backup_outcomes, pauses
from bot.store.backup_outcomes import BackupOutcome
from tests.unit.commands.conftest import GROUP, NOW, PERSON, all_words, no
from tests.unit.commands.taps import Tapping

READER = Address("telegram", "5")
ORDERS = ("/status", "/pause_all", "/resume_all", "/announce The bot moves")


@pytest.fixture
def operator(scene, tmp_path):
    admins = (PERSON, Address("telegram", "-100"))
    return scene.other(settings=Settings(default_language="en", admin_chats=admins, database=scene.store.path))


async def subscribed(scene, *numbers):
    for number in numbers:
        await scene.ask("/subscribe 09:00 Seoul", address=Address("telegram", str(number)))


def confirmed(scene):
    return scene.store.read_now(announcements.unplanned)


@pytest.mark.parametrize("line", ORDERS)
async def test_where_nobody_operates_there_are_no_such_commands(operator, line):
    said = await operator.words(line, address=READER)
    assert "There is no command" in said
    assert not operator.store.read_now(pauses.everything_paused)
    assert "pause_all" not in await operator.words("/help", address=READER)


async def test_without_admin_chats_nobody_operates(scene):
    for line in ORDERS:
        assert "There is no command" in await scene.words(line)


async def test_help_names_them_in_an_operators_chat(operator):
    said = await operator.words("/help")
    assert "▸ For the operator\n/status – How everything stands\n/pause_all" in said
    assert "/announce The bot moves tonight. – Say something to every subscribed chat; asks first" in said


@pytest.mark.parametrize("line", ORDERS[1:])
async def test_in_a_group_of_the_operators_its_admins_order_and_everybody_looks(operator, line):
    assert "Only the admins of a chat in ADMIN_CHATS" in all_words(await operator.in_group(line, may_change=no))
    assert not operator.store.read_now(pauses.everything_paused)
    assert "All is well" in all_words(await operator.in_group("/status", may_change=no))


async def test_everything_is_paused_and_resumed_by_a_word(operator):
    assert "no digest and no announcement is sent until /resume_all" in await operator.words("/pause_all")
    assert operator.store.read_now(pauses.everything_paused)
    assert "Everything has been paused since 2024-03-28 20:00 UTC." in await operator.words("/전체중지")
    assert "⏸ Everything has been paused since" in await operator.words("/status")
    operator.store.write_now(pauses.pause, READER, now=NOW)
    said = await operator.words("/resume_all")
    assert "Digests are sent again" in said
    assert "1 chat stays paused by itself" in said
    assert not operator.store.read_now(pauses.everything_paused)
    assert "Not everything was paused" in await operator.words("/resume_all")


async def test_an_announcement_is_shown_as_it_will_look_and_sent_when_it_is_confirmed(operator):
    await subscribed(operator, 5, 6)
    shown, question = await operator.ask("/announce The bot moves.\n\nBack at nine, <b>promised</b>.")
    assert shown.heading == "📢 From the operator of this bot"
    assert shown.paragraphs == ("The bot moves.", "Back at nine, <b>promised</b>.")
    assert question.paragraphs == ("So it will look. Shall I send it?",)
    assert confirmed(operator) == []
    tapping = Tapping(operator, question, {"address": PERSON})
    send = tapping.action("Send to 2 chats")
    assert "It is on its way" in await tapping.tap("Send to 2 chats")
    assert confirmed(operator) == [1]
    await plan.plan_announcements(operator.store, now=NOW)
    again = Tapping(operator, question, {"address": PERSON})
    await again.press(send)
    assert "on its way already" in all_words(again.sent) + "".join(again.notices)
    await plan.plan_announcements(operator.store, now=NOW)
    assert "Last announcement: 0 of 2 chats have it, 2 wait for it." in await operator.words("/status")


async def test_one_that_is_not_wanted_is_never_sent(operator):
    await subscribed(operator, 5)
    question = (await operator.ask("/announce x1"))[1]
    tapping = Tapping(operator, question, {"address": PERSON})
    send = tapping.action("Send to 1 chat")
    assert await tapping.tap("Do not send it") == "Nothing is sent."
    await tapping.press(send)
    assert "thrown away" in all_words(tapping.sent) + "".join(tapping.notices)
    assert confirmed(operator) == []


@pytest.mark.parametrize("who", ["a stranger's chat", "a member of the group", "a day later"])
async def test_what_may_not_be_pressed_sends_nothing(operator, who):
    await subscribed(operator, 5)
    action = (await operator.ask("/announce x1"))[1].buttons[0].action
    if who == "a stranger's chat":
        await operator.ask("", action=action, address=READER)
    elif who == "a member of the group":
        await operator.ask("", action=action, address=GROUP, kind=ChatKind.GROUP, may_change=no)
    else:
        later = operator.other(now=NOW + dt.timedelta(days=1, minutes=1))
        assert "more than a day old" in await later.words("", action=action)
    assert confirmed(operator) == []


@pytest.mark.parametrize("action", ["an", "an:s", "an:s:", "an:s:99", "an:s:-1", "an:s:²", "an:x:1:2", "an:s:9999999999"])
async def test_a_made_up_button_is_answered(operator, action):
    assert "does not work any more" in await operator.words("", action=action)


async def test_what_cannot_be_announced_says_why(operator):
    assert "there is nobody to tell" in await operator.words("/announce x1")
    await subscribed(operator, 5)
    for nothing in ("/announce", "/announce  \n ", "/announce !?"):
        assert "Write what is to be announced behind the command" in await operator.words(nothing)
    assert "3,000 characters, and an announcement at most 1,700" in await operator.words("/announce " + "가" * 3000)
    whole = "x" * LONGEST
    assert (await operator.ask(f"/공지 {whole}"))[0].paragraphs == (whole,)


async def test_while_everything_is_paused_an_announcement_says_that_it_waits(operator):
    await subscribed(operator, 5)
    await operator.ask("/pause_all")
    question = (await operator.ask("/announce x1"))[1]
    assert "it is sent after /resume_all" in await Tapping(operator, question, {"address": PERSON}).tap("Send to 1 chat")


async def test_status_tells_how_everything_stands_and_what_is_wrong_first(operator):
    await operator.fetched("2024-03-28")
    await subscribed(operator, 5)
    operator.store.write_now(backup_outcomes.put, BackupOutcome(NOW))
    said = await operator.words("/status")
    lines = said.splitlines()
    assert lines[:3] == ["All is well", "Newest list: 2024-03-28, 10 papers.", "Telegram: 1 chat subscribed"]
    assert "Nothing is waiting to be sent." in lines
    assert "Last backup: 2024-03-28 20:00 UTC." in lines
    alarm = Alarm(name="backup", since=NOW, detail={"reason": "No room."})
    operator.store.write_now(alarm_keeping.keep, [alarm])
    operator.store.write_now(backup_outcomes.put, BackupOutcome(NOW, "No room."))
    assert (await operator.words("/status")).splitlines()[:2] == ["Something is wrong", "⚠ The last backup failed."]
