"""The real conversation over a store of some days, behind the real adapters, with a count of what each person was answered."""

import asyncio
import contextlib
import datetime as dt
import logging
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from pathlib import Path

import structlog

from bot.clock import Clock
from bot.digest.fetching import Fetcher, PaperFinder
from bot.errors import PaperNotFound, SourceRefused
from bot.message import INERT, Message
from bot.model import Address, ChatKind
from bot.parts import open_parts
from bot.ports import Cards, ChatAdapter, Completion, Lookup, Outcome, Request, Sent, SourcePaper, Suggestion
from bot.service import Service
from bot.settings import Settings
from tests.fakes.hub import Hub, invented_list, seed_list
from tests.integration.any_line import Line
from tests.integration.store_watch import StoreWatch

NOW = dt.datetime(2024, 3, 28, 20, tzinfo=dt.UTC)
# Short days: /today is a message a paper, and what is asked here is whether it comes, not how much of it.
_DAYS = {
    dt.date(2024, 3, 26): invented_list(dt.date(2024, 3, 26), 13),
    dt.date(2024, 3, 27): invented_list(dt.date(2024, 3, 27), 2),
}
_DAYS |= {dt.date(2024, 3, 28): seed_list()[:3]}
_CHANGES = ("INSERT", "UPDATE", "DELETE")
# What a person may change by asking in a room that is others': that it is known (/start), lists' arguments, and their own.
OTHERS_ROOM = frozenset(
    {
        "INSERT target",
        *("INSERT list_argument", "INSERT saved", "DELETE saved"),
        *(f"{change} random_paper" for change in _CHANGES),
        *("INSERT summary_report", "INSERT summary_reporter", "UPDATE summary"),
    }
)
# And in a chat that is the person's: what is kept of that chat.
OWN_CHAT = OTHERS_ROOM | {
    "UPDATE target",
    "DELETE target",
    *(f"{change} {name}" for change in _CHANGES for name in ("subscription", "due", "due_order", "key_value")),
}
# What is logged of sources that know nothing.
_EXPECTED = {"a list could not be fetched", "list not fetched", "paper not fetched"}


class NothingNew:
    """Sources that know nothing beyond what the store has, as most of what strangers ask for does not exist."""

    async def day(self, day: dt.date) -> Sequence[SourcePaper]:
        raise SourceRefused(f"{day} is not known")

    async def newest_hint(self) -> Sequence[dt.date]:
        return ()

    async def paper(self, paper_id: str) -> SourcePaper:
        raise PaperNotFound(f"{paper_id} is not known")


@dataclass
class Counting:
    """The service behind an adapter; by person, how often they asked and were answered, and every answer that was refused."""

    service: Service
    asked: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    refused: list[object] = field(default_factory=list)
    over: set[str] = field(default_factory=set)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask(self, request: Request) -> None:
        person = request.person

        def counted(send: Callable[[Message], Awaitable[Outcome]]) -> Callable[[Message], Awaitable[Outcome]]:
            async def counting(message: Message) -> Outcome:
                outcome = await send(message)
                if isinstance(outcome, Sent):
                    self.answered[person] += 1
                else:
                    self.refused.append((request.text or request.action, outcome, message))
                return outcome

            return counting

        async def notice(text: str) -> None:
            assert request.notice is not None
            self.answered[person] += 1
            await request.notice(text)

        self.asked[person] += 1
        try:
            await self.service.ask(
                replace(
                    request,
                    reply=counted(request.reply),
                    edit=counted(request.edit) if request.edit else None,
                    notice=notice if request.notice else None,
                )
            )
        finally:
            self.over.add(person)
            self.news.set()

    async def cards(self, lookup: Lookup) -> Cards:
        return await self.service.cards(lookup)

    async def suggestions(self, completion: Completion) -> Sequence[Suggestion]:
        return await self.service.suggestions(completion)

    async def joined(self, address: Address, kind: ChatKind, title: str, language: str | None) -> None: ...

    async def present(self, platform: str, chat_ids: Collection[str]) -> None: ...

    async def left(self, address: Address, reason: str) -> None: ...

    async def moved(self, old: Address, new: Address) -> None: ...

    def forget(self) -> None:
        self.asked.clear()
        self.answered.clear()
        self.over.clear()

    async def until(self, people: AbstractSet[str]) -> None:
        """Until the questions of all these are over."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(30):
                while not people <= self.over:
                    self.news.clear()
                    await self.news.wait()


class Troubles(logging.Handler):
    """Everything that was logged as a warning or worse, by structlog and by logging."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    def note(self, _: object, method: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
        if method not in {"debug", "info"} and event["event"] not in _EXPECTED:
            error = event.get("exc_info")
            told = (
                traceback.format_exception(error)
                if isinstance(error, BaseException)
                else [traceback.format_exc()]
                if error
                else []
            )
            self.lines.append("".join([f"{method}: {dict(event)}\n", *told]))
        raise structlog.DropEvent


@dataclass
class Scene:
    """What one platform's test has in hands: rounds of lines, each by another person, and what they may have changed."""

    inbox: Counting
    watch: StoreWatch
    troubles: Troubles
    _waiting: dict[str, tuple[Line, bool]] = field(default_factory=dict)

    def expect(self, person: str, line: Line, *, answer: bool = True) -> None:
        """`person` says `line` in this round; `answer`: it is for the bot."""
        assert person not in self._waiting, "one line a person and round"
        self._waiting[person] = line, answer

    async def answered(self, may_change: frozenset[str]) -> None:
        """Wait for the end of the round: an answer for each line that is for the bot, none for others, and nothing else."""
        inbox, waiting, self._waiting = self.inbox, self._waiting, {}
        await inbox.until({person for person, (_, answer) in waiting.items() if answer})
        silent = [line for person, (line, answer) in waiting.items() if answer and not inbox.answered[person]]
        silent = [line for line in silent if not (line.pressed and line.text.partition(":")[0] == INERT)]
        spoken = [line for person, (line, answer) in waiting.items() if not answer and inbox.answered[person]]
        assert not silent, f"not answered: {silent[:5]} {self.troubles.lines[:3]}"
        assert not spoken, f"answered, though not meant for the bot: {spoken[:5]}"
        assert set(inbox.asked.values()) == {1}, inbox.asked.most_common(3)
        assert not inbox.refused, inbox.refused[:3]
        assert not self.troubles.lines, self.troubles.lines[:3]
        changed = self.watch.changed()
        others = {change: count for change, count in changed.items() if change not in may_change}
        assert not others, f"{others} by one of {[line.text[:60] for line, _ in waiting.values()]}"
        inbox.forget()


@contextlib.asynccontextmanager
async def scene(folder: Path, adapter: ChatAdapter, rooms: Mapping[str, str]) -> AsyncIterator[Scene]:
    """`adapter` listens to the whole service; the store has three days, and subscribers: somebody else, and `rooms` (titles by id)."""
    troubles = Troubles()
    root, before = logging.getLogger(), structlog.get_config()
    async with Hub(days=_DAYS) as hub:
        store = folder / "store.db"
        made = Settings(
            database=store,
            clock=NOW,
            hf_api_url=hub.url,
            arxiv_api_url=hub.url,
            default_language="en",
            telegram_rate=1e5,
            telegram_chat_rate=1e4,
            telegram_group_rate=1e6,
            discord_rate=1e5,
        )
        async with open_parts(made) as opened:
            for day in _DAYS:
                await opened.fetcher.fetch_day(day)
            nothing = NothingNew()
            clock = Clock(NOW)
            finder = PaperFinder(opened.store, (nothing,), clock)
            parts = replace(opened, fetcher=Fetcher(opened.store, nothing, clock), finder=finder)
            service = Service(parts, {adapter.platform: adapter})
            await _subscribe(service, Address("elsewhere", "1"), ChatKind.PRIVATE)
            for room, title in rooms.items():
                await _subscribe(service, Address(adapter.platform, room), ChatKind.GROUP, title)
            watch = StoreWatch(store)
            others = [watch.rows(query) for query in _OTHERS]
            assert [len(rows) for rows in others] == [len(rooms) + 1] * 2
            inbox = Counting(service)
            structlog.configure(processors=[troubles.note])
            root.addHandler(troubles)
            listening = asyncio.create_task(adapter.listen(inbox))
            try:
                yield Scene(inbox, watch, troubles)
            finally:
                await adapter.close()
                await asyncio.gather(listening, return_exceptions=True)
                root.removeHandler(troubles)
                structlog.configure(**before)
            assert not troubles.lines, troubles.lines[:3]
            assert [watch.rows(query)[: len(rooms) + 1] for query in _OTHERS] == others
            paused = {key for (key,) in watch.rows("SELECT key FROM key_value WHERE owner = 'paused'")}
            assert not paused & {"*", "elsewhere:1", *(f"{adapter.platform}:{room}" for room in rooms)}
            watch.check_shape()


# The rows that were there first.
_OTHERS = ("SELECT * FROM target ORDER BY id", "SELECT * FROM subscription ORDER BY target_id")


async def _subscribe(service: Service, address: Address, kind: ChatKind, title: str = "") -> None:
    async def sent(_: Message) -> Outcome:
        return Sent("1")

    await service.ask(
        Request(address=address, kind=kind, text="/subscribe 08:30 Paris", reply=sent, person="1", title=title)
    )
