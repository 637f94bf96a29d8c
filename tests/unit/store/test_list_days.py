"""Which papers stand on a day's list, and how far it is known."""

import datetime as dt

import pytest

from bot.model import ListDayState, Origin, Paper
from bot.ports import SourcePaper
from bot.store.list_days import (
    after_with_papers,
    before_with_papers,
    list_day,
    list_days,
    newest_with_papers,
    save_failure,
    save_list,
)
from bot.store.papers import merge_papers, paper, papers_of_day
from tests.new_store import new_store

NOW = dt.datetime(2024, 3, 28, 13, 0, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(hours=1)
DAY = dt.date(2024, 3, 28)
NEXT = dt.date(2024, 3, 29)


@pytest.fixture
def store(tmp_path):
    with new_store(tmp_path / "papers.db") as opened:
        yield opened


def save(store, ids, *, day=DAY, origin=Origin.HUB, state=ListDayState.OPEN, now=NOW):
    given = [Paper(id=one, title=one, origin=origin) for one in ids.split()]
    store.write_now(merge_papers, [SourcePaper(paper=one) for one in given], now=now)
    return store.write_now(save_list, day, given, origin=origin, state=state, now=now)


def shown(store, day=DAY):
    return " ".join(one.id for one in store.read_now(papers_of_day, day))


def first_seen(store, day=DAY):
    query = "SELECT id, list_entry.first_seen_at FROM list_entry JOIN paper ON key = paper_key WHERE day = ? ORDER BY id"
    rows = store.read_now(lambda connection: connection.execute(query, (day.isoformat(),)).fetchall())
    return {row["id"]: row["first_seen_at"][11:13] for row in rows}


def test_a_saved_list_is_read_back(store):
    saved = save(store, "b a c", state=ListDayState.SETTLED)
    assert (saved.state, saved.origin, saved.papers, saved.revision) == (ListDayState.SETTLED, Origin.HUB, 3, 1)
    assert saved.fetched_at == NOW
    assert store.read_now(list_day, DAY) == saved
    assert shown(store) == "b a c"


def test_a_day_that_nobody_asked_for_is_unknown(store):
    assert store.read_now(list_day, DAY) is None


@pytest.mark.parametrize(("ids", "revision"), [("a b", 1), ("b a", 2), ("a b c", 2), ("a", 2)])
def test_the_revision_goes_up_when_the_set_or_the_order_changes(store, ids, revision):
    save(store, "a b")
    assert save(store, ids, now=LATER).revision == revision
    assert shown(store) == ids


def test_a_paper_keeps_the_instant_at_which_it_was_first_seen(store):
    save(store, "a b")
    save(store, "b c a", now=LATER)
    assert first_seen(store) == {"a": "13", "b": "13", "c": "14"}


def test_the_hubs_list_replaces_an_archives_and_its_papers_are_not_new(store):
    save(store, "a b c", origin=Origin.ARCHIVE, state=ListDayState.CLOSED)
    saved = save(store, "c a d", now=LATER)
    assert (saved.origin, saved.state, saved.revision) == (Origin.HUB, ListDayState.OPEN, 2)
    assert shown(store) == "c a d"
    assert first_seen(store) == {"a": "13", "b": "13", "c": "13", "d": "14"}


def test_an_archive_does_not_touch_the_hubs_list(store):
    before = save(store, "c a")
    assert save(store, "a b c", origin=Origin.ARCHIVE, state=ListDayState.CLOSED, now=LATER) == before
    assert shown(store) == "c a"


def test_a_second_heading_of_the_same_day_adds_to_it(store):
    save(store, "a b", origin=Origin.ARCHIVE, state=ListDayState.CLOSED)
    assert save(store, "b c", origin=Origin.ARCHIVE, state=ListDayState.CLOSED).papers == 3
    assert shown(store) == "a b c"


def test_where_the_hub_has_no_papers_the_archive_stands(store):
    save(store, "a b", origin=Origin.ARCHIVE, state=ListDayState.CLOSED)
    saved = save(store, "", state=ListDayState.CLOSED, now=LATER)
    assert (saved.origin, saved.papers, saved.fetched_at) == (Origin.ARCHIVE, 2, LATER)
    assert shown(store) == "a b"


def test_an_empty_day_is_known_and_empty(store):
    saved = save(store, "", state=ListDayState.CLOSED)
    assert (saved.state, saved.origin, saved.papers) == (ListDayState.CLOSED, Origin.HUB, 0)


def test_a_failure_leaves_what_was_known(store):
    before = save(store, "a", state=ListDayState.SETTLED)
    failed = store.write_now(save_failure, DAY, "The Hub did not answer.", now=LATER)
    assert (failed.state, failed.papers, failed.fetched_at) == (before.state, 1, NOW)
    assert (failed.failed_at, failed.last_error) == (LATER, "The Hub did not answer.")
    assert save(store, "a", now=LATER).last_error == ""


def test_a_failure_on_an_unknown_day_leaves_it_wanted(store):
    assert store.write_now(save_failure, DAY, "No.", now=NOW).state is ListDayState.WANTED
    assert save(store, "a", origin=Origin.ARCHIVE, state=ListDayState.CLOSED).state is ListDayState.CLOSED


def test_a_paper_belongs_to_the_first_hub_day_on_which_it_stood(store):
    save(store, "a", day=NEXT)
    save(store, "a b", day=DAY)
    assert store.read_now(paper, "a").list_day == DAY


def test_the_archives_own_day_is_kept_beside(store):
    save(store, "a", day=DAY, origin=Origin.ARCHIVE, state=ListDayState.CLOSED)
    assert (store.read_now(paper, "a").list_day, store.read_now(paper, "a").archive_day) == (DAY, DAY)
    save(store, "a", day=NEXT)
    assert (store.read_now(paper, "a").list_day, store.read_now(paper, "a").archive_day) == (NEXT, DAY)


def test_a_paper_that_the_hub_took_off_its_list_belongs_to_no_day(store):
    save(store, "a b")
    save(store, "a", now=LATER)
    assert store.read_now(paper, "b").list_day is None


def test_days_with_papers_are_found_before_after_and_newest(store):
    for offset, ids in enumerate(("a", "", "b", "")):
        save(store, ids, day=DAY + dt.timedelta(days=offset), state=ListDayState.CLOSED)
    third = DAY + dt.timedelta(days=2)
    assert store.read_now(newest_with_papers, third).day == third
    assert store.read_now(newest_with_papers, third - dt.timedelta(days=1)).day == DAY
    assert store.read_now(before_with_papers, third).day == DAY
    assert store.read_now(after_with_papers, DAY).day == third
    assert store.read_now(after_with_papers, third) is None
    assert len(store.read_now(list_days, DAY, third)) == 3
