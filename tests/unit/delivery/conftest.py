"""A store in a file of its own for each test."""

import pytest

from bot.store.connection import open_store


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "store.db") as opened:
        yield opened


@pytest.fixture
def connection(store):
    # The writer's own connection: for tests that look at single functions, not at transactions.
    return store._writer
