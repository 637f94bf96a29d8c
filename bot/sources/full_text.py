"""A paper's full text: the Hub's Markdown view, or else arXiv's HTML. The caller decides how much of it to use."""

import re
from html.parser import HTMLParser
from urllib.parse import quote

import httpx
import structlog

from bot.errors import SourceUnavailable
from bot.sources.http import Patience, Window, ask

log = structlog.get_logger()

# Less is no paper: an error page, or the abstract once more.
LEAST_CHARACTERS = 3000
# What stands behind says nothing of the paper itself. Only at the head of a line, and only in the second half.
_END = re.compile(r"^\W*(?:\d+\.?\s*)?(?:references|bibliography|acknowledge?ments?)\W*$", re.IGNORECASE | re.MULTILINE)
_SILENT = frozenset({"script", "style", "nav", "header", "footer", "head", "figure", "table", "button", "svg"})
_BREAKING = frozenset({"p", "div", "section", "h1", "h2", "h3", "h4", "h5", "h6", "li", "br", "tr", "blockquote"})
_PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
# Politeness to arXiv: one request in three seconds (info.arxiv.org/help/api/tou.html).
_ARXIV_WINDOW = (1, 3.0)
_HUB_WINDOW = (500, 300.0)


class FullText:
    """Gives texts; never raises: a summary can be written from the abstract too."""

    def __init__(
        self, client: httpx.AsyncClient, hub_url: str, arxiv_url: str, *, patience: Patience | None = None
    ) -> None:
        self._client, self._hub_url, self._arxiv_url = client, hub_url, arxiv_url
        self._patience = patience or Patience(attempts=2)
        self._hub_window, self._arxiv_window = Window(*_HUB_WINDOW), Window(*_ARXIV_WINDOW)

    async def text(self, paper_id: str) -> str:
        """The paper's text without its references, "" when nobody has it."""
        quoted = quote(paper_id, safe="/")
        markdown = await self._ask(f"{self._hub_url}/papers/{quoted}.md", "Hugging Face", self._hub_window)
        if markdown and not markdown.lstrip().startswith("<"):
            text = main_part(_PICTURE.sub("", markdown))
            if len(text) >= LEAST_CHARACTERS:
                return text
        page = await self._ask(f"{self._arxiv_url}/html/{quoted}", "arXiv", self._arxiv_window)
        text = main_part(text_of(page))
        return text if len(text) >= LEAST_CHARACTERS else ""

    async def _ask(self, url: str, name: str, window: Window) -> str:
        try:
            response = await ask(self._client, url, name=name, window=window, patience=self._patience)
        except SourceUnavailable as error:
            log.info("no full text", url=url, error=str(error))
            return ""
        return response.text if response.is_success else ""


def text_of(page: str) -> str:
    """The prose of a page of HTML: a line a paragraph; no tables, pictures, menus. Formulas as their LaTeX."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.pieces).splitlines())
    return "\n".join(filter(None, lines))


def main_part(text: str) -> str:
    """The text up to its references."""
    end = next((found.start() for found in _END.finditer(text) if found.start() > len(text) // 2), len(text))
    return text[:end].strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "math":
            # arXiv's pages (LaTeXML) keep the formula's LaTeX beside its MathML.
            self.pieces.append(dict(attrs).get("alttext") or "")
        if tag in _SILENT or tag == "math":
            self._silent.append(tag)
        elif tag in _BREAKING and not self._silent:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._silent:
            # What was left open inside ends with it.
            del self._silent[self._silent.index(tag) :]
        elif tag in _BREAKING and not self._silent:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            # A line break of the page is a space of the text.
            self.pieces.append(data.replace("\n", " "))
