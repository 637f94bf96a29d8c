"""Stores of earlier versions, built from their schema files, with rows in every table."""

import sqlite3
from collections import defaultdict
from pathlib import Path

from bot.store.migrations import known_migrations, migrate

VERSIONS = [int(name[1:5]) for name in known_migrations()]
# What stands in columns whose text means something; of others it is their name and the row's number.
VALUES = {
    "id": "2403.1836{n}",
    "title": "어텐션 싱크(attention sink) {n}",
    "authors": '["Ada Inventor", "Bo Maker {n}"]',
    "media": "[]",
    "keywords": '["attention"]',
    "bullets": '["하나 {n}.", "둘 {n}."]',
    "reasons": "[]",
    "items": '[{{"kind": "heading", "shown": 1, "total": 1}}, {{"kind": "paper", "id": "2403.1836{n}"}}]',
    "choice": "ko|each||{n}",
    "raw": "{{}}",
    "day": "2024-03-2{n}",
    "list_day": "2024-03-2{n}",
    "archive_day": "2024-03-2{n}",
    "floor_day": "2024-03-20",
    "paused_until": "2024-04-0{n}",
    "language": "ko",
    "origin": "hub",
    "platform": "telegram",
    "chat_id": "{n}",
    "kind": "private",
    "time_zone": "Asia/Seoul",
    "local_time": "09:00",
    "weekdays": "0123456",
    "shape": "each",
    "person": "telegram:{n}",
    "paper_id": "2403.1836{n}",
    "filters": "",
    "parked": "",
    "lease_owner": None,
    "lease_until": None,
}
# Of these tables a row's words are its table's own.
OF_TABLES = {
    ("list_day", "state"): "closed",
    ("delivery", "state"): "ready",
    ("delivery", "cursor"): 1,
    ("delivery", "total"): 2,
    ("delivery", "selection_id"): "{n}",
    ("subscription", "active"): 1,
    ("summary", "source"): "imported",
    ("paper_raw", "source"): "hub",
}
# What the search index of later versions is made of is made anew; these of its tables hold blobs of its own form.
DERIVED = ("search_", "paper_search", "due_order")


def old_store(path: Path, version: int, rows: int = 3) -> None:
    """A store as version `version` left it."""
    names = known_migrations()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode = WAL")
    migrate(connection, lambda _: None, until=names[VERSIONS.index(version)])
    fill(connection, rows)
    connection.close()


def fill(connection: sqlite3.Connection, rows: int = 3) -> None:
    """Put rows into every table but those that are derived; each row's number is in its texts."""
    connection.execute("PRAGMA foreign_keys = OFF")
    for table in tables(connection):
        columns = connection.execute(f"PRAGMA table_info('{table}')").fetchall()
        for number in range(1, rows + 1):
            values = {column["name"]: value(table, column, number) for column in columns}
            names, marks = ", ".join(values), ", ".join("?" * len(values))
            connection.execute(f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})", list(values.values()))
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'search_pending'").fetchone():
        connection.execute("INSERT OR IGNORE INTO search_pending SELECT key FROM paper")
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def value(table: str, column: sqlite3.Row, number: int) -> object:
    name, kind = column["name"], column["type"]
    given = OF_TABLES.get((table, name), VALUES.get(name) if kind == "TEXT" else None)
    if given is None and name in VALUES and VALUES[name] is None:
        return None
    if isinstance(given, str):
        text = given.format(n=number)
        return int(text) if kind == "INTEGER" else text
    if given is not None:
        return given
    if name.endswith(("_at", "_until", "not_before")) and kind == "TEXT":
        return f"2024-03-2{number}T00:00:00.000Z"
    if name == "at":
        return 1711670400000 + number  # milliseconds
    return {"TEXT": f"{name} {number}", "INTEGER": number, "REAL": number / 2, "BLOB": bytes([number])}[kind]


def tables(connection: sqlite3.Connection) -> list[str]:
    """The tables that hold what is nowhere else."""
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid").fetchall()
    return [row[0] for row in found if not row[0].startswith(("sqlite_", "_sqlite_", *DERIVED))]


def contents(connection: sqlite3.Connection) -> dict[str, list[dict[str, object]]]:
    """All rows by table, in an order of their own."""
    found: defaultdict[str, list[dict[str, object]]] = defaultdict(list)
    for table in tables(connection):
        rows = [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]
        found[table] = sorted(rows, key=lambda row: str(sorted(row.items())))
    return dict(found)
