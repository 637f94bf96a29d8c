"""/healthz, /readyz and /metrics: what they say of a bot that works, and of one that does not."""

import datetime as dt

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette

from bot.delivery.subscribing import subscribe
from bot.metrics.counting import Counting
from bot.metrics.readiness import PlatformState, Work
from bot.metrics.watching import Watching
from bot.observing import Ended, Purpose
from bot.ports import RetryAfter, Scope, Sent
from bot.store import announcements, usage
from bot.store.connection import Store, open_store
from bot.web.health import health_routes
from tests.integration.engine_scene import HandClock
from tests.unit.delivery.scene import order, put_chat, put_day

NOW = dt.datetime(2024, 3, 28, 13, 0, tzinfo=dt.UTC)


class Scene:
    def __init__(self, store, path):
        self.store, self.clock, self.counting = store, HandClock(NOW), Counting()
        self.ticked_at: dt.datetime | None = NOW
        self.tick_failed = False
        self.platforms = {"telegram": PlatformState.WORKS}
        watching = Watching(store, self.clock)
        routes = health_routes(watching, self.work, path, self.counting.registry)
        transport = httpx.ASGITransport(Starlette(routes=routes))
        self.client = httpx.AsyncClient(transport=transport, base_url="http://bot")

    def work(self):
        return Work(
            started_at=NOW - dt.timedelta(days=1),
            ticked_at=self.ticked_at,
            tick_failed=self.tick_failed,
            platforms=self.platforms,
        )

    async def ready(self):
        answer = await self.client.get("/readyz")
        return answer.status_code, answer.json()["reasons"]

    async def metrics(self):
        answer = await self.client.get("/metrics")
        assert answer.status_code == 200
        families = text_string_to_metric_families(answer.text)
        # Labels stand in the order of the alphabet.
        return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


@pytest.fixture
def scene(tmp_path):
    with open_store(tmp_path / "store.db") as store:
        store.write_now(put_day, "2024-03-28", now=NOW)
        yield Scene(store, tmp_path / "store.db")


async def test_a_bot_that_works_is_alive_and_ready(scene):
    assert (await scene.client.get("/healthz")).text == "alive\n"
    answer = await scene.client.get("/readyz")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {
        "ready": True,
        "reasons": [],
        "tick_age_seconds": 0.0,
        "fetch_age_seconds": 0.0,
        "lag_seconds": 0.0,
        "deliveries_to_send": 0,
        "messages_to_send": 0,
        "paused": False,
        "alarms": [],
        "platforms": {"telegram": "works"},
    }


async def test_one_that_does_not_look_for_who_is_due_is_not_ready_and_at_last_not_alive(scene):
    scene.ticked_at = NOW - dt.timedelta(minutes=3)
    assert await scene.ready() == (503, ["It last looked for who is due 3 min ago, and should each two seconds."])
    assert (await scene.client.get("/healthz")).status_code == 200
    scene.ticked_at = NOW - dt.timedelta(minutes=16)
    assert (await scene.client.get("/healthz")).status_code == 503


async def test_one_that_looks_for_who_is_due_and_fails_is_not_ready(scene):
    """On a disk that became read-only it was ready for hours, and sent nothing."""
    scene.tick_failed = True
    assert await scene.ready() == (503, ["It fails at looking for who is due; the log says why."])
    assert (await scene.client.get("/healthz")).status_code == 200


async def test_one_that_has_just_been_started_says_so(scene):
    scene.ticked_at = None
    assert await scene.ready() == (503, ["It has just been started, and has not looked for who is due yet."])


async def test_lists_that_do_not_come_and_digests_that_wait_are_named(scene):
    scene.store.write_now(put_waiting)
    scene.clock.advance(hours=4)
    scene.ticked_at = scene.clock.now()
    assert await scene.ready() == (
        503,
        [
            "The last list was fetched 4 h 00 min ago, and one should be each hour.",
            "A digest has been waiting to be sent for 4 h 00 min.",
        ],
    )
    assert (await scene.metrics())["daily_papers_delivery_lag_seconds",] == 4 * 3600


def put_waiting(connection):
    subscribe(connection, put_chat(connection, "7"), order(), now=NOW, settle_hour=12)
    number = announcements.draft(connection, "Tea at four", now=NOW)
    announcements.confirm(connection, number, now=NOW)
    announcements.plan_chunk(connection, number, now=NOW, limit=10)


@pytest.mark.parametrize(
    ("states", "status"),
    [
        ({"telegram": PlatformState.REFUSED}, 503),
        ({"telegram": PlatformState.REFUSED, "discord": PlatformState.WORKS}, 200),
        ({"telegram": PlatformState.REFUSED, "discord": PlatformState.TROUBLE}, 503),
        ({"telegram": PlatformState.OPENING}, 200),
        ({}, 200),
    ],
    ids=["the only one refused", "one of two", "both", "opening", "web alone"],
)
async def test_a_platform_that_is_refused_is_a_reason_only_when_no_other_works(scene, states, status):
    scene.platforms = states
    assert (await scene.ready())[0] == status


async def test_a_store_that_cannot_be_read_is_said_without_its_path(tmp_path):
    path = tmp_path / "store.db"
    with open_store(path) as store:
        page = store.read_now(
            lambda c: c.execute("SELECT rootpage FROM sqlite_master WHERE name = 'list_day'").fetchone()[0]
        )
        size = store.read_now(lambda c: c.execute("PRAGMA page_size").fetchone()[0])
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(bytes(size))
    with Store(path) as store:
        scene = Scene(store, path)
        for address in ("/readyz", "/metrics"):
            answer = await scene.client.get(address)
            assert answer.status_code == 503
            assert "The store cannot be read; the log says why." in answer.text
            assert "store.db" not in answer.text
        assert (await scene.client.get("/healthz")).status_code == 200


async def test_what_is_counted_is_exposed_and_what_the_store_holds(scene):
    counting = scene.counting
    counting.sent("telegram", Purpose.DIGEST, Sent("1"))
    counting.sent("telegram", Purpose.DIGEST, Sent("2"))
    counting.sent("telegram", Purpose.ANSWER, RetryAfter(1, Scope.CHAT))
    counting.delivery_ended("telegram", Ended.DONE)
    counting.fetched("failed")
    counting.summarized("made")
    counting.answered("discord", "today", 0.2)
    used = usage.Usage(day=NOW.date(), model="m", calls=2, failures=1, tokens_in=10, tokens_out=5, money=0.25)
    scene.store.write_now(usage.add, used)
    scene.platforms = {"telegram": PlatformState.WORKS, "discord": PlatformState.TROUBLE}
    found = await scene.metrics()
    assert found["daily_papers_sends_total", "sent", "telegram", "digest"] == 2
    assert found["daily_papers_sends_total", "retry_after", "telegram", "answer"] == 1
    assert found["daily_papers_deliveries_ended_total", "done", "telegram"] == 1
    assert found["daily_papers_fetches_total", "failed"] == 1
    assert found["daily_papers_summaries_asked_total", "made"] == 1
    assert found["daily_papers_answer_seconds_count", "today", "discord"] == 1
    assert found["daily_papers_model_cost_total", "m"] == 0.25
    assert found["daily_papers_model_tokens_total", "m", "written"] == 5
    assert found["daily_papers_papers",] == 10
    assert found["daily_papers_platform_works", "discord"] == 0
    assert found["daily_papers_store_bytes", "database"] > 4096
    assert found["daily_papers_disk_free_bytes",] > 0
    assert found["process_resident_memory_bytes",] > 1_000_000


async def test_who_asks_for_the_newer_form_gets_it(scene):
    answer = await scene.client.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")
