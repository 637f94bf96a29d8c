"""/settings."""

import datetime as dt

import pytest

from bot.model import ChatKind, Shape
from bot.store import chats
from tests.unit.commands.conftest import GROUP, PERSON, no
from tests.unit.commands.taps import tapping


async def test_the_settings_are_shown_with_how_to_change_them(scene):
    (message,) = await scene.ask("/settings")
    assert message.bullets[:2] == ("Time: 09:00", "Time zone: Seoul (Asia/Seoul, UTC+9)")
    assert message.bullets[-1] == "Filters: none"
    assert "/settings time 08:00" in message.footer
    assert len(message.bullets) == 8
    assert "Not subscribed" in message.paragraphs[0]
    assert message.private
    assert scene.chat() is None


async def test_a_subscribed_chat_sees_when_its_next_digest_comes(scene):
    await scene.ask("/subscribe")
    assert "the next digest comes on Fri, Mar 29, 09:00 (Seoul time)" in await scene.words("/settings")


async def test_a_chat_that_is_parked_is_not_promised_a_digest(scene):
    await scene.ask("/subscribe")
    scene.store.write_now(chats.park_chat, PERSON.platform, PERSON.chat_id, "blocked")
    words = await scene.words("/settings")
    assert "nothing is sent" in words
    assert "the next digest" not in words


@pytest.mark.parametrize(
    ("text", "field", "value", "said"),
    [
        ("time 08:00", "local_time", dt.time(8), "Time: 09:00 → 08:00"),
        ("시간 오후 9시", "local_time", dt.time(21), "Time: 09:00 → 21:00"),
        ("zone 뉴욕", "time_zone", "America/New_York", "→ New York (America/New_York, UTC-4)"),
        ("weekdays mon-fri", "weekdays", (0, 1, 2, 3, 4), "Weekdays: every day → Mon to Fri"),
        ("요일 월수금", "weekdays", (0, 2, 4), "Weekdays: every day → Mon, Wed, and Fri"),
        ("shape 목록", "shape", Shape.COMPACT, "Form: one message a paper → one compact list"),
        ("top 10", "top", 10, "Papers a day: all → the 10 with the most votes"),
        ("votes=5", "min_votes", 5, "Least votes: 0 → 5"),
    ],
)
async def test_a_setting_is_changed(scene, text, field, value, said):
    await scene.ask("/subscribe")
    words = await scene.words(f"/settings {text}")
    assert said in words
    assert "The next digest comes on" in words
    assert getattr(scene.chat().subscription, field) == value
    assert scene.chat().subscription.active


async def test_settings_can_be_chosen_before_subscribing(scene):
    words = await scene.words("/settings top 5")
    assert "not subscribed" in words
    assert not scene.chat().subscription.active
    await scene.ask("/subscribe 21:00")
    assert scene.chat().subscription.top == 5


async def test_the_language_is_changed_and_answers_come_in_it(scene):
    assert await scene.words("/settings language 한국어") == "언어: 한국어"
    assert "이 채팅의 설정" in await scene.words("/settings")
    assert await scene.words("/설정 언어 영어") == "Language: English"


async def test_what_is_so_already_is_said(scene):
    assert "It was so already: Time: 09:00" in await scene.words("/settings time 9")


async def test_a_setting_without_a_value_is_shown_with_what_is_possible(scene):
    words = await scene.words("/settings shape")
    assert "Form: one message a paper" in words
    assert "each (one message a paper) or compact (one list)" in words


@pytest.mark.parametrize(
    ("text", "said", "offered"),
    [
        ("tmie 08:00", "There is no setting “tmie”", "/settings time 08:00"),
        ("colour blue", "There is no setting “colour”", "time (Time), zone (Time zone)"),
        ("time 24:00", "No clock shows 24:00", "/settings time 00:00"),
        ("zone seuol", "I do not know the time zone “seuol”", "/settings zone Asia/Seoul"),
        ("weekdays munday", "Weekdays cannot be “munday”", "/settings weekdays monday"),
        ("language qqqq", "Language cannot be “qqqq”", "ko (한국어) · en (English) · ja (日本語) · zh-Hans (简体中文)"),
        ("shape square", "Form cannot be “square”", "compact (one list)"),
        ("top many", "Papers a day cannot be “many”", "from 1 to 100"),
        ("votes many", "Least votes cannot be “many”", "0 for every paper"),
    ],
)
async def test_an_unknown_setting_or_value_has_its_own_sentence(scene, text, said, offered):
    words = await scene.words(f"/settings {text}")
    assert said in words
    assert offered in words
    assert scene.chat() is None


async def test_in_a_group_everybody_sees_the_settings_and_only_admins_change_them(scene):
    (shown,) = await scene.in_group("/settings", may_change=no)
    assert shown.bullets
    (refused,) = await scene.in_group("/settings top 3", may_change=no)
    assert "Only the admins" in refused.paragraphs[0]
    await scene.in_group("/settings top 3")
    assert scene.chat(GROUP).subscription.top == 3


@pytest.mark.parametrize(
    ("page", "choice", "field", "value"),
    [
        ("Time", "18:00", "local_time", dt.time(18)),
        ("Time zone", "New York", "time_zone", "America/New_York"),
        ("Weekdays", "Mon to Fri", "weekdays", (0, 1, 2, 3, 4)),
        ("Form", "one compact list", "shape", Shape.COMPACT),
        ("Papers a day", "10", "top", 10),
        ("Least votes", "20", "min_votes", 20),
    ],
)
async def test_the_panel_changes_itself(scene, page, choice, field, value):
    await scene.ask("/subscribe 09:00 Seoul")
    taps = await tapping(scene, "/settings")
    await taps.tap(page)
    await taps.tap(choice)
    assert getattr(scene.chat().subscription, field) == value
    if page == "Weekdays":
        assert taps.is_ticked(choice)
        await taps.tap("‹ Settings")
    assert "Settings of this chat" in taps.words()
    assert (taps.sent, taps.notices) == ([], [])


async def test_the_panel_speaks_the_language_that_is_chosen_in_it(scene):
    taps = await tapping(scene, "/settings")
    await taps.tap("Language")
    assert "이 채팅의 설정" in await taps.tap("한국어")


async def test_the_panel_subscribes_pauses_and_unsubscribes(scene):
    taps = await tapping(scene, "/settings")
    await taps.tap("Subscribe")
    assert scene.chat().subscription.active
    await taps.tap("Pause")
    assert "Paused" in await taps.tap("7 days")
    await taps.tap("End the pause")
    assert "Not subscribed" in await taps.tap("Unsubscribe")
    assert not scene.chat().subscription.active


async def test_the_panel_leads_to_the_filters_and_back(scene):
    taps = await tapping(scene, "/settings")
    assert "Filters of this chat" in await taps.tap("Filters")
    assert "Settings of this chat" in await taps.tap("‹ Settings")
    assert "Filters of this chat" in await scene.words("/settings filters")
    assert "With one of: robots" in await scene.words("/settings filter robots")


async def test_in_a_group_others_are_told_whose_the_panel_is_and_only_admins_change(scene):
    taps = await tapping(scene, "/settings", address=GROUP, kind=ChatKind.GROUP, person="1")
    await taps.press(taps.action("Time"), person="2", may_change=no)
    assert "belong to the one who asked" in taps.notices[-1]
    await taps.press(taps.action("Time"), person="1", may_change=no)
    await taps.press(taps.action("18:00"), person="1", may_change=no)
    assert "Only the admins" in taps.notices[-1]
    assert scene.chat(GROUP) is None
    await taps.press(taps.action("18:00"), person="3")
    assert scene.chat(GROUP).subscription.local_time == dt.time(18)
    assert all(button.acts for button in taps.message.buttons)
