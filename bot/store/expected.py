"""Chats that were asked for a city or an hour and may answer with just that; kept for minutes among the small texts."""

import datetime as dt
import sqlite3

from bot.clock import from_text, to_text
from bot.model import Address
from bot.store import key_values

_OWNER = "expected"
# After this time an answer is taken to be about something else.
_LASTS = dt.timedelta(minutes=10)


def expect(connection: sqlite3.Connection, address: Address, *, now: dt.datetime) -> None:
    """For some minutes from now on, a city typed in this chat counts as an answer. Old expectations are deleted."""
    connection.execute("DELETE FROM key_value WHERE owner = ? AND value < ?", (_OWNER, to_text(now - _LASTS)))
    key_values.put(connection, _OWNER, str(address), to_text(now))


def is_expected(connection: sqlite3.Connection, address: Address, *, now: dt.datetime) -> bool:
    """Whether this chat was asked a few minutes ago."""
    asked = key_values.get(connection, _OWNER, str(address))
    return asked is not None and now - from_text(asked) <= _LASTS


def forget(connection: sqlite3.Connection, address: Address) -> None:
    """The answer was given, or the chat is forgotten. It is asked in private chats, which have no topics."""
    connection.execute("DELETE FROM key_value WHERE owner = ? AND key = ?", (_OWNER, str(address)))
