"""What happens in the program is told to its observer: messages, ends of deliveries, fetches, summaries; and the log's lines."""

import datetime as dt

import pytest
from structlog.testing import capture_logs

from bot.clock import Clock
from bot.delivery.answers import send_answers
from bot.delivery.engine import Engine
from bot.delivery.pace import Pace
from bot.digest.fetching import Fetcher
from bot.errors import ModelUnusable, SourceUnavailable
from bot.message import Message
from bot.model import Address
from bot.observing import Observer
from bot.parts import open_parts
from bot.ports import NotSent, Sent
from bot.settings import Settings
from bot.sources.http import Patience, make_client
from bot.sources.hugging_face import HuggingFace
from bot.store import announcements
from tests.fakes.hub import SEED_DAY, Hub
from tests.fakes.language_model import LanguageModel
from tests.fakes.loopback_platform import PLATFORM
from tests.integration.engine_scene import DUE
from tests.unit.delivery.scene import NOW
from tests.unit.summaries.scene import OTTER, RIVER, put, settings


class Notebook(Observer):
    def __init__(self):
        self.heard: list[tuple[str, ...]] = []

    def sent(self, platform, purpose, outcome):
        self.heard.append(("sent", platform, purpose.value, type(outcome).__name__))

    def delivery_ended(self, platform, how):
        self.heard.append(("ended", platform, how.value))

    def fetched(self, result):
        self.heard.append(("fetched", result))

    def summarized(self, result):
        self.heard.append(("summarized", result))


@pytest.fixture
def notebook():
    return Notebook()


async def test_each_message_and_each_end_of_a_delivery_is_told_and_one_line_of_the_log(scene, notebook):
    scene.engine = Engine(scene.store, {PLATFORM: scene.adapter}, scene.clock, scene.pace, Settings(), observer=notebook)
    scene.platform.answers["2"] = [{"outcome": "unreachable", "reason": "blocked"}]
    scene.subscriber("1")
    scene.subscriber("2")
    with capture_logs() as logs:
        await scene.at(DUE)
    heard = notebook.heard
    assert heard.count(("sent", PLATFORM, "digest", "Sent")) == 11
    assert heard.count(("sent", PLATFORM, "digest", "Unreachable")) == 1
    assert sorted(one for one in heard if one[0] == "ended") == [
        ("ended", PLATFORM, "done"),
        ("ended", PLATFORM, "parked"),
    ]
    told = [line for line in logs if line.get("chat")]
    assert [(line["event"], line["chat"], line["log_level"]) for line in sorted(told, key=lambda line: line["chat"])] == [
        ("delivery ended", f"{PLATFORM}:1", "info"),
        ("parked", f"{PLATFORM}:2", "warning"),
    ]


async def test_an_announcement_is_told_as_one(scene, notebook):
    scene.engine = Engine(scene.store, {PLATFORM: scene.adapter}, scene.clock, scene.pace, Settings(), observer=notebook)
    scene.subscriber("1")
    number = scene.store.write_now(announcements.draft, "Tea at four", now=NOW)
    scene.store.write_now(announcements.confirm, number, now=NOW)
    await scene.run()
    assert notebook.heard == [("sent", PLATFORM, "announcement", "Sent"), ("ended", PLATFORM, "done")]
    assert scene.platform.texts("1") == ["📢 From the operator of this bot"]
    await scene.at(DUE)
    assert len(scene.platform.texts("1")) == 12


async def test_an_answer_is_told_with_what_became_of_it(notebook):
    outcomes = [NotSent("no connection"), Sent("1")]

    async def reply(message):
        return outcomes.pop(0)

    assert await send_answers(reply, Address("telegram", "1"), [Message(heading="x")], Pace({}), notebook)
    assert notebook.heard == [("sent", "telegram", "answer", "NotSent"), ("sent", "telegram", "answer", "Sent")]


async def test_each_fetch_is_told_with_what_came_of_it(scene, notebook):
    impatient = Patience(attempts=1, first_wait=0.0, longest_wait=0.0, answer=1.0)
    async with Hub() as hub, make_client() as client:
        hub.today = SEED_DAY
        fetcher = Fetcher(scene.store, HuggingFace(client, hub.url, patience=impatient), Clock(NOW), observer=notebook)
        await fetcher.fetch_day(SEED_DAY)
        hub.fail(500, 1)
        with pytest.raises(SourceUnavailable):
            await fetcher.fetch_day(SEED_DAY)
        with pytest.raises(Exception, match="2024-03-30"):
            await fetcher.fetch_day(SEED_DAY + dt.timedelta(days=2))
    assert notebook.heard == [("fetched", "fetched"), ("fetched", "failed"), ("fetched", "refused")]


async def test_what_comes_of_asking_a_model_is_told_and_makes_its_health(tmp_path, notebook):
    async with LanguageModel() as model, open_parts(settings(tmp_path, model), notebook) as parts:
        parts.store.write_now(put, OTTER, RIVER)
        model.next(["another paper", "another paper"])
        await parts.summaries.make(OTTER.id, "ko")
        assert (parts.summaries.health.failures, parts.summaries.health.refused) == (1, False)
        assert "Does not seem to be about this paper" in parts.summaries.health.reason
        await parts.summaries.make(RIVER.id, "ko")
        assert parts.summaries.health.works
        # One that is there already, or cannot be written, says nothing of the model.
        await parts.summaries.make(RIVER.id, "ko")
    assert notebook.heard == [("summarized", "unusable"), ("summarized", "made")]


async def test_a_model_that_cannot_be_asked_is_told_as_refused_or_unavailable(tmp_path, notebook):
    async with LanguageModel() as model:
        async with open_parts(settings(tmp_path, model, llm_api_key="sk-wrong"), notebook) as parts:
            parts.store.write_now(put, OTTER)
            with pytest.raises(ModelUnusable):
                await parts.summaries.make(OTTER.id, "ko")
            assert parts.summaries.health.refused
        nowhere = settings(tmp_path, model, llm_api_url="http://127.0.0.1:9/v1")
        async with open_parts(nowhere, notebook) as parts:
            with pytest.raises(SourceUnavailable):
                await parts.summaries.make(OTTER.id, "ko")
            assert (parts.summaries.health.failures, parts.summaries.health.refused) == (1, False)
    assert notebook.heard == [("summarized", "refused"), ("summarized", "unavailable")]
