"""What the log says of a broadcast while it runs and when it ends, over a store in a file."""

import datetime as dt
import io

import pytest
from rich.console import Console
from structlog.testing import capture_logs

from bot.cli.bar import BroadcastBar
from bot.clock import Clock
from bot.delivery import plan
from bot.delivery.progress import Progress
from bot.delivery.subscribing import subscribe
from bot.reporting import Reporter
from bot.store import pauses
from tests.new_store import new_store
from tests.unit.delivery.scene import NOW, order, put_chat, put_day

DUE = dt.datetime(2024, 3, 29, 0, 0, tzinfo=dt.UTC)


class Scene:
    def __init__(self, store):
        self.store = store
        self.shown: list[Progress | None] = []
        self.reporter = Reporter(store, Clock(DUE), self.shown.append, line_seconds=0.0)

    def subscriber(self, chat_id):
        def put(connection):
            return subscribe(connection, put_chat(connection, chat_id), order(), now=NOW, settle_hour=12)

        return self.store.write_now(put)

    async def plan(self):
        return await plan.plan_due(self.store, now=DUE, settle_hour=12)

    def change(self, sql):
        self.store.write_now(lambda connection: connection.execute(sql))

    async def look(self):
        with capture_logs() as logs:
            await self.reporter.look()
        return [(line["event"], line.get("done"), line.get("messages_done"), line.get("sent")) for line in logs]


@pytest.fixture
def scene(tmp_path):
    with new_store(tmp_path / "store.db") as store:
        store.write_now(put_day, "2024-03-28")
        built = Scene(store)
        for chat_id in ("1", "2"):
            built.subscriber(chat_id)
        yield built


async def test_a_broadcast_has_its_lines_and_an_end(scene):
    assert await scene.look() == []
    await scene.plan()
    assert await scene.look() == [("broadcast", 0, 0, None)]
    scene.change("UPDATE delivery SET cursor = 5")
    assert await scene.look() == [("broadcast", 0, 10, None)]
    scene.change("UPDATE delivery SET cursor = total, state = 'done'")
    assert await scene.look() == [("broadcast ended", 2, 22, 22)]
    assert await scene.look() == []
    assert [one and one.messages_done for one in scene.shown] == [0, 10, None]


async def test_one_that_came_and_went_between_two_looks_has_an_end(scene):
    await scene.look()
    await scene.plan()
    scene.change("UPDATE delivery SET cursor = total, state = 'done'")
    assert await scene.look() == [("broadcast ended", 2, 22, 22)]


async def test_a_chat_that_is_tried_again_in_vain_is_no_broadcast(scene):
    await scene.plan()
    await scene.look()
    scene.change("UPDATE delivery SET not_before = '2024-03-29T02:00:00.000Z'")
    assert await scene.look() == []
    assert scene.shown[-1] is None


async def test_a_pause_in_the_middle_is_said(scene):
    await scene.look()
    await scene.plan()
    scene.change("UPDATE delivery SET cursor = 5")
    await scene.look()
    scene.store.write_now(pauses.pause, None, now=DUE)
    assert await scene.look() == [("broadcast paused", 0, 10, 10)]
    assert await scene.look() == []
    scene.store.write_now(pauses.resume, None, now=DUE)
    # Resumed, it may end before the next look.
    scene.change("UPDATE delivery SET cursor = total, state = 'done'")
    assert await scene.look() == [("broadcast ended", 2, 22, 12)]
    assert await scene.look() == []


def test_the_bar_is_gone_when_the_broadcast_is():
    written = io.StringIO()
    bar = BroadcastBar(Console(file=written, force_terminal=True, width=120))
    counts = {"waiting": 0, "ready": 1, "parked": 0, "failed": 0, "rejected": 0, "messages_left": 11}
    bar(
        Progress(list_day=DUE.date(), chats=2, done=1, messages=22, messages_done=11, rate=4.0, seconds_left=2.75, **counts)
    )
    assert "1 of 2 chats, 11 of 22 messages, 4.0 a second, 3 s to go" in written.getvalue()
    bar(None)
    bar(None)
    assert written.getvalue().endswith("\x1b[2K")
