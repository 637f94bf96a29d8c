"""Which URLs may be in a Telegram message: https ones that Telegram itself accepts. Pure."""

import re
from urllib.parse import quote, urlsplit

# TDLib (LinkManager::get_checked_link, HttpUrl.cpp) wants a host with a dot; longer addresses than this are refused.
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?\.)+[a-z0-9-]{2,}", re.IGNORECASE)
LONGEST_URL = 2048
# What may stand unescaped in an address (RFC 3986), and "%" for what is escaped already.
_AS_IT_IS = "%/:=&?~#+!$,;'@()*[]-._"


def https_url(url: str | None) -> str | None:
    """`url` as it can be sent, with what is no ASCII percent-encoded, or None when it is not a plain https address."""
    if not url:
        return None
    try:
        encoded = quote(url.strip(), safe=_AS_IT_IS)
        parts = urlsplit(encoded)
        port, host = parts.port, parts.hostname
    except (ValueError, UnicodeError):  # a lone surrogate, a port that is no number, a broken IPv6 address
        return None
    if parts.scheme != "https" or parts.username is not None or port == 0 or not host or not _HOST.fullmatch(host):
        return None
    return encoded if len(encoded) <= LONGEST_URL else None
