"""The outcome of the last backup: written by whatever makes one, read by the alarms."""

import datetime as dt
import json
import sqlite3
from dataclasses import dataclass

from bot.clock import from_text, to_text
from bot.store import key_values

_OWNER, _LAST = "backup", "last"


@dataclass(frozen=True, slots=True)
class BackupOutcome:
    """When a backup was last made or tried; `error` is the sentence that says why it failed, "" when it did not."""

    at: dt.datetime
    error: str = ""


def put(connection: sqlite3.Connection, outcome: BackupOutcome) -> None:
    """Remember it in place of the one before."""
    key_values.put(
        connection, _OWNER, _LAST, json.dumps({"at": to_text(outcome.at), "error": outcome.error}, ensure_ascii=False)
    )


def last(connection: sqlite3.Connection) -> BackupOutcome | None:
    """The last one; None when nobody has ever made a backup from this installation."""
    written = key_values.get(connection, _OWNER, _LAST)
    if written is None:
        return None
    value = json.loads(written)
    return BackupOutcome(from_text(value["at"]), value["error"])
