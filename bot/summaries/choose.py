"""Which summary a reader of a language is shown, of all that there are. Pure."""

from bot.model import Paper, Summary, SummarySource
from bot.summaries.extractive import extract
from bot.summaries.sentences import plain_text, sentences

# Written for this paper by somebody, the most trusted first.
_WRITTEN = (SummarySource.IMPORTED, SummarySource.MODEL, SummarySource.SAMPLE)


def shown_summary(paper: Paper, language: str) -> Summary | None:
    """The best summary for a reader of `language`, or None when nothing is known of the paper but its title.

    In order: one written in that language; one written in English; the Hub's `ai_summary`; sentences of the abstract,
    chosen now or before an export that left the abstract behind; one written in any other language.
    """
    written = sorted(
        (summary for summary in paper.summaries if summary.bullets and summary.source in _WRITTEN),
        key=lambda summary: _WRITTEN.index(summary.source),
    )
    for wanted in (language, "en"):
        for summary in written:
            if summary.language == wanted:
                return summary
    chosen_before = (summary for summary in paper.summaries if summary.source is SummarySource.ABSTRACT)
    return hub_summary(paper) or extract(paper) or next(chosen_before, None) or next(iter(written), None)


def hub_summary(paper: Paper) -> Summary | None:
    """The Hub's `ai_summary` as bullets, a sentence each."""
    bullets = tuple(sentences(plain_text(paper.hub_summary)))
    return Summary(language="en", source=SummarySource.HUB, bullets=bullets) if bullets else None
