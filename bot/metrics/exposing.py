"""All metrics in Prometheus's format: what was counted, and the present state of the store and the machine."""

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from itertools import chain
from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.metrics.readiness import PlatformState, Work
from bot.store.standing import Holdings, Standing

# Labels, each with its value.
Values = Iterable[tuple[Sequence[str], float]]


class _Together(Collector):
    def __init__(self, *parts: Iterable[Metric]) -> None:
        self._parts = parts

    def collect(self) -> Iterator[Metric]:
        return chain.from_iterable(self._parts)


def exposed(
    registry: CollectorRegistry | None,
    work: Work,
    found: Standing,
    held: Holdings,
    *,
    database: Path,
    ages: Mapping[str, float | None],
    accept: str = "",
) -> tuple[bytes, str]:
    """The answer to /metrics and its media type, for an Accept header. `ages` are in seconds, None for never."""
    encode, media_type = choose_encoder(accept)
    families = chain(_of_work(work, found, ages), _of_holdings(held), _of_disk(database, held))
    counted = [] if registry is None else registry.collect()
    return encode(_Together(counted, families)), media_type


def _of_work(work: Work, found: Standing, ages: Mapping[str, float | None]) -> Iterator[Metric]:
    info = InfoMetricFamily("daily_papers", "The program.")
    info.add_metric([], {"version": version("daily-papers-bot")})
    yield info
    for name, age in ages.items():
        if age is not None:
            yield _gauge(f"daily_papers_{name}_age_seconds", f"Since the last {name}, by the program's clock.", age)
    yield _gauge(
        "daily_papers_delivery_lag_seconds", "How long the oldest unsent delivery waits.", found.lag.total_seconds()
    )
    queue = {("sending",): found.leased, ("ready",): found.deliveries - found.leased, ("waiting",): found.waiting}
    yield _labelled("daily_papers_deliveries", "Deliveries that are not ended, by state.", ("state",), queue.items())
    yield _gauge("daily_papers_messages_to_send", "Messages of the deliveries that can be sent.", found.messages)
    yield _gauge("daily_papers_paused", "1 while the operator holds everything back.", int(found.paused))
    alarms = dict.fromkeys(((name,) for name in found.alarms), 1)
    yield _labelled("daily_papers_alarm", "1 for each alarm that is open.", ("alarm",), alarms.items())
    works = {(name,): int(state is PlatformState.WORKS) for name, state in work.platforms.items()}
    yield _labelled(
        "daily_papers_platform_works", "1 when a platform is heard, and takes what is sent.", ("platform",), works.items()
    )


def _of_holdings(held: Holdings) -> Iterator[Metric]:
    subscribers: dict[tuple[str, str], int] = {}
    for platform, (reachable, parked) in held.subscribers.items():
        subscribers |= {(platform, "reachable"): reachable, (platform, "parked"): parked}
    yield _labelled(
        "daily_papers_subscribers", "Chats with a subscription, by whether they can be reached.", ("platform", "state"),
        subscribers.items(),
    )  # fmt: skip
    yield _gauge("daily_papers_papers", "Papers in the store.", held.papers)
    yield _gauge("daily_papers_lists", "Days with a list in the store.", held.list_days)
    yield _labelled(
        "daily_papers_summaries",
        "Summaries in the store, by who wrote them.",
        ("source", "language"),
        held.summaries.items(),
    )
    usage = held.usage.items()
    for name, documentation, values in (
        ("calls", "Requests to a language model.", {(model,): one.calls for model, one in usage}),
        ("failures", "Of these, those that gave nothing of use.", {(model,): one.failures for model, one in usage}),
        ("cost", "What they cost, in the currency of LLM_PRICES.", {(model,): one.money for model, one in usage}),
    ):
        yield _counted(f"daily_papers_model_{name}", documentation, ("model",), values.items())
    tokens = {(model, "read"): one.tokens_in for model, one in usage}
    tokens |= {(model, "written"): one.tokens_out for model, one in usage}
    yield _counted(
        "daily_papers_model_tokens", "Tokens that a language model read and wrote.", ("model", "way"), tokens.items()
    )


def _of_disk(database: Path, held: Holdings) -> Iterator[Metric]:
    wal = database.with_name(f"{database.name}-wal")
    sizes = {("database",): held.size - held.unused, ("unused",): held.unused, ("wal",): _size(wal)}
    yield _labelled(
        "daily_papers_store_bytes",
        "The store's file: in use, unused, and what is not merged yet.",
        ("part",),
        sizes.items(),
    )
    yield _gauge("daily_papers_disk_free_bytes", "Room on the store's disk.", shutil.disk_usage(database.parent).free)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _gauge(name: str, documentation: str, value: float) -> Metric:
    return GaugeMetricFamily(name, documentation, value=value)


def _labelled(name: str, documentation: str, labels: tuple[str, ...], values: Values) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, documentation, labels=labels)
    for label, value in values:
        family.add_metric(label, value)
    return family


def _counted(name: str, documentation: str, labels: tuple[str, ...], values: Values) -> CounterMetricFamily:
    family = CounterMetricFamily(name, documentation, labels=labels)
    for label, value in values:
        family.add_metric(label, value)
    return family
