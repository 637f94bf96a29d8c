"""Summaries: verdicts, what a language model wrote, and claims on writing one. They are read in papers.py."""

import datetime as dt
import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.clock import to_text
from bot.model import OUTDATED, REPORTED, Summary, SummarySource
from bot.store.papers import READER_VERSION
from bot.store.search import index_papers

# What is to be checked: what has a source, and either no verdict or that of another version of the check. What a model
# wrote was checked against all that it had seen, which is not at hand any more: its verdict stands as long as its paper's
# abstract does.
_UNCHECKED = """
SELECT summary.*, paper.id, paper.title, paper.abstract FROM summary JOIN paper ON paper.key = summary.paper_key
WHERE trim(paper.abstract) <> '' AND summary.bullets <> '[]' AND summary.checked_version <> :reader
  AND ((summary.source = 'imported' AND (summary.verified IS NULL OR summary.checked_version <> :version))
       OR (summary.source = 'model' AND summary.verified IS NULL))
ORDER BY coalesce(paper.list_day, paper.archive_day, '') DESC LIMIT :most
"""
# Only as long as it says what was checked, and no reader has spoken meanwhile.
_SAVE_VERDICT = """
UPDATE summary SET verified = :verified, reasons = :reasons, checked_version = :version
WHERE paper_key = :paper_key AND language = :language AND source = :source AND prompt_version = :prompt_version
  AND bullets = :bullets AND checked_version <> :reader
"""
_DOUBTED = "SELECT DISTINCT paper_key FROM summary WHERE verified = 0 AND paper_key IN (SELECT value FROM json_each(?))"
_SAVE = (
    "INSERT OR REPLACE INTO summary (paper_key, language, source, prompt_version, bullets, model, created_at, verified, "
    "checked_version) SELECT key, ?, ?, ?, ?, ?, ?, 1, ? FROM paper WHERE id = ?"
)
_REPORT = (
    "UPDATE summary SET verified = 0, reasons = ?, checked_version = ? WHERE paper_key = (SELECT key FROM paper "
    "WHERE id = ?) AND language = ? AND source = ? AND prompt_version = ? AND bullets = ?"
)
_CLAIM = """
INSERT INTO summary_claim (paper_key, language, prompt_version, owner, owned_until)
SELECT key, :language, :version, :owner, :until FROM paper WHERE id = :id
ON CONFLICT (paper_key, language, prompt_version) DO UPDATE SET owner = excluded.owner, owned_until = excluded.owned_until
WHERE (summary_claim.owner IN ('', excluded.owner) OR summary_claim.owned_until < :now)
  AND (:again OR (summary_claim.not_before <= :now AND summary_claim.failures < :most))
"""
_RELEASE = (
    "UPDATE summary_claim SET owner = '', owned_until = '', failures = failures + ?, not_before = ? "
    "WHERE paper_key = (SELECT key FROM paper WHERE id = ?) AND language = ? AND prompt_version = ? AND owner = ?"
)
_GIVEN_UP = (
    "SELECT 1 FROM summary_claim WHERE paper_key = (SELECT key FROM paper WHERE id = ?) AND language = ? "
    "AND prompt_version = ? AND (not_before > ? OR failures >= ?)"
)
_LANGUAGES = (
    "SELECT target.language, count(*) AS chats FROM subscription JOIN target ON target.id = subscription.target_id "
    "WHERE subscription.active = 1 AND target.parked = '' GROUP BY target.language ORDER BY chats DESC, target.language"
)
_NEWEST_DAYS = "SELECT day FROM list_day WHERE papers > 0 AND day <= ? ORDER BY day DESC LIMIT ?"


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A summary that is to be checked, with its paper's text. `key` names its row, `written` is the bullets' own JSON."""

    key: tuple[int, str, str, str]
    paper_id: str
    title: str
    abstract: str
    bullets: tuple[str, ...]
    written: str
    is_outdated: bool = False

    @property
    def language(self) -> str:
        return self.key[1]

    @property
    def source(self) -> SummarySource:
        return SummarySource(self.key[2])

    @property
    def prompt_version(self) -> str:
        return self.key[3]


@dataclass(frozen=True, slots=True)
class Checked:
    """A verdict on a summary. `faithful` is never None: what has no source is not asked about."""

    summary: Unchecked
    faithful: bool
    reasons: tuple[str, ...]

    @property
    def kept_reasons(self) -> tuple[str, ...]:
        """What is kept beside the verdict: why it is false, and that the text has changed since."""
        return (*(() if self.faithful else self.reasons), *((OUTDATED,) if self.summary.is_outdated else ()))


def unchecked(connection: sqlite3.Connection, version: str, most: int) -> list[Unchecked]:
    """At most `most` summaries that the check of `version` has not seen, those of the newest days first."""
    rows = connection.execute(_UNCHECKED, {"version": version, "reader": READER_VERSION, "most": most})
    return [
        Unchecked(
            key=(row["paper_key"], row["language"], row["source"], row["prompt_version"]),
            paper_id=row["id"],
            title=row["title"],
            abstract=row["abstract"],
            bullets=tuple(json.loads(row["bullets"])),
            written=row["bullets"],
            is_outdated=OUTDATED in json.loads(row["reasons"]),
        )
        for row in rows
    ]


def save_verdicts(connection: sqlite3.Connection, verdicts: Iterable[Checked], version: str) -> None:
    """Keep what the check of `version` found; a summary that speaks of something else is no longer found by search."""
    verdicts = list(verdicts)
    keys = json.dumps(sorted({one.summary.key[0] for one in verdicts}))
    doubted = {row["paper_key"] for row in connection.execute(_DOUBTED, (keys,))}
    connection.executemany(
        _SAVE_VERDICT,
        [
            {
                "verified": int(one.faithful),
                # A reason quotes what a stranger wrote, half characters too; those have no UTF-8.
                "reasons": json.dumps(one.kept_reasons),
                "version": version,
                "reader": READER_VERSION,
                **dict(zip(("paper_key", "language", "source", "prompt_version"), one.summary.key, strict=True)),
                "bullets": one.summary.written,
            }
            for one in verdicts
        ],
    )
    index_papers(connection, sorted(doubted | {one.summary.key[0] for one in verdicts if not one.faithful}))


def save_summary(
    connection: sqlite3.Connection, paper_id: str, summary: Summary, *, version: str, now: dt.datetime
) -> None:
    """Keep a summary that has passed the check of `version`, and let it be found."""
    bullets = json.dumps(summary.bullets, ensure_ascii=False)
    values = (summary.language, summary.source.value, summary.prompt_version, bullets, summary.model, to_text(now), version)
    connection.execute(_SAVE, (*values, paper_id))
    _index(connection, paper_id)


def report_wrong(connection: sqlite3.Connection, paper_id: str, summary: Summary) -> bool:
    """Mark a stored summary as wrong, because a person said so. False when it is not stored, or says something else now."""
    reasons, bullets = json.dumps([REPORTED]), json.dumps(summary.bullets, ensure_ascii=False)
    key = (paper_id, summary.language, summary.source.value, summary.prompt_version)
    if not connection.execute(_REPORT, (reasons, READER_VERSION, *key, bullets)).rowcount:
        return False
    _index(connection, paper_id)
    return True


def claim(
    connection: sqlite3.Connection,
    paper_id: str,
    language: str,
    prompt_version: str,
    *,
    owner: str,
    now: dt.datetime,
    until: dt.datetime,
    most_failures: int,
    again: bool = False,
) -> bool:
    """Whether `owner` may ask a model for this summary now, until `until`; not while another does.

    Nor when its answers could not be used `most_failures` times, or a moment ago, unless it is to be asked `again`.
    """
    values = {
        "id": paper_id,
        "language": language,
        "version": prompt_version,
        "owner": owner,
        "until": to_text(until),
        "now": to_text(now),
        "again": int(again),
        "most": most_failures,
    }
    return connection.execute(_CLAIM, values).rowcount > 0


def release(
    connection: sqlite3.Connection,
    paper_id: str,
    language: str,
    prompt_version: str,
    *,
    owner: str,
    failed_until: dt.datetime | None = None,
) -> None:
    """Release a claim; with `failed_until` as a failure of the model, which is not asked again before that."""
    waits = "" if failed_until is None else to_text(failed_until)
    key = (paper_id, language, prompt_version)
    connection.execute(_RELEASE, (int(failed_until is not None), waits, *key, owner))


def is_given_up(
    connection: sqlite3.Connection,
    paper_id: str,
    language: str,
    prompt_version: str,
    *,
    now: dt.datetime,
    most_failures: int,
) -> bool:
    """Whether the model's answers could not be used so often, or so lately, that it is not asked now."""
    values = (paper_id, language, prompt_version, to_text(now), most_failures)
    return connection.execute(_GIVEN_UP, values).fetchone() is not None


def languages(connection: sqlite3.Connection) -> list[str]:
    """The languages that active subscribers read, that of the most first."""
    return [row["language"] for row in connection.execute(_LANGUAGES)]


def newest_days(connection: sqlite3.Connection, until: dt.date, most: int) -> Sequence[dt.date]:
    """The newest list days with papers, up to `until`."""
    rows = connection.execute(_NEWEST_DAYS, (until.isoformat(), most))
    return [dt.date.fromisoformat(row["day"]) for row in rows]


def _index(connection: sqlite3.Connection, paper_id: str) -> None:
    index_papers(connection, [row["key"] for row in connection.execute("SELECT key FROM paper WHERE id = ?", (paper_id,))])
