"""Catalogues of the interface's sentences, and how to use them.

Sentences are written in English in the code and are their own keys; `ko/LC_MESSAGES/daily_papers.po` translates them.
"""

import gettext
from functools import cache
from importlib.resources import files
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("ko", "en")


@cache
def translator(language: str) -> gettext.NullTranslations:
    """The catalogue of `language`, a BCP 47 tag; English, the language of the keys, where there is none.

    Read from the .po file itself (about 5 ms, once a process), so that no compiled copy can be out of date.
    """
    catalogue = files("bot.locales").joinpath(language.split("-", maxsplit=1)[0], "LC_MESSAGES", "daily_papers.po")
    if not catalogue.is_file():
        return gettext.NullTranslations()
    compiled = BytesIO()
    with catalogue.open("rb") as source:
        write_mo(compiled, read_po(source))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def supported(language: str | None) -> str | None:
    """The interface language that a platform's tag (`ko`, `en-US`, `ko_KR`) stands for, or None."""
    if not language:
        return None
    base = language.replace("_", "-").split("-")[0].lower()
    return base if base in LANGUAGES else None
