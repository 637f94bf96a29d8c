"""deploy/datasette.yaml fits the store: its questions have answers, and no table with people in it is shown."""

import datetime as dt
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.digest.importing import save_sample
from bot.store.connection import open_store
from tests.documentation.reading import ROOT

METADATA = yaml.safe_load((ROOT / "deploy" / "datasette.yaml").read_text(encoding="utf-8"))["databases"]["daily-papers"]
QUERIES = METADATA["queries"]
GIVEN = {"from_day": "2024-03-01", "to_day": "2024-03-31", "topic": "gaussian"}
# What a table has that speaks of a chat or a person.
_OF_PEOPLE = {"target_id", "delivery_id", "person", "chat_id", "platform", "owner"}
# Shown whole, without being named in the file.
_SHOWN = {"model_usage", "paper_raw"}


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("datasette") / "daily-papers.db"
    with open_store(path) as store:
        store.write_now(save_sample, now=dt.datetime(2024, 3, 29, tzinfo=dt.UTC))
    read = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    yield read
    read.close()


def tables(connection: sqlite3.Connection) -> dict[str, set[str]]:
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {
        name: {column for _, column, *_ in connection.execute(f"PRAGMA table_info({name})")}
        for name in names
        if not name.startswith(("sqlite_", "_sqlite"))
    }


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("best", ("2024-03-28", 26, "ViTAR: Vision Transformer with Any Resolution", "https://arxiv.org/abs/2403.18361")),
        ("topic", ("2024-03", 1, 10)),
        ("summaries", ("en", "sample", "", 10, 0, 10)),
    ],
)
def test_a_question_has_its_answer(connection: sqlite3.Connection, name: str, first: tuple[object, ...]):
    assert connection.execute(QUERIES[name]["sql"], GIVEN).fetchone() == first


def test_every_question_is_asked_here():
    assert set(QUERIES) == {"best", "topic", "summaries"}


def test_every_table_is_shown_or_hidden(connection: sqlite3.Connection):
    assert set(tables(connection)) == set(METADATA["tables"]) | _SHOWN


def test_no_table_of_chats_and_people_is_shown_and_none_can_be_asked_for(connection: sqlite3.Connection):
    shown = [name for name in tables(connection) if METADATA["tables"].get(name, {}).get("allow", True)]
    assert not [name for name in shown if tables(connection)[name] & _OF_PEOPLE]
    assert METADATA["allow_sql"] is False


def test_columns_that_are_explained_are_there(connection: sqlite3.Connection):
    for name, table in METADATA["tables"].items():
        assert set(table.get("columns", {})) <= tables(connection)[name]


def test_the_file_is_named_as_the_default_store():
    assert (
        Path("daily-papers.db").stem in yaml.safe_load((ROOT / "deploy" / "datasette.yaml").read_text("utf-8"))["databases"]
    )
