"""`status`: how things stand, for an operator or for a program."""

import json
import sys

from bot.delivery.status import Status, status
from bot.settings import load_settings
from bot.store.connection import open_store


def show_status(*, as_json: bool) -> None:
    """Print the state of the installation. An empty store is a state too."""
    with open_store(load_settings().database) as store:
        found = store.read_now(status)
    if as_json:
        sys.stdout.write(json.dumps(found.as_dict(), ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("\n".join(f"{name + ':':<13}{value}" for name, value in _lines(found)) + "\n")


def _lines(found: Status) -> list[tuple[str, str]]:
    day, tally, broadcast = found.newest_day, found.deliveries, found.broadcast
    newest = f"{day.day}, {day.papers} papers, {day.state}" if day else "none yet; `daily-papers fetch` gets it"
    lines = [("Newest day", newest), ("Papers", f"{found.papers} on {found.list_days} days")]
    for platform, (active, parked) in sorted(found.subscribers.items()):
        lines.append(
            (platform.capitalize(), f"{active} subscribers" + (f", {parked} of them unreachable" if parked else ""))
        )
    if not found.subscribers:
        lines.append(("Subscribers", "none yet"))
    counts = (
        f"{tally.ready} to send, {tally.waiting} waiting for their list, {tally.done} done, {tally.failed} failed, "
        f"{tally.parked} parked, {tally.skipped} skipped; {tally.rejected} messages refused"
    )
    lines.append(("Deliveries", counts))
    if broadcast:
        chats = f"{broadcast.chats_done} of {broadcast.chats} chats"
        lines.append(
            ("Broadcast", f"{broadcast.list_day}: {chats}, {broadcast.messages_done} of {broadcast.messages} messages")
        )
    lines.extend(
        ("Error", f"{fault.at:%Y-%m-%d %H:%M} UTC, {fault.address}, {fault.list_day}, {fault.state}: {fault.error}")
        for fault in found.last_errors
    )
    if found.fetch_error:
        failed_day, reason = found.fetch_error
        lines.append(("Fetch", f"{failed_day} failed last: {reason}"))
    return lines
