"""What adapters keep between runs."""

import asyncio
import sqlite3

import pytest
from structlog.testing import capture_logs

from bot.store.key_values import OwnedKeyValues
from tests.new_store import new_store


@pytest.fixture
def store(tmp_path):
    with new_store(tmp_path / "kept.db") as opened:
        yield opened


async def test_a_text_is_kept_by_owner_and_replaced(store):
    telegram, discord = OwnedKeyValues(store, "adapter:telegram"), OwnedKeyValues(store, "adapter:discord")
    await telegram.set("menu", "1")
    await telegram.set("menu", "2")
    assert (await telegram.get("menu"), await discord.get("menu"), await telegram.get("other")) == ("2", None, None)


async def test_while_another_process_writes_nobody_else_waits(store):
    kept = OwnedKeyValues(store, "adapter:telegram")
    with sqlite3.connect(store.path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        setting = asyncio.create_task(kept.set("menu", "1"))
        # The loop goes on: this line is reached while the lock is held.
        await asyncio.sleep(0.02)
        assert not setting.done()
        other.execute("COMMIT")
    other.close()
    await setting
    assert await kept.get("menu") == "1"


async def test_a_store_that_cannot_be_written_keeps_nothing_and_says_so_in_the_log(store):
    kept = OwnedKeyValues(store, "adapter:telegram")
    await kept.set("menu", "1")
    store.write_now(lambda connection: connection.execute("PRAGMA query_only = ON"))
    with capture_logs() as logs:
        await kept.set("menu", "2")
    assert [line["event"] for line in logs] == ["a text is not kept"]
    assert await kept.get("menu") == "1"
