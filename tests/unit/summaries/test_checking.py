"""Checking what was imported: when a verdict is given, of which text, and what a reader said against it."""

import dataclasses

import pytest

from bot.digest.importing import export_lines, import_path
from bot.model import OUTDATED, REPORTED, SummarySource
from bot.store import summaries
from bot.summaries.checking import check_imported
from bot.summaries.choose import wants_model
from tests.fakes.language_model import FOREIGN
from tests.unit.summaries.scene import NOW, OTTER, RIGHT, WRONG, opened, put, stored


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


async def test_what_was_found_of_a_summary_is_looked_at_again_when_the_abstract_changes(tmp_path):
    """An imported one is checked against what the paper says now; what a reader found stays as it is."""
    said = dataclasses.replace(RIGHT, source=SummarySource.MODEL, prompt_version="1-bullets")
    otter = dataclasses.replace(OTTER, summaries=(RIGHT, said))
    async with opened(tmp_path, None, otter) as parts:
        assert check_imported(parts.store) == 2
        parts.store.write_now(summaries.report_wrong, OTTER.id, said)
        parts.store.write_now(put, dataclasses.replace(OTTER, title="Slow Rivers", abstract="Rivers flow to the sea."))
        assert check_imported(parts.store) == 1
        imported, model = sorted(stored(parts, OTTER.id).summaries, key=lambda one: one.source)
    assert (imported.verified, model.verified, model.reasons) == (False, False, (REPORTED,))


@pytest.mark.parametrize(
    ("abstract", "checked", "reasons"),
    [
        (OTTER.abstract + " ", 0, ()),
        (OTTER.abstract.replace("is slow", "was slow"), 1, ()),
        (OTTER.abstract.replace("30 frames", "60 frames"), 1, (OUTDATED,)),
        (OTTER.abstract + " It now counts beavers in rivers and lakes too, by night and by day.", 1, (OUTDATED,)),
    ],
)
async def test_a_models_summary_is_made_anew_when_the_abstract_says_something_else(tmp_path, abstract, checked, reasons):
    said = dataclasses.replace(RIGHT, source=SummarySource.MODEL, prompt_version="1-bullets")
    async with opened(tmp_path, None, dataclasses.replace(OTTER, summaries=(said,))) as parts:
        check_imported(parts.store)
        parts.store.write_now(put, dataclasses.replace(OTTER, abstract=abstract))
        assert check_imported(parts.store) == checked
        paper = stored(parts, OTTER.id)
    # It is true of the new text as well, so it is shown without a mark until there is another.
    assert (paper.summaries[0].verified, paper.summaries[0].reasons) == (True, reasons)
    assert wants_model(paper, "ko", replacing=False) is bool(reasons)


async def test_a_models_summary_that_is_not_true_of_the_new_abstract_is_marked(tmp_path):
    said = dataclasses.replace(RIGHT, source=SummarySource.MODEL, prompt_version="1-bullets")
    async with opened(tmp_path, None, dataclasses.replace(OTTER, summaries=(said,))) as parts:
        check_imported(parts.store)
        parts.store.write_now(put, dataclasses.replace(OTTER, abstract=OTTER.abstract.replace("91.4%", "71.9%")))
        check_imported(parts.store)
        (found,) = stored(parts, OTTER.id).summaries
    assert found.verified is False
    assert found.reasons == ("91.4%: this number is not in the source.", OUTDATED)
