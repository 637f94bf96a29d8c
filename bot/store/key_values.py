"""Small texts by owner: what adapters and the program itself keep between runs."""

import sqlite3
from dataclasses import dataclass

import structlog

from bot.errors import StoreError
from bot.store.connection import Store

log = structlog.get_logger()


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

    async def get(self, key: str) -> str | None:
        try:
            return await self.store.read(get, self.owner, key)
        except StoreError as error:
            log.warning("a kept text cannot be read", owner=self.owner, key=key, error=str(error))
            return None

    async def set(self, key: str, value: str) -> None:
        try:
            await self.store.write(put, self.owner, key, value)
        except StoreError as error:
            log.warning("a text is not kept", owner=self.owner, key=key, error=str(error))
