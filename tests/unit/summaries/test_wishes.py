"""A paper that somebody asks for: the answer comes at once with what there is, and the next one with a model's summary."""

import asyncio
import contextlib
import dataclasses

import pytest

from bot.commands.conversation import Conversation
from bot.model import Address, ChatKind, SummarySource
from bot.ports import Request, Sent
from bot.store import usage
from bot.summarizing import MOST_WISHES, Summarizing
from tests.fakes.language_model import LanguageModel
from tests.unit.summaries.scene import BARE, DAY, OTTER, RIGHT, opened, stored

BEING_WRITTEN = "요약을 작성하고 있습니다"


@pytest.fixture
async def model():
    async with LanguageModel() as served:
        yield served


async def sent(message):
    return Sent("1")


@contextlib.asynccontextmanager
async def asked(tmp_path, model, *given, **more):
    """`(parts, ask)`: `await ask(text)` is the one message that a Korean reader is answered with; the work runs beside."""
    async with opened(tmp_path, model, *given, **more) as parts:
        summarizing = Summarizing(parts.store, parts.summaries)
        talk = Conversation(parts.store, parts.clock, parts.settings, parts.fetcher, parts.finder, summarizing=summarizing)

        async def ask(text):
            request = Request(address=Address("telegram", "1"), kind=ChatKind.PRIVATE, text=text, reply=sent, language="ko")
            (message,) = await talk.answer(request)
            return message

        work = asyncio.create_task(summarizing.run())
        try:
            yield parts, ask
        finally:
            work.cancel()


async def written(parts, paper_id):
    async with asyncio.timeout(10):
        while not stored(parts, paper_id).summaries:
            await asyncio.sleep(0.02)
    return stored(parts, paper_id).summaries[0]


async def test_a_paper_is_shown_at_once_and_its_summary_is_there_the_next_time(tmp_path, model):
    model.slow = 0.3
    async with asked(tmp_path, model, OTTER) as (parts, ask):
        first = await ask(f"/paper {OTTER.id}")
        again = await ask(f"/paper {OTTER.id}")
        await written(parts, OTTER.id)
        second = await ask(f"/paper {OTTER.id}")
    assert first.heading == OTTER.title
    assert first.bullets
    assert BEING_WRITTEN in first.footer
    assert BEING_WRITTEN in again.footer
    assert "test-model" in second.footer
    assert BEING_WRITTEN not in second.footer
    assert len(model.asked) == 1


async def test_what_is_there_is_not_promised_while_its_wish_is_about_to_leave_the_queue(tmp_path, model):
    async with opened(tmp_path, model, OTTER) as parts:
        summarizing = Summarizing(parts.store, parts.summaries)
        assert await summarizing.wish(OTTER, "ko")
        assert await summarizing.wish(OTTER, "ko")
        assert not await summarizing.wish(dataclasses.replace(OTTER, summaries=(RIGHT,)), "ko")


@pytest.mark.parametrize(
    "paper", [dataclasses.replace(OTTER, summaries=(RIGHT,)), BARE], ids=["has one", "has no abstract"]
)
async def test_nobody_is_asked_for_what_is_there_or_has_no_source(tmp_path, model, paper):
    async with asked(tmp_path, model, paper) as (_, ask):
        assert BEING_WRITTEN not in (await ask(f"/paper {paper.id}")).footer
    assert model.asked == []


async def test_without_a_model_nothing_is_promised(tmp_path):
    async with asked(tmp_path, None, OTTER) as (_, ask):
        assert BEING_WRITTEN not in (await ask(f"/paper {OTTER.id}")).footer


async def test_nothing_is_promised_when_the_budget_is_spent(tmp_path, model):
    async with asked(tmp_path, model, OTTER) as (parts, ask):
        parts.store.write_now(usage.stop, DAY)
        assert BEING_WRITTEN not in (await ask(f"/paper {OTTER.id}")).footer
    assert model.asked == []


async def test_nothing_is_promised_when_the_model_has_just_refused_and_the_next_wish_is_fulfilled(tmp_path, model):
    river = dataclasses.replace(OTTER, id="2403.00009", title="Slow Otters")
    model.once_by_title[OTTER.title] = "refused"
    async with asked(tmp_path, model, OTTER, river) as (parts, ask):
        assert BEING_WRITTEN in (await ask(f"/paper {OTTER.id}")).footer
        assert BEING_WRITTEN in (await ask(f"/paper {river.id}")).footer
        assert (await written(parts, river.id)).source is SummarySource.MODEL
        assert BEING_WRITTEN not in (await ask(f"/paper {OTTER.id}")).footer


async def test_a_crowd_cannot_make_the_queue_long(tmp_path, model):
    model.always = "hang"
    papers = [dataclasses.replace(OTTER, id=f"2403.1{number:04}") for number in range(MOST_WISHES + 1)]
    async with asked(tmp_path, model, *papers) as (_, ask):
        promised = [BEING_WRITTEN in (await ask(f"/paper {paper.id}")).footer for paper in papers]
    assert promised == [True] * MOST_WISHES + [False]
