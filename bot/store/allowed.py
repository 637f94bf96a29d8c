"""Which chats may be sent to while the operator serves only some (ALLOWED_CHATS). The others' data is kept.

A sending process stores the list among the small texts when it begins, so that every SQL statement can use it.
"""

import sqlite3
from collections.abc import Collection, Iterable

from bot.model import Address
from bot.settings import GENERAL_TOPIC
from bot.store import key_values

_OWNER = "allowed"

# A condition on a statement over `target`. A chat that is named without a topic is meant with all of them; named with
# topic 1, what stands outside its topics is meant, which is how Telegram numbers a forum's General.
ALLOWED = (
    "(NOT EXISTS (SELECT 1 FROM key_value WHERE owner = 'allowed') OR EXISTS ("
    "SELECT 1 FROM key_value WHERE owner = 'allowed' AND key IN "
    "(platform || ':' || chat_id, platform || ':' || chat_id || '/' || CASE topic_id WHEN '' THEN '1' ELSE topic_id END)))"
)


def allow_only(connection: sqlite3.Connection, addresses: Iterable[Address]) -> None:
    """From now on, send to these chats only; to everybody when there are none."""
    wanted = {str(address) for address in addresses}
    if wanted == _named(connection):
        return
    connection.execute("DELETE FROM key_value WHERE owner = ?", (_OWNER,))
    for address in sorted(wanted):
        key_values.put(connection, _OWNER, address, "")


def includes(named: Collection[Address], address: Address) -> bool:
    """Whether `address` is served when these are named: the rule of `ALLOWED`, for one that is at hand."""
    return not named or any(
        (one.platform, one.chat_id) == (address.platform, address.chat_id)
        and one.topic_id in {"", address.topic_id or GENERAL_TOPIC}
        for one in named
    )


def any_named(connection: sqlite3.Connection) -> bool:
    """Whether only some chats may be sent to."""
    return bool(_named(connection))


def _named(connection: sqlite3.Connection) -> set[str]:
    return {row["key"] for row in connection.execute("SELECT key FROM key_value WHERE owner = ?", (_OWNER,))}
