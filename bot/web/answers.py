"""HTTP responses with pages: cached while nothing changes, with ETags for browsers and caches, and security headers."""

import asyncio
import gzip
import hashlib
import re
import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar

from starlette.responses import Response

from bot.store.connection import Store
from bot.store.pages import Versions
from bot.web.page import Page
from bot.web.site import POLICY, Site

P = ParamSpec("P")
T = TypeVar("T")

# How many pages are cached: a year of days in four languages, some ten kilobytes each when compressed.
KEPT = 1024
# And at most so many bytes of them: a feed of a filter has four times as many, and strangers may ask for any number.
KEPT_BYTES = 24 << 20
# How many of the store's four reading threads pages may use; two are always left to commands and digests.
READING = 2
# A page may change at any moment; a browser revalidates it by its ETag, and mostly learns that it has not changed.
FRESH_SECONDS = 60
YEAR_SECONDS = 31_536_000
# zlib's level: the usual 6 takes half as long again, for pages that are a twentieth smaller.
_PACKED_HARD = 4
# Smaller answers fit into one packet anyway.
_PACKED_FROM = 1_000
# The header of the request by which every answer may differ.
VARY = "Accept-Encoding"
SAFE = {
    "Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class Made:
    """A page as it was made, with its `mark` and the ETag of its bytes. Only the compressed bytes are kept."""

    mark: str
    kept: bytes
    is_packed: bool
    tag: str
    media_type: str

    @property
    def body(self) -> bytes:
        """The uncompressed bytes; nearly every client takes compressed ones."""
        return gzip.decompress(self.kept) if self.is_packed else self.kept


def made(mark: str, body: bytes, media_type: str, *, packed: bool = True) -> Made:
    """A page's bytes with their tag, `packed` once for all who ask; pictures are packed as they are."""
    small = gzip.compress(body, _PACKED_HARD, mtime=0) if packed and len(body) >= _PACKED_FROM else b""
    tag = hashlib.blake2b(body, digest_size=12).hexdigest()
    is_packed = 0 < len(small) < len(body)
    return Made(mark, small if is_packed else body, is_packed, tag, media_type)


class Shelf:
    """Pages that were made, the ones asked for last. A page is made again when what it is made of has changed."""

    def __init__(self, store: Store, site: Site, versions: Versions, *, most_bytes: int = KEPT_BYTES) -> None:
        self._store, self._site, self._versions = store, site, versions
        self._kept: OrderedDict[Page, tuple[object, Made]] = OrderedDict()
        self.bytes_kept, self._most_bytes = 0, most_bytes
        self._reading = asyncio.Semaphore(READING)

    async def page(self, page: Page) -> Made | None:
        """The page as it is now, or None when there is none. Raises StoreError."""
        # Before looking: what is written meanwhile makes the next look see another version.
        seen = (self._versions.now(), self._site.today())
        kept = self._kept.get(page)
        if kept is not None and kept[0] == seen:
            self._kept.move_to_end(page)
            return kept[1]
        found = await self.read(_made, page, self._site, kept[1] if kept else None)
        if (before := self._kept.pop(page, None)) is not None:
            self.bytes_kept -= len(before[1].kept)
        if found is None:
            return None
        self._kept[page] = (seen, found)
        self.bytes_kept += len(found.kept)
        while len(self._kept) > KEPT or self.bytes_kept > self._most_bytes:
            _, (_, oldest) = self._kept.popitem(last=False)
            self.bytes_kept -= len(oldest.kept)
        return found

    async def read(self, function: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As `Store.read`, which pages do not take from people and digests. Raises StoreError."""
        async with self._reading:
            return await self._store.read(function, *args, **kwargs)


def _made(connection: sqlite3.Connection, page: Page, site: Site, kept: Made | None) -> Made | None:
    connection.execute("BEGIN")
    try:
        mark = page.mark(connection, site)
        if mark is None:
            return None
        if kept is not None and mark and kept.mark == mark:
            return kept
        return made(mark, page.written(connection, site), page.media_type)
    finally:
        connection.execute("COMMIT")


def answer(
    found: Made, headers: Mapping[str, str], *, status: int = 200, more: Mapping[str, str] | None = None
) -> Response:
    """The answer to a request with these `headers`: the page, or that the asker has it already (RFC 9110, 13.1.2)."""
    packed = found.is_packed and _takes_gzip(headers.get("accept-encoding", ""))
    tag = f'"{found.tag}{"-gz" if packed else ""}"'
    said = {**SAFE, "ETag": tag, "Cache-Control": f"public, max-age={FRESH_SECONDS}", "Vary": VARY}
    said |= more or {}
    if status == 200 and _has(headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=said)
    if packed:
        said["Content-Encoding"] = "gzip"
    return Response(found.kept if packed else found.body, status, said, found.media_type)


def _has(asked: str, tag: str) -> bool:
    """Whether one of the tags that the asker has is this one; weak or not means the same here."""
    return asked.strip() == "*" or tag in {one.strip().removeprefix("W/") for one in asked.split(",")}


def _takes_gzip(accepted: str) -> bool:
    for one in accepted.lower().split(","):
        name, _, weight = one.strip().partition(";")
        if name.strip() in {"gzip", "*"}:
            return not re.fullmatch(r"\s*q=0(?:\.0*)?\s*", weight)
    return False
