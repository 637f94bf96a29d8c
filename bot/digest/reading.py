"""Parses files of any known kind: a Markdown digest, JSON Lines, a recorded answer of the Hub. Nothing is saved here.

A file that cannot be read gives a sentence, never an exception: one bad file does not stop the import of a folder.
"""

import datetime as dt
import json
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.digest.list_days import closes_at
from bot.ports import SourcePaper
from bot.sources import hub_answers, jsonl, markdown_archive
from bot.store.records import Record

SUFFIXES = (".md", ".markdown", ".jsonl", ".ndjson", ".json")
# A recorded answer without a date may be of any age: it fills what is empty and overwrites nothing.
_LONG_AGO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A place that could not be read, and why: lines from `first` to `last`, a whole file, or an entry of an answer."""

    path: Path
    first: int
    last: int
    reason: str
    what: str = "line"

    @property
    def lines(self) -> int:
        """How many lines it is; an entry of an answer is none of its own."""
        return 0 if self.what == "entry" else self.last - self.first + 1

    def __str__(self) -> str:
        if self.what == "file":
            return f"{self.path}: {self.reason}"
        if self.what == "entry":
            return f"{self.path}: entry {self.first}: {self.reason}"
        place = f"{self.first}" if self.first == self.last else f"{self.first}-{self.last}"
        return f"{self.path}:{place}: {self.reason}"


@dataclass(slots=True)
class FileContent:
    """What one file held."""

    path: Path
    lines: int = 0
    unreadable: list[Unreadable] = field(default_factory=list)
    archive: dict[dt.date, list[SourcePaper]] = field(default_factory=dict)
    hub: dict[dt.date, list[SourcePaper]] = field(default_factory=dict)
    papers: list[SourcePaper] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)

    @property
    def holds_nothing(self) -> bool:
        return not (self.archive or self.hub or self.papers or self.records)


def read_file(path: Path) -> FileContent:
    """Read a file by its content: its name decides only between Markdown and the rest."""
    content = FileContent(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        return _failed(content, f"It cannot be opened: {error.strerror or error}.")
    except UnicodeDecodeError as error:
        return _failed(content, _not_text(path, error))
    content.lines = text.count("\n") + (not text.endswith("\n") and text != "")
    if path.suffix in {".md", ".markdown"}:
        _read_markdown(content, text)
    elif path.suffix == ".json" or _is_one_answer(text):
        _read_answer(content, text)
    else:
        _read_lines(content, text)
    if content.holds_nothing and not content.unreadable:
        _failed(content, "It holds no papers.")
    return content


def day_of_path(path: Path) -> dt.date | None:
    """The day that a path names: `2024/03/28.md`, or `2024-03-28.json`."""
    found = re.search(r"(\d{4})[/-](\d{2})[/-](\d{2})$", path.with_suffix("").as_posix())
    try:
        return dt.date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _read_markdown(content: FileContent, text: str) -> None:
    archive = markdown_archive.parse(text, day_of_path(content.path))
    content.unreadable += [Unreadable(content.path, one.first, one.last, one.reason) for one in archive.unread]
    content.archive = {
        day: [replace(one, known_at=closes_at(day)) for one in papers] for day, papers in archive.days.items() if papers
    }


def _read_answer(content: FileContent, text: str) -> None:
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError) as error:
        _failed(content, f"It is no JSON ({error}).")
        return
    if isinstance(answer, dict) and "error" in answer:
        _failed(content, "It holds no papers: it is a recorded error of a server.")
        return
    entries = answer if isinstance(answer, list) else [{"paper": answer}]
    day = day_of_path(content.path)
    papers, faults = hub_answers.parse_list(entries, day)
    content.unreadable += [
        Unreadable(content.path, fault.position, fault.position, f"It cannot be read: {fault.reason}.", "entry")
        for fault in faults
    ]
    if day is None:
        content.papers = [replace(one, known_at=_LONG_AGO) for one in papers]
    elif papers or not entries:
        content.hub[day] = [replace(one, known_at=closes_at(day)) for one in papers]


def _read_lines(content: FileContent, text: str) -> None:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = jsonl.parse_line(line)
        except jsonl.Wrong as error:
            content.unreadable.append(Unreadable(content.path, number, number, str(error)))
            continue
        if record.paper is None or not jsonl.is_plain(record):
            content.records.append(record)
            continue
        day = record.paper.archive_day
        given = SourcePaper(paper=record.paper, raw=line, source="jsonl", known_at=closes_at(day) if day else None)
        if day is None:
            content.papers.append(given)
        else:
            content.archive.setdefault(day, []).append(given)


def _is_one_answer(text: str) -> bool:
    """Whether a file is one JSON list: a recorded answer, however it is named."""
    return text.lstrip()[:1] == "["


def _failed(content: FileContent, reason: str) -> FileContent:
    content.unreadable.append(Unreadable(content.path, 1, content.lines, reason, "file"))
    return content


def _not_text(path: Path, error: UnicodeDecodeError) -> str:
    start = error.object[:2]
    if start == b"\x1f\x8b":
        return f"It is packed with gzip; unpack it first: gunzip {path.name}."
    if start == b"PK":
        return f"It is a zip file; unpack it first: unzip {path.name}."
    return f"It is no text in UTF-8 (byte {error.start} is {error.object[error.start]:#04x})."
