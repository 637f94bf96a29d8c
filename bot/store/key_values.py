"""Small texts by owner: what adapters and the program itself keep between runs."""

import sqlite3
from dataclasses import dataclass

from bot.store.connection import Store


def get(connection: sqlite3.Connection, owner: str, key: str) -> str | None:
    row = connection.execute("SELECT value FROM key_value WHERE owner = ? AND key = ?", (owner, key)).fetchone()
    return None if row is None else str(row["value"])


def put(connection: sqlite3.Connection, owner: str, key: str, value: str) -> None:
    connection.execute(
        "INSERT INTO key_value (owner, key, value) VALUES (?, ?, ?) "
        "ON CONFLICT (owner, key) DO UPDATE SET value = excluded.value",
        (owner, key, value),
    )


@dataclass(frozen=True, slots=True)
class OwnedKeyValues:
    """The `KeyValueStore` port over one owner's rows."""

    store: Store
    owner: str

    def get(self, key: str) -> str | None:
        return self.store.read_now(get, self.owner, key)

    def set(self, key: str, value: str) -> None:
        self.store.write_now(put, self.owner, key, value)
