"""How often the detector overlooks a person who is in the picture, by what makes it hard (R08).

In:     `labels/persons.json`: where people are in 99 pictures of two clips. The boxes began as what the same
        model finds in enlarged parts of each picture; every picture was then looked at, what was no person
        taken out and who was overlooked put in. Rates may still be too low, never too high, by that.
Out:    a table, and `hub/data/misses.json` with `--write`, which the hub's page shows where detection is
        switched on.
Holds:  a person is missed if no detection of a person at normal sensitivity covers him (overlap 0.3 of union)
        in that one picture. Events are made of many pictures, so fewer visits than pictures are missed.
Drops:  who is hidden by more than half. People who overlap so that one box holds both count once.
Absent: rates by skin colour, sex or age: no footage with consented labels of them is here.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from detector_footage import CLIP, SHARED
from fanlight.hub.detector.event import Box, iou
from fanlight.hub.detector.miss_rates import FILE, MissRate
from fanlight.hub.detector.model import SCORE, OnnxModel
from machine import Figure, tell

LABELS = Path(__file__).parent / "labels" / "persons.json"
FOUND_IOU = 0.3
SIZES = [
    ("fills half the height or more", 0.5, 1.01),
    ("an eighth to half", 0.125, 0.5),
    ("less", 0.0, 0.125),
]
Picture = npt.NDArray[np.uint8]

FIGURES = [
    Figure(
        key="all", what="people missed in one picture, as recorded", unit="%", how="99 pictures, labelled"
    ),
    Figure(key="dark", what="people missed in one picture, darkened", unit="%", how="the same, made dark"),
    Figure(key="noise", what="people missed in one picture, noisy", unit="%", how="the same, with noise"),
    Figure(
        key="night", what="people missed in one picture, grey as at night", unit="%", how="the same, grey"
    ),
]


def _noise(picture: Picture, strength: float) -> npt.NDArray[np.float64]:
    return picture + np.random.default_rng(7).normal(0, strength, picture.shape)


def _dark(picture: Picture) -> npt.NDArray[np.float64]:
    return _noise(((picture / 255) ** 1.6 * 90).astype(np.uint8), 5)


def _night(picture: Picture) -> npt.NDArray[np.float64]:
    grey = picture.mean(2, keepdims=True).repeat(3, 2) * 0.55 + 20
    return _noise(grey.astype(np.uint8), 14)


LIGHTS: dict[str, tuple[str, Callable[[Picture], npt.NDArray[np.float64]]]] = {
    "all": ("as recorded", lambda picture: picture.astype(np.float64)),
    "dark": ("darkened to a third, some noise", _dark),
    "noise": ("much sensor noise", lambda picture: _noise(picture, 25)),
    "night": ("grey as at night, low contrast, noise", _night),
}


def pictures() -> Iterator[tuple[Picture, list[Box]]]:
    """Yield each labelled picture with its boxes."""
    for name, frames in json.loads(LABELS.read_text()).items():
        path = CLIP if name == CLIP.name else SHARED / name
        if not path.exists():
            raise SystemExit(f"{name} is needed: Debian's opencv-doc has it; put it into {SHARED}.")
        wanted = {round(Fraction(time) * 100): boxes for time, boxes in frames.items()}
        with av.open(str(path)) as container:
            for frame in container.decode(video=0):
                boxes = wanted.pop(round((frame.time or 0.0) * 100), None)
                if boxes is not None:
                    picture = frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False)
                    yield picture, [(b[0], b[1], b[2], b[3]) for b in boxes]
        if wanted:
            raise SystemExit(f"{name} has no picture at {sorted(wanted)} hundredths of a second.")


def rates() -> dict[str, MissRate]:
    """Return how many are missed, by light and by size."""
    model = OnnxModel()
    counts: dict[str, list[int]] = {}
    for picture, boxes in pictures():
        for key, (_, changed) in LIGHTS.items():
            shown = np.clip(changed(picture), 0, 255).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(shown, "rgb24")
            found = [one.box for one in model.detect(frame, SCORE) if one.label == "person"]
            for box in boxes:
                is_missed = all(iou(box, other) < FOUND_IOU for other in found)
                height = box[3] - box[1]
                cases = [key] + [
                    size for size, least, most in SIZES if key == "all" and least <= height < most
                ]
                for case in cases:
                    count = counts.setdefault(case, [0, 0])
                    count[0] += 1
                    count[1] += is_missed
    names = {key: f"person, {name}" for key, (name, _) in LIGHTS.items()}
    names |= {size: f"person, {size}" for size, _, _ in SIZES}
    return {case: MissRate(names[case], *counts[case]) for case in names}


def measure() -> dict[str, float]:
    """Return the shares of people missed, in per cent."""
    return {key: 100 * rate.rate for key, rate in rates().items() if key in LIGHTS} if FIGURES else {}


def main() -> None:
    """Print the table; with `--write` renew what the hub shows."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help=f"write {FILE.name}")
    if not parser.parse_args().write:
        tell(FIGURES, measure)
        return
    found = list(rates().values())
    for rate in found:
        print(f"{rate.case:50} {rate.missed:4} of {rate.frames:4}  {100 * rate.rate:5.1f} %")
    rows = [{"case": rate.case, "frames": rate.frames, "missed": rate.missed} for rate in found]
    FILE.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
