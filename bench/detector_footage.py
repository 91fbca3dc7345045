"""Footage to measure the detector on: real visits between still footage, recorded as other cameras would.

In:     the clip that ships with the hub, and where there is shared footage a clip of traffic.
Out:    files by name. TUNING names what thresholds were chosen on; nothing else was looked at for that.
Holds:  still footage is one picture of the same scene, held, with fresh sensor noise on each frame; noise is
        added before encoding, so that it costs an encoder what a sensor's noise costs it.
"""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from machine import ROOT

CLIP = ROOT / "src" / "fanlight" / "hub" / "data" / "one-by-one-person-detection.mp4"
SHARED = Path(os.environ.get("FANLIGHT_SHARED", ROOT.parent / "shared")) / "data" / "footage"
TRAFFIC = SHARED / "traffic_1080p_camprofile.mp4"
BRIGHTNESS = SHARED / "issue53_brightness_change.avi"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Seconds of a source: what is cut out, and when in it somebody is in view."""

    source: Path
    cut: tuple[float, float]
    visit: tuple[float, float]
    still_s: float  # the picture that is held before and after


TUNING = Stretch(CLIP, (6.0, 19.6), (6.5, 19.0), 2.0)
TEST = [
    Stretch(CLIP, (22.3, 45.4), (23.0, 44.5), 21.5),
    Stretch(CLIP, (50.4, 69.9), (51.0, 69.0), 47.0),
    Stretch(CLIP, (74.0, 87.2), (74.5, 86.5), 71.8),
]


@dataclass(frozen=True, slots=True)
class Recorder:
    """A camera that a stretch is recorded with; GOP in seconds."""

    size: tuple[int, int]
    rate: int
    picture: str
    gop_s: float
    options: str

    def arguments(self) -> list[str]:
        """Return what FFmpeg is told about the encoder."""
        frames = str(round(self.gop_s * self.rate))
        fixed = ["-g", frames, "-pix_fmt", "yuv420p", "-threads", "2"]
        if "libx264" in self.options:
            fixed += ["-keyint_min", frames, "-sc_threshold", "0"]
        return [*fixed, *self.options.split()]


def _noise(strength: int) -> str:
    return f",noise=alls={strength}:allf=t"


SMALL, HD = (768, 432), (1920, 1080)
DARK = ",eq=brightness=-0.25:contrast=0.6:gamma=0.6" + _noise(10)
NIGHT = ",hue=s=0,eq=contrast=0.7:brightness=-0.1" + _noise(14)
X265 = "keyint={0}:min-keyint={0}:scenecut=0:bframes=0:log-level=0:pools=2"
CAMERA = Recorder(
    HD,
    15,
    _noise(8),
    4,
    "-c:v libx264 -preset veryfast -profile:v main -bf 0 -crf 23 -maxrate 4M -bufsize 4M",
)
RECORDERS = {
    "constant quality": Recorder(SMALL, 10, _noise(4), 2, "-c:v libx264 -preset veryfast -bf 0 -crf 23"),
    "no noise, B-frames": Recorder(SMALL, 10, "", 4, "-c:v libx264 -preset medium -crf 28"),
    "400 kb/s on average": Recorder(
        SMALL, 10, _noise(4), 4, "-c:v libx264 -preset superfast -bf 0 -b:v 400k -maxrate 600k -bufsize 800k"
    ),
    "800 kb/s constant": Recorder(
        SMALL, 10, _noise(6), 4,
        "-c:v libx264 -preset veryfast -bf 0 -nal-hrd cbr "
        "-b:v 800k -minrate 800k -maxrate 800k -bufsize 400k",
    ),
    "much noise, weak encoder": Recorder(
        SMALL, 10, _noise(12), 2, "-c:v libx264 -preset ultrafast -bf 0 -crf 30"
    ),
    "dark": Recorder(SMALL, 10, DARK, 4, "-c:v libx264 -preset veryfast -bf 0 -crf 26"),
    "grey as at night": Recorder(
        SMALL, 10, NIGHT, 2, "-c:v libx264 -preset veryfast -bf 0 -b:v 700k -maxrate 1000k -bufsize 1400k"
    ),
    "H.265": Recorder(
        SMALL, 10, _noise(4), 2,
        f"-c:v libx265 -preset ultrafast -crf 26 -tag:v hvc1 -x265-params {X265.format(20)}",
    ),
    "1080p, 4 Mb/s at most": CAMERA,
}  # fmt: skip


def record(stretch: Stretch, recorder: Recorder, out: Path, before_s: float, after_s: float) -> None:
    """Write a recording: the still picture for a while, the stretch, and the still picture again."""
    (start, end), at = stretch.cut, stretch.still_s
    wide, tall = recorder.size

    def held(name: str, length_s: float) -> str:
        count = round(length_s * recorder.rate)
        return (
            f"[{name}]trim={at}:{at + 1},setpts=PTS-STARTPTS,fps={recorder.rate},trim=end_frame=1,"
            f"loop=loop={count}:size=1:start=0,setpts=N/{recorder.rate}/TB,trim=end_frame={count}[{name}h];"
        )

    graph = (
        f"[0:v]scale={wide}:{tall},split=3[a][v][z];{held('a', before_s)}{held('z', after_s)}"
        f"[v]trim={start}:{end},setpts=PTS-STARTPTS,fps={recorder.rate}[vh];"
        f"[ah][vh][zh]concat=n=3:v=1{recorder.picture}[o]"
    )
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", str(stretch.source), "-filter_complex", graph]
    subprocess.run([*command, "-map", "[o]", *recorder.arguments(), str(out)], check=True)


def padded(stretch: Stretch, recorder: Recorder, out: Path, active: float) -> tuple[float, float]:
    """Record a stretch so that it is the share `active` of the whole; return when the visit is in it."""
    length_s = stretch.cut[1] - stretch.cut[0]
    still_s = (stretch.visit[1] - stretch.visit[0]) / active - length_s
    before_s = round(still_s * 0.6)
    record(stretch, recorder, out, before_s, still_s - before_s)
    shift_s = before_s - stretch.cut[0]
    return stretch.visit[0] + shift_s, stretch.visit[1] + shift_s
