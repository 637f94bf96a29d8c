"""`status` tells how many summaries are in doubt, and why."""

import dataclasses
import json

from bot.cli.status import show_status
from bot.store import reports, summaries
from bot.summaries.checking import check_imported
from bot.summaries.marks import mark
from tests.unit.summaries.scene import NOW, OTTER, RIGHT, RIVER, WRONG, opened


async def test_reports_and_failed_checks_are_counted_until_there_is_a_better_one(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE", str(tmp_path / "store.db"))
    monkeypatch.setenv("CLOCK", NOW.isoformat())
    otter, river = dataclasses.replace(OTTER, summaries=(RIGHT,)), dataclasses.replace(RIVER, summaries=(WRONG,))
    async with opened(tmp_path, None, otter, river) as parts:
        show_status(as_json=False)
        assert "Summaries" not in capsys.readouterr().out
        check_imported(parts.store)
        parts.store.write_now(
            reports.report, OTTER.id, RIGHT, mark(RIGHT),
            language="ko", platform="telegram", person="7", room="", now=NOW,
        )  # fmt: skip
        show_status(as_json=False)
        told = " ".join(capsys.readouterr().out.split())
        assert (
            "Summaries: 1 called wrong by readers, of which 1 not told to ADMIN_CHATS yet; 1 do not agree with their papers"
            in told
        )
        show_status(as_json=True)
        assert json.loads(capsys.readouterr().out)["summaries"] == {"reported": 1, "reports_untold": 1, "unverified": 1}
        (report,) = parts.store.read_now(reports.untold, 5)
        parts.store.write_now(reports.told, report, now=NOW)
        parts.store.write_now(summaries.save_summary, OTTER.id, RIGHT, version="2", now=NOW)
        assert parts.store.read_now(reports.doubts) == reports.Doubts(reported=0, unverified=1, untold=0)
