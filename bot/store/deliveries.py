"""Delivery rows: one for each target and list day, with its cursor and lease. What they mean is decided in bot/delivery."""

import datetime as dt
import json
import sqlite3
from collections.abc import Collection

from bot.clock import from_text, to_text
from bot.model import Address, Delivery, DeliveryState
from bot.store.pauses import NOT_PAUSED, everything_paused
from bot.store.recording import SAME_DELIVERY

_COLUMNS = (
    "delivery.id, target_id, list_day, selection_id, cursor, total, state, not_before, attempts, last_error, container_id, "
    "platform, chat_id, topic_id"
)

# Measured: 43 bytes a row, so 12 million messages a day are 0.5 GB a day.
MESSAGES_KEPT = dt.timedelta(days=30)

# Only the oldest open day of a target is sent, when no other is under way: this keeps the order within a chat, and one
# sender per chat. An older day may come later: an operator orders it; an announcement counts as older than any list.
# CROSS JOIN keeps SQLite from beginning with the targets (sqlite.org/optoverview.html#crossjoin), of which there may be
# a million.
_CLAIMABLE = f"""
SELECT {_COLUMNS} FROM delivery INDEXED BY delivery_ready CROSS JOIN target ON target.id = target_id
WHERE state = 'ready' AND not_before <= :now AND lease_owner IS NULL
    AND platform IN (SELECT value FROM json_each(:platforms)) AND (:only IS NULL OR target_id = :only)
    AND NOT EXISTS (SELECT 1 FROM delivery AS older WHERE older.target_id = delivery.target_id
                    AND older.state = 'ready' AND older.list_day < delivery.list_day)
    AND target_id NOT IN (
        SELECT busy.target_id FROM delivery AS busy INDEXED BY delivery_leased WHERE busy.lease_owner IS NOT NULL)
    AND delivery.id NOT IN (SELECT value FROM json_each(:sending))
    AND {NOT_PAUSED}
ORDER BY not_before, delivery.id LIMIT :limit
"""  # noqa: S608

# The position is checked, the lease is not: what was sent was sent, whoever did it. A sender that lost its lease learns
# that from the result. A chat that was parked while its last message was on its way has had the day.
_RECORD = f"""
UPDATE delivery SET
    cursor = cursor + 1, attempts = 0, rejected = rejected + :refused,
    last_error = CASE WHEN :refused THEN :error ELSE last_error END,
    container_id = CASE WHEN :container_id = '' THEN container_id ELSE :container_id END,
    ended_at = CASE WHEN state IN ('ready', 'parked') AND cursor + 1 >= total THEN :now ELSE ended_at END,
    lease_owner = CASE WHEN state = 'ready' AND cursor + 1 >= total THEN NULL ELSE lease_owner END,
    state = CASE WHEN state IN ('ready', 'parked') AND cursor + 1 >= total THEN 'done' ELSE state END
WHERE id = :id AND cursor = :position AND {SAME_DELIVERY.format(target=":target")}
"""  # noqa: S608

# By SELECT, for the delivery may be gone: two targets that became one keep the further of two rows.
_KEEP = f"""
INSERT OR IGNORE INTO delivery_message (delivery_id, position, external_id, sent_at)
SELECT id, :position, :external_id, :now FROM delivery WHERE id = :id AND {SAME_DELIVERY.format(target=":target")}
"""  # noqa: S608


# --- What a target has had --------------------------------------------------------------------------------------------


def had_days(connection: sqlite3.Connection, target_id: int) -> set[dt.date]:
    """The list days that this target has had, is being sent or waits for; not those that stopped because it was parked."""
    rows = connection.execute(
        "SELECT list_day FROM delivery WHERE target_id = ? AND state <> 'parked' AND list_day >= '1901'", (target_id,)
    )
    return {dt.date.fromisoformat(row["list_day"]) for row in rows}


def find(connection: sqlite3.Connection, target_id: int, day: dt.date) -> Delivery | None:
    """The delivery of one list day to one target, in any state; None if there is none."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM delivery JOIN target ON target.id = target_id WHERE target_id = ? AND list_day = ?",  # noqa: S608
        (target_id, day.isoformat()),
    ).fetchone()
    return None if row is None else _as_delivery(row)


def begin_anew(connection: sqlite3.Connection, delivery_id: int) -> None:
    """Reset a delivery: it has sent nothing and is to be planned. It gets a new id, which is part of its messages' keys."""
    connection.execute("DELETE FROM delivery_message WHERE delivery_id = ?", (delivery_id,))
    connection.execute(
        "UPDATE delivery SET id = (SELECT max(id) + 1 FROM delivery), state = 'parked', selection_id = NULL, cursor = 0, "
        "total = 0, attempts = 0, rejected = 0, last_error = '', container_id = '' WHERE id = ?",
        (delivery_id,),
    )


# --- Waiting and ending; planning many at once is bot/store/planning.py -------------------------------------------------


def waited_days(connection: sqlite3.Connection) -> list[dt.date]:
    """The list days that some target waits for."""
    rows = connection.execute("SELECT DISTINCT list_day FROM delivery WHERE state = 'waiting' ORDER BY list_day")
    return [dt.date.fromisoformat(row["list_day"]) for row in rows]


def stop_waiting(connection: sqlite3.Connection, day: dt.date, *, lapsed_at: dt.datetime | None, limit: int) -> int:
    """Forget up to `limit` deliveries that wait for `day`: all kinds, or those that have waited until `lapsed_at`.

    They are planned again at their target's next due instant, when the day has papers by then.
    """
    return connection.execute(
        "DELETE FROM delivery WHERE id IN (SELECT id FROM delivery "
        "WHERE state = 'waiting' AND list_day = ? AND lapses_at <= ? LIMIT ?)",
        (day.isoformat(), "9999" if lapsed_at is None else to_text(lapsed_at), limit),
    ).rowcount


def forget_unbegun(connection: sqlite3.Connection, target_id: int) -> None:
    """Delete what a target waits for, and what is ready but was not begun: it is planned again when the target is due."""
    connection.execute(
        "DELETE FROM delivery WHERE target_id = ? AND (state = 'waiting' OR "
        "(state = 'ready' AND cursor = 0 AND lease_owner IS NULL AND attempts = 0))",
        (target_id,),
    )


def stop(connection: sqlite3.Connection, target_id: int, *, now: dt.datetime) -> None:
    """End the open deliveries of a target that has unsubscribed.

    A day of which it may have seen something counts as had; one that was not begun does not, so that it can still come.
    """
    forget_unbegun(connection, target_id)
    connection.execute(
        "UPDATE delivery SET state = 'skipped', last_error = 'unsubscribed', ended_at = ?, lease_owner = NULL "
        "WHERE target_id = ? AND state = 'ready'",
        (to_text(now), target_id),
    )


def give_up_stale(connection: sqlite3.Connection, before: dt.date, planned_before: dt.datetime, *, now: dt.datetime) -> int:
    """Stop what was left over from long ago: list days before `before` that were planned before `planned_before`.

    Planning skips it when its target is due, and names it among the days that are too old. Gives how many there were.
    """
    return connection.execute(
        "UPDATE delivery SET state = 'parked', last_error = 'too old', ended_at = ? "
        "WHERE state = 'ready' AND lease_owner IS NULL AND list_day < ? AND planned_at < ?",
        (to_text(now), before.isoformat(), to_text(planned_before)),
    ).rowcount


# --- Leases -----------------------------------------------------------------------------------------------------------


def claim(
    connection: sqlite3.Connection,
    owner: str,
    platforms: Collection[str],
    *,
    now: dt.datetime,
    until: dt.datetime,
    limit: int,
    only: int | None = None,
    sending: Collection[int] = (),
) -> list[Delivery]:
    """Lease up to `limit` deliveries that are ready on these platforms, those that have been due longest first.

    `only` names a single target. Those with the numbers `sending` are left out: of them a message may be on its way, even
    when the lease is lost.
    """
    if everything_paused(connection):
        return []  # without looking through all that waits
    values = {"now": to_text(now), "platforms": json.dumps(sorted(platforms)), "only": only, "limit": limit}
    rows = connection.execute(_CLAIMABLE, {**values, "sending": json.dumps(list(sending))}).fetchall()
    connection.executemany(
        "UPDATE delivery SET lease_owner = ?, lease_until = ? WHERE id = ?",
        [(owner, to_text(until), row["id"]) for row in rows],
    )
    return [_as_delivery(row) for row in rows]


def held(connection: sqlite3.Connection, delivery_id: int, owner: str) -> Delivery | None:
    """The delivery as it is now, with its present address; None if `owner` no longer has its lease, or it is paused."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM delivery JOIN target ON target.id = target_id "  # noqa: S608
        f"WHERE delivery.id = ? AND lease_owner = ? AND state = 'ready' AND {NOT_PAUSED}",
        (delivery_id, owner),
    ).fetchone()
    return None if row is None else _as_delivery(row)


def renew(connection: sqlite3.Connection, owner: str, until: dt.datetime) -> None:
    connection.execute("UPDATE delivery SET lease_until = ? WHERE lease_owner = ?", (to_text(until), owner))


def release(connection: sqlite3.Connection, owner: str, delivery_id: int | None = None, *, in_doubt: bool = False) -> int:
    """Give a lease back, or all of this owner's; `in_doubt` when the message at the cursor may have been on its way.

    That counts as an attempt, so that it is known at the next.
    """
    return connection.execute(
        "UPDATE delivery SET lease_owner = NULL, lease_until = NULL, attempts = max(attempts, ?3) "
        "WHERE lease_owner = ?1 AND (?2 IS NULL OR id = ?2)",
        (owner, delivery_id, int(in_doubt)),
    ).rowcount


def lease_owners(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute("SELECT DISTINCT lease_owner FROM delivery WHERE lease_owner IS NOT NULL")
    return [row["lease_owner"] for row in rows]


def release_overdue(connection: sqlite3.Connection, owner: str, now: dt.datetime) -> int:
    """Give back the leases that this owner has not renewed in time."""
    return connection.execute(
        "UPDATE delivery SET lease_owner = NULL, lease_until = NULL, attempts = max(attempts, 1) "
        "WHERE lease_owner = ? AND lease_until < ?",
        (owner, to_text(now)),
    ).rowcount


def prune(
    connection: sqlite3.Connection,
    after: int = 0,
    *,
    now: dt.datetime,
    limit: int = 200,
) -> tuple[int, int | None]:
    """Delete the message numbers of up to `limit` deliveries that ended long ago; the deliveries themselves stay.

    In the order of their ids, those after `after`. Returns how many messages, and the last id, None if the rest is not old.
    """
    values = {"after": after, "limit": limit, "before": to_text(now - MESSAGES_KEPT)}
    last, newest = connection.execute(
        "SELECT max(id), max(planned_at) FROM delivery WHERE id IN "
        "(SELECT DISTINCT delivery_id FROM delivery_message WHERE delivery_id > :after ORDER BY delivery_id LIMIT :limit)",
        values,
    ).fetchone()
    if last is None:
        return 0, None
    pruned = connection.execute(
        "DELETE FROM delivery_message WHERE delivery_id > :after AND delivery_id <= :last AND sent_at < :before "
        "AND delivery_id IN (SELECT id FROM delivery WHERE id > :after AND id <= :last "
        "AND state NOT IN ('waiting', 'ready'))",
        {**values, "last": last},
    ).rowcount
    # Later deliveries have larger numbers: after a chunk that was planned lately, nothing is old.
    return pruned, last if newest < values["before"] else None


# --- What became of a message -----------------------------------------------------------------------------------------


def record(
    connection: sqlite3.Connection,
    delivery: Delivery,
    *,
    external_id: str,
    container_id: str = "",
    refused: str = "",
    owner: str = "",
    now: dt.datetime,
) -> None:
    """Record that the message at the cursor arrived, or was `refused` for this reason and is skipped.

    `owner` had the lease when it was sent.
    """
    values = {
        "id": delivery.id,
        "target": delivery.target_id,
        "owner": owner,
        "position": delivery.cursor,
        "container_id": container_id,
        "refused": int(bool(refused)),
        "error": refused,
        "now": to_text(now),
    }
    # Before the lease ends, for by that a row may be known.
    connection.execute(_KEEP, {**values, "external_id": external_id})
    connection.execute(_RECORD, values)
    if not refused:
        connection.execute(
            "UPDATE target SET strikes = 0, struck_at = NULL WHERE id = ? AND strikes > 0", (delivery.target_id,)
        )


def put_off(
    connection: sqlite3.Connection, delivery: Delivery, owner: str, *, not_before: dt.datetime, attempts: int, error: str
) -> None:
    """Try the message at the cursor again, not before this instant; the lease is given back."""
    connection.execute(
        "UPDATE delivery SET not_before = ?, attempts = ?, last_error = ?, lease_owner = NULL, lease_until = NULL "
        "WHERE id = ? AND lease_owner = ? AND state = 'ready'",
        (to_text(not_before), attempts, error, delivery.id, owner),
    )


def fail(connection: sqlite3.Connection, delivery: Delivery, owner: str, error: str, *, now: dt.datetime) -> None:
    """Give a delivery up."""
    connection.execute(
        "UPDATE delivery SET state = 'failed', last_error = ?, ended_at = ?, lease_owner = NULL, lease_until = NULL "
        "WHERE id = ? AND lease_owner = ? AND state = 'ready'",
        (error, to_text(now), delivery.id, owner),
    )


def count_attempt(connection: sqlite3.Connection, delivery: Delivery, attempts: int) -> None:
    """Remember how often the message at the cursor was tried, keeping the lease."""
    connection.execute("UPDATE delivery SET attempts = ? WHERE id = ?", (attempts, delivery.id))


def strikes(connection: sqlite3.Connection, target_id: int) -> tuple[int, dt.datetime | None]:
    """On how many different days in a row a target gave vague refusals, and when the last one was."""
    row = connection.execute("SELECT strikes, struck_at FROM target WHERE id = ?", (target_id,)).fetchone()
    if row is None:
        return 0, None
    return row["strikes"], None if row["struck_at"] is None else from_text(row["struck_at"])


def strike(connection: sqlite3.Connection, target_id: int, count: int, *, now: dt.datetime) -> None:
    connection.execute("UPDATE target SET strikes = ?, struck_at = ? WHERE id = ?", (count, to_text(now), target_id))


def _as_delivery(row: sqlite3.Row) -> Delivery:
    return Delivery(
        id=row["id"],
        target_id=row["target_id"],
        address=Address(row["platform"], row["chat_id"], row["topic_id"]),
        list_day=dt.date.fromisoformat(row["list_day"]),
        selection_id=row["selection_id"],
        cursor=row["cursor"],
        total=row["total"],
        state=DeliveryState(row["state"]),
        attempts=row["attempts"],
        container_id=row["container_id"],
        not_before=None if row["not_before"] is None else from_text(row["not_before"]),
        last_error=row["last_error"],
    )
