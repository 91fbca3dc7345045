"""Room 4 of the hub: what is in front of a camera, and from when until when.

Importing it loads no decoder, no numpy and no model: those come with a detector's first look, or with
`load_model`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fanlight.hub.detector.detector import Detector
from fanlight.hub.detector.errors import BadModel
from fanlight.hub.detector.event import Closed, Event, Label, Opened
from fanlight.hub.detector.feedback import Feedback, Mark
from fanlight.hub.detector.insight import GateView, Insight, Seen
from fanlight.hub.detector.miss_rates import NOT_COVERED, MissRate, misses

if TYPE_CHECKING:
    from fanlight.hub.detector.model import OnnxModel

__all__ = [
    "NOT_COVERED", "BadModel", "Closed", "Detector", "Event", "Feedback", "GateView", "Insight",
    "Label", "Mark", "MissRate", "Opened", "Seen", "load_model", "misses",
]  # fmt: skip


def load_model(path: str = "", threads: int = 1) -> OnnxModel:
    """Load the model at `path`, or the one that ships if it is empty. Blocks; takes a tenth of a second.

    Raises:
        BadModel: there is no such file, or it is no detector of the YOLOX or YOLO families.
    """
    from fanlight.hub.detector.model import SHIPPED, OnnxModel  # noqa: PLC0415 - only who looks loads a runtime

    return OnnxModel(Path(path).expanduser() if path else SHIPPED, threads)
