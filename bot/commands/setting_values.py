"""Parses a chat's settings as people write them: names and values. Pure."""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

from bot.commands.hours import NoHour, read_hour
from bot.commands.language_names import nearest_language, read_language
from bot.commands.nearest import nearest
from bot.commands.numerals import in_digits
from bot.commands.setting_words import (
    AFTER_COUNT,
    BEFORE_COUNT,
    EVERY_DAY,
    EVERYTHING,
    NAMES,
    SETTINGS,
    SHAPE_NAMES,
    WEEKEND,
    WORKDAYS,
    weekday_names,
)
from bot.commands.zones import NoZone, read_zone
from bot.model import ALL_WEEKDAYS, Shape

__all__ = ["SETTINGS", "NoValue", "Setting", "nearest_setting", "read_setting", "setting_name", "split_setting"]

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
    return NAMES.get(_folded(typed))


def split_setting(written: str) -> tuple[str, str]:
    """A setting's name and what follows it: `time 08:00`, `top=5`, and names of several words: `Time zone Seoul`."""
    words = written.replace("=", " ").replace("：", " ").split()
    several = next((count for count in (3, 2) if setting_name(" ".join(words[:count])) is not None), 1)
    return " ".join(words[:several]), " ".join(words[several:])


def nearest_setting(typed: str) -> str | None:
    found = nearest(_folded(typed), NAMES)
    return NAMES[found] if found else None


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
        tag = read_language(text)
        return Setting(name, tag) if tag else NoValue(name, nearest_language(text))
    if name == "shape":
        return _word(name, text, SHAPE_NAMES)
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
    found = re.fullmatch(rf"(?:{BEFORE_COUNT})?(\d{{1,9}})(?:{AFTER_COUNT})?", in_digits(typed))
    count = int(found[1]) if found else 0 if typed in EVERYTHING else None
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
    """`mon-fri`, `월~금`, `월수금`, `mon, wed`, `매일`, `月水金`, `周一到周五`, `周一三五`; () when it is not read."""
    if read := _weekday_part(_folded(text)):
        return tuple(sorted(read))
    typed = unicodedata.normalize("NFKC", text).casefold().strip(" .!")
    typed = re.sub(r"\b(?:every|on|and)\b|그리고|毎週|每(?=周|週|星期)|[とや和及]", " ", typed).strip() or typed
    days: set[int] = set()
    joined = re.sub(r"\s*(?:[-~–—〜]|\bto\b|부터|から|到|至)\s*", "-", typed)
    for part in filter(None, re.split(r"[\s,、/·・&+]+", re.sub("(?:까지|まで)$", "", joined))):
        read = _weekday_part(part)
        if not read:
            return ()
        days |= read
    return tuple(sorted(days))


def _weekday_part(part: str) -> set[int]:
    for words, meant in ((EVERY_DAY, ALL_WEEKDAYS), (WORKDAYS, ALL_WEEKDAYS[:5]), (WEEKEND, ALL_WEEKDAYS[5:])):
        if part in words:
            return set(meant)
    names = weekday_names()
    first, dash, last = part.partition("-")
    if dash and first in names and last in names:
        start, end = names[first], names[last]
        # `fri-mon` goes over the weekend.
        return {(start + step) % 7 for step in range((end - start) % 7 + 1)}
    if part in names:
        return {names[part]}
    # 周一三五 and 月水金曜日 say the word for weekdays once.
    signs = re.sub("^(?:周|週|星期|礼拜|禮拜)|曜日?$", "", part)
    if signs and all(ch in names for ch in signs):
        return {names[ch] for ch in signs}
    return set()


def _nearest_weekdays(text: str) -> str | None:
    return nearest(_folded(text), [*weekday_names(), *EVERY_DAY, *WORKDAYS, *WEEKEND])


def _folded(word: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", word).casefold())
