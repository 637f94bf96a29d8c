"""A store that holds one value, to tell copies of it apart; and what is wrong with others."""

import contextlib
import sqlite3
from pathlib import Path

from bot.store import key_values
from bot.store.connection import open_store


def put(path: Path, value: str) -> None:
    with open_store(path) as store:
        store.write_now(key_values.put, "a", "k", value)


def value(path: Path) -> str | None:
    with open_store(path) as store:
        return store.read_now(key_values.get, "a", "k")


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def damage(path: Path, table: str = "key_value") -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    content = bytearray(path.read_bytes())
    content[4096 * (page - 1) : 4096 * page] = b"\xff" * 4096
    path.write_bytes(content)


def foreign(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE theirs (a)")
        connection.commit()


def later(path: Path) -> None:
    put(path, "v")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('daily-papers', 'm9999_later', '2030')"
        )
