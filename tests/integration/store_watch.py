"""Which tables of a store are written to, and what stands in some rows: by triggers and plain reading, beside the program."""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

_CHANGES = ("INSERT", "UPDATE", "DELETE")


class StoreWatch:
    """Notes every row that is inserted, changed or deleted, from now on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with closing(sqlite3.connect(path)) as connection:
            # Not the tables behind FTS5, which take no triggers; what stands in FTS5 itself is compared as a whole.
            named = "SELECT name, type FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%'"
            kinds = connection.execute(named).fetchall()
            self._virtual = sorted(name for name, kind in kinds if kind == "virtual")
            connection.execute("CREATE TABLE watched (name TEXT, change TEXT)")
            for name in sorted(name for name, kind in kinds if kind == "table"):
                for change in _CHANGES:
                    note = f"INSERT INTO watched VALUES ('{name}', '{change}')"
                    connection.execute(
                        f'CREATE TRIGGER "watch_{name}_{change}" AFTER {change} ON "{name}" BEGIN {note}; END'
                    )
            connection.commit()
        self._shape = self._now()

    def changed(self) -> Counter[str]:
        """How many rows of which table were written since the last call: `{"INSERT saved": 2}`."""
        with closing(sqlite3.connect(self._path)) as connection, connection:
            connection.execute("PRAGMA synchronous = OFF")  # nobody waits for a disk here
            found = Counter(f"{change} {name}" for name, change in connection.execute("SELECT name, change FROM watched"))
            connection.execute("DELETE FROM watched")
        return found

    def check_shape(self) -> None:
        """No table, index or trigger is new, gone or another; the texts for searching stand as they stood."""
        assert self._now() == self._shape

    def rows(self, query: str, *arguments: str) -> list[Any]:
        with closing(sqlite3.connect(self._path)) as connection:
            return connection.execute(query, arguments).fetchall()

    def _now(self) -> tuple[Sequence[Any], dict[str, Sequence[Any]]]:
        schema = self.rows("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name")
        return schema, {name: self.rows(f'SELECT rowid, * FROM "{name}"') for name in self._virtual}
