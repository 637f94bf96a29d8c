"""Whoever floods is slowed down and told once; everybody else never notices."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.flood import COMMANDS, PRESSES, STROKES, Flood, Pace, TooFast
from bot.model import ChatKind
from bot.ports import Completion, Lookup
from tests.unit.commands.conftest import GROUP, PERSON, all_words

FAST = Pace("fast", at_once=3, every=10.0)


class Hands:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


def test_so_many_at_once_then_one_at_a_time():
    hands = Hands()
    flood = Flood(hands)
    assert [flood.take("ada", FAST) for _ in range(5)] == [
        None,
        None,
        None,
        TooFast(10, told=False),
        TooFast(10, told=True),
    ]
    hands.time += 4
    assert flood.take("ada", FAST) == TooFast(6, told=True)
    hands.time += 6
    assert flood.take("ada", FAST) is None
    assert flood.take("ada", FAST) == TooFast(10, told=True), "who goes on is not told again"


def test_who_has_slowed_down_is_told_anew_another_time():
    hands = Hands()
    flood = Flood(hands)
    for _ in range(4):
        flood.take("ada", FAST)
    hands.time += 60
    verdicts = [flood.take("ada", FAST) for _ in range(4)]
    assert verdicts == [None, None, None, TooFast(10, told=False)]


def test_one_persons_flood_is_nobody_elses_and_no_other_kinds():
    flood = Flood(Hands())
    for _ in range(9):
        flood.take("ada", FAST)
    assert flood.take("eve", FAST) is None
    assert flood.take("ada", PRESSES) is None


def test_nobody_is_remembered_for_long_and_never_too_many():
    hands = Hands()
    flood = Flood(hands, most=50)
    for number in range(1000):
        flood.take(number, FAST)
    assert len(flood) == 50
    hands.time += 1000
    for _ in range(60):
        flood.take("ada", FAST)
    assert len(flood) == 1


@given(steps=st.lists(st.floats(0, 30), max_size=200))
def test_no_more_than_the_pace_gets_through_in_any_time(steps: list[float]):
    hands = Hands()
    flood, taken = Flood(hands), list[float]()
    for step in steps:
        hands.time += step
        if flood.take("ada", FAST) is None:
            taken.append(hands.time)
    for begin in range(len(taken)):
        for end in range(begin, len(taken)):
            assert end - begin + 1 <= FAST.at_once + (taken[end] - taken[begin]) / FAST.every + 1e-6


# --- In a conversation ------------------------------------------------------------------------------------------------


@pytest.fixture
def scene(scene):
    """The same, in which no time passes for the one who counts."""
    scene.talk._flood = Flood(Hands())
    return scene


async def test_a_person_who_floods_is_told_once_and_others_go_on(scene):
    answers = [all_words(await scene.ask("/help", person="7")) for _ in range(COMMANDS.at_once + 5)]
    assert all("/subscribe" in words for words in answers[: COMMANDS.at_once])
    assert answers[COMMANDS.at_once] == "That is faster than I can follow. I answer again in 3 seconds."
    assert answers[COMMANDS.at_once + 1 :] == [""] * 4
    assert "/subscribe" in await scene.words("/help", person="8")
    assert "/subscribe" in await scene.words("/help", person="7", address=PERSON.__class__("discord", "1"))


async def test_what_was_not_meant_for_the_bot_is_not_counted(scene):
    for _ in range(COMMANDS.at_once + 5):
        assert await scene.in_group("/roll 6", person="7") == []
    assert "/subscribe" in all_words(await scene.in_group("/help", person="7"))


async def test_presses_have_a_pace_of_their_own(scene):
    for _ in range(COMMANDS.at_once + 1):
        await scene.ask("/help", person="7")
    pressed = [await scene.words("", action="zz", person="7") for _ in range(PRESSES.at_once + 2)]
    assert all("does not work" in words for words in pressed[: PRESSES.at_once])
    assert "faster than I can follow" in pressed[PRESSES.at_once]
    assert pressed[-1] == ""


async def test_the_terminals_one_person_is_not_slowed(scene):
    address = PERSON.__class__("terminal", "local")
    for _ in range(COMMANDS.at_once + 5):
        assert "/subscribe" in await scene.words("/help", address=address, person="local")


async def test_strokes_that_come_too_fast_find_nothing(scene):
    await scene.fetched("2024-03-28")
    lookup = Lookup(platform="telegram", person="7", text="vision")
    found = [await scene.talk.cards(lookup) for _ in range(STROKES.at_once + 1)]
    assert found[STROKES.at_once - 1].cards
    assert not found[-1].cards
    completion = Completion(address=GROUP, command="day", argument="date", typed="", person="8")
    offered = [await scene.talk.suggestions(completion) for _ in range(STROKES.at_once + 1)]
    assert offered[STROKES.at_once - 1]
    assert not offered[-1]


# --- Carried along ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["/subscribe", "/subscribe 09:00 Seoul", "/unsubscribe", "/settings top 5", "/구독"])
async def test_where_the_bot_is_no_member_it_says_what_to_do_instead(scene, command):
    answer = await scene.ask(command, address=GROUP, kind=ChatKind.GROUP, single=True, person="7")
    assert "Write to me directly" in all_words(answer)
    assert answer[0].private
    assert scene.chat(GROUP) is None


async def test_there_it_speaks_the_language_of_who_brought_it(scene):
    answer = await scene.words("/help", address=GROUP, kind=ChatKind.GROUP, single=True, language="ko", person="7")
    assert "사용할 수 있는 명령" in answer


@pytest.mark.parametrize("action", ["l:2403.18361", "c:x", "f:x"])
async def test_its_buttons_that_speak_of_digests_say_so_too(scene, action):
    await scene.fetched("2024-03-28")
    answer = await scene.ask("", action=action, address=GROUP, kind=ChatKind.GROUP, single=True, person="7")
    assert "Write to me directly" in all_words(answer)
