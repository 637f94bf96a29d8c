"""A random paper, and which one each person was shown last."""

import sqlite3

# From the better half: papers with at least the average number of votes. Where no votes are known, any paper.
_DRAWN = (
    "SELECT id FROM paper WHERE coalesce(upvotes, 0) >= (SELECT coalesce(avg(upvotes), 0) FROM paper) "
    "AND id <> ? ORDER BY random() LIMIT 1"
)
_ANY = "SELECT id FROM paper ORDER BY id <> ? DESC, random() LIMIT 1"


def drawn(connection: sqlite3.Connection, person: str) -> str | None:
    """The id of a paper for `person` (platform:number): not the one shown before where there is any other. None of none."""
    last = connection.execute("SELECT paper_id FROM random_paper WHERE person = ?", (person,)).fetchone()
    before = "" if last is None else str(last["paper_id"])
    row = connection.execute(_DRAWN, (before,)).fetchone() or connection.execute(_ANY, (before,)).fetchone()
    return None if row is None else str(row["id"])


def remember(connection: sqlite3.Connection, person: str, paper_id: str) -> None:
    """Keep which paper was shown."""
    connection.execute(
        "INSERT INTO random_paper (person, paper_id) VALUES (?, ?) "
        "ON CONFLICT (person) DO UPDATE SET paper_id = excluded.paper_id",
        (person, paper_id),
    )
