"""The URLs in a text, normalized for comparison. Pure."""

import re
from collections.abc import Iterator

_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"'{}|\\^`\[\]\u3131-\uffdc]+", re.IGNORECASE)
# Prose ends with these, addresses do not; a closing bracket belongs to the address only when it opened in it.
_ENDINGS = ".,;:!?*"


def urls(text: str) -> Iterator[str]:
    """Every address in `text`, as it is written, without the sentence's own punctuation."""
    for match in _URL.finditer(text):
        url = match[0].rstrip(_ENDINGS)
        while url.endswith(")") and url.count("(") < url.count(")"):
            url = url[:-1].rstrip(_ENDINGS)
        yield url


def without_urls(text: str) -> str:
    return _URL.sub(" ", text)


def comparable(url: str) -> str:
    """The address without scheme, `www.` and closing slash, in lower case: what differs only so leads to the same page."""
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", url.lower()).rstrip("/")
