"""The content of `daily-papers status`: what is known, who is served, progress of the broadcast, the last errors."""

import datetime as dt
import sqlite3
from dataclasses import dataclass
from typing import Any

from bot.delivery.progress import Progress
from bot.model import ListDay
from bot.store import delivery_counts, list_days, pauses, reports
from bot.store.announcements import called
from bot.store.delivery_counts import Broadcast, Fault, Tally
from bot.store.pauses import Pauses
from bot.store.reports import Doubts

FAULTS_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The state of an installation. `subscribers` gives for each platform the active ones, reachable and parked."""

    newest_day: ListDay | None
    papers: int
    list_days: int
    subscribers: dict[str, tuple[int, int]]
    deliveries: Tally
    broadcast: Broadcast | None
    last_errors: tuple[Fault, ...]
    fetch_error: tuple[dt.date, str] | None
    paused: Pauses
    doubts: Doubts

    def as_dict(self, sending: Progress | None = None) -> dict[str, Any]:
        """The status as JSON takes it, for `status --json`; `sending` is what is being sent now, None for nothing."""
        newest, tally, broadcast = self.newest_day, self.deliveries, self.broadcast
        return {
            "newest_day": newest and newest.day.isoformat(),
            "newest_day_state": newest and newest.state.value,
            "papers": self.papers,
            "list_days": self.list_days,
            "subscribers": {
                name: {"active": active, "parked": parked} for name, (active, parked) in self.subscribers.items()
            },
            "deliveries": {
                "waiting": tally.waiting,
                "ready": tally.ready,
                "done": tally.done,
                "parked": tally.parked,
                "failed": tally.failed,
                "skipped": tally.skipped,
                "rejected_messages": tally.rejected,
            },
            "broadcast": broadcast
            and {
                "list_day": broadcast.list_day.isoformat(),
                "chats": broadcast.chats,
                "chats_done": broadcast.chats_done,
                "messages": broadcast.messages,
                "messages_done": broadcast.messages_done,
            },
            "sending": sending
            and {
                "list_day": called(sending.list_day),
                "chats": sending.chats,
                "done": sending.done,
                "to_send": sending.ready,
                "waiting": sending.waiting,
                "parked": sending.parked,
                "failed": sending.failed,
                "rejected_messages": sending.rejected,
                "messages": sending.messages,
                "messages_done": sending.messages_done,
                "messages_left": sending.messages_left,
                "messages_a_second": sending.rate,
                "seconds_left": sending.seconds_left,
            },
            "paused": {
                "everything": self.paused.everything and self.paused.everything.isoformat(),
                "chats": {chat: since.isoformat() for chat, since in self.paused.chats.items()},
            },
            "summaries": {
                "reported": self.doubts.reported,
                "reports_untold": self.doubts.untold,
                "unverified": self.doubts.unverified,
            },
            "last_errors": [
                {
                    "chat": str(fault.address),
                    "list_day": called(fault.list_day),
                    "state": fault.state.value,
                    "error": fault.error,
                    "at": fault.at.isoformat(),
                }
                for fault in self.last_errors
            ],
            "fetch_error": self.fetch_error and {"list_day": self.fetch_error[0].isoformat(), "error": self.fetch_error[1]},
        }


def status(connection: sqlite3.Connection, *, today: dt.date) -> Status:
    """How things stand; `today` is the present day in UTC."""
    failed = connection.execute(
        # A failure is news until something was fetched after it.
        "SELECT day, last_error FROM list_day WHERE last_error <> '' "
        "AND failed_at > coalesce((SELECT max(fetched_at) FROM list_day), '') ORDER BY failed_at DESC LIMIT 1"
    ).fetchone()
    return Status(
        newest_day=list_days.newest_with_papers(connection, today),
        papers=connection.execute("SELECT count(*) FROM paper").fetchone()[0],
        list_days=connection.execute("SELECT count(*) FROM list_day WHERE papers > 0").fetchone()[0],
        subscribers=delivery_counts.subscribers(connection),
        deliveries=delivery_counts.tally(connection),
        broadcast=delivery_counts.newest_broadcast(connection),
        last_errors=tuple(delivery_counts.last_faults(connection, FAULTS_SHOWN)),
        fetch_error=failed and (dt.date.fromisoformat(failed["day"]), failed["last_error"]),
        paused=pauses.pauses(connection),
        doubts=reports.doubts(connection),
    )
