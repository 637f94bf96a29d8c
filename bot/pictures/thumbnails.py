"""Small copies of papers' pictures for cards: from known hosts only, limited in size, cached for a while."""

import asyncio
import io
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

import httpx
import structlog

from bot.digest.media import PICTURE_HOSTS

if TYPE_CHECKING:
    from PIL import Image

# All pictures of a card together: it is a digest's heading that waits.
SECONDS = 2.5
# The Hub's own thumbnails have some hundred kilobytes; what people upload can be anything.
MOST_BYTES = 4 << 20
# A picture of 24 megapixels takes 72 MB while it is made smaller.
MOST_PIXELS = 24_000_000
# What is kept: twice the size at which a card shows it.
_KEPT_SIZE = (384, 384)
KEPT = 200
# What could not be had is not asked for again so soon.
FAILED_SECONDS = 600.0
# Cards in a row of which no picture came: then the hosts cannot be reached, and hundreds would wait for nothing.
GIVEN_UP = 5
_FORMATS = ("PNG", "JPEG", "WEBP")

log = structlog.get_logger(__name__)


class Thumbnails:
    """Pictures by URL, fetched with `client`. Used from one event loop."""

    def __init__(self, client: httpx.AsyncClient, *, seconds: float = SECONDS) -> None:
        self._client, self._seconds = client, seconds
        self._kept: OrderedDict[str, tuple[float, Image.Image | None]] = OrderedDict()

    async def of(self, urls: Iterable[str]) -> "dict[str, Image.Image]":
        """Those of the pictures that can be had in time. Never raises."""
        wanted = dict.fromkeys(url for url in urls if self._is_missing(url) and _is_allowed(url))
        if wanted:
            fetching = [asyncio.create_task(self._fetched(url), name="thumbnail") for url in wanted]
            _, late = await asyncio.wait(fetching, timeout=self._seconds)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)
        return {url: found for url in urls if (found := self._kept.get(url, (0.0, None))[1]) is not None}

    def _is_missing(self, url: str) -> bool:
        at, found = self._kept.get(url, (float("-inf"), None))
        return found is None and time.monotonic() - at > FAILED_SECONDS

    async def _fetched(self, url: str) -> None:
        found = None
        try:
            content = await self._content(url)
            # Reading a picture takes longer than a turn of the loop may.
            found = None if content is None else await asyncio.to_thread(_small, content)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with a picture, the card is made without it
            log.debug("no thumbnail", url=url, error=f"{type(error).__name__}: {error}")
        finally:
            self._kept[url] = (time.monotonic(), found)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)

    async def _content(self, url: str) -> bytes | None:
        """What stands at `url`; None for no picture, or one too large. No redirect is followed: hosts are listed."""
        async with self._client.stream("GET", url, follow_redirects=False) as answer:
            if answer.status_code != httpx.codes.OK or not answer.headers.get("content-type", "").startswith("image/"):
                return None
            content = bytearray()
            async for part in answer.aiter_bytes():
                content += part
                if len(content) > MOST_BYTES:
                    return None
        return bytes(content)


class FileThumbnails:
    """Thumbnails of cards that are written as files, one after the other. A context manager; no event loop may run."""

    def __init__(self, client: Callable[[], httpx.AsyncClient]) -> None:
        """`client` makes the one that is used."""
        self._make, self._runner = client, asyncio.Runner()
        self._failed = 0
        self.lacked = False

    def __enter__(self) -> Self:
        async def made() -> httpx.AsyncClient:
            return self._make()

        self._client = self._runner.run(made())
        self._thumbnails = Thumbnails(self._client)
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._client.aclose())
        self._runner.close()

    def of(self, urls: Sequence[str]) -> "dict[str, Image.Image]":
        """Those that can be had; `lacked` says whether one was not. When none of several cards could, no more are asked."""
        found = {} if self._failed >= GIVEN_UP else self._runner.run(self._thumbnails.of(urls))
        self.lacked = len(found) < len(set(urls))
        if urls:
            self._failed = 0 if found else self._failed + 1
        return found


def _is_allowed(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" and parts.netloc.lower() in PICTURE_HOSTS


def _small(content: bytes) -> "Image.Image | None":
    """A picture made small, on white where it is transparent. Raises whatever Pillow raises for what is none."""
    from PIL import Image  # noqa: PLC0415 - late: most commands draw nothing

    with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
        if image.width * image.height > MOST_PIXELS or min(image.size) < 16:
            return None
        image.draft("RGB", _KEPT_SIZE)  # JPEG can be read smaller at once
        shape = image.width / image.height
        # The shorter side counts: a card cuts the longer one.
        size = (round(216 * shape), 216) if shape > 16 / 9 else (384, round(384 / shape))
        if max(size) > 4 * max(_KEPT_SIZE):
            return None  # a ribbon shows nothing
        small = image.convert("RGBA").resize(size, Image.Resampling.LANCZOS)
    white = Image.new("RGB", size, "white")
    white.paste(small, mask=small.getchannel("A"))
    return white
