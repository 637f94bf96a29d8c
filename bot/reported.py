"""What follows when a reader reports a summary as wrong: the operator is told once, and a language model is asked again.

Both are kept in the store until they are done, so that a restart forgets neither. The button: bot/commands/wrong.py.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial

import structlog

from bot.delivery.answers import send_answers
from bot.delivery.pace import Pace
from bot.errors import DailyPapersError
from bot.listening import Platforms
from bot.locales import translator
from bot.message import Message
from bot.parts import Parts
from bot.store import chats, reports
from bot.store.reports import Report

# What could not be done is tried again after so long, and so often in one run of the program. A model that gave nothing of
# use costs money each time, and is asked for what is new anyway (bot/summarizing.py).
LOOK_SECONDS = 60.0
_TELLING_TRIES, _ASKING_TRIES = 5, 2
# In one go; a crowd that reports everything fills no chat in a minute.
_AT_ONCE = 10

log = structlog.get_logger()


class Reports:
    """Works when it is woken, and now and then."""

    def __init__(self, parts: Parts, platforms: Platforms, pace: Pace) -> None:
        self._store, self._clock, self._settings = parts.store, parts.clock, parts.settings
        self._summaries, self._platforms, self._pace = parts.summaries, platforms, pace
        self._observer = parts.observer
        self._woken = (asyncio.Event(), asyncio.Event())
        self._tries: Counter[tuple[str, str, str]] = Counter()

    def wake(self) -> None:
        """Somebody may have reported something."""
        for event in self._woken:
            event.set()

    async def run(self) -> None:
        """Work again and again, until cancelled. A model that takes its time keeps no operator waiting."""
        telling, asking = self._woken
        await asyncio.gather(_repeat(self.tell, telling), _repeat(self.ask, asking))

    async def tell(self) -> None:
        """Tell the operator's chats what they were not told yet."""
        for one in await self._store.read(reports.untold, _AT_ONCE):
            # With nobody to tell, it is in the log; nobody wants to read it in a year, when a chat is set.
            if not self._settings.told_chats or await self._told(one):
                log.warning("a reader says that a summary is wrong", paper=one.paper_id, language=one.language)
                await self._store.write(reports.told, one, now=self._clock.now())

    async def ask(self) -> None:
        """Have the summaries written anew for which that was not tried yet."""
        if not self._summaries.has_model:
            return
        for one in await self._store.read(reports.unasked, _AT_ONCE):
            made = await self._summaries.ask_again(one.paper_id, one.language, marked=True)
            log.info("a language model was asked again", paper=one.paper_id, language=one.language, made=made)
            if made or self._gave_up("ask", one, _ASKING_TRIES):
                await self._store.write(reports.asked, one, now=self._clock.now())

    async def _told(self, one: Report) -> bool:
        """Whether one of the operator's chats has it, or none of them takes it.

        A platform that is away is waited for; one that this process does not serve is another's to write to.
        """
        tried = arrived = False
        for address in self._settings.told_chats:
            platform = self._platforms.every.get(address.platform)
            if platform is None or not platform.opened:
                continue
            chat = await self._store.read(chats.chat, address)
            language = self._settings.default_language if chat is None else chat.language
            message = text(one, language, has_model=self._summaries.has_model)
            arrived |= await send_answers(partial(platform.send, address), address, [message], self._pace, self._observer)
            tried = True
        return arrived or (tried and self._gave_up("tell", one, _TELLING_TRIES))

    def _gave_up(self, what: str, one: Report, tries: int) -> bool:
        self._tries[what, one.paper_id, one.mark] += 1
        return self._tries[what, one.paper_id, one.mark] >= tries


def text(one: Report, language: str, *, has_model: bool) -> Message:
    """What the operator reads: which summary, and where it was found wrong, but not by whom."""
    words = translator(language)
    platform = one.platform.capitalize()
    if one.room:
        where = words.gettext("{room} on {platform}").format(room=one.room, platform=platform)
    else:
        where = words.gettext("a private chat on {platform}").format(platform=platform)
    more = (
        words.gettext("It is marked as doubtful, and a language model is asked for another.")
        if has_model
        else words.gettext("It is marked as doubtful.")
    )
    return Message(
        heading=one.title or one.paper_id,
        link=f"https://arxiv.org/abs/{one.paper_id}",
        paragraphs=(words.gettext("A reader says that this summary is wrong ({where}).").format(where=where),),
        bullets=one.bullets,
        footer=more,
    )


async def _repeat(work: Callable[[], Awaitable[None]], woken: asyncio.Event) -> None:
    while True:
        woken.clear()
        try:
            await work()
        except DailyPapersError as error:
            log.warning("reports are not worked on", error=str(error))
        except Exception:
            log.exception("reports are not worked on")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await woken.wait()
