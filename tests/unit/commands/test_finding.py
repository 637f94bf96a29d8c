"""/author, /trending and /random: papers found by who wrote them, by what is on the rise, and by chance."""

import datetime as dt
import itertools
from itertools import pairwise

import pytest

from bot.commands.remembered import Remembered
from bot.model import ListDayState, Origin, Paper
from bot.ports import SourcePaper
from bot.store.list_days import save_list
from bot.store.papers import merge_papers
from tests.unit.commands.conftest import NOW, all_words


def labels(message):
    return {button.label: button.action for button in message.buttons if button.acts}


@pytest.fixture
def written(scene):
    def written(*papers):
        scene.store.write_now(merge_papers, [SourcePaper(paper=paper) for paper in papers], now=NOW)

    return written


# --- /author ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def by_kaiming(written):
    written(*(Paper(id=f"2403.{n:05}", title=f"T{n}", authors=("Kaiming He", "Ada")) for n in range(12)))


async def test_the_papers_of_an_author_come_in_pages(scene, placed, by_kaiming):
    (first,) = await scene.ask("/author he kaiming")
    assert first.heading == "Papers by Kaiming He"
    assert first.paragraphs == ("12 papers",)
    assert first.entries[0].title == "T11"
    assert [entry.title for entry in (await placed(labels(first)["›"])).entries] == ["T1", "T0"]


async def test_several_people_of_one_name_are_told(scene, written, by_kaiming):
    written(Paper(id="2404.00001", title="X", authors=("Jane He",)))
    (message,) = await scene.ask("/저자 He")
    assert message.heading == "Papers by He"
    assert "Kaiming He, Jane He" in message.paragraphs[1]


async def test_a_mistyped_name_has_buttons_for_those_that_are_like_it(scene, placed, by_kaiming):
    (message,) = await scene.ask("/author Kaimin Hee")
    assert "No paper here has an author “Kaimin Hee”." in message.paragraphs
    assert (await placed(labels(message)["Kaiming He"])).heading == "Papers by Kaiming He"


@pytest.mark.parametrize("text", ["/author", "/author ?", "/author x", "/author . - ,"])
async def test_without_a_name_an_example_is_given(scene, text):
    assert "/author Kaiming He" in await scene.words(text)


async def test_a_name_of_nobody_is_said_to_be_so_and_what_may_help(scene, by_kaiming):
    said = await scene.words("/author Bartholomew Ada")
    assert "No paper here has an author “Bartholomew Ada”." in said
    assert "/author Ada." in said
    assert "in Latin letters" in await scene.words("/author Zzyzx Qqq")
    assert "in Latin letters" in await scene.words("/저자 김민지")


# --- /trending --------------------------------------------------------------------------------------------------------


@pytest.fixture
def weeks(scene):
    """Forty lists; in the newest one half of the papers are of world models."""
    for past in range(40):
        day = dt.date(2024, 3, 28) - dt.timedelta(days=past)
        titles = [f"Of Matter {past} {number}" for number in range(10)]
        if past == 0:
            titles[:5] = [f"World Models {number}" for number in range(5)]
        listed = [Paper(id=f"2403.{past:03}{n:02}", title=title, upvotes=n) for n, title in enumerate(titles)]
        scene.store.write_now(merge_papers, [SourcePaper(paper=paper) for paper in listed], now=NOW)
        scene.store.write_now(save_list, day, listed, origin=Origin.HUB, state=ListDayState.CLOSED, now=NOW)


async def test_terms_on_the_rise_lead_to_their_papers_and_back(scene, placed, weeks):
    (message,) = await scene.ask("/trending")
    assert message.heading == "On the rise"
    entry = next(entry for entry in message.entries if entry.title == "World Models")
    assert entry.facts == "5 papers · new"
    opened = await placed(labels(message)[str(entry.number)])
    assert opened.heading == "World Models"
    assert [one.title for one in opened.entries] == [f"World Models {number}" for number in (4, 3, 2, 1, 0)]
    assert await placed(labels(opened)["↩ All terms"]) == message
    everything = await placed(labels(opened)["🔎 Search all papers"])
    assert everything.heading == "Search: World Models"


async def test_what_rises_is_found_anew_when_a_list_changes(scene, weeks):
    (before,) = await scene.ask("/trending")
    assert "Sea Shanties" not in {entry.title for entry in before.entries}
    listed = [Paper(id=f"2403.9{n:04}", title=f"Sea Shanties {n}", upvotes=n) for n in range(6)]
    scene.store.write_now(merge_papers, [SourcePaper(paper=paper) for paper in listed], now=NOW)
    scene.store.write_now(save_list, dt.date(2024, 3, 27), listed, origin=Origin.HUB, state=ListDayState.CLOSED, now=NOW)
    (after,) = await scene.ask("/trending")
    assert "Sea Shanties" in {entry.title for entry in after.entries}


def test_a_thing_is_found_once_while_its_lists_stay_as_they_are():
    kept = Remembered()
    found = itertools.count()
    given = [kept.found(lists, name, lambda: next(found)) for lists, name in zip("aaabb", "xxyxx", strict=True)]
    assert given == [0, 0, 1, 2, 2]


async def test_without_weeks_to_compare_nothing_is_said_to_rise(scene):
    await scene.fetched("2024-03-28")
    assert "Nothing stands out" in await scene.words("/급상승")


# --- /random ----------------------------------------------------------------------------------------------------------


async def test_a_good_paper_comes_by_chance_and_never_twice_in_a_row(scene, placed, written):
    written(*(Paper(id=f"2403.{n:05}", title=f"T{n}", upvotes=n) for n in range(6)))
    (message,) = await scene.ask("/random")
    seen = [message.heading]
    for _ in range(12):
        message = await placed(labels(message)["🎲 Another"])
        seen.append(message.heading)
        seen.append((await scene.ask("/랜덤"))[0].heading)
    assert set(seen) == {"T3", "T4", "T5"}
    assert all(one != other for one, other in pairwise(seen))


async def test_what_one_person_was_shown_another_may_be_shown_too(scene, written):
    written(Paper(id="2403.00001", title="The best", upvotes=9), Paper(id="2403.00002", title="The other", upvotes=9))
    first = {(await scene.ask("/random", person=str(number)))[0].heading for number in range(30)}
    assert first == {"The best", "The other"}


async def test_the_only_paper_is_shown_again(scene, written):
    written(Paper(id="2403.00001", title="Alone"))
    assert [(await scene.ask("/random"))[0].heading for _ in range(2)] == ["Alone", "Alone"]


async def test_in_a_group_another_one_is_the_pressers(scene, written):
    written(Paper(id="2403.00001", title="Alone"))
    (message,) = await scene.in_group("", action="o:random", person="7", addressed=True)
    assert message.private


async def test_an_empty_store_says_what_to_do(scene):
    assert "/today" in all_words(await scene.ask("/random"))


# --- /similar, and what a search makes of a slip ----------------------------------------------------------------------


@pytest.fixture
def alike(written):
    rivers = "We forecast floods of rivers by gauges."
    written(
        Paper(id="2403.00001", title="RiverNet", abstract=rivers, authors=("Ada", "Bo")),
        Paper(id="2403.00002", title="FloodNet 2", abstract=rivers + " It is small.", authors=("Bo",)),
        Paper(id="2403.00003", title="OtterMap", abstract="Drones count animals from above."),
        *(Paper(id=f"2403.1{n:04}", title=f"Filler {n}", abstract="Nothing else stands here.") for n in range(20)),
    )


async def test_papers_like_one_come_with_what_both_have(scene, alike):
    (message,) = await scene.ask("/similar 2403.00001")
    assert message.heading == "Similar to: RiverNet"
    assert message.entries[0].title == "FloodNet 2"
    assert message.entries[0].facts.startswith("both: ")
    assert {"floods", "rivers", "gauges"} & set(message.entries[0].facts.replace(",", "").split())
    assert message.entries[0].facts.endswith(" · ✍ Bo")
    assert "RiverNet" not in [entry.title for entry in message.entries]


async def test_the_button_of_a_paper_asks_the_same(scene, alike):
    (pressed,) = await scene.ask("", action="s:2403.00001")
    assert pressed == (await scene.ask("/similar 2403.00001"))[0]
    (in_group,) = await scene.in_group("", action="s:2403.00001", person="7", addressed=True)
    assert in_group.private
    assert in_group.entries == pressed.entries


async def test_a_paper_that_is_like_no_other_says_so(scene, written):
    written(Paper(id="2403.00001", title="Alone"))
    assert "no paper that is like this one: Alone" in await scene.words("/similar 2403.00001")
    assert "do not have this paper" in await scene.words("", action="s:2403.99999")


@pytest.mark.parametrize("text", ["/similar", "/similar x", "/similar 2403.99999"])
async def test_without_a_known_id_it_says_what_to_do(scene, alike, text):
    assert "2403" in await scene.words(text)


async def test_a_slip_that_the_search_has_put_right_is_told(scene, alike):
    (message,) = await scene.ask("/search nothng stands")
    assert message.entries[0].title.startswith("Filler")
    assert message.paragraphs[0].startswith("Spelling corrected: nothng → nothing")
    (plain,) = await scene.ask("/search animals above")
    assert plain.paragraphs == ("1 paper",)
