"""Deletes everything that the store has about a chat, or about a person. Papers, lists and operators' data stay.

A table of a later schema that names chats or people must be covered here, too; a test goes through all tables.
"""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptOfPerson:
    """What is stored about a person: how many papers they saved, whether they reported a summary, and used /random."""

    saved: int
    reports: bool
    random: bool

    def __bool__(self) -> bool:
        return bool(self.saved or self.reports or self.random)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptOfChat:
    """Whether a chat, or a topic of it, is known, has a subscription (even an ended one), and was sent digests."""

    known: bool
    subscription: bool
    days: bool

    def __bool__(self) -> bool:
        return self.known


def kept_of_person(connection: sqlite3.Connection, person: str) -> KeptOfPerson:
    """What is kept of `person` (`platform:number`)."""
    saved, reports, random = connection.execute(
        "SELECT (SELECT count(*) FROM saved WHERE person = ?1), "
        "EXISTS (SELECT 1 FROM summary_reporter WHERE person = ?1), "
        "EXISTS (SELECT 1 FROM random_paper WHERE person = ?1)",
        (person,),
    ).fetchone()
    return KeptOfPerson(saved=saved, reports=bool(reports), random=bool(random))


def kept_of_chat(connection: sqlite3.Connection, platform: str, chat_id: str) -> KeptOfChat:
    """What is kept of a chat and its topics."""
    known, subscription, days = connection.execute(
        "SELECT count(*) > 0, coalesce(max(EXISTS (SELECT 1 FROM subscription WHERE target_id = target.id)), 0), "
        "coalesce(max(EXISTS (SELECT 1 FROM delivery WHERE target_id = target.id)), 0) "
        "FROM target WHERE platform = ? AND chat_id = ?",
        (platform, chat_id),
    ).fetchone()
    return KeptOfChat(known=bool(known), subscription=bool(subscription), days=bool(days))
