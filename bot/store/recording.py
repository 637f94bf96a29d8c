"""Records many chats' messages at once: a few statements for a whole group, however large."""

import datetime as dt
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.clock import to_text
from bot.model import Address, Delivery
from bot.store.pauses import NOT_PAUSED

# Whether a row that has the number of a delivery whose message was sent is that delivery: when a chat is forgotten,
# SQLite gives the number of a deleted last row again, to another chat. Where two targets became one, the row belongs to
# the other now, and has its lease still.
SAME_DELIVERY = "(delivery.target_id = {target} OR delivery.lease_owner = :owner)"

# Each statement takes its whole group as one JSON text. Python's sqlite3 gives the interpreter away at every step and must
# wait to get it back, milliseconds when the event loop is busy; so a statement a message is what costs, not the rows.

_OF_SENT = f"""
FROM (SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS position,
        json_extract(value, '$[3]') AS target FROM json_each(:group)) AS sent
WHERE delivery.id = sent.id AND delivery.cursor = sent.position AND {SAME_DELIVERY.format(target="sent.target")}
"""  # noqa: S608

# As _RECORD of deliveries.py, in the common case: it arrived, in no container of its own, and is not the last, which
# alone changes `state` and the lease, and with them three indexes.
_ADVANCE = f"""
UPDATE delivery SET cursor = cursor + 1, attempts = 0 {_OF_SENT}
"""  # noqa: S608

_FINISH = f"""
UPDATE delivery SET cursor = cursor + 1, attempts = 0,
    ended_at = CASE WHEN state IN ('ready', 'parked') THEN :now ELSE ended_at END,
    lease_owner = CASE WHEN state = 'ready' THEN NULL ELSE lease_owner END,
    state = CASE WHEN state IN ('ready', 'parked') THEN 'done' ELSE state END {_OF_SENT}
"""  # noqa: S608

# By way of `delivery`, for one may be gone: two targets that became one keep the further of two rows.
_KEEP = f"""
INSERT OR IGNORE INTO delivery_message (delivery_id, position, external_id, sent_at)
SELECT delivery.id, json_extract(value, '$[1]'), json_extract(value, '$[2]'), :now
FROM json_each(:group) CROSS JOIN delivery ON delivery.id = json_extract(value, '$[0]')
WHERE {SAME_DELIVERY.format(target="json_extract(value, '$[3]')")}
"""  # noqa: S608

_FORGIVE = """
UPDATE target SET strikes = 0, struck_at = NULL
WHERE strikes > 0 AND id IN (SELECT json_extract(value, '$[3]') FROM json_each(:group))
"""

# One row for all of them; target and address are read anew, for the chat may have moved.
_STILL_HELD = f"""
SELECT json_group_array(json_array(delivery.id, target_id, cursor, platform, chat_id, topic_id))
FROM json_each(:group) CROSS JOIN delivery ON delivery.id = json_extract(value, '$[0]') JOIN target ON target.id = target_id
WHERE lease_owner = :owner AND state = 'ready' AND {NOT_PAUSED}
"""  # noqa: S608

# For paused deliveries: after `resume` one may be claimed only when no message of it is on its way.
_RELEASE = """
UPDATE delivery SET lease_owner = NULL, lease_until = NULL
WHERE lease_owner = :owner AND id IN (SELECT value FROM json_each(:ids))
"""


def record_group(
    connection: sqlite3.Connection, sent: Sequence[tuple[Delivery, str]], owner: str, *, now: dt.datetime
) -> list[Delivery | None]:
    """Record that the messages at the cursors of these deliveries arrived, with these ids; no delivery may occur twice.

    Returns each delivery as it is then, None if `owner` has nothing more to send of it: as deliveries.record and
    deliveries.held do for one.
    """
    rows = [(one.id, one.cursor, external_id, one.target_id) for one, external_id in sent]
    lasts = [one.cursor + 1 >= one.total for one, _ in sent]
    values = {"group": json.dumps(rows), "now": to_text(now), "owner": owner}
    connection.execute(_KEEP, values)  # before a lease ends, for by that a row may be known
    for statement, ends in ((_ADVANCE, False), (_FINISH, True)):
        part = [row for row, last in zip(rows, lasts, strict=True) if last is ends]
        if part:
            connection.execute(statement, {**values, "group": json.dumps(part)})
    connection.execute(_FORGIVE, values)
    (text,) = connection.execute(_STILL_HELD, values).fetchone()
    held = {found[0]: found for found in json.loads(text)}
    lost = [one.id for (one, _), last in zip(sent, lasts, strict=True) if not last and one.id not in held]
    if lost:
        connection.execute(_RELEASE, {"owner": owner, "ids": json.dumps(lost)})
    return [_as_it_is(one, held.get(one.id)) for one, _ in sent]


def _as_it_is(delivery: Delivery, found: list[Any] | None) -> Delivery | None:
    if found is None:
        return None
    _, target_id, cursor, *place = found
    known = delivery.address
    address = known if place == [known.platform, known.chat_id, known.topic_id] else Address(*place)
    return replace(delivery, target_id=target_id, cursor=cursor, attempts=0, address=address)
