"""/healthz, /readyz and /metrics, for monitoring: a container engine, a load balancer, Prometheus."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import structlog
from prometheus_client import CollectorRegistry
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.errors import StoreError
from bot.metrics.exposing import exposed
from bot.metrics.readiness import Work, is_alive, reasons
from bot.metrics.watching import Watching

log = structlog.get_logger(__name__)

# Nothing in between may answer for the bot.
_NOT_KEPT = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def health_routes(
    watching: Watching, work: Callable[[], Work], database: Path, registry: CollectorRegistry | None = None
) -> list[BaseRoute]:
    """The routes; `work` tells of the running process, `registry` holds what is counted in it. They name no chat."""
    health = _Health(watching, work, database, registry)
    return [
        Route("/healthz", health.alive, methods=["GET", "HEAD"]),
        Route("/readyz", health.ready, methods=["GET", "HEAD"]),
        Route("/metrics", health.metrics, methods=["GET", "HEAD"]),
    ]


class _Health:
    def __init__(
        self, watching: Watching, work: Callable[[], Work], database: Path, registry: CollectorRegistry | None
    ) -> None:
        self._watching, self._work, self._database, self._registry = watching, work, database, registry

    async def alive(self, _request: Request) -> Response:
        """200 while the process moves; 503 when only a new start helps."""
        if is_alive(self._work(), self._watching.clock.now()):
            return PlainTextResponse("alive\n", 200, _NOT_KEPT)
        return PlainTextResponse("It has not looked for who is due for too long; start it anew.\n", 503, _NOT_KEPT)

    async def ready(self, _request: Request) -> Response:
        """200 when it does its work, 503 with the reasons when not."""
        work, now = self._work(), self._watching.clock.now()
        try:
            found = await self._watching.standing()
        except StoreError as error:
            log.warning("readiness is not known", error=str(error))
            return JSONResponse(
                {"ready": False, "reasons": ["The store cannot be read; the log says why."]}, 503, _NOT_KEPT
            )
        said = reasons(work, found, now)
        told = {
            "ready": not said,
            "reasons": said,
            "tick_age_seconds": _age(work.ticked_at, now),
            "fetch_age_seconds": _age(found.fetched_at, now),
            "lag_seconds": round(found.lag.total_seconds(), 1),
            "deliveries_to_send": found.deliveries,
            "messages_to_send": found.messages,
            "paused": found.paused,
            "alarms": list(found.alarms),
            "platforms": {name: state.value for name, state in work.platforms.items()},
        }
        return JSONResponse(told, 503 if said else 200, _NOT_KEPT)

    async def metrics(self, request: Request) -> Response:
        """Everything in Prometheus's form (prometheus.io/docs/instrumenting/exposition_formats)."""
        work, now = self._work(), self._watching.clock.now()
        try:
            found, held = await self._watching.standing(), await self._watching.holdings()
        except StoreError as error:
            log.warning("metrics are not known", error=str(error))
            return PlainTextResponse("The store cannot be read; the log says why.\n", 503, _NOT_KEPT)
        body, media_type = exposed(
            self._registry,
            work,
            found,
            held,
            database=self._database,
            ages={"tick": _age(work.ticked_at, now), "fetch": _age(found.fetched_at, now)},
            accept=request.headers.get("accept", ""),
        )
        return Response(body, 200, {**_NOT_KEPT, "Content-Type": media_type})


def _age(instant: dt.datetime | None, now: dt.datetime) -> float | None:
    return None if instant is None else round((now - instant).total_seconds(), 1)
