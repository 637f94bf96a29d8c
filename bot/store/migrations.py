"""The schema's versions, by sqlite-utils. Each is an SQL file beside this one; once released, it never changes."""

import sqlite3
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from bot.errors import StoreIsForeign, StoreIsNewer

if TYPE_CHECKING:
    from sqlite_utils import Database, Migrations

# "dpap" in ASCII: SQLite keeps it in the file's header (sqlite.org/fileformat2.html#application_id).
APPLICATION_ID = 0x64706170

_SET = "daily-papers"

# By these names a file says which it has had; the SQL of m0001_… is in schema_0001.sql.
_NAMES = (
    "m0001_first",  # papers, lists, search, targets, subscriptions, deliveries
    "m0002_checked_summaries",  # verdicts beside summaries; claims and usage of language models
    "m0003_reports",  # reports by readers
    "m0004_due_instants",  # due instants in tables of their own
    "m0005_search",  # a search index of our own; `open_store` indexes what is in the store, some papers at a time
    "m0006_saved",  # papers that people save for themselves
    "m0007_lists",  # arguments of lists, and what /random showed last
    "m0008_filters",  # filters of a subscription, and until when it is paused
    "m0009_announcements",  # announcements of the operator; when chats were parked
    "m0010_long_rows",  # summaries and the papers of terms by row number, which is read in half the time
)


@cache
def migrations() -> "Migrations":
    """The set as sqlite-utils applies it, each by its name."""
    # Late: with numpy, which it asks for, it takes a fifth of a second, and a file of this version needs none of it.
    from sqlite_utils import Migrations  # noqa: PLC0415

    made = Migrations(_SET)
    for name in _NAMES:
        made(name=name)(_applying(name))
    return made


def _applying(name: str) -> "Callable[[Database], None]":
    def run(db: "Database") -> None:
        # Not executescript: it commits what is open before it runs, and a migration must be one transaction.
        script = files("bot.store").joinpath(f"schema_{name[1:5]}.sql").read_text(encoding="utf-8")
        statement = ""
        for line in script.splitlines(keepends=True):
            statement += line
            if sqlite3.complete_statement(statement):
                db.conn.execute(statement)
                statement = ""
        if name == _NAMES[0]:
            db.conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")

    return run


def check_identity(connection: sqlite3.Connection, path: object) -> None:
    """Refuse a file of another program or of a later version, before anything is written to it.

    Raises StoreIsForeign or StoreIsNewer.
    """
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        return
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != APPLICATION_ID:
        raise StoreIsForeign(
            f"{path} is a database of another program. It was left as it is; "
            "set DATABASE to another file, or to one that does not exist yet."
        )
    unknown = sorted(set(applied_migrations(connection)) - set(known_migrations()))
    if unknown:
        raise StoreIsNewer(
            f"{path} was written by a later version of daily-papers (it knows {', '.join(unknown)}). "
            "It was left as it is; install that version, or set DATABASE to another file."
        )


def migrate(connection: sqlite3.Connection, before: Callable[[int], object], until: str | None = None) -> None:
    """Bring the file to this version, or to the one whose last migration is `until`; a failure leaves it as it was.

    Safe if several processes do it at once: all but one find it done. `before` is called with the number of migrations
    that were applied so far, if any were, when nobody else can write and nothing is changed yet.
    """
    if applied_migrations(connection) == known_migrations():
        return
    from sqlite_utils import Database  # noqa: PLC0415 - as above

    # sqlite-utils begins deferred, and read-then-write under that fails at once when two processes meet.
    connection.execute("BEGIN IMMEDIATE")
    try:
        applied = applied_migrations(connection)
        if applied and applied != known_migrations():
            before(len(applied))
        migrations().apply(Database(connection), stop_before=_after(until))
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def known_migrations() -> list[str]:
    """The names of all migrations, in their order."""
    return list(_NAMES)


def applied_migrations(connection: sqlite3.Connection) -> list[str]:
    """The names of those that the file has had, in the order of their numbers.

    A file that followed the repository from day to day has had some in another order, and is of this version as well.
    """
    kept = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '_sqlite_migrations'"
    if not connection.execute(kept).fetchone():
        return []
    query = "SELECT name FROM _sqlite_migrations WHERE migration_set = ? ORDER BY name"
    return [name for (name,) in connection.execute(query, (_SET,))]


def _after(name: str | None) -> list[str]:
    return [] if name is None else list(_NAMES[_NAMES.index(name) + 1 :])
