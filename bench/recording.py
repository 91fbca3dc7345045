"""What recording 40 cameras costs, beside as many FFmpeg processes that copy the same streams into files.

Both sides read the same demo cameras, in turn: ours, theirs, ours, theirs. Our side is one process with the
hub's drivers, segmenter and journal, encryption and syncs included; the peer writes MP4 segments in the
clear and syncs nothing. Neither looks at a picture.
"""

import contextlib
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from machine import Figure, cpu_s, memory, scratch, tell

STREAMS, SERVERS = 40, 4
WATCH_S, SETTLE_S, ROUNDS, SAMPLES = 20.0, 5.0, 2, 4
HOUR_S = 3600.0
_CLIP = [
    "-f", "lavfi", "-i", "testsrc2=s=1920x1080:r=15:d=20,noise=alls=12:allf=t", "-c:v", "libx264",
    "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-b:v", "3M", "-maxrate", "3M", "-bufsize", "1500k",
    "-g", "15", "-bf", "0", "-x264-params", "scenecut=0",
]  # fmt: skip
_COPY = [
    "-c", "copy", "-an", "-f", "segment", "-segment_time", "10", "-segment_format", "mp4",
    "-reset_timestamps", "1",
]  # fmt: skip

FIGURES = [
    Figure(
        key="hub", what="40 cameras recorded", unit="CPU s per stream-hour",
        how=f"1080p15 at 3 Mb/s, journal and encryption included; median of {ROUNDS} times {WATCH_S:.0f} s",
    ),
    Figure(
        key="ffmpeg", what="40 cameras copied by FFmpeg", unit="CPU s per stream-hour",
        how="40 processes `ffmpeg -c copy -f segment`, the same cameras, in turn with ours",
    ),
    Figure(key="ratio", what="recording to FFmpeg, CPU", unit="", how="ratio of the two", at_most=0.9),
    Figure(
        key="memory", what="40 cameras recorded, memory a stream", unit="MB",
        how=f"of one process, shared pages divided; median of {SAMPLES} looks a window", at_most=1.0,
    ),
    Figure(key="memory_ratio", what="recording to FFmpeg, memory", unit="", how="ratio", at_most=0.1),
]  # fmt: skip


@contextlib.contextmanager
def cameras(clip: Path) -> Iterator[list[str]]:
    """Run demo cameras; yield an address for each stream."""
    command = [sys.executable, "-m", "fanlight.hub.demo_camera", "--port", "0", "--file", str(clip)]
    with contextlib.ExitStack() as stack:
        ports = []
        for _ in range(SERVERS):
            server = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
            stack.callback(server.terminate)
            assert server.stdout is not None
            ports.append(int(server.stdout.readline().split()[-1]))
        yield [f"rtsp://127.0.0.1:{ports[index % SERVERS]}/demo" for index in range(STREAMS)]


def watch(processes: list[psutil.Process]) -> tuple[float, float]:
    """Return CPU seconds per stream-hour and MB of memory of some processes."""
    time.sleep(SETTLE_S)
    before, started = cpu_s(processes), time.monotonic()
    held = []
    for _ in range(SAMPLES):
        time.sleep(WATCH_S / SAMPLES)
        held.append(memory(processes) / 1e6)
    used, passed = cpu_s(processes) - before, time.monotonic() - started
    return used / passed / STREAMS * HOUR_S, statistics.median(held)


def ours(folder: Path, urls: list[str]) -> tuple[float, float]:
    """Measure our side."""
    command = [sys.executable, str(Path(__file__).with_name("recorder.py")), str(folder), *urls]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as recorder:
        assert recorder.stdout is not None
        try:
            assert recorder.stdout.readline() == "recording\n"
            found = watch([psutil.Process(recorder.pid)])
        finally:
            recorder.send_signal(signal.SIGTERM)
        pictures, segments, abandoned, waits = map(int, recorder.stdout.readline().split())
    print(f"  ours: {found[0]:.2f} CPU s, {found[1]:.1f} MB, {pictures} pictures, {segments} segments")
    assert not abandoned
    assert not waits
    return found


def theirs(folder: Path, urls: list[str]) -> tuple[float, float]:
    """Measure the peer."""
    folder.mkdir()
    running = []
    try:
        for index, url in enumerate(urls):
            command = ["ffmpeg", "-nostdin", "-loglevel", "error", "-rtsp_transport", "tcp", "-i", url]
            command += [*_COPY, str(folder / f"{index}-%04d.mp4")]
            running.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        while len({path.name.partition("-")[0] for path in folder.iterdir()}) < len(urls):
            time.sleep(0.1)
        found = watch([psutil.Process(process.pid) for process in running])
        assert all(process.poll() is None for process in running)
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()
    print(f"  theirs: {found[0]:.2f} CPU s, {found[1]:.1f} MB")
    return found


def measure() -> dict[str, float]:
    """Return the figures by key."""
    with scratch() as folder:
        clip = folder / "clip.mp4"
        subprocess.run(["ffmpeg", "-v", "error", "-nostdin", *_CLIP, str(clip)], check=True)
        with cameras(clip) as urls:
            pairs = [
                (ours(folder / f"hub-{n}", urls), theirs(folder / f"copy-{n}", urls)) for n in range(ROUNDS)
            ]
    hub, peer = (statistics.median(pair[side][0] for pair in pairs) for side in (0, 1))
    held, peer_held = (max(pair[0][1] for pair in pairs), min(pair[1][1] for pair in pairs))
    return {
        "hub": hub,
        "ffmpeg": peer,
        "ratio": hub / peer,
        "memory": held / STREAMS,
        "memory_ratio": held / peer_held,
    }


if __name__ == "__main__":
    tell(FIGURES, measure)
