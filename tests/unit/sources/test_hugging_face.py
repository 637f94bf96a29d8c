"""The Hub, asked over HTTP: every page, every refusal, every failure."""

import datetime as dt
import json

import pytest

from bot.errors import PaperNotFound, SourceRefused, SourceUnavailable, UnreadableAnswer
from bot.sources.http import Patience, Window, make_client
from bot.sources.hugging_face import HuggingFace
from tests.fakes.hub import BIG_DAY, QUIET_DAY, SEED_DAY, Hub, entry

IMPATIENT = Patience(attempts=3, first_wait=0.0, longest_wait=0.01, answer=0.7)


@pytest.fixture
async def hub():
    async with Hub() as running:
        yield running


@pytest.fixture
async def source(hub):
    async with make_client() as client:
        yield HuggingFace(client, hub.url, patience=IMPATIENT)


async def test_a_day_is_read_in_the_lists_order(hub, source):
    papers = await source.day(SEED_DAY)
    assert len(papers) == 10
    assert papers[0].paper.title == "ViTAR: Vision Transformer with Any Resolution"
    assert [one.paper.id for one in papers] == [one["paper"]["id"] for one in hub.days[SEED_DAY]]
    assert {one.paper.list_day for one in papers} == {SEED_DAY}


async def test_a_day_is_paged_until_an_empty_page(hub, source):
    assert len(await source.day(BIG_DAY)) == 123
    assert hub.requests == [f"/api/daily_papers?date=2024-03-27&p={page}&limit=100" for page in range(3)]


async def test_a_server_that_repeats_its_page_for_ever_is_left(hub, source):
    hub.knows_pages = False
    assert len(await source.day(SEED_DAY)) == 10
    assert len(hub.requests) == 2


async def test_a_paper_that_slides_into_the_next_page_while_it_is_read_stands_once(hub, source):
    hub.late = [entry("2403.99999", "Came between two pages")]
    assert [one.paper.id for one in await source.day(BIG_DAY)] == [one["paper"]["id"] for one in hub.days[BIG_DAY]]


async def test_a_day_without_papers_is_empty(source):
    assert await source.day(QUIET_DAY) == []


async def test_a_day_to_come_is_refused(source):
    with pytest.raises(SourceRefused, match="has no list of 2024-03-29 yet"):
        await source.day(SEED_DAY + dt.timedelta(days=1))


async def test_a_failure_is_asked_again(hub, source):
    hub.fail(503, 2)
    assert len(await source.day(SEED_DAY)) == 10


async def test_a_server_that_keeps_failing_is_unavailable(hub, source):
    hub.fail(500, 99)
    with pytest.raises(SourceUnavailable, match=r"Hugging Face answered with status 500 .* asked 3 times; try again later"):
        await source.day(SEED_DAY)
    assert len(hub.requests) == 3


async def test_a_server_that_never_answers_is_unavailable(hub, source):
    hub.fail(0, 99)
    with pytest.raises(SourceUnavailable, match="did not answer in time"):
        await source.day(SEED_DAY)


async def test_a_server_that_is_not_there_is_unavailable():
    async with make_client() as client:
        with pytest.raises(SourceUnavailable, match="could not be reached"):
            await HuggingFace(client, "http://127.0.0.1:1", patience=IMPATIENT).day(SEED_DAY)


async def test_a_failure_on_a_later_page_is_no_short_list(hub, source):
    hub.fail(500, 99, path="p=1")
    with pytest.raises(SourceUnavailable):
        await source.day(BIG_DAY)


async def test_a_refused_later_page_is_no_short_list(hub, source):
    hub.fail(400, 99, path="p=1")
    with pytest.raises(SourceUnavailable):
        await source.day(BIG_DAY)


@pytest.mark.parametrize("body", ["<html>busy</html>", '{"error": "no"}', "", '[{"paper'])
async def test_an_answer_that_is_no_list_is_unreadable(hub, source, body):
    hub.fail(200, path="p=0", body=body)
    with pytest.raises(UnreadableAnswer):
        await source.day(SEED_DAY)


async def test_a_malformed_entry_does_not_cost_the_others(hub, source):
    hub.days[SEED_DAY][2:4] = [{"paper": None}, "what"]
    assert len(await source.day(SEED_DAY)) == 8


async def test_a_list_of_which_nothing_can_be_read_is_not_an_empty_day(hub, source):
    hub.days[SEED_DAY] = [{"id": "2403.18361"}]
    with pytest.raises(UnreadableAnswer, match="None of the 1 entries"):
        await source.day(SEED_DAY)


async def test_the_raw_entry_is_kept(hub, source):
    hub.days[SEED_DAY][0]["paper"]["a_field_of_next_year"] = {"x": [1, "하나"]}
    first = (await source.day(SEED_DAY))[0]
    assert json.loads(first.raw) == hub.days[SEED_DAY][0]
    assert first.source == "hub"


async def test_a_paper_is_read_without_a_day(source):
    found = await source.paper("2403.18361")
    assert (found.paper.upvotes, found.paper.list_day, found.source) == (26, None, "hub-paper")


async def test_an_unknown_paper_is_not_found(source):
    with pytest.raises(PaperNotFound, match=r"does not know the paper 9999\.99999"):
        await source.paper("9999.99999")


async def test_the_token_is_sent_when_there_is_one(hub):
    async with make_client() as client:
        await HuggingFace(client, hub.url, "hf_right").day(SEED_DAY)
        await HuggingFace(client, hub.url).day(SEED_DAY)
    assert hub.tokens == ["Bearer hf_right"] * 2 + [None] * 2


async def test_a_wrong_token_is_said_without_showing_it(hub):
    async with make_client() as client:
        with pytest.raises(SourceUnavailable, match=r"status 401 .* Check HF_TOKEN") as caught:
            await HuggingFace(client, hub.url, "hf_secret").day(SEED_DAY)
    assert "hf_secret" not in str(caught.value)


async def test_the_project_names_itself(hub, source):
    await source.day(SEED_DAY)
    assert all(agent.startswith("daily-papers-bot/") for agent in hub.agents)


async def test_the_undated_answer_hints_at_days_to_ask_for(hub, source):
    hub.days[SEED_DAY][0]["paper"]["submittedOnDailyAt"] = "2024-03-28T06:00:00.000Z"
    assert (await source.newest_hint())[:3] == [dt.date(2024, 3, 29), SEED_DAY, BIG_DAY]


class Time:
    """Seconds that pass only when somebody waits."""

    def __init__(self):
        self.now = 0.0
        self.waits = []

    async def wait(self, seconds):
        self.waits.append(seconds)
        self.now += seconds


async def test_no_more_requests_than_allowed_are_sent_in_the_window():
    time = Time()
    window = Window(3, 300, time=lambda: time.now, wait=time.wait)
    for _ in range(7):
        await window.turn()
        time.now += 1
    assert time.waits == [297, 297]
    assert time.now == 601
