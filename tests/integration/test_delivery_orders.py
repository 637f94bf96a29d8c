"""What an operator asks of deliveries: deliver, a date, status, pruning; over a real file and a platform on loopback."""

import datetime as dt

from bot.delivery import upkeep
from bot.delivery.engine import Engine
from bot.delivery.pace import Pace
from bot.delivery.status import status
from bot.settings import Settings
from bot.store import deliveries
from bot.store.connection import open_store
from tests.fakes.loopback_platform import PLATFORM
from tests.integration.engine_scene import DIGEST, DUE
from tests.unit.delivery.scene import day, get_chat


async def test_deliver_returns_when_everything_that_is_due_has_ended_and_counts_it(scene):
    for number in range(5):
        scene.subscriber(str(number))
    scene.platform.answers["1"] = [{"outcome": "unreachable", "reason": "bot was blocked"}]
    scene.platform.answers["2"] = [{"outcome": "rejected", "reason": "too long"}] * 2
    scene.platform.answers["3"] = [{"outcome": "unreachable", "reason": "forbidden", "vague": True}]
    scene.clock.advance(hours=4)
    report = await scene.engine.deliver()
    assert (report.planned, report.done, report.parked, report.rejected, report.left) == (5, 3, 1, 1, 1)
    assert dict(report.reasons) == {"bot was blocked": 1, "too long": 1, "forbidden": 1}
    assert not report.complete
    assert (await scene.engine.deliver()).planned == 0


async def test_deliver_of_a_date_sends_it_to_everybody_who_has_not_had_it(scene):
    scene.subscriber("1")
    await scene.at(DUE)
    scene.subscriber("2")
    report = await scene.engine.deliver(day("2024-03-28"))
    assert (report.planned, report.done, report.complete) == (1, 1, True)
    assert scene.platform.texts("1") == scene.platform.texts("2") == DIGEST


async def test_deliver_waits_for_what_another_process_sends(scene, tmp_path):
    scene.subscriber("1")
    scene.platform.delay = 0.02
    scene.clock.advance(hours=4)
    await scene.engine.tick()
    with open_store(tmp_path / "store.db") as beside:
        deliver = Engine(beside, {PLATFORM: scene.adapter}, scene.clock, Pace({}), Settings())
        report = await deliver.deliver()
        await deliver.stop()
    assert (report.planned, report.done, report.left) == (0, 1, 0)
    assert scene.platform.texts("1") == DIGEST


async def test_status_tells_who_is_served_and_what_went_wrong(scene):
    for number in range(3):
        scene.subscriber(str(number))
    scene.platform.answers["1"] = [{"outcome": "unreachable", "reason": "bot was blocked"}]
    scene.platform.answers["2"] = [{"outcome": "sent"}, {"outcome": "not sent", "reason": "503"}]
    await scene.at(DUE)
    found = scene.store.read_now(status, today=scene.clock.now().date()).as_dict()
    assert found["newest_day"] == "2024-03-28"
    assert (found["papers"], found["list_days"]) == (10, 1)
    assert found["subscribers"] == {PLATFORM: {"active": 2, "parked": 1}}
    assert (found["deliveries"]["done"], found["deliveries"]["ready"], found["deliveries"]["parked"]) == (1, 1, 1)
    assert found["broadcast"] == {
        "list_day": "2024-03-28",
        "chats": 3,
        "chats_done": 1,
        "messages": 33,
        "messages_done": 12,
    }
    assert {error["error"] for error in found["last_errors"]} == {"bot was blocked", "503"}


async def test_status_of_an_empty_store(tmp_path):
    with open_store(tmp_path / "empty.db") as store:
        found = store.read_now(status, today=dt.date(2024, 3, 29)).as_dict()
    assert (found["newest_day"], found["papers"], found["subscribers"], found["broadcast"]) == (None, 0, {}, None)


async def test_old_messages_are_forgotten_and_the_day_stays_had(scene):
    chat = scene.subscriber("1")
    await scene.at(DUE)
    assert await upkeep.prune(scene.store, now=DUE + dt.timedelta(days=29)) == 0
    pruned = await upkeep.prune(scene.store, now=DUE + dt.timedelta(days=31))
    assert pruned == 11
    assert scene.store.read_now(deliveries.had_days, get_chat(scene.store._writer, chat).target_id) == {day("2024-03-28")}
