"""A paper's pictures and films that may be shown: https, from known hosts, in formats that chats can show. Pure."""

import re
from functools import lru_cache
from urllib.parse import urlsplit

from bot.model import Origin, Paper

# Only pictures of these hosts are shown: where the Hub keeps thumbnails and what submitters upload.
PICTURE_HOSTS = frozenset({"cdn-thumbnails.huggingface.co", "cdn-uploads.huggingface.co", "huggingface.co"})
_PICTURE_ENDINGS = (".png", ".jpg", ".jpeg", ".webp")
# Films are linked and never embedded: of `.qt` and `.webm` no chat shows anything, and Telegram fetches 20 MB at most.
FILMS = (".mp4", ".m4v", ".mov", ".qt", ".webm")
MOVING = (".gif",)
_PLAIN = re.compile(r"https://([a-z.-]+)(/[A-Za-z0-9_/.-]*)")
# The Hub draws a picture for each paper, which is the poster where nothing but a film was uploaded.
_POSTER = "https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/{id}.png"


def picture(paper: Paper) -> str | None:
    """A picture of the paper that may be shown: https, from a known host, in a form that chats can show."""
    shown = uploaded(paper, _PICTURE_ENDINGS)
    if shown is None and paper.origin is not Origin.SAMPLE and uploaded(paper, FILMS):
        return _POSTER.format(id=paper.id)
    return shown


def uploaded(paper: Paper, endings: tuple[str, ...]) -> str | None:
    """The first of the paper's pictures and films with one of these endings, from a host that is known."""
    for url in (paper.thumbnail, *paper.media):
        if url and _path_on_known_host(url).endswith(endings):
            return url
    return None


@lru_cache(maxsize=1024)  # asked for pictures, for films and for what moves, of the same few papers
def _path_on_known_host(url: str) -> str:
    """The path of an https URL in small letters; "" where the host is none that is known."""
    # The Hub's own are written so, and need no parser.
    if (plain := _PLAIN.fullmatch(url)) is not None:
        return plain[2].lower() if plain[1] in PICTURE_HOSTS else ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    # The whole of what stands before the path: of `https://evil.org\@huggingface.co/x.png` browsers take another host.
    return parts.path.lower() if parts.scheme == "https" and parts.netloc.lower() in PICTURE_HOSTS else ""
