"""The operator's tools, as installed: the doctor, backups beside a running bot, and putting one back when none runs."""

import json
from pathlib import Path

from tests.end_to_end.process import run_command, running
from tests.end_to_end.story import AFTER_NINE, EVENING
from tests.end_to_end.test_operator import House
from tests.fakes.hub import Hub
from tests.fakes.telegram.server import FakeTelegram


async def examined(house: House, **more: str) -> tuple[int, dict[str, dict[str, str]]]:
    status, output, errors = await run_command(house.folder, house.at(AFTER_NINE, **more), "doctor", "--json")
    assert errors == ""
    found = [json.loads(line) for line in output.splitlines()]
    return status, {one["check"]: one for one in found}


async def test_a_backup_is_made_beside_a_running_bot_and_put_back_when_none_runs(tmp_path: Path):
    async with Hub() as hub, FakeTelegram() as fake:
        house = House(tmp_path, hub, fake)
        await house.subscribe()
        copies = tmp_path / "copies"
        copies.mkdir()
        async with running(tmp_path, house.at(EVENING)) as bot:
            await bot.wait_for_log("listening")
            for _ in range(3):
                assert "looked through" in await house.command("backup", str(copies), "--keep", "2")
            assert len(list(copies.iterdir())) == 2
            copy = str(max(copies.iterdir()))
            await house.stories[0].asks("/unsubscribe")
            status, _, errors = await run_command(tmp_path, house.at(EVENING), "restore", copy)
            assert status == 3
            assert "Stop the bot" in errors

            # The doctor looks at all of it while the bot runs, and disturbs nobody.
            status, found = await examined(house)
            assert [name for name, one in found.items() if one["state"] == "failure"] == []
            assert found["telegram"]["state"] == "ok"
            assert found["hugging face"]["state"] == "ok"
            assert found["integrity"]["state"] == "ok"
            assert found["search"]["found"] == "all 143 papers are indexed"
            assert found["backups"]["state"] == "ok"
            assert found["clock"]["state"] == "warning"  # CLOCK is set
            assert status == 1
            assert await bot.terminate() == 0

        assert "What stood there before is kept in" in await house.command("restore", copy)
        told = json.loads(await house.command("status", "--json"))
        assert told["subscribers"] == {"telegram": {"active": 1, "parked": 0}}

        status, found = await examined(house, TELEGRAM_BOT_TOKEN="7:wrong")
        assert status == 2
        assert found["telegram"]["state"] == "failure"
        assert "7:wrong" not in str(found)
        status, output, _ = await run_command(tmp_path, house.at(AFTER_NINE, DEFAULT_TIME="25:00"), "doctor")
        assert status == 2
        assert "DEFAULT_TIME: '25:00' cannot be used" in output
        assert "The search index was made anew: 143 papers." in await house.command("doctor", "--repair")
