"""What runs beside the pipeline: bells and clocks of cameras by ONVIF, and what the household connected.

In:     the options at work.
Out:    presses handed to the pipeline; sentences about what does not work, for the health page.
Holds:  a service is begun anew only when the options that it lives by change; none of them can stop or slow
        recording, and one that breaks off is begun again.
Absent: the recording, the page.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from fanlight.hub import integrations
from fanlight.hub.health import Found
from fanlight.hub.options import Camera, HubOptions
from fanlight.hub.pipeline import Pipeline
from fanlight.model.errors import FanlightError

AGAIN_S = 30.0
CLOCK_S = 3_600.0
log = logging.getLogger("fanlight.hub")
Work = Callable[[], Awaitable[None]]


class Services:
    """The services of one hub."""

    def __init__(self, pipeline: Pipeline) -> None:
        """Nothing runs yet; the pipeline's health tells of what runs here."""
        self._pipeline = pipeline
        self._running: dict[str, tuple[object, asyncio.Task[None]]] = {}
        self._troubles: integrations.Troubles = {}
        self._notes: dict[str, str] = {}
        pipeline.also = self._found

    async def change(self, options: HubOptions) -> None:
        """Run what these options ask for, and nothing else."""
        wanted = dict(self._wanted(options))
        ended = [
            self._running.pop(name)[1]
            for name, (lives_by, _) in list(self._running.items())
            if name not in wanted or wanted[name][0] != lives_by
        ]
        for task in ended:
            task.cancel()
        await asyncio.gather(*ended, return_exceptions=True)
        self._notes = {name: note for name, note in self._notes.items() if name in wanted}
        for name, (lives_by, work) in wanted.items():
            if name not in self._running:
                self._running[name] = (lives_by, asyncio.create_task(self._tend(name, work)))

    async def close(self) -> None:
        """End all of them; they say goodbye where that is due."""
        tasks = [task for _, task in self._running.values()]
        self._running.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _wanted(self, options: HubOptions) -> Iterator[tuple[str, tuple[object, Work]]]:
        for camera in options.camera:
            if not camera.onvif:
                continue
            address = (camera.onvif, camera.url)
            yield f"clock {camera.id}", (address, partial(self._mind_clock, camera))
            if camera.bell.onvif or camera.bell.onvif_input:
                yield f"bell {camera.id}", ((*address, camera.bell), partial(self._hear_bell, camera))
        others = (options.mqtt, options.webhook, options.chime)
        names = tuple(
            (camera.id, camera.name, camera.bell.mqtt_topic, camera.detect.enabled, camera.detect.labels)
            for camera in options.camera
        )
        if self._pipeline.town is not None:
            yield "alerts", (None, self._tell_members)
        work = partial(integrations.run, options, self._pipeline, self._troubles)
        yield "connections", ((*others, names), work)

    async def _tend(self, name: str, work: Work) -> None:
        while True:
            try:
                await work()
            except Exception:
                log.exception("a service broke off")
                self._notes[name] = "It broke off and begins again. The reason is in the hub's log."
                await asyncio.sleep(AGAIN_S)
                self._notes.pop(name, None)
            else:
                return

    async def _hear_bell(self, camera: Camera) -> None:
        from fanlight.hub import onvif  # noqa: PLC0415 - only hubs with such a camera load it

        tell = partial(self._notes.__setitem__, f"bell {camera.id}")
        async with contextlib.aclosing(onvif.presses(camera, tell)) as presses:
            async for at, by in presses:
                with contextlib.suppress(FanlightError):  # the camera was just removed
                    await self._pipeline.press(camera.id, at, by)

    async def _tell_members(self) -> None:
        from fanlight.hub.push.joining import run  # noqa: PLC0415 - only a hub with a household loads it

        await run(self._pipeline, self._pipeline.paired, partial(self._notes.__setitem__, "alerts"))

    async def _mind_clock(self, camera: Camera) -> None:
        from fanlight.hub import onvif  # noqa: PLC0415 - the same

        while True:
            self._notes[f"clock {camera.id}"] = await onvif.clock_trouble(camera)
            await asyncio.sleep(CLOCK_S)

    def _found(self) -> Iterator[Found]:
        names = {camera.id: camera.name for camera in self._pipeline.options.camera}
        for name, note in self._notes.items():
            what, _, camera = name.partition(" ")
            shown = f"{what} of {names[camera]}" if camera in names else name
            yield Found(shown, "warn" if note else "ok", note)
        for name, note in self._troubles.items():
            yield Found(name, "warn", note)
