"""Chromium plays what the hub writes: clips through MediaSource, films and clips as files. One browser."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.hub.demuxed import START, cut, later, make, packets

from fanlight.hub.export import Film
from fanlight.hub.packet import AudioPacket
from fanlight.hub.playable import playable
from fanlight.hub.segmenter import Segment, fmp4

ROOT = Path(__file__).parents[2]
PLAYER = Path(__file__).with_name("players.mjs")
SECONDS = 3


@dataclass(frozen=True)
class Case:
    """What is to be played, how long it must last, and whether something must be heard."""

    name: str
    data: bytes
    lasts_s: float
    is_heard: bool
    mse: dict[str, Any] | None = None


def clip(name: str, segments: Sequence[Segment], *, keep: tuple[int, int] | None = None) -> Case:
    joined = fmp4.join(segments)
    if keep:
        joined = fmp4.trim(joined.data, joined.init, [s.to_list() for s in joined.segments], *keep)
    sound = fmp4.sound_of(segments)
    mse = {
        "mime": fmp4.mime(segments[0].info, sound),
        "init": joined.init,
        "segments": [span.to_list() for span in joined.segments],
    }
    return Case(name, joined.data, joined.duration_ms / 1000, sound is not None, mse)


def as_file(case: Case) -> Case:
    return Case(f"{case.name}, as a file", case.data, case.lasts_s, case.is_heard)


def film(name: str, segments: Sequence[Segment], start: float = 0, end: float = 99) -> Case:
    made = Film(START + timedelta(seconds=start), START + timedelta(seconds=end))
    data = b"".join(made.pieces(segments))
    lasts = (made.ends - made.begins).total_seconds()
    return Case(name, data, lasts, fmp4.sound_of(segments) is not None)


def every_case(folder: Path) -> list[Case]:
    def read(picture: str, sound: str | None = None) -> list[Segment]:
        return cut(packets(make(folder / f"{picture}-{sound}", picture, sound, seconds=SECONDS)))

    once = packets(make(folder / "h264-aac", "h264", "aac", seconds=SECONDS))
    quiet = [p for p in once if not (isinstance(p, AudioPacket) and 60_000 < p.pts_90k < 200_000)]
    late = [p for p in once if not (isinstance(p, AudioPacket) and p.pts_90k < 150_000)]
    clips = [
        clip("silent", read("h264")),
        clip("silent with B-frames", read("h264-b")),
        clip("with AAC", cut(once)),
        clip("with AAC and B-frames", read("h264-b", "aac")),
        clip("with Opus", read("h264", "opus")),
        clip("in long groups with AAC of 44.1 kHz", read("h264-long", "aac-44")),
        clip("with a stretch without sound", cut(quiet)),
        clip("whose sound begins late", cut(late)),
        clip("two runs with a gap", cut(once + later(once, 4.0, run=2))),
        clip("trimmed, with sound", cut(once), keep=(1, 2)),
        clip("trimmed to where there is no sound", cut(quiet), keep=(1, 1)),
        clip("trimmed, with B-frames and sound", read("h264-b", "aac"), keep=(1, 1)),
        clip("of H.265 and G.711", playable(read("h265", "ulaw"))),
        clip("of A-law", playable(read("h264", "alaw"))),
    ]
    films = [
        film("film", cut(once)),
        film("film cut within a group", read("h264-b", "aac"), 1.5, 2.7),
        film("film of G.711, cut", read("h264", "ulaw"), 0.7, 2.0),
        film("film of Opus", read("h264", "opus"), 1.0),
        film("film with a gap", cut(once + later(once, 4.0, run=2)), 0.5),
    ]
    return [*clips, *(as_file(case) for case in clips[2:7]), *films]


@pytest.mark.timeout(240)
def test_chromium_plays_what_the_hub_writes_to_its_last_picture(tmp_path: Path) -> None:
    """R01, R12: sound or not, B-frames or not, whole or trimmed; one range without a hole; nothing stalls."""
    cases = every_case(tmp_path)
    asked = []
    for number, case in enumerate(cases):
        path = tmp_path / f"{number}.mp4"
        path.write_bytes(case.data)
        asked.append({"name": case.name, "path": str(path), "mse": case.mse})
    done = subprocess.run(
        ["node", str(PLAYER)], input=json.dumps(asked), cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    results = {one["name"]: one for one in json.loads(done.stdout)}
    wrong = [
        (case.name, why, results[case.name]) for case in cases for why in _wrong(case, results[case.name])
    ]
    assert not wrong, "\n".join(map(str, wrong))


def _wrong(case: Case, found: dict[str, Any]) -> list[str]:
    frame = 1 / 15
    checks = {
        "error": found["error"] is None,
        "did not end": found["ended"],
        # Of a film cut at its end Chromium shows one picture more, if that one was needed for the last.
        "length": abs(found["duration"] - case.lasts_s) < 2 * frame,
        "ended elsewhere": abs(found["at"] - case.lasts_s) < 2 * frame,
        "first picture": found["first"] is not None and found["first"] < 0.5,
        "no sound": (found["soundBytes"] > 0) == case.is_heard,
        "a hole": len(found["buffered"]) == 1,
        "begins late": bool(found["buffered"]) and found["buffered"][0][0] < 0.2,
    }
    return [why for why, holds in checks.items() if not holds]
