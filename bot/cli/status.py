"""`status`: how things stand, for an operator or for a program."""

import json
import sys
import time

from bot.cli.bar import told
from bot.clock import Clock
from bot.delivery.progress import Progress, Pulse
from bot.delivery.status import Status, status
from bot.settings import load_settings
from bot.store import deliveries, delivery_counts
from bot.store.announcements import called
from bot.store.connection import Store, open_store
from bot.store.reports import Doubts

# While something is being sent it is counted twice, so far apart: that gives the rate, whichever process sends.
RATE_SECONDS = 2.0


def show_status(*, as_json: bool) -> None:
    """Print the state of the installation. An empty store is a state too."""
    settings = load_settings()
    with open_store(settings.database) as store:
        clock = Clock(settings.clock)
        sending = _sending(store, clock)
        found = store.read_now(status, today=clock.now().date())
    if as_json:
        sys.stdout.write(json.dumps(found.as_dict(sending), ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("\n".join(f"{name + ':':<13}{value}" for name, value in _lines(found, sending)) + "\n")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _doubts(found: Doubts) -> str:
    """What there is to be said of summaries that are in doubt; "" when none is."""
    said = []
    if found.reported:
        untold = f", of which {found.untold} not told to ADMIN_CHATS yet" if found.untold else ""
        said.append(f"{found.reported} called wrong by readers{untold}")
    if found.unverified:
        said.append(f"{found.unverified} do not agree with their papers; `daily-papers check --all` says why")
    return "; ".join(said)


def _sending(store: Store, clock: Clock) -> Progress | None:
    pulse = Pulse()
    first = store.read_now(delivery_counts.underway, clock.now())
    progress = pulse.progress(time.monotonic(), first)
    if progress is None or not store.read_now(deliveries.lease_owners):
        return progress
    time.sleep(RATE_SECONDS)
    counts = store.read_now(delivery_counts.underway, clock.now(), tuple(first.days))
    return pulse.progress(time.monotonic(), counts) if counts.chats_left else None


def _lines(found: Status, sending: Progress | None) -> list[tuple[str, str]]:
    day, tally, broadcast = found.newest_day, found.deliveries, found.broadcast
    newest = f"{day.day}, {_counted(day.papers, 'paper')}, {day.state}" if day else "none yet; `daily-papers fetch` gets it"
    lines = [("Newest day", newest), ("Papers", f"{found.papers} on {_counted(found.list_days, 'day')}")]
    for platform, (active, parked) in sorted(found.subscribers.items()):
        lines.append(
            (platform.capitalize(), _counted(active, "subscriber") + (f", {parked} of them unreachable" if parked else ""))
        )
    if not found.subscribers:
        lines.append(("Subscribers", "none yet"))
    counts = (
        f"{tally.ready} to send, {tally.waiting} waiting for their list, {tally.done} done, {tally.failed} failed, "
        f"{tally.parked} parked, {tally.skipped} skipped; {tally.rejected} messages refused"
    )
    lines.append(("Deliveries", counts))
    if broadcast and not sending:
        chats = f"{broadcast.chats_done} of {broadcast.chats} chats"
        lines.append(
            ("Broadcast", f"{broadcast.list_day}: {chats}, {broadcast.messages_done} of {broadcast.messages} messages")
        )
    if sending:
        rest = f"; {sending.waiting} waiting, {sending.parked} parked, {sending.failed} failed, {sending.rejected} refused"
        lines.append(("Sending", f"{called(sending.list_day)}: {told(sending)}{rest}"))
    if told_doubts := _doubts(found.doubts):
        lines.append(("Summaries", told_doubts))
    if found.paused.everything:
        lines.append(("Paused", f"everything, since {found.paused.everything:%Y-%m-%d %H:%M} UTC"))
    lines.extend(("Paused", f"{chat}, since {since:%Y-%m-%d %H:%M} UTC") for chat, since in found.paused.chats.items())
    lines.extend(
        ("Error", f"{fault.at:%Y-%m-%d %H:%M} UTC, {fault.address}, {called(fault.list_day)}, {fault.state}: {fault.error}")
        for fault in found.last_errors
    )
    if found.fetch_error:
        failed_day, reason = found.fetch_error
        lines.append(("Fetch", f"{failed_day} failed last: {reason}"))
    return lines
