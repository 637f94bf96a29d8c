"""/subscribe with nothing: subscribed at once, and led through the rest by buttons."""

import datetime as dt

import pytest

from bot.commands.zone_guess import guessed_zone
from bot.model import ChatKind, Filters, Shape
from tests.unit.commands.conftest import GROUP, PERSON, no
from tests.unit.commands.taps import tapping


def order_of(scene, address=PERSON):
    chat = scene.chat(address)
    assert chat is not None
    return chat.subscription


async def test_whoever_stops_in_the_middle_is_subscribed(scene):
    await scene.fetched("2024-03-28")
    taps = await tapping(scene, "/subscribe")
    assert "The first digest comes on Fri, Mar 29, 09:00 (Seoul time)" in taps.words()
    assert order_of(scene).active


async def test_five_questions_are_answered_by_taps_in_one_message(scene):
    await scene.fetched("2024-03-28")
    taps = await tapping(scene, "/subscribe")
    assert "In which language?" in taps.words()
    assert taps.is_ticked("English")
    words = await taps.tap("한국어")
    assert "몇 시에" in words
    assert "서울 (Asia/Seoul, UTC+9)" in words
    await taps.tap("08:00")
    await taps.tap("토")
    await taps.tap("일")
    assert not taps.is_ticked("토")
    assert taps.is_ticked("월–금")
    await taps.tap("›")
    await taps.tap("논문마다 메시지 하나")
    await taps.tap("5")
    await taps.tap("로봇")
    assert taps.is_ticked("로봇")
    words = await taps.tap("완료")
    assert "월–금 08:00에 논문마다 메시지 하나" in words
    assert "robot" in words
    order = order_of(scene)
    assert (order.local_time, order.weekdays, order.top) == (dt.time(8), (0, 1, 2, 3, 4), 5)
    assert order.filters == Filters(having=("robot", "embodied"))
    assert (scene.chat().language, order.shape) == ("ko", Shape.EACH)
    assert (taps.sent, taps.notices) == ([], [])
    await taps.tap("설정")
    assert "이 채팅의 설정" in taps.words()


async def test_one_weekday_always_stays(scene):
    taps = await tapping(scene, "/subscribe")
    await taps.tap("›")
    await taps.tap("›")
    for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"):
        await taps.tap(day)
    assert order_of(scene).weekdays == (6,)


async def test_who_takes_every_day_or_the_working_days_has_answered(scene):
    taps = await tapping(scene, "/subscribe")
    await taps.tap("›")
    await taps.tap("›")
    assert "How many papers a day?" in await taps.tap("Mon to Fri")
    assert order_of(scene).weekdays == (0, 1, 2, 3, 4)
    await taps.tap("‹")
    assert "How many papers a day?" in await taps.tap("every day")
    assert order_of(scene).weekdays == (0, 1, 2, 3, 4, 5, 6)


async def test_a_city_that_is_typed_while_the_hour_is_asked_for_is_the_answer(scene):
    taps = await tapping(scene, "/subscribe")
    await taps.tap("›")
    changed, following = await scene.ask("Paris")
    assert "Time zone: Seoul (Asia/Seoul, UTC+9) → Paris (Europe/Paris, UTC+1)" in changed.bullets
    assert "On which days?" in following.paragraphs
    assert order_of(scene).time_zone == "Europe/Paris"
    # Once; afterwards it is a word as any other.
    assert "No paper here holds “Berlin”" in await scene.words("Berlin")
    assert order_of(scene).time_zone == "Europe/Paris"


async def test_a_city_is_no_answer_long_after_nor_before_it_was_asked_for(scene):
    await scene.ask("/subscribe 09:00 Seoul")
    assert "No paper here holds “Paris”" in await scene.words("Paris")
    taps = await tapping(scene.other(), "/settings")
    assert "Time zone" in taps.labels()
    await scene.ask("", action="c:2::")
    assert "No paper here holds “Paris”" in await scene.at("2024-03-28T20:11:00+00:00").words("Paris")
    assert order_of(scene).time_zone == "Asia/Seoul"


async def test_a_zone_is_chosen_by_a_tap(scene):
    taps = await tapping(scene, "/subscribe")
    await taps.tap("›")
    await taps.tap("Another time zone")
    words = await taps.tap("London")
    assert "By the clock of London" in words
    assert order_of(scene).time_zone == "Europe/London"


@pytest.mark.parametrize(
    ("spoken", "zone"),
    [
        ("ko", "Asia/Seoul"), ("ja", "Asia/Tokyo"), ("zh-hans", "Asia/Shanghai"), ("zh-TW", "Asia/Taipei"), ("en", "America/New_York"),
        ("en-GB", "Europe/London"), ("pt-BR", "America/Sao_Paulo"), ("de", "Europe/Berlin"), ("xx", "Asia/Seoul"), (None, "Asia/Seoul"),
        ("", "Asia/Seoul"),
    ],
)  # fmt: skip
def test_the_zone_is_guessed_from_the_language_of_the_app(spoken, zone):
    assert guessed_zone(spoken, "ko", "Asia/Seoul") == zone


def test_who_speaks_as_the_operator_does_is_where_the_operator_is():
    assert guessed_zone("en", "en", "Europe/London") == "Europe/London"
    assert guessed_zone("en-US", "en", "Europe/London") == "America/New_York"


async def test_a_guessed_zone_is_shown(scene):
    words = await scene.words("/subscribe", language="ja")
    assert "09:00（東京時間）" in words
    assert order_of(scene).time_zone == "Asia/Tokyo"


async def test_in_a_group_only_its_admins_answer(scene):
    taps = await tapping(scene, "/subscribe", address=GROUP, kind=ChatKind.GROUP, person="1")
    before = order_of(scene, GROUP)
    await taps.press(taps.action("한국어"), person="1", may_change=no)
    assert "Only the admins" in taps.notices[-1]
    await taps.press(taps.action("›"), person="2", may_change=no)
    assert "belong to the one who asked" in taps.notices[-1]
    assert order_of(scene, GROUP) == before
    assert "type a city" not in await taps.tap("›")


@pytest.mark.parametrize(
    "action",
    ["c:", "c:9::", "c:m:t9999:", "c:m:zNowhere:", "c:m:w9:", "c:m:n101:", "c:m:v-1:", "c:m:p999:", "c:m:xzz:", "c:m:lxx:",
     "c:m:fx:", "c:m:W:", "c:m:q1:", "c:m::@zz", "c:m::@ㄱ", "c:m:W" + "7:"],
)  # fmt: skip
async def test_a_button_that_means_nothing_changes_nothing(scene, action):
    await scene.ask("/subscribe 09:00 Seoul")
    before = scene.chat()
    (message,) = await scene.ask("", action=action)
    assert message.paragraphs
    assert scene.chat() == before
