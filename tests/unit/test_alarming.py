"""The operator's chats are told through their platform, in their language, once; a restart repeats nothing."""

import asyncio
import datetime as dt
from types import SimpleNamespace
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from bot.alarming import Alarming
from bot.delivery import plan
from bot.delivery.pace import Pace
from bot.delivery.subscribing import subscribe
from bot.listening import Platforms
from bot.message import Message
from bot.model import Address, ListDayState, Origin
from bot.observing import NOBODY
from bot.ports import Outcome, Rejected, Sent, Unreachable
from bot.settings import Settings
from bot.store import backup_outcomes, chats, key_values, list_days, pauses, usage
from bot.store.backup_outcomes import BackupOutcome
from bot.summaries.health import ModelHealth
from tests.integration.engine_scene import HandClock
from tests.new_store import new_store
from tests.unit.delivery.scene import NOW, day, order, put_chat, put_day

DUE = dt.datetime(2024, 3, 29, 0, 0, tzinfo=dt.UTC)
ADMIN = Address("telegram", "1")


class Adapter:
    platform = "telegram"

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []
        self.outcome: Outcome = Sent("1")

    async def open(self) -> None:
        pass

    async def listen(self, inbox: Any) -> None:
        pass

    async def close(self) -> None:
        pass

    async def send(self, address: Address, message: Message, **rest: Any) -> Outcome:
        self.said.append((str(address), message.heading))
        return self.outcome


class Scene:
    def __init__(self, store):
        self.store, self.adapter, self.clock = store, Adapter(), HandClock(DUE)
        self.summaries = SimpleNamespace(has_model=False, health=ModelHealth())
        self.least_free_mb = 0
        self.restart()

    def restart(self):
        self.platforms = Platforms({"telegram": self.adapter})
        self.platforms.every["telegram"].opened = True
        settings = Settings(admin_chats=(ADMIN,), database=self.store.path, least_free_mb=self.least_free_mb)
        parts = SimpleNamespace(
            store=self.store, clock=self.clock, settings=settings, observer=NOBODY, summaries=self.summaries
        )
        self.alarming = Alarming(cast("Any", parts), self.platforms, Pace({}))

    async def after(self, **time):
        """What is said after this time."""
        self.clock.advance(**time)
        before = len(self.adapter.said)
        await self.alarming.look()
        return [heading for _, heading in self.adapter.said[before:]]


@pytest.fixture
async def scene(tmp_path):
    with new_store(tmp_path / "store.db") as store:
        store.write_now(put_day, "2024-03-28", state=ListDayState.SETTLED)
        yield Scene(store)


async def put_behind(scene):
    def put(connection):
        for chat_id in ("1", "2"):
            subscribe(connection, put_chat(connection, chat_id), order(), now=NOW, settle_hour=12)

    scene.store.write_now(put)
    await plan.plan_due(scene.store, now=DUE, settle_hour=12)


def end_all(scene):
    scene.store.write_now(lambda connection: connection.execute("UPDATE delivery SET state = 'done', cursor = total"))


async def test_a_terminal_alone_is_not_watched(scene):
    scene.platforms.every["terminal"] = scene.platforms.every.pop("telegram")
    with capture_logs() as logs:
        await asyncio.wait_for(scene.alarming.run(), 5)
    assert logs == []


async def test_deliveries_that_stay_behind_for_hours_are_told_once_and_their_end_once(scene):
    await put_behind(scene)
    assert await scene.after(hours=1) == []
    with capture_logs() as logs:
        assert await scene.after(hours=1, minutes=1) == ["2 digests have been waiting to be sent for 2 hours."]
    assert [(line["event"], line["log_level"]) for line in logs] == [("alarm", "error")]
    assert await scene.after(minutes=1) == []
    scene.restart()
    assert await scene.after(minutes=1) == []
    assert await scene.after(hours=3) == []
    end_all(scene)
    assert await scene.after(minutes=1) == ["Over: no digest is late any more."]
    assert await scene.after(minutes=1) == []
    assert scene.store.read_now(key_values.get, "alarms", "deliveries") is None


async def test_a_spent_budget_is_told_once_a_day_and_is_over_at_midnight(scene):
    scene.store.write_now(usage.stop, day("2024-03-29"))
    assert await scene.after() == ["2024-03-29 언어 모델 예산을 다 썼습니다."]
    assert await scene.after(hours=1) == []
    assert await scene.after(hours=23) == ["해결됨: 언어 모델이 다시 요약을 작성합니다."]


async def test_after_a_pause_there_are_two_hours_to_make_up_for_it(scene):
    await put_behind(scene)
    scene.store.write_now(pauses.pause, None, now=DUE)
    assert await scene.after(hours=5) == []
    scene.store.write_now(pauses.resume, None, now=scene.clock.now())
    assert await scene.after(hours=1) == []
    assert len(await scene.after(hours=1, minutes=1)) == 1


async def test_a_chat_of_vague_refusals_is_no_alarm(scene):
    await put_behind(scene)
    scene.store.write_now(lambda connection: connection.execute("UPDATE target SET strikes = 1"))
    assert await scene.after(hours=5) == []


async def test_a_list_that_cannot_be_fetched_is_told_in_the_default_language_of_a_chat_that_never_wrote(scene):
    scene.clock.advance(hours=13)
    scene.restart()

    def fail(connection):
        list_days.save_failure(connection, day("2024-03-29"), "503 from the Hub", now=scene.clock.now())

    scene.store.write_now(fail)
    assert await scene.after() == []
    scene.clock.advance(hours=1, minutes=30)
    scene.store.write_now(fail)
    assert await scene.after() == ["2024-03-29 논문 목록을 몇 시간째 가져오지 못하고 있습니다."]
    scene.store.write_now(put_day, "2024-03-29", now=scene.clock.now())
    assert await scene.after() == ["해결됨: 논문 목록을 다시 가져올 수 있습니다."]


async def test_a_list_that_is_missing_at_the_operators_hour_is_told_once_and_once_when_it_came(scene):
    def answer_empty(connection):
        now = scene.clock.now()
        list_days.save_list(connection, day("2024-03-29"), [], origin=Origin.HUB, state=ListDayState.OPEN, now=now)

    scene.clock.advance(hours=19, minutes=50)
    scene.store.write_now(answer_empty)
    assert await scene.after() == []
    assert await scene.after(minutes=15) == [
        "아직 2024-03-29 논문 목록이 없습니다. Hugging Face는 정상적으로 응답하고 있습니다."
    ]
    scene.restart()
    assert await scene.after(minutes=15) == []
    scene.store.write_now(put_day, "2024-03-29", now=scene.clock.now())
    assert await scene.after(minutes=15) == [
        "해결됨: 목록이 올라왔거나, Hugging Face에 그날의 목록이 없는 것으로 확인되었습니다."
    ]
    assert await scene.after(minutes=15) == []


async def test_a_machine_that_has_just_started_asks_before_it_calls_a_list_missing(scene):
    scene.clock.advance(hours=20, minutes=30)
    assert await scene.after() == []


async def test_what_cannot_be_told_is_logged_and_not_tried_for_ever(scene):
    await put_behind(scene)
    scene.adapter.outcome = Unreachable("bot was blocked")
    assert len(await scene.after(hours=2, minutes=1)) == 1
    assert [len(await scene.after(minutes=1)) for _ in range(6)] == [1, 1, 1, 1, 0, 0]


async def test_an_admin_chat_on_the_platform_that_died_gets_a_line_in_the_log_instead(scene):
    scene.platforms.every["telegram"].fail("401", refused=True)
    with capture_logs() as logs:
        assert await scene.after() == []
        assert await scene.after(minutes=1) == []
    told = [line for line in logs if line["event"] == "these admin chats cannot be told now"]
    assert [(line["chats"], line["log_level"]) for line in told] == [(["telegram:1"], "error")]


async def test_an_alarm_of_a_platform_that_is_not_set_any_more_is_forgotten(scene):
    scene.adapter.outcome = Rejected("x")
    value = '{"since": "2024-03-28T00:00:00.000Z", "detail": {"platform": "discord", "reason": "401", "refused": "yes"}, "over": false, "told": ["telegram:1"]}'
    scene.store.write_now(key_values.put, "alarms", "platform:discord", value)
    assert await scene.after() == []
    assert scene.store.read_now(key_values.get, "alarms", "platform:discord") is None


async def test_a_backup_that_failed_is_told_once_and_once_when_there_is_one(scene):
    assert await scene.after() == []
    scene.store.write_now(backup_outcomes.put, BackupOutcome(DUE, "No room on /backups."))
    assert await scene.after() == ["마지막 백업에 실패했습니다."]
    scene.restart()
    assert await scene.after(hours=12) == []
    scene.store.write_now(backup_outcomes.put, BackupOutcome(DUE))
    assert await scene.after() == ["해결됨: 백업이 다시 만들어졌습니다."]
    assert await scene.after(hours=12) == []


async def test_a_disk_that_is_nearly_full_is_told_once_and_once_when_it_has_room(scene):
    scene.least_free_mb = 10**12
    scene.restart()
    (told,) = await scene.after()
    assert told.startswith("디스크가 거의 찼습니다.")
    assert await scene.after(minutes=1) == []
    scene.least_free_mb = 0
    scene.restart()
    assert await scene.after() == ["해결됨: 디스크에 다시 여유가 생겼습니다."]


async def test_a_model_that_fails_in_two_rounds_is_told_once_and_once_when_it_writes(scene):
    scene.summaries.has_model = True
    for _ in range(3):
        scene.summaries.health = scene.summaries.health.failed("503", scene.clock.now())
    assert await scene.after(minutes=59) == []
    assert await scene.after(minutes=1) == ["언어 모델이 한 시간째 요약을 내놓지 못하고 있습니다."]
    # After a restart nothing is known of it; that is no end.
    scene.summaries.health = ModelHealth()
    scene.restart()
    assert await scene.after(hours=1) == []
    scene.summaries.health = scene.summaries.health.worked()
    assert await scene.after() == ["해결됨: 언어 모델이 다시 요약을 작성합니다."]


async def test_a_model_that_is_set_wrongly_is_told_at_once(scene):
    scene.summaries.has_model = True
    scene.summaries.health = ModelHealth().failed("401", scene.clock.now(), refused=True)
    assert await scene.after() == ["언어 모델 서버가 요청을 받아 주지 않습니다."]


async def test_many_chats_that_are_parked_within_a_day_are_told_once_and_few_are_not(scene):
    def put(connection):
        for number in range(2, 22):
            subscribe(connection, put_chat(connection, str(number)), order(), now=NOW, settle_hour=12)

    def park(connection, *numbers):
        for number in numbers:
            chats.park_chat(connection, "telegram", str(number), "blocked", now=scene.clock.now())

    scene.store.write_now(put)
    scene.store.write_now(park, 2, 3, 4, 5)
    assert await scene.after() == []
    scene.store.write_now(park, 6)
    assert await scene.after() == ["하루 사이에 채팅 20곳 중 5곳에 메시지를 보낼 수 없게 되었습니다."]
    assert await scene.after(hours=23) == []
    assert await scene.after(hours=2) == ["해결됨: 지난 하루 동안 메시지를 보낼 수 없게 된 채팅이 거의 없습니다."]
