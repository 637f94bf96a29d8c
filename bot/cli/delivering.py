"""`deliver`, `pause` and `resume`: an operator's commands about digests, whether or not a `run` is under way."""

import asyncio
import contextlib
import datetime as dt
import sys
from collections.abc import Iterator

from bot.cli.bar import BroadcastBar
from bot.cli.serving import opened_parts, say
from bot.cli.stopping import stop_signals, stopped_before, unless
from bot.clock import Clock
from bot.delivery import control, rehearsal
from bot.delivery.engine import Engine
from bot.delivery.pace import Pace
from bot.delivery.rehearsal import Intended
from bot.delivery.report import Report
from bot.errors import AdapterError, UsageError
from bot.listening import open_patiently
from bot.model import TERMINAL, Address, Chat
from bot.parts import Parts
from bot.ports import ChatAdapter
from bot.reporting import Reporter
from bot.settings import Settings, address_of, load_settings
from bot.store import pauses
from bot.store.allowed import allow_only, includes
from bot.store.connection import Store, open_store

# A platform that cannot be reached for so long is left out, so that the others' chats do not wait for it.
OPENING_SECONDS = 30
_TOKENS = {"telegram": "TELEGRAM_BOT_TOKEN", "discord": "DISCORD_BOT_TOKEN"}
# After a signal, beside the engine's own seconds for what is in flight: for the report, and for the adapters to close.
REPORT_SECONDS, CLOSING_SECONDS = 1.5, 3.0


async def deliver_due(day: dt.date | None, *, chat: str | None, again: bool, dry_run: bool) -> int:
    """Send what is due (or `day`), wait for its end, and say what became of it. Status 1 when something failed."""
    settings = load_settings()
    async with opened_parts(settings) as (parts, adapters):
        only = _ordered(parts.store, chat, settings)
        if dry_run:
            now, settle_hour = parts.clock.now(), settings.settle_hour_utc
            with rehearsal.copy_of(parts.store) as copy:
                copy.write_now(allow_only, settings.served_chats)
                found = await rehearsal.intended(copy, day, only, again=again, now=now, settle_hour=settle_hour)
            _tell(found, set(adapters))
            return 0
        parts.store.write_now(allow_only, settings.served_chats)
        with stop_signals() as stop:
            return await _deliver(parts, adapters, day, only, again=again, stop=stop)


async def _deliver(
    parts: Parts,
    adapters: dict[str, ChatAdapter],
    day: dt.date | None,
    only: Chat | None,
    *,
    again: bool,
    stop: asyncio.Event,
) -> int:
    platforms = frozenset(adapters)
    try:
        unopened = await unless(stop, _opened(adapters))
        if unopened is None:
            say("Stopped before anything was planned or sent.")
            return 1
        for sentence in unopened:
            say(sentence)
        report = await _delivered(parts, adapters, day, only, again=again, stop=stop)
    finally:
        # One that hangs is left behind: what it sent is recorded by now.
        closing = [asyncio.create_task(adapter.close()) for adapter in adapters.values()]
        if closing:
            await asyncio.wait(closing, timeout=CLOSING_SECONDS)
    if report is None:
        say("Stopped in the middle of planning. The next `daily-papers deliver`, or a `run`, goes on where this stopped.")
        return 1
    for line in (*_lines(report), *_unserved(report, platforms)):
        say(line)
    if stop.is_set():
        left = _counted(report.left, "delivery", "deliveries")
        say(f"Stopped: {left} left. The next `daily-papers deliver`, or a `run`, goes on where this stopped.")
    return 1 if report.failed or report.left or unopened or stop.is_set() else 0


async def _delivered(
    parts: Parts,
    adapters: dict[str, ChatAdapter],
    day: dt.date | None,
    only: Chat | None,
    *,
    again: bool,
    stop: asyncio.Event,
) -> Report | None:
    """The report, of what was sent until `stop` at the latest; None when that was too long in planning to count."""
    settings = parts.settings
    engine = Engine(parts.store, adapters, parts.clock, Pace.from_settings(settings), settings, cards=parts.cards)
    bar = BroadcastBar() if sys.stderr.isatty() else None
    telling = asyncio.create_task(Reporter(parts.store, parts.clock, bar, look_seconds=1.0 if bar else 5.0).run())
    delivering = asyncio.create_task(engine.deliver(day, chat=only, again=again))
    try:
        if await stopped_before(stop, delivering):
            say("Stopping: what is on its way is still recorded. A second signal ends it at once.")
            await engine.stop()
            await asyncio.wait({delivering}, timeout=REPORT_SECONDS)
        return delivering.result() if delivering.done() else None
    finally:
        for task in (delivering, telling):
            task.cancel()
        await asyncio.wait({delivering, telling})
        await engine.stop()


async def _opened(adapters: dict[str, ChatAdapter]) -> list[str]:
    """Open every adapter, and take those out that cannot be; gives a sentence of each.

    Raises AdapterError when that leaves nothing but the terminal, though tokens are set.
    """

    async def opened(adapter: ChatAdapter) -> AdapterError | None:
        try:
            async with asyncio.timeout(OPENING_SECONDS):
                await open_patiently(adapter)
        except AdapterError as error:
            return error
        except TimeoutError:
            return AdapterError(
                f"{adapter.platform} could not be reached for {OPENING_SECONDS} seconds; it is not served now."
            )
        return None

    platforms = list(adapters)
    found = await asyncio.gather(*map(opened, adapters.values()))
    failed = {platform: error for platform, error in zip(platforms, found, strict=True) if error is not None}
    for platform in failed:
        await adapters.pop(platform).close()
    if failed and set(adapters) <= {TERMINAL}:
        raise next(iter(failed.values()))
    return [str(error) for error in failed.values()]


def _ordered(store: Store, chat: str | None, settings: Settings) -> Chat | None:
    """The chat that was named, if one was. Raises UsageError when nothing can be sent now, or not there."""
    store.read_now(control.check_running)
    if chat is None:
        return None
    found = store.read_now(control.subscriber, _address(chat))
    if not includes(settings.served_chats, found.address):
        raise UsageError(f"{found.address} is not among ALLOWED_CHATS, so nothing is sent there.")
    return found


def _lines(report: Report) -> list[str]:
    counts = {
        "done": report.done,
        "parked (the chat cannot be reached)": report.parked,
        "failed": report.failed,
        "skipped": report.skipped,
        "left for later": report.left,
        "waiting for their list": report.waiting,
    }
    told = ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing was due"
    lines = [f"Planned {report.planned} deliveries: {told}."]
    if report.rejected:
        lines.append(f"{report.rejected} messages were refused by the platform and passed over.")
    return lines + [f"{count} times: {reason}" for reason, count in report.reasons]


def _unserved(report: Report, platforms: frozenset[str]) -> list[str]:
    """A sentence for each platform that this command could not serve at all."""
    lines = []
    for platform, count in report.left_by_platform:
        if platform in platforms:
            continue
        were = "its 1 delivery was" if count == 1 else f"its {count} deliveries were"
        token = _TOKENS.get(platform)
        why = f"{token} is not set" if token else "no adapter that is installed and set up serves it"
        lines.append(f"{platform}: {why}, so {were} left.")
    return lines


def _tell(found: list[Intended], platforms: set[str]) -> None:
    for one in found:
        name = f" ({one.chat_title})" if one.chat_title else ""
        part = "" if one.messages == one.total else f" of {one.total}, the rest stands there"
        token = "" if one.address.platform in platforms else "; not from here: no token is set"
        titles = "".join(f"\n    {title}" for title in one.titles)
        more = "\n    …" if one.messages > len(one.titles) + 1 else ""
        say(f"{one.address}{name}: {one.list_day}, {_counted(one.messages, 'message')}{part}{token}{titles}{more}")
    chats = len({one.address for one in found})
    messages = sum(one.messages for one in found)
    say(f"Would send {_counted(messages, 'message')} to {_counted(chats, 'chat')}. Nothing was sent, nothing was written.")


def _counted(count: int, noun: str, many: str = "") -> str:
    return f"{count} {noun if count == 1 else many or noun + 's'}"


# --- Pausing --------------------------------------------------------------------------------------------------------------


def pause(chat: str | None) -> None:
    """Hold back everything, or one chat, from now on; a running `run` obeys after the messages that are on their way."""
    with _store() as (store, clock):
        address = _known(store, chat)
        new = store.write_now(pauses.pause, address, now=clock.now())
        since = store.read_now(pauses.pauses)
    name, back = ("Everything", "") if address is None else (str(address), f" --chat {address}")
    at = since.everything if address is None else since.chats[str(address)]
    say(f"{name} is paused." if new else f"{name} is paused already, since {at:%Y-%m-%d %H:%M} UTC.")
    say(f"People who ask are still answered. Nothing is lost: `daily-papers resume{back}` goes on where it stopped.")


def resume(chat: str | None) -> None:
    """Undo `pause`."""
    with _store() as (store, clock):
        address = None if chat is None else _address(chat)
        done = store.write_now(pauses.resume, address, now=clock.now())
        left = store.read_now(pauses.pauses)
    name = "Everything" if address is None else str(address)
    say(f"{name} is no longer paused." if done else f"{name} was not paused.")
    if left.everything is not None:
        say("But everything is; that ends by `daily-papers resume`.")
    if address is None and left.chats:
        say(f"Still paused, each by itself: {', '.join(left.chats)}.")


@contextlib.contextmanager
def _store() -> Iterator[tuple[Store, Clock]]:
    settings = load_settings()
    with open_store(settings.database) as store:
        yield store, Clock(settings.clock)


def _known(store: Store, chat: str | None) -> Address | None:
    return None if chat is None else store.read_now(control.known_chat, _address(chat)).address


def _address(written: str) -> Address:
    try:
        return address_of(written)
    except ValueError as error:
        raise UsageError(f"--chat {error}.") from None
