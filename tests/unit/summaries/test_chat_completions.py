"""Servers differ: what one does not know is left out, and remembered."""

import pytest

from bot.errors import SourceUnavailable
from bot.summaries.pipeline import Outcome
from tests.fakes.language_model import LanguageModel
from tests.unit.summaries.scene import OTTER, RIVER, opened, stored


def formats(model):
    return [asked.body.get("response_format", {}).get("type", "") for asked in model.asked]


@pytest.mark.parametrize(
    ("knows", "asked"),
    [
        (("json_schema", "json_object"), ["json_schema", "json_schema"]),
        (("json_object",), ["json_schema", "json_object", "json_object"]),
        ((), ["json_schema", "json_object", "", ""]),
    ],
)
async def test_forms_are_asked_for_in_turn_and_what_a_server_knows_is_remembered(tmp_path, knows, asked):
    async with LanguageModel(knows=knows) as model, opened(tmp_path, model, OTTER, RIVER) as parts:
        for paper in (OTTER, RIVER):
            assert (await parts.summaries.make(paper.id, "ko")).outcome is Outcome.MADE
        assert formats(model) == asked


async def test_a_reasoning_model_gets_no_temperature_and_the_other_limit(tmp_path):
    refuses = ("max_tokens", "temperature")
    async with LanguageModel(refuses=refuses) as model, opened(tmp_path, model, OTTER, RIVER) as parts:
        for paper in (OTTER, RIVER):
            assert (await parts.summaries.make(paper.id, "ko")).outcome is Outcome.MADE
        assert len(model.asked) == 4
        assert "max_completion_tokens" in model.asked[-1].body
        assert formats(model)[-1] == "json_schema"


async def test_a_refusal_of_one_papers_request_is_not_taken_for_the_servers_nature(tmp_path, monkeypatch):
    async with LanguageModel() as model, opened(tmp_path, model, OTTER, RIVER) as parts:
        model.knows = ()
        model.refuses = ("model",)
        assert (await parts.summaries.make(OTTER.id, "ko")).outcome is Outcome.UNUSABLE
        model.knows, model.refuses = ("json_schema",), ()
        assert (await parts.summaries.make(RIVER.id, "ko")).outcome is Outcome.MADE
        assert formats(model)[-1] == "json_schema"


async def test_no_tools_and_a_low_temperature(tmp_path):
    async with LanguageModel() as model, opened(tmp_path, model, OTTER) as parts:
        await parts.summaries.make(OTTER.id, "ko")
    body = model.asked[0].body
    assert "tools" not in body
    assert body["temperature"] <= 0.3


async def test_the_three_labelled_parts(tmp_path):
    async with LanguageModel() as model, opened(tmp_path, model, OTTER, llm_shape="labelled") as parts:
        await parts.summaries.make(OTTER.id, "ko")
        (summary,) = stored(parts, OTTER.id).summaries
    assert [bullet.split(":")[0] for bullet in summary.bullets] == ["**새로운 점**", "**방법**", "**결과**"]
    assert summary.prompt_version == "1-labelled"


async def test_a_server_of_ones_own_needs_no_key(tmp_path):
    async with LanguageModel() as model, opened(tmp_path, model, OTTER, llm_api_key=None) as parts:
        with pytest.raises(Exception, match="401"):
            await parts.summaries.make(OTTER.id, "ko")
        assert model.asked[0].authorization is None


async def test_a_server_that_keeps_failing_is_unavailable(tmp_path, monkeypatch):
    async with LanguageModel(always="500") as model, opened(tmp_path, model, OTTER) as parts:
        with pytest.raises(SourceUnavailable, match="asked 3 times"):
            await parts.summaries.make(OTTER.id, "ko")
