"""The catalogues of the interface's sentences, and how to use them; also how each language writes numbers, by Babel.

Sentences are written in English in the code and are their own keys; `LANGUAGE/LC_MESSAGES/daily_papers.po` translates them.
"""

import gettext
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from bot.locales.particles import Korean

# BCP 47 tags. A catalogue's folder is the tag with `_`, as gettext has it: `zh_Hans`.
LANGUAGES = ("ko", "en", "ja", "zh-Hans")

# Tags that stand for one of these by other words than their first. One Chinese is written here: whoever reads the
# traditional signs reads the simplified ones more readily than English, and can choose with /settings.
_BASES = {"zh": "zh-Hans", "cmn": "zh-Hans", "yue": "zh-Hans"}


@cache
def translator(language: str) -> gettext.NullTranslations:
    """The catalogue of `language`, a BCP 47 tag; English, the language of the keys, where there is none.

    Read from the .po file itself (about 5 ms, once a process), so that no compiled copy can be out of date.
    """
    tag = supported(language)
    catalogue = files("bot.locales").joinpath((tag or "en").replace("-", "_"), "LC_MESSAGES", "daily_papers.po")
    if not catalogue.is_file():
        return gettext.NullTranslations()
    compiled = BytesIO()
    with catalogue.open("rb") as source:
        write_mo(compiled, read_po(source))
    compiled.seek(0)
    return Korean(compiled) if tag == "ko" else gettext.GNUTranslations(compiled)


@lru_cache(maxsize=1024)  # asked of every summary; tags come from strangers
def supported(language: str | None) -> str | None:
    """The interface language that a platform's tag (`ko`, `en-US`, `ko_KR`, `zh-CN`) stands for, or None."""
    if not language:
        return None
    base = language.replace("_", "-").split("-")[0].lower()
    return _BASES.get(base, base if base in LANGUAGES else None)


@lru_cache(maxsize=1024)
def locale(language: str) -> Locale:
    """Babel's locale of a BCP 47 tag; English where the tag is none of ours, as its sentences are."""
    return Locale.parse(supported(language) or "en", sep="-")


def language_name(language: str, reader: str) -> str:
    """`English` in the language of `reader`: 영어, 英語, 英语. The tag itself where CLDR has no name of it."""
    tag = supported(language)
    if tag is None:
        return str(locale(reader).languages.get(language.split("-", maxsplit=1)[0].lower()) or language)
    if tag == supported(reader):
        # What its readers call it, 简体中文; to others it is 중국어 (간체).
        return str(locale(tag).languages[str(locale(tag))])
    return str(locale(tag).get_display_name(locale(reader)))


@lru_cache(maxsize=8192)  # Babel takes 50 µs, and a page of many papers has two hundred numbers
def thousands(value: int, language: str) -> str:
    """`5,487`: a whole number, its thousands set apart as the language does it."""
    return format_decimal(value, locale=locale(language))


def decimal(value: float, language: str) -> str:
    """`3.1`: a number with one place behind the point, as the language writes it."""
    return format_decimal(value, format="#,##0.#", locale=locale(language))
