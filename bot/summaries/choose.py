"""Chooses which of a paper's summaries a reader of a language is shown. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from bot.locales import supported
from bot.model import OUTDATED, REPORTED, Paper, Summary, SummarySource
from bot.summaries.extractive import extract
from bot.summaries.sentences import plain_text, sentences

# Written for this paper by somebody, the most trusted first.
_WRITTEN = (SummarySource.IMPORTED, SummarySource.MODEL, SummarySource.SAMPLE)
# These need a check; the sample day's summaries are this project's own.
CHECKED = frozenset({SummarySource.IMPORTED, SummarySource.MODEL})


def shown_summary(paper: Paper, language: str) -> Summary | None:
    """The best summary for a reader of `language`, or None when nothing is known of the paper but its title.

    In order: one written in that language; one written in English; the Hub's `ai_summary`; sentences of the abstract,
    chosen now or before an export that left the abstract behind; one written in any other language. The Hub's comes after
    the abstract's sentences once a reader has reported it. Of several in one language, one that failed the check comes
    last. `verified` of the result is False for such a one, and for one that could be checked and was not yet; the reader is
    told.
    """
    written = [_as_known(paper, summary) for summary in _trusted_first(paper.summaries)]
    for wanted in (language, "en"):
        for summary in written:
            if speaks(summary, wanted):
                return summary
    hub = hub_summary(paper)
    doubtful = hub if hub is not None and hub.verified is False else None
    chosen_before = (summary for summary in paper.summaries if summary.source is SummarySource.ABSTRACT)
    safe = None if doubtful else hub
    return safe or extract(paper) or next(chosen_before, None) or doubtful or next(iter(written), None)


def wants_model(paper: Paper, language: str, *, replacing: bool) -> bool:
    """Whether to ask a language model for a summary in `language`: if there is an abstract, and no good summary yet.

    One that a model wrote from an earlier abstract does not count: it may be true, but not complete any more. Nor does one
    that a reader reported, or, with `replacing` (SHOW_UNVERIFIED=replace), one that failed the check.
    """
    if not paper.abstract.strip():
        return False
    for summary in paper.summaries:
        if speaks(summary, language) and summary.source in _WRITTEN and summary.bullets:
            if summary.verified is not False and OUTDATED not in summary.reasons:
                return False
            if not replacing and summary.source is SummarySource.IMPORTED and REPORTED not in summary.reasons:
                return False
    return True


def speaks(summary: Summary, language: str) -> bool:
    """Whether a reader of `language` reads a summary as their own, however its tag is written: zh-CN, ja-JP."""
    return (supported(summary.language) or summary.language) == language


def hub_summary(paper: Paper) -> Summary | None:
    """The Hub's `ai_summary` as bullets, a sentence each; with what a reader has said of it."""
    bullets = tuple(sentences(plain_text(paper.hub_summary)))
    for one in paper.summaries:
        if one.source is SummarySource.HUB and one.bullets == bullets:
            return one
    return Summary(language="en", source=SummarySource.HUB, bullets=bullets) if bullets else None


def _as_known(paper: Paper, summary: Summary) -> Summary:
    """What could be checked and was not yet counts as not verified: a moment's doubt is better than a wrong sentence."""
    if summary.verified is None and summary.source in CHECKED and paper.abstract.strip():
        return replace(summary, verified=False, reasons=("Not checked yet.",))
    return summary


def _trusted_first(summaries: Iterable[Summary]) -> list[Summary]:
    written = [summary for summary in summaries if summary.bullets and summary.source in _WRITTEN]
    return sorted(
        written,
        key=lambda summary: (summary.verified is False, _WRITTEN.index(summary.source), OUTDATED in summary.reasons),
    )
