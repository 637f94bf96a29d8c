"""The language that a browser asks for, of those that the pages are in. Pure."""

import re
from collections.abc import Sequence

from bot.locales import supported

# A tag and its weight (RFC 9110, 12.4.2 and 12.5.4); what looks otherwise is no wish.
_WISH = re.compile(r"([a-z]{1,8}(?:-[a-z0-9]{1,8})*|\*)(?:\s*;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?", re.IGNORECASE)
# Browsers send some five; nobody reads more languages than this.
_MOST_WISHES = 50


def asked_language(accepted: str, home: str, languages: Sequence[str]) -> str:
    """The one of `languages` that is wished for most, in `accepted` as `Accept-Language` has it; `home` without any.

    Of equal wishes the first stands. "Any language" (`*`) is `home`.
    """
    wishes: dict[str, float] = {}
    for written in accepted.split(",")[:_MOST_WISHES]:
        wish = _WISH.fullmatch(written.strip())
        if wish is None:
            continue
        language = home if wish[1] == "*" else supported(wish[1])
        if language is not None and language in languages and (weight := float(wish[2] or 1)) > wishes.get(language, 0):
            wishes[language] = weight
    # What was written first comes first among equals: max keeps it.
    return max(wishes, key=wishes.__getitem__, default=home)
