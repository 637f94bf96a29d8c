"""The outcome of the last backup: written by whatever makes one, read by the alarms."""

import datetime as dt
import json
import sqlite3
from dataclasses import dataclass

from bot.clock import from_text, to_text
from bot.store import key_values

_OWNER, _LAST, _OWN = "backup", "last", "own"


@dataclass(frozen=True, slots=True)
class BackupOutcome:
    """When a backup was last made or tried; `error` is the sentence that says why it failed, "" when it did not."""

    at: dt.datetime
    error: str = ""


def put(connection: sqlite3.Connection, outcome: BackupOutcome) -> None:
    """Remember it in place of the one before."""
    _put(connection, _LAST, outcome)


def last(connection: sqlite3.Connection) -> BackupOutcome | None:
    """The last one; None when nobody has ever made a backup from this installation."""
    return _get(connection, _LAST)


def put_own(connection: sqlite3.Connection, outcome: BackupOutcome) -> None:
    """As `put`, of the running bot's own: it is made whatever else is copied to other places."""
    _put(connection, _OWN, outcome)


def last_own(connection: sqlite3.Connection) -> BackupOutcome | None:
    """The last that the running bot made by itself, into BACKUP_FOLDER; None when it never has."""
    return _get(connection, _OWN)


def _put(connection: sqlite3.Connection, which: str, outcome: BackupOutcome) -> None:
    key_values.put(
        connection, _OWNER, which, json.dumps({"at": to_text(outcome.at), "error": outcome.error}, ensure_ascii=False)
    )


def _get(connection: sqlite3.Connection, which: str) -> BackupOutcome | None:
    written = key_values.get(connection, _OWNER, which)
    if written is None:
        return None
    value = json.loads(written)
    return BackupOutcome(from_text(value["at"]), value["error"])
