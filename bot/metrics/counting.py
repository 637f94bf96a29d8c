"""An Observer that counts, with prometheus-client. Imported late: only a process that serves WEB_PORT loads the library."""

import re
from functools import cache

from prometheus_client import CollectorRegistry, Counter, GCCollector, Histogram, PlatformCollector, ProcessCollector

from bot.observing import Ended, Observer, Purpose

# Buckets for the time of an answer: most take milliseconds, those that ask the Hub or arXiv some seconds.
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Counting(Observer):
    """Counts from the process's start on; `registry` holds the counts, and what the process itself takes."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        for process in (ProcessCollector, PlatformCollector, GCCollector):
            process(registry=self.registry)
        self._sends = Counter(
            "daily_papers_sends",
            "Messages handed to a platform, by what they were sent for and what became of them.",
            ("platform", "purpose", "outcome"),
            registry=self.registry,
        )
        self._ended = Counter(
            "daily_papers_deliveries_ended",
            "Digests and announcements that came to their end in a chat: done, parked (the chat is gone) or failed.",
            ("platform", "how"),
            registry=self.registry,
        )
        self._fetches = Counter(
            "daily_papers_fetches",
            "Lists that the Hub was asked for: fetched, refused (none of that day yet) or failed.",
            ("result",),
            registry=self.registry,
        )
        self._summaries = Counter(
            "daily_papers_summaries_asked",
            "Summaries that a language model was asked for, by what came of it.",
            ("result",),
            registry=self.registry,
        )
        self._answers = Histogram(
            "daily_papers_answer_seconds",
            "Time from a person's command to its answer, before it waits for its turn to be sent.",
            ("platform", "command"),
            buckets=_SECONDS,
            registry=self.registry,
        )

    def sent(self, platform: str, purpose: Purpose, outcome: object) -> None:
        self._sends.labels(platform, purpose.value, _snake(type(outcome).__name__)).inc()

    def delivery_ended(self, platform: str, how: Ended) -> None:
        self._ended.labels(platform, how.value).inc()

    def fetched(self, result: str) -> None:
        self._fetches.labels(result).inc()

    def answered(self, platform: str, command: str, seconds: float) -> None:
        self._answers.labels(platform, command).observe(seconds)

    def summarized(self, result: str) -> None:
        self._summaries.labels(result).inc()


@cache
def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
