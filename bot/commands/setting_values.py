"""The settings of a chat as people write them: their names, and their values read. Pure."""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from babel.dates import get_day_names

from bot.commands.hours import NoHour, read_hour
from bot.commands.nearest import nearest
from bot.commands.zones import NoZone, read_zone
from bot.locales import LANGUAGES, language_name, locale, supported
from bot.model import ALL_WEEKDAYS, Shape

# Each setting's name, and the other words that people type for it.
SETTINGS: dict[str, tuple[str, ...]] = {
    "time": ("시간", "시각", "hour", "at"),
    "zone": ("시간대", "타임존", "지역", "timezone", "tz", "time_zone"),
    "weekdays": ("요일", "weekday", "days", "날"),
    "language": ("언어", "lang", "말"),
    "shape": ("모양", "형식", "형태", "방식", "format", "mode", "view"),
    "top": ("상위", "개수", "편수", "count", "limit", "max"),
    "votes": ("추천", "추천수", "투표", "득표", "vote", "min_votes", "min-votes", "minvotes", "likes", "upvotes"),
}
_NAMES = {name: name for name in SETTINGS} | {word: name for name, words in SETTINGS.items() for word in words}

_EVERYTHING = frozenset(
    {"all", "every", "everything", "none", "no", "off", "any", "모두", "전체", "전부", "없음", "제한없음"}
)
_SHAPES = {
    Shape.EACH: ("each", "one", "single", "full", "messages", "하나씩", "한편씩", "하나", "각각", "따로", "낱개"),
    Shape.COMPACT: ("compact", "list", "short", "목록", "리스트", "한번에", "간단히", "간략히", "모아서"),
}
_SHAPE_NAMES = {word: shape for shape, words in _SHAPES.items() for word in words}
_EVERY_DAY = frozenset({"all", "every", "everyday", "daily", "매일", "날마다", "전체", "모두", "모든요일"})
_WORKDAYS = frozenset({"weekdays", "weekday", "workdays", "workday", "평일", "주중"})
_WEEKEND = frozenset({"weekend", "weekends", "주말"})

# The Hub's largest day had about a hundred papers, its most voted paper some thousands of votes.
MOST_PAPERS = 100
MOST_VOTES = 100_000


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting with its new value: of `time` a time, `zone` a str, `weekdays` a tuple, `top` an int or None, …"""

    name: str
    value: dt.time | str | tuple[int, ...] | Shape | int | None


@dataclass(frozen=True, slots=True)
class NoValue:
    """A value that the setting cannot take; `offer` is one that was perhaps meant. `fault` is the hour's or zone's own."""

    name: str
    offer: str | None = None
    fault: NoHour | NoZone | None = None


def setting_name(typed: str) -> str | None:
    """The setting that a word stands for, by its English name."""
    return _NAMES.get(_folded(typed))


def nearest_setting(typed: str) -> str | None:
    found = nearest(_folded(typed), _NAMES)
    return _NAMES[found] if found else None


def read_setting(name: str, text: str) -> Setting | NoValue:
    """The value that `text` gives to the setting `name`, one of SETTINGS."""
    if name == "time":
        hour = read_hour(text)
        return NoValue(name, fault=hour) if isinstance(hour, NoHour) else Setting(name, hour)
    if name == "zone":
        zone = read_zone(text)
        return NoValue(name, fault=zone) if isinstance(zone, NoZone) else Setting(name, zone)
    if name == "weekdays":
        days = _weekdays(text)
        return Setting(name, days) if days else NoValue(name, _nearest_weekdays(text))
    if name == "language":
        # A tag with a region, `ja-JP`; words such as `enough` are none.
        tag = supported(text.strip()) if re.fullmatch(r"\s*[A-Za-z]{2,3}[-_][A-Za-z-]+\s*", text) else None
        return Setting(name, tag) if tag else _word(name, text, _languages())
    if name == "shape":
        return _word(name, text, _SHAPE_NAMES)
    return _number(name, text)


def _word(name: str, text: str, words: dict[str, str] | dict[str, Shape]) -> Setting | NoValue:
    typed = _folded(text)
    if typed in words:
        return Setting(name, words[typed])
    offer = nearest(typed, words)
    return NoValue(name, str(words[offer]) if offer else None)


def _number(name: str, text: str) -> Setting | NoValue:
    """`top` from 1 on, None for all; `votes` from 0 on. `상위 10편`, `10+` and `≥ 5` say a number as well."""
    typed = _folded(text)
    found = re.fullmatch(r"(?:top|상위|최소|>=?|≥)?(\d{1,9})(?:개|편|표|papers?|votes?|이상|개이상|표이상|\+)?", typed)
    count = int(found[1]) if found else 0 if typed in _EVERYTHING else None
    if name == "top":
        if count is None:
            return NoValue(name)
        if count > MOST_PAPERS:
            return NoValue(name, "all")
        return Setting(name, count or None)
    if count is None:
        return NoValue(name)
    return Setting(name, count) if count <= MOST_VOTES else NoValue(name, str(MOST_VOTES))


def _weekdays(text: str) -> tuple[int, ...]:
    """`mon-fri`, `월-금`, `월~금`, `월수금`, `mon, wed`, `매일`, `weekdays`; () when it is not read."""
    if read := _weekday_part(_folded(text)):
        return tuple(sorted(read))
    typed = unicodedata.normalize("NFKC", text).casefold().strip(" .!")
    typed = re.sub(r"\b(?:every|on|and)\b|그리고", " ", typed).strip() or typed
    days: set[int] = set()
    joined = re.sub(r"\s*(?:[-~–—〜]|\bto\b|부터)\s*", "-", typed)
    for part in filter(None, re.split(r"[\s,/·&+]+", joined.removesuffix("까지"))):
        read = _weekday_part(part)
        if not read:
            return ()
        days |= read
    return tuple(sorted(days))


def _weekday_part(part: str) -> set[int]:
    for words, meant in ((_EVERY_DAY, ALL_WEEKDAYS), (_WORKDAYS, ALL_WEEKDAYS[:5]), (_WEEKEND, ALL_WEEKDAYS[5:])):
        if part in words:
            return set(meant)
    names = _weekday_names()
    first, dash, last = part.partition("-")
    if dash and first in names and last in names:
        start, end = names[first], names[last]
        # `fri-mon` goes over the weekend.
        return {(start + step) % 7 for step in range((end - start) % 7 + 1)}
    if part in names:
        return {names[part]}
    if part and all(ch in names for ch in part):
        return {names[ch] for ch in part}
    return set()


def _nearest_weekdays(text: str) -> str | None:
    return nearest(_folded(text), [*_weekday_names(), *_EVERY_DAY, *_WORKDAYS, *_WEEKEND])


@cache
def _weekday_names() -> dict[str, int]:
    names: dict[str, int] = {}
    for language in LANGUAGES:
        for width in ("wide", "abbreviated"):
            names |= {name.casefold(): day for day, name in get_day_names(width, locale=locale(language)).items()}
    return names | {"tues": 1, "thur": 3, "thurs": 3}


# What neither is a tag nor stands in CLDR.
_LANGUAGE_NAMES = {
    "한글": "ko", "한국말": "ko", "kor": "ko", "韩文": "ko", "韓文": "ko", "韓語": "ko",
    "eng": "en", "英文": "en", "英語": "en",
    "jp": "ja", "jpn": "ja", "日文": "ja", "日語": "ja", "cn": "zh-Hans", "中国語": "zh-Hans", "中文": "zh-Hans",
    "汉语": "zh-Hans", "简体": "zh-Hans", "中文简体": "zh-Hans", "简体字": "zh-Hans", "簡体字": "zh-Hans",
    "簡體中文": "zh-Hans", "繁體中文": "zh-Hans", "간체": "zh-Hans",
}  # fmt: skip


@cache
def _languages() -> dict[str, str]:
    """The interface languages by every name that they have in each other."""
    names = {tag.casefold(): tag for tag in LANGUAGES} | _LANGUAGE_NAMES
    for shown_in in LANGUAGES:
        names |= {_folded(language_name(tag, shown_in)): tag for tag in LANGUAGES}
        # Without the script: 중국어, Chinese.
        languages = locale(shown_in).languages
        names |= {_folded(str(languages[tag.split("-", maxsplit=1)[0]])): tag for tag in LANGUAGES}
    return names


def _folded(word: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", word).casefold())
