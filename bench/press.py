"""How soon a press of the bell is an event: from the moment a camera tells of it to the hub's notice.

The camera is our ONVIF simulator on the loopback, since no real one with a pull point can be installed; it
asks for the password by HTTP digest, as cameras do. What a network adds is not in it. The memory of our
client stands beside that of the client that Home Assistant uses, in the same run.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from fanlight.hub import onvif, options
from fanlight.hub.notices import Board, Pressed
from machine import ROOT, Figure, tell

sys.path.insert(0, str(ROOT))

from tests.hub.onvif_device import OnvifDevice, until

PRESSES = 200
PASSWORD = "bell"  # noqa: S105 - of a camera that lives for a second
PEERS = ROOT / ".tools" / "peers" / "bin" / "python"
WATCHED = """
import asyncio, httpx, json, os, time

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

before, began = resident(), time.perf_counter()
WORK
asyncio.run(use())
print(json.dumps([(time.perf_counter() - began) * 1e3, (resident() - before) / 1e6]))
"""
OURS = """
from fanlight.hub import onvif
async def use():
    async with onvif.Device("http://127.0.0.1:9/x", "a", "b") as device:
        try:
            await device.info()
        except onvif.OnvifUnreachable:
            pass
"""
THEIRS = """
import onvif
async def use():
    schemas = os.path.join(os.path.dirname(onvif.__file__), "wsdl")
    camera = onvif.ONVIFCamera("127.0.0.1", 9, "a", "b", schemas)
    spaces = ("device", "media", "events")
    camera.xaddrs = {f"http://www.onvif.org/ver10/{name}/wsdl": "http://127.0.0.1:9/x" for name in spaces}
    await camera.create_devicemgmt_service()
    await camera.create_media_service()
    await camera.create_events_service()
    await camera.close()
"""

FIGURES = [
    Figure(
        key="worst", what="press told by ONVIF to the hub's notice, worst", unit="ms", at_most=100,
        how=f"the slowest of {PRESSES} presses, simulated camera on the loopback, digest login",
    ),
    Figure(
        key="median", what="press told by ONVIF to the hub's notice, median", unit="ms",
        how="the same presses",
    ),
    Figure(
        key="memory", what="memory of the ONVIF client", unit="MB",
        how="what a process with httpx holds more after loading it and asking once",
    ),
    Figure(
        key="foreign", what="memory of onvif-zeep-async", unit="MB",
        how="the same, with the services for streams and events",
    ),
    Figure(key="import", what="loading the ONVIF client", unit="ms", how="in a process with httpx"),
    Figure(key="foreign_import", what="loading onvif-zeep-async and its schemas", unit="ms", how="the same"),
]  # fmt: skip


async def presses() -> list[float]:
    """Return how long each press took, in milliseconds."""
    took: list[float] = []
    board = Board()
    async with OnvifDevice(user="admin", password=PASSWORD, login="digest") as device:
        camera = options.Camera(
            id="a" * 26, name="Door", url="rtsp://admin:bell@127.0.0.1/x", onvif=device.xaddr
        )

        async def hear() -> None:
            async for at, by in onvif.presses(camera):
                board.post(Pressed(event="", camera=camera.id, at=at, by=by))

        hearing = asyncio.create_task(hear())
        notices = board.listen()
        for _ in range(PRESSES):
            await device.heard()
            await until(lambda: not any(point.waiting for point in device.points.values()))
            coming = asyncio.ensure_future(anext(notices))
            await asyncio.sleep(0.005)
            before = time.perf_counter()
            device.report()
            await coming
            took.append((time.perf_counter() - before) * 1e3)
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)
    return took


def measure() -> dict[str, float]:
    """Return the figures by key."""
    took = asyncio.run(presses())
    ours, theirs = loaded(Path(sys.executable), OURS), loaded(PEERS, THEIRS)
    return {
        "worst": max(took), "median": statistics.median(took),
        "import": ours[0], "memory": ours[1], "foreign_import": theirs[0], "foreign": theirs[1],
    }  # fmt: skip


def loaded(python: Path, work: str) -> tuple[float, float]:
    """Return milliseconds and megabytes that some work takes in a process that has httpx and asyncio."""
    if not python.exists():
        raise SystemExit("The peers are missing: python3 deploy/setup.py run dev test")
    command = [str(python), "-W", "ignore", "-c", WATCHED.replace("WORK", work)]
    took, size = json.loads(subprocess.check_output(command, text=True))
    return took, size


if __name__ == "__main__":
    tell(FIGURES, measure)
