"""Cards of days, drawn once for everybody who gets them. If a card fails or is not ready in time, the result is None."""

import asyncio
import hashlib
import time
from collections import OrderedDict
from dataclasses import dataclass

import structlog

from bot.message import File
from bot.pictures.day_card import DayCard
from bot.pictures.thumbnails import Thumbnails

# From when a card is first asked for. A heading waits so long at most, and only the first of all that carry it.
SECONDS = 5.0
# Some ninety kilobytes each; a day has one for each language and each choice of papers that differs in its first three.
KEPT = 64
# More than these are not begun at one time: thousands of chats with filters of their own would wait for each other.
MOST_BEGUN = 8
# A card for which a picture could not be had is tried again then.
_AGAIN_SECONDS = 900.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Made:
    file: File | None
    at: float
    whole: bool


class Cards:
    """Cards by what they say. Used from one event loop; without `thumbnails` they are letters alone.

    `folder` is the https address under whose `cards/` this process serves them (`named`), "" where nobody can fetch them.
    """

    def __init__(self, thumbnails: Thumbnails | None = None, *, seconds: float = SECONDS, folder: str = "") -> None:
        self._thumbnails, self._seconds, self._folder = thumbnails, seconds, folder
        self._made: OrderedDict[DayCard, _Made] = OrderedDict()
        self._making: dict[DayCard, tuple[float, asyncio.Task[_Made]]] = {}
        # Drawing takes a tenth of a second of a processor; two at once would take it from the bot.
        self._drawing = asyncio.Semaphore(1)
        self._told: set[str] = set()

    async def picture(self, card: DayCard) -> File | None:
        """A card's picture; None when it is not ready in time or cannot be made. Never raises but CancelledError."""
        made = self._made.get(card)
        if made is not None:
            self._made.move_to_end(card)
            if made.whole or time.monotonic() - made.at < _AGAIN_SECONDS:
                return made.file
        if card not in self._making:
            if len(self._making) >= MOST_BEGUN:
                return made.file if made else None
            self._making[card] = (time.monotonic(), asyncio.create_task(self._make(card), name="card"))
        begun, task = self._making[card]
        await asyncio.wait({task}, timeout=max(0.0, begun + self._seconds - time.monotonic()))
        if task.done() and not task.cancelled():
            made = task.result()
        return made.file if made else None

    def named(self, name: str) -> File | None:
        """The card that stands under this name, the last part of its address, as long as it is kept."""
        address = f"{self._folder}/cards/{name}"
        every = (made.file for made in self._made.values() if made.file is not None and made.file.url)
        return next((file for file in every if file.url == address), None)

    async def close(self) -> None:
        """Break off what is being made."""
        tasks = [task for _, task in self._making.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _make(self, card: DayCard) -> _Made:
        made = _Made(None, time.monotonic(), whole=False)
        try:
            made = await self._drawn(card)
        except Exception:
            log.exception("a card could not be drawn; its digest goes without", day=card.day.isoformat())
        finally:
            self._making.pop(card, None)
            self._made[card] = made
            while len(self._made) > KEPT:
                self._made.popitem(last=False)
        return made

    async def _drawn(self, card: DayCard) -> _Made:
        # Late: Pillow takes a tenth of a second, and most commands draw nothing.
        from bot.pictures.drawing import draw  # noqa: PLC0415

        urls = [line.picture for line in card.lines if line.picture]
        pictures = await self._thumbnails.of(urls) if self._thumbnails else {}
        async with self._drawing:
            self._tell_fonts(card.language)
            content = await asyncio.to_thread(draw, card, pictures)
        day = card.day.isoformat()
        # By its content: of one day there are several, by the filters of chats and by how votes go on.
        mark = hashlib.blake2b(content, digest_size=8).hexdigest()
        address = f"{self._folder}/cards/{day}-{mark}.jpg" if self._folder else ""
        file = File(name=f"daily-papers-{day}.jpg", content=content, media_type="image/jpeg", url=address)
        return _Made(file, time.monotonic(), whole=len(pictures) == len(set(urls)) or self._thumbnails is None)

    def _tell_fonts(self, language: str) -> None:
        """Say once what is missing, and what to do."""
        from bot.pictures.fonts import INSTALL, faces  # noqa: PLC0415

        if language not in self._told and not faces(language).native:
            log.warning(
                "no font here shows this language: its cards are set in English", language=language, install=INSTALL
            )
        self._told.add(language)
