"""Summaries: where they come from, whether they agree with the paper, and which one a reader is shown."""
