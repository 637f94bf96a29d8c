"""`export` and `import` as commands: where they may write, and what they say of a store that holds nothing."""

import contextlib
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli.moving import export_all
from bot.cli.sources import export_lines
from bot.errors import StoreError, UsageError
from bot.store import key_values
from bot.store.backup import backup
from bot.store.connection import open_store


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "papers.db"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE", "papers.db")
    with open_store(path) as opened:
        opened.write_now(key_values.put, "a", "k", "v")
    return path


def kept(path: Path) -> tuple[str]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        found: tuple[str] = connection.execute("SELECT value FROM key_value WHERE owner = 'a'").fetchone()
        return found


@pytest.mark.parametrize("export", [export_all, export_lines])
@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("papers.db", "papers.db is a database"),
        ("link.db", "link.db is a database"),
        ("copy.db", "copy.db is a database"),
        ("papers.db-wal", "papers.db-wal belongs to the store"),
        ("folder", "folder is no file"),
        ("pipe", "pipe is no file"),
    ],
)
def test_an_export_takes_no_databases_place(store: Path, export: Callable[[Path], None], to: str, said: str):
    """The store's least of all: it did, and all subscriptions were gone."""
    backup(store, store.with_name("copy.db"))
    store.with_name("link.db").symlink_to(store)
    store.with_name("folder").mkdir()
    os.mkfifo(store.with_name("pipe"))
    with pytest.raises(UsageError, match=said):
        export(Path(to))
    assert kept(store) == ("v",)
    assert kept(store.with_name("copy.db")) == ("v",)
    assert store.with_name("pipe").is_fifo()
    assert not list(store.parent.glob("*.partial"))


@pytest.mark.parametrize("export", [export_all, export_lines])
def test_an_older_export_is_replaced(store: Path, export: Callable[[Path], None]):
    export(Path("papers.jsonl"))
    first = store.with_name("papers.jsonl").read_bytes()
    store.with_name("papers.jsonl").write_bytes(b"half a line")
    export(Path("papers.jsonl"))
    assert store.with_name("papers.jsonl").read_bytes() == first


def test_an_empty_file_is_nothing_to_export(store: Path):
    store.write_bytes(b"")
    with pytest.raises(StoreError, match=r"nothing to export: papers\.db is empty"):
        export_all(Path("moving.jsonl"))
    assert not store.with_name("moving.jsonl").exists()
