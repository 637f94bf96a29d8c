"""Checking what was imported: when a verdict is given, of which text, and what a reader said against it."""

import dataclasses

from bot.digest.importing import export_lines, import_path
from bot.model import REPORTED
from bot.store import summaries
from bot.summaries.checking import check_imported
from tests.fakes.language_model import FOREIGN
from tests.unit.summaries.scene import NOW, OTTER, RIGHT, WRONG, opened, stored


async def test_what_has_no_abstract_is_not_judged_until_it_has_one(tmp_path):
    bare = dataclasses.replace(OTTER, abstract="", summaries=(WRONG,))
    async with opened(tmp_path, None, bare) as parts:
        assert check_imported(parts.store) == 0
        assert stored(parts, OTTER.id).summaries[0].verified is None
        parts.store.write_now(lambda connection: connection.execute("UPDATE paper SET abstract = ?", (OTTER.abstract,)))
        assert check_imported(parts.store) == 1
        found = stored(parts, OTTER.id).summaries[0]
    assert found.verified is False
    assert "CIFAR-10" in found.reasons[0]


async def test_a_verdict_is_of_the_text_that_was_checked(tmp_path):
    async with opened(tmp_path, None, dataclasses.replace(OTTER, summaries=(WRONG,))) as parts:
        check_imported(parts.store)
        (found,) = stored(parts, OTTER.id).summaries
        assert not parts.store.write_now(
            summaries.report_wrong, OTTER.id, dataclasses.replace(found, bullets=tuple(FOREIGN[:1]))
        )
        assert parts.store.write_now(summaries.report_wrong, OTTER.id, found)


async def test_what_a_reader_found_wrong_stays_so_through_an_export(tmp_path):
    (tmp_path / "new").mkdir()
    async with opened(tmp_path, None, dataclasses.replace(OTTER, summaries=(RIGHT,))) as parts:
        check_imported(parts.store)
        parts.store.write_now(summaries.report_wrong, OTTER.id, RIGHT)
        with (tmp_path / "all.jsonl").open("w", encoding="utf-8") as file:
            export_lines(parts.store, file.write)
    async with opened(tmp_path / "new") as parts:
        import_path(parts.store, tmp_path / "all.jsonl", now=NOW)
        assert check_imported(parts.store) == 0
        assert stored(parts, OTTER.id).summaries[0].reasons == (REPORTED,)
        # Nothing that was not said before: the same file changes nothing.
        assert import_path(parts.store, tmp_path / "all.jsonl", now=NOW).counts.changed == 0
