"""What a hub costs while it records and watches the demo camera, beside FFmpeg that only copies the stream.

Both read the same camera during the same time. The peer, `ffmpeg -c copy` into segments of a second, neither
looks at the picture nor encrypts; the hub does both, seals the clips of what it sees and sends them.
"""

import subprocess
import time

import psutil

from fanlight.hub.settings import read_options
from machine import Demo, Figure, cpu_s, memory, scratch, tell

WATCH_S = 180.0  # two rounds of the demo clip, which has visitors far more often than a door has
SETTLE_S = 5.0
HOUR_S = 3600.0

FIGURES = [
    Figure(
        key="hub", what="hub, one camera: record, watch, seal, send", unit="CPU s per hour",
        how=f"CPU of the process over {WATCH_S:.0f} s of 768 x 432 with visitors two thirds of the time",
    ),
    Figure(
        key="ffmpeg", what="FFmpeg, the same camera: record only", unit="CPU s per hour",
        how="`ffmpeg -c copy` into segments, the same time",
    ),
    Figure(key="ratio", what="hub to FFmpeg", unit="", how="ratio of the two, in one run"),
    Figure(key="memory", what="hub, memory", unit="MB", how="at the end of it, shared pages divided"),
    Figure(key="ffmpeg_memory", what="FFmpeg, memory", unit="MB", how="the same"),
]  # fmt: skip


def measure() -> dict[str, float]:
    """Return CPU seconds per hour of the stream of both, their ratio, and MB of memory."""
    with scratch() as folder, Demo(folder / "home") as demo:
        stream = read_options(demo.home / "hub").options.camera[0].url
        command = ["ffmpeg", "-nostdin", "-loglevel", "error", "-rtsp_transport", "tcp", "-i", stream]
        command += ["-c", "copy", "-f", "segment", "-segment_time", "1", str(folder / "copy-%06d.mp4")]
        peer = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            time.sleep(SETTLE_S)
            both = [demo.parts()["hub"], [psutil.Process(peer.pid)]]
            before = [cpu_s(one) for one in both]
            started = time.monotonic()
            time.sleep(WATCH_S)
            demo.check()
            lasted = time.monotonic() - started
            hub, ffmpeg = (
                (cpu_s(one) - was) / lasted * HOUR_S for one, was in zip(both, before, strict=True)
            )
            hub_mb, ffmpeg_mb = (memory(one) / 1e6 for one in both)
        finally:
            peer.terminate()
            peer.wait()
    return {
        "hub": hub,
        "ffmpeg": ffmpeg,
        "ratio": hub / ffmpeg,
        "memory": hub_mb,
        "ffmpeg_memory": ffmpeg_mb,
    }


if __name__ == "__main__":
    tell(FIGURES, measure)
