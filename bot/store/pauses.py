"""What an operator has paused: everything, or single chats.

Stored among the small texts by the chat's address, `*` for everything, with the instant at which the pause began.
"""

import datetime as dt
import sqlite3
from dataclasses import dataclass, field

from bot.clock import from_text, to_text
from bot.model import Address
from bot.store import allowed, key_values

_OWNER, _EVERYTHING = "paused", "*"
# Since when nothing was held back; what has waited through a pause is not late.
_RESUMED = ("delivery", "resumed_at")

# A condition on a statement over `target`: looked up by the primary key, for the rows that come so far only. A chat that
# is not served is held back as a paused one is, without being called so.
NOT_PAUSED = (
    f"{allowed.ALLOWED} AND "  # noqa: S608
    "NOT EXISTS (SELECT 1 FROM key_value WHERE owner = 'paused' AND key IN "
    "('*', platform || ':' || chat_id || CASE topic_id WHEN '' THEN '' ELSE '/' || topic_id END))"
)


@dataclass(frozen=True, slots=True)
class Pauses:
    """Since when everything is paused (None: it is not), and single chats, by the text of their address."""

    everything: dt.datetime | None = None
    chats: dict[str, dt.datetime] = field(default_factory=dict)

    def since(self, address: Address) -> dt.datetime | None:
        """Since when nothing goes to this chat; None when it is not held back."""
        return self.everything or self.chats.get(str(address))


def everything_paused(connection: sqlite3.Connection) -> bool:
    return key_values.get(connection, _OWNER, _EVERYTHING) is not None


def any_paused(connection: sqlite3.Connection) -> bool:
    """Whether anything at all is held back: paused, or not served."""
    paused = connection.execute("SELECT 1 FROM key_value WHERE owner = ? LIMIT 1", (_OWNER,)).fetchone() is not None
    return paused or allowed.any_named(connection)


def pauses(connection: sqlite3.Connection) -> Pauses:
    """All that is paused now."""
    rows = connection.execute("SELECT key, value FROM key_value WHERE owner = ? ORDER BY key", (_OWNER,)).fetchall()
    since = {row["key"]: from_text(row["value"]) for row in rows}
    return Pauses(since.pop(_EVERYTHING, None), since)


def pause(connection: sqlite3.Connection, address: Address | None, *, now: dt.datetime) -> bool:
    """Hold back one chat, or everything without one. False when it was paused already."""
    key = _EVERYTHING if address is None else str(address)
    if key_values.get(connection, _OWNER, key) is not None:
        return False
    key_values.put(connection, _OWNER, key, to_text(now))
    return True


def resume(connection: sqlite3.Connection, address: Address | None, *, now: dt.datetime) -> bool:
    """Undo `pause` for one chat, or for everything; chats that were paused by themselves stay so. False when it was not."""
    key = _EVERYTHING if address is None else str(address)
    gone = connection.execute("DELETE FROM key_value WHERE owner = ? AND key = ?", (_OWNER, key)).rowcount
    if gone:
        key_values.put(connection, *_RESUMED, to_text(now))
    return gone > 0


def resumed_at(connection: sqlite3.Connection) -> dt.datetime | None:
    """When something was resumed last."""
    written = key_values.get(connection, *_RESUMED)
    return None if written is None else from_text(written)


def move(connection: sqlite3.Connection, old: Address, new: Address) -> None:
    """A chat has a new address: its pause goes along."""
    connection.execute("UPDATE OR REPLACE key_value SET key = ? WHERE owner = ? AND key = ?", (str(new), _OWNER, str(old)))


def forget(connection: sqlite3.Connection, platform: str, chat_id: str) -> None:
    """A chat is to be forgotten, with its topics: so is that it was paused."""
    # Not LIKE: a chat's number may be a word of a stranger's platform, with any sign in it.
    chat = f"{platform}:{chat_id}"
    connection.execute(
        "DELETE FROM key_value WHERE owner = ?1 AND (key = ?2 OR substr(key, 1, length(?3)) = ?3)",
        (_OWNER, chat, f"{chat}/"),
    )
