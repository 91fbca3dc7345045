"""What members said is "not this": a label at a place of a picture, kept at home.

In:     for each event its best box; then a member's word about one of them, which can be taken back.
Out:    the score that the like of it needs at that place from now on.
Holds:  a box, a label, a score and a camera's id are all that is stored; nothing of it is ever sent.
Absent: pictures and anything computed from one (R07): what is the same place and size counts as the like.
"""

import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path

from fanlight.hub.detector.event import Box, Label, iou

SAME_IOU = 0.5
STEP = 0.1
IGNORED_AFTER = 3
NEVER = 2.0
_KEPT = 1_000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS place (
    event TEXT PRIMARY KEY, camera TEXT NOT NULL, label TEXT NOT NULL, score REAL NOT NULL,
    x0 REAL NOT NULL, y0 REAL NOT NULL, x1 REAL NOT NULL, y1 REAL NOT NULL,
    not_this INTEGER NOT NULL DEFAULT 0
) STRICT
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """One event of which a member said "not this"."""

    event: str
    label: Label
    box: Box
    score: float


class Feedback:
    """The marks of one hub, of all its cameras. Several threads may ask."""

    def __init__(self, folder: Path) -> None:
        """Open the store in `folder`."""
        self._lock = threading.Lock()
        self._marks: dict[str, list[Mark]] = {}
        path = folder / "feedback.sqlite"
        try:
            self._db = _open(path)
            self._load()
        except sqlite3.DatabaseError:
            # Marks are a comfort: a damaged store is put aside and must not keep a hub from recording.
            path.replace(path.with_suffix(".damaged"))
            self._db = _open(path)

    def close(self) -> None:
        """Close the store."""
        with self._lock:
            self._db.close()

    def saw(self, event: str, camera: str, label: Label, box: Box, score: float) -> None:
        """Remember where an event was, so that it can be marked; the oldest unmarked are forgotten."""
        with self._lock:
            self._db.execute(
                "INSERT OR IGNORE INTO place VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)",
                (event, camera, label, score, *box),
            )
            self._db.execute(
                "DELETE FROM place WHERE not_this = 0 AND rowid <= (SELECT max(rowid) FROM place) - ?",
                (_KEPT,),
            )

    def mark(self, event: str, *, on: bool = True) -> bool:
        """Say "not this" of an event, or take it back; False if the event's place is not known."""
        with self._lock:
            changed = self._db.execute(
                "UPDATE place SET not_this = ? WHERE event = ?", (int(on), event)
            ).rowcount
            self._load()
        return changed > 0

    def marks(self, camera: str) -> list[Mark]:
        """Return the marks of one camera, oldest first."""
        return list(self._marks.get(camera, []))

    def forget(self, camera: str) -> None:
        """Remove all that is known of a camera."""
        with self._lock:
            self._db.execute("DELETE FROM place WHERE camera = ?", (camera,))
            self._load()

    def needs(self, camera: str, label: Label, box: Box) -> float:
        """Return the score that a thing needs here: 0 without marks, NEVER after IGNORED_AFTER of them."""
        scores = [
            mark.score
            for mark in self._marks.get(camera, ())
            if mark.label == label and iou(mark.box, box) >= SAME_IOU
        ]
        if len(scores) >= IGNORED_AFTER:
            return NEVER
        return max(scores) + STEP * len(scores) if scores else 0.0

    def _load(self) -> None:
        marks: dict[str, list[Mark]] = {}
        for event, camera, label, score, *box in self._db.execute(
            "SELECT event, camera, label, score, x0, y0, x1, y1 FROM place WHERE not_this = 1 ORDER BY rowid"
        ):
            marks.setdefault(camera, []).append(Mark(event, label, (box[0], box[1], box[2], box[3]), score))
        self._marks = marks


def _open(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    try:
        db.execute(_SCHEMA)
    except sqlite3.DatabaseError:
        db.close()
        raise
    return db
