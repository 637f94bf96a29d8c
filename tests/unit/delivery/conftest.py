"""A store in a file of its own for each test."""

import pytest

from tests.new_store import new_store


@pytest.fixture
def store(tmp_path):
    with new_store(tmp_path / "store.db") as opened:
        yield opened


@pytest.fixture
def connection(store):
    # The writer's own connection: for tests that look at single functions, not at transactions.
    return store._writer
