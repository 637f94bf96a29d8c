"""The running bot: listens on every platform, fetches and delivers until told to stop; then stops cleanly."""

import asyncio
import contextlib
import datetime as dt
import signal
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING

import structlog

from bot.alarming import Alarming
from bot.backing_up import BackingUp
from bot.chat_changes import ChatChanges
from bot.commands.conversation import Conversation
from bot.commands.pressing import noticed
from bot.delivery import upkeep
from bot.delivery.answers import send_answers
from bot.delivery.engine import Engine
from bot.delivery.pace import Pace
from bot.errors import DailyPapersError
from bot.listening import Platforms
from bot.metrics.readiness import Work
from bot.model import Address, ChatKind, ListDay, ListDayState
from bot.parts import Parts
from bot.pictures.plots import Plots
from bot.ports import Cards, ChatAdapter, Completion, Lookup, Request, Suggestion
from bot.reported import Reports
from bot.reporting import LOOK_SECONDS, Reporter, Show
from bot.schedule import follow_clock, make_scheduler
from bot.store import chats
from bot.store.allowed import allow_only
from bot.summarizing import Summarizing

if TYPE_CHECKING:
    from bot.web.hub import HubTeller
    from bot.web.server import WebServer

log = structlog.get_logger()

# Digests wait so long for days that were missed while the machine was off.
GAP_SECONDS = 30.0
# Between two plots that pages show: anybody may ask for any topic, and each takes a processor for a second or two.
PLOT_REST = 3.0
_UNSETTLED = frozenset({ListDayState.WANTED, ListDayState.OPEN})
# How long everything under way at SIGTERM has in total; then it is cut off, and its outcome counts as unknown.
STOP_SECONDS = 5.0
# Of these: how long a listener has to end, and telling people that their answer was interrupted may take.
_LISTENER_SECONDS, EXCUSE_SECONDS = 0.5, 1.0


class Service:
    """The core behind every adapter's `Inbox`, and the life of the process."""

    def __init__(
        self, parts: Parts, adapters: Mapping[str, ChatAdapter], show: Show | None = None, *, web: bool = False
    ) -> None:
        """`show` is given how far a broadcast is, for a bar on a terminal. `web`: WEB_PORT is served where it is set."""
        self.parts = parts
        self.platforms = Platforms(adapters)
        self.pace = Pace.from_settings(parts.settings)
        self.engine = Engine(
            parts.store,
            self.platforms,
            parts.clock,
            self.pace,
            parts.settings,
            observer=parts.observer,
            cards=parts.cards,
        )
        # A bar that moves is looked at more often than a log.
        self.reporter = Reporter(parts.store, parts.clock, show, look_seconds=LOOK_SECONDS if show is None else 1.0)
        self.alarming = Alarming(parts, self.platforms, self.pace)
        self.chat_changes = ChatChanges(parts.store)
        self.reports = Reports(parts, self.platforms, self.pace)
        self.summarizing = Summarizing(parts.store, parts.summaries)
        self.backing_up = BackingUp(parts.store, parts.clock, parts.settings)
        self.web = self._web_server() if web else None
        self.hub = self._hub_teller() if self.web else None
        # Set when the first fetch has ended, or has lasted long enough.
        self._looked = asyncio.Event()
        self._tick_failed = False
        self.conversation = Conversation(
            parts.store,
            parts.clock,
            parts.settings,
            parts.fetcher,
            parts.finder,
            summarizing=self.summarizing,
            plots=Plots(),
            observer=parts.observer,
        )

    def _web_server(self) -> "WebServer | None":
        settings = self.parts.settings
        if settings.web_port is None:
            return None
        # Late: who serves no pages does not wait for their libraries.
        from bot.metrics.counting import Counting  # noqa: PLC0415
        from bot.metrics.watching import Watching  # noqa: PLC0415
        from bot.web.app import make_app  # noqa: PLC0415
        from bot.web.health import health_routes  # noqa: PLC0415
        from bot.web.server import WebServer  # noqa: PLC0415

        store, clock, observer = self.parts.store, self.parts.clock, self.parts.observer
        registry = observer.registry if isinstance(observer, Counting) else None
        health = health_routes(Watching(store, clock), self._work(), settings.database, registry)
        app = make_app(store, settings, clock, cards=self.parts.cards, plots=Plots(rest=PLOT_REST), beside=health)
        return WebServer(app, settings.web_host, settings.web_port)

    def _hub_teller(self) -> "HubTeller | None":
        """Only of feeds that a hub can ask for."""
        settings = self.parts.settings
        if not settings.websub_hub or not settings.web_url:
            return None
        from bot.web.hub import HubTeller  # noqa: PLC0415
        from bot.web.site import Site  # noqa: PLC0415

        return HubTeller(self.parts.store, Site.of(settings, self.parts.clock, url=settings.web_url))

    def _work(self) -> Callable[[], Work]:
        started_at = self.parts.clock.now()
        return lambda: Work(
            started_at=started_at,
            ticked_at=self.engine.ticked_at,
            tick_failed=self._tick_failed,
            platforms={name: one.state for name, one in self.platforms.every.items()},
        )

    # --- Inbox: what adapters call ---------------------------------------------------------------------------------

    async def ask(self, request: Request) -> None:
        """Answer a person, at the platform's pace, ahead of every broadcast."""
        try:
            messages = await noticed(request, await self.conversation.answer(request))
            await send_answers(request.reply, request.address, messages, self.pace, self.parts.observer)
            if request.action:
                self.reports.wake()
        except asyncio.CancelledError:
            # The platform counts the question as taken, so nobody would answer it after the next start.
            await self._excuse(request)
            raise

    async def _excuse(self, request: Request) -> None:
        with contextlib.suppress(Exception):
            async with asyncio.timeout(EXCUSE_SECONDS):
                for message in await noticed(request, await self.conversation.interrupted(request)):
                    await request.reply(message)

    async def cards(self, lookup: Lookup) -> Cards:
        return await self.conversation.cards(lookup)

    async def suggestions(self, completion: Completion) -> Sequence[Suggestion]:
        return await self.conversation.suggestions(completion)

    async def joined(self, address: Address, kind: ChatKind, title: str, language: str | None) -> None:
        """Wake parked targets there, of a topic that one; a chat that never subscribed is not stored for being joined."""
        del kind, title, language
        wake = partial(chats.wake_chat, platform=address.platform, chat_id=address.chat_id, topic_id=address.topic_id)
        await self.chat_changes.put("joined", address, wake)

    async def present(self, platform: str, chat_ids: Collection[str]) -> None:
        """Wake parked targets there."""
        try:
            parked = await self.parts.store.read(chats.parked_among, platform, frozenset(chat_ids))
        except DailyPapersError as error:
            log.error("parked chats cannot be looked up", error=str(error))
            return
        for chat_id in parked:
            wake = partial(chats.wake_chat, platform=platform, chat_id=chat_id)
            await self.chat_changes.put("present", Address(platform, chat_id), wake)

    async def left(self, address: Address, reason: str) -> None:
        """Park every target of the chat."""
        park = partial(chats.park_chat, platform=address.platform, chat_id=address.chat_id, reason=reason)
        await self.chat_changes.put("left", address, partial(park, now=self.parts.clock.now()))

    async def moved(self, old: Address, new: Address) -> None:
        """Take the subscription along."""
        move = partial(chats.move_chat, old=old, new=new, now=self.parts.clock.now())
        await self.chat_changes.put("moved", old, move)

    # --- The life of the process -----------------------------------------------------------------------------------

    async def run(self) -> None:
        """Serve until SIGTERM, SIGINT, or until no adapter listens any more.

        Raises AdapterError as `Platforms.serve`, WebPortUnusable as `WebServer.open`.
        """
        if self.web is not None:
            self.web.open()
        log.info("started", version=version("daily-papers-bot"), platforms=sorted(self.platforms.every))
        await self.parts.store.write(allow_only, self.parts.settings.served_chats)
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        scheduler = make_scheduler(self.parts.clock, fetch=self._fetch, tick=self._tick, upkeep=self._upkeep)
        listening = asyncio.create_task(self.platforms.serve(self), name="listening")
        works = [self._first_fetch(), self.reporter.run(), self.alarming.run(), self.summarizing.run(), self.reports.run()]
        beside = [asyncio.create_task(work) for work in (*works, self.backing_up.run())]
        web = [] if self.web is None else [asyncio.create_task(self.web.serve(), name="web")]
        beside += [] if self.hub is None else [asyncio.create_task(self.hub.run(), name="hub")]
        scheduler.start()
        clockwork = asyncio.create_task(follow_clock(scheduler), name="clock")
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({stopping, listening}, return_when=asyncio.FIRST_COMPLETED)
            if listening.done():
                # The sentence of the adapter that had to end; a clean end (Ctrl-D) ends the process too.
                listening.result()
        finally:
            clockwork.cancel()
            scheduler.shutdown(wait=False)
            for task in (stopping, *beside, *web):
                task.cancel()
            await self._stop(listening, *web)
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)

    async def _stop(self, listening: asyncio.Task[None], *web: asyncio.Task[None]) -> None:
        """Finish what is being sent, give leases back, close every adapter; a part that hangs is abandoned."""
        log.info("stopping")
        until = asyncio.get_running_loop().time() + STOP_SECONDS
        # First, and beside the rest: by now nothing new is sent, and `close` lets what is being sent end.
        sending = asyncio.create_task(self.engine.stop(), name="engine")
        await asyncio.sleep(0)
        # A listener that answers by itself, as the terminal's, still needs its adapter to say that it is broken off.
        listening.cancel()
        await asyncio.wait({listening}, timeout=_LISTENER_SECONDS)
        closing = [asyncio.create_task(one.close(), name=one.platform) for one in self.platforms.every.values()]
        parts = {sending, *closing, *web, listening}
        await asyncio.wait(parts, timeout=until - asyncio.get_running_loop().time())
        for task in parts:
            task.cancel()
            if task.done() and not task.cancelled() and (error := task.exception()):
                log.debug("ended with", part=task.get_name(), error=str(error))

    # --- Jobs: one that fails is logged, and tried again at its next turn --------------------------------------------

    async def _first_fetch(self) -> None:
        """Fill the gaps before anything is planned, so that missed days come in order, and none is too old by then.

        A Hub that hangs delays planning only for a short time; without gaps there is no delay.
        """
        held = asyncio.get_running_loop().call_later(GAP_SECONDS, self._looked.set)
        try:
            unsettled = [day for day, known in await self._gaps() if known is None or known.state in _UNSETTLED]
            if unsettled:
                log.info("filling gaps", days=[day.isoformat() for day in unsettled])
            else:
                self._looked.set()
            await self._fetch()
        finally:
            held.cancel()
            self._looked.set()

    async def _gaps(self) -> list[tuple[dt.date, ListDay | None]]:
        try:
            return (await self.parts.fetcher.gaps())[1]
        except DailyPapersError as error:
            log.warning("gaps are not known", error=str(error))
            return []

    async def _fetch(self) -> None:
        try:
            await self.parts.fetcher.refresh()
        except DailyPapersError as error:
            log.warning("fetch failed", error=str(error))
        except Exception:
            log.exception("fetch failed")
        # Whatever came: abstracts to check against, papers to write of. Nothing waits for it.
        self.summarizing.wake()
        if self.hub is not None:
            self.hub.wake()
        # A list that came, or still did not, may be an alarm or the end of one.
        self.platforms.changed.set()

    async def _tick(self) -> None:
        await self.chat_changes.write()
        await self._looked.wait()
        try:
            await self.engine.tick()
            self._tick_failed = False
        except DailyPapersError as error:
            self._tick_failed = True
            log.error("tick failed", error=str(error))
        except Exception:
            self._tick_failed = True
            log.exception("tick failed")

    async def _upkeep(self) -> None:
        try:
            pruned = await upkeep.prune(self.parts.store, now=self.parts.clock.now())
            log.info("upkeep", pruned_messages=pruned)
        except DailyPapersError as error:
            log.warning("upkeep failed", error=str(error))
