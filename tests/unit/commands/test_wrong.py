"""The button "this summary is wrong": what it marks, what the presser is told, and that nobody floods."""

import datetime as dt
from dataclasses import replace

import pytest

from bot.commands.pressing import noticed
from bot.digest.compose import WRONG, compose_paper
from bot.message import Message
from bot.model import REPORTED, Address, ChatKind, Paper, Summary, SummarySource
from bot.ports import Request, SourcePaper
from bot.settings import Settings
from bot.store import papers, reports
from bot.store.papers import merge_papers
from bot.store.summaries import save_summary
from bot.summaries.choose import shown_summary
from tests.unit.commands.conftest import GROUP, NOW, Scene, all_words, sent

IMPORTED = Summary(language="ko", source=SummarySource.IMPORTED, bullets=("가상의 논문입니다.", "표가 있습니다."))
OTTER = Paper(id="2403.00001", title="OtterMap", abstract="It counts otters. It is fast.", summaries=(IMPORTED,))
HUBS = Paper(id="2403.00002", title="RiverNet", abstract="It forecasts floods. It is small.", hub_summary="It flies. High.")


@pytest.fixture
def wrong(scene: Scene):
    scene.store.write_now(merge_papers, [SourcePaper(paper=one) for one in (OTTER, HUBS)], now=NOW)
    return scene.other(settings=Settings(default_language="en", admin_chats=(Address("telegram", "9"),)))


def action_of(scene: Scene, paper_id: str, language: str = "ko") -> str:
    paper = scene.store.read_now(papers.paper, paper_id)
    assert paper is not None
    message = compose_paper(paper, language)
    (action,) = [button.action for button in message.buttons if button.action.startswith(f"{WRONG}:")]
    return action


async def press(scene: Scene, action: str, person: str = "1", **changes) -> str:
    return all_words(await scene.ask("", action=action, person=person, **changes))


def shown(scene: Scene, paper_id: str, language: str = "ko") -> Summary:
    paper = scene.store.read_now(papers.paper, paper_id)
    assert paper is not None
    summary = shown_summary(paper, language)
    assert summary is not None
    return summary


async def test_the_summary_is_marked_and_the_presser_thanked(wrong: Scene):
    answer = await press(wrong, action_of(wrong, OTTER.id))
    assert answer == "Thank you for telling me. This summary is marked as doubtful now, and the operator is told."
    summary = shown(wrong, OTTER.id)
    assert (summary.bullets, summary.verified, summary.reasons) == (IMPORTED.bullets, False, (REPORTED,))
    (report,) = wrong.store.read_now(reports.untold, 10)
    assert (report.paper_id, report.title, report.language, report.bullets) == (
        OTTER.id,
        "OtterMap",
        "ko",
        IMPORTED.bullets,
    )
    assert (report.platform, report.room) == ("telegram", "")


async def test_with_no_operators_chat_nobody_is_said_to_be_told(wrong: Scene):
    wrong = wrong.other(settings=Settings(default_language="ko"), language="ko")
    answer = await press(wrong, action_of(wrong, OTTER.id))
    assert answer == "알려 주셔서 감사합니다. 이 요약을 확인이 필요한 것으로 표시했습니다."


async def test_what_the_hubs_model_wrote_gives_way_to_the_abstract(wrong: Scene):
    await press(wrong, action_of(wrong, HUBS.id, "en"))
    assert shown(wrong, HUBS.id, "en").source is SummarySource.ABSTRACT
    # The Hub says it again, and something else later.
    wrong.store.write_now(merge_papers, [SourcePaper(paper=HUBS)], now=NOW)
    assert shown(wrong, HUBS.id, "en").source is SummarySource.ABSTRACT
    later = Paper(id=HUBS.id, title="RiverNet", hub_summary="It forecasts floods.")
    wrong.store.write_now(merge_papers, [SourcePaper(paper=later)], now=NOW + dt.timedelta(hours=1))
    assert shown(wrong, HUBS.id, "en").source is SummarySource.HUB


async def test_one_person_says_it_once_another_may_say_it_too(wrong: Scene):
    action = action_of(wrong, OTTER.id)
    await press(wrong, action)
    assert await press(wrong, action) == "You have told me already. Thank you."
    assert "Thank you for telling me" in await press(wrong, action, person="2")
    assert len(wrong.store.read_now(reports.untold, 10)) == 1


async def test_one_person_does_not_call_everything_wrong(wrong: Scene):
    numbers = range(reports.MOST_A_DAY + 1)
    many = [Paper(id=f"2404.{n:05}", title="T", summaries=(IMPORTED,)) for n in numbers]
    wrong.store.write_now(merge_papers, [SourcePaper(paper=one) for one in many], now=NOW)
    answers = [await press(wrong, action_of(wrong, one.id)) for one in many]
    assert all("Thank you for telling me" in answer for answer in answers[:-1])
    assert answers[-1] == "Thank you. I take up to 20 reports from one person a day."
    assert shown(wrong, many[-1].id).verified is None
    tomorrow = wrong.at("2024-03-29T20:00:01+00:00")
    assert "Thank you for telling me" in await press(tomorrow, action_of(wrong, many[-1].id))


async def test_an_old_button_does_not_speak_of_a_new_summary(wrong: Scene):
    action = action_of(wrong, OTTER.id)
    await press(wrong, action)
    written = Summary(language="ko", source=SummarySource.MODEL, bullets=("수달을 셉니다.",), model="m", prompt_version="1")
    wrong.store.write_now(save_summary, OTTER.id, written, version="1", now=NOW)
    assert shown(wrong, OTTER.id).bullets == written.bullets
    assert action_of(wrong, OTTER.id) != action
    await press(wrong, action, person="2")
    assert shown(wrong, OTTER.id).verified is True


async def test_a_summary_that_says_something_else_by_now_is_left_alone(wrong: Scene):
    answer = await press(wrong, f"w:{OTTER.id}:ko:00000000")
    assert answer == f"Thank you. That summary has been replaced: /paper {OTTER.id} shows the new one."
    assert wrong.store.read_now(reports.untold, 10) == []


async def test_the_room_is_known_and_not_who_said_so(wrong: Scene):
    action = action_of(wrong, OTTER.id)
    await wrong.in_group("", action=action, person="77", addressed=True, title="Lab")
    (report,) = wrong.store.read_now(reports.untold, 10)
    assert report.room == "Lab"
    assert "77" not in repr(report)


@pytest.mark.parametrize("action", ["y", "y:1", "zz:", "", ":", "W:1:2:3"])
async def test_an_action_that_is_not_known_any_more_is_said_to_be_so(wrong: Scene, action: str):
    answer = await press(wrong, action or "?")
    assert answer == "This button does not work any more."


BROKEN = [
    "w",
    "w:",
    "w::",
    "w:::",
    "w:2403.00001",
    "w:2403.00001:ko",
    "w:99:ko:1",
    "w:\x00:\ud800:'",
    "w:2403.00001:ko:" + "f" * 40,
]


@pytest.mark.parametrize("action", BROKEN)
async def test_a_broken_action_changes_nothing(wrong: Scene, action: str):
    assert "has been replaced" in await press(wrong, action) or "\ud800" in action
    assert wrong.store.read_now(reports.untold, 10) == []


async def test_a_chat_that_is_not_served_may_press_nothing(wrong: Scene):
    action = action_of(wrong, OTTER.id)
    private = wrong.other(settings=Settings(default_language="en", allowed_chats=(GROUP,)))
    assert "This bot is private" in await press(private, action)
    assert wrong.store.read_now(reports.untold, 10) == []


async def test_words_for_the_presser_are_a_notice_and_the_rest_is_sent(wrong: Scene):
    notices: list[str] = []

    async def notice(text: str) -> None:
        notices.append(text)

    said = [Message(paragraphs=("A", "B"), private=True), Message(heading="H", private=True), Message(paragraphs=("C",))]
    request = Request(address=GROUP, kind=ChatKind.GROUP, text="", reply=sent, action="p:2", notice=notice)
    assert await noticed(request, said) == said[1:]
    assert notices == ["A\nB"]
    assert await noticed(replace(request, notice=None), said) == said
