"""What platforms tell of chats is written down in its order, also when the store cannot be written for a while."""

import contextlib
import sqlite3
from functools import partial

import pytest

from bot.chat_changes import ChatChanges
from bot.model import Address
from bot.store import chats
from tests.new_store import new_store
from tests.unit.delivery.scene import put_chat

WHERE = Address("telegram", "7")


@pytest.fixture
def store(tmp_path):
    with new_store(tmp_path / "store.db") as one:
        one._writer.execute("PRAGMA busy_timeout = 20")
        one.write_now(put_chat, "7")
        yield one


@contextlib.contextmanager
def locked(store):
    """Another process holds the file's write lock."""
    with contextlib.closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def parked(store):
    return store.read_now(chats.chat, WHERE).parked


async def test_what_cannot_be_written_waits_with_all_that_comes_after_it(store):
    changes = ChatChanges(store)
    with locked(store):
        await changes.put("left", WHERE, partial(chats.park_chat, platform="telegram", chat_id="7", reason="blocked"))
    assert not parked(store)
    wake = partial(chats.wake_chat, platform="telegram", chat_id="7")
    with locked(store):
        await changes.put("joined", WHERE, wake)
    assert changes.waiting == 2
    # In their order: otherwise the chat would be parked for good.
    await changes.write()
    assert (parked(store), changes.waiting) == ("", 0)
    await changes.put("left", WHERE, partial(chats.park_chat, platform="telegram", chat_id="7", reason="blocked"))
    assert parked(store) == "blocked"


async def test_one_that_can_never_be_written_holds_up_no_other(store, capsys):
    changes = ChatChanges(store)

    def impossible(_):
        raise ValueError("no such chat")

    await changes.put("moved", WHERE, impossible)
    await changes.put("left", WHERE, partial(chats.park_chat, platform="telegram", chat_id="7", reason="blocked"))
    assert parked(store) == "blocked"
    assert "could not be written" in capsys.readouterr().out
