"""The place of posts' pictures: photos and seconds of clips made anew, beside FFmpeg and Pillow alone."""

import contextlib
import io
import secrets
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import httpx
import psutil
from PIL import Image, ImageFilter

from fanlight.model import clock
from fanlight.model.ids import new_id
from fanlight.wire import b64
from fanlight.wire.media import HEADER, Kind, Ticket, public_half, write_ticket
from machine import Figure, scratch, tell

RUNS = 5
PHOTOS = 12
WIDE, HIGH = 4_000, 3_000
CLIP_S = 20
FIGURES = [
    Figure(
        key="photos", what="photos of 12 million pixels made anew", unit="a second",
        how=f"JPEG of 3 to 4 MB, two at a time, from call to receipt; median of {RUNS} times {PHOTOS}",
    ),
    Figure(
        key="photo", what="one such photo to its receipt", unit="ms", how=f"alone; median of {PHOTOS}",
    ),
    Figure(
        key="pillow", what="the same photo by Pillow alone", unit="ms",
        how="decoded, scaled and encoded in one warm process; median of the same number, in turn",
    ),
    Figure(
        key="small", what="a photo of one pixel to its receipt", unit="ms",
        how=f"what a process for each file costs; median of {PHOTOS}",
    ),
    Figure(
        key="clips", what="seconds of clips made anew", unit="a second",
        how=f"1080p30 with sound, {CLIP_S} s each, two at a time; median of {RUNS}",
    ),
    Figure(
        key="clip", what="one such clip to FFmpeg, time", unit="",
        how="ours from call to receipt, alone, with its poster; `ffmpeg` with the same scale and encoder; "
        f"in turn, median of {RUNS} ratios",
    ),
    Figure(
        key="memory", what="the process that answers, memory", unit="MB",
        how="after all of it, shared pages divided; decoders are in the children",
    ),
]  # fmt: skip


class Place:
    """A running place, and the town's key."""

    def __init__(self, url: str, process: psutil.Process, seed: bytes) -> None:
        """Take what was started."""
        self.http = httpx.Client(base_url=url, trust_env=False, timeout=600)
        self.process, self.seed = process, seed

    def send(self, kind: Kind, body: bytes) -> float:
        """Have a file made anew; return the seconds to its receipt."""
        media, until = new_id(), clock.now() + timedelta(minutes=20)
        ticket = write_ticket(self.seed, Ticket(act="put", media=media, kind=kind, until=until))
        started = time.monotonic()
        self.http.put(f"/v1/media/{media}", content=body, headers={HEADER: ticket}).raise_for_status()
        return time.monotonic() - started

    def both(self, kind: Kind, bodies: list[bytes]) -> float:
        """Have files made anew, two at a time; return the seconds of them all."""
        started = time.monotonic()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda body: self.send(kind, body), bodies))
        return time.monotonic() - started


@contextlib.contextmanager
def running(home: Path) -> Iterator[Place]:
    """Run a place until the end of the block."""
    seed = secrets.token_bytes(32)
    command = [sys.executable, "-m", "fanlight.postmedia", "--home", str(home)]
    command += ["--tickets", b64.encode(public_half(seed)), "--origin", "http://localhost"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = process.stdout.readline().split()[2]
        place = Place(f"http://127.0.0.1:{port}", psutil.Process(process.pid), seed)
        try:
            yield place
        finally:
            place.http.close()
            process.terminate()


def photo() -> bytes:
    """Return a photo with as much in it as a phone's has."""
    grain = Image.effect_noise((WIDE, HIGH), 40).filter(ImageFilter.GaussianBlur(1.2))
    light = Image.linear_gradient("L").resize((WIDE, HIGH))
    file = io.BytesIO()
    Image.merge("RGB", (grain, Image.blend(grain, light, 0.5), light)).save(file, "JPEG", quality=90)
    return file.getvalue()


def by_pillow(body: bytes) -> float:
    """Do the same in this process; return the seconds."""
    started = time.monotonic()
    with Image.open(io.BytesIO(body)) as found:
        found.thumbnail((1_600, 1_600), Image.Resampling.LANCZOS, reducing_gap=2.0)
        found.save(io.BytesIO(), "JPEG", quality=82, optimize=True)
    return time.monotonic() - started


def clip(folder: Path) -> bytes:
    """Return a clip as a phone makes it, drawn by FFmpeg."""
    path = folder / "came.mp4"
    drawn = f"testsrc2=size=1920x1080:rate=30:duration={CLIP_S},noise=alls=8:allf=t"
    heard = f"sine=frequency=440:duration={CLIP_S}"
    inputs = ["-f", "lavfi", "-i", drawn, "-f", "lavfi", "-i", heard]
    coded = ["-c:v", "libx264", "-preset", "ultrafast", "-b:v", "8M", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    subprocess.run(["ffmpeg", "-v", "error", "-y", *inputs, *coded, str(path)], check=True)
    return path.read_bytes()


def by_ffmpeg(folder: Path) -> float:
    """Do the same by FFmpeg alone; return the seconds."""
    coded = [
        "-vf",
        "scale=1280:720",
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-crf",
        "26",
        "-profile:v",
        "main",
    ]
    coded += [
        "-maxrate",
        "2500k",
        "-bufsize",
        "5000k",
        "-g",
        "60",
        "-threads:v",
        "2",
        "-c:a",
        "aac",
        "-b:a",
        "96k",
    ]
    started = time.monotonic()
    asked = ["-i", str(folder / "came.mp4"), *coded, "-movflags", "faststart", str(folder / "out.mp4")]
    subprocess.run(["ffmpeg", "-v", "error", "-y", *asked], check=True)
    return time.monotonic() - started


def measure() -> dict[str, float]:
    """Return the figures by key."""
    with scratch() as folder, running(folder / "place") as place:
        picture, film, dot = photo(), clip(folder), io.BytesIO()
        Image.new("RGB", (1, 1)).save(dot, "PNG")
        together = [PHOTOS / place.both("photo", [picture] * PHOTOS) for _ in range(RUNS)]
        pairs = [(place.send("photo", picture), by_pillow(picture)) for _ in range(PHOTOS)]
        small = [place.send("photo", dot.getvalue()) for _ in range(PHOTOS)]
        films = [2 * CLIP_S / place.both("clip", [film] * 2) for _ in range(RUNS)]
        ratios = [place.send("clip", film) / by_ffmpeg(folder) for _ in range(RUNS)]
        memory = place.process.memory_full_info().pss / 1e6
    return {
        "photos": statistics.median(together),
        "photo": 1_000 * statistics.median(ours for ours, _ in pairs),
        "pillow": 1_000 * statistics.median(theirs for _, theirs in pairs),
        "small": 1_000 * statistics.median(small),
        "clips": statistics.median(films),
        "clip": statistics.median(ratios),
        "memory": memory,
    }


if __name__ == "__main__":
    tell(FIGURES, measure)
