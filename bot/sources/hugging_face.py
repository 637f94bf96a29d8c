"""The Hub's API: a day's list, a paper. How one entry of an answer becomes a paper is in bot/sources/hub_answers.py."""

import datetime as dt
import json
from collections.abc import Sequence
from urllib.parse import quote

import httpx
import structlog

from bot.errors import PaperNotFound, SourceRefused, SourceUnavailable, UnreadableAnswer
from bot.ports import SourcePaper
from bot.sources.http import Patience, Window, ask
from bot.sources.hub_answers import hinted_days, parse_list, parse_paper

log = structlog.get_logger()

NAME = "Hugging Face"
# 50 a page unless asked for more, 100 at most (docs/architecture.md, "Hugging Face's API").
PAGE = 100
# No day has had 200 papers; a server that never ends its list is broken.
MOST_PAGES = 50
# Without a token 500 requests in 5 minutes (huggingface.co/docs/hub/rate-limits).
REQUESTS, SECONDS = 500, 300.0


class HuggingFace:
    """The Hub as a `DaySource` and a `PaperSource`. One object for a process: it holds the pace."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        url: str = "https://huggingface.co",
        token: str | None = None,
        *,
        patience: Patience | None = None,
        window: Window | None = None,
    ) -> None:
        self._client = client
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._patience = patience or Patience()
        self._window = window or Window(REQUESTS, SECONDS)

    async def day(self, day: dt.date) -> Sequence[SourcePaper]:
        """The whole list of a day, page after page until an empty one. A shorter page is not the end of it.

        Raises SourceRefused (400: a day that the Hub does not have yet), SourceUnavailable, UnreadableAnswer.
        """
        entries: dict[str, object] = {}
        for page in range(MOST_PAGES):
            answer = await self._list({"date": day.isoformat(), "p": page, "limit": PAGE}, first=page == 0)
            # A server that does not know `p` gives the same page for ever; a list that grows in between moves its papers
            # down into the next page, which then has some new ones.
            fresh = {key: entry for key, entry in ((_key(entry), entry) for entry in answer) if key not in entries}
            if not fresh:
                break
            entries |= fresh
        else:
            raise UnreadableAnswer(f"{NAME}'s list of {day} did not end after {MOST_PAGES} pages of {PAGE} papers.")
        papers, faults = parse_list(entries.values(), day)
        for fault in faults:
            log.warning("entry not read", day=day.isoformat(), entry=fault.position, reason=fault.reason)
        if entries and not papers:
            raise UnreadableAnswer(
                f"None of the {len(entries)} entries of {NAME}'s list of {day} can be read: {faults[0].reason}."
            )
        return papers

    async def newest_hint(self) -> Sequence[dt.date]:
        """Days that the undated answer hints at, the newest first: where to look for the newest list, not the list.

        The answer itself does not say which day it is. Raises SourceUnavailable, UnreadableAnswer.
        """
        return hinted_days(await self._list({"limit": PAGE}, first=False))

    async def paper(self, paper_id: str) -> SourcePaper:
        """One paper, on a list or not. Raises PaperNotFound, SourceUnavailable, UnreadableAnswer."""
        url = f"{self._url}/api/papers/{quote(paper_id, safe='/')}"
        response = await self._ask(url)
        if response.status_code in {400, 404}:
            raise PaperNotFound(f"{NAME} does not know the paper {paper_id}.")
        answer = self._json(response, url)
        try:
            found = parse_paper(answer)
        except ValueError as error:
            raise UnreadableAnswer(f"{NAME}'s answer about the paper {paper_id} cannot be read: {error}.") from error
        return found

    async def _list(self, params: dict[str, str | int], *, first: bool) -> list[object]:
        url = f"{self._url}/api/daily_papers"
        response = await self._ask(url, params)
        if response.status_code == httpx.codes.BAD_REQUEST and first:
            raise SourceRefused(f"{NAME} has no list of {params['date']} yet, or it is no day (it answered 400).")
        answer = self._json(response, url)
        if not isinstance(answer, list):
            raise UnreadableAnswer(f"{NAME}'s answer from {url} is no list of papers.")
        return answer

    async def _ask(self, url: str, params: dict[str, str | int] | None = None) -> httpx.Response:
        return await ask(
            self._client,
            url,
            name=NAME,
            window=self._window,
            patience=self._patience,
            params=params,
            headers=self._headers,
        )

    def _json(self, response: httpx.Response, url: str) -> object:
        if response.status_code in {401, 403}:
            advice = "Check HF_TOKEN." if self._headers else "It may ask for a token: set HF_TOKEN."
            raise SourceUnavailable(f"{NAME} answered with status {response.status_code} to {url}. {advice}")
        if not response.is_success:
            raise SourceUnavailable(f"{NAME} answered with status {response.status_code} to {url}. Try again later.")
        try:
            return response.json()
        except ValueError as error:
            raise UnreadableAnswer(f"{NAME}'s answer from {url} is no JSON: {response.text[:60]!r}.") from error


def _key(entry: object) -> str:
    match entry:
        case {"paper": {"id": str(paper_id)}}:
            return paper_id
    return json.dumps(entry, sort_keys=True)
