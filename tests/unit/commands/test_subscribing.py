"""/subscribe and /unsubscribe."""

import datetime as dt

import pytest

from bot.model import ChatKind, Shape
from tests.unit.commands.conftest import GROUP, no


async def test_subscribing_says_when_the_first_digest_comes_and_which_day_it_holds(scene):
    await scene.fetched("2024-03-28")
    words = await scene.words("/subscribe 09:00 Seoul")
    assert "Subscribed" in words
    assert "Fri, Mar 29, 09:00 (Seoul time), with the list of 2024-03-28 (Thu)" in words


async def test_it_does_so_in_korean(scene):
    await scene.fetched("2024-03-28")
    words = await scene.words("/구독 오전 9시 서울", language="ko")
    assert "첫 소식은 3월 29일 (금) 09:00 (서울 시각)에 2024-03-28 (목) 목록으로 옵니다." in words


async def test_by_default_it_is_every_paper_one_message_each_at_the_default_hour(scene):
    await scene.ask("/subscribe")
    order = scene.chat().subscription
    assert order.active
    assert (order.local_time, order.time_zone) == (dt.time(9), "Asia/Seoul")
    assert (order.shape, order.top, order.min_votes) == (Shape.EACH, None, 0)


async def test_the_year_is_told_when_it_is_another(scene):
    await scene.fetched("2024-03-28")
    late = scene.at("2024-12-31T01:00:00+00:00")
    assert "Wed, Jan 1, 2025, 09:00 (Seoul time)" in await late.words("/subscribe 09:00 Seoul")


async def test_a_second_one_edits_the_first_and_says_what_changed(scene):
    await scene.ask("/subscribe 09:00 Seoul")
    words = await scene.words("/subscribe 08:00 뉴욕")
    assert "Subscription changed" in words
    assert "Time: 09:00 → 08:00" in words
    assert "Time zone: Seoul (Asia/Seoul, UTC+9) → New York (America/New_York, UTC-4)" in words
    assert "The next digest comes on Fri, Mar 29, 08:00 (New York time)" in words


async def test_an_hour_alone_keeps_the_zone_and_a_zone_alone_the_hour(scene):
    await scene.ask("/subscribe 08:00 London")
    await scene.ask("/subscribe 21시")
    await scene.ask("/subscribe 도쿄")
    order = scene.chat().subscription
    assert (order.local_time, order.time_zone) == (dt.time(21), "Asia/Tokyo")


async def test_the_same_once_more_changes_nothing_and_says_so(scene):
    await scene.ask("/subscribe 09:00 Seoul")
    words = await scene.words("/subscribe")
    assert "This chat is subscribed already" in words
    assert "→" not in words


async def test_in_a_group_only_admins_subscribe(scene):
    (message,) = await scene.in_group("/subscribe", may_change=no)
    assert "Only the admins" in message.paragraphs[0]
    assert message.private
    assert scene.chat(GROUP) is None


async def test_in_a_group_only_admins_unsubscribe(scene):
    await scene.in_group("/subscribe")
    (message,) = await scene.in_group("/unsubscribe", may_change=no)
    assert "Only the admins" in message.paragraphs[0]
    assert scene.chat(GROUP).subscription.active


async def test_a_bot_that_may_not_post_there_says_which_right_is_missing(scene):
    (message,) = await scene.in_group("/subscribe", may_post=no)
    assert "to send messages" in message.paragraphs[0]
    (message,) = await scene.ask("/subscribe", kind=ChatKind.CHANNEL, may_post=no)
    assert "make me an admin who may post messages" in message.paragraphs[0]
    assert scene.chat() is None


@pytest.mark.parametrize(
    ("text", "said", "offered"),
    [
        ("24:00", "No clock shows 24:00", "/subscribe 00:00"),
        ("25:30 Seoul", "No clock shows 25:30", "/subscribe 01:30 Asia/Seoul"),
        ("9 Seuol", "I do not know the time zone “Seuol”", "/subscribe 09:00 Asia/Seoul"),
        ("미국", "I do not know the time zone “미국”", "/subscribe America/Denver\n"),
        ("anyhow", "I do not know the time zone “anyhow”", "Seoul, New York, Europe/London, UTC+9"),
    ],
)
async def test_an_hour_or_zone_that_is_none_has_its_own_sentence_and_changes_nothing(scene, text, said, offered):
    words = await scene.words(f"/subscribe {text}")
    assert said in words
    assert offered in words
    assert scene.chat() is None


async def test_unsubscribing_keeps_the_settings(scene):
    await scene.ask("/subscribe 21:00 London")
    assert "Unsubscribed" in await scene.words("/unsubscribe")
    order = scene.chat().subscription
    assert not order.active
    assert (order.local_time, order.time_zone) == (dt.time(21), "Europe/London")


async def test_who_is_not_subscribed_is_told_so(scene):
    assert "not subscribed" in await scene.words("/unsubscribe")
    await scene.ask("/subscribe")
    await scene.ask("/unsubscribe")
    assert "not subscribed" in await scene.words("/구독 취소")


async def test_coming_back_is_subscribing_anew(scene):
    await scene.ask("/subscribe 21:00 London")
    await scene.ask("/unsubscribe")
    assert "The first digest comes on Thu, Mar 28, 21:00 (London time)" in await scene.words("/subscribe")


async def test_the_chat_keeps_the_language_in_which_it_subscribed(scene):
    await scene.ask("/subscribe", language="ko")
    assert scene.chat().language == "ko"
    assert "이 채팅의 설정" in await scene.words("/settings", language="en")
