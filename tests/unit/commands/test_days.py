"""/today, /yesterday, /day."""

import asyncio
import datetime as dt
import json

import pytest

from bot.commands import library
from bot.digest.importing import import_path
from bot.model import Address
from tests.fakes.hub import invented_list
from tests.unit.commands.conftest import GROUP, all_words


async def test_today_is_the_newest_list_with_its_date_and_every_paper(scene):
    await scene.fetched("2024-03-27", "2024-03-28")
    messages = await scene.ask("/today")
    assert messages[0].heading == "Daily Papers · 2024-03-28 (Thu)"
    assert messages[0].link is None
    assert len(messages) == 11
    assert messages[1].heading.startswith("ViTAR")


async def test_in_a_group_it_is_a_compact_list(scene):
    await scene.fetched("2024-03-28")
    messages = await scene.in_group("/today")
    assert len(messages) == 1
    assert len(messages[0].entries) == 10


async def test_a_long_day_is_a_list_in_pages_each_paper_a_button_away(scene, placed):
    await scene.fetched("2024-03-27")
    (first,) = await scene.in_group("/day 2024-03-27", person="7")
    assert first.paragraphs == ("123 papers",)
    buttons = {button.label: button.action for button in first.buttons}
    assert {"1", "10", "1/13", "›"} <= buttons.keys()
    assert buttons["3"] == f"o:{first.entries[2].link.rsplit('/', 1)[1]}"
    second = await placed(buttons["›"], address=GROUP, kind="group", person="7")
    assert [entry.number for entry in second.entries] == list(range(11, 21))


async def test_a_day_of_very_many_papers_is_a_list_in_a_private_chat_too(scene):
    await scene.fetched("2024-03-27")
    (listed,) = await scene.ask("/day 2024-03-27")
    assert listed.paragraphs == ("123 papers",)
    assert len(listed.entries) == 10
    # Whoever wants all of them, with what they say, gets them.
    button = listed.buttons[-1]
    assert (button.label, button.action.partition(":")[2]) == ("▤ All, with summaries", "/day 2024-03-27 all")
    assert len(await scene.ask("/day 2024-03-27 all")) == 124
    assert len(await scene.ask("/day 2024-03-27 전부", address=GROUP, kind="group")) == 1
    assert len(await scene.ask("/day 2024-03-27", address=Address("terminal", "local"))) == 124
    await scene.ask("/settings top 20")
    assert len(await scene.ask("/day 2024-03-27")) == 21


async def test_a_list_leads_to_the_days_beside_it(scene, placed):
    await scene.fetched("2024-03-25", "2024-03-26", "2024-03-27", "2024-03-28")
    (newest,) = await scene.ask("/today", single=True)
    buttons = {button.label: button.action for button in newest.buttons}
    assert [label for label in buttons if "»" in label] == []
    before = await placed(buttons["« 2024-03-27"])
    assert before.heading == "Daily Papers · 2024-03-27 (Wed)"
    labels = [button.label for button in before.buttons]
    assert labels[-2:] == ["« 2024-03-26", "2024-03-28 »"]


async def test_a_message_a_paper_can_become_a_list(scene, placed):
    await scene.fetched("2024-03-28")
    heading, *rest = await scene.ask("/today")
    assert len(rest) == 10
    (button,) = heading.buttons
    assert button.label == "☰ As a list"
    listed = await placed(button.action)
    assert len(listed.entries) == 10
    assert listed == (await scene.ask("/today", single=True))[0]


async def test_where_an_answer_has_to_be_one_message_it_is_a_list_too(scene):
    await scene.fetched("2024-03-28")
    (message,) = await scene.ask("/today", single=True)
    assert len(message.entries) == 10


async def test_in_a_private_chat_it_has_the_form_that_was_chosen(scene):
    await scene.fetched("2024-03-28")
    await scene.ask("/settings shape compact")
    await scene.ask("/settings top 3")
    (message,) = await scene.ask("/today")
    assert len(message.entries) == 3


async def test_the_heading_is_in_the_readers_language(scene):
    await scene.fetched("2024-03-28")
    assert (await scene.ask("/오늘", language="ko-KR"))[0].heading == "Daily Papers · 2024-03-28 (목)"


async def test_an_empty_store_is_filled_from_the_hub_while_a_person_waits(scene):
    assert "2024-03-28" in (await scene.ask("/today"))[0].heading


async def test_with_nothing_in_the_store_and_no_hub_it_says_so(scene, hub):
    hub.fail(503, 99)
    assert "No list of papers has been fetched yet" in await scene.words("/today")
    assert "No list of papers has been fetched yet" in await scene.words("/yesterday")


async def test_an_old_list_is_shown_when_the_hub_does_not_answer(scene, hub, monkeypatch):
    await scene.fetched("2024-03-26")
    hub.fail(0, 99)
    monkeypatch.setattr(library, "NEWEST_SECONDS", 0.05)
    assert "2024-03-26" in (await scene.ask("/today"))[0].heading


async def test_the_hub_is_not_asked_when_nothing_can_be_newer(scene, hub):
    await scene.fetched("2024-03-28")
    friday = scene.at("2024-03-29T08:00:00+00:00")
    hub.requests.clear()
    await friday.ask("/today")
    assert hub.requests == []


async def test_people_who_ask_at_once_make_one_question_to_the_hub(scene, hub):
    await scene.fetched("2024-03-26")
    hub.fail(503, 99)
    hub.requests.clear()
    await scene.ask("/today")
    await scene.ask("/today")
    assert len(hub.requests) == 1


async def test_yesterday_is_the_list_before_the_newest(scene):
    await scene.fetched("2024-03-26", "2024-03-28")
    del scene.hub.days[dt.date(2024, 3, 27)]
    assert "2024-03-26" in (await scene.ask("/yesterday"))[0].heading


async def test_yesterday_is_fetched_when_only_the_newest_is_there(scene):
    await scene.fetched("2024-03-28")
    assert "2024-03-27" in (await scene.ask("/yesterday"))[0].heading


async def test_before_the_only_list_there_is_none_without_the_hub(scene, hub):
    await scene.fetched("2024-03-28")
    hub.fail(503, 99)
    words = await scene.words("/yesterday")
    assert "no list before that of 2024-03-28" in words
    assert "/day 2024-03-27" in words


@pytest.mark.parametrize("text", ["2024-03-28", "28 March 2024", "어제", "last thursday", "yesterday"])
async def test_a_day_is_shown_however_it_is_named(scene, text):
    # In Seoul it is Friday the 29th already.
    assert "2024-03-28" in (await scene.ask(f"/day {text}"))[0].heading


async def test_relative_words_count_in_the_chats_own_zone(scene):
    await scene.ask("/settings zone New York")
    await scene.fetched("2024-03-27", "2024-03-28")
    assert "2024-03-27" in (await scene.ask("/day yesterday"))[0].heading


async def test_a_day_that_was_never_fetched_is_fetched(scene, hub):
    messages = await scene.ask("/day 2024-03-25")
    assert len(messages) == 4
    assert hub.asked_days() == ["2024-03-25"]


async def test_a_complete_day_is_not_fetched_again(scene, hub):
    await scene.fetched("2024-03-25")
    hub.requests.clear()
    await scene.ask("/day 2024-03-25")
    assert hub.requests == []


async def test_a_recorded_day_that_was_imported_is_shown_without_the_hub(scene, hub, tmp_path):
    recorded = tmp_path / "2024-03-26.json"
    recorded.write_text(json.dumps(invented_list(dt.date(2024, 3, 26), 7)), encoding="utf-8")
    await asyncio.to_thread(import_path, scene.store, recorded, now=dt.datetime(2024, 4, 2, tzinfo=dt.UTC))
    assert len(await scene.ask("/day 2024-03-26")) == 8
    assert hub.requests == []


async def test_a_day_that_may_still_fill_is_asked_for_again_after_some_minutes(scene, hub):
    scene = scene.at("2024-03-28T10:00:00+00:00")
    await scene.fetched("2024-03-28")
    hub.requests.clear()
    await scene.ask("/day 2024-03-28")
    assert hub.requests == []
    await scene.at("2024-03-28T10:30:00+00:00").ask("/day 2024-03-28")
    assert hub.requests


async def test_what_is_there_is_shown_when_the_hub_cannot_be_reached(scene, hub):
    scene = scene.at("2024-03-28T10:00:00+00:00")
    await scene.fetched("2024-03-28")
    hub.fail(503, 99)
    messages = await scene.at("2024-03-28T11:00:00+00:00").ask("/day 2024-03-28")
    assert len(messages) == 11


async def test_a_day_without_a_list_names_the_nearest_that_have_one(scene):
    del scene.hub.days[dt.date(2024, 3, 27)]
    await scene.fetched("2024-03-26", "2024-03-28")
    words = await scene.words("/day 2024-03-27")
    assert "Hugging Face has no list of 2024-03-27 (Wed)" in words
    assert "2024-03-26 (Tue) /day 2024-03-26" in words
    assert "2024-03-28 (Thu) /day 2024-03-28" in words


async def test_a_weekend_is_said_to_be_one(scene):
    await scene.fetched("2024-03-25")
    words = await scene.words("/day 2024-03-24")
    assert "2024-03-24 (Sun) is on a weekend" in words
    assert "2024-03-22 (Fri) /day 2024-03-22" in words
    assert "2024-03-25 (Mon) /day 2024-03-25" in words


async def test_a_weekend_needs_no_hub(scene, hub):
    hub.fail(503, 99)
    assert "is on a weekend" in await scene.words("/day 2024-03-24")


async def test_a_day_to_come_names_the_newest(scene):
    await scene.fetched("2024-03-28")
    words = await scene.words("/day 2024-04-15")
    assert "2024-04-15 (Mon) has not come yet" in words
    assert "/day 2024-03-28" in words


async def test_a_day_that_the_hub_does_not_have_yet(scene):
    # Friday has begun in Seoul; the Hub counts in UTC and refuses it.
    await scene.fetched("2024-03-28")
    words = await scene.words("/day 오늘")
    assert "Hugging Face does not have the list of 2024-03-29 (Fri) yet" in words
    assert "/day 2024-03-28" in words


async def test_a_list_that_is_still_empty(scene):
    scene.hub.today = dt.date(2024, 3, 29)
    scene = scene.at("2024-03-29T01:00:00+00:00")
    await scene.fetched("2024-03-28")
    assert "The list of 2024-03-29 (Fri) is still empty" in await scene.words("/day 2024-03-29")


async def test_a_day_before_there_were_daily_papers(scene):
    words = await scene.words("/day 2022-11-30")
    assert "began on 2023-05-04 (Thu)" in words
    assert "/day 2023-05-04" in words


async def test_a_day_that_is_not_here_while_the_hub_cannot_be_reached(scene, hub):
    hub.fail(503, 99)
    words = await scene.words("/day 2024-03-27")
    assert "Hugging Face cannot be reached now" in words
    assert "no list" not in words


async def test_a_hub_that_has_just_failed_is_not_asked_again_at_once(scene, hub):
    hub.fail(503, 99)
    await scene.ask("/day 2024-03-27")
    hub.requests.clear()
    assert "cannot be reached" in await scene.words("/day 2024-03-27")
    assert hub.requests == []


async def test_a_hub_that_does_not_answer_is_not_waited_for_longer_than_a_person_waits(scene, hub, monkeypatch):
    hub.fail(0, 99)
    monkeypatch.setattr(library, "DAY_SECONDS", 0.05)
    assert "cannot be reached now" in await scene.words("/day 2024-03-27")


@pytest.mark.parametrize(
    ("text", "said", "offered"),
    [
        ("2024-02-30", "The calendar has no day 2024-02-30", "/day 2024-02-29"),
        ("yesterdy", "I cannot read “yesterdy” as a day", "/day 2024-03-28"),
        ("blue", "I cannot read “blue” as a day", "yesterday or last friday"),
        ("01/02/2024", "can be read as more than one day", "/day 2024-02-01\n/day 2024-01-02"),
    ],
)
async def test_a_date_that_is_no_date_has_its_own_sentence(scene, text, said, offered):
    (message,) = await scene.ask(f"/day {text}")
    words = all_words([message])
    assert said in words
    assert offered in words
    assert message.private


async def test_without_a_date_examples_are_given(scene):
    await scene.fetched("2024-03-28")
    assert "/day 2024-03-28, /day yesterday" in await scene.words("/day")


async def test_a_day_that_has_papers_is_shown_whatever_the_calendar_says(scene):
    saturday = dt.date(2024, 3, 23)
    scene.hub.days[saturday] = invented_list(saturday, 2)
    assert len(await scene.ask("/day 2024-03-23")) == 3


async def test_a_chat_that_wants_many_votes_is_told_when_no_paper_has_them(scene):
    await scene.fetched("2024-03-28")
    await scene.ask("/settings votes 5000")
    assert "has the votes that this chat asks for" in await scene.words("/today")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
async def test_the_first_and_the_last_day_of_the_calendar_are_answered(scene, day):
    await scene.fetched("2024-03-28")
    said = await scene.words(f"/day {day}")
    assert "went wrong" not in said
    assert said
