"""The whole of the real data in one store: complete, in the right hands, and nothing twice. Skipped where it is not."""

import datetime as dt

import pytest

from bot.digest.importing import export_lines, import_path
from bot.model import ListDayState, Origin
from bot.store.connection import open_store
from bot.store.list_days import list_day, list_days
from bot.store.papers import paper, papers_of_day
from bot.store.search import search
from tests.shared_data import SHARED, needs_shared

pytestmark = needs_shared

NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)
SEED_DAY = dt.date(2024, 3, 28)


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """A store with the archive and every recorded answer, and the reports of both imports."""
    with open_store(tmp_path_factory.mktemp("real") / "papers.db") as store:
        archive = import_path(store, SHARED / "daily_papers_ko", now=NOW)
        hub = import_path(store, SHARED / "hugging_face", now=NOW)
        yield store, archive, hub


def test_every_day_and_paper_of_the_archive_is_imported(imported):
    _, archive, _ = imported
    assert (archive.files, len(archive.days), len(archive.papers)) == (226, 226, 2986)
    assert archive.lines_read == archive.lines == 41_171
    assert archive.unreadable == []


def test_every_recorded_answer_is_imported(imported):
    _, _, hub = imported
    assert (hub.files, len(hub.days)) == (290, 287)
    # not_found.json holds none, and says so.
    assert [one.path.name for one in hub.unreadable] == ["not_found.json"]


def test_the_seeds_day_is_the_hubs_with_the_archives_bullets(imported):
    store, _, _ = imported
    day = store.read_now(list_day, SEED_DAY)
    assert (day.origin, day.state, day.papers) == (Origin.HUB, ListDayState.CLOSED, 10)
    first = store.read_now(papers_of_day, SEED_DAY)[0]
    assert (first.id, first.upvotes) == ("2403.18361", 24)
    assert first.authors[0] == "Qihang Fan"
    assert {one.language for one in first.summaries} == {"ko"}


def test_days_that_only_the_archive_has_are_the_archives(imported):
    store, archive, hub = imported
    only = archive.days - hub.days
    known = store.read_now(list_days, min(only), max(only))
    assert {one.origin for one in known if one.day in only} == {Origin.ARCHIVE}
    assert all(one.papers for one in known if one.day in only)


def test_a_paper_of_both_keeps_the_archives_day_beside_the_hubs(imported):
    store, _, _ = imported
    known = store.read_now(paper, "2410.09342")
    assert known.archive_day == dt.date(2024, 10, 16)
    assert known.list_day is not None


def test_importing_everything_again_changes_nothing(imported):
    store, _, _ = imported
    before: list[str] = []
    export_lines(store, before.append)
    for folder in ("daily_papers_ko", "hugging_face"):
        counts = import_path(store, SHARED / folder, now=NOW + dt.timedelta(days=1)).counts
        assert (counts.added, counts.changed) == (0, 0)
    after: list[str] = []
    export_lines(store, after.append)
    assert after == before


def test_korean_and_english_are_found(imported):
    store, _, _ = imported
    assert store.read_now(search, "비전 트랜스포머 해상도").total > 0
    assert "2403.18361" in store.read_now(search, "ViTAR").ids


def test_an_export_of_everything_comes_back_to_the_byte(imported, tmp_path):
    store, _, _ = imported
    path = tmp_path / "export.jsonl"
    lines: list[str] = []
    export_lines(store, lines.append)
    path.write_text("".join(lines), encoding="utf-8")
    with open_store(tmp_path / "another.db") as another:
        report = import_path(another, path, now=NOW + dt.timedelta(days=9))
        assert report.unreadable == []
        again: list[str] = []
        export_lines(another, again.append)
    assert again == lines


def test_the_plain_lines_that_another_parser_wrote_are_imported(tmp_path):
    with open_store(tmp_path / "papers.db") as store:
        report = import_path(store, SHARED / "search" / "papers.jsonl", now=NOW)
        assert (len(report.papers), report.lines, report.unreadable) == (5487, 5487, [])
        known = store.read_now(paper, "2311.10122")
        assert known is not None
        assert known.archive_day == dt.date(2023, 11, 20)
