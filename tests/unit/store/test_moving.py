"""A whole installation as lines and back: nothing is lost, of no version; what is no whole file leaves nothing behind."""

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import UsageError
from bot.store.connection import open_store
from bot.store.migrations import known_migrations
from bot.store.moving import (
    Header,
    export_installation,
    import_installation,
    index_installation,
    moved_tables,
    read_header,
)
from bot.store.search import search
from tests.unit.store.old_stores import VERSIONS, contents, fill, old_store


@contextlib.contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def exported(path: Path) -> list[str]:
    lines: list[str] = []
    with opened(path) as connection:
        export_installation(connection, lines.append)
    return lines


def imported(path: Path, lines: list[str]) -> None:
    header = read_header(lines[0])
    assert header is not None
    with opened(path) as connection:
        import_installation(connection, iter(lines[1:]), header)
        index_installation(connection)


def filled(path: Path, rows: int = 3) -> list[str]:
    with open_store(path) as store:
        store._writer.execute("PRAGMA foreign_keys = OFF")
        fill(store._writer, rows)
    return exported(path)


def rows(path: Path) -> dict[str, list[dict[str, object]]]:
    with opened(path) as connection:
        found = contents(connection)
        found["due_order"] = [dict(row) for row in connection.execute("SELECT * FROM due_order ORDER BY at, target_id")]
        return found


def test_every_row_of_every_table_comes_back(tmp_path: Path):
    lines = filled(tmp_path / "old.db")
    with opened(tmp_path / "old.db") as connection:
        assert [table for table in moved_tables(connection) if not contents(connection).get(table)] == []
    imported(tmp_path / "new.db", lines)
    assert rows(tmp_path / "new.db") == rows(tmp_path / "old.db")
    with open_store(tmp_path / "new.db") as store:
        assert len(store.read_now(search, "어텐션 싱크").ids) == 3
    # And what came back goes out again as the same lines.
    assert exported(tmp_path / "new.db") == lines


@pytest.mark.parametrize("version", VERSIONS)
def test_an_installation_of_an_earlier_version_arrives_in_this_one(tmp_path: Path, version: int):
    old_store(tmp_path / "old.db", version)
    lines = exported(tmp_path / "old.db")
    assert json.loads(lines[0])["schema"] == known_migrations()[VERSIONS.index(version)]
    imported(tmp_path / "moved.db", lines)
    open_store(tmp_path / "moved.db").close()
    open_store(tmp_path / "old.db").close()
    assert rows(tmp_path / "moved.db") == rows(tmp_path / "old.db")


def test_blobs_and_every_kind_of_text_are_kept(tmp_path: Path):
    with open_store(tmp_path / "old.db") as store:
        store._writer.execute("CREATE TABLE extra (a BLOB, b TEXT, c REAL, d INTEGER) STRICT")
        values = (b"\x00\xff", "가\n\u2028\x1e\"'\\ 😀", 0.1, 2**63 - 1)
        store._writer.execute("INSERT INTO extra VALUES (?, ?, ?, ?)", values)
    lines = exported(tmp_path / "old.db")
    with opened(tmp_path / "new.db") as connection:
        # As a table of a later version would be.
        open_store(tmp_path / "new.db").close()
        connection.execute("CREATE TABLE extra (a BLOB, b TEXT, c REAL, d INTEGER) STRICT")
    imported(tmp_path / "new.db", lines)
    with opened(tmp_path / "new.db") as connection:
        assert tuple(connection.execute("SELECT * FROM extra").fetchone()) == values


def test_a_lease_stays_where_it_was_and_what_was_on_its_way_counts_as_begun(tmp_path: Path):
    lines = filled(tmp_path / "old.db")
    with opened(tmp_path / "old.db") as connection:
        connection.execute(
            "UPDATE delivery SET lease_owner = 'other:1:2:3', lease_until = '2030', attempts = 0 WHERE id < 3"
        )
        connection.execute("UPDATE delivery SET attempts = 4 WHERE id = 2")
        connection.execute("UPDATE delivery SET attempts = 0 WHERE id = 3")
    lines = exported(tmp_path / "old.db")
    imported(tmp_path / "new.db", lines)
    with opened(tmp_path / "new.db") as connection:
        found = connection.execute("SELECT lease_owner, lease_until, attempts FROM delivery ORDER BY id").fetchall()
    assert [tuple(row) for row in found] == [(None, None, 1), (None, None, 4), (None, None, 0)]


def test_backups_are_of_the_place_that_was_left(tmp_path: Path):
    with open_store(tmp_path / "old.db") as store:
        store._writer.execute("INSERT INTO key_value VALUES ('backup', 'last', '{}'), ('delivery', 'mark', 'abc')")
    imported(tmp_path / "new.db", exported(tmp_path / "old.db"))
    with opened(tmp_path / "new.db") as connection:
        assert [row["owner"] for row in connection.execute("SELECT owner FROM key_value")] == ["delivery"]


@pytest.mark.parametrize("line", ["", "{}", "[]", "null", "12", "# Title", '{"id": "2403.18361"}', "{" * 100_000])
def test_another_file_is_no_installation(line: str):
    assert read_header(line) is None


@pytest.mark.parametrize("changes", [{"form": 2}, {"schema": "m9999_later"}, {"schema": None}, {"rows": "many"}])
def test_an_installation_of_a_later_version_is_named(tmp_path: Path, changes: dict[str, object]):
    header = json.loads(filled(tmp_path / "old.db")[0]) | changes
    with pytest.raises(UsageError, match="later version"):
        read_header(json.dumps(header))


def broken(lines: list[str], kind: str) -> list[str]:
    third = next(at for at, line in enumerate(lines) if line.startswith("["))
    wrong = {
        "cut off": lines[:-1],
        "half": lines[: len(lines) // 2],
        "cut in a line": [*lines[:third], lines[third][:20]],
        "a row less": [*lines[:third], *lines[third + 1 :]],
        "a row twice": [*lines[: third + 1], *lines[third:]],
        "no json": [*lines[:third], "hello\n", *lines[third:]],
        "a number": [*lines[:third], "7\n", *lines[third:]],
        "a row of no table": [lines[0], lines[third], *lines[1:]],
        "another table": [lines[0], '{"table":"theirs","columns":["a"]}\n', *lines[1:]],
        "a table of ours that is derived": [lines[0], '{"table":"due_order","columns":["at"]}\n', *lines[1:]],
        "another column": [lines[0], '{"table":"paper","columns":["key; DROP TABLE paper"]}\n', *lines[1:]],
        "no columns": [lines[0], '{"table":"paper","columns":[]}\n', *lines[1:]],
        "too few values": [*lines[:third], "[1]\n", *lines[third:]],
        "a value that is none": [*lines[:third], '[{"base64":"!"}]\n', *lines[third:]],
        "a list in a row": [*lines[:third], "[[1]]\n", *lines[third:]],
        "too large a number": [*lines[:third], f"[{2**70}]\n", *lines[third:]],
        "nothing": lines[:1],
    }
    return wrong[kind]


KINDS = (
    "cut off", "half", "cut in a line", "a row less", "a row twice", "no json", "a number", "a row of no table",
    "another table", "a table of ours that is derived", "another column", "no columns", "too few values",
    "a value that is none", "a list in a row", "too large a number", "nothing",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_whole_is_one_sentence(tmp_path: Path, kind: str):
    lines = filled(tmp_path / "old.db")
    with pytest.raises(UsageError, match=r"^(It ends after|Line \d+)"):
        imported(tmp_path / "new.db", broken(lines, kind))


def test_a_row_that_names_what_is_not_there_is_refused(tmp_path: Path):
    lines = filled(tmp_path / "old.db")
    at = next(at for at, line in enumerate(lines) if line.startswith('{"table":"saved"'))
    lines[at + 1] = '["telegram:1",77,"2024-03-28"]\n'
    with pytest.raises(UsageError, match="A row of saved names one of paper that is not in it"):
        imported(tmp_path / "new.db", lines)


def test_progress_is_told_to_the_end(tmp_path: Path):
    lines = filled(tmp_path / "old.db", 3)
    told: list[tuple[int, int]] = []
    with opened(tmp_path / "new.db") as connection:
        header = read_header(lines[0])
        assert header == Header(schema=known_migrations()[-1], rows=json.loads(lines[-1])["end"])
        import_installation(connection, iter(lines[1:]), header, lambda *both: told.append(both))
    assert told[-1] == (header.rows, header.rows)
