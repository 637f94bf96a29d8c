"""Lists and papers fetched into the store, from a Hub and an arXiv on loopback."""

import asyncio
import datetime as dt

import pytest

from bot.clock import Clock
from bot.digest.fetching import MOST_LOOKED_UP, Fetcher, PaperFinder
from bot.errors import PaperNotFound, SourceRefused, SourceUnavailable, UnreadableAnswer
from bot.model import ListDayState, Origin, Paper
from bot.ports import SourcePaper
from bot.sources.arxiv import Arxiv
from bot.sources.http import Patience, Window, make_client
from bot.sources.hugging_face import HuggingFace
from bot.store.list_days import list_day, save_list
from bot.store.papers import merge_papers, paper, papers_of_day
from tests.fakes.hub import BIG_DAY, FIRST_DAY, QUIET_DAY, SEED_DAY, Hub, arxiv_entry, entry, invented_list
from tests.new_store import new_store

IMPATIENT = Patience(attempts=2, first_wait=0.0, longest_wait=0.01, answer=1.0)
SATURDAY = dt.date(2024, 3, 30)


@pytest.fixture
async def hub():
    async with Hub() as running:
        yield running


@pytest.fixture
def store(tmp_path):
    with new_store(tmp_path / "papers.db") as opened:
        yield opened


@pytest.fixture
async def client():
    async with make_client() as opened:
        yield opened


@pytest.fixture
def fetcher(hub, store, client):
    def at(instant):
        clock = Clock(dt.datetime.fromisoformat(f"{instant}+00:00"))
        hub.today = clock.now().date()
        return Fetcher(store, HuggingFace(client, hub.url, patience=IMPATIENT), clock)

    return at


@pytest.fixture
def finder(hub, store, client):
    sources = (
        HuggingFace(client, hub.url, patience=IMPATIENT),
        Arxiv(client, hub.url, patience=IMPATIENT, window=Window(99, 1)),
    )
    return PaperFinder(store, sources, Clock())


def known(store, day=SEED_DAY):
    return store.read_now(list_day, day)


async def test_a_day_is_fetched_and_saved(store, fetcher):
    saved = await fetcher("2024-03-28T13:00").fetch_day(SEED_DAY)
    assert (saved.state, saved.origin, saved.papers) == (ListDayState.SETTLED, Origin.HUB, 10)
    assert store.read_now(papers_of_day, SEED_DAY)[0].id == "2403.18361"


async def test_those_who_ask_for_a_day_at_once_share_its_answer_and_one_who_leaves_takes_nothing(hub, fetcher, store):
    one = fetcher("2024-03-28T13:00")
    asking = [asyncio.create_task(one.fetch_day(SEED_DAY)) for _ in range(3)]
    while not hub.requests:
        await asyncio.sleep(0.001)
    for task in asking[:2]:
        task.cancel()
    assert (await asking[2]).papers == 10
    assert len(hub.requests) == 2, hub.requests  # the page, and the empty one after it


async def test_a_day_of_more_than_a_page_is_whole(fetcher):
    assert (await fetcher("2024-03-28T13:00").fetch_day(BIG_DAY)).papers == 123


async def test_a_day_closes_when_it_is_fetched_after_three_the_next_morning(fetcher):
    assert (await fetcher("2024-03-28T11:00").fetch_day(SEED_DAY)).state is ListDayState.OPEN
    assert (await fetcher("2024-03-29T03:00").fetch_day(SEED_DAY)).state is ListDayState.CLOSED


async def test_an_empty_day_is_open_until_it_closes(fetcher):
    assert (await fetcher("2024-03-24T20:00").fetch_day(QUIET_DAY)).state is ListDayState.OPEN
    closed = await fetcher("2024-03-25T04:00").fetch_day(QUIET_DAY)
    assert (closed.state, closed.papers) == (ListDayState.CLOSED, 0)


async def test_a_failed_request_never_turns_into_no_papers(hub, store, fetcher):
    before = await fetcher("2024-03-28T13:00").fetch_day(SEED_DAY)
    hub.fail(500, 99)
    with pytest.raises(SourceUnavailable):
        await fetcher("2024-03-29T04:00").fetch_day(SEED_DAY)
    after = known(store)
    assert (after.state, after.papers, after.fetched_at) == (before.state, 10, before.fetched_at)
    assert "status 500" in after.last_error


async def test_a_day_whose_first_request_failed_is_wanted(hub, store, fetcher):
    hub.fail(500, 99)
    with pytest.raises(SourceUnavailable):
        await fetcher("2024-03-28T13:00").fetch_day(SEED_DAY)
    assert known(store).state is ListDayState.WANTED


async def test_of_a_day_that_the_hub_refuses_nothing_is_saved(store, fetcher):
    with pytest.raises(SourceRefused):
        await fetcher("2024-03-28T13:00").fetch_day(SATURDAY)
    assert known(store, SATURDAY) is None


async def test_a_list_that_was_full_and_is_answered_empty_is_kept(hub, store, fetcher):
    await fetcher("2024-03-28T13:00").fetch_day(SEED_DAY)
    hub.days[SEED_DAY] = []
    with pytest.raises(UnreadableAnswer, match="has no papers, though it had some"):
        await fetcher("2024-03-28T14:00").fetch_day(SEED_DAY)
    assert known(store).papers == 10


async def test_the_list_follows_the_hub(hub, store, fetcher):
    await fetcher("2024-03-28T13:00").fetch_day(SEED_DAY)
    gone = hub.days[SEED_DAY].pop(3)
    hub.days[SEED_DAY].append(entry("2403.99999", "Late"))
    saved = await fetcher("2024-03-28T14:00").fetch_day(SEED_DAY)
    ids = [one.id for one in store.read_now(papers_of_day, SEED_DAY)]
    assert saved.revision == 2
    assert ids[-1] == "2403.99999"
    assert gone["paper"]["id"] not in ids
    assert store.read_now(paper, gone["paper"]["id"]) is not None


async def test_votes_are_those_of_the_last_answer(hub, store, fetcher):
    await fetcher("2024-03-28T13:00").fetch_day(SEED_DAY)
    hub.days[SEED_DAY][0]["paper"]["upvotes"] = 99
    saved = await fetcher("2024-03-28T14:00").fetch_day(SEED_DAY)
    assert saved.revision == 1
    assert store.read_now(paper, "2403.18361").upvotes == 99


# --- The newest day -------------------------------------------------------------------------------------------------------


async def test_the_newest_day_is_todays(hub, fetcher):
    newest = await fetcher("2024-03-28T13:00").fetch_newest()
    assert newest.day == SEED_DAY
    assert hub.asked_days() == ["2024-03-28"]


async def test_on_a_weekend_the_newest_day_is_the_last_with_papers(hub, fetcher):
    newest = await fetcher("2024-03-31T10:00").fetch_newest()
    assert newest.day == SEED_DAY
    assert hub.asked_days() == ["2024-03-31", "2024-03-30", "2024-03-29", "2024-03-28"]


async def test_days_that_are_complete_are_not_asked_for_again(hub, fetcher):
    await fetcher("2024-03-31T10:00").fetch_newest()
    hub.requests.clear()
    assert (await fetcher("2024-03-31T11:00").fetch_newest()).day == SEED_DAY
    assert hub.asked_days() == ["2024-03-31"]


async def test_when_our_clock_is_ahead_of_the_hub_the_newest_day_is_found_all_the_same(hub, fetcher):
    ahead = fetcher("2024-05-01T10:00")
    hub.today = SEED_DAY
    hub.days[SEED_DAY][0]["paper"]["submittedOnDailyAt"] = "2024-03-28T06:00:00.000Z"
    assert (await ahead.fetch_newest()).day == SEED_DAY


async def test_a_hub_without_any_papers_has_no_newest_day(hub, fetcher):
    hub.days.clear()
    assert await fetcher("2024-03-28T13:00").fetch_newest() is None


async def test_without_a_hub_the_newest_day_is_an_error(hub, fetcher):
    hub.fail(500, 99)
    with pytest.raises(SourceUnavailable):
        await fetcher("2024-03-28T13:00").fetch_newest()
    assert hub.asked_days() == ["2024-03-28"] * 2


# --- Many days ------------------------------------------------------------------------------------------------------------


async def test_every_day_since_one_is_fetched_with_progress(hub, store, fetcher):
    steps = []
    done = await fetcher("2024-03-28T13:00").fetch_since(FIRST_DAY, lambda *step: steps.append(step))
    assert [one.papers for one in done.days] == [10, 123, 7, 3]
    assert steps[0] == (SEED_DAY, 0, 4)
    assert steps[-1][1:] == (4, 4)


async def test_fetching_many_days_goes_on_where_it_was(hub, fetcher):
    hub.fail(500, 99, path="2024-03-26")
    with pytest.raises(SourceUnavailable):
        await fetcher("2024-03-29T13:00").fetch_since(FIRST_DAY)
    hub.failures.clear()
    hub.requests.clear()
    done = await fetcher("2024-03-29T13:00").fetch_since(FIRST_DAY)
    assert hub.asked_days() == ["2024-03-29", "2024-03-26", "2024-03-25"]
    assert done.skipped == 2


async def test_one_day_that_cannot_be_read_does_not_stop_the_others(hub, fetcher):
    hub.fail(200, 1, path="2024-03-26", body="<html>")
    done = await fetcher("2024-03-28T13:00").fetch_since(FIRST_DAY)
    assert len(done.days) == 3
    assert "no JSON" in done.failures[0]


async def test_an_archives_day_is_fetched_for_the_hubs_list_stands_over_it(hub, store, fetcher):
    old = Paper(id="2403.18361", title="ViTAR", upvotes=1, origin=Origin.ARCHIVE)
    store.write_now(merge_papers, [SourcePaper(paper=old, source="archive")], now=Clock().now())
    store.write_now(save_list, SEED_DAY, [old], origin=Origin.ARCHIVE, state=ListDayState.CLOSED, now=Clock().now())
    await fetcher("2024-03-30T13:00").fetch_since(SEED_DAY)
    assert (known(store).origin, known(store).papers) == (Origin.HUB, 10)
    assert store.read_now(paper, "2403.18361").upvotes == 26


async def test_the_hourly_job_fetches_today_and_the_days_that_are_not_closed(hub, fetcher):
    done = await fetcher("2024-03-28T13:00").refresh()
    assert [one.day.day for one in done.days] == [28, 27, 26, 25]
    hub.requests.clear()
    await fetcher("2024-03-28T14:00").refresh()
    assert hub.asked_days() == ["2024-03-28"]


async def test_one_failing_day_does_not_stop_the_hourly_job(hub, fetcher):
    hub.fail(500, 99, path="2024-03-27")
    done = await fetcher("2024-03-28T13:00").refresh()
    assert [one.day.day for one in done.days] == [28, 26, 25]
    assert len(done.failures) == 1


async def test_before_the_hub_has_todays_list_the_hourly_job_fetches_the_others(hub, fetcher):
    early = fetcher("2024-03-29T00:10")
    hub.today = SEED_DAY
    done = await early.refresh()
    assert done.failures == ()
    assert done.days[0].day == SEED_DAY


async def test_after_weeks_off_the_gap_is_filled_as_far_back_as_the_setting_says(hub, store, client, fetcher):
    hub.days[dt.date(2024, 2, 28)] = invented_list(dt.date(2024, 2, 28), 2)
    await fetcher("2024-02-28T13:00").fetch_day(dt.date(2024, 2, 28))
    hub.requests.clear()
    back = fetcher("2024-03-28T13:00")
    since, missing = await back.gaps()
    assert (since, len(missing), missing[0][0], missing[-1]) == (dt.date(2024, 3, 14), 14, BIG_DAY, (since, None))
    await back.refresh()
    assert len(hub.asked_days()) == 15
    assert await back.gaps() == (since, [])


async def test_days_that_the_setting_leaves_out_are_no_gap(hub, store, client, fetcher):
    await fetcher("2024-03-20T13:00").fetch_day(dt.date(2024, 3, 20))
    clock = Clock(dt.datetime(2024, 3, 28, 13, tzinfo=dt.UTC))
    hub.today = SEED_DAY
    narrow = Fetcher(store, HuggingFace(client, hub.url, patience=IMPATIENT), clock, gap_days=2)
    assert [day for day, _ in (await narrow.gaps())[1]] == [BIG_DAY, BIG_DAY - dt.timedelta(days=1)]


async def test_a_closed_list_that_is_young_is_fetched_again_by_pages_and_never_paper_by_paper(hub, store, fetcher):
    await fetcher("2024-03-29T03:50").fetch_day(SEED_DAY)
    hub.days[SEED_DAY][0]["paper"]["upvotes"] = 400
    hub.days[SEED_DAY][1]["paper"]["title"] = "A Better Title"
    hub.days[SEED_DAY][2]["paper"]["githubRepo"] = "https://github.com/invented/code"
    withdrawn = hub.days[SEED_DAY].pop()["paper"]["id"]
    hub.requests.clear()
    await fetcher("2024-03-30T03:50").refresh()
    # Pages until an empty one.
    assert len([request for request in hub.requests if "date=2024-03-28" in request]) == 2
    assert not [request for request in hub.requests if "/api/papers/" in request]
    listed = store.read_now(papers_of_day, SEED_DAY)
    assert (listed[0].upvotes, listed[1].title) == (400, "A Better Title")
    assert listed[2].github_repo == "https://github.com/invented/code"
    # Withdrawn: from the list, not from the store, where a frozen digest may still need it.
    assert withdrawn not in [one.id for one in listed]
    assert store.read_now(paper, withdrawn) is not None


# --- One paper ------------------------------------------------------------------------------------------------------------


async def test_a_paper_in_the_store_is_asked_of_nobody(hub, store, finder):
    store.write_now(merge_papers, [SourcePaper(paper=Paper(id="2403.18361", title="Mine"))], now=Clock().now())
    assert (await finder.find("2403.18361")).title == "Mine"
    assert hub.requests == []


async def test_a_paper_that_never_was_on_a_list_is_found_on_the_hub_and_kept(hub, store, finder):
    hub.papers["2301.00001"] = entry("2301.00001", "Off the List")["paper"]
    found = await finder.find("2301.00001")
    assert (found.title, found.list_day, found.origin) == ("Off the List", None, Origin.HUB)
    assert store.read_now(paper, "2301.00001") == found


async def test_a_paper_that_the_hub_does_not_know_is_found_on_arxiv(hub, finder):
    hub.arxiv["cs/0112017"] = arxiv_entry("cs/0112017", "Old")
    assert (await finder.find("cs/0112017")).origin is Origin.ARXIV


async def test_when_the_hub_fails_arxiv_is_asked(hub, finder):
    hub.fail(500, 99, path="/api/papers")
    hub.arxiv["cs/0112017"] = arxiv_entry("cs/0112017", "Old")
    assert (await finder.find("cs/0112017")).title == "Old"


async def test_a_paper_that_nobody_knows_is_not_found(finder):
    with pytest.raises(PaperNotFound, match=r"knows the paper 9901\.99999"):
        await finder.find("9901.99999")


async def test_when_one_who_might_know_is_silent_the_paper_is_not_called_unknown(hub, finder):
    hub.fail(500, 99, path="/api/papers")
    with pytest.raises(SourceUnavailable, match="could not be looked up"):
        await finder.find("9901.99999")


async def test_people_who_ask_at_once_share_a_request_and_one_who_leaves_takes_nothing(hub, finder):
    hub.papers["2301.00001"] = entry("2301.00001", "Off the List")["paper"]
    asking = [asyncio.create_task(finder.find("2301.00001")) for _ in range(5)]
    while not hub.requests:
        await asyncio.sleep(0.001)
    asking[0].cancel()
    found = await asyncio.gather(*asking[1:])
    assert {one.title for one in found} == {"Off the List"}
    assert hub.requests == ["/api/papers/2301.00001"]


async def test_a_flood_of_unknown_papers_ends_with_a_sentence(hub, finder):
    asking = [finder.find(f"2301.{number:05}") for number in range(MOST_LOOKED_UP + 5)]
    ends = await asyncio.gather(*asking, return_exceptions=True)
    assert sum("other papers are being looked up" in str(end) for end in ends) == 5
    with pytest.raises(PaperNotFound):
        await finder.find("2301.00001")


async def test_a_paper_that_was_not_found_is_asked_for_again(hub, finder):
    with pytest.raises(PaperNotFound):
        await finder.find("2301.00001")
    hub.papers["2301.00001"] = entry("2301.00001", "Came Later")["paper"]
    assert (await finder.find("2301.00001")).title == "Came Later"


async def test_a_paper_belongs_to_the_first_day_on_which_it_stood(hub, store, fetcher):
    hub.days[SEED_DAY] = [*hub.days[SEED_DAY], *invented_list(FIRST_DAY, 1)]
    await fetcher("2024-03-29T13:00").fetch_since(FIRST_DAY)
    assert store.read_now(paper, hub.days[FIRST_DAY][0]["paper"]["id"]).list_day == FIRST_DAY
