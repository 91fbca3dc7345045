"""Routes: what works and what does not, for people, for a monitor and for Prometheus."""

import asyncio
from datetime import datetime

import msgspec
from litestar import MediaType, Response, get

from fanlight.hub.page.parts import Hub, Parts


class HealthView(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that works, works badly or does not. `note` is a sentence, empty when all is well."""

    what: str
    state: str
    note: str
    since: datetime


def rows(hub: Parts) -> list[HealthView]:
    """Return how everything is, the worst first."""
    return [
        HealthView(what=one.what, state=one.state, note=one.note, since=one.since)
        for one in hub.pipeline.health()
    ]


@get("/healthz", operation_id="isAlive")
async def get_healthz(hub: Hub) -> Response[dict[str, str]]:
    """Say whether everything works, and nothing else: this needs no key."""
    bad = any(one.state == "bad" for one in rows(hub))
    return Response({"state": "bad" if bad else "ok"}, status_code=503 if bad else 200)


@get("/metrics", operation_id="getMetrics", media_type=MediaType.TEXT)
async def get_metrics(hub: Hub) -> Response[bytes]:
    """Return figures for Prometheus."""
    from fanlight.hub.integrations import metrics  # noqa: PLC0415 - loaded when somebody asks

    text = await asyncio.to_thread(metrics.text, hub.pipeline)
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")
