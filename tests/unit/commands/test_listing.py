"""Lists in pages: what their buttons carry, who turns them, and what becomes of them when the list has changed."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.render import render as discord
from adapters.telegram.render import rendered as telegram
from bot.commands.listing import LISTS, Line, Page, listed, pages
from bot.commands.presser import base36
from bot.message import ACTION_BYTES, INERT
from bot.model import ChatKind, Paper
from bot.ports import Rejected, Request, Sent
from tests.unit.commands.conftest import GROUP, sent

TURNED_BY = "4503599627370497"
TODAY = dt.date(2024, 3, 28)


def telegram_entries(message):
    return telegram(message).text.count("cond-mat/")


def discord_entries(message):
    return str(discord(message).embed).count("cond-mat/")


async def papers_of(asking, arguments, offset, count):
    """As many as the arguments say; a list of its own kind, so that nothing of the product's is in the way."""
    total = int(arguments.split()[0])
    found = [Paper(id=f"2403.{number:05}", title=f"Paper {number}") for number in range(offset, min(total, offset + count))]
    return Page(heading=f"List of {arguments}", papers=found, total=total, footer="The end")


@pytest.fixture(autouse=True)
def kind():
    pages("zz")(papers_of)
    yield "zz"
    del LISTS["zz"]


@pytest.fixture
def turn(scene):
    """Press an action, as somebody; gives what stands in the message's place, and what is said beside."""

    async def turn(action, **changes):
        placed = []

        async def edit(message):
            placed.append(message)
            return Sent("1")

        said = await scene.ask("", **({"action": action, "edit": edit} | changes))
        return placed, said

    return turn


def buttons(message):
    return {button.label: button.action for button in message.buttons}


def titles(message):
    return [entry.title for entry in message.entries]


async def test_a_page_has_ten_entries_each_with_a_button_that_opens_it(turn):
    (page,), said = await turn("p:zz:0::25")
    assert said == []
    assert titles(page) == [f"Paper {number}" for number in range(10)]
    assert [entry.number for entry in page.entries] == list(range(1, 11))
    assert buttons(page)["7"] == "o:2403.00006"
    rows = [[button.label for button in page.buttons if button.row == row] for row in range(3)]
    assert rows == [["1", "2", "3", "4", "5"], ["6", "7", "8", "9", "10"], ["1/3", "›"]]


async def test_pages_are_turned_in_place_and_their_entries_go_on_counting(turn):
    (first,), _ = await turn("p:zz:0::25")
    (second,), _ = await turn(buttons(first)["›"])
    assert [entry.number for entry in second.entries] == list(range(11, 21))
    (last,), _ = await turn(buttons(second)["›"])
    assert titles(last) == [f"Paper {number}" for number in range(20, 25)]
    assert "›" not in buttons(last)
    (back,), _ = await turn(buttons(second)["‹"])
    assert back == first


async def test_a_list_of_one_page_has_no_buttons_to_turn_it(turn):
    (page,), _ = await turn("p:zz:0::10")
    assert list(buttons(page)) == [str(number) for number in range(1, 11)]


async def test_a_list_that_has_become_shorter_shows_its_last_page(turn):
    (page,), _ = await turn("p:zz:7::12")
    assert titles(page) == ["Paper 10", "Paper 11"]
    assert buttons(page)["‹"] == "p:zz:0::12"


async def test_a_list_of_nothing_any_more_is_said_as_its_maker_says_it(turn):
    (page,), _ = await turn("p:zz:1::0")
    assert (page.heading, page.entries, page.buttons) == ("List of 0", (), ())


async def test_what_a_message_cannot_become_any_more_is_sent_below(turn):
    async def refused(message):
        return Rejected("message can't be edited")

    _, said = await turn("p:zz:1::12", edit=refused)
    assert titles(said[0]) == ["Paper 10", "Paper 11"]


async def test_in_a_group_only_who_asked_or_an_admin_turns_pages(turn):
    async def no():
        return False

    async def yes():
        return True

    group = {"address": GROUP, "kind": "group", "may_change": no}
    action = f"p:zz:1:{base36(int(TURNED_BY))}:25"
    (page,), _ = await turn(action, person=TURNED_BY, **group)
    assert buttons(page)["›"] == action.replace(":1:", ":2:", 1)
    placed, said = await turn(action, person="5", **group)
    assert placed == []
    assert said[0].private
    assert "belong to the one who asked" in said[0].paragraphs[0]
    (by_admin,), _ = await turn(action, person="5", **(group | {"may_change": yes}))
    assert by_admin == page


async def test_nobody_is_taken_for_the_asker_where_it_is_not_known_who_asked(turn):
    async def no():
        return False

    for owner in ("", "0"):
        for person in ("", "0", "7"):
            placed, _ = await turn(f"p:zz:1:{owner}:25", address=GROUP, kind="group", may_change=no, person=person)
            assert placed == []


@pytest.mark.parametrize("person", ["-1001234567890123", "18446744073709551615", "somebody@example.org", "😀" * 30])
async def test_whoever_asks_turns_their_own_pages(scene, turn, person):
    async def no():
        return False

    group = {"address": GROUP, "kind": ChatKind.GROUP, "may_change": no, "person": person}
    asked = scene.talk._asking(Request(text="", reply=sent, **group), None)
    (first,) = await listed(asked, "zz", "25")
    (page,), _ = await turn(buttons(first)["›"], **group)
    assert titles(page)[0] == "Paper 10"


async def test_arguments_too_long_for_a_button_are_kept_and_come_back(turn):
    words = "25 " + "가우시안 스플래팅 " * 20
    (page,), _ = await turn(f"p:zz:0::{words}")
    action = buttons(page)["›"]
    assert len(action.encode()) <= ACTION_BYTES
    assert action == "p:zz:1::#1"
    (second,), _ = await turn(action)
    assert second.heading == f"List of {words}"
    (again,), _ = await turn(f"p:zz:0::{words}")
    assert buttons(again)["›"] == action


async def test_no_list_is_too_long_for_its_buttons(turn):
    group = {"address": GROUP, "kind": "group", "person": "18446744073709551615"}
    (page,), _ = await turn("p:zz:9998:3w5e11264sgsf:" + "1000000 " + "x" * 31, **group)
    assert all(button.acts for button in page.buttons)
    assert {"‹", "9999/10000", "›"} <= set(buttons(page))


@pytest.mark.parametrize(
    "action",
    [
        "p", "p:", "p:zz", "p:xx:0::25", "p:zz:-1::25", "p:zz:99999::25", "p:zz:١::25", "p:zz:0::#", "p:zz:0::#zz",
        "p:zz:0::#-1", "p:zz:0::#" + "z" * 30,
    ],
)  # fmt: skip
async def test_a_button_that_means_nothing_is_answered_politely(turn, action):
    placed, said = await turn(action)
    assert placed == []
    assert said[0].private
    assert "does not work any more" in said[0].paragraphs[0]


async def test_a_label_is_no_button(turn):
    assert await turn(INERT) == ([], [])


async def test_lines_and_further_buttons_of_a_list_stand_in_rows_below(scene, turn):
    async def of_days(asking, arguments, offset, count):
        page = await papers_of(asking, "0", offset, count)
        lines = [Line(title="2024-03-28", facts="10 papers", action="d:20240328"), Line(title="2024-03-27")]
        return replace(page, lines=lines, total=2)

    LISTS["zz"] = of_days
    (page,), _ = await turn("p:zz:0::")
    assert titles(page) == ["2024-03-28", "2024-03-27"]
    assert buttons(page) == {"1": "d:20240328"}


@given(st.integers(min_value=-(1 << 63), max_value=(1 << 64) - 1))
def test_base36_is_what_python_reads(number):
    assert int(base36(number), 36) == number
    assert len(base36(number)) <= 14


@pytest.mark.parametrize("rendered", [telegram_entries, discord_entries])
async def test_the_longest_page_keeps_every_entry_that_has_a_button(turn, rendered):
    async def longest(asking, arguments, offset, count):
        papers = [
            Paper(
                id=f"cond-mat/03091{number:02}",
                title="An [odd] *title* & _more_ of it " * 20,
                upvotes=12345,
                list_day=TODAY,
            )
            for number in range(count)
        ]
        reasons = {
            one.id: "both: segmentation, positional, highresolution · ✍ " + "Wolfeschlegelsteinhausen, " * 9
            for one in papers
        }
        return Page(
            heading="Similar to: " + "T" * 100, papers=papers, total=200, facts=reasons, footer="A number opens it."
        )

    LISTS["zz"] = longest
    (page,), _ = await turn("p:zz:0::x")
    assert rendered(page) == 10


KINDS = ["", "?", "d", "h", "k", "m", "r", "s", "t", "u", "w", "xx"]
ODD = [
    "",
    "1",
    "2024-02-30",
    "2024-03-28",
    "2024-03-28:",
    ":",
    "a:b",
    "0001-01-01:9999-12-31",
    "\x00",
    "#1",
    "%",
    '" OR 1 --',
    "ㅎ" * 9,
]


async def test_no_button_that_somebody_makes_up_is_a_fault(scene):
    """Actions come from outside: from messages of years ago, or a client that sends what it likes."""
    placed = []

    async def edit(message):
        placed.append(message)
        return Sent("1")

    actions = [f"p:{kind}:{number}::{odd}" for kind in KINDS for number, odd in enumerate(ODD)]
    for presser, action in enumerate(actions):
        placed.clear()
        said = await scene.ask("", action=action, edit=edit, person=str(presser))
        assert said or placed, action
        assert not any("on my side" in text for message in (*said, *placed) for text in message.paragraphs), action
