"""Whether a summary is faithful to its paper: `check(…)` gives a Verdict with reasons. Pure, no network, no model."""

from bot.summaries.faithfulness.verdict import Finding, Rule, Verdict, check

__all__ = ["Finding", "Rule", "Verdict", "check"]
