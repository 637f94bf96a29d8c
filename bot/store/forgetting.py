"""Forgetting: all that the store holds of a chat, and of a person. What is a paper's, a list's or an operator's stays.

A table of a later schema that names chats or people belongs here too; a test walks all of them.
"""

import sqlite3
from collections.abc import Collection

from bot.model import Address
from bot.store import chats, expected, pauses


def forget_chat(connection: sqlite3.Connection, platform: str, chat_id: str, *, titles: Collection[str] = ()) -> int:
    """Delete every target of a chat with its subscription, its deliveries and their messages; gives how many targets.

    What is being sent there ends, for its delivery is gone. Reports from there stay, without the chat's title, which is
    among `titles` or kept with a target.
    """
    known = "SELECT title FROM target WHERE platform = ? AND chat_id = ?"
    kept = [row["title"] for row in connection.execute(known, (platform, chat_id))]
    rooms = {title for title in (*kept, *titles) if title}
    connection.executemany(
        "UPDATE summary_report SET room = '' WHERE platform = ? AND room = ?", [(platform, room) for room in rooms]
    )
    pauses.forget(connection, platform, chat_id)
    expected.forget(connection, Address(platform, chat_id))
    targets = chats.addresses_in(connection, platform, chat_id)
    connection.execute("DELETE FROM target WHERE platform = ? AND chat_id = ?", (platform, chat_id))
    return len(targets)


def forget_person(connection: sqlite3.Connection, person: str) -> int:
    """Delete what is kept of `person` (`platform:number`): saved papers, reports, /random's last. Gives how many rows."""
    return sum(
        connection.execute(statement, (person,)).rowcount
        for statement in (
            "DELETE FROM saved WHERE person = ?",
            "DELETE FROM summary_reporter WHERE person = ?",
            "DELETE FROM random_paper WHERE person = ?",
        )
    )


def knows_person(connection: sqlite3.Connection, person: str) -> bool:
    """Whether anything is kept of `person`."""
    (found,) = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM saved WHERE person = ?1) "
        "OR EXISTS (SELECT 1 FROM summary_reporter WHERE person = ?1) "
        "OR EXISTS (SELECT 1 FROM random_paper WHERE person = ?1)",
        (person,),
    ).fetchone()
    return bool(found)


def knows_chat(connection: sqlite3.Connection, platform: str, chat_id: str) -> bool:
    """Whether anything is kept of a chat or a topic of it."""
    found = connection.execute("SELECT 1 FROM target WHERE platform = ? AND chat_id = ? LIMIT 1", (platform, chat_id))
    return found.fetchone() is not None
