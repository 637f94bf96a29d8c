"""A hash of a summary's text, so that an old button refers to the text that was above it. Pure."""

import hashlib

from bot.model import Paper, Summary
from bot.summaries.choose import hub_summary

# Hexadecimal digits: two summaries of one paper have the same mark once in four thousand million.
_LENGTH = 8


def mark(summary: Summary) -> str:
    """Eight hexadecimal digits; equal for equal bullets."""
    text = "\n".join(summary.bullets).encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).hexdigest()[:_LENGTH]


def marked(paper: Paper, wanted: str) -> Summary | None:
    """The summary of `paper` that bears the mark, None when it says something else by now."""
    hub = hub_summary(paper)
    known = (*paper.summaries, *((hub,) if hub else ()))
    return next((summary for summary in known if mark(summary) == wanted), None)
