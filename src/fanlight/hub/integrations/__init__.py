"""Room of the hub that tells others what happens: MQTT and Home Assistant, webhooks, a chime, figures.

In:     options and a hub (`needs.Hub`: the pipeline).
Out:    `run`, one task for as long as the options hold; a change of options is a new one.
Holds:  none of it can slow or stop recording: a part that fails is said in `troubles` and started again.
Absent: cameras' addresses, keys, footage: none of it is in `needs.Hub`.
Why:    docs/design/threats.md, docs/guide/home-assistant.md
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from fanlight.hub.integrations import chime, webhooks
from fanlight.hub.integrations.needs import Hub, Troubles
from fanlight.hub.options import HubOptions

__all__ = ["Hub", "Troubles", "run"]

_REST_S = 30.0
_FAILED = "It failed and is started again. The reason is in the hub's log."
log = logging.getLogger("fanlight.hub")


async def run(options: HubOptions, hub: Hub, troubles: Troubles) -> None:
    """Run every integration that the options ask for, until cancelled; at once if they ask for none."""
    parts: list[tuple[str, Callable[[], Awaitable[None]]]] = []
    if options.mqtt.host:
        # Loaded with the first broker: most hubs have none.
        from fanlight.hub.integrations.mqtt import Mqtt  # noqa: PLC0415

        parts.append(("mqtt", lambda: Mqtt(options, hub, troubles).run()))
    if options.webhook:
        parts.append(("webhooks", lambda: webhooks.run(options, hub, troubles)))
    if options.chime.url:
        parts.append(("chime", lambda: chime.run(options, hub, troubles)))
    troubles.clear()
    async with asyncio.TaskGroup() as tasks:
        for what, part in parts:
            tasks.create_task(_keep(what, part, troubles))


async def _keep(
    what: str, part: Callable[[], Awaitable[None]], troubles: Troubles, rest_s: float = _REST_S
) -> None:
    """Start a part again when it fails; that it failed is said until it has run for as long as it rests."""

    def forgive() -> None:
        if troubles.get(what) == _FAILED:
            del troubles[what]

    while True:
        runs = asyncio.get_running_loop().call_later(rest_s, forgive)
        try:
            await part()
        except Exception:
            log.exception("%s: it failed and is started again", what)
            troubles[what] = _FAILED
        finally:
            runs.cancel()
        await asyncio.sleep(rest_s)
