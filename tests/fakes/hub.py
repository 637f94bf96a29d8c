"""The Hub's and arXiv's APIs as an HTTP server on loopback, with days of our own making and failures on demand.

It refuses what they refuse; each refusal names its source. The list of 2024-03-28 has that day's public facts, with
abstracts of our own.
"""

import asyncio
import datetime as dt
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Self
from xml.sax.saxutils import escape

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.sample import sample_day

# The Hub's own words for an address that it does not know.
NOT_FOUND = {"error": "Sorry, we can't find the page you are looking for."}
SEED_DAY = dt.date(2024, 3, 28)
BIG_DAY = dt.date(2024, 3, 27)
QUIET_DAY = dt.date(2024, 3, 24)  # a Sunday
FIRST_DAY = dt.date(2024, 3, 25)


def _atom(entries: str, status: int = 200) -> web.Response:
    feed = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"  <id>https://arxiv.org/api/invented</id>\n  <title>arXiv Query</title>\n{entries}</feed>\n"
    )
    return web.Response(text=feed, status=status, content_type="application/atom+xml")


def _error_entry(sentence: str) -> str:
    return (
        "  <entry>\n    <id>https://arxiv.org/api/errors#invented</id>\n    <title>Error</title>\n"
        f"    <summary>{sentence}</summary>\n    <author><name>arXiv api core</name></author>\n  </entry>\n"
    )


def arxiv_entry(paper_id: str, title: str, authors: tuple[str, ...] = ("Ada Inventor",), abstract: str = "") -> str:
    """An entry of arXiv's feed, hard-wrapped as theirs are."""
    names = "".join(f"    <author>\n      <name>{escape(name)}</name>\n    </author>\n" for name in authors)
    return (
        f"  <entry>\n    <id>http://arxiv.org/abs/{paper_id}v2</id>\n    <title>{escape(title)}</title>\n"
        f"    <published>2002-01-18T15:08:05Z</published>\n    <summary>  {escape(abstract)}\n</summary>\n{names}  </entry>\n"
    )


def entry(paper_id: str, title: str, *, votes: int = 1, **changes: Any) -> dict[str, Any]:
    """An entry of a list as the Hub gives it, with facts of our own making; `changes` go into its `paper`."""
    paper = {
        "id": paper_id,
        "authors": [
            {"_id": f"{paper_id}-0", "name": "Ada Inventor", "hidden": False},
            {"_id": f"{paper_id}-1", "name": "Bo Maker", "hidden": False},
        ],
        "publishedAt": "2024-03-26T17:59:59.000Z",
        "title": title,
        "summary": (
            f"{title} is a paper that was invented for this test.\nIt measures how long a digest takes to reach its readers. "
            "The digest arrives in 12.5 seconds on average, 3 times sooner than before.\nNobody was harmed by it."
        ),
        "upvotes": votes,
    } | changes
    return {
        "paper": paper,
        "publishedAt": "2024-03-28T02:25:00.168Z",
        "title": title,
        "thumbnail": f"https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/{paper_id}.png",
        "numComments": 2,
        "submittedBy": {"fullname": "Cy Submitter", "name": "cy", "type": "user"},
    }


def invented_list(day: dt.date, count: int) -> list[dict[str, Any]]:
    """A day's list of `count` invented papers, their votes going down with ties among them."""
    return [
        entry(f"{day:%y%m}.{day.day:02d}{number:03d}", f"Invented Paper {number} of {day}", votes=(count - number) // 2 + 1)
        for number in range(1, count + 1)
    ]


def seed_list() -> list[dict[str, Any]]:
    """The facts of 2024-03-28's ten papers, with abstracts of our own."""
    _, papers = sample_day()
    entries = []
    for paper in papers:
        authors = [{"_id": f"{paper.id}-{n}", "name": name, "hidden": False} for n, name in enumerate(paper.authors)]
        one = entry(paper.id, paper.title, votes=paper.upvotes or 0, authors=authors)
        one["thumbnail"] = paper.thumbnail
        entries.append(one)
    return entries


def invented_days() -> dict[dt.date, list[dict[str, Any]]]:
    """The week of the seed: ten papers on its Thursday, more than a page of a hundred on the day before."""
    return {
        FIRST_DAY: invented_list(FIRST_DAY, 3),
        FIRST_DAY + dt.timedelta(days=1): invented_list(FIRST_DAY + dt.timedelta(days=1), 7),
        BIG_DAY: invented_list(BIG_DAY, 123),
        SEED_DAY: seed_list(),
    }


@dataclass
class Failure:
    """What the next matching request meets instead of an answer. A status of 0 is a server that never answers."""

    status: int
    times: int = 1
    retry_after: str | None = None
    path: str = ""
    body: str = '{"error": "injected"}'


@dataclass
class Hub:
    """`async with Hub() as hub:` serves until the end of the block; change `days`, `today`, `papers` at any time."""

    days: dict[dt.date, list[dict[str, Any]]] = field(default_factory=invented_days)
    papers: dict[str, dict[str, Any]] = field(default_factory=dict)
    arxiv: dict[str, str] = field(default_factory=dict)
    today: dt.date = SEED_DAY
    token: str = "hf_right"
    port: int = 0
    requests: list[str] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    failures: deque[Failure] = field(default_factory=deque)
    url: str = ""
    knows_pages: bool = True  # as the Hub does; without, every page is the first
    late: list[dict[str, Any]] = field(default_factory=list)  # come on top of a list between its first page and the second
    _runner: web.AppRunner | None = None
    _released: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self._watch])
        app.router.add_get("/api/daily_papers", self._daily_papers)
        app.router.add_get("/api/papers/{id:.+}", self._paper)
        app.router.add_get("/api/query", self._query)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._released.set()
        assert self._runner is not None
        await self._runner.cleanup()

    def fail(
        self, status: int, times: int = 1, *, retry_after: str | None = None, path: str = "", body: str = "{}"
    ) -> None:
        """Let the next `times` requests whose path and query hold `path` fail."""
        self.failures.append(Failure(status, times, retry_after, path, body))

    def asked_days(self) -> list[str]:
        """The days whose first page was asked for, in order."""
        return [line.split("date=")[1].split("&")[0] for line in self.requests if "date=" in line and "p=0" in line]

    @web.middleware
    async def _watch(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.requests.append(str(request.rel_url))
        self.tokens.append(request.headers.get("Authorization"))
        self.agents.append(request.headers.get("User-Agent", ""))
        for failure in self.failures:
            if failure.times > 0 and failure.path in str(request.rel_url):
                failure.times -= 1
                if failure.status == 0:
                    await self._released.wait()
                headers = {"Retry-After": failure.retry_after} if failure.retry_after else {}
                return web.Response(
                    status=failure.status or 503, text=failure.body, headers=headers, content_type="application/json"
                )
        sent = request.headers.get("Authorization")
        if sent is not None and sent != f"Bearer {self.token}":
            # huggingface.co/docs/hub/security-tokens: a token that is not valid is refused, not ignored.
            return web.json_response({"error": "Invalid credentials in Authorization header"}, status=401)
        return await handler(request)

    async def _daily_papers(self, request: web.Request) -> web.Response:
        query = request.query
        try:
            page, limit = int(query.get("p", 0)), int(query.get("limit", 50))
            if "date" in query:
                day = dt.date.fromisoformat(query["date"])
            else:
                day = max((one for one in self.days if one <= self.today), default=self.today)
        except ValueError:
            return web.json_response({"error": "Invalid parameter"}, status=400)
        # 50 a page unless asked, 100 at most; a day to come is no empty day (docs/architecture.md, "Hugging Face's API").
        if page < 0 or not 1 <= limit <= 100 or day > self.today:
            return web.json_response({"error": "Invalid parameter"}, status=400)
        start = page * limit if self.knows_pages else 0
        entries = [*(self.late if start else []), *self.days.get(day, [])]
        return web.json_response(entries[start : start + limit])

    async def _paper(self, request: web.Request) -> web.Response:
        known = {entry["paper"]["id"]: entry["paper"] for entries in self.days.values() for entry in entries}
        paper = (known | self.papers).get(request.match_info["id"])
        return web.json_response(paper or NOT_FOUND, status=200 if paper else 404)

    async def _query(self, request: web.Request) -> web.Response:
        wanted = request.query.get("id_list", "")
        if not wanted.replace("/", "").replace(".", "").replace("-", "").isalnum() or not any(c.isdigit() for c in wanted):
            # As arXiv's API answers: status 400 and a feed with one entry that says what was wrong.
            return _atom(_error_entry(f"incorrect id format for {escape(wanted)}"), status=400)
        return _atom(self.arxiv.get(wanted, ""))
