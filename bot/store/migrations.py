"""The schema's versions, by sqlite-utils. Each is an SQL file beside this one; once released, it never changes."""

import sqlite3
from collections.abc import Callable
from importlib.resources import files

from sqlite_utils import Database, Migrations

from bot.errors import StoreIsForeign, StoreIsNewer

# "dpap" in ASCII: SQLite keeps it in the file's header (sqlite.org/fileformat2.html#application_id).
APPLICATION_ID = 0x64706170

migrations = Migrations("daily-papers")


@migrations()
def m0001_first(db: Database) -> None:
    """Papers, lists, search, targets, subscriptions, deliveries."""
    _run(db, "schema_0001.sql")
    db.conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")


@migrations()
def m0002_checked_summaries(db: Database) -> None:
    """Verdicts beside summaries; claims and usage of language models."""
    _run(db, "schema_0002.sql")


@migrations()
def m0003_reports(db: Database) -> None:
    """Reports by readers."""
    _run(db, "schema_0003.sql")


@migrations()
def m0004_due_instants(db: Database) -> None:
    """Due instants in tables of their own."""
    _run(db, "schema_0004.sql")


@migrations()
def m0005_search(db: Database) -> None:
    """A search index of our own; what is in the store is indexed by `open_store`, some papers at a time."""
    _run(db, "schema_0005.sql")


@migrations()
def m0006_saved(db: Database) -> None:
    """Papers that people save for themselves."""
    _run(db, "schema_0006.sql")


@migrations()
def m0007_lists(db: Database) -> None:
    """Arguments of lists, and what /random showed last."""
    _run(db, "schema_0007.sql")


@migrations()
def m0008_filters(db: Database) -> None:
    """Filters of a subscription, and until when it is paused."""
    _run(db, "schema_0008.sql")


@migrations()
def m0009_announcements(db: Database) -> None:
    """Announcements of the operator; when chats were parked."""
    _run(db, "schema_0009.sql")


@migrations()
def m0010_long_rows(db: Database) -> None:
    """Summaries and the papers of terms by row number, which is read in half the time."""
    _run(db, "schema_0010.sql")


def _run(db: Database, name: str) -> None:
    # Not executescript: it commits what is open before it runs, and a migration must be one transaction.
    script = files("bot.store").joinpath(name).read_text(encoding="utf-8")
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            db.conn.execute(statement)
            statement = ""


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
    database = Database(connection)
    if not migrations.pending(database):
        return
    # sqlite-utils begins deferred, and read-then-write under that fails at once when two processes meet.
    connection.execute("BEGIN IMMEDIATE")
    try:
        applied = len(migrations.applied(database))
        if applied and migrations.pending(database):
            before(applied)
        migrations.apply(database, stop_before=_after(until))
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def known_migrations() -> list[str]:
    """The names of all migrations, in their order."""
    return [migration.name for migration in migrations.pending(Database(":memory:"))]


def applied_migrations(connection: sqlite3.Connection) -> list[str]:
    """The names of those that the file has had, in their order."""
    return [migration.name for migration in migrations.applied(Database(connection))]


def _after(name: str | None) -> list[str]:
    known = known_migrations()
    return [] if name is None else known[known.index(name) + 1 :]
