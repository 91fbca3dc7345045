"""A whole hub without a household, at a real broker."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from tests.hub.broker import broker, ear
from tests.hub.homes import HUB
from tests.hub.talking import DOOR, YARD, in_loop, options, running, until

from fanlight.hub.options import Bell, Camera, HubOptions
from fanlight.hub.pipeline import Pipeline
from fanlight.hub.services import Services

HERE = "fanlight/hub/availability"


def left(known: dict[str, bytes]) -> list[str]:
    return [topic for topic, payload in known.items() if YARD in topic and payload]


@contextlib.asynccontextmanager
async def at_work(folder: Path, wanted: HubOptions) -> AsyncIterator[tuple[Pipeline, Services]]:
    pipeline = Pipeline(folder, wanted, HUB)
    services = Services(pipeline)
    try:
        async with running(pipeline.run()):
            await services.change(wanted)
            yield pipeline, services
            await services.close()
        await asyncio.get_running_loop().shutdown_default_executor()
    finally:
        pipeline.close()


@in_loop
async def test_a_hub_without_a_household_rings_tells_and_hears_at_its_broker(
    tmp_path: Path, video: Callable[[str], Path]
) -> None:
    """R12, R51: a button at the broker rings, home and away reach the hub, a removed camera leaves."""
    url = str(video("plain.mp4"))
    door = Camera(id=DOOR, name="Front door", url=url, bell=Bell(mqtt_topic="zigbee/button"))
    yard = Camera(id=YARD, name="Yard", url=url, indoor=True)
    with broker(tmp_path / "broker") as mosquitto:
        both = options(mosquitto.port, cameras=(door, yard))
        async with ear(mosquitto.port) as ears:
            async with at_work(tmp_path, both) as (pipeline, services):
                await ears.until(lambda: ears.known.get(HERE) == b"online")
                assert ears.known["fanlight/hub/home"] == b"ON"
                await ears.client.publish("zigbee/button", b"single")
                await ears.until(lambda: ears.of(f"fanlight/{DOOR}/ring") == [b'{"event_type":"ring"}'])
                await until(lambda: [row.label for row in pipeline.events.find(camera=DOOR)] == ["doorbell"])
                await ears.client.publish("fanlight/hub/home/set", b"OFF")
                await ears.until(lambda: ears.known["fanlight/hub/home"] == b"OFF")
                assert not pipeline.home
                await pipeline.set_home(True)
                await ears.until(lambda: ears.known["fanlight/hub/home"] == b"ON")
                assert left(ears.known)
                one = options(mosquitto.port, cameras=(door,))
                await pipeline.change(one)
                await services.change(one)
                await ears.until(lambda: not left(ears.known))
                assert {found.what for found in services._found()} == set()
            await ears.until(lambda: ears.known[HERE] == b"offline")
            assert not left(ears.known)
