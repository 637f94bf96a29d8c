"""arXiv's own API, for papers that never were on a list. One paper at a time; its answers are Atom feeds.

The interface is described at info.arxiv.org/help/api/user-manual.html.
"""

import xml.etree.ElementTree as ET

import httpx

from bot.clock import from_text
from bot.errors import PaperNotFound, SourceUnavailable, UnreadableAnswer
from bot.model import Origin, Paper
from bot.ports import SourcePaper
from bot.sources import paper_ids
from bot.sources.http import Patience, Window, ask

NAME = "arXiv"
# "make no more than one request every three seconds" (info.arxiv.org/help/api/tou.html).
SECONDS = 3.0
_ATOM = "{http://www.w3.org/2005/Atom}"


class Arxiv:
    """arXiv as a `PaperSource`. One object for a process: it holds the pace."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        url: str = "https://export.arxiv.org",
        *,
        patience: Patience | None = None,
        window: Window | None = None,
    ) -> None:
        self._client = client
        self._url = f"{url.rstrip('/')}/api/query"
        self._patience = patience or Patience()
        self._window = window or Window(1, SECONDS)

    async def paper(self, paper_id: str) -> SourcePaper:
        """One paper by its id. Raises PaperNotFound, SourceUnavailable, UnreadableAnswer."""
        response = await ask(
            self._client,
            self._url,
            name=NAME,
            window=self._window,
            patience=self._patience,
            params={"id_list": paper_id, "max_results": 1},
        )
        # 400 carries a feed too, with an entry that says what was wrong with the id.
        if not response.is_success and response.status_code != httpx.codes.BAD_REQUEST:
            raise SourceUnavailable(f"{NAME} answered with status {response.status_code}. Try again later.")
        return parse_answer(response.text, paper_id)


def parse_answer(text: str, paper_id: str) -> SourcePaper:
    """The paper in an answer of arXiv's API. Raises PaperNotFound, UnreadableAnswer."""
    try:
        # Expat since 2.4.1 bounds what entities expand to, and fetches nothing.
        feed = ET.fromstring(text)  # noqa: S314
    except ET.ParseError as error:
        raise UnreadableAnswer(f"{NAME}'s answer about {paper_id} is no XML ({error}): {text[:60]!r}.") from error
    entries = feed.findall(f"{_ATOM}entry")
    if not entries:
        raise PaperNotFound(f"{NAME} does not know the paper {paper_id}.")
    if "/api/errors" in _text(entries[0], "id"):
        raise PaperNotFound(f"{NAME} does not know the paper {paper_id}: {_text(entries[0], 'summary')}.")
    for entry in entries:
        if paper_ids.parse(_text(entry, "id")) == paper_id:
            return _source_paper(entry, paper_id)
    raise UnreadableAnswer(f"{NAME} answered about another paper than {paper_id}: {_text(entries[0], 'id')!r}.")


def _source_paper(entry: ET.Element, paper_id: str) -> SourcePaper:
    title = _text(entry, "title")
    if not title:
        raise UnreadableAnswer(f"{NAME}'s answer about {paper_id} has no title.")
    names = (_text(author, "name") for author in entry.findall(f"{_ATOM}author"))
    published = _text(entry, "published")
    try:
        published_at = from_text(published) if published else None
    except ValueError:
        published_at = None
    paper = Paper(
        id=paper_id,
        title=title,
        authors=tuple(dict.fromkeys(filter(None, names))),
        abstract=_text(entry, "summary"),
        published_at=published_at,
        origin=Origin.ARXIV,
    )
    return SourcePaper(paper=paper, raw=ET.tostring(entry, encoding="unicode"), source="arxiv")


def _text(element: ET.Element, name: str) -> str:
    """Single-spaced: arXiv hard-wraps titles and abstracts."""
    return " ".join((element.findtext(f"{_ATOM}{name}") or "").split())
