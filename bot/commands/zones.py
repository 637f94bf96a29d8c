"""Parses time zones as people name them: IANA names, cities and countries in every language of the interface, offsets,
abbreviations. Pure.

Names of cities and countries are CLDR's, through Babel; what neither CLDR nor the time zone database names is in
bot/commands/place_names.py.
"""

import datetime as dt
import re
import unicodedata
import zoneinfo
from dataclasses import dataclass
from functools import cache

from babel.core import get_global

from bot.commands.nearest import nearest_few
from bot.commands.place_names import ABBREVIATIONS, CITIES
from bot.delivery.due import zone_of
from bot.locales import LANGUAGES, locale

# Where a country of several zones has a main one: CLDR's primaryZones (common/supplemental/metaZones.xml).
_MAIN_ZONES = {
    "CL": "America/Santiago", "CN": "Asia/Shanghai", "DE": "Europe/Berlin", "EC": "America/Guayaquil",
    "ES": "Europe/Madrid", "MH": "Pacific/Majuro", "MY": "Asia/Kuala_Lumpur", "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon", "UA": "Europe/Kyiv", "UZ": "Asia/Tashkent",
}  # fmt: skip

# Offsets that are no whole hours have no Etc zone: places that keep them all the year, and, as offers, that do not.
_BROKEN_OFFSETS = {
    210: "Asia/Tehran", 270: "Asia/Kabul", 330: "Asia/Kolkata", 345: "Asia/Kathmandu", 390: "Asia/Yangon",
    525: "Australia/Eucla", 570: "Australia/Darwin", -570: "Pacific/Marquesas",
}  # fmt: skip
_SHIFTING_OFFSETS = {-210: "America/St_Johns", 630: "Australia/Lord_Howe", 765: "Pacific/Chatham"}

_ADDED = re.compile(
    r"(?i)(?: ?시간대?|(?: standard)? time|시|の?(?:標準)?(?:時間帯|時間|時刻|時)|(?:标准)?(?:时间|时区|时))$"
)
_OFFSET = re.compile(r"(?:utc|gmt)? ?(?P<sign>[+-]) ?(?P<hours>\d{1,2})(?: ?:? ?(?P<minutes>\d\d))?")


@dataclass(frozen=True, slots=True)
class NoZone:
    """A text that names no one time zone; `offers` are IANA names that were perhaps meant, the likeliest first."""

    offers: tuple[str, ...] = ()


def read_zone(text: str) -> str | NoZone:
    """The IANA name of the zone that `text` names."""
    known = known_zone(text)
    if known is not None:
        return known
    written = _tidied(text)
    offset = _OFFSET.fullmatch(written.casefold())
    if offset is not None:
        place = _SHIFTING_OFFSETS.get(_minutes(offset))
        return NoZone((place,) if place else ())
    for key in _keys(written):
        if key in _countries_of_many():
            return NoZone(_countries_of_many()[key])
    found = [_names()[key] for key in nearest_few(_key(written), _names(), 6, 0.7)] if written else []
    return NoZone(tuple(dict.fromkeys(found))[:3])


def known_zone(text: str) -> str | None:
    """As `read_zone`, without looking for what was perhaps meant, which takes milliseconds."""
    written = _tidied(text)
    offset = _OFFSET.fullmatch(written.casefold())
    if offset is not None:
        return _zone_of_offset(_minutes(offset))
    return next((_names()[key] for key in _keys(written) if key in _names()), None)


def zones_beginning(text: str, limit: int) -> list[str]:
    """Zones of which a name begins as `text` does, those with the shortest names first."""
    typed = _key(_tidied(text))
    names = sorted((name for name in _names() if name.startswith(typed)), key=lambda name: (len(name), name))
    return list(dict.fromkeys(_names()[name] for name in names))[:limit] if typed else []


def zone_label(zone: str, language: str, at: dt.datetime) -> str:
    """`서울 (Asia/Seoul, UTC+9)`: a zone's city, IANA name and offset at an instant; `UTC+9` for a bare offset."""
    offset = offset_label(zone, at)
    if zone.startswith("Etc/"):
        return offset
    return f"{city(zone, language)} ({zone}, {offset})"


def city(zone: str, language: str) -> str:
    """The city that a zone is named after, in a reader's language where CLDR knows it."""
    return _cities(language).get(_canonical(zone)) or zone.rsplit("/", 1)[-1].replace("_", " ")


def offset_label(zone: str, at: dt.datetime) -> str:
    """`UTC+9`, `UTC-3:30`, `UTC`: the offset of a zone at an instant."""
    minutes = int((at.astimezone(zone_of(zone)).utcoffset() or dt.timedelta(0)).total_seconds()) // 60
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '-'}{hours}" + (f":{rest:02d}" if rest else "")


def _tidied(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().replace("−", "-").replace("–", "-")[:60]


def _keys(written: str) -> tuple[str, str]:
    """What to look up: the words themselves, and without what people add to a zone's name: 서울 시간, 北京时间."""
    return _key(written), _key(_ADDED.sub("", written))


def _minutes(offset: "re.Match[str]") -> int:
    minutes = int(offset["hours"]) * 60 + int(offset["minutes"] or 0)
    return minutes if offset["sign"] == "+" else -minutes


def _zone_of_offset(minutes: int) -> str | None:
    if minutes == 0:
        return "Etc/UTC"
    if minutes % 60 == 0 and -12 * 60 <= minutes <= 14 * 60:
        # POSIX counts westward: the zone of UTC+9 is named Etc/GMT-9 (data.iana.org/time-zones, file etcetera).
        return f"Etc/GMT{-minutes // 60:+d}"
    return _BROKEN_OFFSETS.get(minutes)


def _key(name: str) -> str:
    # Diacritics, blanks and signs are what people leave out, but no marks of kana: バリ is not パリ. NFC puts these and
    # Korean syllables together again.
    letters = unicodedata.normalize("NFKD", name)
    bare = "".join(ch for ch in letters if not unicodedata.combining(ch) or ch in "\u3099\u309a")
    return re.sub(r"[\s_\-.'’,・]+", "", unicodedata.normalize("NFC", bare).casefold())


@cache
def _available() -> frozenset[str]:
    return frozenset(
        name
        for name in zoneinfo.available_timezones()
        if name not in {"Factory", "localtime"} and not name.startswith(("posix", "right/", "SystemV/"))
    )


def _canonical(zone: str) -> str:
    known: str = get_global("zone_aliases").get(zone, zone)
    return known if known in _available() else zone


@cache
def _cities(language: str) -> dict[str, str]:
    zones = locale(language).time_zones
    return {_canonical(zone): str(names["city"]) for zone, names in zones.items() if "city" in names}


@cache
def _names() -> dict[str, str]:
    """Every name that stands for one zone, as `_key` gives it. What is told last wins."""
    names = {_key(zone.rsplit("/", 1)[-1]): _canonical(zone) for zone in sorted(_available()) if "/" in zone}
    for zone, territory in get_global("zone_territories").items():
        if territory == "001" or zone not in _available() or _MAIN_ZONES.get(territory, zone) != zone:
            continue
        if territory in _MAIN_ZONES or _zones_of(territory) == (zone,):
            names |= {_key(country): zone for country in _country_names(territory)}
    for language in LANGUAGES:
        names |= {_key(name): zone for zone, name in _cities(language).items() if zone in _available()}
    names |= {_key(zone): _canonical(zone) for zone in _available()}
    for written in (CITIES, ABBREVIATIONS):
        names |= {_key(name): zone for zone, several in written.items() for name in several}
    return names


@cache
def _countries_of_many() -> dict[str, tuple[str, ...]]:
    """Countries whose zone cannot be told, with the zones to offer: those that people have a short name for first."""
    countries: dict[str, tuple[str, ...]] = {}
    for territory in {*get_global("zone_territories").values()} - {"001", "ZZ"}:
        zones = _zones_of(territory)
        if len(zones) > 1 and territory not in _MAIN_ZONES:
            offers = sorted(zones, key=lambda zone: (zone not in ABBREVIATIONS, zone))[:4]
            countries |= {_key(country): tuple(offers) for country in _country_names(territory)}
    return countries | {
        _key(name): countries[_key("United States")] for name in ("US", "USA", "America", "米国", "アメリカ")
    }


@cache
def _zones_of(territory: str) -> tuple[str, ...]:
    zones = get_global("zone_territories").items()
    return tuple(zone for zone, of in zones if of == territory and zone in _available())


def _country_names(territory: str) -> list[str]:
    found = [locale(language).territories.get(territory) for language in LANGUAGES]
    return [name for name in found if name]
