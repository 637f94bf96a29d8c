"""What all pages of a site have in common: addresses, texts, templates. No page is made here."""

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.clock import Clock
from bot.digest.media import PICTURE_HOSTS
from bot.locales import LANGUAGES, language_name, locale
from bot.settings import Settings
from bot.web.addresses import Addresses
from bot.web.words import words

if TYPE_CHECKING:
    from bot.pictures.plots import Plot
    from bot.pictures.thumbnails import FileThumbnails

NAME = "Daily Papers"
# Longer ones may have to be broken on a narrow phone.
_HYPHENED = re.compile(r"(?<!\S)((?=\S*-)\S{2,24})(?!\S)")
ASSETS = {"style.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml"}
# Nothing runs, nothing is framed, nothing is fetched from elsewhere but pictures from the hosts that are known.
POLICY = "; ".join((
    "default-src 'none'",
    "style-src 'self'",
    f"img-src 'self' {' '.join(f'https://{host}' for host in sorted(PICTURE_HOSTS))}",
    "form-action 'self'",
    "base-uri 'none'",
))  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """`hub` is WebSub's, "" for none. `today` tells the present day in UTC: what is still to come is not shown.

    With `cards` each day has a picture for link previews; where that is a file, with `thumbnails` where there are some.
    Among files `plot` draws how topics go; without it there is no such page. `feeds` are those that files have beside the
    one of all papers: their names, and the words of their filters.
    """

    addresses: Addresses
    hub: str
    today: Callable[[], dt.date]
    feeds: tuple[tuple[str, str], ...] = ()
    languages: tuple[str, ...] = LANGUAGES
    cards: bool = False
    thumbnails: "FileThumbnails | None" = None
    plot: "Callable[[Plot], bytes | None] | None" = None

    @classmethod
    def of(cls, settings: Settings, clock: Clock, *, url: str, files: bool = False) -> "Site":
        """Of these settings, read under `url`."""
        return cls(
            addresses=Addresses.of(url, settings.default_language, files=files),
            hub=settings.websub_hub or "",
            cards=settings.cards,
            today=lambda: clock.now().date(),
        )

    @property
    def home(self) -> str:
        return self.addresses.home

    def html(
        self, template: str, language: str, path: str, *, query: Mapping[str, str] | None = None, **values: Any
    ) -> bytes:
        """A template as a page of `language` that stands at `path`, asked with `query` in other languages too.

        `canonical` is its one address where it has more.
        """
        canonical = values.get("canonical")
        return (
            _environment()
            .get_template(template)
            .render(
                {"canonical": None, "description": "", "card_picture": None, "card_size": None, **values},
                name=NAME,
                indexed=canonical is not None,
                og_type="article" if path and canonical else "website",
                og_locale=str(locale(language)),
                lang=language,
                w=words(language),
                at=self.addresses,
                trends=self.addresses.searches or self.plot is not None,
                own=self.addresses.page(language, path),
                path=path,
                asset={name: self.asset(name) for name in ASSETS},
                feed=self.addresses.file(language, "feed.atom"),
                json_feed=self.addresses.file(language, "feed.json"),
                languages=[(tag, language_name(tag, tag), self._other(tag, path, query)) for tag in self.languages],
                policy=POLICY,
            )
            .encode("utf-8", "replace")
        )

    def _other(self, language: str, path: str, query: Mapping[str, str] | None) -> str:
        return self.addresses.file(language, path, **query) if query else self.addresses.page(language, path)

    def said(self, language: str, title: str, why: str, *, leads: bool = True) -> bytes:
        """A page that only says something, by the names of two sentences, and `leads` to where there are papers."""
        w = words(language)
        return self.html("empty.html", language, "", title=w[title], said=w[why], leads=leads)

    def asset(self, name: str) -> str:
        """The address of an asset; another one when what is in it changes, so that it may be kept for ever."""
        stem, _, ending = name.partition(".")
        return self.addresses.asset(f"{stem}.{asset_mark(name)}.{ending}")


@cache
def asset_bytes(name: str) -> bytes:
    """A style sheet or an icon. Raises KeyError for what is none."""
    if name not in ASSETS:
        raise KeyError(name)
    return files("bot.web").joinpath("static", name).read_bytes()


@cache
def asset_mark(name: str) -> str:
    return hashlib.blake2b(asset_bytes(name), digest_size=6).hexdigest()


@cache
def code_mark() -> str:
    """Differs between versions of the program whose pages may differ: by its number, and all that is in this package."""
    seen = hashlib.blake2b(version("daily-papers-bot").encode(), digest_size=6)
    for folder in ("", "templates", "static"):
        for file in sorted((files("bot.web") / folder).iterdir(), key=lambda one: one.name):
            if file.is_file():
                seen.update(file.read_bytes())
    return seen.hexdigest()


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("bot.web"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    made.filters["whole"] = _whole
    return made


def _whole(text: str) -> Markup:
    """`text` with dates and words such as `-video` in one piece: a browser breaks a line at any hyphen."""
    parts = _HYPHENED.split(text)
    # Every second part is what the pattern found.
    return Markup().join(
        Markup('<span class="whole">{}</span>').format(part) if n % 2 else part for n, part in enumerate(parts)
    )
