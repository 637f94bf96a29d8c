"""What follows a report: the operator's chats are told once, the language model is asked once, and a restart forgets neither."""

import asyncio
import contextlib
import datetime as dt
from types import SimpleNamespace
from typing import Any, cast

import pytest

import bot.reported
from bot.delivery.pace import Pace
from bot.listening import Platforms
from bot.message import Message
from bot.model import Address, Paper, Summary, SummarySource
from bot.observing import NOBODY
from bot.ports import Outcome, Sent, SourcePaper, Unreachable
from bot.reported import Reports, text
from bot.settings import Settings
from bot.store import reports
from bot.store.papers import merge_papers
from tests.integration.engine_scene import HandClock
from tests.new_store import new_store

NOW = dt.datetime(2024, 3, 28, 20, 0, tzinfo=dt.UTC)
ADMINS = (Address("telegram", "1"), Address("telegram", "2"))
SUMMARY = Summary(language="ko", source=SummarySource.IMPORTED, bullets=("가상의 논문입니다.",))
PAPER = Paper(id="2403.00001", title="OtterMap", summaries=(SUMMARY,))


class Adapter:
    platform = "telegram"

    def __init__(self) -> None:
        self.said: list[tuple[str, Message]] = []
        self.outcome: Outcome = Sent("1")

    async def send(self, address: Address, message: Message, **_: Any) -> Outcome:
        self.said.append((address.chat_id, message))
        return self.outcome


class Model:
    """Stands for bot.summaries.pipeline.Summaries, which has tests of its own."""

    def __init__(self) -> None:
        self.has_model, self.answers, self.asked = True, True, list[tuple[str, str]]()

    async def ask_again(self, paper_id: str, language: str, *, marked: bool) -> bool:
        assert marked
        self.asked.append((paper_id, language))
        return self.answers


class Scene:
    def __init__(self, store: Any) -> None:
        self.store, self.adapter, self.model = store, Adapter(), Model()
        self.restart()

    def restart(self, admins: tuple[Address, ...] = ADMINS) -> None:
        platforms = Platforms(cast("Any", {"telegram": self.adapter}))
        platforms.every["telegram"].opened = True
        settings = Settings(admin_chats=admins, default_language="en")
        parts = SimpleNamespace(
            store=self.store, clock=HandClock(NOW), settings=settings, summaries=self.model, observer=NOBODY
        )
        self.platforms, self.reports = platforms, Reports(cast("Any", parts), platforms, Pace({}))

    def report(self, person: str = "7", room: str = "", mark: str = "aa") -> None:
        more = {"language": "ko", "platform": "telegram", "person": person, "room": room, "now": NOW}
        self.store.write_now(reports.report, PAPER.id, SUMMARY, mark, **more)


@pytest.fixture
def scene(tmp_path):
    with new_store(tmp_path / "store.db") as store:
        store.write_now(merge_papers, [SourcePaper(paper=PAPER)], now=NOW)
        yield Scene(store)


async def test_every_chat_of_the_operator_is_told_once(scene: Scene):
    scene.report()
    await scene.reports.tell()
    assert [chat for chat, _ in scene.adapter.said] == ["1", "2"]
    scene.report(person="8")
    await scene.reports.tell()
    scene.restart()
    await scene.reports.tell()
    assert len(scene.adapter.said) == 2


async def test_what_nobody_could_be_told_is_told_when_the_platform_is_back(scene: Scene):
    scene.report()
    scene.platforms.every["telegram"].opened = False
    for _ in range(8):
        await scene.reports.tell()
    assert scene.adapter.said == []
    scene.restart()
    await scene.reports.tell()
    assert len(scene.adapter.said) == 2


async def test_a_chat_that_cannot_be_reached_is_left_alone_after_some_tries(scene: Scene):
    scene.report()
    scene.adapter.outcome = Unreachable("gone")
    for _ in range(8):
        await scene.reports.tell()
    assert len(scene.adapter.said) == 10


async def test_without_a_chat_to_tell_nothing_waits_for_one(scene: Scene):
    scene.report()
    scene.restart(admins=())
    await scene.reports.tell()
    scene.restart()
    await scene.reports.tell()
    assert scene.adapter.said == []


async def test_the_model_is_asked_once_in_the_readers_language(scene: Scene):
    scene.report()
    scene.report(person="8")
    await scene.reports.ask()
    await scene.reports.ask()
    assert scene.model.asked == [(PAPER.id, "ko")]


async def test_a_model_that_gives_nothing_is_asked_twice(scene: Scene):
    scene.report()
    scene.model.answers = False
    for _ in range(8):
        await scene.reports.ask()
    assert len(scene.model.asked) == 2


async def test_without_a_model_a_report_waits_for_one(scene: Scene):
    scene.report()
    scene.model.has_model = False
    await scene.reports.ask()
    assert scene.model.asked == []
    scene.model.has_model = True
    await scene.reports.ask()
    assert len(scene.model.asked) == 1


async def test_it_works_when_it_is_woken(scene: Scene, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bot.reported, "LOOK_SECONDS", 60)
    working = asyncio.create_task(scene.reports.run())
    await asyncio.sleep(0.05)
    scene.report()
    scene.reports.wake()
    async with asyncio.timeout(3):
        while not (scene.adapter.said and scene.model.asked):
            await asyncio.sleep(0.01)
    working.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await working


@pytest.mark.parametrize(
    ("room", "language", "where"),
    [
        ("", "en", "a private chat on Telegram"),
        ("Lab", "en", "Lab on Telegram"),
        ("", "ko", "Telegram의 개인 대화"),
        ("Lab", "ko", "Telegram의 Lab"),
    ],
)
async def test_the_operator_reads_what_and_where_but_not_who(scene: Scene, room: str, language: str, where: str):
    scene.report(person="778899", room=room)
    (one,) = scene.store.read_now(reports.untold, 1)
    message = text(one, language, has_model=True)
    assert (message.heading, message.link) == ("OtterMap", "https://arxiv.org/abs/2403.00001")
    assert message.bullets == SUMMARY.bullets
    assert where in message.paragraphs[0]
    assert "778899" not in repr(message)
