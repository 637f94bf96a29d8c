"""Reads Markdown digests, the original archive's and our own: days, papers, bullets, and what could not be read. Pure.

The form, of which the archive has many variants: `## Daily Papers (2024-03-28)`, then for each paper
`### [title](https://arxiv.org/abs/ID)`, a picture or a video, `Vote: 26`, `Authors: a, b`, and `- ` bullets.
"""

import ast
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from bot.model import Origin, Paper, Summary, SummarySource
from bot.ports import SourcePaper
from bot.sources import paper_ids
from bot.sources.bullets import joined, language_of, readable, restored

_SITE = "https://huggingface.co"
_DAY = re.compile(r"#{1,2}\s.*?(?P<year>\d{4})[-./](?P<month>\d{1,2})[-./](?P<day>\d{1,2})\D*")
_PAPER = re.compile(r"###\s*\[(?P<title>.*)\]\(\s*<?(?P<url>[^\s<>]+?)>?\s*\)\s*")
_PICTURE = re.compile(r"!\[[^\]]*\]\(\s*<?(?P<url>[^\s<>]+?)>?\s*\)\s*")
# `[Watch Video](URL)`, `[Watch Video]URL`, `<div><video controls src="URL" …></video></div>`, `<video src='URL'></video>`.
_LINKED_VIDEO = re.compile(r"\[Watch Video\]\(?\s*(?P<url>https?://[^\s()]+|/[^\s()]+)\s*\)?\s*", re.IGNORECASE)
_SHOWN_VIDEO = re.compile(r"(?:<div>\s*)?<video\b[^>]*\bsrc=(['\"])(?P<url>[^'\"]+)\1[^>]*>.*", re.IGNORECASE)
# SQLite's integers have 64 bits: 18 digits fit.
_VOTE = re.compile(r"Votes?\s*:\s*(?P<votes>\d{1,18}|-|)\s*", re.IGNORECASE)
_AUTHORS = re.compile(r"Authors?\s*:\s*(?P<names>.*)", re.IGNORECASE)
_SUMMARY_SOURCE = re.compile(r"<!--\s*summary:\s*(?P<source>[a-z]+)\s*-->\s*")
# What our own Markdown says of a summary that is not verified (bot/digest/documents.py); it is checked here anew.
_DOUBT = "> ⚠"
# Not \s: a form feed at the start is LaTeX that an escape has eaten.
_BULLET = re.compile(r"[-*•] +(?P<text>.*)")
_STILL = re.compile(r"\.(?:jpe?g|png)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unread:
    """Lines that could not be read, counted from 1, both ends included, and why."""

    first: int
    last: int
    reason: str


@dataclass(frozen=True, slots=True)
class Archive:
    """What a file held. `read` and the lines of `unread` add up to `lines`; a blank line counts as read."""

    days: dict[dt.date, list[SourcePaper]]
    lines: int
    unread: tuple[Unread, ...]

    @property
    def read(self) -> int:
        return self.lines - sum(one.last - one.first + 1 for one in self.unread)


@dataclass(slots=True)
class _Block:
    """One paper's lines, as far as they have been read."""

    paper_id: str
    title: str
    thumbnail: str | None = None
    media: list[str] = field(default_factory=list)
    votes: int | None = None
    authors: tuple[str, ...] = ()
    bullets: list[list[str]] = field(default_factory=list)
    source: SummarySource = SummarySource.IMPORTED
    text: list[str] = field(default_factory=list)


def parse(text: str, day_of_path: dt.date | None = None) -> Archive:
    """Read a file's text. A heading's date rules; `day_of_path` stands in where there is none that can be read."""
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    reader = _Reader(day_of_path)
    for number, line in enumerate(lines, 1):
        reason = reader.take(line.rstrip("\r"))
        if reason:
            reader.unread.append((number, reason))
    reader.end_block()
    return Archive(reader.days, len(lines), tuple(_runs(reader.unread)))


class _Reader:
    def __init__(self, day: dt.date | None) -> None:
        self.days: dict[dt.date, list[SourcePaper]] = {}
        self.unread: list[tuple[int, str]] = []
        self._day = self._day_of_path = day
        self._block: _Block | None = None
        self._refused = ""

    def take(self, line: str) -> str | None:
        """Read one line; gives the reason when that cannot be done."""
        if not line.strip():
            return None
        if line.startswith("#"):
            return self._heading(line)
        if self._block is None:
            return self._refused or "It stands before the first paper."
        self._block.text.append(line)
        return self._line(self._block, line)

    def end_block(self) -> None:
        if self._block is not None and self._day is not None:
            self.days[self._day].append(_source_paper(self._block, self._day))
        self._block = None

    def _heading(self, line: str) -> str | None:
        if line.startswith("###"):
            return self._paper_heading(line)
        self.end_block()
        self._refused = ""
        found = _DAY.fullmatch(line)
        try:
            day = dt.date(int(found["year"]), int(found["month"]), int(found["day"])) if found else None
        except ValueError:
            day = None
        self._day = day or self._day_of_path
        if self._day is not None:
            self.days.setdefault(self._day, [])
        return None if day else "The heading names no day, such as: ## Daily Papers (2024-03-28)."

    def _paper_heading(self, line: str) -> str | None:
        self.end_block()
        found = _PAPER.fullmatch(line)
        paper_id = paper_ids.parse(found["url"]) if found else None
        title = " ".join(restored(found["title"]).split()) if found else ""
        reason = None
        if self._day is None:
            reason = "The paper stands under no day, and the file's path names none (YYYY/MM/DD.md)."
        elif found is None:
            reason = "The heading is not written as: ### [title](https://arxiv.org/abs/ID)."
        elif paper_id is None:
            reason = f"The link {found['url']} is no paper of arXiv's."
        elif not title:
            reason = "The paper has no title."
        if reason is None and paper_id is not None and self._day is not None:
            self.days.setdefault(self._day, [])
            self._block = _Block(paper_id, title, text=[line])
        else:
            self._refused = "It belongs to a paper whose heading could not be read."
        return reason

    def _line(self, block: _Block, line: str) -> str | None:
        nested = line[0] in " \t" and bool(block.bullets)
        if nested:
            block.bullets[-1].append(restored(line))
        elif found := _BULLET.fullmatch(line):
            if found["text"].strip():
                block.bullets.append([readable(found["text"].strip(" "))])
        elif found := _PICTURE.fullmatch(line):
            return _add_picture(block, found["url"])
        elif found := _LINKED_VIDEO.fullmatch(line) or _SHOWN_VIDEO.fullmatch(line):
            return _add_media(block, found["url"])
        elif found := _VOTE.fullmatch(line):
            block.votes = int(found["votes"]) if found["votes"].isdigit() else block.votes
        elif found := _AUTHORS.fullmatch(line):
            block.authors = _names(found["names"])
        elif found := _SUMMARY_SOURCE.fullmatch(line):
            return _set_source(block, found["source"])
        elif line.startswith(_DOUBT):
            return None
        elif block.bullets:
            # A bullet's text that goes on in the next line: `1) …`, or a sentence after a break.
            block.bullets[-1].append(restored(line))
        else:
            return "It is no picture, video, vote, authors or bullet."
        return None


def _add_picture(block: _Block, written: str) -> str | None:
    url = _absolute(written)
    if url is None:
        return f"The picture's address {written} cannot be used."
    # Films were written as pictures too, and the submitter's portrait where the paper had no picture of its own.
    if _STILL.search(urlsplit(url).path) and "avatars" not in url and block.thumbnail is None:
        block.thumbnail = url
    else:
        block.media.append(url)
    return None


def _add_media(block: _Block, written: str) -> str | None:
    url = _absolute(written)
    if url is None:
        return f"The video's address {written} cannot be used."
    block.media.append(url)
    return None


def _set_source(block: _Block, written: str) -> str | None:
    try:
        block.source = SummarySource(written)
    except ValueError:
        return f"{written} is no source of summaries ({', '.join(SummarySource)})."
    return None


def _absolute(written: str) -> str | None:
    try:
        url = urljoin(_SITE, written)
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.hostname else None


def _names(written: str) -> tuple[str, ...]:
    """`a, b`, or Python's own `['a', 'b']`; names once each, and without the `+` that stands for those left out."""
    names: list[str] = []
    if written.startswith("["):
        try:
            value = ast.literal_eval(written)
            names = [str(name) for name in value]
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            names = [name.strip(" '\"") for name in written.strip("[] ").split(",")]
    else:
        names = written.split(",")
    cleaned = (" ".join(restored(name).split()) for name in names)
    return tuple(dict.fromkeys(name for name in cleaned if name and name != "+"))


def _source_paper(block: _Block, day: dt.date) -> SourcePaper:
    bullets = tuple(joined(lines) for lines in block.bullets)
    is_hubs = block.source is SummarySource.HUB
    summary = Summary(language=language_of(bullets), source=block.source, bullets=bullets)
    paper = Paper(
        id=block.paper_id,
        title=block.title,
        authors=block.authors,
        upvotes=block.votes,
        list_day=day,
        archive_day=day,
        thumbnail=block.thumbnail,
        media=tuple(dict.fromkeys(block.media)),
        # The Hub's own words go back to where they came from.
        hub_summary=" ".join(bullets) if is_hubs else "",
        summaries=(summary,) if bullets and not is_hubs else (),
        origin=Origin.ARCHIVE,
    )
    return SourcePaper(paper=paper, raw="\n".join(block.text), source="archive")


def _runs(unread: list[tuple[int, str]]) -> Iterator[Unread]:
    """Lines that follow each other and have the same fault as one."""
    run: Unread | None = None
    for number, reason in unread:
        if run is not None and run.last == number - 1 and run.reason == reason:
            run = Unread(run.first, number, reason)
            continue
        if run is not None:
            yield run
        run = Unread(number, number, reason)
    if run is not None:
        yield run
