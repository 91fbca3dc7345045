"""From the camera to the screen, live: the home app beside aiortc, the same camera, in turn in one run.

Each picture carries its number as black and white fields, which the browser reads off what it shows; the
moment at which the camera sent it follows from the number. Ours goes sealed through hub, relay and the real
app; aiortc sends straight to a page, once by its own MediaPlayer on the camera's RTSP stream, once given each
picture by the camera itself. The demo's hub records and watches the camera all the time.
"""

import contextlib
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

import live_camera
from fanlight.hub.settings import read_options, write_options
from machine import ROOT, Demo, Figure, scratch, tell

TURNS, TURN_S = 3, 20
TIMEOUT_S = 600.0
PEERS = ROOT / ".tools" / "peers" / "bin" / "python"
_HOW = f"{live_camera.WIDTH} x {live_camera.HEIGHT}, {live_camera.RATE} a second, {TURNS} turns of {TURN_S} s"
_PLAYER = "camera to screen beside aiortc with its MediaPlayer"
_PLAIN = "camera to screen beside aiortc that need not read RTSP"

STAGES = {
    ("came", "received"): "at the hub to received by the browser",
    ("received", "opened"): "received to opened",
    ("opened", "asked"): "opened to given to the decoder, in a worker",
    ("asked", "handed"): "given to the decoder to handed to the screen",
}

FIGURES = [
    Figure(key="p50", what="camera to screen, live, p50", unit="ms", how=_HOW),
    Figure(key="p95", what="camera to screen, live, p95", unit="ms", how=_HOW),
    Figure(key="player_p50", what="aiortc with its MediaPlayer, p50", unit="ms", how="the same, in turn"),
    Figure(key="player_p95", what="aiortc with its MediaPlayer, p95", unit="ms", how="the same, in turn"),
    Figure(key="plain_p50", what="aiortc that need not read RTSP, p50", unit="ms", how="the same, in turn"),
    Figure(key="plain_p95", what="aiortc that need not read RTSP, p95", unit="ms", how="the same, in turn"),
    Figure(key="to_player_p50", what=f"{_PLAYER}, p50", unit="", how="ratio", at_most=0.8),
    Figure(key="to_player_p95", what=f"{_PLAYER}, p95", unit="", how="ratio", at_most=1.2),
    Figure(key="to_plain_p50", what=f"{_PLAIN}, p50", unit="", how="ratio"),
    Figure(key="to_plain_p95", what=f"{_PLAIN}, p95", unit="", how="ratio"),
    *(
        Figure(key=f"{after}_{part}", what=f"live picture, {what}, {part}", unit="ms", how="the same run")
        for (_, after), what in STAGES.items()
        for part in ("p50", "p95")
    ),
]


@contextlib.contextmanager
def _running(command: list[str]) -> Iterator[str]:
    """Run a program until the end of the block; yields the line that it says first."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline()
        finally:
            process.kill()


def _show(demo: Demo, url: str) -> None:
    """Have the demo's hub read another camera, as an editor of its settings does; wait until it does."""
    folder = demo.home / "hub"
    file = read_options(folder)
    camera = msgspec.structs.replace(file.options.camera[0], url=url, sub_url="")
    write_options(folder, msgspec.structs.replace(file.options, camera=(camera,)), file)
    time.sleep(20)  # until it is read, recorded and looked at


def _late_ms(shown: list[list[float]], began_us: int) -> list[float]:
    """Return how late each picture was on the screen."""
    round_ms = live_camera.COUNT / live_camera.RATE * 1_000
    late = []
    for number, at_ms in shown:
        first_ms = began_us / 1_000 + number / live_camera.RATE * 1_000
        late.append((at_ms - first_ms) % round_ms)
    return late


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def measure(turns: int = TURNS, turn_s: int = TURN_S) -> dict[str, float]:
    """Return p50 and p95 of each, in milliseconds, and our ratio to theirs."""
    if not PEERS.exists():
        raise SystemExit("The peers are missing: python3 deploy/setup.py run dev test")
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(scratch())
        clip = folder / "numbered.mp4"
        live_camera.draw(clip)
        said = stack.enter_context(
            _running([sys.executable, str(Path(__file__).with_name("live_camera.py")), str(clip)])
        )
        camera: dict[str, Any] = json.loads(said)
        peer = [str(PEERS), str(Path(__file__).with_name("live_aiortc.py"))]
        port = stack.enter_context(_running([*peer, str(camera["rtsp"]), str(camera["plain"])])).strip()
        demo = stack.enter_context(Demo(folder / "home"))
        _show(demo, f"rtsp://127.0.0.1:{camera['rtsp']}/demo")
        script = str(Path(__file__).with_suffix(".mjs"))
        pages = [f"http://localhost:{demo.port + 1}/resident", f"http://127.0.0.1:{port}/"]
        command = ["node", script, *pages, str(turns), str(turn_s)]
        out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=TIMEOUT_S).stdout
    told = json.loads(out)
    stamps = told.pop("trace")
    late = {who: _late_ms(shown, camera["began_us"]) for who, shown in told.items()}
    found: dict[str, float] = {}
    for before, after in STAGES:
        took = [one[after] - one[before] for one in stamps]
        found |= {f"{after}_p50": statistics.median(took), f"{after}_p95": _p95(took)}
    for who, times in late.items():
        name = "" if who == "ours" else f"{who}_"
        found |= {f"{name}p50": statistics.median(times), f"{name}p95": _p95(times)}
        print(f"  {who}: {len(times)} pictures")
    for who in ("player", "plain"):
        for part in ("p50", "p95"):
            found[f"to_{who}_{part}"] = found[part] / found[f"{who}_{part}"]
    return found


if __name__ == "__main__":
    tell(FIGURES, lambda: measure(*map(int, sys.argv[1:3])))
