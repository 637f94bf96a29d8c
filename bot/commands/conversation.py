"""Answers people: which handler their words go to, in which language, and what is said when it fails."""

import contextlib
import datetime as dt
import secrets
import time
from collections.abc import Sequence
from dataclasses import replace

import structlog

from bot.clock import Clock
from bot.commands import (
    authors,
    days,
    exporting,
    filters,
    forgetting,
    history,
    papers,
    pausing,
    preview,
    privacy,
    random_paper,
    saving,
    settings_panel,
    similar,
    subscribing,
    suggesting,
    tops,
    trending,
    trends,
)
from bot.commands import help as helping
from bot.commands.asking import Asking, Handler
from bot.commands.away import AT_HOME, not_here
from bot.commands.command_line import ALIASES, Command, read_bare_command, read_command
from bot.commands.dates import NoDate, read_date
from bot.commands.deep_links import followed
from bot.commands.flood import COMMANDS, PRESSES, STROKES, Flood, Pace, TooFast, too_fast
from bot.commands.library import DayFetcher, Library, PaperFinding, SummaryWishing
from bot.commands.menu import command_specs
from bot.commands.operating import OPERATING, operating_command
from bot.commands.periods import read_span
from bot.commands.pressing import pressed
from bot.commands.replies import concerning
from bot.digest.compose import RUN
from bot.errors import StoreError
from bot.locales import supported
from bot.message import Message
from bot.model import TERMINAL, Address, Chat, ChatKind
from bot.observing import NOBODY, Observer
from bot.pictures.plots import Plots
from bot.ports import Cards, Completion, Lookup, Request, Suggestion
from bot.settings import Settings
from bot.sources.paper_ids import mentioned, parse
from bot.store import chats
from bot.store.allowed import includes
from bot.store.connection import Store

__all__ = ["Conversation", "command_specs"]

_HANDLERS: dict[str, Handler] = {
    "start": helping.start,
    "help": helping.help_,
    "today": days.today,
    "yesterday": days.yesterday,
    "day": days.day,
    "top": tops.top,
    "paper": papers.paper,
    "search": papers.search_papers,
    "similar": similar.similar_papers,
    "author": authors.author,
    "trending": trending.trending,
    "trends": trends.trends,
    "random": random_paper.random_paper,
    "subscribe": subscribing.subscribe,
    "unsubscribe": subscribing.unsubscribe,
    "settings": settings_panel.settings,
    "filter": filters.filter_,
    "preview": preview.preview,
    "pause": pausing.pause,
    "resume": pausing.resume,
    "save": saving.save,
    "unsave": saving.unsave,
    "saved": saving.show_saved,
    "cite": exporting.cite,
    "history": history.show_history,
    "privacy": privacy.privacy,
    "forget": forgetting.forget,
}

# What nobody types, but some paste: longer words are cut before they are read.
_LONGEST = 2000

_log = structlog.get_logger(__name__)


class Conversation:
    """Answers for every chat of every platform. The only state it keeps is how fast people ask."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        settings: Settings,
        fetcher: DayFetcher,
        finder: PaperFinding,
        *,
        summarizing: SummaryWishing | None = None,
        observer: Observer = NOBODY,
        plots: Plots | None = None,
    ) -> None:
        """Without `plots` what would be drawn is said in words alone."""
        self._clock = clock
        self._settings = settings
        self._observer = observer
        self._library = Library(store, fetcher, finder, summarizing, plots)
        self._flood = Flood()

    async def answer(self, request: Request) -> Sequence[Message]:
        """The messages to send back, none for what was not meant for the bot. Never raises."""
        pressing = bool(request.action)
        if request.action.startswith(f"{RUN}:"):
            # Whoever presses a command line that was offered has typed it.
            request = replace(request, action="", text=request.action.partition(":")[2], addressed=True)
        command = read_command(request.text[:_LONGEST])
        order = "" if command is None else operating_command(self._settings, request, command.typed)
        if not request.addressed and not order and not _surely_meant(command):
            return ()
        fast = self._too_fast(request.address, request.person, PRESSES if pressing else COMMANDS)
        if fast is not None and fast.told:
            return ()
        asking = self._asking(request, None)
        began = time.perf_counter()
        # The only log line with what a person typed, and only at debug.
        _log.debug("asked", platform=request.address.platform, text=request.text, action=request.action)
        try:
            asking = self._asking(request, await self._library.store.read(chats.chat, request.address))
            if not includes(self._settings.served_chats, request.address):
                return _not_allowed(asking)
            if fast is not None:
                return too_fast(asking, fast)
            return await (pressed(asking) if request.action else _answered(asking, command, order))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, a person waits for an answer
            return _failed(asking, command, error)
        finally:
            self._observer.answered(request.address.platform, order or _kind(request, command), time.perf_counter() - began)

    async def cards(self, lookup: Lookup) -> Cards:
        """Papers for what somebody types in any chat; none for people whom this bot does not serve. Never raises."""
        try:
            private = Address(lookup.platform, lookup.person)
            if not includes(self._settings.served_chats, private) or self._too_fast(private, lookup.person, STROKES):
                return Cards()
            today = self._clock.now().date()
            return await suggesting.cards(self._library.store, lookup, self._settings.default_language, today)
        except Exception:  # noqa: BLE001 - who types waits for no sentence
            _log.exception("a lookup failed", platform=lookup.platform)
            return Cards()

    async def suggestions(self, completion: Completion) -> Sequence[Suggestion]:
        """Values for what somebody types of an argument. Never raises."""
        try:
            address = completion.address
            if not includes(self._settings.served_chats, address) or self._too_fast(address, completion.person, STROKES):
                return ()
            language = self._settings.default_language
            return await suggesting.suggestions(self._library.store, completion, language, self._clock.now())
        except Exception:  # noqa: BLE001 - who types waits for no sentence
            _log.exception("suggestions failed", platform=completion.address.platform, command=completion.command)
            return ()

    def _too_fast(self, address: Address, person: str, pace: Pace) -> TooFast | None:
        # Whoever sits at the machine itself may pipe in as much as they like.
        if address.platform == TERMINAL:
            return None
        return self._flood.take((address.platform, person or address.chat_id), pace)

    async def interrupted(self, request: Request) -> Sequence[Message]:
        """What to say when the program stops before the answer is there. Never raises."""
        chat = None
        with contextlib.suppress(StoreError):
            chat = await self._library.store.read(chats.chat, request.address)
        asking = self._asking(request, chat)
        return asking.say(
            asking.gettext("I had to stop before my answer was complete. Please send that again in a moment."), private=True
        )

    def _asking(self, request: Request, chat: Chat | None) -> Asking:
        # A person's own language is theirs, wherever they carry the bot along; a group speaks its own.
        own = supported(request.language) if request.kind is ChatKind.PRIVATE or request.single else None
        language = (chat.language if chat is not None else None) or own or self._settings.default_language
        return Asking(
            request=request,
            arguments="",
            chat=chat,
            language=language,
            now=self._clock.now(),
            settings=self._settings,
            library=self._library,
        )


def _kind(request: Request, command: Command | None) -> str:
    """What was asked, as it is counted: one of a few words, and nothing that a person typed."""
    if request.action:
        return "button"
    return "text" if command is None else command.name or "unknown"


def _surely_meant(command: Command | None) -> bool:
    """Whether a line in a group is for this bot though it does not name it: people talk to each other and to other bots.

    English by-names do not count: `/stop` may end another bot's music, and must not end the subscription.
    """
    if command is None or not command.name:
        return False
    return command.typed.casefold() == command.name or not command.typed.isascii()


async def _answered(asking: Asking, command: Command | None, order: str) -> Sequence[Message]:
    if order:
        return await OPERATING[order](asking)
    if command is None:
        return await _free_text(asking)
    command = concerning(followed(command), asking.request.about[:_LONGEST])
    asking = replace(asking, arguments=command.arguments)
    if asking.request.single and command.name in AT_HOME:
        return not_here(asking)
    if command.name:
        return await _HANDLERS[command.name](asking)
    if parse(f"{command.typed} {command.arguments}") is not None:
        # `/2403.18361`, as some type it.
        return await papers.paper(replace(asking, arguments=f"{command.typed} {command.arguments}"))
    return await helping.mistyped(asking, command.typed)


async def _free_text(asking: Asking) -> Sequence[Message]:
    """Words without a slash: a paper's id or address, a day, a command whose slash was forgotten, or a hint."""
    text = asking.request.text[:_LONGEST].strip()
    if (answer := await subscribing.answered(asking)) is not None:
        return answer
    if named := mentioned(text) if parse(text) is None else [text]:
        return await papers.paper(replace(asking, arguments=" ".join(named)))
    bare = read_bare_command(text)
    if bare is not None:
        bare = concerning(bare, asking.request.about[:_LONGEST])
        return await _HANDLERS[bare.name](replace(asking, arguments=bare.arguments))
    day = read_date(text, asking.today)
    # A bare number is a day after /day; otherwise it is more often something else.
    if not isinstance(day, NoDate) and not text.isdigit():
        return await days.of_day(asking, day)
    if (span := _named_span(text, asking.today)) is not None:
        return await tops.top(replace(asking, arguments=span))
    return await helping.free_text(asking)


def _named_span(text: str, today: dt.date) -> str | None:
    """The span of `this week`, or of `이번 주 인기`; None of other words, and of a number alone."""
    if not any(ch.isalpha() for ch in text):
        return None
    before, _, last = text.rpartition(" ")
    written = before if before and last.casefold() in ALIASES["top"] else text
    return written if read_span(written, today) is not None else None


def _not_allowed(asking: Asking) -> Sequence[Message]:
    address = asking.request.address
    return asking.say(
        asking.gettext(
            "This bot is private: its operator has not allowed this chat ({chat}).",
            chat=f"{address.platform}:{address.chat_id}",
        )
    )


def _failed(asking: Asking, command: Command | None, error: Exception) -> Sequence[Message]:
    # Short enough to be read aloud; it stands in the log beside the cause, which says nothing to the asker.
    code = secrets.token_hex(3)
    _log.error(
        "a command failed",
        code=code,
        command=command.name if command is not None else "",
        platform=asking.request.address.platform,
        exc_info=error,
    )
    if isinstance(error, StoreError):
        sentence = asking.gettext("My store cannot be used at the moment, so I cannot answer (code {code}).", code=code)
    else:
        sentence = asking.gettext("That went wrong on my side, not on yours (code {code}).", code=code)
    return asking.say(sentence, asking.gettext("The operator finds the code in the log."), private=True)
