"""/top: the best by votes of a week, a month, a month of the calendar."""

import datetime as dt

import pytest

from bot.commands.command_line import read_command
from bot.commands.periods import read_span
from bot.message import Message
from tests.fakes.hub import BIG_DAY, SEED_DAY

TODAY = dt.date(2024, 3, 28)
WEEK = (dt.date(2024, 3, 22), TODAY)
MONTH = (dt.date(2024, 2, 28), TODAY)
MARCH = (dt.date(2024, 3, 1), dt.date(2024, 3, 31))
FEBRUARY = (dt.date(2024, 2, 1), dt.date(2024, 2, 29))


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("", WEEK), ("week", WEEK), ("This Week", WEEK), ("주간", WEEK), ("이번 주", WEEK), ("週間", WEEK), ("本周", WEEK),
        ("month", MONTH), ("월간", MONTH), ("30 days", MONTH), ("今月", MONTH), ("本月", MONTH),
        ("2024-03", MARCH), ("2024.3", MARCH), ("2024년 3월", MARCH), ("202403", MARCH), ("March 2024", MARCH),
        ("mar", MARCH), ("3월", MARCH), ("2024年3月", MARCH), ("２０２４-０３", MARCH),
        ("last month", FEBRUARY), ("지난달", FEBRUARY), ("2024-02", FEBRUARY), ("feb 2024", FEBRUARY),
        ("April", (dt.date(2023, 4, 1), dt.date(2023, 4, 30))),
        ("2024-13", None), ("0000-01", None), ("2024-03-28", None), ("diffusion", None), ("march 24", None), ("99999-1", None),
    ],
)  # fmt: skip
def test_a_span_is_read(text, span):
    assert read_span(text, TODAY) == span


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("/top week", "week"),
        ("/인기 월간", "월간"),
        ("/주간", "주간"),
        ("/월간", "월간"),
        ("/best 2024-03", "2024-03"),
        ("/top", ""),
    ],
)
def test_its_words_in_other_languages(text, arguments):
    command = read_command(text)
    assert command is not None
    assert (command.name, command.arguments) == ("top", arguments)


async def test_the_best_of_a_week_stand_by_votes_with_their_days(scene):
    await scene.fetched("2024-03-25", "2024-03-26", "2024-03-27", "2024-03-28")
    (message,) = await scene.ask("/top week")
    assert isinstance(message, Message)
    assert message.heading == "Daily Papers · 2024-03-22 – 2024-03-28"
    votes = [int(entry.facts.split()[1]) for entry in message.entries]
    assert (len(votes), votes) == (10, sorted(votes, reverse=True))
    assert message.entries[0].facts.endswith("· 2024-03-27")
    assert "143 papers, by their votes now" in message.paragraphs[0]
    assert len(message.paragraphs) == 1


async def test_lists_that_nobody_has_asked_for_are_fetched_first(scene, hub):
    await scene.fetched("2024-03-28")
    (message,) = await scene.ask("/top week")
    assert "143 papers, by their votes now" in message.paragraphs[0]
    assert hub.asked_days() == ["2024-03-28", "2024-03-27", "2024-03-26", "2024-03-25", "2024-03-22"]


async def test_what_could_not_be_fetched_is_said_and_fetched_for_the_next_who_asks(scene, hub):
    await scene.fetched("2024-03-27", "2024-03-28")
    hub.fail(500, path="2024-03-25")
    (message,) = await scene.ask("/top week")
    # A Friday and a Monday; what came before the failure is there.
    assert "Of 2 weekdays I have no lists" in message.paragraphs[1]
    assert "/day 2024-03-22" in message.paragraphs[1]
    (later,) = await scene.at("2024-03-28T20:02:00+00:00").ask("/top week")
    assert len(later.paragraphs) == 1


async def test_votes_are_those_of_the_last_fetch(scene, hub):
    await scene.fetched("2024-03-27", "2024-03-28")
    hub.days[SEED_DAY][9]["paper"]["upvotes"] = 900
    await scene.fetched("2024-03-28")
    (message,) = await scene.ask("/top 2024-03")
    assert message.entries[0].facts == "👍 900 · 2024-03-28"
    assert message.entries[0].title == hub.days[SEED_DAY][9]["paper"]["title"]


async def test_a_paper_that_was_withdrawn_is_not_among_them(scene, hub):
    await scene.fetched("2024-03-27", "2024-03-28")
    best = (await scene.ask("/top week"))[0].entries[0].link
    hub.days[BIG_DAY] = hub.days[BIG_DAY][1:]
    await scene.fetched("2024-03-27")
    assert best not in [entry.link for entry in (await scene.ask("/top week"))[0].entries]


async def test_a_group_gets_the_same_list_as_a_person(scene):
    await scene.fetched("2024-03-27", "2024-03-28")
    here, there = (await scene.in_group("/top month", person="7"))[0], (await scene.ask("/top month"))[0]
    assert (here.heading, here.entries) == (there.heading, there.entries)


async def test_its_pages_go_on_down_the_votes(scene, placed):
    await scene.fetched("2024-03-27", "2024-03-28")
    (first,) = await scene.ask("/top 2024-03")
    second = await placed({button.label: button.action for button in first.buttons}["›"])
    assert second.entries[0].number == 11
    votes = [int(entry.facts.split()[1]) for entry in (*first.entries, *second.entries)]
    assert votes == sorted(votes, reverse=True)
    assert len({entry.link for entry in (*first.entries, *second.entries)}) == 20


async def test_where_there_is_nothing_a_button_leads_to_the_newest_month_that_has_papers(scene, hub, placed):
    await scene.fetched("2024-03-27", "2024-03-28")
    hub.fail(503, 99)
    (nothing,) = await scene.at("2024-06-05T12:00:00+00:00").ask("/top week")
    (button,) = nothing.buttons
    assert button.label == "« 2024-03"
    assert (await placed(button.action)).heading == "Daily Papers · 2024-03-01 – 2024-03-31"
    (before,) = await scene.ask("/top 2023-06")
    assert [one.label for one in before.buttons] == ["2024-03 »"]


async def test_where_no_list_was_ever_fetched_no_button_leads_anywhere(scene, hub):
    hub.fail(503, 99)
    (nothing,) = await scene.ask("/top 2023-06")
    assert not nothing.buttons


async def test_what_there_is_nothing_of_is_said(scene):
    assert "2023-06-01" in await scene.words("/top 2023-06")
    assert "has not come yet" in await scene.words("/top 2024-04")
    assert "began on 2023-05-04" in await scene.words("/top 2023-04")
    assert "no week and no month" in await scene.words("/top diffusion")
