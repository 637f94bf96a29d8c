"""Targets: chats and topics, reachable or parked, and moves to new addresses. They outlive unsubscribing."""

import datetime as dt
import sqlite3
from collections.abc import Collection

from bot.clock import to_text
from bot.model import Address, Chat, ChatKind
from bot.store import pauses, subscriptions

_FIND = f"""
SELECT id, platform, chat_id, topic_id, kind, title, language, parked, {subscriptions.COLUMNS}
FROM target LEFT JOIN subscription ON subscription.target_id = target.id
WHERE platform = ? AND chat_id = ? AND topic_id = ?
"""  # noqa: S608

_ENSURE = """
INSERT INTO target (platform, chat_id, topic_id, kind, title, language, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (platform, chat_id, topic_id) DO UPDATE SET
    kind = excluded.kind, title = CASE WHEN excluded.title = '' THEN title ELSE excluded.title END
    WHERE kind <> excluded.kind OR (title <> excluded.title AND excluded.title <> '')
"""

# Under a lease a message may be on its way: that it may stand there counts as an attempt, so that it is known at the next.
_PARK_DELIVERIES = """
UPDATE delivery SET state = 'parked', last_error = ?, ended_at = ?,
    attempts = iif(lease_owner IS NULL, attempts, max(attempts, 1)), lease_owner = NULL, lease_until = NULL
WHERE target_id = ? AND state IN ('waiting', 'ready')
"""

# How far a delivery has come: of two for one day, the one that is further is kept.
_FURTHEST = """
SELECT kept.id AS kept_id, gone.id AS gone_id,
    (gone.state = 'done', gone.cursor, gone.state IN ('waiting', 'ready', 'parked'))
    > (kept.state = 'done', kept.cursor, kept.state IN ('waiting', 'ready', 'parked')) AS gone_is_further
FROM delivery AS kept JOIN delivery AS gone ON gone.list_day = kept.list_day
WHERE kept.target_id = ? AND gone.target_id = ?
"""

# The further one may have been broken off, by unsubscribing, where the other still goes on: what is missing is owed.
_GO_ON = """
UPDATE delivery SET state = iif(other.state = 'ready', 'ready', 'parked'), not_before = other.not_before, last_error = '',
    ended_at = iif(other.state = 'ready', NULL, delivery.ended_at)
FROM delivery AS other WHERE other.id = :worse AND other.state IN ('waiting', 'ready', 'parked')
    AND delivery.id = :better AND delivery.state IN ('skipped', 'failed') AND delivery.cursor > 0
"""

# One of the two may be sent another day than the other: the older goes first, as always. Of the other a message may be on
# its way.
_ONE_SENDER = """
UPDATE delivery SET lease_owner = NULL, lease_until = NULL, attempts = max(attempts, 1)
WHERE target_id = ?1 AND state = 'ready' AND lease_owner IS NOT NULL AND EXISTS (
    SELECT 1 FROM delivery AS older WHERE older.target_id = ?1 AND older.state = 'ready'
    AND older.list_day < delivery.list_day AND older.list_day >= '1901')
"""


def chat(connection: sqlite3.Connection, address: Address) -> Chat | None:
    """The chat at exactly this address, with its subscription; None if nobody ever talked to the bot there."""
    row = connection.execute(_FIND, (address.platform, address.chat_id, address.topic_id)).fetchone()
    if row is None:
        return None
    return Chat(
        target_id=row["id"],
        address=Address(row["platform"], row["chat_id"], row["topic_id"]),
        kind=ChatKind(row["kind"]),
        language=row["language"],
        title=row["title"],
        parked=row["parked"],
        subscription=None if row["time_zone"] is None else subscriptions.from_row(row),
    )


def addresses_in(connection: sqlite3.Connection, platform: str, chat_id: str) -> list[Address]:
    """Every target of a chat: the chat itself, and its topics."""
    found = "SELECT platform, chat_id, topic_id FROM target WHERE platform = ? AND chat_id = ? ORDER BY id"
    return [Address(*row) for row in connection.execute(found, (platform, chat_id))]


def ensure_chat(
    connection: sqlite3.Connection, address: Address, *, kind: ChatKind, title: str, language: str, now: dt.datetime
) -> Chat:
    """The chat at this address, created if it is new. Kind and title are updated; a known chat keeps its language."""
    connection.execute(_ENSURE, (address.platform, address.chat_id, address.topic_id, kind, title, language, to_text(now)))
    found = chat(connection, address)
    assert found is not None
    return found


def set_language(connection: sqlite3.Connection, target_id: int, language: str) -> None:
    connection.execute("UPDATE target SET language = ? WHERE id = ?", (language, target_id))


def park(connection: sqlite3.Connection, target_id: int, reason: str, *, now: dt.datetime | None = None) -> None:
    """Park a target: nothing is sent until it wakes up; its settings stay, and what was being sent ends as parked."""
    at = None if now is None else to_text(now)
    connection.execute(
        "UPDATE target SET parked_at = CASE parked WHEN '' THEN ? ELSE parked_at END, parked = ? WHERE id = ?",
        (at, reason or "unreachable", target_id),
    )
    connection.execute(_PARK_DELIVERIES, (reason, at, target_id))


def park_chat(
    connection: sqlite3.Connection, platform: str, chat_id: str, reason: str, *, now: dt.datetime | None = None
) -> int:
    """Park all targets (topics) of a chat that are not parked yet; returns how many."""
    targets = _targets(connection, platform, chat_id, "parked = ''")
    for target_id in targets:
        park(connection, target_id, reason, now=now)
    return len(targets)


def wake(connection: sqlite3.Connection, target_id: int) -> bool:
    """Wake a target up: its digest comes at its next due instant. Returns False if it was not parked."""
    woken = connection.execute(
        "UPDATE target SET parked = '', strikes = 0, struck_at = NULL WHERE id = ? AND (parked <> '' OR strikes > 0)",
        (target_id,),
    )
    return woken.rowcount > 0


def parked_since(connection: sqlite3.Connection, instant: dt.datetime) -> tuple[int, str]:
    """How many targets were parked after an instant and still are, and the most frequent reason."""
    rows = connection.execute(
        "SELECT parked, count(*) AS count FROM target WHERE parked <> '' AND parked_at > ? "
        "GROUP BY parked ORDER BY count DESC, parked",
        (to_text(instant),),
    ).fetchall()
    return sum(row["count"] for row in rows), rows[0]["parked"] if rows else ""


def wake_chat(connection: sqlite3.Connection, platform: str, chat_id: str, topic_id: str = "") -> int:
    """Wake up every parked target of a chat, or of one topic of it; returns how many."""
    targets = _targets(connection, platform, chat_id, "parked <> ''")
    if topic_id:
        topic = chat(connection, Address(platform, chat_id, topic_id))
        targets = [one for one in targets if topic is not None and one == topic.target_id]
    for target_id in targets:
        wake(connection, target_id)
    return len(targets)


def parked_among(connection: sqlite3.Connection, platform: str, chat_ids: Collection[str]) -> list[str]:
    """Those of `chat_ids` that have a parked target."""
    rows = connection.execute(
        "SELECT DISTINCT chat_id FROM target WHERE platform = ? AND parked <> '' ORDER BY chat_id", (platform,)
    )
    return [row["chat_id"] for row in rows if row["chat_id"] in chat_ids]


def move_chat(connection: sqlite3.Connection, old: Address, new: Address, *, now: dt.datetime) -> None:
    """Give every target of the chat `old` the chat id of `new`; topics keep theirs.

    Where the new address has a target already, the two become one: the subscription that is active stays (the new
    address's when both are), and the deliveries of both count as had, so that no day comes twice.
    """
    if (old.platform, old.chat_id) == (new.platform, new.chat_id):
        return
    for moved in connection.execute(
        "SELECT platform, chat_id, topic_id FROM target WHERE platform = ? AND chat_id = ?", (old.platform, old.chat_id)
    ).fetchall():
        there = Address(new.platform, new.chat_id, moved["topic_id"])
        pauses.move(connection, Address(*moved), there)
        leaving, standing = chat(connection, Address(*moved)), chat(connection, there)
        assert leaving is not None
        kept = leaving
        if standing is not None:
            kept, gone = (standing, leaving) if _active(standing) else (leaving, standing)
            _merge(connection, kept, gone, now=now)
        connection.execute(
            "UPDATE target SET platform = ?, chat_id = ?, parked = '', strikes = 0, struck_at = NULL WHERE id = ?",
            (there.platform, there.chat_id, kept.target_id),
        )


def counts_by_platform(connection: sqlite3.Connection) -> dict[str, int]:
    """Active and reachable subscribers by platform."""
    return dict(
        connection.execute(
            "SELECT platform, count(*) FROM target JOIN subscription ON target_id = target.id "
            "WHERE active = 1 AND parked = '' GROUP BY platform ORDER BY platform"
        ).fetchall()
    )


def _targets(connection: sqlite3.Connection, platform: str, chat_id: str, condition: str) -> list[int]:
    sql = f"SELECT id FROM target WHERE platform = ? AND chat_id = ? AND {condition}"  # noqa: S608 - two constants of ours
    return [row["id"] for row in connection.execute(sql, (platform, chat_id))]


def _active(found: Chat) -> bool:
    return found.subscription is not None and found.subscription.active


def _merge(connection: sqlite3.Connection, kept: Chat, gone: Chat, *, now: dt.datetime) -> None:
    if kept.subscription is None and gone.subscription is not None:
        subscriptions.save(connection, kept.target_id, gone.subscription, now=now)
    for pair in connection.execute(_FURTHEST, (kept.target_id, gone.target_id)).fetchall():
        better, worse = pair["kept_id"], pair["gone_id"]
        if pair["gone_is_further"]:
            better, worse = worse, better
        connection.execute(_GO_ON, {"better": better, "worse": worse})
        connection.execute("DELETE FROM delivery WHERE id = ?", (worse,))
    connection.execute("UPDATE delivery SET target_id = ? WHERE target_id = ?", (kept.target_id, gone.target_id))
    connection.execute(_ONE_SENDER, (kept.target_id,))
    connection.execute("DELETE FROM target WHERE id = ?", (gone.target_id,))
